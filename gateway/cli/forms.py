"""``onethread store forms`` and ``onethread store ratings``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.environment import database, run
from gateway.errors import Misconfigured
from gateway.services import forms, ratings


def store_forms(
    key: Annotated[str, typer.Option(help="The store's key.")],
    file: Annotated[Path | None, typer.Argument(help="TOML or JSON; see docs/forms.md.")] = None,
    show: Annotated[bool, typer.Option("--show", help="Print those in force, as JSON.")] = False,
) -> None:
    """Put forms in force; a wrong field is named and the old ones stay."""
    if (file is not None) == show:
        raise Misconfigured("name a file, or say --show for the forms in force")

    async def work() -> str:
        document = forms.read(file.read_bytes(), file.name) if file is not None else {}
        async with database() as opened:
            if show:
                found = await forms.shown(opened, key)
                return json.dumps(found, indent=2, ensure_ascii=False)
            version = await forms.put(opened, key, document)
        return f"Version {version} is in force. Panels show it when they connect next."

    typer.echo(run(work()))


def store_ratings(
    key: Annotated[str, typer.Option(help="The store's key.")],
) -> None:
    """How the conversations of the last ninety days went, by agent."""

    async def work() -> str:
        async with database() as opened:
            found = await ratings.figures(opened, key)
        if not found:
            return "Nobody has rated a conversation in the last ninety days."
        width = max(len(each.agent or "nobody") for each in found)
        lines = [
            f"{each.agent or 'nobody':<{width}}  {each.mean:>4.0%}  of {each.ratings} ratings"
            for each in found
        ]
        whole = sum(each.ratings for each in found)
        mean = sum(each.mean * each.ratings for each in found) / whole
        return "\n".join([*lines, f"{'all':<{width}}  {mean:>4.0%}  of {whole} ratings"])

    typer.echo(run(work()))
