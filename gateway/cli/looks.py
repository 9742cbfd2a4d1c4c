"""``onethread store look``."""

from __future__ import annotations

from typing import Annotated

import typer

from gateway.cli.environment import database, run
from gateway.errors import Misconfigured
from gateway.services import looks


def store_look(
    key: Annotated[str, typer.Option(help="The store's key.")],
    accent: Annotated[str | None, typer.Option(help="#rrggbb")] = None,
    scheme: Annotated[str | None, typer.Option(help="auto, light or dark.")] = None,
    position: Annotated[str | None, typer.Option(help="left or right.")] = None,
    radius: Annotated[int | None, typer.Option(help="The corners' rounding, in pixels.")] = None,
    x: Annotated[int | None, typer.Option(help="Pixels from that side.")] = None,
    y: Annotated[int | None, typer.Option(help="Pixels from the bottom.")] = None,
    hide: Annotated[str | None, typer.Option(help="Paths without it: /checkout*, /cart")] = None,
    title: Annotated[
        str | None, typer.Option(help="on or off: unread answers counted in the page's title.")
    ] = None,
) -> None:
    """Set how the chat stands on the shop's pages; what is not told stays as it is."""
    told = {
        "accent": accent,
        "scheme": scheme,
        "position": position,
        "radius": radius,
        "x": x,
        "y": y,
        "hide": hide,
        "title": title,
    }
    given = {name: value for name, value in told.items() if value is not None}
    if not given:
        raise Misconfigured("say what to change, for example --position left")

    async def work() -> None:
        async with database() as opened:
            await looks.set_look(opened, key, given)

    run(work())
    typer.echo("Pages show it within five minutes.")
