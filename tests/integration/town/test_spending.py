"""A store's purse for a day: what is texted counts by the policy's prices, and no more goes out."""

from __future__ import annotations

from gateway.store.tables import CountRow
from tests.integration.town.building import Town
from tests.integration.town.carrier import Refuses
from tests.integration.town.leaving import vera_asks_and_leaves
from tests.integration.town.townspeople import VERA_MAIL, VERA_PHONE

PRICES = {"sms": {"*": 0.5, "US": 0.01}}


async def spent(town: Town) -> dict[str, int]:
    """Hundredths, by the store and by Vera."""
    rows = [row for row in await town.rows(CountRow) if row.scope.startswith("spent")]
    return {"store" if row.scope == "spent" else "vera": row.n // 10_000 for row in rows}


async def test_each_segment_that_the_phone_company_took_is_counted_once(town: Town) -> None:
    await town.policy(prices=PRICES)
    await vera_asks_and_leaves(town)
    assert await spent(town) == {"store": 1, "vera": 1}  # the code
    await town.ada.answers("It is on its way to us, and to you after that. " * 5)
    await town.tick(60)
    text = town.carrier.taken[-1]
    assert await spent(town) == {"store": 4, "vera": 4}
    assert await town.receipt(text, "sent") == 200
    assert await town.receipt(text, "delivered") == 200
    assert await spent(town) == {"store": 4, "vera": 4}


async def test_what_the_phone_company_refused_cost_nothing(town: Town) -> None:
    await town.policy(prices=PRICES)
    await vera_asks_and_leaves(town)
    town.carrier.says(Refuses(21612))
    await town.ada.answers("Yes, in 38.")
    await town.tick(60)
    assert await spent(town) == {"store": 1, "vera": 1}


async def test_vera_is_mailed_once_the_days_money_is_spent_and_texted_on_the_next(
    town: Town,
) -> None:
    await town.policy(prices=PRICES, spend_a_day=0.03)
    await vera_asks_and_leaves(town, mailbox=True)
    await town.ada.answers("Yes, in 38.")
    await town.tick(400)
    texts = town.carrier.to(VERA_PHONE)
    assert await town.receipt(town.carrier.taken[-1], "delivered") == 200
    assert "Yes, in 38." in texts[-1]
    await town.ada.answers("And in 39.")
    await town.tick(400)
    assert town.carrier.to(VERA_PHONE) == texts
    assert "And in 39." in town.post.to(VERA_MAIL)[-1].words
    town.clock.move_ahead(24 * 3_600 * 1_000_000)
    await town.ada.answers("And in 40.")
    await town.tick(400)
    assert "And in 40." in town.carrier.to(VERA_PHONE)[-1]


async def test_ada_reads_that_the_days_money_is_spent_and_when_there_is_more(town: Town) -> None:
    await town.policy(prices=PRICES, spend_a_day=0.01)
    await vera_asks_and_leaves(town)
    await town.ada.answers("Yes, in 38.")
    await town.tick(60)
    (told,) = [str(each["sentence"]) for each in (await town.vera.why()).considered]
    assert told == "what this may cost today is spent; open again in 12 h"
    assert len(town.carrier.taken) == 1  # the code


async def test_one_shopper_does_not_spend_what_is_there_for_all(town: Town) -> None:
    await town.policy(prices=PRICES, spend_a_day_each=0.01)
    await vera_asks_and_leaves(town, mailbox=True)
    await town.ada.answers("Yes, in 38.")
    await town.tick(400)
    assert len(town.carrier.to(VERA_PHONE)) == 1  # the code
    assert "Yes, in 38." in town.post.to(VERA_MAIL)[-1].words
