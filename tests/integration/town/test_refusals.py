"""What Twilio's codes do to a delivery, to Vera's number, to the channel, and who is told."""

from __future__ import annotations

import pytest
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from gateway.core.trials import OUT_OF_REACH
from gateway.services.circuits import CHANNEL
from gateway.store.tables import AddressRow, CircuitRow
from tests.behaviours import behaviour
from tests.integration.town.building import Town
from tests.integration.town.carrier import Refuses
from tests.integration.town.leaving import hops, vera_asks_and_leaves
from tests.integration.town.townspeople import VERA_MAIL, VERA_PHONE

MINUTES = OUT_OF_REACH // 1_000_000


async def number_of(town: Town) -> AddressRow:
    (row,) = [row for row in await town.rows(AddressRow) if row.value == VERA_PHONE]
    return row


async def circuit(town: Town) -> CircuitRow | None:
    found = [row for row in await town.rows(CircuitRow) if row.scope == f"{CHANNEL}sms"]
    return found[0] if found else None


async def an_answer_went_out(town: Town, *, mailbox: bool = True) -> None:
    await vera_asks_and_leaves(town, mailbox=mailbox)
    await town.ada.answers("Yes, in 38.")
    await town.tick(31)


@behaviour(11)
async def test_a_phone_that_was_off_is_texted_once_more_after_minutes_and_then_she_is_mailed(
    town: Town,
) -> None:
    await an_answer_went_out(town)
    await town.receipt(town.carrier.taken[-1], "undelivered", error=30003)
    await town.tick(MINUTES - 5)
    assert await hops(town) == [("sms", "returned")]
    await town.tick(10)
    assert await hops(town) == [("sms", "returned"), ("sms", "accepted")]
    await town.receipt(town.carrier.taken[-1], "undelivered", error=30003)
    await town.tick(1)
    assert await hops(town) == [("sms", "returned"), ("sms", "failed"), ("email", "accepted")]
    assert len([each for each in town.carrier.to(VERA_PHONE) if "Yes, in 38." in each]) == 2
    assert (await number_of(town)).failed_at is None


async def test_a_phone_that_was_off_and_gets_it_after_all_is_not_texted_again(town: Town) -> None:
    await an_answer_went_out(town)
    text = town.carrier.taken[-1]
    await town.receipt(text, "undelivered", error=30003)
    await town.receipt(text, "delivered")
    await town.tick(3_600)
    assert await hops(town) == [("sms", "delivered")]


async def test_the_same_failure_told_in_two_words_is_one(town: Town) -> None:
    await an_answer_went_out(town)
    text = town.carrier.taken[-1]
    await town.receipt(text, "undelivered", error=30003)
    await town.receipt(text, "failed", error=30003)
    assert await hops(town) == [("sms", "returned")]


@pytest.mark.parametrize("code", [30004, 30005])
async def test_a_number_that_fails_twice_in_a_row_is_left_alone(town: Town, code: int) -> None:
    await an_answer_went_out(town)
    await town.receipt(town.carrier.taken[-1], "undelivered", error=code)
    await town.tick(1)
    assert (await number_of(town)).failed_at is None
    await town.ada.answers("And in 39.")
    await town.tick(700)
    assert (await hops(town))[-1] == ("sms", "accepted")
    await town.receipt(town.carrier.taken[-1], "undelivered", error=code)
    assert (await number_of(town)).failed_at is not None


async def test_what_arrives_in_between_makes_two_failures_two_first_ones(town: Town) -> None:
    await an_answer_went_out(town)
    for number, (status, error) in enumerate(
        [("undelivered", 30005), ("delivered", None), ("undelivered", 30005)]
    ):
        await town.receipt(town.carrier.taken[-1], status, error=error)
        await town.tick(1)
        await town.ada.answers(f"And in {number}.")
        await town.tick(700)
    assert (await number_of(town)).failed_at is None


