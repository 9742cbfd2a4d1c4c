"""Every frame on both sockets, as closed unions told apart by ``t``.

Clients send ``ShopperSays`` or ``AgentSays``; they hear ``ShopperHears`` or ``AgentHears``. The
schema exported from here is the contract; ``README.md`` beside it tells it in prose.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from gateway.protocol.entry import (
    NO_NUL,
    AddressFact,
    Body,
    ChannelName,
    Cmid,
    Colleague,
    Cursor,
    Entry,
    Head,
    Id,
    InboxRow,
    Instant,
    PresenceName,
    Sentence,
    Seq,
    ShopperFact,
    SideName,
    Wire,
)

# --- said by both clients ------------------------------------------------------------------------


class Pong(Wire):
    """The application-level answer to ``ping``; without it a socket counts as half-open."""

    t: Literal["pong"] = "pong"
    n: int


# --- said by a shopper's tab ---------------------------------------------------------------------


class Hello(Wire):
    """First frame: the one-time ticket, and where to resume."""

    t: Literal["hello"] = "hello"
    ticket: Annotated[str, Field(min_length=16, max_length=200)]
    resume: Cursor | None = None


class Say(Wire):
    """A message; ``cmid`` is made by the client and makes a repeat harmless."""

    t: Literal["send"] = "send"
    cmid: Cmid
    body: Body


class SeenTo(Wire):
    """This tab showed everything up to ``seq`` to a person."""

    t: Literal["seen"] = "seen"
    seq: Seq


class Typing(Wire):
    """Somebody at this tab is typing, or stopped."""

    t: Literal["typing"] = "typing"
    on: bool


class Tab(Wire):
    """What this tab is: panel open, tab visible, window focused, and the page it is on."""

    t: Literal["tab"] = "tab"
    panel: bool
    visible: bool
    focus: bool
    url: Annotated[str, Field(max_length=2000, pattern=NO_NUL)] | None = None
    title: Annotated[str, Field(max_length=300, pattern=NO_NUL)] | None = None


class Bye(Wire):
    """The page is going away (sent in ``pagehide``)."""

    t: Literal["bye"] = "bye"


class Earlier(Wire):
    """Ask for entries before ``before``."""

    t: Literal["earlier"] = "earlier"
    before: Seq
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class LeaveAddress(Wire):
    """The shopper types an address and agrees to the sentence shown."""

    t: Literal["leave_address"] = "leave_address"
    channel: Literal["sms", "email"]
    value: Annotated[str, Field(min_length=3, max_length=254)]
    sentence_id: Annotated[str, Field(max_length=60)]


class GiveCode(Wire):
    """The code that came to the address."""

    t: Literal["give_code"] = "give_code"
    address_id: Id
    code: Annotated[str, Field(pattern=r"^[0-9]{4,8}$")]


ShopperSays = Annotated[
    Hello | Pong | Say | SeenTo | Typing | Tab | Bye | Earlier | LeaveAddress | GiveCode,
    Field(discriminator="t"),
]

# --- said by an agent's console ------------------------------------------------------------------


class AgentHello(Wire):
    """First frame: the one-time ticket."""

    t: Literal["hello"] = "hello"
    ticket: Annotated[str, Field(min_length=16, max_length=200)]


class AskInbox(Wire):
    """Subscribe to a view and load its page afresh; ``before`` pages on."""

    t: Literal["inbox"] = "inbox"
    view: Literal["open", "mine", "unassigned", "resolved"]
    before: Instant | None = None


class Open(Wire):
    """Follow a conversation: snapshot or resume, then live."""

    t: Literal["open"] = "open"
    store_id: Id
    conversation_id: Id
    resume: Cursor | None = None


class Close(Wire):
    """Stop following a conversation."""

    t: Literal["close"] = "close"
    store_id: Id
    conversation_id: Id


class AgentSay(Wire):
    """A message or a note; ``seen_seq`` is the last seq that the agent had on screen."""

    t: Literal["send"] = "send"
    store_id: Id
    conversation_id: Id
    cmid: Cmid
    body: Body
    note: bool = False
    seen_seq: Seq


class AgentSeen(Wire):
    """The console showed everything up to ``seq``."""

    t: Literal["seen"] = "seen"
    store_id: Id
    conversation_id: Id
    seq: Seq


class AgentTyping(Wire):
    """The agent is typing an answer, or stopped."""

    t: Literal["typing"] = "typing"
    store_id: Id
    conversation_id: Id
    on: bool


class AgentEarlier(Wire):
    """Ask for entries before ``before``."""

    t: Literal["earlier"] = "earlier"
    store_id: Id
    conversation_id: Id
    before: Seq
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class Duty(Wire):
    """The presence switch of the console."""

    t: Literal["duty"] = "duty"
    duty: Literal["online", "away"]


class Assign(Wire):
    """Give a conversation to an agent, or to nobody."""

    t: Literal["assign"] = "assign"
    store_id: Id
    conversation_id: Id
    agent_id: Id | None


class Resolve(Wire):
    """The conversation is done; this answers what was unanswered."""

    t: Literal["resolve"] = "resolve"
    store_id: Id
    conversation_id: Id


class Reopen(Wire):
    """The conversation is not done after all."""

    t: Literal["reopen"] = "reopen"
    store_id: Id
    conversation_id: Id


AgentSays = Annotated[
    AgentHello
    | Pong
    | AskInbox
    | Open
    | Close
    | AgentSay
    | AgentSeen
    | AgentTyping
    | AgentEarlier
    | Duty
    | Assign
    | Resolve
    | Reopen,
    Field(discriminator="t"),
]

# --- heard by both -------------------------------------------------------------------------------


class Ping(Wire):
    """Answer with ``pong`` and the same ``n``."""

    t: Literal["ping"] = "ping"
    n: int


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
    heartbeat_ms: int


class Staff(Wire):
    """Who is on; empty: nobody is there now."""

    t: Literal["staff"] = "staff"
    staff: list[Colleague]


class Addresses(Wire):
    """The shopper's own addresses, masked, after a change."""

    t: Literal["addresses"] = "addresses"
    addresses: list[AddressFact]


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


class InboxPage(Wire):
    """A page of a view, newest first; it replaces what the client holds unless it asked on."""

    t: Literal["inbox"] = "inbox"
    view: Literal["open", "mine", "unassigned", "resolved"]
    rows: list[InboxRow]
    before: Instant | None  #: pass back for the next page; None at the end


class Row(Wire):
    """One inbox row changed; the client decides whether it belongs to the view."""

    t: Literal["row"] = "row"
    row: InboxRow


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
    """The line over the composer: where the next answer would go, when, and why."""

    t: Literal["route"] = "route"
    conversation_id: str
    channel: ChannelName | None  #: None: nowhere
    at: Instant | None  #: None: at once
    presence: PresenceName
    sentence: str


class Colleagues(Wire):
    """Agents came, went or changed their duty."""

    t: Literal["colleagues"] = "colleagues"
    colleagues: list[Colleague]


AgentHears = Annotated[
    AgentWelcome
    | InboxPage
    | Row
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
    | Colleagues
    | Ping
    | Drain,
    Field(discriminator="t"),
]


class Contract(Wire):
    """The whole contract, so that one schema holds the four unions."""

    shopper_says: ShopperSays
    shopper_hears: ShopperHears
    agent_says: AgentSays
    agent_hears: AgentHears
