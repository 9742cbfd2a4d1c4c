"""``onethread store …``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.apps import store_app
from gateway.cli.environment import database, run, settings
from gateway.cli.forms import store_forms, store_ratings
from gateway.cli.identity import store_identity
from gateway.cli.looks import store_look
from gateway.cli.merges import store_unmerge
from gateway.cli.pushes import store_push
from gateway.cli.whatsapps import store_whatsapp
from gateway.errors import Misconfigured
from gateway.services import setup
from gateway.services.starters import starter

app = typer.Typer(no_args_is_help=True, help="The storefronts.")
app.command("app")(store_app)
app.command("forms")(store_forms)
app.command("identity")(store_identity)
app.command("look")(store_look)
app.command("push")(store_push)
app.command("ratings")(store_ratings)
app.command("unmerge")(store_unmerge)
app.command("whatsapp")(store_whatsapp)


@app.command("add")
def store_add(
    key: Annotated[str, typer.Option(help="Public; goes into the script tag.")],
    name: Annotated[str, typer.Option(help="Shoppers see it.")],
    origin: Annotated[list[str], typer.Option(help="https://shop.example; repeatable.")],
    sms_from: Annotated[
        list[str] | None,
        typer.Option(help="Number or MG… service; repeatable, the first is the usual one."),
    ] = None,
    sms_rate: Annotated[
        list[str] | None,
        typer.Option(help="NUMBER=TEXTS a second, where not the usual; 0: Twilio's line alone."),
    ] = None,
    whatsapp_from: Annotated[
        str | None, typer.Option(help="Number that writes by WhatsApp.")
    ] = None,
    mail_from: Annotated[str | None, typer.Option(help="Answers come from here.")] = None,
    mail_domain: Annotated[str | None, typer.Option(help="Replies come back here.")] = None,
    greeting: Annotated[str, typer.Option(help="Shown in an empty chat.")] = "",
    language: Annotated[str, typer.Option(help="en, de, …")] = "en",
    region: Annotated[str, typer.Option(help="Country of numbers typed without one.")] = "US",
    accent: Annotated[str, typer.Option(help="#rrggbb")] = "#2f5d50",
) -> None:
    """Add a storefront, or bring its settings up to date."""
    new = setup.NewStore(
        key=key,
        name=name,
        origins=tuple(origin),
        sms_from=sms_from[0] if sms_from else None,
        sms_also=tuple(sms_from[1:]) if sms_from else (),
        sms_rates=dict(_rate(each) for each in sms_rate or ()),
        whatsapp_from=whatsapp_from,
        mail_from=mail_from,
        mail_domain=mail_domain,
        greeting=greeting,
        language=language,
        region=region,
        accent=accent,
    )

    async def add() -> None:
        async with database() as opened:
            await setup.ensure_store(opened, new)

    run(add())
    typer.echo(
        f'<script async src="{settings().base_url}/widget/loader.js" data-key="{key}"></script>'
    )


def _rate(typed: str) -> tuple[str, float]:
    number, _, rate = typed.partition("=")
    try:
        return number, float(rate)
    except ValueError:
        raise Misconfigured(f"{typed!r} is no rate; write it like +14155550100=3") from None


@app.command("policy")
def store_policy(
    key: Annotated[str, typer.Option(help="The store's key.")],
    file: Annotated[Path | None, typer.Argument(help="TOML or JSON; durations in seconds.")] = None,
    begin: Annotated[
        str | None, typer.Option("--starter", help="One that comes along: europe, asia, …")
    ] = None,
    show: Annotated[bool, typer.Option("--show", help="Print the one in force, as JSON.")] = False,
) -> None:
    """Put a policy in force; a wrong field is named and the old policy stays."""
    if [file is not None, begin is not None, show].count(True) != 1:
        raise Misconfigured("say what policy: a file, --starter NAME, or --show for what there is")

    async def work() -> str:
        document = starter(begin).document if begin is not None else {}
        if file is not None:
            document = setup.read_policy(file.read_bytes(), file.name)
        async with database() as opened:
            if show:
                found = await setup.policy_of(opened, key)
                return json.dumps(found, indent=2, ensure_ascii=False)
            return f"Version {await setup.set_policy(opened, key, document)} is in force."

    typer.echo(run(work()))
