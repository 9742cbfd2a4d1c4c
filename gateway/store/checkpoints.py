"""Moves what was written from SQLite's log into its file, beside the writer.

A commit only appends to the log. Left to the writer, each some thousandth commit would also copy
all that the log holds into the file and wait for the disk, and every message behind it with it.
Here a thread of its own does that, as far as readers allow (``PASSIVE``: it waits for nobody and
nobody for it). While messages keep coming it never quite ends, so a log of ``MOST_PAGES`` is still
the writer's to finish: little is left of it by then, and the log begins anew.

Source: https://www.sqlite.org/wal.html, sections 2.1 and 3.3.
"""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path
from typing import Final

import structlog

log = structlog.get_logger(__name__)

MOST_PAGES: Final = 16_000  #: of the log, 64 MB, before the writer itself moves what is left
ROWS: Final = 2_000  #: changed ones between two moves; with fewer a page is moved more often


class Checkpointer:
    """One thread with its own connection to the file."""

    def __init__(self, path: Path, rows: int = ROWS, pages: int = MOST_PAGES) -> None:
        """``rows``: how many changed ones let it begin; ``pages``: where the writer helps."""
        self._path = path
        self._rows = rows
        self._pages = pages
        self._moved = 0
        self._due = threading.Event()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="sqlite-checkpoints", daemon=True)
        self._thread.start()

    def committed(self, changes: int) -> None:
        """So many rows of the writer's connection have been changed since it was opened."""
        if not 0 <= changes - self._moved < self._rows:  # less than before: a new connection
            self._moved = changes
            self._due.set()

    def close(self) -> None:
        """End; what the log still holds goes into the file when its last connection is closed."""
        self._closed = True
        self._due.set()
        self._thread.join()

    def _run(self) -> None:
        connection: sqlite3.Connection | None = None
        while not self._closed and self._due.wait() and not self._closed:
            self._due.clear()
            try:
                connection = connection or _connect(self._path)
                ((_, held, _),) = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
                if held >= self._pages:
                    # The writer's turn, which does not wait for whoever is moving pages: on a slow
                    # disk one move after the other kept it away, and the log grew without end.
                    self._due.clear()
            except sqlite3.Error as error:
                # Nothing is lost, the log has it. A full disk is told to whoever writes next.
                log.warning("store.checkpoint_failed", kind=error.sqlite_errorname)
        if connection is not None:
            connection.close()


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA synchronous=FULL")  # the file is synced before the log begins anew
    connection.execute("PRAGMA fullfsync=ON")
    return connection
