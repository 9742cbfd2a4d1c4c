"""Statements about conversations and their log."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlmodel import col, func, select, update

from gateway.core.marks import unmarked
from gateway.errors import CmidConflict, NotFound
from gateway.store import appending
from gateway.store.attachments import facts_of
from gateway.store.tables import ConversationRow, EntryRow, ReachRow, ShopperRow, StoreRow
from gateway.store.tx import Tx, pack

MOST_PREVIEW = 140
_MOST_READ = 4 * MOST_PREVIEW  #: of an answer, for its preview: signs and addresses go
SYSTEM = "system"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An entry before it has a seq."""

    kind: str
    side: str
    author_id: str
    author_name: str = ""
    audience: str = "all"
    channel: str = "chat"
    cmid: str | None = None
    body: str | None = None
    event: str | None = None
    data: dict[str, Any] = field(default_factory=dict)
    inbound_key: str | None = None
    automatic: bool = False


def happened(event: str, *, audience: str = "staff", **data: Any) -> Draft:  # noqa: ANN401  # JSON
    """A draft of an event; a ``channel`` in its data is the entry's too."""
    return Draft(
        kind="event",
        side=SYSTEM,
        author_id=SYSTEM,
        audience=audience,
        channel=str(data.get("channel") or "chat"),
        event=event,
        data=data,
    )


def take(tx: Tx, store_id: str, conversation_id: str) -> ConversationRow:
    """The conversation, locked until the transaction ends.

    Raises:
        NotFound: no such conversation in this store.
    """
    if tx.known is not None and conversation_id in tx.known.conversations:
        return tx.known.conversations[conversation_id]
    row = tx.session.exec(
        select(ConversationRow)
        .where(
            ConversationRow.store_id == store_id,
            ConversationRow.conversation_id == conversation_id,
        )
        .with_for_update()
        .execution_options(populate_existing=True)  # what was read before the lock is old
    ).first()
    if row is None:
        raise NotFound
    return row


