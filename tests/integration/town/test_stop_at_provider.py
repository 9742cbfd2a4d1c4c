"""A STOP that Vera said to the phone company: Twilio's own opt-out, before or beside ours."""

from __future__ import annotations

import pytest

from gateway.errors import BadInput
from gateway.services import claiming
from gateway.store.tables import AddressRow, ConsentRow, ReceiptRow
from tests.behaviours import behaviour
from tests.integration.town.building import ADA_PHONE, Town
from tests.integration.town.carrier import Refuses
from tests.integration.town.leaving import hops, vera_asks_and_leaves
from tests.integration.town.townspeople import VERA_MAIL, VERA_PHONE

STOPPED = Refuses(21610)


async def number_of(town: Town, value: str = VERA_PHONE) -> AddressRow:
    (row,) = [row for row in await town.rows(AddressRow) if row.value == value]
    return row


async def evidence(town: Town) -> list[tuple[str, int]]:
    rows = sorted(await town.rows(ConsentRow), key=lambda row: (row.at, row.consent_id))
    return [(row.source, row.granted) for row in rows if row.purpose == "support"]


async def told(town: Town) -> list[str]:
    return [town.data_of(row)["what"] for row in await town.vera.events("consent")]


@behaviour(26)
async def test_a_text_that_twilio_refuses_for_a_stop_stops_the_number_and_goes_by_mail(
    town: Town,
) -> None:
    await vera_asks_and_leaves(town, mailbox=True)
    town.carrier.says(STOPPED)
    await town.ada.answers("Yes, in 38.")
    await town.tick(40)
    number = await number_of(town)
    assert number.stopped_at is not None
    assert number.failed_at is None
    assert (await evidence(town))[-1] == ("provider", 0)
    assert await told(town) == ["stopped"]
    assert await hops(town) == [("sms", "failed"), ("email", "accepted")]
    assert "Yes, in 38." in town.post.to(VERA_MAIL)[0].words
    asked = len(town.carrier.asked)
    await town.ada.answers("And in 39.")
    await town.tick(3_600)
    assert len(town.carrier.asked) == asked


@behaviour(26)
async def test_a_status_callback_that_tells_of_a_stop_stops_the_number_too(town: Town) -> None:
    await vera_asks_and_leaves(town, mailbox=True)
    await town.ada.answers("Yes, in 38.")
    await town.tick(31)
    await town.receipt(town.carrier.taken[-1], "failed", error=21610)
    await town.tick(1)
    assert (await number_of(town)).stopped_at is not None
    assert await hops(town) == [("sms", "failed"), ("email", "accepted")]


async def test_a_stop_that_we_knew_is_not_told_twice(town: Town) -> None:
    await vera_asks_and_leaves(town)
    town.carrier.says(STOPPED)
    await town.text_in(VERA_PHONE, "STOP")
    # Twilio has stopped it too, so it does not let our confirmation by.
    await town.tick(60)
    assert await told(town) == ["stopped"]
    assert [source for source, _ in await evidence(town)].count("provider") == 0


@behaviour(27)
async def test_start_after_a_stop_that_twilio_told_us_of_brings_the_texts_back(town: Town) -> None:
    await vera_asks_and_leaves(town)
    town.carrier.says(STOPPED)
    await town.ada.answers("Yes, in 38.")
    await town.tick(40)
    await town.text_in(VERA_PHONE, "START", OptOutType="START")
    asked = len(town.carrier.asked)
    await town.tick(1)
    assert len(town.carrier.asked) == asked
    assert (await number_of(town)).stopped_at is None
    assert [each[0] for each in (await evidence(town))[-2:]] == ["provider", "start"]
    await town.ada.answers("And in 39.")
    await town.tick(400)
    assert "And in 39." in town.carrier.to(VERA_PHONE)[-1]


