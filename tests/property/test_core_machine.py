"""Vera's side of two conversations, driven through anything that may happen in any order.

What is checked after every step is what the product promises, not what the code does: invariants 5,
6, 7, 8, 9, 10 and 12. ``small_house`` is the smallest service around the core.

500 runs of 100 steps are part of every test run. With ``ONETHREAD_LONG=1`` in the environment there
are 20,000 (or as many as ``ONETHREAD_RUNS`` says), 500 to a dot, drawn anew each time:

    ONETHREAD_LONG=1 pytest -q -x tests/property/test_core_machine.py
"""

from __future__ import annotations

import os
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from typing_extensions import override

from gateway.core.delivery import FOREVER, NOT_NOW, RANK, held_until
from gateway.core.hours import Window, is_in
from gateway.core.log import fold
from gateway.core.model import (
    Act,
    DeliveryState,
    Form,
    Override,
    Presence,
    ReachState,
    Send,
    Unreachable,
    Wait,
)
from gateway.core.policy import DAY, HOUR, MINUTE, SECOND, Policy, Rule
from gateway.core.rules import shortest_delay
from tests.property.small_house import (
    BADLY,
    ELDER,
    LIVE,
    NEVER_SENT,
    SUPPORT,
    YOUNGER,
    Attempt,
    House,
    Pair,
)

S = DeliveryState
BERLIN = "Europe/Berlin"
MOST_STEPS_TO_REST = 1000
MOST_HAND_OVERS = 50  #: of one message to one address; the back-off bounds them

# An afternoon in May, and the evenings before Berlin's clocks go forth and back.
BEGINNINGS = tuple(seconds * SECOND for seconds in (1_779_976_800, 1_774_722_600, 1_792_870_200))
NOON_TO_TWO = (Window(start=12 * 60, end=14 * 60),)
OFFICE = (Window(start=9 * 60, end=18 * 60, days=frozenset(range(5))),)

# Their spans are the same, so that what was promised under one holds under the next.
POLICIES = (
    Policy(),
    Policy(ladder=("email", "sms"), cap=2),
    Policy(cap=1, spacing=0, quiet=()),
    Policy(quiet=(("sms", NOON_TO_TWO), ("email", NOON_TO_TWO)), zone=BERLIN),
    Policy(prove_first_sms="straight", prove_first_email="knock", spacing=HOUR),
    Policy(prove_first_sms="code", quiet=()),
    Policy(
        hours=OFFICE,
        zone=BERLIN,
        rules=(
            Rule(name="checkout", pages=frozenset({"checkout"}), delay=20 * SECOND),
            Rule(name="shut", open=False, ladder=("email",)),
            Rule(name="later", what=frozenset({"follow_up"}), delay=HOUR, longest=2 * HOUR),
        ),
    ),
    Policy(rules=(Rule(name="open", open=True, ladder=()),), hours=OFFICE, zone=BERLIN),
    Policy(
        rules=(Rule(name="here", where=frozenset({"reading", "on_page", "hidden"}), ladder=()),)
    ),
    Policy(rules=(Rule(name="pays", pages=frozenset({"checkout"})), Rule(ladder=()))),
)

conversations = st.sampled_from((ELDER, YOUNGER))
channels = st.sampled_from(("sms", "email"))


