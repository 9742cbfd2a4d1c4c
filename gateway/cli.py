"""The command line: ``onethread …``. Errors are one line on stderr, with an exit code of 1 or 2."""

from __future__ import annotations

import logging
import sys
from collections.abc import Coroutine
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Annotated, Any

import anyio
import structlog
import typer
import uvloop

from gateway import bootstrap
from gateway import demo as demonstration
from gateway.clock import SystemClock
from gateway.errors import Misconfigured, OnethreadError
from gateway.services import setup
from gateway.settings import Settings, read_settings
from gateway.store.migrate import upgrade
from gateway.store.tx import Store

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="One conversation between a store and its shopper, over chat, SMS and e-mail.",
)
db = typer.Typer(no_args_is_help=True, help="The database.")
agent = typer.Typer(no_args_is_help=True, help="The people who answer.")
store = typer.Typer(no_args_is_help=True, help="The storefronts.")
app.add_typer(db, name="db")
app.add_typer(agent, name="agent")
app.add_typer(store, name="store")


@app.command()
def serve() -> None:
    """Serve sockets, hooks, console and widget, with the clockwork inside."""
    settings = _settings()
    _run(bootstrap.serve(settings))


@app.command()
def worker() -> None:
    """Run the clockwork alone, beside gateways on the same PostgreSQL."""
    _run(bootstrap.work(_settings()))


@app.command()
def demo() -> None:
    """Serve gateway, console, a demo storefront and a sandbox with phones and mailboxes."""
    settings = _settings()
    _run(
        demonstration.run(
            settings.port,
            settings.data,
            log_level=settings.log_level,
            database_url=settings.database_url,
        )
    )


@db.command("upgrade")
def db_upgrade() -> None:
    """Bring the database to the newest schema; harmless when it is."""
    _run(upgrade(_settings().database))


@agent.command("add")
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
        async with _open() as opened:
            await setup.add_agent(
                opened,
                email=email,
                name=name,
                password=password,
                on_call=on_call,
                phones=phone or [],
                mailboxes=mail or [],
            )

    _run(add())
    typer.echo(f"{name} can sign in.")


@store.command("add")
def store_add(
    key: Annotated[str, typer.Option(help="Public; goes into the script tag.")],
    name: Annotated[str, typer.Option(help="Shoppers see it.")],
    origin: Annotated[list[str], typer.Option(help="https://shop.example; repeatable.")],
    sms_from: Annotated[str | None, typer.Option(help="Number or MG… service.")] = None,
    mail_from: Annotated[str | None, typer.Option(help="Answers come from here.")] = None,
    mail_domain: Annotated[str | None, typer.Option(help="Replies come back here.")] = None,
    greeting: Annotated[str, typer.Option(help="Shown in an empty chat.")] = "",
    language: Annotated[str, typer.Option(help="en, de, …")] = "en",
    accent: Annotated[str, typer.Option(help="#rrggbb")] = "#2f5d50",
) -> None:
    """Add a storefront, or bring its settings up to date."""
    new = setup.NewStore(
        key=key,
        name=name,
        origins=tuple(origin),
        sms_from=sms_from,
        mail_from=mail_from,
        mail_domain=mail_domain,
        greeting=greeting,
        language=language,
        accent=accent,
    )

    async def add() -> None:
        async with _open() as opened:
            await setup.ensure_store(opened, new)

    _run(add())
    typer.echo(
        f'<script async src="{_settings().base_url}/widget/loader.js" data-key="{key}"></script>'
    )


@store.command("policy")
def store_policy(
    key: Annotated[str, typer.Option(help="The store's key.")],
    file: Annotated[Path, typer.Argument(help="A JSON document; durations in seconds.")],
) -> None:
    """Put a policy in force; a wrong field is named and the old policy stays."""

    async def put() -> int:
        document = setup.read_policy(file.read_bytes())
        async with _open() as opened:
            return await setup.set_policy(opened, key, document)

    typer.echo(f"Version {_run(put())} is in force.")


def _open() -> AbstractAsyncContextManager[Store]:
    return bootstrap.opened(_settings(), SystemClock())


def _settings() -> Settings:
    settings = read_settings()
    _set_up_logging(settings.log_level)
    return settings


def _run(work: Coroutine[Any, Any, Any]) -> Any:  # noqa: ANN401  # whatever the work gives
    async def go() -> Any:  # noqa: ANN401
        return await work

    return anyio.run(go, backend_options={"loop_factory": uvloop.new_event_loop})


def _set_up_logging(level: str) -> None:
    # Not our level: below a warning some libraries log what they carry (aiosmtpd each address and
    # line), and Alembic would talk into an error that has to be one line.
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(message)s")
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def main() -> None:
    """The entry point."""
    try:
        app()
    except Misconfigured as error:
        typer.echo(f"onethread: {error.message}", err=True)
        raise SystemExit(2) from None
    except (OnethreadError, OSError) as error:
        typer.echo(f"onethread: {error}", err=True)
        raise SystemExit(1) from None
