"""The facts that decisions are made from, and the decisions themselves.

Instants are integer microseconds UTC. Entries are named by their ``seq`` within one conversation.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Literal, NamedTuple

from gateway.core.hours import Windows

Side = Literal["shopper", "staff"]
OverrideKind = Literal["now", "resend", "chat_only", "not_before", "snoozed", "as_usual"]
Fact = tuple[str, int | str]


class Presence(StrEnum):
    """What a person is doing, most present first."""

    READING = "reading"  #: panel open, tab visible
    ON_PAGE = "on_page"  #: tab visible, panel shut
    HIDDEN = "hidden"  #: a tab is there, none visible
    GONE = "gone"  #: the page said goodbye, or a live node saw its socket end


IN_SIGHT: Final = frozenset({Presence.READING, Presence.ON_PAGE})
"""The page, or an agent's console, is before somebody's eyes."""


class Form(StrEnum):
    """What a delivery carries."""

    WORDS = "words"  #: what people wrote
    KNOCK = "knock"  #: asks an unproven address whether it wants the words
    CODE = "code"  #: digits that prove a typed address in the panel
    CONFIRMATION = "confirmation"  #: the one answer to STOP, START or HELP
    TRANSCRIPT = "transcript"  #: the whole conversation by mail, for a shopper who asked for it


class DeliveryState(StrEnum):
    """States of one attempt, in the order of their rank (see ``delivery``)."""

    QUEUED = "queued"
    SUBMITTING = "submitting"
    UNKNOWN = "unknown"
    DEFERRED = "deferred"
    ACCEPTED = "accepted"
    SENT = "sent"
    RETURNED = "returned"
    ANSWERED = "answered"
    FAILED = "failed"
    BOUNCED = "bounced"
    DELIVERED = "delivered"
    READ = "read"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


class ReachState(StrEnum):
    """State of the effort for one conversation and side."""

    WAITING = "waiting"  #: time alone can change the answer; the only state with a due time
    UNREACHABLE = "unreachable"  #: nothing is left to try; an agent sees the reasons
    CARRIED = "carried"  #: all is held for ever, or one delivery is under way
    SETTLED = "settled"  #: nothing unread (shopper), nothing unanswered (staff)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One unreached candidate: a message that a person wrote to this side."""

    seq: int
    at: int
    author_id: str
    what: str = "answer"  #: to a shopper: first_answer, answer or follow_up (``policy.WHAT``)


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """The last thing that a person did: wrote, read or opened the panel. Leaving is none."""

    channel: str
    at: int
    address_id: str | None = None  #: None for chat


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """One endpoint of a person.

    ``typed_seq`` is the last seq of this conversation when the address was typed: an address that
    is typed and not proven may carry only what came after it. ``knocked_at`` is when a knock was
    last handed over here, in whatever conversation, unless it ended badly: one is all it gets.
    """

    address_id: str
    channel: str
    consents: frozenset[str] = frozenset()  #: purposes granted now: support, marketing, verify
    proven: bool = False
    typed_seq: int = 0
    typed_also: tuple[int, ...] = ()  #: the same in logs that continue in this one (``merging``)
    failed_at: int | None = None  #: the provider said never, for this address
    failed_because: str = ""
    stopped_at: int | None = None  #: the person said STOP here
    stopped_here_at: int | None = None  #: they want nothing of this one conversation here
    knocked_at: int | None = None
    zones: tuple[str, ...] = ()  #: where a number may be, IANA names
    country: str = ""  #: ISO 3166, for the price
    rests_until: int | None = None  #: it failed so often in a row that it is left alone
    window_until: int | None = None  #: WhatsApp: free words get through so long; None: not at all
    templates: tuple[tuple[Form, int | None], ...] = ()  #: what gets through then, and its price


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody on the side that is to be reached."""

    person_id: str
    presence: Presence
    since: int  #: when this presence began
    lost_at: int | None = None  #: set while we cannot know (a node drained, died or lost its lease)
    last_act: Act | None = None
    addresses: tuple[Address, ...] = ()
    known: bool = False  #: shopper: proven to be who they are
    page: str | None = None  #: shopper: the page group that they are or were last on
    zones: tuple[str, ...] = ()  #: their own (browser's, shipping address's), IANA names
    awake: Windows = ()  #: the hours that they set for themselves; empty: any
    preference: tuple[str, ...] = ()  #: the channels that they like best, in order
    paused_until: int | None = None  #: staff: opened the conversation, may be answering
    told_from: int | None = 0  #: staff: not to be disturbed before; None: until they say so


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """What an agent decided for some messages: an act of its own, recorded, which obeys consent.

    ``now``: bring them by ``address_id`` without delay. ``resend``: the same, once more by the
    address of ``delivery_id``. ``chat_only``: bring them nowhere else. ``not_before``: leave them
    until ``until``, and so does ``snoozed``, which is the staff's. For a message the newest one
    counts, and ``as_usual`` is none.
    """

    kind: OverrideKind
    seqs: frozenset[int]
    at: int
    agent_id: str = ""
    address_id: str | None = None
    until: int | None = None
    delivery_id: str | None = None  #: its unknown outcome is not waited for, nor what was before it


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One earlier attempt for this conversation and side, as far as reaching cares."""

    delivery_id: str
    person_id: str
    address_id: str
    channel: str
    form: Form
    state: DeliveryState
    seqs: frozenset[int]  #: what it carries; for a knock, what it stands in for
    queued_at: int
    handed_at: int | None = None  #: when ``submitting`` was committed
    accepted_at: int | None = None
    state_at: int = 0  #: when it entered ``state``
    attempt: int = 1  #: 1 for the first try at this address for these entries
    content_rejected: bool = False  #: failed for what it said, not for where it went


