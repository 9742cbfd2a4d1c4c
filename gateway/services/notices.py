"""The words for the staff: who waits for an answer, a code for an address, and "which one?".

They go to an agent's own phone or mailbox. Whatever an agent answers reaches the shopper under the
agent's name and nothing else of them (behaviour 37). One message may tell of several conversations
(a digest); each answer then begins with the number of the one that it is for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote

from gateway.channels.email.quoting import MARKER
from gateway.channels.email.tokens import bounce_address, message_id, reply_address
from gateway.channels.port import Outgoing
from gateway.core.model import Form
from gateway.core.segments import plain
from gateway.errors import Misconfigured
from gateway.services.carried import (
    MOST_SMS,
    Setting,
    context_of,
    conversation_of,
    display_name,
    entries_of,
    message_ids_of,
    quoted,
)
from gateway.services.enclosures import words_of
from gateway.services.lettering import Link, Page, Part, Said, html_of_page
from gateway.services.letters import AUTOMATIC
from gateway.services.senders import sender_for
from gateway.services.tongues import Tongue
from gateway.services.wire import NAMELESS
from gateway.store import house as houses
from gateway.store import people
from gateway.store.tables import ConversationRow, DeliveryRow, EntryRow
from gateway.store.tx import Tx, unpack

ENGLISH = Tongue("en")  #: the console's language
SMALL = "Answer this mail to answer the shopper; they see your name and nothing else of you."
SMALL_DIGEST = (
    "Begin your answer with the number of the conversation that it is for, like {code}."
    " The shopper sees your name and nothing else of you."
)
ANSWER = "Reply to answer."
ANSWER_DIGEST = "Reply {code} and your answer."
WHICH = "{store}: which one is this for? Send its number, or begin your answer with it: {choices}."
UNKNOWN = "{store}: you were told of no #{number}. Send a number, or begin with it: {choices}."
CODE = "{store}: {code} is the code for this {thing}. Type it into your settings."
MORE = "... (more in the console)"  #: nobody is to take a cut question for a whole one
LEFT_OUT = "There is more of it in the console."
#: Words of people are no automatic mail; an agent's absence is still no answer to a shopper.
QUIET = (("X-Auto-Response-Suppress", "OOF, AutoReply"),)
THINGS = {"sms": "number", "email": "mailbox"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """One conversation of a notice."""

    conversation: ConversationRow
    who: str
    entries: Sequence[EntryRow]
    context: Sequence[EntryRow]

    @property
    def code(self) -> str:
        return f"#{self.conversation.number}"


def is_for_staff(row: DeliveryRow) -> bool:
    """Whether this module words the delivery: all to agents but the answer to their STOP."""
    if row.side != "staff":
        return False
    return row.form != Form.CONFIRMATION or "ask" in unpack(row.content)


def outgoing(tx: Tx, setting: Setting, rows: Sequence[DeliveryRow], code: str | None) -> Outgoing:
    """A message to an agent, ready for its provider; it bears the id of the first of ``rows``.

    Raises:
        Misconfigured: the store has no sender for this channel.
    """
    first = rows[0]
    if first.channel == "sms":
        return _text(tx, setting, first, _text_words(tx, setting, rows, code))
    if first.form == Form.CODE:
        return _mail(setting, first, _code_words(setting, first, code), subject=_code_subject(code))
    if first.form == Form.CONFIRMATION:
        return _ask_by_mail(setting, first)
    return _notice_by_mail(tx, setting, rows)


def _text(tx: Tx, setting: Setting, row: DeliveryRow, words: str) -> Outgoing:
    store = setting.store
    return Outgoing(
        delivery_id=row.delivery_id,
        channel="sms",
        to=row.value,
        sender=sender_for(tx, store, row.value),
        text=plain(words),
        status_callback=(
            f"{setting.base_url}/hooks/twilio/{store.key}/status?delivery={row.delivery_id}"
        ),
    )


def _text_words(tx: Tx, setting: Setting, rows: Sequence[DeliveryRow], code: str | None) -> str:
    first = rows[0]
    if first.form == Form.CODE:
        return _code_words(setting, first, code)
    if first.form == Form.CONFIRMATION:
        return _ask_words(setting, first)[:MOST_SMS]
    told = _told_of(tx, rows)
    last = ANSWER if len(told) == 1 else ANSWER_DIGEST.format(code=told[0].code)
    share = (MOST_SMS - len(last)) // len(told) - 1
    return "\n".join([*(_line(each, share) for each in told), last])


def _line(told: _Told, share: int) -> str:
    """``#12 Vera: …`` in at most so many characters."""
    words = " / ".join(words_of(entry) for entry in told.entries)
    line = plain(f"{told.code} {told.who}: {words}")
    return line if len(line) <= share else line[: share - len(MORE)] + MORE


def _told_of(tx: Tx, rows: Sequence[DeliveryRow]) -> list[_Told]:
    """What a notice tells, in the order of the numbers."""
    return sorted((_told(tx, row) for row in rows), key=lambda each: each.conversation.number)


