"""Texts whose webhook never came are found in the phone company's list, and taken in once."""

from __future__ import annotations

from structlog.testing import capture_logs

from gateway.clock import SECOND
from gateway.services import setup
from gateway.services.missed_texts import (
    AFTERWARDS,
    AT_FIRST,
    IN_FLIGHT,
    KNOWN_FOR,
    take_missed,
)
from gateway.store.attachments import facts_of
from gateway.store.tables import AddressRow, InboundRow
from tests.behaviours import behaviour
from tests.integration.town.building import ORIGIN, Town
from tests.integration.town.leaving import vera_asks_and_leaves
from tests.integration.town.outside import KEY, NUMBER
from tests.integration.town.test_text_files import drawing
from tests.integration.town.townspeople import VERA_PHONE

GERMAN, SERVICE = "+4930901820", "MG" + "0b" * 16
SOON = IN_FLIGHT / SECOND + 1


async def number_of(town: Town) -> AddressRow:
    (row,) = [row for row in await town.rows(AddressRow) if row.value == VERA_PHONE]
    return row


@behaviour(19)
async def test_a_text_whose_webhook_was_lost_is_taken_in_once(town: Town) -> None:
    await vera_asks_and_leaves(town)
    sid = town.carrier.missed(VERA_PHONE, NUMBER, "Are you there?")
    await town.tick(SOON)
    for _ in range(3):
        assert await take_missed(town.house, AFTERWARDS)
    assert await town.vera.said() == ["Is the blue one back?", "Are you there?"]
    # Twilio's own second try may still come after that.
    assert await town.text_in(VERA_PHONE, "Are you there?", sid=sid) == 200
    assert len(await town.rows(InboundRow)) == 1


async def test_what_came_by_its_webhook_is_not_taken_again(town: Town) -> None:
    sid = town.carrier.missed(VERA_PHONE, NUMBER, "Hello?")
    await town.text_in(VERA_PHONE, "Hello?", sid=sid)
    await town.tick(SOON)
    with capture_logs() as lines:
        await take_missed(town.house, AFTERWARDS)
    assert [each for each in lines if each["event"] == "text.missed"] == []
    assert len(await town.messages()) == 1


async def test_several_come_in_the_order_in_which_they_were_sent(town: Town) -> None:
    for words in ("One", "Two", "Three"):
        town.carrier.missed(VERA_PHONE, NUMBER, words)
        await town.tick(1)
    await town.tick(SOON)
    with capture_logs() as lines:
        await take_missed(town.house, AFTERWARDS)
    assert [row.body for row in await town.messages()] == ["One", "Two", "Three"]
    assert VERA_PHONE not in str(lines)


async def test_what_may_still_be_on_its_way_is_left_alone(town: Town) -> None:
    town.carrier.missed(VERA_PHONE, NUMBER, "Hello?")
    await take_missed(town.house, AFTERWARDS)
    assert await town.messages() == []


async def test_a_missed_picture_is_fetched_like_any_other(town: Town) -> None:
    town.carrier.media["ME1"] = 200, drawing()
    town.carrier.missed(VERA_PHONE, NUMBER, "This one", num_media="1")
    await town.tick(SOON)
    await take_missed(town.house, AFTERWARDS)
    await town.tick(1)
    (entry,) = await town.messages()
    assert (entry.body, len(facts_of(entry))) == ("This one", 1)


@behaviour(26)
async def test_a_missed_stop_is_a_stop(town: Town) -> None:
    await vera_asks_and_leaves(town)
    town.carrier.missed(VERA_PHONE, NUMBER, "STOP")
    await town.tick(SOON)
    await take_missed(town.house, AFTERWARDS)
    assert (await number_of(town)).stopped_at is not None


@behaviour(27)
async def test_a_missed_start_does_not_end_a_stop_that_she_has_said_since(town: Town) -> None:
    await vera_asks_and_leaves(town)
    town.carrier.missed(VERA_PHONE, NUMBER, "START")
    await town.tick(SOON)
    await town.text_in(VERA_PHONE, "STOP")
    await town.tick(SOON)
    await take_missed(town.house, AFTERWARDS)
    assert (await number_of(town)).stopped_at is not None


async def test_a_phone_company_that_does_not_answer_is_asked_about_more_the_next_time(
    town: Town,
) -> None:
    town.carrier.missed(VERA_PHONE, NUMBER, "Hello?")
    await town.tick(SOON)
    await town.carrier.close()
    assert not await take_missed(town.house, AFTERWARDS)
    await town.carrier.open()
    assert await take_missed(town.house, AT_FIRST)
    assert len(await town.messages()) == 1


async def texts_by_a_service(town: Town, *numbers: str) -> None:
    town.carrier.pools[SERVICE] = list(numbers)
    new = setup.NewStore(key=KEY, name="Acme", origins=(ORIGIN,), sms_from=SERVICE)
    await setup.ensure_store(town.house.store, new)


async def test_a_text_to_any_number_of_a_messaging_service_is_found(town: Town) -> None:
    await texts_by_a_service(town, NUMBER, GERMAN, "72345")
    for number, words in ((GERMAN, "One"), (NUMBER, "Two"), ("72345", "Three")):
        town.carrier.missed(VERA_PHONE, number, words)
        await town.tick(1)
    await town.tick(SOON)
    assert await take_missed(town.house, AFTERWARDS)
    assert [row.body for row in await town.messages()] == ["One", "Two", "Three"]


async def test_the_numbers_of_a_messaging_service_are_asked_for_once_an_hour(town: Town) -> None:
    await texts_by_a_service(town, NUMBER)
    for _ in range(3):
        await take_missed(town.house, AFTERWARDS)
        await town.tick(600)
    assert len(town.carrier.asked_for_pools) == 2
    town.carrier.pools[SERVICE] = [NUMBER, GERMAN]
    await town.tick(KNOWN_FOR / SECOND)
    town.carrier.missed(VERA_PHONE, GERMAN, "Hello?")
    await town.tick(SOON)
    await take_missed(town.house, AFTERWARDS)
    assert len(await town.messages()) == 1


async def test_a_messaging_service_that_nobody_knows_is_asked_about_more_the_next_time(
    town: Town,
) -> None:
    await texts_by_a_service(town, NUMBER)
    del town.carrier.pools[SERVICE]
    assert not await take_missed(town.house, AFTERWARDS)
