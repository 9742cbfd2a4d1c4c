"""What Twilio's codes do to a delivery and to Vera's number."""

from __future__ import annotations

import pytest

from gateway.channels.twilio.codes import VERDICTS, Effect, rejection, verdict


@pytest.mark.parametrize(
    ("effect", "codes"),
    [
        (Effect.RETRY, [20429, 21611, 30001, 30022, 30410, 63018]),
        (Effect.ESCALATE, [21612, 21617, 30003, 30007, 30008, 30036, 63016]),
        (Effect.STOP, [21610]),
        (
            Effect.SUPPRESS,
            [21211, 21217, 21614, 30004, 30005, 30006, 63003, 63014, 63024],
        ),
        (
            Effect.ALERT,
            [20003, 20404, 21408, 21603, 21606, 21608, 21609, 21659, 30002, 30032, 30034],
        ),
    ],
)
def test_each_code_has_its_effect(effect: Effect, codes: list[int]) -> None:
    assert sorted(code for code, row in VERDICTS.items() if row.effect is effect) == codes


def test_only_an_address_is_suppressed_and_only_we_are_alerted() -> None:
    for row in VERDICTS.values():
        if row.effect is Effect.SUPPRESS:
            assert row.blame == "address", row
        assert (row.effect is Effect.STOP) == (row.blame == "person"), row
        if row.effect is Effect.ALERT:
            assert row.blame == "us", row


def test_a_phone_that_is_merely_off_is_not_given_up_at_once() -> None:
    assert verdict(30003).retries == verdict(30008).retries == 1
    assert rejection(30003).after == 0
    assert rejection(30004).after == rejection(30005).after == 2
    assert rejection(30006).after == 1


def test_a_channel_is_down_when_nothing_of_ours_goes_out_at_all() -> None:
    down = sorted(code for code in VERDICTS if rejection(code).down)
    assert down == [20003, 30002, 30034]
    assert all(rejection(code).alert for code in down)
    assert rejection(21408).alert
    assert not rejection(30007).alert


def test_a_code_nobody_knows_harms_this_delivery_alone() -> None:
    row = verdict(99999)
    assert (row.effect, row.blame) == (Effect.ESCALATE, "content")
    assert "99999" in row.words


def test_an_agent_can_read_every_row() -> None:
    for row in VERDICTS.values():
        assert row.words[0].isupper()
        assert row.words.isprintable()
