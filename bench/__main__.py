"""``make bench``: run every measurement, print a table, write ``build/bench.json``."""

from __future__ import annotations

import argparse
import json
import os
import platform
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench import (
    finding,
    hooks_in,
    mail_in,
    mail_out,
    mail_reading,
    page_cost,
    pairs,
    planning,
    replaying,
    texts_out,
)
from bench.row import Row

OUT = Path("build/bench.json")
ALL = (
    planning.rows,
    replaying.rows,
    mail_reading.rows,
    mail_in.rows,
    mail_out.rows,
    hooks_in.rows,
    texts_out.rows,
    pairs.rows,
    finding.rows,
    page_cost.rows,
)


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="within two minutes")
    quick = parser.parse_args().quick
    found: list[Row] = []
    for row in _measured(quick=quick):
        found.append(row)
        mark = "met" if row.met else "MISSED"
        bound = f"{'≤' if row.lower else '≥'} {row.must:g}"
        print(f"{row.name:52} {row.value:>10.1f} {row.unit:16} {bound:>9}  {mark}", flush=True)
    OUT.parent.mkdir(exist_ok=True)
    told = {"machine": _machine(), "fsync_us": _fsync_us(), "rows": [row.told() for row in found]}
    OUT.write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n")


def _measured(*, quick: bool) -> Iterator[Row]:
    for rows in ALL:
        yield from rows(quick=quick)


def _machine() -> str:
    return f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"


def _fsync_us() -> int:
    """What one small durable write costs here: the floor of everything that is acknowledged."""
    with tempfile.NamedTemporaryFile(dir=".") as file:
        begun = time.perf_counter()
        for _ in range(50):
            file.write(b"x" * 512)
            file.flush()
            os.fsync(file.fileno())
        return round((time.perf_counter() - begun) / 50 * 1e6)


if __name__ == "__main__":
    main()
