"""Vera's side of one conversation, driven through anything that may happen in any order.

The service in here is the smallest that keeps the rules of the reach row: whatever changes a fact
wakes the row, the row's answer is applied when it is due, and a claim looks a second time. What is
checked after every step is what the product promises, not what the code does.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from typing_extensions import override

from gateway.core.conversation import due_after_message, pull_due, pull_due_lost, reach_after
from gateway.core.delivery import RANK, advance, after_lapse, may_become, may_claim
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
    View,
)
from gateway.core.policy import HOUR, MINUTE, SECOND, Policy
from gateway.core.reach import agrees, plan, without

S = DeliveryState
POLICY = Policy()
BADLY = (S.DEFERRED, S.FAILED, S.BOUNCED)
LIVE = (S.QUEUED, S.SUBMITTING)
NEVER_SENT = (S.QUEUED, S.SUPERSEDED, S.WITHDRAWN)
SUPPORT = frozenset({"support"})
MOST_STEPS_TO_REST = 400
MOST_HAND_OVERS = 40  #: of one message to one address; the back-off bounds them


@dataclass
class Service:
    """Load, decide, save: over a handful of fields instead of a database."""

    now: int = 1_000_000 * MINUTE
    messages: list[Message] = field(default_factory=list)
    seen: int = 0
    state: ReachState = ReachState.SETTLED
    due_at: int | None = None
    presence: Presence = Presence.ON_PAGE
    since: int = 0
    lost_at: int | None = None
    accepting_since: int | None = 0
    last_act: Act | None = None
    addresses: dict[str, Address] = field(default_factory=dict)
    deliveries: dict[str, Delivery] = field(default_factory=dict)
    heard: dict[str, list[DeliveryState]] = field(default_factory=dict)
    """By delivery, every outcome and receipt that came."""

    def view(self) -> View:
        vera = Person(
            person_id="vera",
            presence=self.presence,
            since=self.since,
            lost_at=self.lost_at,
            last_act=self.last_act,
            addresses=tuple(self.addresses.values()),
        )
        return View(
            side="shopper",
            messages=tuple(each for each in self.messages if each.seq > self.seen),
            people=(vera,),
            deliveries=tuple(self.deliveries.values()),
            interruptions=tuple(
                Interruption(person_id="vera", channel=each.channel, at=each.handed_at)
                for each in self.deliveries.values()
                if each.handed_at is not None and each.state not in BADLY
            ),
            accepting_since=self.accepting_since,
        )

    def wake(self) -> None:
        if self.state is not ReachState.SETTLED:
            self.state, self.due_at = ReachState.WAITING, self.now

    def write(self) -> None:
        seq = len(self.messages) + 1
        self.messages.append(Message(seq=seq, at=self.now, author_id="ada"))
        self.due_at = due_after_message(POLICY, "shopper", self.now, self.due_at)
        self.state = ReachState.WAITING

    def see(self, seq: int) -> None:
        self.seen = max(self.seen, min(seq, len(self.messages)))
        self.last_act = Act(channel="chat", at=self.now)
        self.wake()
        if self.seen == len(self.messages):
            self.state, self.due_at = ReachState.SETTLED, None

    def be(self, presence: Presence) -> None:
        was, self.presence = self.presence, presence
        self.since, self.lost_at = self.now, None
        if self.due_at is not None:
            self.due_at = pull_due(self.due_at, presence, self.since, POLICY, was=was)

    def lose_node(self) -> None:
        self.lost_at = self.now
        self.accepting_since = None

    def gateways_accept(self) -> None:
        self.accepting_since = self.now
        if self.due_at is not None and self.lost_at is not None:
            self.due_at = pull_due_lost(self.due_at, self.lost_at, POLICY, accepting_since=self.now)

    def work(self) -> None:
        """What the clockwork does with a row that is due."""
        if self.due_at is None or self.due_at > self.now:
            return
        decision = plan(self.view(), POLICY, Health(), self.now)
        self.state, self.due_at = reach_after(decision, self.now)
        if isinstance(decision, Send):
            self.queue(decision)

    def queue(self, send: Send) -> None:
        name = f"d{len(self.deliveries) + 1}"
        self.heard[name] = []
        self.deliveries[name] = Delivery(
            delivery_id=name,
            person_id=send.person_id,
            address_id=send.address_id,
            channel=send.channel,
            form=send.form,
            state=S.QUEUED,
            seqs=frozenset(send.seqs),
            queued_at=self.now,
            state_at=self.now,
            attempt=send.attempt,
        )

    def claim(self, delivery: Delivery) -> Delivery | None:
        """Look again as though it did not exist; the one that is handed over, if any is."""
        assert may_claim(delivery.state)
        decision = plan(without(self.view(), delivery.delivery_id), POLICY, Health(), self.now)
        if agrees(decision, delivery):
            submitting = replace(
                delivery, state=S.SUBMITTING, handed_at=self.now, state_at=self.now
            )
            self.deliveries[delivery.delivery_id] = submitting
            return submitting
        self.drop(delivery, S.SUPERSEDED)
        if isinstance(decision, Send):
            self.queue(decision)
            self.state, self.due_at = reach_after(decision, self.now)
        return None

    def drop(self, delivery: Delivery, target: DeliveryState) -> None:
        assert may_become(delivery.state, target)
        self.deliveries[delivery.delivery_id] = replace(delivery, state=target, state_at=self.now)
        self.wake()

    def hear(self, delivery: Delivery, event: DeliveryState, *, content: bool = False) -> None:
        """An outcome or a receipt."""
        self.heard[delivery.delivery_id].append(event)
        state = advance(delivery.state, event)
        if state is None:
            return
        taken = delivery.accepted_at is None and RANK[state] >= RANK[S.ACCEPTED]
        self.deliveries[delivery.delivery_id] = replace(
            delivery,
            state=state,
            state_at=self.now,
            accepted_at=self.now if taken else delivery.accepted_at,
            content_rejected=content,
        )
        if state in (S.FAILED, S.BOUNCED) and not content:
            self.change(delivery.address_id, failed_at=self.now)
        self.wake()

    def change(self, address_id: str, **facts: object) -> None:
        changed = replace(self.addresses[address_id], **facts)  # type: ignore[arg-type]  # by name
        self.addresses[address_id] = changed
        self.wake()


class VerasSide(RuleBasedStateMachine):
    """Everything that may happen, and what must hold after each of it."""

    def __init__(self) -> None:
        super().__init__()
        self.service = Service()
        self.in_the_end = S.ACCEPTED

    def those(self, *states: DeliveryState) -> list[Delivery]:
        return [each for each in self.service.deliveries.values() if each.state in states]

    def handed(self) -> list[Delivery]:
        found = self.service.deliveries.values()
        return [each for each in found if each.state not in NEVER_SENT]

    @initialize(typed_phone=st.booleans(), later=st.sampled_from((S.DEFERRED, S.ACCEPTED)))
    def vera_leaves_her_number_and_mailbox(self, typed_phone: bool, later: DeliveryState) -> None:
        self.vera_leaves_an_address("sms", proven=not typed_phone, consents=True)
        self.vera_leaves_an_address("email", proven=False, consents=True)
        self.service.be(Presence.GONE)
        self.service.write()
        self.in_the_end = later

    # What people do.

    @rule()
    def ada_writes(self) -> None:
        self.service.write()

    @rule(share=st.integers(0, 3))
    def vera_sees(self, share: int) -> None:
        self.service.see(len(self.service.messages) * share // 3)

    @rule(presence=st.sampled_from(Presence))
    def vera_is(self, presence: Presence) -> None:
        self.service.be(presence)

    @rule(channel=st.sampled_from(("sms", "email")), proven=st.booleans(), consents=st.booleans())
    def vera_leaves_an_address(self, channel: str, proven: bool, consents: bool) -> None:
        name = f"{channel}{len(self.service.addresses)}"
        if len(self.service.addresses) < 4:
            self.service.addresses[name] = Address(
                address_id=name,
                channel=channel,
                consents=SUPPORT if consents else frozenset(),
                proven=proven,
                typed_seq=len(self.service.messages),
            )
            self.service.wake()

    @precondition(lambda self: self.service.addresses)
    @rule(data=st.data())
    def vera_stops(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(self.service.addresses)))
        for each in self.those(S.QUEUED):
            if each.address_id == name:
                self.service.drop(each, S.WITHDRAWN)
        self.service.change(name, stopped_at=self.service.now)

    @precondition(lambda self: self.handed())
    @rule(data=st.data())
    def vera_answers_from_outside(self, data: st.DataObject) -> None:
        each = data.draw(st.sampled_from(self.handed()))
        self.service.hear(each, S.READ if each.channel == "email" else S.ANSWERED)
        self.service.last_act = Act(
            channel=each.channel, at=self.service.now, address_id=each.address_id
        )
        self.service.change(each.address_id, proven=True)

    # What machines do.

    @rule()
    def a_node_dies(self) -> None:
        self.service.lose_node()

    @rule()
    def gateways_accept_again(self) -> None:
        self.service.gateways_accept()

    @rule(seconds=st.sampled_from((1, 15, 30, 60, 300, 600, 1200, 7200)))
    def time_passes(self, seconds: int) -> None:
        self.service.now += seconds * SECOND
        self.service.work()

    @rule()
    def the_row_falls_due(self) -> None:
        self.service.now = max(self.service.now, self.service.due_at or 0)
        self.service.work()

    @precondition(lambda self: self.those(S.QUEUED))
    @rule()
    def a_worker_claims(self) -> None:
        handed = self.service.claim(self.those(S.QUEUED)[0])
        if handed is not None:
            self.look_at(handed)

    @rule(turns=st.integers(1, 3))
    def the_house_works_on(self, turns: int) -> None:
        for _ in range(turns):
            self.the_row_falls_due()
            if self.those(S.QUEUED):
                self.a_worker_claims()

    @precondition(lambda self: self.those(S.SUBMITTING))
    @rule(
        event=st.sampled_from((S.ACCEPTED, S.ACCEPTED, S.DEFERRED, S.FAILED, S.UNKNOWN)),
        content=st.booleans(),
    )
    def the_provider_answers(self, event: DeliveryState, content: bool) -> None:
        each = self.those(S.SUBMITTING)[0]
        self.service.hear(each, event, content=content and event is S.FAILED)

    @precondition(lambda self: self.those(*LIVE))
    @rule()
    def a_worker_crashes(self) -> None:
        for each in self.those(*LIVE):
            state = after_lapse(each.state)
            if state is not None:
                self.service.hear(each, state)

    @precondition(lambda self: self.handed())
    @rule(data=st.data(), event=st.sampled_from((S.SENT, S.DELIVERED, S.FAILED, S.BOUNCED)))
    def a_receipt_comes(self, data: st.DataObject, event: DeliveryState) -> None:
        self.service.hear(data.draw(st.sampled_from(self.handed())), event)

    # What must hold at every hand-over.

    def look_at(self, handed: Delivery) -> None:
        address = self.service.addresses[handed.address_id]
        assert "support" in address.consents  # invariant 9
        assert address.stopped_at is None
        assert address.failed_at is None
        assert handed.seqs
        assert min(handed.seqs) > self.service.seen
        if not address.proven:  # invariant 10
            assert min(handed.seqs) > address.typed_seq
            assert (handed.form is Form.KNOCK) is (address.channel == "sms")
        for each in self.handed():
            if each.delivery_id != handed.delivery_id:
                self.look_at_both(each, handed)

    def look_at_both(self, earlier: Delivery, handed: Delivery) -> None:
        """Invariants 5 and 7: the first ended badly, stayed unknown or missed its deadline."""
        same_place = earlier.address_id == handed.address_id
        if earlier.form is handed.form is Form.KNOCK and same_place:
            assert earlier.state is S.DEFERRED
        if not earlier.seqs & handed.seqs or Form.KNOCK in (earlier.form, handed.form):
            return
        now = self.service.now
        resent = earlier.channel == "email" and earlier.state is S.UNKNOWN
        if same_place:
            assert earlier.state is S.DEFERRED or resent
        overdue = (earlier.accepted_at or earlier.state_at) + POLICY.receipt_deadline
        assert earlier.state not in (S.ANSWERED, S.DELIVERED, S.READ, *LIVE)
        if earlier.state is S.UNKNOWN:
            assert now >= earlier.state_at + POLICY.on_unknown
        if earlier.state in (S.ACCEPTED, S.SENT):
            assert earlier.channel == "sms"
            assert now >= overdue

    # What must hold always.

    @invariant()
    def one_interruption_at_a_time(self) -> None:
        words = [each for each in self.those(*LIVE) if each.form is Form.WORDS]
        assert len(words) <= 1

    @invariant()
    def nothing_is_forgotten(self) -> None:
        service = self.service
        unread = [each.seq for each in service.messages if each.seq > service.seen]
        assert (service.due_at is not None) is (service.state is ReachState.WAITING)
        assert (service.state is ReachState.SETTLED) is (not unread)
        if service.state is ReachState.CARRIED and not self.those(*LIVE):
            sure = self.those(S.ANSWERED, S.DELIVERED, S.READ)
            silent = [each for each in self.those(S.ACCEPTED, S.SENT) if each.channel == "email"]
            words = [each for each in sure + silent if each.form is Form.WORDS]
            assert all(any(seq in each.seqs for each in words) for seq in unread)

    @invariant()
    def every_order_ends_alike(self) -> None:
        for each in self.handed():
            events = [S.SUBMITTING, *self.service.heard[each.delivery_id]]
            assert each.state is max(events, key=RANK.__getitem__)

    @invariant()
    def nothing_is_queued_to_where_stop_was_said(self) -> None:
        for each in self.those(S.QUEUED):
            assert self.service.addresses[each.address_id].stopped_at is None

    @override
    def teardown(self) -> None:
        """Left alone, with a provider that is never there or never tells, all comes to rest."""
        service = self.service
        if service.accepting_since is None:
            service.gateways_accept()
        self.a_worker_crashes()
        for _ in range(MOST_STEPS_TO_REST):
            queued, submitting = self.those(S.QUEUED), self.those(S.SUBMITTING)
            if queued:
                self.a_worker_claims()
            elif submitting:
                service.hear(submitting[0], self.in_the_end)
            elif service.state is ReachState.WAITING:
                assert service.due_at is not None
                assert service.due_at <= service.now + 24 * HOUR
                self.the_row_falls_due()
            else:
                break
            self.nothing_is_forgotten()
        assert service.state is not ReachState.WAITING
        tried = [(each.address_id, seq) for each in self.handed() for seq in each.seqs]
        assert all(tried.count(each) <= MOST_HAND_OVERS for each in set(tried))


TestVerasSide = VerasSide.TestCase
TestVerasSide.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)
