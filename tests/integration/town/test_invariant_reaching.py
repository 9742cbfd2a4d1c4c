"""One interruption, nothing forgotten or guessed, forward only, consent (invariants 5 to 9)."""

from __future__ import annotations

import asyncio
import itertools

from gateway.channels.port import Accepted, Outcome, Rejected, Unavailable, Unknown
from gateway.clock import SECOND
from gateway.services import claiming, handover, reaching
from gateway.services.receipts import Receipt, take
from gateway.store import people
from gateway.store.tables import ConsentRow, DeliveryRow
from gateway.store.tx import Tx
from tests.behaviours import behaviour
from tests.integration.town import carrier
from tests.integration.town.building import Town
from tests.integration.town.carrier import Refuses
from tests.integration.town.outside import KEY
from tests.integration.town.townspeople import VERA_MAIL, VERA_PHONE


async def ada_answered_vera_who_left(town: Town, *, mailbox: bool = False) -> None:
    await town.vera.writes("Is the blue one back?")
    await town.vera.proves_number()
    if mailbox:
        await town.vera.leaves_mailbox()
    await town.vera.leaves()
    await town.ada.answers("Yes, in 38.")


# --- 5. one interruption -------------------------------------------------------------------------


async def test_two_workers_that_look_and_claim_at_once_interrupt_vera_once(town: Town) -> None:
    await ada_answered_vera_who_left(town)
    await town.tick(29)
    town.clock.move_ahead(2 * SECOND)
    await asyncio.gather(*(reaching.look_at_due(town.house) for _ in range(4)))
    ((store_id, delivery_id, *_),) = await claiming.waiting(town.house)
    claims = await asyncio.gather(
        *(claiming.claim(town.house, store_id, delivery_id) for _ in range(4))
    )
    granted = [claim for claim in claims if claim is not None]
    assert len(granted) == 1
    await handover.hand_over(town.house, granted[0])
    await town.tick(3_600)
    assert len(town.carrier.to(VERA_PHONE)) == 2


async def test_an_answer_reaches_vera_by_one_way_however_many_she_has(town: Town) -> None:
    await ada_answered_vera_who_left(town, mailbox=True)
    await town.tick(31)
    await town.receipt(town.carrier.taken[-1], "delivered")
    for n in range(3):
        await town.ada.answers(f"And in {39 + n}.")
        await town.tick(400)
        await town.receipt(town.carrier.taken[-1], "delivered")
    assert town.post.to(VERA_MAIL) == []
    words = "\n".join(town.carrier.to(VERA_PHONE))
    for n in range(3):
        assert words.count(f"And in {39 + n}.") == 1


async def test_a_way_that_failed_is_not_used_again_for_the_same_words(town: Town) -> None:
    await ada_answered_vera_who_left(town, mailbox=True)
    town.carrier.says(Refuses(30007))
    town.post.says("550 5.1.1 No such mailbox")
    await town.tick(24 * 3_600)
    assert len(town.carrier.asked) == 2
    states = [row.state for row in await town.vera.deliveries() if row.form == "words"]
    assert states == ["failed", "failed"]
    reach = await town.vera.reach()
    assert reach.state == "unreachable"
    assert (await town.vera.conversation()).unreachable == 1


# --- 6. nothing forgotten ------------------------------------------------------------------------


async def test_whatever_comes_of_a_delivery_what_it_carried_is_held_or_waits_or_is_shown(
    town: Town,
) -> None:
    outcomes: list[Outcome] = [
        Accepted(provider_id="SM1"),
        Accepted(provider_id="SM1", state="failed"),
        Rejected(blame="address", code="21211", words="No number"),
        Rejected(blame="content", code="30007", words="Spam"),
        Rejected(blame="us", code="20003", words="Our credentials"),
        Unavailable(code="429", words="Later"),
        Unknown(code="lost", words="Who knows"),
    ]
    shoppers = [await town.shopper() for _ in outcomes]
    for n, shopper in enumerate(shoppers):
        await shopper.writes("Hello?")
        await shopper.proves_number(f"+1415555020{n}")
        await shopper.leaves()
        await town.ada.answers("Hi", shopper)
    await town.look(after=31)
    for shopper, outcome in zip(shoppers, outcomes, strict=True):
        (row,) = [each for each in await shopper.deliveries() if each.state == "queued"]
        assert await claiming.claim(town.house, row.store_id, row.delivery_id) is not None
        await handover.record(town.house, row.store_id, row.delivery_id, outcome)
        assert (await shopper.reach()).state == "waiting", outcome
    await town.tick(3_600)


async def test_what_is_queued_when_everything_stops_goes_out_when_it_starts_again(
    town: Town,
) -> None:
    await ada_answered_vera_who_left(town)
    await town.look(after=31)
    await town.restarts(silent=True, away=3_600)
    await town.tick(1)
    assert len(town.carrier.to(VERA_PHONE)) == 2


# --- 7. never twice by guess; see also test_reaching ---------------------------------------------


