"""Every frame that a client hears: ``ShopperHears`` and ``AgentHears``, told apart by ``t``."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from gateway.protocol.entry import (
    AddressFact,
    Alert,
    ChannelName,
    Colleague,
    Entry,
    Expected,
    Head,
    Instant,
    PresenceName,
    PushOffer,
    Sentence,
    Seq,
    ShopperFact,
    SideName,
    Step,
    Way,
    Wire,
)
from gateway.protocol.forms import Forms
from gateway.protocol.inbox import BulkDone, Counts, InboxPage, Labels, Rows
from gateway.protocol.writing import Drafted, Mentioned, Scheduled

# --- heard by both -------------------------------------------------------------------------------


class Ping(Wire):
    """Answer with ``pong`` and the same ``n``; ``at`` is what the gateway's clock says."""

    t: Literal["ping"] = "ping"
    n: int
    at: Instant


class Drain(Wire):
    """This node is going away: reconnect after about so long, with jitter."""

    t: Literal["drain"] = "drain"
    after_ms: int


class Failed(Wire):
    """A frame was refused; ``cmid`` when it was a message. Nothing of it was kept."""

    t: Literal["error"] = "error"
    code: str
    message: str
    about: str | None = None  #: the ``t`` of the frame refused
    cmid: str | None = None
    why: str | None = None  #: closer than ``code``, where that helps: ``wrong_code``


class Ack(Wire):
    """The message is stored durably; ``dup`` when it already was."""

    t: Literal["ack"] = "ack"
    cmid: str
    conversation_id: str
    entry_id: str
    seq: Seq
    at: Instant
    dup: bool


class Snapshot(Wire):
    """Entries of a conversation.

    ``recovered``: they follow the client's cursor, so append them. Otherwise they replace all it
    holds. ``complete``: nothing earlier exists.
    """

    t: Literal["snapshot"] = "snapshot"
    conversation: Head
    epoch: int
    entries: list[Entry]
    recovered: bool
    complete: bool


class Page(Wire):
    """The answer to ``earlier``."""

    t: Literal["page"] = "page"
    conversation_id: str
    entries: list[Entry]
    complete: bool


class NewEntry(Wire):
    """The log grew; take it when its ``prev`` is the cursor, else resume."""

    t: Literal["entry"] = "entry"
    conversation_id: str
    entry: Entry


class Seen(Wire):
    """The other side (or another device of this one) has seen up to ``seq``."""

    t: Literal["seen"] = "seen"
    conversation_id: str
    side: SideName
    seq: Seq


class SomeoneTyping(Wire):
    """Somebody else is typing; forget it after six seconds without another."""

    t: Literal["typing"] = "typing"
    conversation_id: str
    side: SideName
    name: str
    on: bool
    agent_id: str | None = None  #: consoles alone are told which agent it is


# --- heard by a shopper's tab --------------------------------------------------------------------


class Welcome(Wire):
    """The answer to a shopper's ``hello``; a ``snapshot`` follows when there is a conversation."""

    t: Literal["welcome"] = "welcome"
    epoch: int
    store_name: str
    language: str
    shopper_id: str
    conversation_id: str | None
    addresses: list[AddressFact]
    sentences: list[Sentence]
    staff: list[Colleague]
    expected: Expected
    preference: list[ChannelName]
    push: PushOffer | None  #: None: this store notifies no browser
    heartbeat_ms: int


class Staff(Wire):
    """Who is on; empty: nobody is there now."""

    t: Literal["staff"] = "staff"
    staff: list[Colleague]
    expected: Expected


class Addresses(Wire):
    """The shopper's own addresses, masked, and where they like to be answered, after a change."""

    t: Literal["addresses"] = "addresses"
    addresses: list[AddressFact]
    preference: list[ChannelName]


class Ring(Wire):
    """Make the sound for the answer at ``seq``: of all who asked, this tab and no other."""

    t: Literal["ring"] = "ring"
    seq: Seq


ShopperHears = Annotated[
    Welcome
    | Snapshot
    | Page
    | NewEntry
    | Ack
    | Failed
    | Seen
    | SomeoneTyping
    | Staff
    | Addresses
    | Forms
    | Ring
    | Ping
    | Drain,
    Field(discriminator="t"),
]

# --- heard by a console --------------------------------------------------------------------------


class AgentWelcome(Wire):
    """The answer to an agent's ``hello``."""

    t: Literal["welcome"] = "welcome"
    epoch: int
    agent: Colleague
    colleagues: list[Colleague]
    stores: dict[str, str]  #: store_id → name
    heartbeat_ms: int


class Shopper(Wire):
    """The shopper of an opened conversation, after any change."""

    t: Literal["shopper"] = "shopper"
    conversation_id: str
    shopper: ShopperFact


class Reach(Wire):
    """The stored decision that is in force for one side of an opened conversation."""

    t: Literal["reach"] = "reach"
    conversation_id: str
    side: SideName
    state: Literal["waiting", "unreachable", "carried", "settled"]
    due_at: Instant | None
    sentence: str
    decision_id: str | None


class Route(Wire):
    """The line over the composer: where the next answer would go, when, and why.

    ``steps`` are what happens in turn while nobody does anything; ``ways`` are all addresses with
    what ``plan`` thinks of them for that answer.
    """

    t: Literal["route"] = "route"
    conversation_id: str
    channel: ChannelName | None  #: None: nowhere
    at: Instant | None  #: None: at once
    presence: PresenceName
    sentence: str
    steps: list[Step]
    ways: list[Way]


class Colleagues(Wire):
    """Agents came, went or changed their duty."""

    t: Literal["colleagues"] = "colleagues"
    colleagues: list[Colleague]


class Looking(Wire):
    """The agents whose console shows an opened conversation, you among them, after any change.

    A console shows it while it is open there and the tab is in sight.
    """

    t: Literal["looking"] = "looking"
    conversation_id: str
    agent_ids: list[str]


class Alerts(Wire):
    """What an owner has to mend, after any change; it replaces what the client holds."""

    t: Literal["alerts"] = "alerts"
    alerts: list[Alert]


AgentHears = Annotated[
    AgentWelcome
    | InboxPage
    | Rows
    | Counts
    | Labels
    | BulkDone
    | Snapshot
    | Page
    | NewEntry
    | Ack
    | Failed
    | Seen
    | SomeoneTyping
    | Shopper
    | Reach
    | Route
    | Drafted
    | Mentioned
    | Scheduled
    | Colleagues
    | Looking
    | Alerts
    | Ping
    | Drain,
    Field(discriminator="t"),
]
