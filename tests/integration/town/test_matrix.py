"""Rows of the matrix, walked: where Vera is, what Ada writes, and whether the store is open."""

from __future__ import annotations

from gateway.core.model import Presence
from tests.integration.town.building import ORIGIN, Town
from tests.integration.town.leaving import vera_asks_and_leaves
from tests.integration.town.seeing import is_seen
from tests.integration.town.townspeople import VERA_MAIL, VERA_PHONE

HOURS = 3_600
CHECKOUT: dict[str, object] = {
    "page_groups": {"checkout": ["/checkout*"]},
    "rules": [{"name": "Checkout", "pages": ["checkout"], "delay": 20, "ladder": ["email"]}],
}


async def is_on(town: Town, path: str) -> None:
    """Vera's visible tab shows this page, with the panel shut."""
    key = ("shopper", town.vera.shopper_id)
    await town.house.change(
        lambda change: is_seen(
            change,
            (town.store_id, *key),
            Presence.ON_PAGE,
            town.house.node_id,
            (f"{ORIGIN}{path}", "Acme"),
        ),
        on=town.vera.shopper_id,
    )


async def test_at_the_checkout_vera_is_mailed_soon_and_elsewhere_on_the_page_she_is_given_longer(
    town: Town,
) -> None:
    await vera_asks_and_leaves(town, mailbox=True)
    await town.policy(**CHECKOUT)
    await is_on(town, "/shoes/blue")
    await town.ada.answers("Yes, in 38.")
    await town.tick(60)
    assert town.post.to(VERA_MAIL) == []
    await is_on(town, "/checkout/address")  # nothing else has changed, and the row is looked at
    await town.tick(21)
    assert len(town.post.to(VERA_MAIL)) == 1
    assert "Checkout" in (await town.vera.reasons_of("send"))[-1]


async def test_a_page_change_in_the_second_in_which_the_delay_ends_is_in_time(town: Town) -> None:
    await vera_asks_and_leaves(town, mailbox=True)
    await town.policy(**CHECKOUT)
    await is_on(town, "/checkout/address")
    await town.ada.answers("Yes, in 38.")
    await town.tick(19)
    town.clock.move_ahead(999_000)
    await is_on(town, "/shoes/blue")
    await town.tick(2)
    assert town.post.to(VERA_MAIL) == []


async def test_a_first_answer_goes_sooner_than_a_follow_up(town: Town) -> None:
    await town.policy(
        follow_up_after=HOURS,
        rules=[
            {"name": "First", "what": ["first_answer"], "delay": 5},
            {"name": "Later", "what": ["follow_up"], "delay": 4 * HOURS, "longest": 4 * HOURS},
        ],
    )
    await vera_asks_and_leaves(town)
    await town.ada.answers("Yes, in 38.")
    await town.tick(6)
    assert len(town.carrier.to(VERA_PHONE)) == 2
    await town.receipt(town.carrier.taken[-1], "delivered")
    await town.tick(2 * HOURS)
    await town.ada.answers("Did they fit?")
    await town.tick(3 * HOURS)
    assert len(town.carrier.to(VERA_PHONE)) == 2
    await town.tick(1 * HOURS + 60)
    assert town.carrier.to(VERA_PHONE)[-1].startswith("Did they fit?")


async def test_while_the_store_is_shut_a_rule_without_ways_waits_for_its_opening(
    town: Town,
) -> None:
    """It is noon on a Friday; the store opens at two."""
    await vera_asks_and_leaves(town)
    await town.policy(
        hours=["Mon-Fri 14:00-18:00"], rules=[{"name": "Shut", "open": False, "ladder": []}]
    )
    await town.ada.answers("Yes, in 38.")
    await town.tick(1 * HOURS)
    assert len(town.carrier.to(VERA_PHONE)) == 1
    assert (await town.vera.reach()).state == "waiting"
    await town.tick(1 * HOURS + 60)
    assert len(town.carrier.to(VERA_PHONE)) == 2
