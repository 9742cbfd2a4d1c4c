"""What a conversation's log adds up to."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gateway.core.conversation import ConversationState
from gateway.core.log import EVENTS, Entry, Row, fold
from gateway.core.model import DeliveryState


def event(seq: int, name: str, **data: object) -> Entry:
    return Entry(
        seq=seq, kind="event", audience="staff", at=seq * 10, side="system", event=name, data=data
    )


def message(seq: int, *, automatic: bool = False) -> Entry:
    return Entry(
        seq=seq, kind="message", audience="all", at=seq * 10, side="shopper", automatic=automatic
    )


NOTE = Entry(seq=5, kind="note", audience="staff", at=50, side="staff")


def test_an_empty_log_is_an_empty_open_conversation() -> None:
    assert fold([]) == Row()


def test_a_whole_conversation_folds_to_its_row() -> None:
    log = [
        event(1, "opened", shopper_id="vera"),
        message(2),
        event(3, "assigned", agent_id="ada"),
        message(4),
        NOTE,
        event(6, "delivery", delivery_id="d1", state="submitting", seqs=[4]),
        event(7, "delivery", delivery_id="d2", state="failed", seqs=[4]),
        event(8, "delivery", delivery_id="d1", state="delivered", seqs=[4]),
        event(9, "resolved"),
    ]
    expected = Row(
        state=ConversationState.RESOLVED,
        resolved_at=90,
        assignee_id="ada",
        last_seq=9,
        last_all=4,
        last_message_seq=4,
        deliveries={"d1": DeliveryState.DELIVERED, "d2": DeliveryState.FAILED},
    )
    assert fold(log) == expected
    assert fold(log[::-1]) == expected


def test_a_reopened_conversation_is_open_and_keeps_no_trace_of_the_end() -> None:
    row = fold([event(1, "opened"), event(2, "resolved"), event(3, "reopened")])
    assert (row.state, row.resolved_at) == (ConversationState.OPEN, None)


def test_a_conversation_given_back_is_nobodys() -> None:
    log = [event(1, "assigned", agent_id="ada"), event(2, "assigned", agent_id=None)]
    assert fold(log).assignee_id is None


def test_the_newest_rating_counts_also_after_the_conversation_went_on() -> None:
    log = [
        event(1, "resolved"),
        event(2, "rated", score=2, of=5),
        event(3, "rated", score=4, of=5),
        event(4, "reopened"),
    ]
    assert (fold(log).rating, fold(log).rating_of) == (4, 5)


def test_an_automatic_message_and_a_note_raise_no_head() -> None:
    row = fold([message(4), NOTE, message(6, automatic=True)])
    assert (row.last_message_seq, row.last_seq) == (4, 6)


@pytest.mark.parametrize("name", sorted(EVENTS - {"opened", "resolved", "reopened", "assigned"}))
def test_other_events_move_no_state(name: str) -> None:
    more = {"score": 4, "of": 5, "until": 1, "added": [], "removed": []}
    log = [event(1, "resolved"), event(2, name, delivery_id="d1", state="queued", **more)]
    assert fold(log).state is ConversationState.RESOLVED


def test_a_delivery_in_no_state_that_exists_is_refused() -> None:
    with pytest.raises(ValueError, match="lost"):
        fold([event(1, "delivery", delivery_id="d1", state="lost")])


def test_the_fold_needs_nothing_that_an_erasure_takes() -> None:
    assert "body" not in Entry.__dataclass_fields__
    log = [message(1), message(2)]
    assert fold([replace(each, data={}) for each in log]) == fold(log)


def test_a_snooze_lasts_until_it_is_ended_by_whatever_ends_it() -> None:
    snoozed = event(1, "snoozed", until=1_763_719_260_000)
    assert fold([snoozed]).snoozed_until == 1_763_719_260_000_000
    for ending in (event(2, "woken", why="time"), event(2, "resolved")):
        assert fold([snoozed, ending]).snoozed_until is None
    later = event(2, "snoozed", until=1_763_719_260_001)
    assert fold([snoozed, later]).snoozed_until == 1_763_719_260_001_000


def test_labels_add_up_in_the_order_in_which_they_were_given() -> None:
    told = fold(
        [
            event(1, "labelled", added=["a", "b"], removed=[]),
            event(2, "labelled", added=["c"], removed=["a"]),
            event(3, "labelled", added=["a"], removed=[]),
        ]
    )
    assert told.labels == ("b", "c", "a")