def open_of(tx: Tx, store_id: str, shopper_id: str) -> ConversationRow | None:
    """The shopper's one open conversation, locked, if there is one."""
    return tx.session.exec(
        select(ConversationRow)
        .where(
            ConversationRow.store_id == store_id,
            ConversationRow.shopper_id == shopper_id,
            ConversationRow.state == "open",
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()


def end_of(tx: Tx, conversation: ConversationRow, *, locked: bool = True) -> ConversationRow:
    """Where a conversation goes on since it was merged, locked; else itself. A read must not lock.

    Raises:
        NotFound: it goes on in one that is not there.
    """
    while conversation.continued_in is not None:
        name = (conversation.store_id, conversation.continued_in)
        found = take(tx, *name) if locked else tx.session.get(ConversationRow, name)
        if found is None:
            raise NotFound
        conversation = found
    return conversation


def latest_of(tx: Tx, store_id: str, shopper_id: str) -> ConversationRow | None:
    """The shopper's newest conversation, open or resolved; what goes on in another is none."""
    return tx.session.exec(
        select(ConversationRow)
        .where(
            ConversationRow.store_id == store_id,
            ConversationRow.shopper_id == shopper_id,
            col(ConversationRow.continued_in).is_(None),
        )
        # One that a merge brought may be the younger, and over.
        .order_by(col(ConversationRow.state), col(ConversationRow.created_at).desc())
        .limit(1)
    ).first()


def start(tx: Tx, store_id: str, shopper_id: str, *, subject: str = "") -> ConversationRow:
    """A new open conversation; its number is the store's next. A blocked shopper's is blocked."""
    number = tx.session.exec(
        update(StoreRow)
        .where(col(StoreRow.store_id) == store_id)
        .values(next_number=StoreRow.next_number + 1)
        .returning(col(StoreRow.next_number))
        .execution_options(synchronize_session=False)
    ).scalar_one()
    row = ConversationRow(
        store_id=store_id,
        conversation_id=tx.new_id(),
        number=number - 1,
        shopper_id=shopper_id,
        subject=subject,
        blocked_at=tx.session.exec(
            select(ShopperRow.blocked_at).where(
                ShopperRow.store_id == store_id, ShopperRow.shopper_id == shopper_id
            )
        ).first(),
        last_at=tx.now,
        created_at=tx.now,
    )
    tx.session.add(row)
    tx.session.add_all(
        ReachRow(store_id=store_id, conversation_id=row.conversation_id, side=side)
        for side in ("shopper", "staff")
    )
    tx.session.flush()
    return row


def append(tx: Tx, conversation: ConversationRow, draft: Draft) -> EntryRow:
    """Give the draft the next seq; the conversation must have been taken in this transaction."""
    conversation.last_seq += 1
    row = EntryRow(
        store_id=conversation.store_id,
        conversation_id=conversation.conversation_id,
        seq=conversation.last_seq,
        entry_id=tx.new_id(),
        prev=conversation.last_all,
        at=tx.now,
        kind=draft.kind,
        audience=draft.audience,
        side=draft.side,
        author_id=draft.author_id,
        author_name=draft.author_name,
        channel=draft.channel,
        cmid=draft.cmid,
        body=draft.body,
        event=draft.event,
        data=pack(draft.data),
        inbound_key=draft.inbound_key,
        automatic=int(draft.automatic),
    )
    if draft.audience == "all":
        conversation.last_all = row.seq
    if draft.kind == "message":
        _show_in_inbox(conversation, row)
    if tx.known is None:
        tx.session.add(conversation)
    if draft.kind == "event":
        appending.add(tx, row)
    else:
        tx.session.add(row)
    tx.flush()
    return row


def _show_in_inbox(conversation: ConversationRow, row: EntryRow) -> None:
    conversation.last_at = row.at
    preview(conversation, row)
    if row.automatic:
        return
    if row.side == "shopper":
        conversation.unread += 1
        conversation.waiting_since = conversation.waiting_since or row.at
    else:
        conversation.waiting_since = None


def preview(conversation: ConversationRow, row: EntryRow) -> None:
    """Let the inbox show this message."""
    words = row.body or ", ".join(str(each["name"]) for each in facts_of(row))
    # Only an agent's signs make words stand out; a shopper's are theirs.
    plain = unmarked(words[:_MOST_READ]) if row.side == "staff" and row.body else words
    conversation.preview = preview_of(plain)
    conversation.last_channel = row.channel


def preview_of(words: str) -> str:
    """The first words, on one line."""
    return " ".join(words.split())[:MOST_PREVIEW]


def already(tx: Tx, store_id: str, author_id: str, cmid: str, body: str) -> EntryRow | None:
    """The entry that this author already wrote under this ``cmid`` (invariant 2).

    Raises:
        CmidConflict: it exists with another body.
    """
    row = tx.session.exec(
        select(EntryRow).where(
            EntryRow.store_id == store_id,
            EntryRow.author_id == author_id,
            EntryRow.cmid == cmid,
        )
    ).first()
    # What has been changed since cannot be compared any more; its author wrote it all the same.
    is_as_written = row is not None and row.edited_at is None and row.taken_back_at is None
    if row is not None and is_as_written and row.body != body:
        raise CmidConflict
    return row


def entry(tx: Tx, store_id: str, conversation_id: str, seq: int) -> EntryRow | None:
    """One entry by its seq."""
    if tx.known is not None and (conversation_id, seq) in tx.known.entries:
        return tx.known.entries[conversation_id, seq]
    return tx.session.get(EntryRow, (store_id, conversation_id, seq))


def seq_at(tx: Tx, store_id: str, conversation_id: str, at: int) -> int:
    """The last seq that a conversation had at an instant; 0 before its first entry."""
    return (
        tx.session.exec(
            select(func.max(EntryRow.seq)).where(
                EntryRow.store_id == store_id,
                EntryRow.conversation_id == conversation_id,
                EntryRow.at <= at,
            )
        ).one()
        or 0
    )


def entry_by_id(tx: Tx, store_id: str, conversation_id: str, entry_id: str) -> EntryRow | None:
    """One entry by its id."""
    return tx.session.exec(
        select(EntryRow).where(
            EntryRow.store_id == store_id,
            EntryRow.conversation_id == conversation_id,
            EntryRow.entry_id == entry_id,
        )
    ).first()
