"""``onethread store whatsapp``."""

from __future__ import annotations

from typing import Annotated

import typer

from gateway.cli.environment import database, run
from gateway.errors import Misconfigured
from gateway.services import whatsapp_templates

_UNIT = 1_000_000


def store_whatsapp(
    key: Annotated[str, typer.Option(help="The store's key.")],
    purpose: Annotated[str | None, typer.Option(help="words, knock or code.")] = None,
    language: Annotated[str, typer.Option(help="en, de, …")] = "en",
    sid: Annotated[
        str | None, typer.Option(help="The approved template's ContentSid, HX….")
    ] = None,
    body: Annotated[str | None, typer.Option(help="Its text, with {{1}} as approved.")] = None,
    price: Annotated[
        float | None, typer.Option(help="What one costs, in the policy's currency.")
    ] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Use it no more.")] = False,
) -> None:
    """Put in a template for what goes out after WhatsApp's 24 hours; without a purpose, list them.

    Places: words {{1}} who answers, {{2}} the store, {{3}} what they say; knock {{1}} and {{2}};
    code {{1}} the digits, {{2}} the store.
    """
    if purpose is not None and not remove and (sid is None or body is None):
        raise Misconfigured("a template has --sid and --body; --remove takes one away")
    if price is not None and price < 0:
        raise Misconfigured("a price is 0 or more")

    async def work() -> list[str]:
        async with database() as opened:
            if purpose is not None and remove:
                await whatsapp_templates.remove(opened, key, purpose=purpose, language=language)
            elif purpose is not None:
                await whatsapp_templates.put(
                    opened,
                    key,
                    purpose=purpose,
                    language=language,
                    content_sid=sid or "",
                    body=body or "",
                    price=None if price is None else round(price * _UNIT),
                )
            held = await whatsapp_templates.all_of(opened, key)
            return [f"{row.purpose} {row.language} {row.content_sid} {row.body}" for row in held]

    for line in run(work()) or ["no templates: after 24 hours another way is taken"]:
        typer.echo(line)
