"""``make test-mail``: the gateway's mail through Postfix, Dovecot, mutt and s-nail, and back.

Needs root on Debian 12. Everything runs on loopback from one temporary folder, and nothing of the
system is started or changed, but for the packages that are missing. Ends non-zero on a failure.
"""

from __future__ import annotations

import signal
import sys
import tempfile
import textwrap
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path

import aiohttp
import anyio

from gateway import demo
from gateway.clock import SystemClock
from tests.integration.town.carrier import Carrier
from tests.kill.people import Agent
from tests.mail_loop import dovecot, postfix
from tests.mail_loop.breaking_line import BreakingLine
from tests.mail_loop.debian import Unfit, install
from tests.mail_loop.greylist import Greylist
from tests.mail_loop.house import House, gateway, prepare, street_of
from tests.mail_loop.ports import first_free, free_ports
from tests.mail_loop.readers import Readers
from tests.mail_loop.scenarios import GREY, MAILBOXES, SCENARIOS, SUPPORT, Scenario

WIDTH = 100


def main() -> int:
    """Play every scenario, or those whose names hold the words given, and print a table."""
    words = " ".join(sys.argv[1:]).lower()
    wanted = [each for each in SCENARIOS if words in each.name.lower()]
    if not wanted:
        print(f"no scenario is called {words!r}", file=sys.stderr)
        return 2
    try:
        install()
    except Unfit as unfit:
        print(f"test-mail: {unfit}", file=sys.stderr)
        return 2
    # An end by SIGTERM has to end Postfix and Dovecot too, which live in sessions of their own.
    signal.signal(signal.SIGTERM, signal.getsignal(signal.SIGINT))
    good = anyio.run(_play, wanted)
    print(f"\n{good} of {len(wanted)} scenarios came as expected")
    return int(good != len(wanted))


async def _play(wanted: list[Scenario]) -> int:
    """Returns how many came as expected."""
    well = 0
    with tempfile.TemporaryDirectory(prefix="mail_loop-") as folder:
        home = Path(folder)
        async with opened(home) as house:
            for scenario in wanted:
                try:
                    came = await scenario.run(house)
                except Exception as wrong:
                    # A row of the table like any other; the next scenarios are played all the same.
                    came = "; ".join(_flat(wrong))
                good = came == scenario.expected
                well += good
                _tell(scenario, came, good=good)
            if well != len(wanted):
                print(f"\nPostfix said:\n{house.postfix.said()}")
                print(f"\nDovecot said:\n{house.dovecot.said()}")
                print(
                    f"\nThe gateway said:\n{(house.plan.data / 'gateway.log').read_text()[-3000:]}"
                )
    return well


def _flat(wrong: BaseException) -> list[str]:
    if isinstance(wrong, BaseExceptionGroup):
        return [line for each in wrong.exceptions for line in _flat(each)]
    return [f"{type(wrong).__name__}: {wrong}"]


def _tell(scenario: Scenario, came: str, *, good: bool) -> None:
    print(f"{'ok    ' if good else 'FAILED'} {scenario.name}", flush=True)
    for label, text in (("expected", scenario.expected), ("came", came)):
        lines = textwrap.wrap(text, WIDTH - 18) or [""]
        print(
            "\n".join(f"       {label if not n else '':<10} {line}" for n, line in enumerate(lines))
        )


@asynccontextmanager
async def opened(home: Path) -> AsyncIterator[House]:
    """Start everything; what is nearest to the gateway ends first."""
    clock = SystemClock()
    # Postfix and Dovecot are other users, and have to come by here.
    await anyio.Path(home).chmod(0o755)
    plan = demo.plan_for(first_free(), home / "data", log_level="warning")
    relay, lmtp, imap = free_ports(3)
    greylist, line, carrier = Greylist(frozenset({GREY})), BreakingLine(relay), Carrier(clock)
    boxes = dovecot.Dovecot(
        home=home / "dovecot", lmtp=lmtp, imap=imap, relay=relay, scripts=MAILBOXES
    )
    async with AsyncExitStack() as stack:
        tasks = await stack.enter_async_context(anyio.create_task_group())
        await tasks.start(greylist.serve)
        await tasks.start(line.serve)
        await carrier.open()
        stack.push_async_callback(carrier.close)
        post = postfix.Postfix(
            home=home / "postfix",
            port=relay,
            policy=greylist.port,
            routes={
                SUPPORT: f"lmtp:inet:127.0.0.1:{lmtp}",
                demo.MAIL_DOMAIN: f"smtp:[127.0.0.1]:{plan.inbound_smtp_port}",
                "shopper.example": f"lmtp:inet:127.0.0.1:{lmtp}",
                "slow.example": f"smtp:[127.0.0.1]:{free_ports(1)[0]}",
            },
        )
        plan = replace(plan, smtp_port=line.port)
        await prepare(plan, clock)
        await stack.enter_async_context(dovecot.running(boxes))
        await stack.enter_async_context(postfix.running(post))
        await stack.enter_async_context(
            gateway(plan, TWILIO_API_BASE=carrier.base, IMAP_URL=boxes.url(SUPPORT))
        )
        http = await stack.enter_async_context(aiohttp.ClientSession())
        house = House(
            plan=plan,
            postfix=post,
            dovecot=boxes,
            readers=Readers(dovecot=boxes, postfix=post, home=home / "readers"),
            line=line,
            greylist=greylist,
            carrier=carrier,
            street=street_of(plan, http, clock),
            clock=clock,
            tasks=tasks,
        )
        house.ada = Agent(house.street, demo.AGENTS[0])
        await house.ada.sign_in()
        tasks.start_soon(house.ada.run)
        await house.ada.until(lambda: bool(house.ada.store_id))
        # Before the gateway is gone: clients that lose it would only try again.
        stack.callback(tasks.cancel_scope.cancel)
        yield house


if __name__ == "__main__":
    sys.exit(main())
