"""``onethread simulate``."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.environment import database, run
from gateway.clock import SystemClock
from gateway.services.questions import Question, answer
from gateway.simulation.html import as_html
from gateway.simulation.table import as_text

_Policy = Annotated[
    str, typer.Option("--policy", help="A .toml or .json file, a starter's name, or 'default'.")
]
_Against = Annotated[
    str, typer.Option("--against", help="Another beside it: the same, or 'current'.")
]


def simulate(
    policy: _Policy = "",
    against: _Against = "",
    since: Annotated[str, typer.Option(help="How far back: 30d, 12h.")] = "30d",
    store_key: Annotated[str | None, typer.Option("--store", help="Its key.")] = None,
    history: Annotated[Path | None, typer.Option(help="A history from a file instead.")] = None,
    generate: Annotated[int, typer.Option(min=0, help="Make up so many conversations.")] = 0,
    seed: Annotated[int, typer.Option(help="The same seed makes up the same.")] = 1,
    out: Annotated[Path | None, typer.Option(help="Write what is made up to a file.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    html: Annotated[Path | None, typer.Option(help="Write the report to a file, too.")] = None,
    explain: Annotated[int, typer.Option(min=0, help="So many differences in words.")] = 5,
) -> None:
    """Replay recorded conversations through another policy: what would it have done?"""
    asked = Question(
        policy=policy,
        against=against,
        since=since,
        store_key=store_key,
        history=history,
        generate=generate,
        seed=seed,
        out=out,
        explain=explain,
    )
    with ExitStack() as bars:
        report = run(answer(asked, database, SystemClock(), partial(_bar, bars)))
    if report is None:
        return
    if html is not None:
        html.write_text(as_html(report), encoding="utf-8")
    told = json.dumps(report.as_json(), indent=2) if as_json else as_text(report)
    typer.echo(told.rstrip())


def _bar(bars: ExitStack, length: int) -> Callable[[int], None]:
    """A progress bar where somebody looks at it."""
    hidden = not sys.stderr.isatty()
    bar = bars.enter_context(typer.progressbar(length=length, file=sys.stderr, hidden=hidden))
    return bar.update
