"""What the status of an answer means for a delivery."""

from __future__ import annotations

import pytest

from gateway.channels.app.client import outcome_of
from gateway.channels.port import Accepted, Rejected, Unavailable, Unknown
from gateway.egress import Answer


def answer(status: int, body: bytes = b"", **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status=status, headers=named, body=body)


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_two_hundred_and_something_is_taken(status: int) -> None:
    assert outcome_of(answer(status)) == Accepted(state="accepted")


@pytest.mark.parametrize(
    ("body", "state"),
    [
        (b'{"state": "delivered"}', "delivered"),
        (b'{"state": "delivered", "more": 1}', "delivered"),
        (b'{"state": "read"}', "accepted"),
        (b'{"state": ["delivered"]}', "accepted"),
        (b'"delivered"', "accepted"),
        (b"<html>", "accepted"),
        (b"\xff", "accepted"),
        (b"[" * 16_000, "accepted"),
    ],
)
def test_an_app_may_say_at_once_that_it_is_on_the_phone(body: bytes, state: str) -> None:
    assert outcome_of(answer(200, body)) == Accepted(state=state)


@pytest.mark.parametrize(
    ("status", "blame", "down"),
    [
        (404, "address", False),
        (410, "address", False),
        (400, "content", False),
        (413, "content", False),
        (422, "content", False),
        (401, "us", True),
        (403, "us", True),
        (405, "us", True),
        (418, "us", True),
    ],
)
def test_a_refusal_says_whose_fault_it_is(status: int, blame: str, *, down: bool) -> None:
    outcome = outcome_of(answer(status))
    assert isinstance(outcome, Rejected)
    assert (outcome.blame, outcome.down, outcome.alert) == (blame, down, down)
    assert outcome.code == str(status)


@pytest.mark.parametrize("status", [408, 425, 429, 503])
def test_not_now_is_certainly_not_taken(status: int) -> None:
    outcome = outcome_of(answer(status))
    assert isinstance(outcome, Unavailable)
    assert outcome.retry_after is None


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("30", 30.0), (" 5 ", 5.0), ("-1", None), ("soon", None), ("9" * 9, None)],
)
def test_how_long_not_now_lasts_may_be_said(said: str, seconds: float | None) -> None:
    outcome = outcome_of(answer(429, retry_after=said))
    assert isinstance(outcome, Unavailable)
    assert outcome.retry_after == seconds


@pytest.mark.parametrize("status", [500, 502, 504, 599])
def test_what_broke_off_may_have_been_taken(status: int) -> None:
    assert isinstance(outcome_of(answer(status)), Unknown)
