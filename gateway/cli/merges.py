"""``onethread store unmerge``."""

from __future__ import annotations

from typing import Annotated

import typer

from gateway.cli.environment import database, run
from gateway.services import merging


def store_unmerge(
    number: Annotated[int, typer.Argument(help="The conversation's number, as in #12.")],
    key: Annotated[str, typer.Option(help="The store's key.")],
) -> None:
    """Part a conversation from the one that it went on in: its shopper is somebody else."""

    async def work() -> None:
        async with database() as opened:
            await merging.take_back(opened, key, number)

    run(work())
    typer.echo(f"#{number} is its own shopper's again.")