@behaviour(8)
async def test_a_text_that_may_have_gone_out_is_never_sent_again_whatever_follows(
    town: Town,
) -> None:
    await ada_answered_vera_who_left(town)
    town.carrier.lists = False
    town.carrier.says(carrier.DROPS)
    await town.tick(31)
    await town.restarts(silent=True, away=120)
    await town.policy(on_unknown=1, gone=1)
    await town.vera.returns()
    await town.vera.leaves()
    await town.ada.answers("And in 39.")
    await town.tick(48 * 3_600)
    assert [body.count("Yes, in 38.") for body in town.carrier.to(VERA_PHONE)] == [0, 1, 0]


# --- 8. forward only -----------------------------------------------------------------------------


async def test_receipts_in_any_order_and_number_end_alike(town: Town) -> None:
    orders = list(itertools.permutations(("sent", "failed", "delivered")))
    shoppers = [await town.shopper() for _ in orders]
    for n, shopper in enumerate(shoppers):
        await shopper.writes("Hello?")
        await shopper.proves_number(f"+1415555020{n}")
        await shopper.leaves()
        await town.ada.answers("Hi", shopper)
    await town.tick(31)
    for n, (shopper, order) in enumerate(zip(shoppers, orders, strict=True)):
        (text,) = [each for each in town.carrier.taken if each.to.endswith(f"020{n}")][1:]
        for status in (*order, *order):
            assert await town.receipt(text, status) == 200
        states = [row.state for row in await shopper.deliveries() if row.form == "words"]
        assert states == ["delivered"], order


async def test_a_receipt_that_overtakes_the_outcome_is_not_undone_by_it(town: Town) -> None:
    await ada_answered_vera_who_left(town)
    await town.look(after=31)
    ((store_id, delivery_id, *_),) = await claiming.waiting(town.house)
    assert await claiming.claim(town.house, store_id, delivery_id) is not None
    receipt = Receipt(
        key="SM1:delivered", state="delivered", provider_id="SM1", delivery_id=delivery_id
    )
    await take(town.house, KEY, receipt)
    await handover.record(town.house, store_id, delivery_id, Accepted(provider_id="SM1"))
    assert [row.state for row in await town.vera.deliveries()][-1] == "delivered"
    shown = [row for row in await town.vera.entries() if row.event == "carried"]
    assert len(shown) == 1


async def test_a_worker_that_was_stopped_for_longer_than_its_lease_calls_nobody(
    town: Town,
) -> None:
    await ada_answered_vera_who_left(town)
    await town.look(after=31)
    ((store_id, delivery_id, *_),) = await claiming.waiting(town.house)
    claimed = await claiming.claim(town.house, store_id, delivery_id)
    assert claimed is not None
    town.clock.stall(61)
    await handover.hand_over(town.house, claimed)
    assert len(town.carrier.asked) == 1


async def test_a_late_claim_is_refused(town: Town) -> None:
    await ada_answered_vera_who_left(town, mailbox=True)
    await town.look(after=31)
    ((store_id, delivery_id, *_),) = await claiming.waiting(town.house)
    await town.text_in(VERA_PHONE, "STOP")
    assert await claiming.claim(town.house, store_id, delivery_id) is None
    (row,) = [each for each in await town.rows(DeliveryRow) if each.delivery_id == delivery_id]
    assert row.state == "withdrawn"


# --- 9. consent; see also test_stop --------------------------------------------------------------


async def vera_takes_her_consent_back(town: Town) -> None:
    def withdraw(tx: Tx) -> None:
        for row in people.addresses_of(tx, town.store_id, "shopper", town.vera.shopper_id):
            people.record_consent(tx, row, purposes=("support",), granted=False, source="agent")

    await town.house.store.write(withdraw)


async def test_without_consent_nothing_goes_out_and_an_agent_sees_why(town: Town) -> None:
    await ada_answered_vera_who_left(town)
    await vera_takes_her_consent_back(town)
    await town.tick(3_600)
    assert len(town.carrier.asked) == 1
    assert (await town.vera.reach()).state == "unreachable"
    (why,) = (await town.vera.why()).considered
    assert why["verdict"] == "no_consent"


async def test_consent_withdrawn_after_queueing_supersedes_the_delivery(town: Town) -> None:
    await ada_answered_vera_who_left(town)
    await town.look(after=31)
    await vera_takes_her_consent_back(town)
    await town.tick(3_600)
    assert len(town.carrier.asked) == 1
    assert [row.state for row in await town.vera.deliveries()][-1] == "superseded"


async def test_consent_is_kept_with_the_sentence_and_the_page(town: Town) -> None:
    await town.vera.writes("Hello?")
    await town.vera.returns()
    await town.vera.leaves_number()
    given = [row for row in await town.rows(ConsentRow) if row.source == "widget"]
    assert {row.purpose for row in given} == {"support", "verify"}
    for row in given:
        assert row.sentence.startswith("Acme may text me its answers at this number.")
        assert "https://acme.example/blue" in row.evidence
