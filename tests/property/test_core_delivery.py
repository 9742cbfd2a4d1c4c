"""What holds of a delivery's states, of evidence and of the log, in every order."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.core.consent import Evidence, may, start, stop
from gateway.core.delivery import RANK, advance, is_live
from gateway.core.log import Entry, fold
from gateway.core.model import DeliveryState

RUNS = settings(max_examples=200, deadline=None)
states = st.sampled_from(DeliveryState)


def ended(events: list[DeliveryState]) -> DeliveryState:
    state = DeliveryState.SUBMITTING
    for event in events:
        state = advance(state, event) or state
    return state


@RUNS
@given(st.lists(states, max_size=8), st.data())
def test_outcomes_and_receipts_end_alike_in_every_order_and_number(
    events: list[DeliveryState], data: st.DataObject
) -> None:
    again = data.draw(st.lists(st.sampled_from(events), max_size=4)) if events else []
    shuffled = data.draw(st.permutations(events + again))
    assert ended(shuffled) is ended(events)


@RUNS
@given(states, states)
def test_a_state_only_ever_goes_forward(state: DeliveryState, event: DeliveryState) -> None:
    found = advance(state, event)
    if found is not None:
        assert found is event
        assert RANK[found] > RANK[state]
        assert not is_live(found)


purposes = st.sampled_from(("support", "marketing", "verify"))
evidence = st.builds(
    Evidence,
    purpose=purposes,
    granted=st.booleans(),
    at=st.integers(0, 5),
    source=st.sampled_from(("widget", "message", "agent")),
)


@RUNS
@given(st.lists(evidence, max_size=6))
def test_stop_and_start_end_where_they_began(rows: list[Evidence]) -> None:
    stopped = [*rows, *stop(6)]
    assert may(stopped) <= {"verify"}
    back = [*stopped, *start(stopped, 7)]
    assert may(back) == may(rows)
    assert start(back, 8) == ()


entries = st.lists(
    st.builds(
        Entry,
        seq=st.just(0),
        kind=st.sampled_from(("message", "note", "event")),
        audience=st.sampled_from(("all", "staff")),
        at=st.integers(0, 100),
        side=st.sampled_from(("shopper", "staff", "system")),
        event=st.sampled_from((None, "opened", "resolved", "reopened", "delivery", "carried")),
        data=st.builds(
            lambda name, state: {"delivery_id": name, "state": str(state)},
            st.sampled_from(("d1", "d2")),
            states,
        ),
    ),
    max_size=8,
)


@RUNS
@given(entries, st.integers(0, 8))
def test_a_log_is_read_one_entry_at_a_time(drawn: list[Entry], cut: int) -> None:
    log = [
        Entry(
            seq=seq,
            kind=each.kind,
            audience=each.audience,
            at=each.at,
            side=each.side,
            event=each.event,
            data=each.data,
        )
        for seq, each in enumerate(drawn, start=1)
    ]
    whole, head, tail = fold(log), fold(log[:cut]), fold(log[cut:])
    assert whole.last_seq == len(log)
    assert whole.last_message_seq == max(head.last_message_seq, tail.last_message_seq)
    assert whole.deliveries == {**head.deliveries, **tail.deliveries}
