"""``make bench``: run every measurement, print a table, write ``build/bench.json``.

A measurement that fails gives its rows no figure: the others are taken all the same, and the bench
ends with 1. It never fails because a figure is low. With names of measurements only those are run,
and nothing is written.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import platform
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from bench import (
    console_speed,
    finding,
    growing,
    herd,
    hooks_in,
    idle,
    mail_in,
    mail_out,
    mail_reading,
    on_postgres,
    page_cost,
    pages,
    pairs,
    planning,
    replaying,
    slow_disk,
    texts_out,
)
from bench.row import Row

OUT = Path("build/bench.json")
SYNCS = 200
ALL: dict[str, Callable[..., Iterator[Row]]] = {
    "planning": planning.rows,
    "replaying": replaying.rows,
    "mail_reading": mail_reading.rows,
    "mail_in": mail_in.rows,
    "mail_out": mail_out.rows,
    "hooks_in": hooks_in.rows,
    "texts_out": texts_out.rows,
    "pairs": pairs.rows,
    "slow_disk": slow_disk.rows,
    "idle": idle.rows,
    "herd": herd.rows,
    "growing": growing.rows,
    "on_postgres": on_postgres.rows,
    "finding": finding.rows,
    "pages": pages.rows,
    "page_cost": page_cost.rows,
    "console_speed": console_speed.rows,
}


@dataclass(slots=True)
class Found:
    """What was measured."""

    rows: list[Row] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)  #: measurements and rows without a figure
    seconds: dict[str, float] = field(default_factory=dict)  #: by measurement

    def measure(self, name: str, *, quick: bool) -> None:
        """One measurement's rows, each shown as it comes."""
        begun = time.perf_counter()
        try:
            for row in ALL[name](quick=quick):
                _show(row)
                self.rows.append(row)
                if not row.has_figure:
                    self.failed.append(row.name)
        except Exception:
            traceback.print_exc()
            self.failed.append(name)
        self.seconds[name] = round(time.perf_counter() - begun, 1)


def main() -> int:
    """Measure, print, write; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="within two minutes")
    parser.add_argument("only", nargs="*", metavar="MEASUREMENT", help=f"of {', '.join(ALL)}")
    asked = parser.parse_args()
    unknown = sorted(set(asked.only) - set(ALL))
    if unknown:
        parser.error(f"no such measurement: {', '.join(unknown)}")
    fsync_us = _fsync_us()
    # What is loaded by now stays: each collection before a round would go through it all.
    gc.collect()
    gc.freeze()
    found = Found()
    for name in asked.only or ALL:
        found.measure(name, quick=asked.quick)
    if not asked.only:
        told = {
            "machine": _machine(),
            "fsync_us": fsync_us,
            "quick": asked.quick,
            "seconds": found.seconds,
            "failed": found.failed,
            "rows": [row.told() for row in found.rows],
        }
        OUT.parent.mkdir(exist_ok=True)
        OUT.write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n")
    print(f"{sum(found.seconds.values()):.0f} s: {found.seconds}", file=sys.stderr)
    for each in found.failed:
        print(f"no figure: {each}", file=sys.stderr)
    return 1 if found.failed else 0


def _show(row: Row) -> None:
    mark = "met" if row.met else "MISSED"
    bound = f"{'≤' if row.lower else '≥'} {row.must:g}"
    name = f"{row.name} ({row.database})" if row.database else row.name
    print(f"{name:78} {row.value:>10.1f} {row.unit:16} {bound:>9}  {mark}", flush=True)


def _machine() -> str:
    return f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"


def _fsync_us() -> int:
    """What one small durable write costs here: the floor of everything that is acknowledged."""
    with tempfile.NamedTemporaryFile(dir=".") as file:
        spans = []
        for _ in range(SYNCS):
            begun = time.perf_counter()
            file.write(b"x" * 512)
            file.flush()
            os.fsync(file.fileno())
            spans.append(time.perf_counter() - begun)
        return round(median(spans) * 1e6)


if __name__ == "__main__":
    sys.exit(main())
