"""``python -m gateway.sandbox``: run the pretend phone company, post office and storefront."""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
import structlog

from gateway.errors import Misconfigured
from gateway.sandbox.options import E164, Options, Ports
from gateway.sandbox.server import serve
from gateway.sandbox.wall_clock import WallClock

if TYPE_CHECKING:
    from collections.abc import Sequence

_ACCOUNT = re.compile(r"AC[0-9a-f]{32}", re.ASCII)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run until SIGTERM or SIGINT; prints one JSON line with the ports once all three listen."""
    options = read_options(arguments)
    structlog.configure(
        processors=[structlog.processors.add_log_level, structlog.processors.JSONRenderer()],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    failure = anyio.run(_run, options)
    if failure is not None:
        print(f"sandbox: {failure}", file=sys.stderr)
    return int(failure is not None)


def read_options(arguments: Sequence[str] | None = None) -> Options:
    """Read the command line; ends the process with a usage line when it is wrong."""
    parser = argparse.ArgumentParser(prog="python -m gateway.sandbox", description=__doc__)
    _add_listeners(parser)
    _add_gateway(parser)
    _add_people(parser)
    found = vars(parser.parse_args(arguments))
    found["agent_phones"] = tuple(found.pop("agent_phone"))
    found["agent_mails"] = tuple(found.pop("agent_mail"))
    if not found["auth_token"]:
        parser.error("--auth-token or SANDBOX_AUTH_TOKEN is needed")
    return Options(**found)


def _add_listeners(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("listeners, on the loopback; 0 takes a free port")
    group.add_argument("--port", type=int, default=0, help="API and page")
    group.add_argument("--smtp-port", type=int, default=0, help="mail from the gateway")
    group.add_argument("--storefront-port", type=int, default=0, help="the demo shop")
    group.add_argument("--data", type=Path, required=True, help="directory of the ledgers")
    group.add_argument(
        "--clock", type=Path, help="file shared with the gateway; lets the page move time ahead"
    )


def _add_gateway(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("the gateway")
    group.add_argument("--gateway-url", required=True, help="where the widget's loader is")
    group.add_argument("--store-key", required=True, help="the store that the shop belongs to")
    group.add_argument("--sms-webhook", required=True, help="address that gets phones' texts")
    group.add_argument("--inbound-smtp-host", default="127.0.0.1", help="takes mailboxes' mail")
    group.add_argument("--inbound-smtp-port", type=int, required=True)
    group.add_argument("--account-sid", type=_account, required=True, help="AC and 32 hex digits")
    group.add_argument(
        "--auth-token",
        default=os.environ.get("SANDBOX_AUTH_TOKEN", ""),
        help="the account's secret; better as SANDBOX_AUTH_TOKEN, which process lists do not show",
    )


def _add_people(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("people and their carrier")
    group.add_argument("--store-number", type=_number, required=True, help="the store's From")
    group.add_argument("--shopper-phone", type=_number, required=True)
    group.add_argument("--shopper-mail", type=_mail, required=True)
    group.add_argument(
        "--agent-phone", type=_number, required=True, action="append", help="may be repeated"
    )
    group.add_argument(
        "--agent-mail", type=_mail, required=True, action="append", help="may be repeated"
    )
    group.add_argument(
        "--receipt-delay", type=_seconds, default=0.3, help="seconds to the handset (%(default)s)"
    )
    group.add_argument(
        "--carrier-opt-out",
        action=argparse.BooleanOptionalAction,
        default=False,
        help="let the carrier answer STOP, START and HELP by itself",
    )


def _number(value: str) -> str:
    if not E164.fullmatch(value):
        raise argparse.ArgumentTypeError(f"{value} is no number like +15550100123")
    return value


def _mail(value: str) -> str:
    local, _, domain = value.rpartition("@")
    if not local or not domain:
        raise argparse.ArgumentTypeError(f"{value} is no mail address")
    return value


def _account(value: str) -> str:
    if not _ACCOUNT.fullmatch(value):
        raise argparse.ArgumentTypeError(f"{value} is not AC and 32 hex digits")
    return value


def _seconds(value: str) -> float:
    seconds = float(value)
    if not 0 <= seconds < 3_600:
        raise argparse.ArgumentTypeError("a delay is between 0 and 3600 seconds")
    return seconds


async def _run(options: Options) -> Exception | None:
    """Serve until a signal; returns what kept it from starting."""
    stop, failure = anyio.Event(), None
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_await_signal, stop)
        # Caught in here: a task group would wrap it.
        try:
            await serve(options, clock=WallClock(options.clock), stop=stop, started=_announce)
        except (Misconfigured, OSError) as found:
            failure = found
        tasks.cancel_scope.cancel()
    return failure


async def _await_signal(stop: anyio.Event) -> None:
    with anyio.open_signal_receiver(signal.SIGTERM, signal.SIGINT) as signals:
        async for _ in signals:
            stop.set()
            return


def _announce(ports: Ports) -> None:
    print(json.dumps(asdict(ports)), flush=True)


if __name__ == "__main__":
    sys.exit(main())
