"""The smallest house that keeps the rules of reaching: load, decide, save, over a few fields.

Vera is the one shopper, with an elder and a younger conversation that may turn out to be one.
What changes a fact wakes her rows; what a row is told is done when it is due; a claim looks twice.
Nothing in here decides anything: that is the core's.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from gateway.core.conversation import (
    ConversationEvent,
    ConversationState,
    after,
    due_after_message,
    pull_due,
    pull_due_lost,
    reach_after,
    what_of,
)
from gateway.core.delivery import RANK, advance, may_become, may_claim
from gateway.core.log import DELIVERY, REOPENED, RESOLVED, Entry
from gateway.core.merging import merged, name_of, place_of
from gateway.core.model import (
    Act,
    Address,
    Decision,
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
    View,
)
from gateway.core.policy import DAY, Policy
from gateway.core.reach import agrees, plan, without

S = DeliveryState
Pair = tuple[str, int]
BADLY = frozenset({S.DEFERRED, S.RETURNED, S.FAILED, S.BOUNCED})
LIVE = frozenset({S.QUEUED, S.SUBMITTING})
NEVER_SENT = frozenset({S.QUEUED, S.SUPERSEDED, S.WITHDRAWN})
SUPPORT = frozenset({"support"})
ELDER, YOUNGER = "elder", "younger"


@dataclass
class Conversation:
    """A log, and the reach row of Vera's side."""

    log: list[Entry] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    overrides: list[Override] = field(default_factory=list)
    status: ConversationState = ConversationState.OPEN
    resolved_at: int | None = None
    last_staff_at: int | None = None
    last_shopper_at: int | None = None
    seen: int = 0
    state: ReachState = ReachState.SETTLED
    due_at: int | None = None

    def append(self, entry: Entry) -> int:
        """Give the entry the next seq."""
        self.log.append(replace(entry, seq=len(self.log) + 1))
        return len(self.log)

    def unread(self) -> list[Message]:
        """What Ada wrote and Vera has not seen."""
        return [each for each in self.messages if each.seq > self.seen]


@dataclass
class Attempt:
    """A delivery as its conversation keeps it, and the entries that it carries, of either log."""

    delivery: Delivery
    home: str
    carries: frozenset[Pair]
    heard: list[DeliveryState] = field(default_factory=list)