class VerasSide(RuleBasedStateMachine):
    """Everything that may happen, and what must hold after each of it."""

    def __init__(self) -> None:
        super().__init__()
        self.house = House(now=BEGINNINGS[0])
        self.in_the_end = S.ACCEPTED
        self.typed_at: dict[str, int] = {}

    def those(self, *states: DeliveryState) -> list[Attempt]:
        return [each for each in self.house.attempts.values() if each.delivery.state in states]

    def handed(self) -> list[Attempt]:
        found = self.house.attempts.values()
        return [each for each in found if each.delivery.state not in NEVER_SENT]

    def row(self, name: str) -> str:
        """Whose row speaks for this conversation now."""
        return ELDER if self.house.is_merged else name

    @initialize(
        begins=st.sampled_from(BEGINNINGS),
        typed_phone=st.booleans(),
        later=st.sampled_from((S.DEFERRED, S.ACCEPTED)),
        policy=st.sampled_from(POLICIES),
        asked_twice=st.sampled_from(("no", "apart", "one thread")),
    )
    def vera_leaves_her_number_and_mailbox(
        self,
        begins: int,
        typed_phone: bool,
        later: DeliveryState,
        policy: Policy,
        asked_twice: str,
    ) -> None:
        self.house = House(now=begins, policy=policy)
        self.vera_leaves_an_address("sms", proven=not typed_phone, consents=True)
        self.vera_leaves_an_address("email", proven=False, consents=True)
        self.house.be(Presence.GONE)
        self.house.write(ELDER)
        if asked_twice != "no":
            self.house.write(YOUNGER)
        if asked_twice == "one thread":
            self.house.merge(back=False)
        self.in_the_end = later

    # What people do.

    @rule(name=conversations)
    def ada_writes(self, name: str) -> None:
        self.house.write(self.row(name))

    @rule(name=conversations)
    def ada_writes_a_note(self, name: str) -> None:
        self.house.note(self.row(name))

    @rule(name=conversations)
    def ada_resolves(self, name: str) -> None:
        self.house.resolve(self.row(name))

    @rule(
        name=conversations,
        kind=st.sampled_from(("now", "chat_only", "not_before", "as_usual")),
        hours=st.integers(0, 20),
        data=st.data(),
    )
    def ada_wishes(self, name: str, kind: str, hours: int, data: st.DataObject) -> None:
        mine = self.house.conversations[name]
        unread = [each.seq for each in mine.unread()]
        if not unread:
            return
        wish = Override(
            kind=kind,  # type: ignore[arg-type]  # one of the four
            seqs=data.draw(st.frozensets(st.sampled_from(unread), min_size=1)),
            at=self.house.now,
            agent_id="ada",
            address_id=data.draw(st.sampled_from(sorted(self.house.addresses))),
            until=self.house.now + hours * HOUR,
        )
        mine.overrides.append(wish)
        self.house.wake()

    @precondition(lambda self: self.doubted())
    @rule(kind=st.sampled_from(("resend", "resend", "now")), data=st.data())
    def ada_does_not_wait_for_what_may_have_gone(self, kind: str, data: st.DataObject) -> None:
        each = data.draw(st.sampled_from(self.doubted()))
        names = {"resend": [each.delivery.address_id], "now": sorted(self.house.addresses)}
        address_id = data.draw(st.sampled_from(names[kind]))
        for log in {log for log, _ in each.carries}:
            wish = Override(
                kind=kind,  # type: ignore[arg-type]  # one of the two
                seqs=frozenset(seq for in_log, seq in each.carries if in_log == log),
                at=self.house.now,
                agent_id="ada",
                address_id=address_id,
                delivery_id=each.delivery.delivery_id,
            )
            self.house.conversations[log].overrides.append(wish)
        self.house.wake()

    def doubted(self) -> list[Attempt]:
        """Words that may have gone out, of which Vera has not seen all."""
        return [
            each
            for each in self.those(S.UNKNOWN)
            if each.delivery.form is Form.WORDS
            and each.carries
            & {pair for name in self.house.rows() for pair in self.house.unread(name)}
        ]

    @rule(name=conversations, thirds=st.integers(0, 3))
    def vera_sees(self, name: str, thirds: int) -> None:
        self.house.see(self.row(name), thirds)

    @rule(name=conversations)
    def vera_writes_in_the_chat(self, name: str) -> None:
        self.house.answer(self.row(name))

    @rule(presence=st.sampled_from(Presence))
    def vera_is(self, presence: Presence) -> None:
        self.house.be(presence)

    @rule(page=st.sampled_from((None, "checkout", "blog")))
    def vera_turns_the_page(self, page: str | None) -> None:
        self.house.turn_page(page)

    @rule(preference=st.sampled_from(((), ("email",), ("chat",), ("sms", "chat"))))
    def vera_likes(self, preference: tuple[str, ...]) -> None:
        self.house.preference = preference
        self.house.wake()

    @rule(channel=channels, proven=st.booleans(), consents=st.booleans())
    def vera_leaves_an_address(self, channel: str, proven: bool, consents: bool) -> None:
        if len(self.house.addresses) < 4:
            self.house.leave_address(channel, proven=proven, consents=consents)
            newest = [*self.house.addresses][-1]
            self.typed_at[newest] = self.house.now

    @precondition(lambda self: self.house.addresses)
    @rule(data=st.data())
    def vera_stops(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(self.house.addresses)))
        for each in self.those(S.QUEUED):
            if each.delivery.address_id == name:
                self.house.drop(each, S.WITHDRAWN)
        self.house.change(name, stopped_at=self.house.now, consents=frozenset())

    @precondition(lambda self: any(each.stopped_at for each in self.house.addresses.values()))
    @rule(data=st.data())
    def vera_starts_again(self, data: st.DataObject) -> None:
        stopped = [name for name, each in self.house.addresses.items() if each.stopped_at]
        name = data.draw(st.sampled_from(sorted(stopped)))
        self.house.change(name, stopped_at=None, consents=SUPPORT)

    def words_handed(self) -> list[Attempt]:
        return [each for each in self.handed() if each.delivery.form is Form.WORDS]

    def knocks_handed(self) -> list[Attempt]:
        return [each for each in self.handed() if each.delivery.form is Form.KNOCK]

    @precondition(lambda self: self.words_handed())
    @rule(data=st.data())
    def vera_answers_from_outside(self, data: st.DataObject) -> None:
        each = data.draw(st.sampled_from(self.words_handed()))
        by_mail = each.delivery.channel == "email"
        self.house.hear(each, S.READ if by_mail else S.ANSWERED)
        self.acts_at(each)

    @precondition(lambda self: self.knocks_handed())
    @rule(data=st.data())
    def vera_says_yes_to_a_knock(self, data: st.DataObject) -> None:
        each = data.draw(st.sampled_from(self.knocks_handed()))
        self.house.hear(each, S.ANSWERED)
        self.acts_at(each)

    def acts_at(self, each: Attempt) -> None:
        self.house.last_act = Act(
            channel=each.delivery.channel,
            at=self.house.now,
            address_id=each.delivery.address_id,
        )
        self.house.change(each.delivery.address_id, proven=True)

    @precondition(lambda self: self.knocks_handed())
    @rule(data=st.data(), event=st.sampled_from((S.DELIVERED, S.READ)))
    def somebody_says_wrong_number(self, data: st.DataObject, event: DeliveryState) -> None:
        self.house.hear(data.draw(st.sampled_from(self.knocks_handed())), event)

    @rule(back=st.booleans())
    def it_turns_out_to_be_one_thread_or_not(self, back: bool) -> None:
        if back is self.house.is_merged:
            self.house.merge(back=back)

    @rule(policy=st.sampled_from(POLICIES))
    def the_store_changes_its_policy(self, policy: Policy) -> None:
        self.house.policy = policy
        self.house.wake()

    # What machines do.

    @rule()
    def a_node_dies(self) -> None:
        self.house.lose_node()

    @rule()
    def gateways_accept_again(self) -> None:
        self.house.gateways_accept()

    @rule(channel=channels, minutes=st.sampled_from((0, 1, 15)))
    def a_channel_is_left_alone(self, channel: str, minutes: int) -> None:
        self.house.ill[channel] = self.house.now + minutes * MINUTE
        self.house.wake()

    @rule(data=st.data())
    def an_address_rests(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(self.house.addresses)))
        self.house.change(name, rests_until=self.house.now + DAY)

    @rule(seconds=st.sampled_from((1, 15, 30, 60, 300, 600, 1200, 7200, 6 * 3600, 3 * 86400)))
    def time_passes(self, seconds: int) -> None:
        self.house.now += seconds * SECOND
        self.house.work()

    @rule()
    def the_next_row_falls_due(self) -> None:
        dues = [each.due_at for each in self.house.rows().values() if each.due_at is not None]
        self.house.now = max(self.house.now, min(dues, default=0))
        self.house.work()

    @precondition(lambda self: self.those(S.QUEUED))
    @rule()
    def a_worker_claims(self) -> None:
        attempt = self.those(S.QUEUED)[0]
        if self.house.claim(attempt):
            self.look_at(attempt)

    @rule(turns=st.integers(1, 3))
    def the_house_works_on(self, turns: int) -> None:
        for _ in range(turns):
            self.the_next_row_falls_due()
            if self.those(S.QUEUED):
                self.a_worker_claims()

    @precondition(lambda self: self.those(S.SUBMITTING))
    @rule(
        event=st.sampled_from((S.ACCEPTED, S.ACCEPTED, S.DEFERRED, S.FAILED, S.UNKNOWN)),
        content=st.booleans(),
    )
    def the_provider_answers(self, event: DeliveryState, content: bool) -> None:
        each = self.those(S.SUBMITTING)[0]
        self.house.hear(each, event, content=content and event is S.FAILED)

    @precondition(lambda self: self.those(*LIVE))
    @rule()
    def a_worker_crashes(self) -> None:
        """What was queued is free to be claimed again; of the rest nobody knows the outcome."""
        for each in self.those(S.SUBMITTING):
            self.house.hear(each, S.UNKNOWN)

    @precondition(lambda self: self.handed())
    @rule(
        data=st.data(),
        event=st.sampled_from((S.SENT, S.RETURNED, S.DELIVERED, S.FAILED, S.BOUNCED)),
    )
    def a_receipt_comes(self, data: st.DataObject, event: DeliveryState) -> None:
        self.house.hear(data.draw(st.sampled_from(self.handed())), event)

    # What must hold at every hand-over.

    def look_at(self, handed: Attempt) -> None:
        house, each = self.house, handed.delivery
        address = house.addresses[each.address_id]
        assert "support" in address.consents  # invariant 9
        assert address.stopped_at is None
        assert address.failed_at is None
        assert handed.carries
        assert handed.carries <= set(house.unread(handed.home))
        if not address.proven:  # invariant 10
            asks = house.policy.prove_first(address.channel)
            assert each.form is {"knock": Form.KNOCK, "straight": Form.WORDS}[asks]
            logs = {log for log, _ in handed.carries}
            assert all(seq > house.typed[each.address_id][log] for log, seq in handed.carries)
            told = [m.at for log in logs for m in house.conversations[log].unread()]
            assert max(told) >= self.typed_at[each.address_id]
        self.look_at_when(handed)
        for other in self.handed():
            if other is not handed:
                self.look_at_both(other, handed)

    def look_at_when(self, handed: Attempt) -> None:
        """Nobody is woken, nor rung too often, unless they have just written from there."""
        house, each = self.house, handed.delivery
        act = house.last_act
        counts = act is not None and house.now < act.at + house.policy.act_counts
        if act is not None and counts and act.address_id == each.address_id:
            return
        windows = dict(house.policy.quiet).get(each.channel, ())
        assert not is_in(windows, BERLIN, house.now)
        earlier = [one.at for one in house.interruptions()]
        earlier.remove(house.now)
        assert len(earlier) < house.policy.cap
        wishes = [wish for mine in house.conversations.values() for wish in mine.overrides]
        asked = {wish.address_id for wish in wishes if wish.kind in ("now", "resend")}
        if each.address_id not in asked:
            assert max(earlier, default=0) + house.policy.spacing <= house.now

    def look_at_both(self, earlier: Attempt, handed: Attempt) -> None:
        """Invariants 5 and 7: the first ended badly, stayed unknown or missed its deadline."""
        first, second = earlier.delivery, handed.delivery
        same_place = first.address_id == second.address_id
        if first.form is second.form is Form.KNOCK and same_place:
            # One that ended badly rang nobody: it is all that its conversation gets, no other's.
            elsewhere = not self.concerns(earlier, handed.home)
            assert first.state in (BADLY if elsewhere else NOT_NOW)
        shared = earlier.carries & handed.carries
        assert first.state not in LIVE or not self.concerns(earlier, handed.home)
        if not shared or Form.KNOCK in (first.form, second.form):
            return
        wished = first.state is S.UNKNOWN and self.is_wished_past(earlier, handed, shared)
        resent = first.channel == "email" and first.state is S.UNKNOWN
        if same_place:
            assert first.state in NOT_NOW or resent or wished
        if resent and same_place and not wished:
            self.look_at_resent(earlier, handed)
        until = held_until(first, self.house.policy)
        assert until is None or until <= self.house.now or wished
        assert first.state not in (S.ANSWERED, S.DELIVERED, S.READ, *LIVE)

    def is_wished_past(self, earlier: Attempt, handed: Attempt, shared: frozenset[Pair]) -> bool:
        """Whether Ada's newest wish for all of this names that attempt, or a later one.

        Each unknown outcome takes a wish of its own: where it goes to the same place, what is named
        is the last that may have gone there.
        """
        order = list(self.house.attempts)
        same_place = earlier.delivery.address_id == handed.delivery.address_id
        for log, seq in shared:
            wishes = [w for w in self.house.conversations[log].overrides if seq in w.seqs]
            newest = wishes[-1] if wishes else None
            if newest is None or newest.kind not in ("now", "resend"):
                return False
            if newest.delivery_id is None or newest.address_id != handed.delivery.address_id:
                return False
            last = [
                name
                for name, each in self.house.attempts.items()
                if each.delivery.state is S.UNKNOWN
                and (log, seq) in each.carries
                and each.delivery.address_id == handed.delivery.address_id
            ]
            by_guess = newest.kind == "now" and handed.delivery.channel == "sms"
            if same_place and (by_guess or newest.delivery_id != last[-1]):
                return False
            if order.index(newest.delivery_id) < order.index(earlier.delivery.delivery_id):
                return False
        return True

    def look_at_resent(self, earlier: Attempt, handed: Attempt) -> None:
        """A mail of unknown outcome goes out once more, with nothing that it did not carry."""
        assert handed.carries <= earlier.carries
        unknown = [
            each
            for each in self.those(S.UNKNOWN)
            if each.delivery.address_id == handed.delivery.address_id
            and each.delivery.form is Form.WORDS
            and each.carries & handed.carries
        ]
        assert unknown == [earlier]

    # What must hold always.

    @invariant()
    def one_interruption_at_a_time(self) -> None:
        for name in self.house.rows():
            logs = self.house.logs_of(name)
            queued = [each for each in self.those(S.QUEUED) if each.home in logs]
            assert len(queued) <= 1
        for name in self.house.conversations:
            live = [each for each in self.those(*LIVE) if name in dict(each.carries)]
            assert len(live) <= 1

    @invariant()
    def nothing_is_forgotten(self) -> None:
        house = self.house
        for name, row in house.rows().items():
            unread = house.unread(name)
            assert (row.due_at is not None) is (row.state is ReachState.WAITING)
            assert (row.state is ReachState.SETTLED) is (not unread)
            if not unread:
                continue
            found = house.decide(name)
            if row.state is ReachState.UNREACHABLE:
                assert isinstance(found, Unreachable | Wait)  # Wait: she is back, or may be
                assert found.because
            if row.state is ReachState.CARRIED:
                assert isinstance(found, Wait)
                assert found.until is None
                live = [each for each in self.those(*LIVE) if self.concerns(each, name)]
                assert live or all(self.is_safe(pair) for pair in unread)
            if row.due_at is not None and row.due_at > house.now and not self.may_sleep(name):
                assert not isinstance(found, Send), "overslept"

    def concerns(self, attempt: Attempt, name: str) -> bool:
        return any(log in self.house.logs_of(name) for log, _ in attempt.carries)

    def may_sleep(self, name: str) -> bool:
        """Nobody could connect when it was looked at, or a message has only just come."""
        house = self.house
        opened = house.accepting_since
        if opened is None or house.now < opened + house.policy.grace:
            return True
        newest = max(m.at for log in house.logs_of(name) for m in house.conversations[log].messages)
        return house.now < newest + shortest_delay(house.policy, "shopper")

    def is_safe(self, pair: Pair) -> bool:
        """Whether a message has reached her, or is to stay in the chat."""
        log, seq = pair
        wishes = [each for each in self.house.conversations[log].overrides if seq in each.seqs]
        if wishes and wishes[-1].kind == "chat_only":
            return True
        return any(
            held_until(each.delivery, self.house.policy) == FOREVER
            for each in self.words_handed()
            if pair in each.carries
        )

    @invariant()
    def every_order_ends_alike(self) -> None:
        for each in self.handed():
            events = [S.SUBMITTING, *each.heard]
            assert each.delivery.state is max(events, key=RANK.__getitem__)

    @invariant()
    def nothing_is_queued_to_where_stop_was_said(self) -> None:
        for each in self.those(S.QUEUED):
            assert self.house.addresses[each.delivery.address_id].stopped_at is None

    @invariant()
    def the_log_adds_up_to_what_is_known(self) -> None:
        for name, mine in self.house.conversations.items():
            assert [each.seq for each in mine.log] == list(range(1, len(mine.log) + 1))
            row = fold(mine.log)
            assert (row.state, row.resolved_at) == (mine.status, mine.resolved_at)
            assert row.deliveries == {
                key: each.delivery.state
                for key, each in self.house.attempts.items()
                if each.home == name
            }

    @override
    def teardown(self) -> None:
        """Left alone, with a provider that is never there or never tells, all comes to rest.

        Where a rule asks where she is there is always hope: she may yet move.
        """
        house = self.house
        still = [each for each in house.policy.rules if not each.where and not each.pages]
        house.policy = replace(house.policy, rules=tuple(still))
        house.wake()
        if house.accepting_since is None:
            house.gateways_accept()
        self.a_worker_crashes()
        for _ in range(MOST_STEPS_TO_REST):
            queued, submitting = self.those(S.QUEUED), self.those(S.SUBMITTING)
            if queued:
                self.a_worker_claims()
            elif submitting:
                house.hear(submitting[0], self.in_the_end)
            elif any(row.due_at is not None for row in house.rows().values()):
                self.the_next_row_falls_due()
            else:
                break
        self.nothing_is_forgotten()
        states = {row.state for row in house.rows().values()}
        assert ReachState.WAITING not in states
        tried = [
            (each.delivery.address_id, pair) for each in self.handed() for pair in each.carries
        ]
        assert all(tried.count(each) <= MOST_HAND_OVERS for each in set(tried))


LONG = os.environ.get("ONETHREAD_LONG") == "1"
BATCH = 500
BATCHES = int(os.environ.get("ONETHREAD_RUNS", "20000")) // BATCH if LONG else 1


@pytest.mark.timeout(0 if LONG else 600)
@pytest.mark.parametrize("batch", range(BATCHES))
def test_whatever_happens_to_vera_in_whatever_order_every_promise_is_kept(batch: int) -> None:
    """In the long profile each batch draws anew, and forgets what the one before it drew."""
    assert batch < BATCHES
    run_state_machine_as_test(
        VerasSide,
        settings=settings(
            max_examples=BATCH,
            stateful_step_count=100,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
