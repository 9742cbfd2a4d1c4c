"""What holds of ``plan`` for every view, policy and instant."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from hypothesis import given, note, settings
from hypothesis import strategies as st

from gateway.core.conversation import reach_after
from gateway.core.delivery import NEVER_SENT, NOT_NOW, held_until, is_live
from gateway.core.hours import Window, Windows, is_in
from gateway.core.merging import merged
from gateway.core.model import (
    Act,
    Address,
    Delivery,
    DeliveryState,
    Form,
    Health,
    Interruption,
    Message,
    Override,
    Person,
    Presence,
    ReachState,
    Send,
    Settle,
    Side,
    Unreachable,
    View,
    Wait,
)
from gateway.core.policy import DAY, HOUR, MINUTE, SECOND, WHAT, WHERE, Policy, Rule
from gateway.core.reach import REASONS, VERDICTS, agrees, plan, without
from gateway.core.scene import Scene as Looked
from gateway.core.scene import scene_of

T = TypeVar("T")
LONG = os.environ.get("ONETHREAD_LONG") == "1"
RUNS = settings(max_examples=1000 if LONG else 300, deadline=None)
STEP = 15 * SECOND
YEAR = 365 * 24 * 60 * MINUTE
CHANNELS = ("sms", "email", "whatsapp")
PEOPLE = ("vera", "ada", "ben")
ADDRESSES = ("a", "b", "c")
SUPPORT = frozenset({"support"})
OVER = tuple(state for state in DeliveryState if not is_live(state))

# Around an evening, around changes of clocks (Berlin forth and back, Lord Howe, midnight in Cairo),
# at the beginning of time and long after its end.
EVENING = 10_000 * MINUTE
BASES = (
    *(EVENING, EVENING, EVENING),
    *(1_774_746_000 * SECOND, 1_792_890_000 * SECOND),
    *(1_775_314_800 * SECOND, 1_776_981_600 * SECOND),
    *(0, 2**62, -HOUR),
)
ZONES = ("UTC", "Europe/Berlin", "Australia/Lord_Howe", "Africa/Cairo", "Nowhere/Never")
AHEAD = (0, 60, 120, 180, 630, 660)  #: minutes that some of these are ahead of UTC


class Tape:
    """Choices read from bytes: one draw makes a whole scene, and zeros are its plainest one."""

    def __init__(self, data: bytes) -> None:
        self._bytes = iter(data)
        self.base = self.pick(BASES)

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
        return self.base + (first + self.number(last - first + 1)) * STEP + self.number(2)

    def before(self) -> int:
        return self.instant(-200, 0)

    def ever(self) -> int:
        return self.instant(-40, 200)

    def maybe(self) -> int | None:
        return self.before() if self.number(12) == 11 else None

    def span(self) -> int:
        return self.number(60) * STEP

    def flag(self) -> bool | None:
        return self.pick((None, True, False))

    def minute(self) -> int:
        """A minute of the day that is near the base in some zone."""
        near = self.base // MINUTE + self.pick(AHEAD) + 5 * (self.number(24) - 12)
        return near % 1440

    def windows(self) -> Windows:
        return self.some(0, 2, lambda _: Window(start=self.minute(), end=self.minute()))


@dataclass(frozen=True)
class Scene:
    view: View
    policy: Policy
    health: Health
    now: int

    def decide(self) -> Settle | Wait | Send | Unreachable:
        return plan(self.view, self.policy, self.health, self.now)

    def at(self, now: int) -> Scene:
        return replace(self, now=now)

    def looked(self) -> Looked:
        return scene_of(self.view, self.policy, self.health, self.now)


def a_rule(tape: Tape, index: int) -> Rule:
    return Rule(
        name=f"rule {index}",
        side=tape.mostly("shopper", lambda: "staff"),
        where=frozenset(tape.some(0, 2, lambda _: tape.pick(WHERE))),
        pages=tape.mostly(frozenset(), lambda: frozenset({"checkout"})),
        known=tape.mostly(None, tape.flag),
        proven=tape.mostly(frozenset(), lambda: frozenset({tape.pick(CHANNELS)})),
        what=tape.mostly(frozenset(), lambda: frozenset({tape.pick(WHAT)})),
        open=tape.flag(),
        delay=tape.pick((None, tape.span())),
        longest=tape.pick((None, tape.span())),
        ladder=tape.pick((None, None, ("email",), ("sms", "email"), ())),
        quiet=tape.mostly(None, lambda: (("sms", tape.windows()),)),
    )


def a_policy(tape: Tape) -> Policy:
    spans = (
        *("reading", "on_page", "hidden", "gone", "elsewhere", "longest_gone", "longest"),
        *("receipt_deadline", "on_unknown", "patience", "spacing", "act_counts"),
        *("staff_first", "staff_first_present", "rung"),
    )
    drawn = replace(
        Policy(),
        **{name: tape.span() for name in spans},  # type: ignore[arg-type]  # spans, by name
        backoff_first=tape.span() + STEP,
        backoff_most=tape.span() + STEP,
        grace=tape.span() + STEP,
        digest=tape.span() + STEP,
        stale_after=tape.pick((DAY, tape.span())),
        knock_wait=tape.pick((2 * HOUR, tape.span())),
    )
    return replace(
        drawn,
        recheck=tape.mostly(drawn.recheck, tape.span) + 1,
        ladder=tape.mostly(
            tape.pick((("sms", "email"), ("email", "sms", "whatsapp"), CHANNELS)),
            lambda: tape.pick((("whatsapp",), ())),
        ),
        staff_ladder=tape.pick((("email", "sms"), CHANNELS, ("sms",))),
        prove_first_sms=tape.pick(("straight", "knock", "code")),
        prove_first_email=tape.pick(("straight", "knock", "code")),
        zone=tape.pick(ZONES),
        hours=tape.windows(),
        holidays=tape.mostly(frozenset(), lambda: frozenset({"1970-01-07", "2026-03-29"})),
        quiet=tape.pick((drawn.quiet, (("email", tape.windows()), ("sms", tape.windows())))),
        cap=tape.mostly(6, lambda: tape.number(4) - 1),
        rules=tape.some(0, 3, lambda index: a_rule(tape, index)),
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
        knocked_at=tape.mostly(None, tape.before),
        zones=tape.some(0, 2, lambda _: tape.pick(ZONES)),
        rests_until=tape.mostly(None, tape.ever),
        window_until=tape.pick((None, tape.ever(), tape.ever())),
        templates=tape.pick(((), ((Form.WORDS, None),), ((Form.WORDS, 1), (Form.KNOCK, 9)))),
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
        known=tape.pick((False, True)),
        page=tape.pick((None, "checkout", "blog")),
        zones=tape.some(0, 2, lambda _: tape.pick(ZONES)),
        awake=tape.mostly((), tape.windows),
        preference=tape.mostly(
            (), lambda: tape.some(0, 3, lambda _: tape.pick(("chat", *CHANNELS)))
        ),
        paused_until=tape.mostly(None, tape.ever),
    )


def a_delivery(tape: Tape, index: int) -> Delivery:
    queued_at = tape.before()
    return Delivery(
        delivery_id=f"d{index}",
        person_id=tape.pick(PEOPLE),
        address_id=tape.pick(ADDRESSES),
        channel=tape.pick(CHANNELS),
        form=tape.mostly(Form.WORDS, lambda: tape.pick((Form.KNOCK, Form.CODE))),
        state=tape.pick((*OVER, *3 * (DeliveryState.DEFERRED, DeliveryState.UNKNOWN))),
        seqs=frozenset(tape.some(1, 3, lambda _: 1 + tape.number(4))),
        queued_at=queued_at,
        handed_at=tape.pick((queued_at, None)),
        accepted_at=tape.pick((queued_at, None)),
        state_at=tape.pick((queued_at, 0)),
        attempt=tape.mostly(1, lambda: tape.number(256) * 1000 - 1),
        content_rejected=tape.pick((False, True)),
    )


def an_override(tape: Tape, index: int) -> Override:
    return Override(
        kind=tape.pick(("now", "resend", "not_before", "chat_only", "as_usual", "snoozed")),
        seqs=frozenset(tape.some(1, 2, lambda _: 1 + tape.number(4))),
        at=index,
        address_id=tape.pick((*ADDRESSES, None)),
        until=tape.pick((tape.ever(), None)),
        delivery_id=tape.pick((None, "d0", "d1", "d2")),
    )


def a_view(tape: Tape, side: Side) -> View:
    return View(
        side=side,
        messages=tape.some(
            tape.mostly(1, lambda: 0),
            4,
            lambda n: Message(
                seq=4 - n, at=tape.before(), author_id=tape.pick(PEOPLE), what=tape.pick(WHAT)
            ),
        ),
        people=tape.some(tape.mostly(1, lambda: 0), 3, lambda n: a_person(tape, n)),
        deliveries=tape.some(0, 4, lambda n: a_delivery(tape, n)),
        interruptions=tape.some(
            0,
            3,
            lambda _: Interruption(
                person_id=tape.pick(PEOPLE),
                channel="sms",
                at=tape.before() - tape.pick((0, DAY - 30 * MINUTE)),
            ),
        ),
        overrides=tape.mostly((), lambda: tape.some(1, 2, lambda n: an_override(tape, n))),
        accepting_since=tape.pick((0, 0, 0, 0, tape.before(), None)),
        agent_present=tape.pick((False, True)),
    )


def a_scene(data: bytes) -> Scene:
    tape = Tape(data)
    side: Side = tape.pick(("shopper", "staff"))
    view = a_view(tape, side)
    policy = a_policy(tape)
    shut = tape.some(0, 1, lambda _: (tape.pick(CHANNELS), tape.ever()))
    now = tape.ever()
    if tape.number(8) == 7:
        other = a_view(tape, side)
        theirs = tuple(
            replace(each, delivery_id=f"y{each.delivery_id}") for each in other.deliveries
        )
        view = merged(view, replace(other, deliveries=theirs))
    return Scene(view, policy, Health(open_until=shut), now)


scenes = st.binary(min_size=450, max_size=450).map(a_scene)


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
def test_there_is_always_a_next_step_with_a_reason(scene: Scene) -> None:
    found = scene.decide()
    assert found.because
    if isinstance(found, Unreachable):
        tried = scene.looked().people
        ids = [address.address_id for person in tried for address in person.addresses]
        assert sorted(each.address_id for each in found.considered) == sorted(ids)
        assert all(each.until is None for each in found.considered)
    if isinstance(found, Send):
        assert found.seqs


@RUNS
@given(scenes, st.integers(0, 2**32))
def test_nothing_but_an_event_changes_the_answer_before_a_wait_is_over(
    scene: Scene, drawn: int
) -> None:
    found = scene.decide()
    if not isinstance(found, Wait):
        return
    ahead = YEAR if found.until is None else found.until - 1 - scene.now
    assert ahead >= 0
    for instant in (*(ahead * tenth // 10 for tenth in range(11)), ahead * drawn // 2**32):
        again = scene.at(scene.now + instant).decide()
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
        assert {each.code for each in found.because} <= {"held", "under_way", "left_alone"}
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
    assert (address.rests_until or scene.now) <= scene.now
    assert all(
        address.channel != name or until <= scene.now for name, until in scene.health.open_until
    )
    assert found.seqs == tuple(sorted(set(found.seqs)))
    assert set(found.seqs) <= {each.seq for each in scene.view.messages}
    if not address.proven:
        asks = scene.policy.prove_first(address.channel)
        assert asks != "code"
        assert found.form is (Form.KNOCK if asks == "knock" else Form.WORDS)
        assert scene.view.side == "shopper" or asks == "straight"
    chosen = [each.address_id for each in found.considered if each.verdict == "chosen"]
    assert chosen == [found.address_id]


@RUNS
@given(scenes)
def test_a_typed_address_never_carries_what_is_older_than_itself(scene: Scene) -> None:
    found = scene.decide()
    if not isinstance(found, Send):
        return
    person = next(each for each in scene.view.people if each.person_id == found.person_id)
    address = next(each for each in person.addresses if each.address_id == found.address_id)
    if address.proven:
        return
    logs = {seq >> 32 for seq in (address.typed_seq, *address.typed_also)}
    newest = {
        log: max(s for s in (address.typed_seq, *address.typed_also) if s >> 32 == log)
        for log in logs
    }
    assert {seq >> 32 for seq in found.seqs} <= logs
    assert all(seq > newest[seq >> 32] for seq in found.seqs)


@RUNS
@given(scenes)
def test_nobody_is_woken_nor_rung_too_often_unless_they_have_just_written_from_there(
    scene: Scene,
) -> None:
    found = scene.decide()
    if not isinstance(found, Send):
        return
    looked = scene.looked()
    person = next(each for each in scene.view.people if each.person_id == found.person_id)
    address = next(each for each in person.addresses if each.address_id == found.address_id)
    act = looked.acts.get(person.person_id)
    if act is not None and act.address_id == address.address_id:
        return
    zones = person.zones or (scene.policy.zone,)
    assert not person.awake or all(is_in(person.awake, zone, scene.now) for zone in zones)
    for message in scene.view.messages:
        if message.seq in found.seqs:
            rule = looked.rule(message)
            told = scene.policy.quiet if rule is None or rule.quiet is None else rule.quiet
            windows = dict(told).get(address.channel, ())
            where = (*address.zones, *person.zones) or zones
            assert not any(is_in(windows, zone, scene.now) for zone in where)
    mine = [each.at for each in scene.view.interruptions if each.person_id == person.person_id]
    spaced = max(mine, default=scene.now - YEAR) + scene.policy.spacing <= scene.now
    assert spaced or "override" in {each.code for each in found.because}
    if scene.view.side == "shopper":
        today = [at for at in mine if at > scene.now - DAY]
        assert len(today) < max(scene.policy.cap, 1)


@RUNS
@given(scenes)
def test_what_an_agent_wants_left_is_left(scene: Scene) -> None:
    found = scene.decide()
    if not isinstance(found, Send):
        return
    newest = {seq: each for each in scene.view.overrides for seq in each.seqs}
    for seq in found.seqs:
        wish = newest.get(seq)
        assert wish is None or wish.kind != "chat_only"
        if wish is not None and wish.kind in ("not_before", "snoozed"):
            assert (wish.until or 0) <= max(scene.now, 0)


@RUNS
@given(scenes, st.integers(1, 3 * DAY))
def test_what_is_snoozed_tells_nobody_and_is_looked_at_again_by_its_end(
    scene: Scene, span: int
) -> None:
    view, end = scene.view, scene.now + span
    seqs = frozenset(each.seq for each in view.messages)
    snooze = Override(kind="snoozed", seqs=seqs, at=scene.now, until=end)
    laid_aside = replace(view, overrides=(*view.overrides, snooze))
    found = plan(laid_aside, scene.policy, scene.health, scene.now)
    assert isinstance(found, Wait | Settle)
    if view.messages and not view.deliveries:
        assert isinstance(found, Wait)
        assert found.until == min(end, scene.now + max(scene.policy.recheck, 1))


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
        held = until is not None and until > scene.now
        assert not held or each.delivery_id in wished_past(scene.view, found)
        # A knock repeats no words, even where words went before the store asked for proof.
        if each.address_id == found.address_id and each.form is found.form is Form.WORDS:
            again = NOT_NOW | NEVER_SENT
            if each.delivery_id == found.resends:
                again = frozenset({DeliveryState.UNKNOWN})
                assert set(found.seqs) <= each.seqs
            resent = each.delivery_id in wished_past(scene.view, found, "resend")
            if each.state is DeliveryState.UNKNOWN and each.channel == "sms":
                assert resent
            assert each.state in again or (resent and each.state is DeliveryState.UNKNOWN)


def wished_past(view: View, found: Send, *kinds: str) -> set[str]:
    """What an agent, wishing for this way, did not wait for: what they named, and what was before.

    Only what is of unknown outcome is not waited for.
    """
    newest = {seq: each for each in view.overrides for seq in each.seqs}
    tried = sorted(view.deliveries, key=lambda each: each.queued_at)
    past: set[str] = set()
    for wish in (newest[seq] for seq in found.seqs if seq in newest):
        names = [each.delivery_id for each in tried]
        asked = wish.kind in (kinds or ("now", "resend")) and wish.delivery_id in names
        if asked and wish.address_id == found.address_id:
            by_then = tried[: names.index(wish.delivery_id or "") + 1]
            past |= {each.delivery_id for each in by_then if each.state is DeliveryState.UNKNOWN}
    return past


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
@given(scenes, st.sampled_from((HOUR, 10 * HOUR, DAY, 3 * DAY, 8 * DAY)))
def test_unreachable_means_that_time_alone_will_not_help(scene: Scene, ahead: int) -> None:
    found = scene.decide()
    if isinstance(found, Unreachable):
        later = scene.at(scene.now + ahead).decide()
        note(f"{found}\n{later}")
        assert isinstance(later, Unreachable)


@RUNS
@given(scenes, st.integers(0, 40))
def test_who_goes_on_writing_in_the_chat_changes_nothing_of_what_waits(
    scene: Scene, steps: int
) -> None:
    """So a message in the chat after another has nothing looked at again."""
    acts = (None, *(Act(channel="chat", at=scene.now - ago * STEP) for ago in (0, steps)))
    people = [tuple(replace(each, last_act=act) for each in scene.view.people) for act in acts]
    first, *others = [
        replace(scene, view=replace(scene.view, people=each)).decide() for each in people
    ]
    assert others == [first, first]


@settings(max_examples=300, deadline=None)
@given(scenes, st.sampled_from((0, 1, -1, 2**62, 2**63, -(2**62), 250_000_000_000 * SECOND)))
def test_no_instant_is_too_absurd(scene: Scene, now: int) -> None:
    found = scene.at(now).decide()
    if isinstance(found, Wait) and found.until is not None:
        assert found.until > now


@RUNS
@given(scenes)
def test_nothing_free_goes_out_by_whatsapp_outside_the_24_hours(scene: Scene) -> None:
    found = scene.decide()
    if not isinstance(found, Send):
        return
    (to,) = {
        address
        for person in scene.looked().people
        for address in person.addresses
        if (person.person_id, address.address_id) == (found.person_id, found.address_id)
    }
    is_open = to.window_until is not None and scene.now < to.window_until
    if to.channel != "whatsapp" or is_open:
        assert not found.template
    else:
        assert found.template
        assert found.form in dict(to.templates)
