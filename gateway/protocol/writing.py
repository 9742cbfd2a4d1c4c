"""What agents write, on the wire: answers and notes, drafts, mentions, messages for later."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from gateway.protocol.entry import MOST_BODY, NO_NUL, Id, Instant, Message, Seq, Wire

MOST_MENTIONED = 20  #: agents in one note

DraftKind = Literal["answer", "note"]


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
    ``anyway`` sends it all the same. ``wish`` is for this message alone, ``resolve`` ends the
    conversation with it, ``snooze_until`` lays it aside with it. ``mentions`` are the agents whom a
    note names as ``@`` and their name.
    """

    t: Literal["send"] = "send"
    store_id: Id
    conversation_id: Id
    note: bool = False
    seen_seq: Seq
    anyway: bool = False
    wish: Wish | None = None
    resolve: bool = False
    snooze_until: Instant | None = None
    mentions: Annotated[tuple[Id, ...], Field(max_length=MOST_MENTIONED)] = ()


class KeepDraft(Wire):
    """What this agent has begun to write; an empty ``body``: nothing any more."""

    t: Literal["draft"] = "draft"
    store_id: Id
    conversation_id: Id
    kind: DraftKind
    body: Annotated[str, Field(max_length=MOST_BODY, pattern=NO_NUL)]


class Drafted(Wire):
    """What this agent has begun to write, said on opening and when another device kept it.

    ``elsewhere``: another device of theirs has just changed it.
    """

    t: Literal["draft"] = "draft"
    conversation_id: str
    kind: DraftKind
    body: str
    at: Instant
    elsewhere: bool


class Mentioned(Wire):
    """A colleague named this agent in a note, or their message for later was ``held``."""

    t: Literal["mentioned"] = "mentioned"
    about: Literal["note", "held"]
    store_id: str
    conversation_id: str
    number: int
    seq: Seq
    by: str
    at: Instant


class Later(Wire):
    """A message that is to be sent at ``due_at``, or was ``held`` because of somebody.

    Its author had seen up to ``seen_seq``. ``because``: ``shopper`` or ``colleague`` wrote after
    its author had looked, ``refused`` in any other case, told in ``why``.
    """

    scheduled_id: str
    agent_id: str
    agent: str
    body: str
    files: int
    due_at: Instant
    seen_seq: Seq
    state: Literal["waiting", "held"]
    because: str
    why: str
    resolves: bool


class Scheduled(Wire):
    """All messages for later of an opened conversation, after any change."""

    t: Literal["scheduled"] = "scheduled"
    conversation_id: str
    messages: list[Later]
