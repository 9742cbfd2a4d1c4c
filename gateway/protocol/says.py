"""Every frame that a client sends: ``ShopperSays`` and ``AgentSays``, told apart by ``t``."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from gateway.protocol.entry import (
    NO_NUL,
    Body,
    Cmid,
    Cursor,
    DutyName,
    Id,
    Instant,
    Message,
    Seq,
    Wire,
)
from gateway.protocol.forms import Answer, AskForms, AskTranscript, Rate
from gateway.protocol.inbox import AskCounts, AskInbox, Bulk
from gateway.protocol.says_where import GiveCode, LeaveAddress, Prefer, Subscribe, Unsubscribe
from gateway.protocol.writing import AgentSay, KeepDraft, Wish

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
    | Prefer
    | AskForms
    | Answer
    | Rate
    | AskTranscript,
    Field(discriminator="t"),
]

# --- said by an agent's console ------------------------------------------------------------------


class AgentHello(Wire):
    """First frame: the one-time ticket."""

    t: Literal["hello"] = "hello"
    ticket: Annotated[str, Field(min_length=16, max_length=200)]


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
    """What the agent picks: for good, or ``until`` an instant; ``schedule`` goes by their hours."""

    t: Literal["duty"] = "duty"
    duty: Literal[DutyName, "schedule"]
    until: Instant | None = None


class Assign(Wire):
    """Give a conversation to an agent, or to nobody."""

    t: Literal["assign"] = "assign"
    store_id: Id
    conversation_id: Id
    agent_id: Id | None


class HandOver(Wire):
    """Give a conversation to a colleague together with a note on what is to be done.

    ``cmid`` is the note's and makes a repeat harmless.
    """

    t: Literal["hand_over"] = "hand_over"
    store_id: Id
    conversation_id: Id
    agent_id: Id
    cmid: Cmid
    note: Body


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
    | AskCounts
    | Bulk
    | Open
    | Close
    | Tab
    | AgentSay
    | KeepDraft
    | Edit
    | TakeBack
    | Override
    | AgentSeen
    | AgentTyping
    | AgentEarlier
    | Duty
    | Assign
    | HandOver
    | Resolve
    | Reopen,
    Field(discriminator="t"),
]
