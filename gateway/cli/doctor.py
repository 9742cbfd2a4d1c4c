"""``onethread doctor``."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer

from gateway.cli.environment import database, run, settings
from gateway.clock import SystemClock
from gateway.core.finding import Finding
from gateway.services.doctor import Asked, examine, is_good


def doctor(
    store_key: Annotated[
        str | None, typer.Option("--store", help="Only this one; its key.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    send_to: Annotated[
        str | None, typer.Option("--send-to", help="Send a mail there; without it none is sent.")
    ] = None,
    sends_from: Annotated[
        list[str] | None,
        typer.Option("--sends-from", help="IP address that mail leaves from; repeatable."),
    ] = None,
) -> None:
    """Look over the configuration as it is now, and say what to fix."""
    asked = Asked(
        settings=settings(),
        clock=SystemClock(),
        opened=database,
        store_key=store_key,
        send_to=send_to,
        sends_from=tuple(sends_from or ()),
    )
    found: list[Finding] = run(examine(asked))
    good = is_good(found)
    if as_json:
        report = {"good": good, "findings": [asdict(each) for each in found]}
        typer.echo(json.dumps(report, indent=2, ensure_ascii=False))
    else:
        for each in found:
            typer.echo(_line(each))
    if not good:
        raise typer.Exit(1)


def _line(found: Finding) -> str:
    advice = f" → {found.advice}" if found.advice else ""
    return f"{found.level:<7}  {found.about}: {found.words}{advice}"
