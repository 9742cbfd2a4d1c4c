"""The doctor's look at web push: who answers for it, and whether the stores' keys can be read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Final
from urllib.parse import urlsplit

from gateway.channels.push.from_settings import contact_of, push_hosts
from gateway.core.finding import Finding, ok, warning, wrong
from gateway.errors import Misconfigured
from gateway.services.push_keys import opened as key_opened
from gateway.settings import Settings
from gateway.store import house as houses
from gateway.store import push
from gateway.store.tables import PushKeyRow, StoreRow
from gateway.store.tx import Store, Tx

CONTACT: Final = "PUSH_CONTACT"


async def look_at_push(
    settings: Settings,
    opened: Callable[[], AbstractAsyncContextManager[Store]],
    stores: Sequence[StoreRow],
) -> list[Finding]:
    """Whether the stores that notify browsers can; push services are not called."""

    def load(tx: Tx) -> list[tuple[StoreRow, PushKeyRow, bool]]:
        return [
            (row, key, "push" in houses.policy(tx, row).ladder)
            for row in stores
            for key in push.keys_of(tx, row.store_id)
        ]

    found: list[tuple[StoreRow, PushKeyRow, bool]] = []
    if stores:  # or the database could not be looked at, which is told of already
        async with opened() as store:
            found = await store.read(load)
    on = {row.key: named for row, key, named in found if key.retired_at is None}
    return [
        *_of_contact(settings, sorted(on)),
        *(_of_address(settings) if on else ()),
        *_of_keys(settings, [(row, key) for row, key, _ in found if row.key in on]),
        *(
            warning(
                f"{key}: push",
                "its policy's ladder does not name push, so no browser is notified",
                "add it before what costs: ladder = ['push', 'sms', 'email']",
            )
            for key, named in on.items()
            if not named
        ),
    ]


def _of_contact(settings: Settings, on: Sequence[str]) -> list[Finding]:
    try:
        contact, hosts = contact_of(settings), push_hosts(settings)
    except Misconfigured as error:
        return [wrong(CONTACT, error.message)]
    if contact is None and on:
        advice = "set PUSH_CONTACT to a mailto: or https: address of yours"
        return [wrong(CONTACT, f"{on[0]} notifies browsers, and nobody answers for it", advice)]
    if contact is None:
        return [ok(CONTACT, "none is set, and no store notifies browsers")]
    pretend = [warning(CONTACT, f"{each} is called as a push service") for each in hosts.origins]
    return [ok(CONTACT, f"push services find {contact}"), *pretend]


def _of_address(settings: Settings) -> list[Finding]:
    if urlsplit(settings.base_url).scheme == "https":
        return []
    words = "browsers let nobody notify them whose address is not https"
    return [wrong("PUBLIC_URL for push", words, "put the gateway behind TLS and set PUBLIC_URL")]


def _of_keys(settings: Settings, rows: Sequence[tuple[StoreRow, PushKeyRow]]) -> list[Finding]:
    secret = house_secret(settings)
    found: list[Finding] = []
    for store, key in rows:
        try:
            key_opened([secret], key)
        except Misconfigured:
            which = "key" if key.retired_at is None else "older key"
            found.append(
                wrong(
                    f"{store.key}: push",
                    f"its {which} was locked by another SECRET_KEY",
                    f"set the old SECRET_KEY again, or onethread store push --key {store.key}"
                    " --rotate",
                )
            )
        else:
            if key.retired_at is None:
                found.append(ok(f"{store.key}: push", "its key can be read"))
    return found


def house_secret(settings: Settings) -> bytes:
    """As it is: looking makes none."""
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value().encode()
    home = settings.data / "secret.key"
    return home.read_text().strip().encode() if home.exists() else b""
