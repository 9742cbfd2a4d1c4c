"""``onethread agent …``."""

from __future__ import annotations

from typing import Annotated

import typer

from gateway.cli.environment import database, run
from gateway.services import setup, shown_names

app = typer.Typer(no_args_is_help=True, help="The people who answer.")


@app.command("add")
def agent_add(
    email: Annotated[str, typer.Option(help="Signs in with it.")],
    name: Annotated[str, typer.Option(help="Shoppers see it.")],
    password: Annotated[
        str, typer.Option(prompt=True, hide_input=True, envvar="ONETHREAD_AGENT_PASSWORD")
    ],
    on_call: Annotated[int, typer.Option(help="Place in the on-call order; 0 for none.")] = 0,
    phone: Annotated[list[str] | None, typer.Option(help="Told there; repeatable.")] = None,
    mail: Annotated[list[str] | None, typer.Option(help="Told there; repeatable.")] = None,
) -> None:
    """Add an agent; you vouch for the phone and mail addresses that you give."""

    async def add() -> None:
        async with database() as opened:
            await setup.add_agent(
                opened,
                email=email,
                name=name,
                password=password,
                on_call=on_call,
                phones=phone or [],
                mailboxes=mail or [],
            )

    run(add())
    typer.echo(f"{name} can sign in.")


@app.command("names")
def agent_names(
    key: Annotated[str, typer.Option(help="The store's public key.")],
    first: Annotated[
        bool, typer.Option("--first/--whole", help="How much of agents' names shoppers see.")
    ],
) -> None:
    """Show this store's shoppers the agents' first names only, or whole ones."""

    async def change() -> None:
        async with database() as opened:
            await shown_names.set_first_names(opened, key, first=first)

    run(change())
    typer.echo(f"Shoppers see {'first' if first else 'whole'} names from now on.")
