"""What was accepted, one JSON object a line, so that a checker can count it afterwards.

A line without ``event`` is an acceptance; a line with one tells what became of it.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class Ledger:
    """An append-only file; a line is with the kernel before ``append`` returns.

    Thus it outlives a killed sandbox. It is not synced: it need not outlive the machine.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def append(self, line: Mapping[str, object]) -> None:
        """Write one line.

        Raises:
            OSError: when the disk does not take the whole line.
        """
        raw = json.dumps(line, ensure_ascii=False).encode() + b"\n"
        if os.write(self._file, raw) != len(raw):
            raise OSError("the ledger took only part of a line")

    def close(self) -> None:
        """Give the file back."""
        os.close(self._file)
