"""What the store holds about a message that came in from outside, and what it turns out to be.

Values (numbers, mail addresses) are compared as they are: both sides come normalised.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from gateway.core.delivery import ENDED_BADLY, NEVER_SENT
from gateway.core.model import DeliveryState, Fact, Form, Reason, Side

if TYPE_CHECKING:
    from collections.abc import Iterable

NOT_THERE: Final = NEVER_SENT | ENDED_BADLY | {DeliveryState.QUEUED}
"""States of what never came to the person's phone or mailbox, so nobody can be answering it."""

Verdict = Literal["pass", "fail", "none", "unknown"]
"""Whether the domain in From vouches for a mail: it does; it says that the mail is not from there;
nothing shows either; or it could not be asked."""

_CODE: Final = re.compile(r"\s*#\s?(\d{1,9})(?!\w)\s*[:.,;)-]*\s*")

WHY: Final = {
    "proven_agent": "the sender is an agent's proven address, last told of this conversation",
    "coded": "the words begin with the number of this conversation",
    "last_texted": "this number was last texted from this conversation",
    "replied": "it answers this very message of ours",
    "opened_here": "this number opened the conversation after it was last texted",
    "proven_shopper": "the sender is a shopper's proven address and this is their conversation",
    "token": "the mail carries the reply token of what was sent to this sender",
    "in_reply_to": "the mail replies to a Message-ID of ours that was sent to this sender",
    "references": "the mail names a Message-ID of ours that was sent to this sender",
    "opened_by_mail": "this sender opened the conversation by mail",
    "proven_sender": "the sender's provider vouches for it, and the mailbox is this shopper's",
    "other_sender": "the mail answers something that was sent to somebody else",
    "named_in_cc": "the shopper had named the sender in a mail that their provider vouches for",
    "forged": "the mail says whose it is, and their provider says that it is not",
    "which": "several conversations could be meant, and nothing says which",
    "unknown_code": "the words begin with a number that the sender was not told of",
    "only_knocked": "the last thing sent there was a knock, which only Y answers",
    "unknown_sender": "nothing proves whose this is",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Authenticity:
    """The verdict on a mail, in words for agents; ``domain`` is the one that From names."""

    verdict: Verdict
    words: str
    domain: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """An earlier delivery, as far as an answer to it is concerned; ``to`` is the address's value.

    ``proven``: the address is proven theirs. ``proven_agent``: so it is, and they are an agent.
    ``number`` is the conversation's. For a notice to an agent, ``settled``: nothing is unanswered
    there any more; ``answered_at``: when this agent last answered it from this channel, 0 if never.
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
    number: int = 0
    settled: bool = False
    answered_at: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenConversation:
    """An open conversation of a shopper, with the instant of its last entry.

    ``opened_here``: a message from this very address opened it.
    """

    conversation_id: str
    person_id: str
    last_at: int
    number: int = 0
    opened_here: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Coded:
    """The number that words begin with, and the words without it (they may be none)."""

    number: int
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """The store's conversation that a code names, whoever's it is.

    ``sent`` are deliveries of it to the very address that the code came from, of either side.
    """

    number: int
    conversation_id: str
    assignee_id: str | None = None
    sent: tuple[Sent, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TextEvidence:
    """What the store holds about the number that an SMS came from. All rows are of one store.

    ``agent_id``: the agent of whom the number is a *proven* address, if any. ``told``: staff
    deliveries of words to that agent at that number. ``sent``: shopper deliveries of words and
    knocks to the number, whoever the shopper; the ten last are plenty. ``proven``: the open
    conversations of shoppers of whom the number is a *proven* address. ``people``: every shopper
    of the store who has the number, proven or typed. ``replied``: the delivery to this very number
    that the message quotes (WhatsApp).
    """

    agent_id: str | None = None
    told: tuple[Sent, ...] = ()
    sent: tuple[Sent, ...] = ()
    proven: tuple[OpenConversation, ...] = ()
    people: frozenset[str] = frozenset()
    replied: Sent | None = None
    code: int | None = None
    named: Named | None = None
    fresh_after: int = 0
    old_before: int = 0
    may_ask: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class MailEvidence:
    """What the store holds about a mail that a person wrote. All rows are of one store.

    ``sender`` is the one address in From, ``verdict`` what its domain says to that. ``token``: the
    delivery that a reply token in an *envelope* recipient names, its signature already verified.
    ``in_reply_to`` and ``references``: the deliveries that our own Message-IDs in these fields
    name, in the order of the field. ``opened``: open conversations whose first message was a mail
    from ``sender``. ``proven``: those of shoppers of whom ``sender`` is a *proven* address.
    ``in_cc``: whoever was sent what this answers has named ``sender`` among the recipients of a
    mail that passed. ``told``: what
    went out as one mail with the notice that is answered, itself among it. ``code`` and ``named``:
    as for a text; they count for an agent's answer alone, since every other mail names what it
    answers.
    """

    sender: str
    verdict: Verdict = "none"
    token: Sent | None = None
    in_reply_to: tuple[Sent, ...] = ()
    references: tuple[Sent, ...] = ()
    opened: tuple[OpenConversation, ...] = ()
    proven: tuple[OpenConversation, ...] = ()
    in_cc: bool = False
    told: tuple[Sent, ...] = ()
    code: int | None = None
    named: Named | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A conversation that a sender may have meant."""

    number: int
    conversation_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """The answer.

    ``joins``: append to ``conversation_id`` as the shopper ``person_id``; if that one is resolved,
    to the one that they have open, else its own table says whether this reopens it or opens their
    next. ``agent``: append as the agent ``person_id``. ``opens``: a new conversation of a new
    unverified shopper. ``asks``: the agent ``person_id`` meant one of ``choices`` and did not say
    which; nothing is guessed, and they are asked. A shopper of whom that is so ``opens`` with
    ``choices``: their words are read at once, and they are asked all the same.

    ``delivery_id`` is the delivery that is answered. ``shared``: others have this number too.
    ``coded``: the words begin with a code that is none of them. ``related`` is for notes that only
    staff read; nothing of it is told to the sender. ``forged``: the sender is not who the mail
    says, so it proves no address and agrees to nothing.
    """

    kind: Literal["joins", "opens", "agent", "asks"]
    why: Reason
    conversation_id: str | None = None
    person_id: str | None = None
    delivery_id: str | None = None
    shared: bool = False
    coded: bool = False
    forged: bool = False
    related: str | None = None
    choices: tuple[Choice, ...] = ()


def code_of(words: str) -> Coded | None:
    """The code that words begin with: ``#12``, ``#12:`` or ``# 12``; None when they do not."""
    found = _CODE.match(words)
    return Coded(number=int(found[1]), words=words[found.end() :]) if found else None


def arrived(sent: Iterable[Sent]) -> list[Sent]:
    """What came to the address; a code or a STOP confirmation is nobody's conversation."""
    return [
        each
        for each in sent
        if each.form in (Form.WORDS, Form.KNOCK) and each.state not in NOT_THERE
    ]


def age(sent: Sent) -> tuple[int, str]:
    """Oldest first."""
    return sent.handed_at, sent.delivery_id


def answers(
    kind: Literal["joins", "agent"],
    sent: Sent,
    why: str,
    people: frozenset[str] = frozenset(),
) -> Match:
    """The message answers this delivery, and is its addressee's."""
    return Match(
        kind=kind,
        why=because(why, ("delivery", sent.delivery_id)),
        conversation_id=sent.conversation_id,
        person_id=sent.person_id,
        delivery_id=sent.delivery_id,
        shared=bool(people - {sent.person_id}),
    )


def because(code: str, *facts: Fact) -> Reason:
    """A reason of ``WHY``."""
    return Reason(code=code, facts=facts)
