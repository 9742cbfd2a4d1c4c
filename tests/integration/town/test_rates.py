"""A number sends no more than networks take from it; who is over the rate waits their turn."""

from __future__ import annotations

import asyncio
import itertools

import pytest

from gateway.clock import SECOND
from gateway.core.pace import LONG_CODE, SHORT_CODE, TOLL_FREE
from gateway.core.segments import segments
from gateway.errors import BadInput
from gateway.services import claiming, senders, setup
from gateway.store.tables import DeliveryRow, SenderRow
from tests.integration.town.building import ORIGIN, Town
from tests.integration.town.outside import KEY, NUMBER
from tests.integration.town.townspeople import VERA_PHONE, Shopper

SERVICE = "MG" + "0b" * 16
LONG = "This one is back in 36, 37, 38, 39 and 40, and the red one too. " * 4


async def texts(town: Town, number: str = NUMBER, rate: float | None = None) -> None:
    """The store texts from this number, at this rate, else at the usual one."""
    new = setup.NewStore(
        key=KEY,
        name="Acme",
        origins=(ORIGIN,),
        sms_from=number,
        sms_rates={} if rate is None else {number: rate},
        mail_from="hello@acme.example",
        mail_domain="acme.example",
    )
    await setup.ensure_store(town.house.store, new)
    await town.policy(prove_first_sms="straight")


async def several_leave(town: Town, count: int) -> list[Shopper]:
    """So many shoppers ask, leave a number, have had their codes, and are gone."""
    found = []
    for number in range(count):
        shopper = await town.shopper()
        await shopper.writes("Is the blue one back?")
        await shopper.leaves_number(f"+141555502{number:02}")
        await shopper.leaves()
        found.append(shopper)
    await town.tick(30)
    return found


def gaps(town: Town, since: int) -> list[float]:
    """Seconds between the texts that went out since then, by segments of the one before."""
    sent = sorted((each for each in town.carrier.taken if each.at >= since), key=lambda e: e.at)
    return [
        round((b.at - a.at) / SECOND / segments(a.body).count, 3)
        for a, b in itertools.pairwise(sent)
    ]


async def last_in_line(town: Town) -> DeliveryRow:
    waiting = [row for row in await town.rows(DeliveryRow) if row.state == "queued"]
    return max(waiting, key=lambda each: each.not_before)


async def test_answers_to_several_shoppers_go_out_one_a_second(town: Town) -> None:
    await texts(town)
    people = await several_leave(town, 5)
    since = town.clock.now()
    for each in people:
        await town.ada.answers("Yes, in 38.", each)
    await town.tick(60)
    assert gaps(town, since) == [1, 1, 1, 1]
    for each in people:
        (row,) = [row for row in await each.deliveries() if row.form == "words"]
        assert (row.state, row.attempt, row.error_code) == ("accepted", 1, "")


async def test_a_text_of_three_segments_keeps_the_next_waiting_for_three_seconds(
    town: Town,
) -> None:
    await texts(town)
    people = await several_leave(town, 2)
    since = town.clock.now()
    await town.ada.answers(LONG.strip(), people[0])
    await town.tick(0.001)
    await town.ada.answers("Yes, in 38.", people[1])
    await town.tick(60)
    first = next(each for each in town.carrier.taken if each.at >= since)
    assert segments(first.body).count == 3
    assert gaps(town, since) == [1]


async def test_codes_are_a_second_apart_too(town: Town) -> None:
    await texts(town)
    since = town.clock.now()
    await several_leave(town, 4)
    assert gaps(town, since) == [1, 1, 1]


async def test_a_code_overtakes_answers_that_wait(town: Town) -> None:
    await texts(town)
    people = await several_leave(town, 9)
    for each in people:
        await town.ada.answers("Yes, in 38.", each)
    await town.look(after=31)
    await town.hand_over_all()
    await town.vera.writes("Is the blue one back?")
    await town.vera.leaves_number()
    await town.tick(2)
    assert len(town.carrier.to(VERA_PHONE)) == 1
    waiting = [row for row in await town.rows(DeliveryRow) if row.state == "queued"]
    assert len(waiting) >= 5


