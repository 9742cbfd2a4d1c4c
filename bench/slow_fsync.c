/* A disk as slow as one behind a cloud volume: every fsync and fdatasync takes a millisecond more.
   For LD_PRELOAD; built by bench/slow_disk.py. It does nothing to O_DSYNC, which nothing here uses. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <time.h>

static int later(const char *name, int fd)
{
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    struct timespec more = {0, 1000000};
    /* Before the call, so that errno is the call's. Woken early, it sleeps on for what is left. */
    while (nanosleep(&more, &more) != 0)
        continue;
    return real(fd);
}

int fsync(int fd)
{
    return later("fsync", fd);
}

int fdatasync(int fd)
{
    return later("fdatasync", fd);
}