@dataclass(frozen=True, slots=True, kw_only=True)
class Interruption:
    """Something that made a person's phone or mailbox ring, over all their conversations.

    What is known not to have arrived (``delivery.ENDED_BADLY``) rang nothing and is left out.
    """

    person_id: str
    channel: str
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What reaching shoppers has cost until ``until``, when the store's day ends; in millionths."""

    store: int
    person: int
    until: int


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Everything that ``plan`` may know, frozen.

    ``messages`` are those after ``seen_seq`` (shopper) or unanswered (staff), not deleted, not
    automatic, in order of seq. ``people`` are in the order in which they are to be tried: the one
    shopper, or the assigned agent, then on-call, then the rest. ``interruptions`` are those of the
    last day. ``accepting_since`` is when
    gateways last began to accept sockets, None while none does.
    """

    side: Side
    messages: tuple[Message, ...]
    people: tuple[Person, ...]
    deliveries: tuple[Delivery, ...] = ()
    interruptions: tuple[Interruption, ...] = ()
    overrides: tuple[Override, ...] = ()  #: oldest first
    accepting_since: int | None = 0
    agent_present: bool = False  #: staff: somebody who may answer has the console in sight
    spent: Spent | None = None  #: shopper: None where the policy sets no bound
    blocked_at: int | None = None  #: an agent wants the shopper to reach nobody, nor be reached


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What is known of the channels: those in ``open_until`` are not used before that instant."""

    open_until: tuple[tuple[str, int], ...] = ()


class Reason(NamedTuple):
    """One machine-readable step of a decision: a stable code and the facts behind it.

    A named tuple, like all that a plan makes often: a frozen dataclass takes twice as long to make.
    ``Settle`` and ``Unreachable`` are none, since as tuples the two could be equal.
    """

    code: str
    facts: tuple[Fact, ...] = ()


class Verdict(NamedTuple):
    """What ``plan`` thought of one address; ``until`` when time alone opens it."""

    person_id: str
    address_id: str
    channel: str
    verdict: str  #: chosen, no_consent, failed, stopped, used, held, …
    until: int | None = None
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Settle:
    """Nothing is left to bring."""

    because: tuple[Reason, ...] = ()
    considered: tuple[Verdict, ...] = ()


class Wait(NamedTuple):
    """Look again at ``until``; nothing but an event changes the answer before.

    ``until`` is None when one delivery is under way or everything is held for ever: the row is then
    ``carried``, and time alone changes nothing.
    """

    until: int | None
    because: tuple[Reason, ...] = ()
    considered: tuple[Verdict, ...] = ()


class Send(NamedTuple):
    """Queue one delivery now.

    ``resends`` names an earlier delivery of unknown outcome: this one then carries nothing that the
    other did not, and goes out under its name (Message-ID, webhook-id) where it has one.
    """

    person_id: str
    address_id: str
    channel: str
    form: Form
    seqs: tuple[int, ...]
    attempt: int = 1
    resends: str | None = None
    template: bool = False  #: free words would not get through (``window``)
    because: tuple[Reason, ...] = ()
    considered: tuple[Verdict, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreachable:
    """No permitted way is left; ``considered`` says why for each."""

    because: tuple[Reason, ...] = ()
    considered: tuple[Verdict, ...] = field(default=())


Decision = Settle | Wait | Send | Unreachable
