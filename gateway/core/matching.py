"""Whose conversation an inbound message belongs to, by what can be proven and by nothing else.

What is not proven opens a conversation of a new unverified shopper. A subject, a name or a typed
claim never joins anything (invariants 4 and 10). Commands (STOP, START, HELP, and Y while a knock
is open) and automatic mail are taken out before this is asked.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gateway.core.agents_answers import mail_of_agent, text_of_agent
from gateway.core.inbound import (
    WHY,
    Choice,
    MailEvidence,
    Match,
    Named,
    OpenConversation,
    Sent,
    TextEvidence,
    age,
    answers,
    arrived,
    because,
    code_of,
)
from gateway.core.model import DeliveryState, Form

if TYPE_CHECKING:
    from collections.abc import Sequence

#: A mail that names one of these answers it; a code or a confirmation is about what came before.
_ABOUT_IT = (Form.WORDS, Form.KNOCK, Form.TRANSCRIPT)

__all__ = [
    "WHY",
    "Choice",
    "MailEvidence",
    "Match",
    "Named",
    "OpenConversation",
    "Sent",
    "TextEvidence",
    "answered_by",
    "code_of",
    "match_mail",
    "match_text",
]


def match_text(evidence: TextEvidence) -> Match:
    """Whose conversation an SMS or a WhatsApp message belongs to."""
    if evidence.replied is not None and not _open_knock(evidence.replied):
        return answers("joins", evidence.replied, "replied", evidence.people)
    answer = text_of_agent(evidence)
    if answer is not None:
        return answer
    last = _latest(evidence.sent)
    meant = _meant(evidence)
    if len(meant) > 1:
        coded = _coded_by_shopper(evidence, last, meant)
        if coded is not None:
            return coded
    if last is not None and not _open_knock(last):
        if last.handed_at >= evidence.old_before or len(meant) == 1 or not evidence.may_ask:
            return answers("joins", last, "last_texted", evidence.people)
        return _long_ago(evidence, last, meant)
    if evidence.proven:
        return _joins(evidence, _newest(evidence.proven), "proven_shopper")
    if last is not None:
        return Match(kind="opens", why=because("only_knocked"), related=last.conversation_id)
    return Match(kind="opens", why=because("unknown_sender"))


def match_mail(evidence: MailEvidence) -> Match:
    """Whose conversation a mail belongs to. Its subject is never asked.

    A conversation that a mail opened is joined by the next one from there unless that is forged:
    it holds nothing but what was said to that mailbox. What was proven otherwise holds more, so
    there the sender's provider has to vouch.
    """
    named = _named(evidence)
    if named is not None:
        found = _answer_by_mail(evidence, *named)
    elif evidence.verdict == "fail":
        found = _forged(_newest(evidence.opened).conversation_id if evidence.opened else None)
    elif evidence.opened:
        found = _joins_by_mail(_newest(evidence.opened), "opened_by_mail")
    elif evidence.verdict == "pass" and len({each.person_id for each in evidence.proven}) == 1:
        found = _joins_by_mail(_newest(evidence.proven), "proven_sender")
    else:
        found = Match(kind="opens", why=because("unknown_sender"))
    return found


def answered_by(evidence: MailEvidence) -> Sent | None:
    """The delivery that a mail answers, as far as it says so."""
    found = _named(evidence)
    return found[0] if found is not None else None


def _named(evidence: MailEvidence) -> tuple[Sent, str] | None:
    if evidence.token is not None:
        return evidence.token, "token"
    # RFC 5322 section 3.6.4: of the references the parent is the rightmost.
    listed = [(each, "in_reply_to") for each in evidence.in_reply_to]
    listed += [(each, "references") for each in reversed(evidence.references)]
    carried = (each for each in listed if each[0].form in _ABOUT_IT)
    return next(carried, None)


def _answer_by_mail(evidence: MailEvidence, sent: Sent, how: str) -> Match:
    # The token says which delivery is answered; only the sender says who answers it. A token that
    # was forwarded with the mail must not let whoever got it speak, or read, as the shopper.
    if evidence.verdict == "fail":
        return _forged(sent.conversation_id)
    if evidence.sender != sent.to or (sent.side == "staff" and not sent.proven_agent):
        why = because("named_in_cc" if evidence.in_cc else "other_sender")
        return Match(kind="opens", why=why, related=sent.conversation_id)
    if _open_knock(sent):
        return Match(kind="opens", why=because("only_knocked"), related=sent.conversation_id)
    if sent.side == "staff":
        return mail_of_agent(evidence, sent, how)
    return answers("joins", sent, how)


def _forged(related: str | None) -> Match:
    return Match(kind="opens", why=because("forged"), forged=True, related=related)


def _joins_by_mail(mine: OpenConversation, why: str) -> Match:
    return Match(
        kind="joins",
        why=because(why),
        conversation_id=mine.conversation_id,
        person_id=mine.person_id,
    )


def _meant(evidence: TextEvidence) -> dict[str, Sent | OpenConversation]:
    """By shopper, the conversation that a text from this number may be about."""
    found: dict[str, Sent | OpenConversation] = {}
    for sent in sorted(arrived(evidence.sent), key=age, reverse=True):
        if not _open_knock(sent):
            found.setdefault(sent.person_id, sent)
    for mine in evidence.proven:
        found.setdefault(mine.person_id, mine)
    return found


def _coded_by_shopper(
    evidence: TextEvidence, last: Sent | None, meant: dict[str, Sent | OpenConversation]
) -> Match | None:
    """A code tells shoppers of one phone apart; where nothing has to be told apart it is words."""
    if evidence.code is None:
        return None
    # Who was asked has written already: the staff find that beside what they read now.
    asked = _since(evidence, last)
    related = _newest(asked).conversation_id if asked else None
    texted = [
        each
        for each in (arrived(evidence.named.sent) if evidence.named else ())
        if each.side == "shopper" and not _open_knock(each)
    ]
    if texted:
        found = answers("joins", max(texted, key=age), "coded", evidence.people)
        return replace(found, coded=True, related=related)
    for each in meant.values():
        if isinstance(each, OpenConversation) and each.number == evidence.code:
            return replace(_joins(evidence, each, "coded"), coded=True, related=related)
    return None


def _long_ago(
    evidence: TextEvidence, last: Sent, meant: dict[str, Sent | OpenConversation]
) -> Match:
    """Several shoppers of one phone, and what it was last sent is too old to tell them apart."""
    since = _since(evidence, last)
    if since:
        return _joins(evidence, _newest(since), "opened_here")
    return Match(
        kind="opens",
        why=because("which"),
        related=last.conversation_id,
        choices=tuple(
            Choice(number=each.number, conversation_id=each.conversation_id)
            for each in meant.values()
        ),
    )


def _since(evidence: TextEvidence, last: Sent | None) -> list[OpenConversation]:
    """What a text from this number opened after it was last texted."""
    after = last.handed_at if last is not None else 0
    return [each for each in evidence.proven if each.opened_here and each.last_at > after]


def _joins(evidence: TextEvidence, mine: OpenConversation, why: str) -> Match:
    return Match(
        kind="joins",
        why=because(why),
        conversation_id=mine.conversation_id,
        person_id=mine.person_id,
        shared=bool(evidence.people - {mine.person_id}),
    )


def _newest(found: Sequence[OpenConversation]) -> OpenConversation:
    return max(found, key=lambda each: (each.last_at, each.conversation_id))


def _latest(sent: Sequence[Sent]) -> Sent | None:
    """What came to the number last."""
    return max(arrived(sent), key=age, default=None)


def _open_knock(sent: Sent) -> bool:
    # A receipt may outrank the answer: then only the proof that it brought tells of it.
    answered = sent.proven or sent.state is DeliveryState.ANSWERED
    return sent.form is Form.KNOCK and not answered
