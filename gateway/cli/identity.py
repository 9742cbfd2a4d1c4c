"""``onethread store identity``."""

from __future__ import annotations

from typing import Annotated

import typer

from gateway import bootstrap
from gateway.cli.environment import database, run, settings
from gateway.errors import Misconfigured
from gateway.services import identity_secrets
from gateway.services.identity_secrets import Signing


def store_identity(
    key: Annotated[str, typer.Option(help="The store's key.")],
    rotate: Annotated[
        bool, typer.Option("--rotate", help="A new secret; the one before counts too.")
    ] = False,
    settle: Annotated[
        bool, typer.Option("--settle", help="The newest secret alone counts now.")
    ] = False,
    off: Annotated[bool, typer.Option("--off", help="The store signs nobody any more.")] = False,
) -> None:
    """The secret with which a store's server signs who is shopping; made when there is none."""
    if [rotate, settle, off].count(True) > 1:
        raise Misconfigured("one thing at a time: --rotate, --settle, --off")

    async def work() -> Signing | None:
        keys = (bootstrap.secret_of(settings()),)
        async with database() as opened:
            if off:
                await identity_secrets.forget(opened, key)
                return None
            if rotate:
                return await identity_secrets.rotate(opened, keys, key)
            if settle:
                return await identity_secrets.settle(opened, key)
            return await identity_secrets.begin(opened, keys, key)

    found: Signing | None = run(work())
    if found is None:
        typer.echo("The store signs nobody any more.")
        return
    if found.secret is not None:
        typer.echo(f"Secret, shown this once: {found.secret}")
        typer.echo("Keep it on the store's server; whoever has it can be any of its customers.")
    if found.secrets > 1:
        typer.echo("Two secrets count; end that with --settle once the server has the new one.")
    else:
        typer.echo("One secret counts; --rotate replaces it.")
