"""The rules of one socket, played with values alone: text and seconds in, frames and ends out."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.protocol.frames import Hello, Open, Ping, Say
from gateway.protocol.session import (
    BURST,
    CLOSE_NO_TICKET,
    CLOSE_POLICY,
    CLOSE_SILENT,
    CLOSE_TOO_FAST,
    HEARTBEAT,
    HELLO_WITHIN,
    LEAST_SILENCE,
    MOST_BYTES,
    MOST_MISTAKES,
    PER_SECOND,
    SILENCE,
    Refusal,
    Session,
    Stage,
    agent_says,
    shopper_says,
)

HELLO = '{"t":"hello","ticket":"0123456789abcdef"}'
SAY = '{"t":"send","cmid":"cmid-0001","body":"Is it back?"}'
PONG = '{"t":"pong","n":1}'


NOON = 1_767_960_000_000


def tick(session: Session[Any], at: float, *, listening: bool = True) -> Ping | Refusal | None:
    return session.tick(at, now=NOON, listening=listening)


def fresh() -> Session[Any]:
    """A shopper's socket, opened at second 100."""
    return Session(shopper_says, at=100.0)


def live() -> Session[Any]:
    """The same after its welcome."""
    session = fresh()
    assert isinstance(session.receive(HELLO, 100.0), Hello)
    session.welcomed()
    return session


@pytest.mark.parametrize(
    ("made", "text", "expected"),
    [
        (fresh, HELLO, Hello),
        (live, SAY, Say),
        (live, PONG, type(None)),
        (live, HELLO, CLOSE_POLICY),
        (fresh, SAY, CLOSE_NO_TICKET),
        (fresh, PONG, CLOSE_NO_TICKET),
        (fresh, "not JSON", CLOSE_NO_TICKET),
        (fresh, b"bytes", CLOSE_NO_TICKET),
    ],
)
def test_what_may_be_said_when(made: Any, text: str | bytes, expected: Any) -> None:
    found = made().receive(text, 100.0)
    if isinstance(expected, int):
        assert found == Refusal(None, expected)
    else:
        assert isinstance(found, expected)


def test_a_hello_alone_makes_nobody_welcome() -> None:
    session = fresh()
    session.receive(HELLO, 100.0)
    assert session.stage == Stage.NEW
    assert session.receive(SAY, 100.0) == Refusal(None, CLOSE_NO_TICKET)


@pytest.mark.parametrize(
    ("text", "code", "about", "cmid"),
    [
        ("not JSON", "bad_frame", None, None),
        (b"bytes", "bad_frame", None, None),
        ("x" * (MOST_BYTES + 1), "too_large", None, None),
        ('{"t":"zzz"}', "bad_frame", "zzz", None),
        ('{"t":"' + "z" * 41 + '"}', "bad_frame", None, None),
        ('{"t":"seen","seq":"1"}', "bad_frame", "seen", None),
        ('{"t":"send","cmid":"cmid-0001","body":""}', "bad_frame", "send", "cmid-0001"),
        ('{"t":"send","cmid":"<b>","body":"x"}', "bad_frame", "send", None),
        ('{"t":"send","cmid":["cmid-0001"],"body":"x"}', "bad_frame", "send", None),
        ('{"t":"send","cmid":"cmid-0001","body":"\\ud800"}', "bad_frame", "send", "cmid-0001"),
        ("[" * 60_000, "bad_frame", None, None),
        ("[1]", "bad_frame", None, None),
    ],
)
def test_a_refusal_names_the_frame_as_far_as_it_can_be_read(
    text: str | bytes, code: str, about: str | None, cmid: str | None
) -> None:
    found = live().receive(text, 100.0)
    assert isinstance(found, Refusal)
    assert found.close is None
    assert found.answer is not None
    assert (found.answer.code, found.answer.about, found.answer.cmid) == (code, about, cmid)


def test_a_refusal_never_repeats_what_was_said() -> None:
    for text in (
        '{"t":"send","cmid":"cmid-0001","body":["my secret"]}',
        '{"t":"my secret"}',
        '{"t":"seen","seq":"my secret"}',
    ):
        found = live().receive(text, 100.0)
        assert isinstance(found, Refusal)
        assert found.answer is not None
        assert "secret" not in found.answer.message


def test_so_many_mistakes_and_no_more() -> None:
    session = live()
    ends = [session.receive("{}", 100.0) for _ in range(MOST_MISTAKES)]
    closes = [each.close for each in ends if isinstance(each, Refusal)]
    assert closes == [None] * (MOST_MISTAKES - 1) + [CLOSE_POLICY]


def test_a_burst_is_taken_and_then_so_much_per_second() -> None:
    session = fresh()
    session.receive(HELLO, 100.0)
    session.welcomed()
    for _ in range(int(BURST) - 1):
        assert isinstance(session.receive(SAY, 100.0), Say)
    assert session.receive(SAY, 100.0) == Refusal(None, CLOSE_TOO_FAST)
    assert isinstance(session.receive(SAY, 100.0 + 3 / PER_SECOND), Say)
    # An hour of silence buys one burst and not an hour's worth.
    later = [session.receive(SAY, 3_700.0) for _ in range(int(BURST) + 1)]
    assert later[-1] == Refusal(None, CLOSE_TOO_FAST)
    assert all(isinstance(each, Say) for each in later[:-1])