async def test_mail_does_not_wait_behind_texts(town: Town) -> None:
    await texts(town)
    people = await several_leave(town, 4)
    await town.vera.writes("Is the red one back?")
    await town.vera.leaves_mailbox()
    await town.vera.leaves()
    for each in [*people, town.vera]:
        await town.ada.answers("Yes, in 38.", each)
    await town.look(after=31)
    await town.hand_over_all()
    states = [
        (row.channel, row.state)
        for row in await town.rows(DeliveryRow)
        if row.form == "words" and row.side == "shopper"
    ]
    assert states.count(("sms", "queued")) == 3
    assert ("email", "accepted") in states


async def test_who_writes_on_while_a_text_waits_keeps_its_turn(town: Town) -> None:
    people = await several_leave(town, 4)
    await texts(town, rate=0.05)
    for each in people:
        await town.ada.answers("Yes, in 38.", each)
    await town.look(after=31)
    await town.hand_over_all()
    row = await last_in_line(town)
    (last,) = [each for each in people if each.shopper_id == row.person_id]
    await town.ada.answers("And in 39.", last)
    await town.tick(600)
    rows = [each for each in await last.deliveries() if each.form == "words"]
    assert [each.state for each in rows] == ["superseded", "accepted"]
    assert rows[-1].handed_at is not None
    assert 0 <= rows[-1].handed_at - row.not_before < SECOND


async def test_a_stop_withdraws_what_waits_for_its_turn(town: Town) -> None:
    await texts(town)
    people = await several_leave(town, 3)
    for each in people:
        await town.ada.answers("Yes, in 38.", each)
    await town.look(after=31)
    await town.hand_over_all()
    row = await last_in_line(town)
    await town.text_in(row.value, "STOP")
    await town.tick(60)
    (after,) = [
        each for each in await town.rows(DeliveryRow) if each.delivery_id == row.delivery_id
    ]
    assert after.state == "withdrawn"


async def test_two_workers_stand_in_one_line(town: Town) -> None:
    await texts(town)
    people = await several_leave(town, 6)
    for each in people:
        await town.ada.answers("Yes, in 38.", each)
    await town.look(after=31)
    queued = await claiming.waiting(town.house)
    claimed = await asyncio.gather(
        *(claiming.claim(town.house, each.store_id, each.delivery_id) for each in queued)
    )
    assert len([each for each in claimed if each is not None]) == 1
    rows = [row for row in await town.rows(DeliveryRow) if row.state == "queued"]
    turns = sorted(row.not_before for row in rows)
    assert len(set(turns)) == 5
    assert all(b - a >= SECOND for a, b in itertools.pairwise([town.clock.now(), *turns]))


async def test_a_messaging_service_has_its_own_line(town: Town) -> None:
    await texts(town, SERVICE)
    people = await several_leave(town, 4)
    since = town.clock.now()
    for each in people:
        await town.ada.answers("Yes, in 38.", each)
    await town.tick(60)
    assert gaps(town, since) == [0, 0, 0]


async def test_a_number_that_may_send_more_sends_more(town: Town) -> None:
    await texts(town, rate=4)
    people = await several_leave(town, 4)
    since = town.clock.now()
    for each in people:
        await town.ada.answers("Yes, in 38.", each)
    await town.tick(60)
    assert gaps(town, since) == [0.25, 0.25, 0.25]


async def test_a_store_that_is_set_up_again_keeps_its_line(town: Town) -> None:
    await texts(town)
    await several_leave(town, 2)
    (before,) = await town.rows(SenderRow)
    await texts(town, rate=2)
    (after,) = await town.rows(SenderRow)
    assert before.free_at == after.free_at > 0
    assert (before.per_minute, after.per_minute) == (60, 120)


@pytest.mark.parametrize(
    ("sender", "rate"),
    [(NUMBER, LONG_CODE), ("+18005550100", TOLL_FREE), ("72345", SHORT_CODE), (SERVICE, 0)],
)
def test_the_usual_rate_is_that_of_the_kind_of_sender(sender: str, rate: int) -> None:
    assert senders.usual_rate(sender) == rate


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({NUMBER: -1.0}, "at least"),
        ({NUMBER: 0.001}, "at least"),
        ({NUMBER: 9_999.0}, "at most"),
        ({NUMBER: float("nan")}, "at least"),
        ({"+14155550111": 1.0}, "does not text from it"),
    ],
)
def test_a_rate_that_means_nothing_is_refused(typed: dict[str, float], wrong: str) -> None:
    with pytest.raises(BadInput, match=wrong):
        senders.checked_rates((NUMBER,), typed)
