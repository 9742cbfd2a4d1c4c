"""The words of a delivery, rendered at hand-over from the thread as it is then.

What a shopper gets names the agent and the store, never an agent's own address (behaviour 37).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from gateway.channels.email.quoting import MARKER
from gateway.channels.email.tokens import bounce_address, message_id, reply_address
from gateway.channels.port import Outgoing
from gateway.core.model import Form
from gateway.core.segments import plain
from gateway.errors import Misconfigured
from gateway.services.wire import shopper_name
from gateway.store import people, reaching, thread
from gateway.store.tables import ConversationRow, DeliveryRow, EntryRow, StoreRow
from gateway.store.tx import Tx, unpack

STOP_LINE = "Reply STOP to end these texts."
HELP_LINE = "{store}: we text you answers to your question in our chat. Reply STOP to end."
STOPPED_LINE = "{store}: you will get no more {what} from us. Reply START to change that."
STARTED_LINE = "{store}: {what} are on again. Reply STOP to end them."
MOST_SMS = 1_600  #: Twilio's limit in characters (error 21617)
CUT = "… (the rest is in our chat)"  #: nobody is to take a cut answer for a whole one
MOST_CONTEXT = 6  #: earlier entries quoted below a notice to an agent


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What rendering needs besides the rows."""

    store: StoreRow
    base_url: str
    secret: bytes


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
        text=_sms_words(tx, store, row, code),
        status_callback=(
            f"{setting.base_url}/hooks/twilio/{store.key}/status?delivery={row.delivery_id}"
        ),
    )


def _sms_words(tx: Tx, store: StoreRow, row: DeliveryRow, code: str | None) -> str:
    if row.form == Form.CONFIRMATION:
        return str(unpack(row.content)["text"]).format(store=store.name, what="texts")
    if row.form == Form.CODE:
        return (
            f"{store.name}: {code} is your code. Type it into the chat, or reply Y to get our "
            "answers here. Reply STOP to end."
        )
    entries = _entries(tx, row)
    if row.form == Form.KNOCK:
        who = entries[-1].author_name if entries else "We"
        return f"{who} at {store.name} has answered you. Reply Y to read it here, or STOP."
    if row.side == "staff":
        return _short(_notice_line(tx, row, entries))
    words = "\n".join(entry.body or "" for entry in entries)
    names = list(dict.fromkeys(entry.author_name for entry in entries))
    head = f"{' and '.join(names)} at {store.name}: " if names else f"{store.name}: "
    first = _is_first_text(tx, row)
    return _short(plain(f"{head}{words}\n{STOP_LINE}" if first else f"{words}"))


def _notice_line(tx: Tx, row: DeliveryRow, entries: Sequence[EntryRow]) -> str:
    conversation = _conversation(tx, row)
    shopper = people.shopper(tx, row.store_id, conversation.shopper_id)
    words = " / ".join(entry.body or "" for entry in entries)
    who = shopper_name(shopper, conversation.number)
    return plain(f"#{conversation.number} {who}: {words}\nReply to answer.")


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
    conversation = _conversation(tx, row)
    entries = _entries(tx, row)
    earlier = _message_ids(tx, conversation, row)
    text, html = _mail_words(tx, store, row, conversation, entries)
    names = list(dict.fromkeys(entry.author_name for entry in entries if entry.author_name))
    name = f"{' and '.join(names)} at {store.name}" if row.side == "shopper" else store.name
    return Outgoing(
        delivery_id=row.delivery_id,
        channel="email",
        to=row.value,
        sender=f'"{_quoted(name)}" <{store.mail_from}>',
        text=text,
        html=html,
        subject=_subject(store, conversation, row, replies=bool(earlier)),
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
        sender=f'"{_quoted(store.name)}" <{mail_from}>',
        text=words,
        subject=f"Messages from {store.name}",
        message_id=row.message_id or message_id(row.delivery_id, mail_domain),
        # RFC 3834 section 5: nobody's auto-responder shall answer this.
        headers=(("Auto-Submitted", "auto-replied"),),
    )


def _subject(
    store: StoreRow, conversation: ConversationRow, row: DeliveryRow, *, replies: bool
) -> str:
    """Byte-identical for the life of the conversation: mail clients thread by it too."""
    if row.side == "staff":
        return f"#{conversation.number} needs an answer ({store.name})"
    subject = conversation.subject or f"Your question to {store.name} (#{conversation.number})"
    return f"Re: {subject}" if replies or conversation.subject else subject


