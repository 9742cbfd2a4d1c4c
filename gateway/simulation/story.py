"""One recorded conversation as frozen values: who took part, what happened when, what was sent.

Instants are microseconds UTC. Words are not kept, only how long they were: a history can be handed
to somebody else without handing over what people wrote.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gateway.core.model import Address, DeliveryState, Form, Override, Presence, Side

if TYPE_CHECKING:
    from gateway.core.hours import Windows


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Somebody wrote to the other side.

    ``units`` are septets, or UTF-16 units when ``wide``: what decides how many SMS it takes.
    """

    at: int
    seq: int
    side: Side  #: who wrote
    author_id: str
    units: int
    wide: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """The shopper's panel showed everything up to ``seq``; the staff answered as far as that."""

    at: int
    side: Side
    seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """The shopper's presence; ``page`` is a path, None when it is not known."""

    at: int
    presence: Presence
    since: int
    lost_at: int | None = None
    page: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Acted:
    """The shopper acted somewhere: their last act from now on."""

    at: int
    channel: str
    address_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """An agent who may answer opened the conversation, which pauses the staff's ladder."""

    at: int
    agent_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assigned:
    """The conversation was given to an agent, or to nobody."""

    at: int
    agent_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stands:
    """How one of the shopper's addresses stands from now on.

    What this conversation's own deliveries made of it (a knock, a bounce) is left out: the replay
    finds that out by itself. ``proved``: a proof has just been given, which forgives what failed.
    ``wakes``: whatever waits for the shopper is looked at again.
    """

    at: int
    address: Address
    proved: bool = False
    wakes: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Replied:
    """Somebody answered what they had been sent, which marks that delivery."""

    at: int
    side: Side
    address_id: str
    delivery_id: str
    state: DeliveryState  #: answered or read


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the shopper is known by: proven to be who they are, and the channels they like best."""

    at: int
    known: bool
    preference: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Overrode:
    """An agent decided for some messages."""

    at: int
    override: Override


Event = Said | Seen | Moved | Acted | Opened | Assigned | Stands | Replied | Known | Overrode


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A delivery entered a state so long (microseconds) after its hand-over.

    ``condemns``: the address was found to be bad by it; ``refuses``: what it said was.
    """

    after: int
    state: DeliveryState
    condemns: bool = False
    refuses: bool = False


Course = tuple[Step, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A delivery that was really handed over, and what became of it.

    ``course`` leaves out what people did about it (answered, read): those are events.
    """

    delivery_id: str
    side: Side
    person_id: str
    address_id: str
    channel: str
    form: Form
    seqs: frozenset[int]
    handed_at: int
    course: Course
    country: str = ""
    segments: int = 0  #: SMS only
    along: bool = False  #: within the message of another delivery: a digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Rang:
    """What interrupted somebody, as far as was known: until ``until`` (never: None) it failed."""

    person_id: str
    channel: str
    at: int
    until: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Whereabouts:
    """An agent's presence and switch from ``at`` on."""

    at: int
    presence: Presence
    since: int
    lost_at: int | None = None
    on_duty: bool = True
    told_from: int | None = 0  #: not to be disturbed before; None: until they say so


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """Somebody who supports; ``on_call`` is their place in the order, 0 for none.

    How their addresses stood, where they were and what they did is in order of time, and taken as
    recorded whatever is sent to them.
    """

    agent_id: str
    mailbox: str = ""  #: the sign-in address, by which a policy names them
    on_call: int = 0
    stands: tuple[Stands, ...] = ()
    zones: tuple[str, ...] = ()
    awake: Windows = ()
    whereabouts: tuple[Whereabouts, ...] = ()
    acts: tuple[Acted, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """What a channel's deliveries came to, for addresses of which the record says nothing.

    ``bad`` is the share that failed for their address; lags are medians in microseconds.
    """

    channel: str
    bad: float
    accepted_after: int
    delivered_after: int
    failed_after: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Setting:
    """What all conversations of a history share.

    ``agents`` are in the house's own order. ``accepting`` are spans in which gateways accepted
    sockets; the last may have no end. ``outages`` are (channel, from, until): it was left alone.
    """

    agents: tuple[Agent, ...] = ()
    accepting: tuple[tuple[int, int | None], ...] = ((0, None),)
    rates: tuple[Rate, ...] = ()
    outages: tuple[tuple[str, int, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One recorded conversation; ``ends`` is when the record stops, or when it is left alone."""

    conversation_id: str
    shopper_id: str
    began: int
    ends: int
    events: tuple[Event, ...]  #: in order of time
    zones: tuple[str, ...] = ()
    awake: Windows = ()
    recorded: tuple[Recorded, ...] = ()  #: in order of hand-over
    elsewhere: tuple[Rang, ...] = ()  #: by other conversations of the same people
