"""``onethread store app``."""

from __future__ import annotations

from typing import Annotated

import typer

from gateway import bootstrap
from gateway.cli.environment import database, run, settings
from gateway.errors import Misconfigured
from gateway.services import app_setup
from gateway.services.app_setup import Named


def store_app(
    key: Annotated[str, typer.Option(help="The store's key.")],
    url: Annotated[str | None, typer.Option(help="What is called: https://…")] = None,
    secret: Annotated[
        str | None, typer.Option(help="whsec_… of your own; else one is made and shown once.")
    ] = None,
    with_words: Annotated[
        bool | None,
        typer.Option("--with-words/--without-words", help="Tell the app what messages say."),
    ] = None,
    rotate: Annotated[
        bool, typer.Option("--rotate", help="A new secret; the one before counts too.")
    ] = False,
    settle: Annotated[
        bool, typer.Option("--settle", help="The newest secret alone counts now.")
    ] = False,
    off: Annotated[bool, typer.Option("--off", help="The store has no app any more.")] = False,
) -> None:
    """Tell a store's own app by a signed webhook; without options, show what is set."""
    named = url is not None or with_words is not None
    if [rotate, settle, off, named].count(True) > 1 or (secret is not None and (settle or off)):
        raise Misconfigured(
            "one thing at a time: --url and --with-words, --rotate, --settle, --off"
        )

    async def work() -> Named | None:
        keys = (bootstrap.secret_of(settings()),)
        async with database() as opened:
            if off:
                await app_setup.forget(opened, key)
                return None
            if rotate:
                return await app_setup.rotate(opened, keys, key, secret)
            if settle:
                return await app_setup.settle(opened, key)
            if named or secret is not None:
                return await app_setup.name(
                    opened, keys, key, url=url, secret=secret, with_words=with_words
                )
            return await app_setup.shown(opened, key)

    found: Named | None = run(work())
    if found is None:
        typer.echo("The store has no app any more.")
        return
    if found.secret is not None:
        typer.echo(f"Secret, shown this once: {found.secret}")
    words = "with the words of messages" if found.with_words else "without words"
    typer.echo(f"Calls go to {found.url}, {words}.")
    if found.secrets > 1:
        typer.echo("Two secrets count; end that with --settle once the app has the new one.")
    typer.echo(f"It answers at {settings().base_url}/hooks/app/{key}/message, /receipt and /user.")