def test_whoever_says_no_hello_is_shown_out_in_time() -> None:
    session = fresh()
    assert tick(session, 100.0 + HELLO_WITHIN - 0.1) is None
    assert tick(session, 100.0 + HELLO_WITHIN) == Refusal(None, CLOSE_NO_TICKET)


def ticked(session: Session[Any], start: float, end: float) -> list[Ping | Refusal]:
    """What a tick every second brings from one second to another, both included."""
    seconds = range(round((end - start) * 10) + 1)
    found = [tick(session, start + tenth / 10) for tenth in seconds if tenth % 10 == 0]
    return [each for each in found if each is not None]


def test_pings_are_numbered_and_come_with_the_heartbeat() -> None:
    session = live()
    assert tick(session, 100.0 + HEARTBEAT - 0.1) is None
    assert tick(session, 100.0 + HEARTBEAT) == Ping(n=1, at=NOON)
    assert tick(session, 100.0 + HEARTBEAT + 1) is None
    session.receive(PONG, 100.0 + HEARTBEAT + 1)
    assert tick(session, 100.0 + 2 * HEARTBEAT) == Ping(n=2, at=NOON)


def test_a_socket_that_answers_no_ping_is_half_open() -> None:
    session = live()
    assert ticked(session, 101.0, 99.0 + SILENCE) == [Ping(n=1, at=NOON), Ping(n=2, at=NOON)]
    assert tick(session, 100.0 + SILENCE) == Refusal(None, CLOSE_SILENT)


def test_a_pong_is_a_sign_of_life_and_the_last_one_is_remembered() -> None:
    session = live()
    ticked(session, 101.0, 100.0 + HEARTBEAT)
    session.receive(PONG, 100.5 + HEARTBEAT)
    found = ticked(session, 101.0 + HEARTBEAT, 100.0 + HEARTBEAT + SILENCE)
    assert not any(isinstance(each, Refusal) for each in found)
    assert tick(session, 101.0 + HEARTBEAT + SILENCE) == Refusal(None, CLOSE_SILENT)
    assert session.heard_at == 100.5 + HEARTBEAT


@pytest.mark.parametrize("silence", [LEAST_SILENCE, 5.0, 10.0, 30.0, SILENCE, 300.0])
def test_whatever_silence_a_store_wants_there_is_time_to_be_asked_twice(silence: float) -> None:
    session = fresh()
    session.receive(HELLO, 100.0)
    session.welcomed(silence)
    assert session.heartbeat <= HEARTBEAT
    assert session.heartbeat * 2 < silence
    # Vera answers, but her network takes half a second for it.
    at = 100.0
    while at < 100.0 + 10 * silence:
        at += 0.5
        if isinstance(found := tick(session, at), Ping):
            session.receive(PONG, at + 0.5)
        assert not isinstance(found, Refusal)
    end = ticked(session, at + 1, at + silence + 2)[-1]
    assert end == Refusal(None, CLOSE_SILENT)


def test_no_store_can_ask_for_a_silence_that_nobody_could_keep_to() -> None:
    session = fresh()
    session.receive(HELLO, 100.0)
    session.welcomed(0.1)
    assert tick(session, 100.0 + LEAST_SILENCE - 0.1) == Ping(n=1, at=NOON)
    assert tick(session, 100.0 + LEAST_SILENCE) == Refusal(None, CLOSE_SILENT)


def test_a_gateway_that_stood_still_takes_that_for_nobodys_silence() -> None:
    session = live()
    ticked(session, 101.0, 110.0)
    # The machine is stopped for ten minutes; what Vera's tab said meanwhile is not read yet.
    assert not isinstance(tick(session, 710.0), Refusal)
    # From here she has what was left of her silence, and no more.
    assert not any(isinstance(each, Refusal) for each in ticked(session, 711.0, 744.0))
    assert tick(session, 745.0) == Refusal(None, CLOSE_SILENT)
    assert session.heard_at == 100.0


def test_what_waits_behind_a_frame_that_takes_long_is_not_silence() -> None:
    session = live()
    for second in range(1, 200):
        found = tick(session, 100.0 + second, listening=False)
        assert not isinstance(found, Refusal)
    assert not any(isinstance(each, Refusal) for each in ticked(session, 300.0, 343.0))
    assert tick(session, 344.0) == Refusal(None, CLOSE_SILENT)


def test_a_hello_that_is_still_being_looked_up_is_not_late() -> None:
    session = fresh()
    session.receive(HELLO, 100.0)
    assert tick(session, 100.0 + HELLO_WITHIN + 1, listening=False) is None


def test_each_side_has_its_own_frames() -> None:
    opened = '{"t":"open","store_id":"s1","conversation_id":"c1"}'
    assert isinstance(live().receive(opened, 100.0), Refusal)
    agent: Session[Any] = Session(agent_says, at=100.0)
    agent.welcomed()
    assert isinstance(agent.receive(opened, 100.0), Open)
    assert isinstance(agent.receive(SAY, 100.0), Refusal)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)
FRAMES = st.fixed_dictionaries(
    {"t": st.sampled_from(("send", "seen", "tab", "earlier", "pong", "hello", "x")) | JSON},
    optional={"cmid": st.text(), "body": JSON, "seq": JSON, "n": JSON, "before": JSON},
)


@given(st.text() | st.binary() | JSON.map(json.dumps) | FRAMES.map(json.dumps))
def test_nothing_that_anybody_says_raises(text: str | bytes) -> None:
    found = live().receive(text, 100.0)
    assert found is None or isinstance(found, Refusal) or hasattr(found, "t")
