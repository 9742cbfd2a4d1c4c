"""The doctor's look at the stores' own apps: each is sent a signed ping that tells nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from urllib.parse import urlsplit

from gateway.channels.app.client import AppChannel
from gateway.channels.app.from_settings import app_egress
from gateway.channels.port import Accepted, Outcome, Rejected
from gateway.clock import Clock
from gateway.core.finding import Finding, ok, warning, wrong
from gateway.core.policy import Policy
from gateway.services import app_calls
from gateway.services.app_secrets import secrets_of
from gateway.services.doctor_push import house_secret
from gateway.settings import Settings
from gateway.store import apps
from gateway.store import house as houses
from gateway.store.ids import new_id
from gateway.store.tables import AppRow, StoreRow
from gateway.store.tx import Store, Tx

APP = "app"
SECONDS = 8.0
OFF = "onethread store app --off, until it is there"


async def look_at_apps(
    settings: Settings,
    clock: Clock,
    opened: Callable[[], AbstractAsyncContextManager[Store]],
    stores: Sequence[StoreRow],
) -> list[Finding]:
    """Whether each store's app is called over https, believes our signature, and answers."""

    def load(tx: Tx) -> list[tuple[StoreRow, AppRow | None, Policy]]:
        return [(row, apps.app_of(tx, row.store_id), houses.policy(tx, row)) for row in stores]

    if not stores:  # or the database could not be looked at, which is told of already
        return []
    async with opened() as store:
        held = await store.read(load)
    keys, found = [house_secret(settings)], list[Finding]()
    for row, app, policy in held:
        about = f"{row.key}: {APP}"
        ladders = (policy.ladder, *(rule.ladder or () for rule in policy.rules))
        named = any(APP in each for each in ladders)
        if app is not None:
            found += await _look(settings, keys, clock, about, row, app)
            if not named:
                words = "no ladder of the policy names it, so nobody is told there"
                found.append(warning(about, words, 'add "app" to the policy\'s ladder'))
        elif named:
            words = "the policy names it, and there is none"
            found.append(warning(about, words, f"onethread store app --key {row.key} --url …"))
    return found or [ok(APP, "no store has one")]


async def _look(
    settings: Settings,
    keys: Sequence[bytes],
    clock: Clock,
    about: str,
    store: StoreRow,
    app: AppRow,
) -> list[Finding]:
    found = []
    if urlsplit(app.url).scheme != "https":
        words = f"{app.url} is not https: whoever is on the way reads who is told of what"
        found.append(warning(about, words, "name an https address with --url"))
    now = clock.now()
    held = secrets_of(keys, app)
    ping = app_calls.ping(app, held, store.key, new_id(now), now)
    channel = AppChannel(app_egress(settings), seconds=SECONDS)
    found.append(_heard(about, app.url, await channel.send(ping)))
    return found


def _heard(about: str, url: str, outcome: Outcome) -> Finding:
    if isinstance(outcome, Accepted):
        return ok(about, f"{url} answers our signed ping")
    if isinstance(outcome, Rejected) and outcome.code in ("401", "403"):
        advice = "give it the secret of `onethread store app`, or --rotate"
        return wrong(about, f"{url} does not believe our signature ({outcome.code})", advice)
    if isinstance(outcome, Rejected) and outcome.blame in ("address", "content"):
        advice = "answer a ping, which names no user, with 2xx"
        return wrong(about, f"{url} refuses our ping ({outcome.code})", advice)
    return wrong(about, outcome.words.rstrip("."), f"correct --url, or {OFF}")
