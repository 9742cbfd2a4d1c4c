"""The command line: ``onethread …``. Errors are one line on stderr, with an exit code of 1 or 2."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable, Coroutine
from contextlib import AbstractAsyncContextManager, ExitStack
from functools import partial
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
from gateway.services.questions import Question, answer
from gateway.services.starters import starter
from gateway.settings import Settings, read_settings
from gateway.simulation.html import as_html
from gateway.simulation.table import as_text
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
_Policy = Annotated[
    str, typer.Option("--policy", help="A .toml or .json file, a starter's name, or 'default'.")
]
_Against = Annotated[
    str, typer.Option("--against", help="Another beside it: the same, or 'current'.")
]
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
    region: Annotated[str, typer.Option(help="Country of numbers typed without one.")] = "US",
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
        region=region,
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
        async with _open() as opened:
            if show:
                found = await setup.policy_of(opened, key)
                return json.dumps(found, indent=2, ensure_ascii=False)
            return f"Version {await setup.set_policy(opened, key, document)} is in force."

    typer.echo(_run(work()))


@app.command()
def simulate(
    policy: _Policy = "",
    against: _Against = "",
    since: Annotated[str, typer.Option(help="How far back: 30d, 12h.")] = "30d",
    store_key: Annotated[str | None, typer.Option("--store", help="Its key.")] = None,
    history: Annotated[Path | None, typer.Option(help="A history from a file instead.")] = None,
    generate: Annotated[int, typer.Option(min=0, help="Make up so many conversations.")] = 0,
    seed: Annotated[int, typer.Option(help="The same seed makes up the same.")] = 1,
    out: Annotated[Path | None, typer.Option(help="Write what is made up to a file.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    html: Annotated[Path | None, typer.Option(help="Write the report to a file, too.")] = None,
    explain: Annotated[int, typer.Option(min=0, help="So many differences in words.")] = 5,
) -> None:
    """Replay recorded conversations through another policy: what would it have done?"""
    asked = Question(
        policy=policy,
        against=against,
        since=since,
        store_key=store_key,
        history=history,
        generate=generate,
        seed=seed,
        out=out,
        explain=explain,
    )
    with ExitStack() as bars:
        report = _run(answer(asked, _open, SystemClock(), partial(_bar, bars)))
    if report is None:
        return
    if html is not None:
        html.write_text(as_html(report), encoding="utf-8")
    told = json.dumps(report.as_json(), indent=2) if as_json else as_text(report)
    typer.echo(told.rstrip())


def _bar(bars: ExitStack, length: int) -> Callable[[int], None]:
    """A progress bar where somebody looks at it."""
    hidden = not sys.stderr.isatty()
    bar = bars.enter_context(typer.progressbar(length=length, file=sys.stderr, hidden=hidden))
    return bar.update


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
