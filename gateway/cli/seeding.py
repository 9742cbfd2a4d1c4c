"""``onethread seed``."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from gateway.cli.environment import database, run
from gateway.services import seeding

A_CONVERSATION = 20  #: messages, when nobody says how many


def seed(
    conversations: Annotated[int, typer.Option(min=1, help="Make up so many.")],
    store_key: Annotated[str, typer.Option("--store", help="The store's key.")],
    messages: Annotated[
        int, typer.Option(min=0, help="In all of them together; 0: 20 for each.")
    ] = 0,
    seed: Annotated[int, typer.Option(help="The same seed makes up the same.")] = 1,
    search: Annotated[
        bool, typer.Option("--search", help="Let it be searched, too: takes as long again.")
    ] = False,
    into: Annotated[
        bool, typer.Option("--into", help="Also into a store that has conversations.")
    ] = False,
) -> None:
    """Fill a store with made-up conversations, to try the console or to measure; docs/seed.md."""
    wanted = seeding.Seeding(
        store_key=store_key,
        conversations=conversations,
        messages=messages or conversations * A_CONVERSATION,
        seed=seed,
        search=search,
        into=into,
    )
    hidden = not sys.stderr.isatty()
    with typer.progressbar(length=conversations, file=sys.stderr, hidden=hidden) as bar:

        async def work() -> None:
            async with database() as opened:
                await seeding.seed(opened, wanted, bar.update)

        run(work())
    typer.echo(f"{wanted.conversations} conversations, {wanted.messages} messages.")
