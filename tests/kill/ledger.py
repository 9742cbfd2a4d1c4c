"""What a client did and saw, one JSON object a line: the checker's other source of truth."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


class Ledger:
    """An append-only file of one person; a line is with the kernel before ``write`` returns."""

    def __init__(self, home: Path, name: str) -> None:
        home.mkdir(parents=True, exist_ok=True)
        self._file = (home / f"{name}.jsonl").open("a", buffering=1)

    def write(self, what: str, **facts: Any) -> None:
        """Write one line before anything follows from it."""
        self._file.write(json.dumps({"what": what, **facts}) + "\n")

    def close(self) -> None:
        """Nothing more is written."""
        self._file.close()