@dataclass
class House:
    """Everything that is known, and what is done with it."""

    now: int
    policy: Policy = field(default_factory=Policy)
    presence: Presence = Presence.ON_PAGE
    since: int = 0
    page: str | None = None
    lost_at: int | None = None
    accepting_since: int | None = 0
    last_act: Act | None = None
    preference: tuple[str, ...] = ()
    addresses: dict[str, Address] = field(default_factory=dict)
    typed: dict[str, dict[str, int]] = field(default_factory=dict)  #: address → log → seq
    ill: dict[str, int] = field(default_factory=dict)  #: channel → until
    attempts: dict[str, Attempt] = field(default_factory=dict)
    conversations: dict[str, Conversation] = field(
        default_factory=lambda: {ELDER: Conversation(), YOUNGER: Conversation()}
    )
    is_merged: bool = False

    # What is looked at.

    def rows(self) -> dict[str, Conversation]:
        """The conversations whose rows are in force."""
        return {
            name: each
            for name, each in self.conversations.items()
            if not (self.is_merged and name == YOUNGER)
        }

    def logs_of(self, name: str) -> tuple[str, ...]:
        """The logs that one row speaks for."""
        return (ELDER, YOUNGER) if self.is_merged else (name,)

    def unread(self, name: str) -> list[Pair]:
        """What Vera has not seen of what a row speaks for."""
        return [
            (log, each.seq)
            for log in self.logs_of(name)
            for each in self.conversations[log].unread()
        ]

    def view(self, name: str) -> View:
        """What ``plan`` may know."""
        mine = self._view(name)
        return merged(mine, self._view(YOUNGER)) if self.is_merged else mine

    def decide(self, name: str) -> Decision:
        """What is to be done now."""
        return plan(self.view(name), self.policy, self.health(), self.now)

    def health(self) -> Health:
        """Which channels are left alone."""
        return Health(open_until=tuple(self.ill.items()))

    def names(self, pairs: frozenset[Pair]) -> frozenset[int]:
        """What the merged view calls these."""
        return frozenset(
            name_of(seq) if self.is_merged and log == YOUNGER else seq for log, seq in pairs
        )

    def _view(self, log: str) -> View:
        mine = self.conversations[log]
        vera = Person(
            person_id="vera",
            presence=self.presence,
            since=self.since,
            lost_at=self.lost_at,
            last_act=self.last_act,
            page=self.page,
            zones=("Europe/Berlin",),
            preference=self.preference,
            addresses=tuple(
                replace(each, typed_seq=self.typed[name][log], knocked_at=self._knocked_at(name))
                for name, each in self.addresses.items()
            ),
        )
        return View(
            side="shopper",
            messages=tuple(mine.unread()),
            people=(vera,),
            deliveries=tuple(self._deliveries(log)),
            interruptions=tuple(self.interruptions()),
            overrides=tuple(mine.overrides),
            accepting_since=self.accepting_since,
        )

    def _deliveries(self, log: str) -> list[Delivery]:
        return [
            replace(
                each.delivery, seqs=frozenset(seq for in_log, seq in each.carries if in_log == log)
            )
            for each in self.attempts.values()
            if any(in_log == log for in_log, _ in each.carries)
        ]

    def interruptions(self) -> list[Interruption]:
        """What made Vera's phone or mailbox ring within a day."""
        return [
            Interruption(person_id="vera", channel=each.channel, at=each.handed_at)
            for each in (attempt.delivery for attempt in self.attempts.values())
            if each.handed_at is not None
            and each.state not in BADLY
            and each.handed_at > self.now - DAY
        ]

    # What happens.

    def wake(self) -> None:
        """Have every row looked at now that is not settled."""
        for each in self.rows().values():
            if each.state is not ReachState.SETTLED:
                each.state, each.due_at = ReachState.WAITING, self.now

    def write(self, name: str) -> None:
        """Ada writes to Vera."""
        mine = self.conversations[name]
        what = what_of(self.now, mine.last_staff_at, mine.last_shopper_at, self.policy)
        seq = mine.append(Entry(seq=0, kind="message", audience="all", at=self.now, side="staff"))
        mine.messages.append(Message(seq=seq, at=self.now, author_id="ada", what=what))
        mine.last_staff_at = self.now
        mine.due_at = due_after_message(self.policy, "shopper", self.now, mine.due_at)
        mine.state = ReachState.WAITING

    def answer(self, name: str) -> None:
        """Vera writes in the chat, having seen what she was shown."""
        mine = self.conversations[name]
        event = ConversationEvent.MESSAGE_FROM_SHOPPER
        becomes = after(mine.status, event, now=self.now, resolved_at=mine.resolved_at)
        if becomes is None:
            return  # a matter of its own, in a conversation that is not told of here
        if becomes is not mine.status:
            self._happened(mine, REOPENED)
            mine.status, mine.resolved_at = becomes, None
        mine.append(Entry(seq=0, kind="message", audience="all", at=self.now, side="shopper"))
        mine.last_shopper_at = self.now
        self.see(name, 3)

    def resolve(self, name: str) -> None:
        """Ada says that it is done."""
        mine = self.conversations[name]
        if mine.status is ConversationState.OPEN:
            self._happened(mine, RESOLVED)
            mine.status, mine.resolved_at = ConversationState.RESOLVED, self.now

    def note(self, name: str) -> None:
        """Ada writes what only the staff read."""
        mine = self.conversations[name]
        mine.append(Entry(seq=0, kind="note", audience="staff", at=self.now, side="staff"))

    def see(self, name: str, thirds: int) -> None:
        """Vera sees so much of what a row speaks for."""
        for log in self.logs_of(name):
            mine = self.conversations[log]
            mine.seen = max(mine.seen, len(mine.log) * thirds // 3)
        self.last_act = Act(channel="chat", at=self.now)
        self.wake()
        if not self.unread(name):
            row = self.conversations[name]
            row.state, row.due_at = ReachState.SETTLED, None

    def be(self, presence: Presence) -> None:
        """Vera comes, goes, or looks elsewhere."""
        was, self.presence = self.presence, presence
        self.since, self.lost_at = self.now, None
        for each in self.rows().values():
            if each.due_at is not None:
                each.due_at = pull_due(each.due_at, presence, self.now, self.policy, was=was)

    def turn_page(self, page: str | None) -> None:
        """Vera goes to another page of the shop."""
        self.page = page
        for each in self.rows().values():
            if each.due_at is not None:
                each.due_at = pull_due(each.due_at, self.presence, self.since, self.policy)

    def lose_node(self) -> None:
        """The node that knew where Vera is dies."""
        self.lost_at = self.now
        self.accepting_since = None

    def gateways_accept(self) -> None:
        """Sockets are accepted again."""
        self.accepting_since = self.now
        for each in self.rows().values():
            if each.due_at is not None and self.lost_at is not None:
                each.due_at = pull_due_lost(
                    each.due_at, self.lost_at, self.policy, accepting_since=self.now
                )

    def leave_address(self, channel: str, *, proven: bool, consents: bool) -> None:
        """Vera leaves a number or a mailbox, whichever conversation she is in."""
        name = f"{channel}{len(self.addresses)}"
        self.addresses[name] = Address(
            address_id=name,
            channel=channel,
            consents=SUPPORT if consents else frozenset(),
            proven=proven,
            zones=("Europe/Berlin",) if channel == "sms" else (),
        )
        self.typed[name] = {log: len(each.log) for log, each in self.conversations.items()}
        self.wake()

    def change(self, address_id: str, **facts: object) -> None:
        """Something becomes known of an address."""
        changed = replace(self.addresses[address_id], **facts)  # type: ignore[arg-type]  # by name
        self.addresses[address_id] = changed
        self.wake()

    def merge(self, *, back: bool) -> None:
        """The younger closes and continues in the elder, or is taken back."""
        self.is_merged = not back
        for each in self.attempts.values():
            if each.delivery.state is S.QUEUED:
                self.drop(each, S.SUPERSEDED)
        for name, row in self.conversations.items():
            in_force = name in self.rows() and self.unread(name)
            row.state = ReachState.WAITING if in_force else ReachState.SETTLED
            row.due_at = self.now if in_force else None

    # What the clockwork does.

    def work(self) -> None:
        """Look at every row that is due."""
        for name, row in self.rows().items():
            if row.due_at is not None and row.due_at <= self.now:
                decision = self.decide(name)
                row.state, row.due_at = reach_after(decision, self.now)
                if isinstance(decision, Send):
                    self.queue(name, decision)

    def queue(self, home: str, send: Send) -> None:
        """Write down what is to be sent."""
        name = f"d{len(self.attempts) + 1}"
        made = Delivery(
            delivery_id=name,
            person_id=send.person_id,
            address_id=send.address_id,
            channel=send.channel,
            form=send.form,
            state=S.QUEUED,
            seqs=frozenset(),
            queued_at=self.now,
            state_at=self.now,
            attempt=send.attempt,
        )
        carries = frozenset(
            (YOUNGER if place else home, seq) for place, seq in map(place_of, send.seqs)
        )
        self.attempts[name] = Attempt(delivery=made, home=home, carries=carries)
        self._log_state(self.attempts[name])

    def claim(self, attempt: Attempt) -> bool:
        """Look again as though it did not exist; whether it is handed over."""
        assert may_claim(attempt.delivery.state)
        view = self.view(attempt.home)
        name = attempt.delivery.delivery_id
        mine = next(each for each in view.deliveries if each.delivery_id == name)
        decision = plan(without(view, name), self.policy, self.health(), self.now)
        if agrees(decision, mine):
            attempt.delivery = replace(
                attempt.delivery, state=S.SUBMITTING, handed_at=self.now, state_at=self.now
            )
            self._log_state(attempt)
            return True
        self.drop(attempt, S.SUPERSEDED)
        if isinstance(decision, Send):
            self.queue(attempt.home, decision)
            row = self.conversations[attempt.home]
            row.state, row.due_at = reach_after(decision, self.now)
        return False

    def drop(self, attempt: Attempt, target: DeliveryState) -> None:
        """Take back what is not handed over."""
        assert may_become(attempt.delivery.state, target)
        attempt.delivery = replace(attempt.delivery, state=target, state_at=self.now)
        self._log_state(attempt)
        self.wake()

    def hear(self, attempt: Attempt, event: DeliveryState, *, content: bool = False) -> None:
        """An outcome or a receipt comes in."""
        attempt.heard.append(event)
        was = attempt.delivery
        state = advance(was.state, event)
        if state is None:
            return
        taken = was.accepted_at is None and RANK[state] >= RANK[S.ACCEPTED]
        attempt.delivery = replace(
            was,
            state=state,
            state_at=self.now,
            accepted_at=self.now if taken else was.accepted_at,
            content_rejected=content,
        )
        self._log_state(attempt)
        if state in (S.FAILED, S.BOUNCED) and not content:
            self.change(was.address_id, failed_at=self.now)
        self.wake()

    def _knocked_at(self, address_id: str) -> int | None:
        knocks = (each.delivery for each in self.attempts.values())
        ats = [
            each.handed_at
            for each in knocks
            if each.form is Form.KNOCK
            and each.address_id == address_id
            and each.handed_at is not None
            and each.state not in BADLY
        ]
        return max(ats, default=None)

    def _log_state(self, attempt: Attempt) -> None:
        data: dict[str, object] = {
            "delivery_id": attempt.delivery.delivery_id,
            "state": str(attempt.delivery.state),
        }
        self._happened(self.conversations[attempt.home], DELIVERY, data)

    def _happened(
        self, mine: Conversation, event: str, data: dict[str, object] | None = None
    ) -> None:
        mine.append(
            Entry(
                seq=0,
                kind="event",
                audience="staff",
                at=self.now,
                side="system",
                event=event,
                data=data or {},
            )
        )
