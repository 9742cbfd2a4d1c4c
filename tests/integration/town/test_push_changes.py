"""A browser that got another subscription by itself, and the worker that hands it over."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest

from gateway.sandbox.browsers import Browser
from gateway.store.tables import ConsentRow
from tests.integration.town.browsers import SENTENCE, Pushes, pushes_in
from tests.integration.town.building import Town
from tests.integration.town.outside import BASE_URL, KEY

QUESTION, ANSWER = "Is the blue one back?", "Yes, in 38."


@pytest.fixture
async def pushes(town: Town) -> AsyncIterator[Pushes]:
    async with pushes_in(town) as opened:
        yield opened


async def hands_over(
    pushes: Pushes, old: Browser, new: Browser, *, secret: str | None = None, key: str = KEY
) -> int:
    """What the service worker says when its browser changed the subscription; the HTTP status."""
    was, now = pushes.subscription(old), pushes.subscription(new)
    answer = await pushes.town.web.post(
        f"{BASE_URL}/push/changed",
        content=json.dumps(
            {
                "key": key,
                "was": {"endpoint": was.endpoint, "auth": secret or was.auth},
                "endpoint": now.endpoint,
                "p256dh": now.p256dh,
                "auth": now.auth,
            }
        ),
        headers={"Content-Type": "text/plain", "Origin": "https://shop.example"},
    )
    return answer.status_code


async def test_what_vera_agreed_to_holds_for_the_browser_s_new_subscription(
    town: Town, pushes: Pushes
) -> None:
    await town.vera.writes(QUESTION)
    old = await pushes.allows()
    new = pushes.service.browser(await pushes.key())
    assert await hands_over(pushes, old, new) == 204
    await town.vera.leaves()
    await town.ada.answers(ANSWER)
    await town.tick(700)
    assert (len(old.notifications), len(new.notifications)) == (0, 1)
    agreed = [each for each in await town.rows(ConsentRow) if each.sentence_id == SENTENCE]
    assert len({each.address_id for each in agreed}) == 2


async def test_nobody_takes_a_browser_s_place_without_its_secret(
    town: Town, pushes: Pushes
) -> None:
    await town.vera.writes(QUESTION)
    old = await pushes.allows()
    mallory = pushes.service.browser(await pushes.key())
    stranger = pushes.subscription(mallory).auth
    assert await hands_over(pushes, old, mallory, secret=stranger) == 404
    assert await hands_over(pushes, mallory, mallory) == 404
    assert await hands_over(pushes, old, mallory, key="pk_nobody") == 404
    await town.vera.leaves()
    await town.ada.answers(ANSWER)
    await town.tick(60)
    assert (len(old.notifications), len(mallory.notifications)) == (1, 0)


async def test_a_browser_that_vera_ended_stays_ended(town: Town, pushes: Pushes) -> None:
    await town.vera.writes(QUESTION)
    first = await pushes.allows()
    second = await pushes.allows(replaces=pushes.subscription(first).endpoint)
    assert await hands_over(pushes, first, second) == 404


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"\xff", b'{"key":"pk_acme"}'])
async def test_what_is_no_change_changes_nothing(town: Town, pushes: Pushes, body: bytes) -> None:
    answer = await town.web.post(f"{BASE_URL}/push/changed", content=body)
    assert answer.status_code == 404
