"""Few heaps for many threads.

Reads run in threads that come and go, and glibc gives each a heap of its own, up to eight per core.
A heap stays as large as it once had to be, so the process grew for hours although it held no more:
after 36,000 messages 69 MiB lay free, with two heaps 15.
"""

from __future__ import annotations

import ctypes
from typing import Final

HEAPS: Final = 2  #: the loop's, and one for all other threads
_M_ARENA_MAX: Final = -8  # malloc.h of glibc


def share_heaps() -> None:
    """Let all threads of this process that are still to come share heaps.

    Source: mallopt(3). Other C libraries than glibc have no heaps for threads and no ``mallopt``,
    or one that takes no notice; nothing is done there.
    """
    set_option = getattr(ctypes.CDLL(None), "mallopt", None)
    if set_option is not None:
        set_option(_M_ARENA_MAX, HEAPS)