@behaviour(27)
async def test_start_after_a_stop_that_only_twilio_knew_of_is_no_message(town: Town) -> None:
    await vera_asks_and_leaves(town)
    said = await town.vera.said()
    await town.text_in(VERA_PHONE, "Unstop me", OptOutType="START")
    await town.tick(1)
    assert await town.vera.said() == said
    assert (await evidence(town))[-1] == ("start", 1)
    assert await told(town) == ["started"]
    await town.ada.answers("Yes, in 38.")
    await town.tick(40)
    assert "Yes, in 38." in town.carrier.to(VERA_PHONE)[-1]


@behaviour(27)
async def test_news_of_a_stop_that_she_has_ended_since_stops_nothing(town: Town) -> None:
    await vera_asks_and_leaves(town)
    await town.ada.answers("Yes, in 38.")
    await town.tick(31)
    late = town.carrier.taken[-1]
    await town.text_in(VERA_PHONE, "STOP", OptOutType="STOP")
    await town.text_in(VERA_PHONE, "START", OptOutType="START")
    await town.receipt(late, "failed", error=21610)
    assert (await number_of(town)).stopped_at is None
    assert await told(town) == ["stopped", "started"]


@pytest.mark.parametrize(("word", "kind"), [("Nomore", "STOP"), ("Who dis", "HELP")])
async def test_what_the_carrier_understood_is_obeyed_and_never_answered(
    town: Town, word: str, kind: str
) -> None:
    await vera_asks_and_leaves(town)
    said, asked = await town.vera.said(), len(town.carrier.asked)
    await town.text_in(VERA_PHONE, word, OptOutType=kind)
    await town.tick(60)
    assert ((await number_of(town)).stopped_at is not None) == (kind == "STOP")
    assert await town.vera.said() == said
    assert len(town.carrier.asked) == asked


@behaviour(27)
async def test_yes_opts_in_only_who_has_stopped(town: Town) -> None:
    await vera_asks_and_leaves(town)
    await town.text_in(VERA_PHONE, "yes")
    assert (await town.vera.said())[-1] == "yes"
    await town.text_in(VERA_PHONE, "STOP")
    await town.text_in(VERA_PHONE, "Yes!")
    assert (await number_of(town)).stopped_at is None
    assert (await town.vera.said())[-1] == "yes"


@behaviour(26)
async def test_a_stop_with_a_please_is_a_stop_in_her_language_too(town: Town) -> None:
    await vera_asks_and_leaves(town)
    await town.text_in(VERA_PHONE, "Arrêtez de m'envoyer des SMS, s'il vous plaît")
    assert (await number_of(town)).stopped_at is not None


@behaviour(26)
async def test_a_code_is_refused_to_a_number_that_stopped_at_twilio(town: Town) -> None:
    await town.vera.writes("Hello?")
    town.carrier.says(STOPPED)
    await town.vera.leaves_number()
    await town.tick(1)
    assert (await number_of(town)).stopped_at is not None
    with pytest.raises(BadInput, match="START"):
        await town.vera.leaves_number()


async def test_an_agent_who_stopped_at_twilio_is_told_by_mail(town: Town) -> None:
    await town.policy(staff_ladder=["sms", "email"])
    town.carrier.says(STOPPED)
    await town.vera.writes("Hello?")
    await town.tick(140)
    assert (await number_of(town, ADA_PHONE)).stopped_at is not None
    assert len(town.post.to(town.ada.mailbox)) == 1


async def test_the_stop_and_its_receipt_are_kept_once_however_often_twilio_tells(
    town: Town,
) -> None:
    await vera_asks_and_leaves(town)
    await town.ada.answers("Yes, in 38.")
    await town.tick(31)
    for _ in range(3):
        assert await town.receipt(town.carrier.taken[-1], "failed", error=21610) == 200
    assert len(await town.rows(ReceiptRow)) == 1
    assert [source for source, _ in await evidence(town)].count("provider") == 1
    assert not await claiming.waiting(town.house)
