"""Every code of a decision has a sentence of its own, which an agent understands."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from gateway.clock import HOUR, MINUTE, SECOND
from gateway.core.reasons import REASONS, VERDICTS
from gateway.services.sentences import Told, reason, reasons, verdict, verdicts

# 03:05 in Berlin and 21:05 in New York.
AT = int(datetime(2026, 1, 9, 2, 5, tzinfo=UTC).timestamp()) * SECOND
NAMES = re.compile(r"\b[a-z]+_[a-z_]+\b")
FACTS: dict[str, Any] = {
    "since": AT - 40 * SECOND,
    "lost_at": AT - 40 * SECOND,
    "last_at": AT - 40 * SECOND,
    "first_at": AT - 40 * SECOND,
    "delay": 30 * SECOND,
    "channel": "email",
    "state": "bounced",
    "name": "Checkout",
    "kind": "not_before",
    "until": AT + 3 * HOUR,
    "agent_name": "Ada",
    "person_name": "Ben",
}


def why(code: str, **facts: Any) -> str:
    return reason(code, facts, "Vera", AT)


def what(code: str, **more: Any) -> str:
    return verdict(code, Told(who="Vera", at=AT, **more))


def test_every_code_has_a_sentence_and_there_is_none_for_what_is_no_code() -> None:
    told = Told(who="Vera", at=AT)
    assert reasons(told).keys() == REASONS.keys()
    assert verdicts(told).keys() == VERDICTS.keys()


@pytest.mark.parametrize("facts", [FACTS, {}], ids=["with facts", "without"])
def test_no_two_codes_read_alike_and_none_shows_a_code(facts: dict[str, Any]) -> None:
    told = Told(who="Vera", at=AT, facts=facts, until=AT + HOUR, zone="Europe/Berlin", cap=6)
    for table in (
        {code: why(code, **facts) for code in REASONS},
        {code: verdict(code, told) for code in VERDICTS},
    ):
        assert len(set(table.values())) == len(table)
        for code, words in table.items():
            assert words.strip() == words, code
            assert not NAMES.search(words), code
            assert "None" not in words, code
            assert not words.endswith("."), code


def test_a_code_that_only_a_former_version_knew_still_reads() -> None:
    assert why("some_old_code") == "some old code"
    assert what("some_old_code") == "some old code"


@pytest.mark.parametrize(
    ("code", "facts", "words"),
    [
        ("preference", {"channel": "email"}, "Vera asked to be answered by e-mail"),
        ("asked", {"agent_name": "Ada"}, "Ada asked for it now"),
        ("asked", {}, "an agent asked for it now"),
        ("override", {"channel": "sms", "agent_name": "Ada"}, "Ada asked for SMS"),
        ("left_alone", {"kind": "chat_only", "agent_name": "Ada"}, "Ada wants it left in the chat"),
        (
            "left_alone",
            {"kind": "not_before", "agent_name": "Ada", "until": AT + 3 * HOUR},
            "Ada wants it left for 3 h",
        ),
        (
            "left_alone",
            {"kind": "not_before", "until": AT + 3 * HOUR, "zone": "Europe/Berlin"},
            "an agent wants it left until 06:05 in Berlin",
        ),
        (
            "left_alone",
            {"kind": "snoozed", "until": AT + 3 * HOUR},
            "the conversation is snoozed for 3 h",
        ),
        ("rule", {"name": "Checkout"}, "the rule “Checkout” holds"),
        (
            "gone",
            {"since": AT - 40 * SECOND, "delay": 30 * SECOND},
            "Vera left the page 40 s ago; the policy waits 30 s",
        ),
        (
            "grace",
            {"lost_at": AT - 40 * SECOND},
            "the connection to Vera was lost 40 s ago and may come back",
        ),
        (
            "paused",
            {"until": AT + 5 * MINUTE},
            "an agent has opened it and may be answering, for 5 min",
        ),
        ("next_person", {"person_name": "Ben"}, "Ben has not answered"),
        (
            "escalated",
            {"channel": "sms", "state": "accepted"},
            "SMS did not reach Vera: no receipt came",
        ),
    ],
)
def test_a_reason_says_what_happened(code: str, facts: dict[str, Any], words: str) -> None:
    assert why(code, **facts) == words


@pytest.mark.parametrize(
    ("code", "more", "words"),
    [
        (
            "quiet",
            {"until": AT + 5 * HOUR - 5 * MINUTE, "zone": "Europe/Berlin"},
            "quiet hours where Vera is, until 08:00 in Berlin",
        ),
        ("quiet", {"until": AT + 3 * HOUR}, "quiet hours where Vera may be, for 3 h"),
        (
            "capped",
            {"until": AT + 3 * HOUR, "cap": 6, "zone": "America/New_York"},
            "interrupted 6 times within a day; open again at 00:05 in New York",
        ),
        (
            "own_hours",
            {"until": AT + 30 * HOUR, "zone": "Europe/Berlin"},
            "outside the hours that Vera set, until Saturday 09:05 in Berlin",
        ),
        (
            "spaced",
            {"until": AT + 3 * MINUTE},
            "interrupted a moment ago; open again in 3 min",
        ),
        ("not_wanted", {}, "Vera wants to be answered in the chat, and nowhere else"),
        (
            "circuit_open",
            {"facts": {"channel": "sms"}, "until": AT + 30 * SECOND},
            "SMS fails for everybody just now; tried again in 30 s",
        ),
        (
            "resting",
            {"until": AT + 3 * HOUR, "zone": "UTC"},
            "it failed so often in a row that it is left alone until 05:05 UTC",
        ),
        ("failed", {"facts": {"why": "No such user"}}, "No such user"),
    ],
)
def test_a_verdict_says_until_when(code: str, more: dict[str, Any], words: str) -> None:
    assert what(code, **more) == words
