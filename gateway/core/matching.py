"""Whose conversation an inbound message belongs to, by what can be proven and by nothing else.

What is not proven opens a conversation of a new unverified shopper. A subject, a name or a typed
claim never joins anything (invariants 4 and 10). Commands (STOP, START, HELP, and Y while a knock
is open) and automatic mail are taken out before this is asked.

Values (numbers, mail addresses) are compared as they are: both sides come normalised.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from gateway.core.delivery import ENDED_BADLY, NEVER_SENT
from gateway.core.model import DeliveryState, Fact, Form, Reason, Side

if TYPE_CHECKING:
    from collections.abc import Sequence

NOT_THERE: Final = NEVER_SENT | ENDED_BADLY | {DeliveryState.QUEUED}
"""States of what never came to the person's phone or mailbox, so nobody can be answering it."""

WHY: Final = {
    "proven_agent": "the sender is an agent's proven address, last told of this conversation",
    "last_texted": "this number was last texted from this conversation",
    "proven_shopper": "the sender is a shopper's proven address and this is their conversation",
    "token": "the mail carries the reply token of what was sent to this sender",
    "in_reply_to": "the mail replies to a Message-ID of ours that was sent to this sender",
    "references": "the mail names a Message-ID of ours that was sent to this sender",
    "opened_by_mail": "this sender opened the conversation by mail",
    "other_sender": "the mail answers something that was sent to somebody else",
    "only_knocked": "the last thing sent there was a knock, which only Y answers",
    "unknown_sender": "nothing proves whose this is",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """An earlier delivery, as far as an answer to it is concerned; ``to`` is the address's value.

    ``proven``: the address is proven theirs. ``proven_agent``: so it is, and they are an agent.
    """

    delivery_id: str
    conversation_id: str
    person_id: str
    side: Side
    form: Form
    state: DeliveryState
    handed_at: int
    to: str = ""
    proven: bool = False
    proven_agent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenConversation:
    """An open conversation of a shopper, with the instant of its last entry."""

    conversation_id: str
    person_id: str
    last_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TextEvidence:
    """What the store holds about the number that an SMS came from. All rows are of one store.

    ``agent_id``: the agent of whom the number is a *proven* address, if any. ``told``: staff
    deliveries of words to that agent at that number. ``sent``: shopper deliveries of words and
    knocks to the number, whoever the shopper; the ten last are plenty. ``proven``: the open
    conversations of shoppers of whom the number is a *proven* address. ``people``: every shopper
    of the store who has the number, proven or typed.
    """

    agent_id: str | None = None
    told: tuple[Sent, ...] = ()
    sent: tuple[Sent, ...] = ()
    proven: tuple[OpenConversation, ...] = ()
    people: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class MailEvidence:
    """What the store holds about a mail that a person wrote. All rows are of one store.

    ``sender`` is the one address in From. ``token``: the delivery that a reply token in an
    *envelope* recipient names, its signature already verified. ``in_reply_to`` and ``references``:
    the deliveries that our own Message-IDs in these fields name, in the order of the field.
    ``opened``: open conversations whose first message was a mail from ``sender``.
    """

    sender: str
    token: Sent | None = None
    in_reply_to: tuple[Sent, ...] = ()
    references: tuple[Sent, ...] = ()
    opened: tuple[OpenConversation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """The answer.

    ``joins``: append to ``conversation_id`` as the shopper ``person_id``; if that one is resolved,
    to the one that they have open, else its own table says whether this reopens it or opens their
    next. ``agent``: append as the agent ``person_id``. ``opens``: a new conversation of a new
    unverified shopper.

    ``delivery_id`` is the delivery that is answered. ``shared``: others have this number too.
    ``related`` is for a note that only staff read; nothing of it is told to the sender.
    """

    kind: Literal["joins", "opens", "agent"]
    why: Reason
    conversation_id: str | None = None
    person_id: str | None = None
    delivery_id: str | None = None
    shared: bool = False
    related: str | None = None


def match_text(evidence: TextEvidence) -> Match:
    """Whose conversation an SMS belongs to."""
    told = _latest(evidence.told)
    if evidence.agent_id is not None and told is not None:
        return _answers("agent", evidence.agent_id, told, "proven_agent")
    last = _latest(evidence.sent)
    knocked = last is not None and _open_knock(last)
    if last is not None and not knocked:
        return _answers("joins", last.person_id, last, "last_texted", evidence.people)
    if evidence.proven:
        mine = max(evidence.proven, key=lambda each: (each.last_at, each.conversation_id))
        return Match(
            kind="joins",
            why=_why("proven_shopper"),
            conversation_id=mine.conversation_id,
            person_id=mine.person_id,
            shared=bool(evidence.people - {mine.person_id}),
        )
    if last is not None:
        return Match(kind="opens", why=_why("only_knocked"), related=last.conversation_id)
    return Match(kind="opens", why=_why("unknown_sender"))


def match_mail(evidence: MailEvidence) -> Match:
    """Whose conversation a mail belongs to. Its subject is never asked."""
    named = _named(evidence)
    if named is not None:
        sent, how = named
        return _answer_by_mail(evidence.sender, sent, how)
    if evidence.opened:
        mine = max(evidence.opened, key=lambda each: (each.last_at, each.conversation_id))
        return Match(
            kind="joins",
            why=_why("opened_by_mail"),
            conversation_id=mine.conversation_id,
            person_id=mine.person_id,
        )
    return Match(kind="opens", why=_why("unknown_sender"))


def _named(evidence: MailEvidence) -> tuple[Sent, str] | None:
    if evidence.token is not None:
        return evidence.token, "token"
    if evidence.in_reply_to:
        return evidence.in_reply_to[0], "in_reply_to"
    if evidence.references:
        # RFC 5322 section 3.6.4: the parent is the rightmost.
        return evidence.references[-1], "references"
    return None


def _answer_by_mail(sender: str, sent: Sent, how: str) -> Match:
    # The token says which delivery is answered; only the sender says who answers it. A token that
    # was forwarded with the mail must not let whoever got it speak, or read, as the shopper.
    if sender != sent.to or (sent.side == "staff" and not sent.proven_agent):
        return Match(kind="opens", why=_why("other_sender"), related=sent.conversation_id)
    if _open_knock(sent):
        return Match(kind="opens", why=_why("only_knocked"), related=sent.conversation_id)
    return _answers("agent" if sent.side == "staff" else "joins", sent.person_id, sent, how)


def _answers(
    kind: Literal["joins", "agent"],
    person_id: str,
    sent: Sent,
    why: str,
    people: frozenset[str] = frozenset(),
) -> Match:
    return Match(
        kind=kind,
        why=_why(why, ("delivery", sent.delivery_id)),
        conversation_id=sent.conversation_id,
        person_id=person_id,
        delivery_id=sent.delivery_id,
        shared=bool(people - {person_id}),
    )


def _latest(sent: Sequence[Sent]) -> Sent | None:
    """What came to the number last; a code or a STOP confirmation is nobody's conversation."""
    arrived = (
        each
        for each in sent
        if each.form in (Form.WORDS, Form.KNOCK) and each.state not in NOT_THERE
    )
    return max(arrived, key=lambda each: (each.handed_at, each.delivery_id), default=None)


def _open_knock(sent: Sent) -> bool:
    # A receipt may outrank the answer: then only the proof that it brought tells of it.
    answered = sent.proven or sent.state is DeliveryState.ANSWERED
    return sent.form is Form.KNOCK and not answered


def _why(code: str, *facts: Fact) -> Reason:
    return Reason(code=code, facts=facts)