def _told(tx: Tx, row: DeliveryRow) -> _Told:
    conversation = conversation_of(tx, row)
    shopper = people.shopper(tx, row.store_id, conversation.shopper_id)
    entries = entries_of(tx, row)
    return _Told(
        conversation=conversation,
        who=(shopper.name if shopper else "") or NAMELESS,
        entries=entries,
        context=context_of(tx, conversation, entries),
    )


def _code_words(setting: Setting, row: DeliveryRow, code: str | None) -> str:
    return CODE.format(store=setting.store.name, code=code, thing=THINGS[row.channel])


def _code_subject(code: str | None) -> str:
    return f"{code} is your code"


def _ask_words(setting: Setting, row: DeliveryRow) -> str:
    ask = unpack(row.content)["ask"]
    choices = ", ".join(f"#{number} {who}" for number, who in ask["choices"])
    pattern = WHICH if ask["unknown"] is None else UNKNOWN
    return pattern.format(store=setting.store.name, number=ask["unknown"], choices=choices)


def _mail(
    setting: Setting,
    row: DeliveryRow,
    words: str,
    *,
    subject: str,
    earlier: Sequence[str] = (),
    answers: str | None = None,
    automatic: bool = True,
) -> Outgoing:
    """A mail; ``answers`` names the delivery that an answer to this one answers."""
    store, secret = setting.store, setting.secret
    if store.mail_from is None or store.mail_domain is None:
        raise Misconfigured("this store has no address to mail from")
    reply_to = reply_address(secret, domain=store.mail_domain, payload=answers) if answers else None
    return Outgoing(
        delivery_id=row.delivery_id,
        channel="email",
        to=row.value,
        sender=f'"{display_name(store.name)}" <{store.mail_from}>',
        text=words,
        subject=subject,
        message_id=row.message_id or message_id(row.delivery_id, store.mail_domain),
        in_reply_to=earlier[-1] if earlier else None,
        references=tuple(earlier),
        reply_to=reply_to,
        envelope_from=bounce_address(secret, domain=store.mail_domain, payload=row.delivery_id),
        headers=AUTOMATIC if automatic else QUIET,
    )


def _ask_by_mail(setting: Setting, row: DeliveryRow) -> Outgoing:
    ask = unpack(row.content)["ask"]
    return _mail(
        setting,
        row,
        _ask_words(setting, row),
        subject=f"Which conversation is this for? ({setting.store.name})",
        earlier=ask["references"],
        answers=ask["answers"],
    )


def _notice_by_mail(tx: Tx, setting: Setting, rows: Sequence[DeliveryRow]) -> Outgoing:
    told, first = _told_of(tx, rows), rows[0]
    codes = [each.code for each in told]
    listed = " and ".join(filter(None, [", ".join(codes[:-1]), codes[-1]]))
    verb = "needs" if len(told) == 1 else "need"
    small = SMALL if len(told) == 1 else SMALL_DIGEST.format(code=codes[0])
    # A digest begins a mail thread of its own: it belongs to none of its conversations'.
    earlier = message_ids_of(tx, told[0].conversation, first) if len(told) == 1 else []
    mail = _mail(
        setting,
        first,
        _notice_words(told, small),
        subject=f"{listed} {verb} an answer ({setting.store.name})",
        earlier=earlier,
        answers=first.delivery_id,
        automatic=False,
    )
    html = _notice_html(tx, setting, first, told, small, mail.reply_to or "")
    return replace(mail, html=html)


def _notice_words(told: Sequence[_Told], small: str) -> str:
    if len(told) == 1:
        words = _said(told[0].entries, "\n\n")
        earlier = _said(told[0].context, "\n")
        below = f"\nEarlier:\n{quoted(earlier)}\n" if earlier else ""
        return f"{words}\n\n{MARKER}\n{small}\n{below}"
    parts = [f"{each.code} {each.who}\n{_said(each.entries, chr(10))}" for each in told]
    return "\n\n".join([*parts, f"{MARKER}\n{small}\n"])


def _said(entries: Sequence[EntryRow], between: str) -> str:
    return between.join(f"{entry.author_name}: {words_of(entry)}" for entry in entries)


def _notice_html(
    tx: Tx, setting: Setting, row: DeliveryRow, told: Sequence[_Told], small: str, reply_to: str
) -> str:
    store, several = setting.store, len(told) > 1
    zone = houses.agent(tx, row.person_id).zone or houses.policy(tx, store).zone

    def said(entries: Sequence[EntryRow]) -> list[Said]:
        return [
            Said(
                who=entry.author_name,
                at=ENGLISH.moment(entry.at, tx.now, zone),
                words=words_of(entry),
            )
            for entry in entries
        ]

    return html_of_page(
        Page(
            tongue=ENGLISH,
            store=store.name,
            accent=store.accent,
            marker=MARKER,
            parts=[
                Part(
                    said=said(each.entries),
                    title=f"{each.code} {each.who}" if several else "",
                    link=_answer_to(each, reply_to) if several else None,
                )
                for each in told
            ],
            small=[small],
            earlier=() if several else said(told[0].context),
            left_out=LEFT_OUT,
        )
    )


def _answer_to(told: _Told, reply_to: str) -> Link:
    """A mail made from this link says by itself which conversation it is for."""
    subject, body = quote(told.code), quote(told.code + " ")
    return Link(label="Answer", href=f"mailto:{quote(reply_to)}?subject={subject}&body={body}")