async def test_a_text_that_arrived_after_all_is_no_failure_before_the_next(town: Town) -> None:
    await an_answer_went_out(town)
    await town.receipt(town.carrier.taken[-1], "undelivered", error=30005)
    await town.receipt(town.carrier.taken[-1], "delivered")
    await town.ada.answers("And in 39.")
    await town.tick(700)
    await town.receipt(town.carrier.taken[-1], "undelivered", error=30005)
    assert len(town.carrier.taken) == 3
    assert (await number_of(town)).failed_at is None


@pytest.mark.parametrize("code", [21211, 21614, 30006])
async def test_a_number_that_can_get_no_texts_is_left_alone_at_once(town: Town, code: int) -> None:
    await vera_asks_and_leaves(town, mailbox=True)
    town.carrier.says(Refuses(code))
    await town.ada.answers("Yes, in 38.")
    await town.tick(40)
    assert (await number_of(town)).failed_at is not None
    assert await hops(town) == [("sms", "failed"), ("email", "accepted")]


async def test_words_that_a_network_filters_are_not_the_numbers_fault(town: Town) -> None:
    await an_answer_went_out(town)
    await town.receipt(town.carrier.taken[-1], "undelivered", error=30007)
    await town.tick(1)
    assert await hops(town) == [("sms", "failed"), ("email", "accepted")]
    (failed,) = [row for row in await town.vera.deliveries() if row.state == "failed"]
    assert failed.content_rejected == 1
    assert (await number_of(town)).failed_at is None


@pytest.mark.parametrize("code", [30001, 30022, 30410])
async def test_what_passes_is_tried_there_again(town: Town, code: int) -> None:
    await an_answer_went_out(town)
    await town.receipt(town.carrier.taken[-1], "failed", error=code)
    await town.tick(MINUTES + 1)
    assert await hops(town) == [("sms", "returned"), ("sms", "accepted")]


@pytest.mark.parametrize(("code", "status"), [(20003, 401), (30002, 400), (30034, 400)])
async def test_a_channel_that_is_down_is_left_alone_and_an_operator_is_called(
    town: Town, code: int, status: int
) -> None:
    await vera_asks_and_leaves(town, mailbox=True)
    labels = {"channel": "sms", "code": str(code)}
    before = REGISTRY.get_sample_value("onethread_channel_alerts_total", labels) or 0.0
    town.carrier.says(Refuses(code, status))
    await town.ada.answers("Yes, in 38.")
    with capture_logs() as lines:
        await town.tick(40)
    (line,) = [each for each in lines if each["event"] == "channel.alert"]
    assert (line["log_level"], line["channel"], line["code"]) == ("warning", "sms", str(code))
    assert VERA_PHONE not in str(line)
    assert REGISTRY.get_sample_value("onethread_channel_alerts_total", labels) == before + 1
    found = await circuit(town)
    assert found is not None
    assert found.open_until > town.clock.now() - 60_000_000
    asked = len(town.carrier.asked)
    await town.ada.answers("And in 39.")
    assert "Yes, in 38." in town.post.to(VERA_MAIL)[0].words
    assert len(town.carrier.asked) == asked


async def test_a_registration_that_is_missing_is_told_by_a_callback_and_shuts_the_channel(
    town: Town,
) -> None:
    await an_answer_went_out(town)
    text = town.carrier.taken[-1]
    with capture_logs() as lines:
        await town.receipt(text, "undelivered", error=30034)
        await town.receipt(text, "undelivered", error=30034)
    assert [each["code"] for each in lines if each["event"] == "channel.alert"] == ["30034"]
    found = await circuit(town)
    assert found is not None
    assert found.open_until > town.clock.now()


async def test_a_country_that_we_may_not_text_calls_an_operator_and_leaves_the_channel_open(
    town: Town,
) -> None:
    await vera_asks_and_leaves(town, mailbox=True)
    town.carrier.says(Refuses(21408))
    await town.ada.answers("Yes, in 38.")
    with capture_logs() as lines:
        await town.tick(40)
    assert [each["code"] for each in lines if each["event"] == "channel.alert"] == ["21408"]
    found = await circuit(town)
    assert found is None or not found.open_until
