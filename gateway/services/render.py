"""The words for a shopper, rendered at hand-over from the thread as it is then.

They name the agent and the store, never an agent's own address (behaviour 37). What agents get is
worded in ``notices``. Each tells how to be answered elsewhere: a mail in its footer, a text when it
is the first to a number or when the link costs nothing, since a segment more is paid for.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from gateway.channels.email.quoting import MARKER
from gateway.channels.email.tokens import bounce_address, message_id, reply_address
from gateway.channels.port import Outgoing
from gateway.core.model import Form
from gateway.core.segments import segments
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
    text_of,
)
from gateway.services.preference_links import link_to
from gateway.store import house as houses
from gateway.store import people, reaching
from gateway.store.tables import ConversationRow, DeliveryRow, EntryRow, StoreRow
from gateway.store.tx import Tx, unpack

STOP_LINE = "Reply STOP to end these texts."
LINK_LINE = "Choose where we answer: {link}"
HELP_LINE = "{store}: we text you answers to your question in our chat. Reply STOP to end."
STOPPED_LINE = "{store}: you will get no more {what} from us. Reply START to change that."
STARTED_LINE = "{store}: {what} are on again. Reply STOP to end them."


def outgoing(tx: Tx, setting: Setting, row: DeliveryRow, code: str | None) -> Outgoing:
    """A delivery ready for its provider.

    Raises:
        Misconfigured: the store has no sender for this channel.
    """
    if row.channel == "sms":
        return _text(tx, setting, row, code)
    return _mail(tx, setting, row)


def _text(tx: Tx, setting: Setting, row: DeliveryRow, code: str | None) -> Outgoing:
    store = setting.store
    if store.sms_from is None:
        raise Misconfigured("this store has no number to text from")
    return Outgoing(
        delivery_id=row.delivery_id,
        channel="sms",
        to=row.value,
        sender=store.sms_from,
        text=_sms_words(tx, setting, row, code),
        status_callback=(
            f"{setting.base_url}/hooks/twilio/{store.key}/status?delivery={row.delivery_id}"
        ),
    )


def _sms_words(tx: Tx, setting: Setting, row: DeliveryRow, code: str | None) -> str:
    store = setting.store
    if row.form == Form.CONFIRMATION:
        return str(unpack(row.content)["text"]).format(store=store.name, what="texts")
    if row.form == Form.CODE:
        return (
            f"{store.name}: {code} is your code. Type it into the chat, or reply Y to get our "
            "answers here. Reply STOP to end."
        )
    entries = entries_of(tx, row)
    if row.form == Form.KNOCK:
        who = entries[-1].author_name if entries else "We"
        return f"{who} at {store.name} has answered you. Reply Y to read it here, or STOP."
    words = "\n".join(entry.body or "" for entry in entries)
    names = list(dict.fromkeys(entry.author_name for entry in entries))
    head = f"{' and '.join(names)} at {store.name}: " if names else f"{store.name}: "
    choose = "\n" + LINK_LINE.format(link=_link(tx, setting, row))
    if _is_first_text(tx, row):
        small = f"\n{STOP_LINE}{choose}"
        return text_of(f"{head}{words}", MOST_SMS - len(small)) + small
    said = text_of(words)
    more = said + choose
    costs = segments(more).count > segments(said).count or len(more) > MOST_SMS
    return said if costs or _is_live_exchange(tx, setting, row) else more


def _link(tx: Tx, setting: Setting, row: DeliveryRow) -> str:
    """Where the reader of this delivery chooses how to be answered.

    Raises:
        LookupError: the address is not there.
    """
    address = people.address(tx, row.store_id, row.address_id)
    if address is None:
        raise LookupError("a delivery goes to an address that is there")
    return link_to(setting.base_url, setting.store.key, setting.secret, address)


def _is_live_exchange(tx: Tx, setting: Setting, row: DeliveryRow) -> bool:
    """Whoever has just texted has chosen already, and is not told of it at every answer."""
    act = people.act(tx, row.store_id, "shopper", row.person_id)
    counts = houses.policy(tx, setting.store).act_counts
    return act is not None and act.address_id == row.address_id and act.at + counts > tx.now


def _is_first_text(tx: Tx, row: DeliveryRow) -> bool:
    """The first words to a number name the shop and say how to stop."""
    earlier = reaching.latest_to(tx, [row.store_id], [row.address_id])
    return not any(each.form == Form.WORDS and each.accepted_at is not None for each in earlier)


def _mail(tx: Tx, setting: Setting, row: DeliveryRow) -> Outgoing:
    store = setting.store
    if store.mail_from is None or store.mail_domain is None:
        raise Misconfigured("this store has no address to mail from")
    if row.form == Form.CONFIRMATION:
        return _mail_confirmation(store, row, store.mail_from, store.mail_domain)
    conversation = conversation_of(tx, row)
    entries = entries_of(tx, row)
    earlier = message_ids_of(tx, conversation, row)
    text, html = _mail_words(tx, setting, row, conversation, entries)
    names = list(dict.fromkeys(entry.author_name for entry in entries if entry.author_name))
    name = f"{' and '.join(names)} at {store.name}" if names else store.name
    return Outgoing(
        delivery_id=row.delivery_id,
        channel="email",
        to=row.value,
        sender=f'"{display_name(name)}" <{store.mail_from}>',
        text=text,
        html=html,
        subject=_subject(store, conversation, replies=bool(earlier)),
        message_id=row.message_id or message_id(row.delivery_id, store.mail_domain),
        in_reply_to=earlier[-1] if earlier else None,
        references=tuple(earlier),
        reply_to=reply_address(setting.secret, domain=store.mail_domain, payload=row.delivery_id),
        envelope_from=bounce_address(
            setting.secret, domain=store.mail_domain, payload=row.delivery_id
        ),
    )


def _mail_confirmation(
    store: StoreRow, row: DeliveryRow, mail_from: str, mail_domain: str
) -> Outgoing:
    """The one answer to a STOP or START by mail; no thread, and no address to answer a token to."""
    words = str(unpack(row.content)["text"]).format(store=store.name, what="mails")
    return Outgoing(
        delivery_id=row.delivery_id,
        channel="email",
        to=row.value,
        sender=f'"{display_name(store.name)}" <{mail_from}>',
        text=words,
        subject=f"Messages from {store.name}",
        message_id=row.message_id or message_id(row.delivery_id, mail_domain),
        # RFC 3834 section 5: nobody's auto-responder shall answer this.
        headers=(("Auto-Submitted", "auto-replied"),),
    )


def _subject(store: StoreRow, conversation: ConversationRow, *, replies: bool) -> str:
    """Byte-identical for the life of the conversation: mail clients thread by it too."""
    subject = conversation.subject or f"Your question to {store.name} (#{conversation.number})"
    return f"Re: {subject}" if replies or conversation.subject else subject


def _mail_words(
    tx: Tx,
    setting: Setting,
    row: DeliveryRow,
    conversation: ConversationRow,
    entries: Sequence[EntryRow],
) -> tuple[str, str]:
    context = context_of(tx, conversation, entries, after=_claimed_at(tx, row))
    link = _link(tx, setting, row)
    small = (
        f"Answer this mail, or go on in the chat at {setting.store.name}: it is one conversation."
        " To end these mails, answer with the one word STOP."
    )
    words = "\n\n".join(entry.body or "" for entry in entries)
    lines = "\n".join(f"{entry.author_name}: {entry.body}" for entry in context)
    text = f"{words}\n\n{MARKER}\n{small}\n{LINK_LINE.format(link=link)}\n"
    text += f"\nEarlier:\n{quoted(lines)}\n" if lines else ""
    return text, _html(words, small, link, context)


def _html(words: str, small: str, link: str, context: Sequence[EntryRow]) -> str:
    def lines(text: str) -> str:
        return escape(text).replace("\n", "<br>")

    earlier = "".join(
        f'<p style="margin:0 0 8px"><b>{escape(entry.author_name)}</b>'
        f" {lines(entry.body or '')}</p>"
        for entry in context
    )
    block = (
        f'<blockquote style="margin:16px 0 0;padding:0 0 0 12px;border-left:2px solid #9aa0a8;'
        f'color:#6b6f76">{earlier}</blockquote>'
        if earlier
        else ""
    )
    choose = f'<a href="{escape(link)}" style="color:inherit">Choose where we answer</a>'
    return (
        '<!doctype html><html><head><meta charset="utf-8">'
        '<meta name="color-scheme" content="light dark"></head>'
        '<body style="font:16px/1.45 system-ui,sans-serif;max-width:560px">'
        f'<p style="margin:0 0 16px">{lines(words)}</p>'
        f'<p style="margin:0;color:#6b6f76;font-size:13px">{escape(MARKER)}<br>{lines(small)}'
        f"<br>{choose}</p>{block}</body></html>"
    )


def _claimed_at(tx: Tx, row: DeliveryRow) -> int:
    """When an address was typed that nobody has proven yet; 0 for any other.

    Such a claim is shown nothing older than itself, not even as a quotation (invariant 10).
    """
    address = people.address(tx, row.store_id, row.address_id)
    if address is None or people.is_proven(address, row.conversation_id):
        return 0
    return address.created_at
