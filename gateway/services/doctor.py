"""Looks a live configuration over and says what to fix; changes nothing and sends nothing.

Each check stands for itself: one that fails, or does not end, is a finding and hinders no other.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace

import anyio
import structlog

from gateway.channels.email.imap_health import look_at_mailbox
from gateway.channels.email.resolver import NoAnswerNow, Resolver
from gateway.channels.email.sender_health import look_at_reverse
from gateway.clock import Clock
from gateway.core.finding import Finding, warning, wrong
from gateway.egress import Egress
from gateway.errors import Misconfigured, NotFound, OnethreadError
from gateway.services import doctor_house, doctor_mail
from gateway.services.doctor_app import APP, look_at_apps
from gateway.services.doctor_phone import found_in_alerts, look_at_phone
from gateway.services.doctor_push import CONTACT, look_at_push
from gateway.settings import Settings
from gateway.store import alerts
from gateway.store import house as houses
from gateway.store.senders import senders_of
from gateway.store.tables import StoreRow
from gateway.store.tx import Store, Tx

log = structlog.get_logger(__name__)

SECONDS = 30.0  #: for one check; each step within has a shorter limit of its own
SMTP_PORT = 25
STORES = "stores"

Check = Callable[[], Awaitable[Sequence[Finding]]]


def own_egress() -> Egress:
    """Our own address may be a private one."""
    everywhere = (ipaddress.ip_network("0.0.0.0/0"), ipaddress.ip_network("::/0"))
    return Egress(also=everywhere)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is looked at.

    ``store_key`` is one store's, None for all. ``send_to`` gets a mail if it is set. Mail leaves
    from the addresses ``sends_from``; empty: from wherever SMTP_HOST is. ``mx_port`` is where mail
    servers of the world listen, ``seconds`` the limit of one check.
    """

    settings: Settings
    clock: Clock
    opened: Callable[[], AbstractAsyncContextManager[Store]]
    store_key: str | None = None
    send_to: str | None = None
    sends_from: tuple[str, ...] = ()
    egress: Egress = field(default_factory=own_egress)
    mx_port: int = SMTP_PORT
    seconds: float = SECONDS


async def examine(asked: Asked) -> list[Finding]:
    """Look at everything; findings come in the order of the checks.

    Raises:
        BadInput: an address of ``sends_from`` is none.
        NotFound: no store has this key.
        Misconfigured: DNS_SERVER is none.
    """
    doctor_mail.require_addresses(asked.sends_from)
    resolver = Resolver(asked.settings.dns_server)
    stores: list[StoreRow] = []
    numbers: dict[str, list[str]] = {}
    found = await _bounded(asked, doctor_house.DATABASE, lambda: _database(asked, stores, numbers))
    if not stores:
        words = "none is set up" if found[0].level != "wrong" else "they could not be looked at"
        found.append(warning(STORES, words, "onethread store add --help"))
    checks = _checks(asked, resolver, stores, numbers)
    results: list[list[Finding]] = [[] for _ in checks]

    async def run(place: int, about: str, check: Check) -> None:
        results[place] = await _bounded(asked, about, check)

    async with anyio.create_task_group() as group:
        for place, (about, check) in enumerate(checks):
            group.start_soon(run, place, about, check)
    return [*found, *(each for result in results for each in result)]


def _checks(
    asked: Asked,
    resolver: Resolver,
    stores: Sequence[StoreRow],
    numbers: Mapping[str, Sequence[str]],
) -> list[tuple[str, Check]]:
    settings = asked.settings
    checks: list[tuple[str, Check]] = [
        ("PUBLIC_URL", lambda: doctor_house.look_at_address(settings, asked.egress)),
        ("SECRET_KEY", lambda: doctor_house.look_at_secret(settings)),
        ("SMTP_HOST", lambda: doctor_mail.look_at_sending(settings, asked.clock, stores)),
        ("IMAP_URL", lambda: look_at_mailbox(settings)),
        ("TWILIO_ACCOUNT_SID", lambda: look_at_phone(settings, stores, numbers)),
        (CONTACT, lambda: look_at_push(settings, asked.opened, stores)),
        (APP, lambda: look_at_apps(settings, asked.clock, asked.opened, stores)),
    ]
    mail = doctor_mail.Mail(
        settings=settings, resolver=resolver, sends_from=asked.sends_from, mx_port=asked.mx_port
    )
    for store in stores:
        if store.mail_from is not None or store.mail_domain is not None:
            checks += [
                (f"{store.key}: {about}", _named(store, check))
                for about, check in doctor_mail.checks_of(mail, store)
            ]
    checks += [("reverse DNS", _reverse(resolver, each)) for each in asked.sends_from]
    if asked.send_to is not None:
        to = asked.send_to
        checks.append(("a mail", lambda: doctor_mail.send_one(settings, asked.clock, stores, to)))
    return checks


def _reverse(resolver: Resolver, address: str) -> Check:
    return lambda: look_at_reverse(resolver, address)


def _named(store: StoreRow, check: Check) -> Check:
    async def named() -> list[Finding]:
        return [replace(each, about=f"{store.key}: {each.about}") for each in await check()]

    return named


async def _database(
    asked: Asked, stores: list[StoreRow], numbers: dict[str, list[str]]
) -> list[Finding]:
    try:
        async with asked.opened() as store:
            rows = await store.read(houses.stores)
            numbers.update(await store.read(_numbers))
            refused = await store.read(alerts.in_force)
    except Misconfigured as error:
        return [wrong(doctor_house.DATABASE, error.message, "see docs/operating.md")]
    if asked.store_key is not None:
        rows = [row for row in rows if row.key == asked.store_key]
        if not rows:
            raise NotFound("no store has this key")
    stores.extend(rows)
    return [
        *doctor_house.found_of_database(asked.settings),
        *found_in_alerts(refused, stores),
    ]


def _numbers(tx: Tx) -> dict[str, list[str]]:
    return {
        row.store_id: [each.sender for each in senders_of(tx, row.store_id)]
        for row in houses.stores(tx)
    }


async def _bounded(asked: Asked, about: str, check: Check) -> list[Finding]:
    try:
        with anyio.fail_after(asked.seconds):
            return list(await check())
    except TimeoutError:
        return [wrong(about, f"looking at it did not end within {asked.seconds:.0f} seconds")]
    except NotFound:
        raise
    except NoAnswerNow:
        return [
            warning(
                about, "the DNS did not answer", "ask again later, or set DNS_SERVER to another"
            )
        ]
    except OnethreadError as error:
        return [wrong(about, error.message)]
    except OSError as error:
        return [wrong(about, f"it cannot be reached: {error.strerror or type(error).__name__}")]
    except Exception as error:
        # A mistake of ours in one check must not hide what the others found.
        log.exception("doctor.check_failed", check=about)
        return [
            warning(about, f"looking at it failed ({type(error).__name__})", "please report it")
        ]


def is_good(found: Sequence[Finding]) -> bool:
    """Whether nothing is wrong; warnings do not count."""
    return all(each.level != "wrong" for each in found)
