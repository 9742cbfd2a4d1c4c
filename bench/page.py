"""``python -m bench.page``: write ``docs/performance.md`` from ``build/bench.json``.

Plots are Mermaid's, so that the page is text. What was measured quickly is no figure: it is refused
but with ``--quick``, which says so on the page. Where the time goes stands in ``bench/profile.md``,
told by people, and is taken in as it is; what each kind of row is, in ``bench/subjects.py``.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from math import isfinite
from pathlib import Path
from typing import Any

from bench.subjects import by_subject

BENCH, SOAK = Path("build/bench.json"), Path("build/soak.json")
PROFILE = Path("bench/profile.md")
PAGE = Path("docs/performance.md")
DATABASES = {"": "Without a database", "sqlite": "SQLite", "postgresql": "PostgreSQL"}
MOST_SHOWN = 5.0  #: times its must; a bar that reaches further says no more
_HEAD = """\
# How fast Onethread is

<!-- Written by `make performance` from `make bench`; edit bench/{page,subjects}.py, profile.md. -->

Every figure stands beside a baseline that was measured in the same run, in turns with it: on
another machine, or another day, only the ratios say anything. The gateway is whole: sign-in, stores
kept apart, idempotency, reach rows, presence, fan-out. Each gateway and each baseline is a process
of its own; so is the load, which costs far less than what it loads. Where there are rounds, a
figure is their median, and behind the ratio stand its least and greatest.

A plot shows how much better a figure is than it has to be: 1 is just enough, and 5 stands for more.

"""

Row = dict[str, Any]


def page(bench: dict[str, Any], soak: dict[str, Any] | None, profile: str) -> str:
    """The whole page."""
    parts = [_HEAD, _machine(bench)]
    for told in by_subject(bench["rows"]):
        parts += [f"## {told.subject.title}\n\n{told.subject.text}\n\n", *_tables(told.rows)]
    if soak is not None:
        parts += ["## A long time of it\n\n", *_soaked(soak)]
    return "".join([*parts, profile])


def _tables(rows: Sequence[Row]) -> Iterator[str]:
    """A table and a plot for each database that was measured; its name where there are several."""
    of = {name: [row for row in rows if row["database"] == name] for name in DATABASES}
    measured = {name: found for name, found in of.items() if found}
    for name, found in measured.items():
        if name or len(measured) > 1:
            yield f"### {DATABASES[name]}\n\n"
        yield from _table(found)
        yield "\n"
        yield from _plot(found)


def _machine(bench: dict[str, Any]) -> str:
    minutes = sum(bench["seconds"].values()) / 60
    quick = "**A quick run: one short round of most, and no figure to quote.** "
    missing = f" Without a figure: {', '.join(bench['failed'])}." if bench["failed"] else ""
    return (
        f"{quick if bench['quick'] else ''}Measured on {bench['machine']}; a durable write of 512"
        f" bytes takes {bench['fsync_us']} µs there. The run took {minutes:.0f} minutes."
        f"{missing}\n\n"
    )


def _table(rows: Sequence[Row]) -> Iterator[str]:
    yield "| | what | figure | baseline | ratio | rounds | must | aim | |\n"
    yield "|---:|---|---:|---:|---:|---:|---:|---:|---|\n"
    for number, row in enumerate(rows, 1):
        unit = f" {row['unit']}" if row["unit"] else ""
        cells = (
            str(number),
            row["name"],
            f"{_number(row['value'])}{unit}",
            _number(row["baseline"]),
            _ratio(row),
            str(row["rounds"]),
            _bound(row, "must"),
            _bound(row, "aim"),
            "met" if row["met"] else "**missed**",
        )
        yield f"| {' | '.join(cells)} |\n"


def _ratio(row: Row) -> str:
    if row["ratio"] is None:
        return ""
    spread = row.get("spread")
    between = (
        f" ({_number(spread[0])} to {_number(spread[1])})" if spread and None not in spread else ""
    )
    return f"{_number(row['ratio'])}{between}"


def _number(value: float) -> str:
    if value and abs(value) < 10:
        return f"{value:.2g}" if abs(value) < 1 else f"{value:.3g}"
    return f"{value:,.0f}"


def _bound(row: Row, which: str) -> str:
    return f"{'≤' if row['lower'] else '≥'} {_number(row[which])}"


def _plot(rows: Sequence[Row]) -> Iterator[str]:
    """Bars by the table's numbers: how many times better than it has to be."""
    bars = [(n, found) for n, row in enumerate(rows, 1) if (found := _better(row)) is not None]
    if len(bars) > 1:
        names = ", ".join(f'"{number}"' for number, _ in bars)
        heights = ", ".join(f"{min(found, MOST_SHOWN):.2f}" for _, found in bars)
        line = ", ".join("1" for _ in bars)
        yield (
            f"```mermaid\nxychart-beta\n  x-axis [{names}]\n"
            f'  y-axis "times better than it must be" 0 --> {MOST_SHOWN:.0f}\n'
            f"  bar [{heights}]\n  line [{line}]\n```\n\n"
        )


def _better(row: Row) -> float | None:
    """None where there is nothing to compare with: no figure, or a must of nothing at all."""
    value, must = row["value"], row["must"]
    if not must or not isfinite(value):
        return None
    if row["lower"]:
        return float(must / value) if value > 0 else MOST_SHOWN
    return float(value / must)


def _soaked(soak: dict[str, Any]) -> Iterator[str]:
    yield (
        f"{soak['seconds'] / 60:.0f} minutes, at {soak['rate']:.0f} messages a second while pairs"
        " talk (`make soak`); between stretches they go, and others come. Nothing was lost, doubled"
        " or out of order. Growth is what came after the warm-up; memory is without what lies free"
        " in the process's heaps.\n\n"
    )
    yield "| what | at the end | growth in an hour | |\n|---|---:|---:|---|\n"
    for each in soak["slopes"]:
        unit = f" {each['unit']}" if each["unit"] else ""
        growth = f"{each['per_hour']:+.2f} ± {each['error_per_hour']:.2f}{unit}"
        words = "**grows**" if each["grows"] else "within noise"
        yield f"| {each['name']} | {each['last']:,.0f}{unit} | {growth} | {words} |\n"
    yield "\n"
    for each in soak["slopes"]:
        if each["unit"]:
            yield _over_time(each)


def _over_time(each: dict[str, Any]) -> str:
    minutes = ", ".join(f'"{at / 60:.0f}"' for at, _ in each["samples"])
    values = ", ".join(f"{value:.1f}" for _, value in each["samples"])
    highest = 1.2 * max(value for _, value in each["samples"])
    return (
        f'```mermaid\nxychart-beta\n  x-axis "minutes after the warm-up" [{minutes}]\n'
        f'  y-axis "{each["name"]}, {each["unit"]}" 0 --> {highest:.0f}\n  line [{values}]\n```\n\n'
    )


def main() -> int:
    """Write the page; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="take a quick run, and say so")
    quick = parser.parse_args().quick
    if not BENCH.is_file():
        print("there is no build/bench.json: run `make bench`", file=sys.stderr)
        return 1
    bench = json.loads(BENCH.read_text())
    if bench["quick"] and not quick:
        print("the last bench was a quick one: run `make bench`", file=sys.stderr)
        return 1
    soak = json.loads(SOAK.read_text()) if SOAK.is_file() else None
    PAGE.write_text(page(bench, soak, PROFILE.read_text()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