def _mail_words(
    tx: Tx,
    store: StoreRow,
    row: DeliveryRow,
    conversation: ConversationRow,
    entries: Sequence[EntryRow],
) -> tuple[str, str]:
    context = _context(tx, conversation, entries, after=_claimed_at(tx, row))
    if row.side == "staff":
        small = (
            "Answer this mail to answer the shopper; they see your name and nothing else of you."
        )
    else:
        small = (
            f"Answer this mail, or go on in the chat at {store.name}: it is one conversation."
            " To end these mails, answer with the one word STOP."
        )
    words = "\n\n".join(
        (f"{entry.author_name}: " if row.side == "staff" else "") + (entry.body or "")
        for entry in entries
    )
    quoted = "\n".join(f"{entry.author_name}: {entry.body}" for entry in context)
    text = f"{words}\n\n{MARKER}\n{small}\n" + (f"\nEarlier:\n{_quote(quoted)}\n" if quoted else "")
    return text, _html(store, words, small, context)


def _html(store: StoreRow, words: str, small: str, context: Sequence[EntryRow]) -> str:
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
    return (
        '<!doctype html><html><head><meta charset="utf-8">'
        '<meta name="color-scheme" content="light dark"></head>'
        '<body style="font:16px/1.45 system-ui,sans-serif;max-width:560px">'
        f'<p style="margin:0 0 16px">{lines(words)}</p>'
        f'<p style="margin:0;color:#6b6f76;font-size:13px">{escape(MARKER)}<br>{lines(small)}</p>'
        f"{block}</body></html>"
    )


def _entries(tx: Tx, row: DeliveryRow) -> list[EntryRow]:
    found = (thread.entry(tx, row.store_id, row.conversation_id, seq) for seq in unpack(row.seqs))
    return [entry for entry in found if entry is not None and entry.body]


def _claimed_at(tx: Tx, row: DeliveryRow) -> int:
    """When an address was typed that nobody has proven yet; 0 for any other.

    Such a claim is shown nothing older than itself, not even as a quotation (invariant 10).
    """
    address = people.address(tx, row.store_id, row.address_id) if row.side == "shopper" else None
    if address is None or people.is_proven(address, row.conversation_id):
        return 0
    return address.created_at


def _context(
    tx: Tx, conversation: ConversationRow, entries: Sequence[EntryRow], *, after: int
) -> list[EntryRow]:
    """What the words answer to: the messages right before them, none from before ``after``."""
    if not entries:
        return []
    rows = thread.before(
        tx,
        conversation.store_id,
        conversation.conversation_id,
        entries[0].seq,
        staff=False,
        limit=MOST_CONTEXT * 2,
    )
    return [row for row in rows if row.kind == "message" and row.at > after][-MOST_CONTEXT:]


def _message_ids(tx: Tx, conversation: ConversationRow, row: DeliveryRow) -> list[str]:
    """Every Message-ID of this mail thread so far, ours and theirs, oldest first."""
    ours = [
        (each.handed_at or 0, each.message_id)
        for each in reaching.deliveries_of(
            tx, conversation.store_id, conversation.conversation_id, row.side
        )
        if each.message_id
        and each.address_id == row.address_id
        and each.delivery_id != row.delivery_id
        and each.accepted_at is not None
        and each.message_id != row.message_id
    ]
    theirs = [
        (inbound.received_at, str(envelope["message_id"]))
        for inbound in reaching.inbound_of(
            tx, conversation.store_id, conversation.conversation_id, "email"
        )
        if (envelope := unpack(inbound.envelope)).get("message_id")
        and envelope.get("from") == row.value
    ]
    return [found for _, found in sorted(ours + theirs)]


def _conversation(tx: Tx, row: DeliveryRow) -> ConversationRow:
    found = tx.session.get(ConversationRow, (row.store_id, row.conversation_id))
    if found is None:
        raise LookupError("a delivery of words belongs to a conversation")
    return found


def _short(text: str) -> str:
    return text if len(text) <= MOST_SMS else text[: MOST_SMS - len(CUT)] + CUT


def _quote(text: str) -> str:
    return "\n".join(f"> {line}" for line in text.splitlines())


def _quoted(name: str) -> str:
    return name.replace("\\", "").replace('"', "'")
