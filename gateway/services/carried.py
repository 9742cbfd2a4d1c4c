"""What a delivery carries, read from the thread as it is at hand-over.

Shared by the words for shoppers (``render``) and for agents (``notices``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.services.tongues import Tongue, tongue
from gateway.store import inbound, merging, messages, people, reaching
from gateway.store.attachments import ids_of
from gateway.store.known_statements import CONTEXT
from gateway.store.tables import ConversationRow, DeliveryRow, EntryRow, StoreRow
from gateway.store.tx import Tx, unpack

MOST_SMS = 1_600  #: Twilio's limit in characters (error 21617)
MOST_CONTEXT = 6  #: earlier messages quoted below a mail


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What rendering needs besides the rows."""

    store: StoreRow
    base_url: str
    secret: bytes


def entries_of(tx: Tx, row: DeliveryRow) -> list[EntryRow]:
    """The entries that a delivery carries and that still say something."""
    found = (
        merging.entry_named(tx, row.store_id, row.conversation_id, name)
        for name in unpack(row.seqs)
    )
    said = [entry for entry in found if entry is not None and says_something(entry)]
    return sorted(said, key=lambda entry: entry.at)


def says_something(entry: EntryRow) -> bool:
    """Whether there is still anything in it: words or files."""
    return bool(entry.body or ids_of(entry))


def conversation_of(tx: Tx, row: DeliveryRow) -> ConversationRow:
    """The conversation that a delivery of words belongs to.

    Raises:
        LookupError: it belongs to none.
    """
    found = tx.session.get(ConversationRow, (row.store_id, row.conversation_id))
    if found is None:
        raise LookupError("a delivery of words belongs to a conversation")
    return found


def context_of(
    tx: Tx, conversation: ConversationRow, entries: Sequence[EntryRow], *, after: int = 0
) -> list[EntryRow]:
    """What the words answer to: the messages right before them, none from before ``after``.

    What lies further back in the log than ``CONTEXT`` seqs is no context any more.
    """
    if not entries:
        return []
    # Of a merged thread the first of them may stand in the younger's log.
    first, where = entries[0].seq, entries[0].conversation_id
    rows = messages.between(tx, conversation.store_id, where, max(1, first - CONTEXT), first)
    return [row for row in rows if row.at > after and says_something(row)][-MOST_CONTEXT:]


def message_ids_of(tx: Tx, conversation: ConversationRow, row: DeliveryRow) -> list[str]:
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
        (at, str(envelope["message_id"]))
        for at, packed in inbound.mails_in(tx, conversation.store_id, conversation.conversation_id)
        if (envelope := unpack(packed)).get("message_id") and envelope.get("from") == row.value
    ]
    return [found for _, found in sorted(ours + theirs)]


def tongue_of(tx: Tx, row: DeliveryRow, store: StoreRow) -> Tongue:
    """The language of the shopper that a delivery goes to, else the store's."""
    shopper = people.shopper(tx, row.store_id, row.person_id)
    return tongue(shopper.language if shopper else "", store.language)


def quoted(text: str) -> str:
    """Lines as a mail quotes them."""
    return "\n".join(f"> {line}" for line in text.splitlines())


def display_name(name: str) -> str:
    """A name as it may stand between the quotes of a From field (RFC 5322 section 3.2.4)."""
    return name.replace("\\", "").replace('"', "'")
