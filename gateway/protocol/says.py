"""Every frame that a client sends: ``ShopperSays`` and ``AgentSays``, told apart by ``t``."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from gateway.protocol.entry import (
    NO_NUL,
    Body,
    Cursor,
    Id,
    Instant,
    Message,
    Seq,
    Wire,
)
from gateway.protocol.says_where import GiveCode, LeaveAddress, Prefer, Subscribe, Unsubscribe

# --- said by both clients ------------------------------------------------------------------------


class Pong(Wire):
    """The application-level answer to ``ping``; without it a socket counts as half-open."""

    t: Literal["pong"] = "pong"
    n: int


# --- said by a shopper's tab ---------------------------------------------------------------------


class Hello(Wire):
    """First frame: the one-time ticket, where to resume, and the browser's time zone (IANA)."""

    t: Literal["hello"] = "hello"
    ticket: Annotated[str, Field(min_length=16, max_length=200)]
    resume: Cursor | None = None
    zone: Annotated[str, Field(max_length=64, pattern=r"^[A-Za-z0-9_+/-]*$")] | None = None


class Say(Message):
    """A message; ``cmid`` is made by the client and makes a repeat harmless."""

    t: Literal["send"] = "send"


class SeenTo(Wire):
    """This tab showed everything up to ``seq`` to a person."""

    t: Literal["seen"] = "seen"
    seq: Seq


class Typing(Wire):
    """Somebody at this tab is typing, or stopped."""

    t: Literal["typing"] = "typing"
    on: bool


class Tab(Wire):
    """What this tab is: panel open, tab visible, window focused, and the page it is on.

    A console is a tab whose panel is always open and which names no page.
    """

    t: Literal["tab"] = "tab"
    panel: bool
    visible: bool
    focus: bool
    url: Annotated[str, Field(max_length=2000, pattern=NO_NUL)] | None = None
    title: Annotated[str, Field(max_length=300, pattern=NO_NUL)] | None = None


class Bye(Wire):
    """The page is going away (sent in ``pagehide``)."""

    t: Literal["bye"] = "bye"


class AskToRing(Wire):
    """An answer up to ``seq`` came here that nobody has seen: may this tab make a sound for it?"""

    t: Literal["ring"] = "ring"
    seq: Seq


class Earlier(Wire):
    """Ask for entries before ``before``; of a conversation that went on in this one, by its id."""

    t: Literal["earlier"] = "earlier"
    conversation_id: Id | None = None
    before: Seq
    limit: Annotated[int, Field(ge=1, le=200)] = 50


ShopperSays = Annotated[
    Hello
    | Pong
    | Say
    | SeenTo
    | Typing
    | Tab
    | Bye
    | AskToRing
    | Earlier
    | LeaveAddress
    | GiveCode
    | Subscribe
    | Unsubscribe
    | Prefer,
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


class Wish(Wire):
    """How an agent wants messages brought: now by an address, in the chat only, or not before.

    ``now`` names ``address_id``, ``not_before`` names ``until``; consent is obeyed all the same.
    ``as_usual`` takes an earlier wish back. ``resend`` names a delivery of unknown outcome: what it
    carried goes once more by the same address, at the risk that it arrives twice. With a
    ``delivery_id``, ``now`` is for what that delivery carried, and its outcome is not waited for.
    """

    kind: Literal["now", "resend", "chat_only", "not_before", "as_usual"]
    address_id: Id | None = None
    until: Instant | None = None
    delivery_id: Id | None = None


class AgentSay(Message):
    """A message or a note; ``seen_seq`` is the last seq that the agent had on screen.

    When somebody wrote after that, the answer is refused as ``stale`` and kept by the client;
    ``anyway`` sends it all the same. ``wish`` is for this message alone.
    """

    t: Literal["send"] = "send"
    store_id: Id
    conversation_id: Id
    note: bool = False
    seen_seq: Seq
    anyway: bool = False
    wish: Wish | None = None


class Edit(Wire):
    """Other words for an own message that has not left yet, or for an own note.

    It has left when the shopper has seen it, or when it was handed over elsewhere.
    """

    t: Literal["edit"] = "edit"
    store_id: Id
    conversation_id: Id
    seq: Seq
    body: Body


class TakeBack(Wire):
    """An own message that has not left yet, or an own note, is taken back: its words are gone."""

    t: Literal["take_back"] = "take_back"
    store_id: Id
    conversation_id: Id
    seq: Seq


class Override(Wire):
    """A wish for everything that the shopper has not seen yet; it is an entry of the log."""

    t: Literal["override"] = "override"
    store_id: Id
    conversation_id: Id
    wish: Wish


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
    | Tab
    | AgentSay
    | Edit
    | TakeBack
    | Override
    | AgentSeen
    | AgentTyping
    | AgentEarlier
    | Duty
    | Assign
    | Resolve
    | Reopen,
    Field(discriminator="t"),
]
