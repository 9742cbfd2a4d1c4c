"""What holds of ``plan`` for every view, policy and instant."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from hypothesis import given, note, settings
from hypothesis import strategies as st

from gateway.core.conversation import reach_after
from gateway.core.delivery import held_until, is_live
from gateway.core.model import (
    Act,
    Address,
    Delivery,
    DeliveryState,
    Form,
    Health,
    Interruption,
    Message,
    Person,
    Presence,
    ReachState,
    Send,
    Settle,
    Unreachable,
    View,
    Wait,
)
from gateway.core.policy import MINUTE, SECOND, Policy
from gateway.core.reach import REASONS, VERDICTS, agrees, plan, without

T = TypeVar("T")
RUNS = settings(max_examples=1000, deadline=None)
ZERO = 10_000 * MINUTE
STEP = 15 * SECOND
YEAR = 365 * 24 * 60 * MINUTE
CHANNELS = ("sms", "email", "whatsapp")
PEOPLE = ("vera", "ada", "ben")
ADDRESSES = ("a", "b", "c")
SUPPORT = frozenset({"support"})
OVER = tuple(state for state in DeliveryState if not is_live(state))


class Tape:
    """Choices read from bytes: one draw makes a whole scene, and zeros are its plainest one."""

    def __init__(self, data: bytes) -> None:
        self._bytes = iter(data)

    def number(self, below: int) -> int:
        return next(self._bytes, 0) % below

    def pick(self, options: Sequence[T]) -> T:
        return options[self.number(len(options))]

    def mostly(self, usual: T, other: Callable[[], T]) -> T:
        """One odd fact at a time says more than ten at once."""
        return other() if self.number(5) == 4 else usual

    def some(self, first: int, last: int, make: Callable[[int], T]) -> tuple[T, ...]:
        return tuple(make(index) for index in range(first + self.number(last - first + 1)))

    def instant(self, first: int, last: int) -> int:
        """On a coarse grid, so that windows often end together; an odd microsecond off it."""
        return ZERO + (first + self.number(last - first + 1)) * STEP + self.number(2)

    def before(self) -> int:
        return self.instant(-200, 0)

    def ever(self) -> int:
        return self.instant(-40, 200)

    def maybe(self) -> int | None:
        return self.before() if self.number(12) == 11 else None

    def span(self) -> int:
        return self.number(60) * STEP


@dataclass(frozen=True)
class Scene:
    view: View
    policy: Policy
    health: Health
    now: int

    def decide(self) -> Settle | Wait | Send | Unreachable:
        return plan(self.view, self.policy, self.health, self.now)


def a_policy(tape: Tape) -> Policy:
    spans = (
        *("reading", "on_page", "hidden", "gone", "elsewhere", "longest_gone", "longest"),
        *("receipt_deadline", "on_unknown", "stale_after", "patience", "spacing", "act_counts"),
        *("knock_wait", "staff_first", "staff_first_present", "rung"),
    )
    drawn = replace(
        Policy(),
        **{name: tape.span() for name in spans},  # type: ignore[arg-type]  # spans, by name
        backoff_first=tape.span() + STEP,
        backoff_most=tape.span() + STEP,
        grace=tape.span() + STEP,
    )
    return replace(
        drawn,
        recheck=tape.mostly(drawn.recheck, tape.span) + 1,
        ladder=tape.pick((("sms", "email"), ("email", "sms", "whatsapp"), ("whatsapp",), ())),
        staff_ladder=tape.pick((("email", "sms"), CHANNELS, ("sms",))),
        prove_first_sms=tape.pick(("straight", "knock")),
        prove_first_email=tape.pick(("straight", "knock")),
    )


def an_address(tape: Tape, index: int) -> Address:
    return Address(
        address_id=ADDRESSES[index],
        channel=tape.pick(CHANNELS),
        consents=tape.mostly(SUPPORT, lambda: frozenset({"marketing", "verify"})),
        proven=tape.pick((True, False)),
        typed_seq=tape.number(3),
        failed_at=tape.maybe(),
        stopped_at=tape.maybe(),
        knocked_at=tape.maybe(),
    )


def a_person(tape: Tape, index: int) -> Person:
    act = Act(
        channel=tape.pick(("chat", *CHANNELS)),
        at=tape.before(),
        address_id=tape.pick((*ADDRESSES, None)),
    )
    return Person(
        person_id=PEOPLE[index],
        presence=tape.pick(tuple(Presence)),
        since=tape.before(),
        lost_at=tape.maybe(),
        last_act=tape.pick((None, act)),
        addresses=tape.some(tape.mostly(1, lambda: 0), 3, lambda place: an_address(tape, place)),
        paused_until=tape.mostly(None, tape.ever),
        off_duty=tape.mostly(False, lambda: True),
    )


def a_delivery(tape: Tape, index: int) -> Delivery:
    queued_at = tape.before()
    return Delivery(
        delivery_id=f"d{index}",
        person_id=tape.pick(PEOPLE),
        address_id=tape.pick(ADDRESSES),
        channel=tape.pick(CHANNELS),
        form=tape.mostly(Form.WORDS, lambda: tape.pick((Form.KNOCK, Form.CODE))),
        state=tape.pick(OVER),
        seqs=frozenset(tape.some(1, 3, lambda _: 1 + tape.number(4))),
        queued_at=queued_at,
        handed_at=tape.pick((queued_at, None)),
        accepted_at=tape.pick((queued_at, None)),
        state_at=tape.pick((queued_at, 0)),
        attempt=tape.mostly(1, lambda: tape.number(256) * 1000 - 1),
        content_rejected=tape.pick((False, True)),
    )


def a_scene(data: bytes) -> Scene:
    tape = Tape(data)
    messages = tape.some(
        0, 4, lambda n: Message(seq=4 - n, at=tape.before(), author_id=tape.pick(PEOPLE))
    )
    view = View(
        side=tape.pick(("shopper", "staff")),
        messages=messages,
        people=tape.some(tape.mostly(1, lambda: 0), 3, lambda n: a_person(tape, n)),
        deliveries=tape.some(0, 4, lambda n: a_delivery(tape, n)),
        interruptions=tape.some(
            0,
            2,
            lambda _: Interruption(person_id=tape.pick(PEOPLE), channel="sms", at=tape.before()),
        ),
        accepting_since=tape.pick((0, 0, 0, 0, tape.before(), None)),
        agent_present=tape.pick((False, True)),
    )
    policy = a_policy(tape)
    shut = tape.some(0, 1, lambda _: (tape.pick(CHANNELS), tape.ever()))
    return Scene(view, policy, Health(open_until=shut), tape.ever())


scenes = st.binary(min_size=300, max_size=300).map(a_scene)


@RUNS
@given(scenes)
def test_plan_always_answers_and_twice_alike(scene: Scene) -> None:
    found = scene.decide()
    assert found == replace(scene, view=replace(scene.view)).decide()
    assert {each.code for each in found.because} <= set(REASONS)
    assert {each.verdict for each in found.considered} <= set(VERDICTS)
    assert isinstance(found, Settle) is (not scene.view.messages)
    state, due_at = reach_after(found, scene.now)
    assert (state is ReachState.WAITING) is (due_at is not None)


@RUNS
@given(scenes)
def test_nothing_but_an_event_changes_the_answer_before_a_wait_is_over(scene: Scene) -> None:
    found = scene.decide()
    if not isinstance(found, Wait):
        return
    ahead = YEAR if found.until is None else found.until - 1 - scene.now
    assert ahead >= 0
    for tenth in range(11):
        again = replace(scene, now=scene.now + ahead * tenth // 10).decide()
        note(f"{found}\n{again}")
        assert isinstance(again, Wait)
        assert (again.until is None) is (found.until is None)


@RUNS
@given(scenes)
def test_no_wait_is_longer_than_the_recheck_and_only_a_carried_row_waits_without_end(
    scene: Scene,
) -> None:
    found = scene.decide()
    if not isinstance(found, Wait):
        return
    if found.until is None:
        assert {each.code for each in found.because} <= {"held", "under_way"}
    else:
        longest = scene.policy.grace if scene.view.accepting_since is None else scene.policy.recheck
        assert scene.now < found.until <= scene.now + max(longest, scene.policy.recheck)


@RUNS
@given(scenes)
def test_whatever_is_sent_is_allowed_and_still_to_be_brought(scene: Scene) -> None:
    found = scene.decide()
    if not isinstance(found, Send):
        return
    person = next(each for each in scene.view.people if each.person_id == found.person_id)
    address = next(each for each in person.addresses if each.address_id == found.address_id)
    assert "support" in address.consents
    assert address.failed_at is None
    assert address.stopped_at is None
    assert all(
        address.channel != name or until <= scene.now for name, until in scene.health.open_until
    )
    assert found.seqs == tuple(sorted(set(found.seqs)))
    assert set(found.seqs) <= {each.seq for each in scene.view.messages}
    if not address.proven:
        assert min(found.seqs) > address.typed_seq
        asks = scene.policy.prove_first(address.channel) == "knock"
        assert found.form is (Form.KNOCK if asks else Form.WORDS)
    chosen = [each.address_id for each in found.considered if each.verdict == "chosen"]
    assert chosen == [found.address_id]


@RUNS
@given(scenes)
def test_nothing_is_sent_while_it_is_held_nor_again_to_where_it_was_tried(scene: Scene) -> None:
    found = scene.decide()
    if not isinstance(found, Send):
        return
    proven = {
        address.address_id
        for person in scene.view.people
        for address in person.addresses
        if address.proven
    }
    for each in scene.view.deliveries:
        shared = each.seqs & set(found.seqs)
        if not shared or scene.view.side == "staff":
            continue
        if each.form is Form.KNOCK and each.address_id in proven:
            continue
        until = held_until(each, scene.policy)
        assert until is None or until <= scene.now
        # A knock repeats no words, even where words went before the store asked for proof.
        if each.address_id == found.address_id and each.form is found.form is Form.WORDS:
            again = {DeliveryState.DEFERRED, DeliveryState.SUPERSEDED, DeliveryState.WITHDRAWN}
            if each.delivery_id == found.resends:
                again = {DeliveryState.UNKNOWN}
                assert each.channel == "email"
                assert set(found.seqs) <= each.seqs
            assert each.state in again


@RUNS
@given(scenes, st.binary(min_size=20, max_size=20), st.booleans())
def test_beside_a_delivery_that_is_under_way_nothing_is_sent(
    scene: Scene, drawn: bytes, queued: bool
) -> None:
    state = DeliveryState.QUEUED if queued else DeliveryState.SUBMITTING
    live = replace(a_delivery(Tape(drawn), 9), form=Form.WORDS, state=state)
    beside = replace(scene.view, deliveries=(*scene.view.deliveries, live))
    if not scene.view.messages:
        return
    found = replace(scene, view=beside).decide()
    assert isinstance(found, Wait)
    assert found.until is None


@RUNS
@given(scenes)
def test_the_claims_second_look_agrees_when_nothing_has_changed(scene: Scene) -> None:
    found = scene.decide()
    if not isinstance(found, Send):
        return
    queued = Delivery(
        delivery_id="queued",
        person_id=found.person_id,
        address_id=found.address_id,
        channel=found.channel,
        form=found.form,
        state=DeliveryState.QUEUED,
        seqs=frozenset(found.seqs),
        queued_at=scene.now,
    )
    beside = replace(scene.view, deliveries=(*scene.view.deliveries, queued))
    assert agrees(replace(scene, view=without(beside, "queued")).decide(), queued)


@RUNS
@given(scenes)
def test_unreachable_means_that_time_alone_will_not_help(scene: Scene) -> None:
    found = scene.decide()
    if isinstance(found, Unreachable):
        assert isinstance(replace(scene, now=scene.now + YEAR).decide(), Unreachable)
        assert all(each.until is None for each in found.considered)
