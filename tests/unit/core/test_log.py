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


def test_an_automatic_message_and_a_note_raise_no_head() -> None:
    row = fold([message(4), NOTE, message(6, automatic=True)])
    assert (row.last_message_seq, row.last_seq) == (4, 6)


@pytest.mark.parametrize("name", sorted(EVENTS - {"opened", "resolved", "reopened", "assigned"}))
def test_other_events_move_no_state(name: str) -> None:
    log = [event(1, "resolved"), event(2, name, delivery_id="d1", state="queued")]
    assert fold(log).state is ConversationState.RESOLVED


def test_a_delivery_in_no_state_that_exists_is_refused() -> None:
    with pytest.raises(ValueError, match="lost"):
        fold([event(1, "delivery", delivery_id="d1", state="lost")])


def test_the_fold_needs_nothing_that_an_erasure_takes() -> None:
    assert "body" not in Entry.__dataclass_fields__
    log = [message(1), message(2)]
    assert fold([replace(each, data={}) for each in log]) == fold(log)
