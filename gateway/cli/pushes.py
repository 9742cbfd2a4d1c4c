"""``onethread store push``."""

from __future__ import annotations

from typing import Annotated

import typer

from gateway import bootstrap
from gateway.cli.environment import database, run, settings
from gateway.errors import Misconfigured
from gateway.services import push_keys, setup


def store_push(
    key: Annotated[str, typer.Option(help="The store's key.")],
    off: Annotated[bool, typer.Option("--off", help="Notify no browser any more.")] = False,
    rotate: Annotated[
        bool, typer.Option("--rotate", help="A new key for browsers that agree from now on.")
    ] = False,
) -> None:
    """Let a store notify browsers; prints the public key that they know it by."""
    if off and rotate:
        raise Misconfigured("one thing at a time: --off or --rotate")
    found = settings()

    async def work() -> tuple[str | None, bool]:
        async with database() as opened:
            if off:
                await push_keys.turn_off(opened, key)
                return None, True
            secret = bootstrap.secret_of(found)
            change = push_keys.rotate if rotate else push_keys.turn_on
            public = await change(opened, secret, key)
            policy = await setup.policy_of(opened, key)
            return public, "push" in _words(policy.get("ladder"))

    public, is_on_ladder = run(work())
    if public is None:
        typer.echo("The store notifies no browser any more.")
        return
    typer.echo(public)
    if found.push_contact is None:
        typer.echo("Set PUSH_CONTACT too: without it no browser is notified.", err=True)
    if not is_on_ladder:
        typer.echo("The store's policy does not name push in its ladder yet.", err=True)


def _words(ladder: object) -> tuple[str, ...]:
    return tuple(map(str, ladder)) if isinstance(ladder, list | tuple) else ()
