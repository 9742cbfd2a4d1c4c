"""What sockets that come bring and ask for, as statements over all that come in the same moment.

After a restart everybody is back at once, and of the twenty statements that one arrival takes the
mapper and the compiler of SQL are nine tenths. So what each has of their own is asked for by set,
past the mapper; what is a store's is loaded with it, once for all of its shoppers.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Final, NamedTuple

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Executable,
    and_,
    cast,
    delete,
    exists,
    or_,
    select,
)
from sqlalchemy.orm import aliased
from sqlmodel import col

from gateway.store.ready import Asked
from gateway.store.tables import (
    AddressRow,
    ConversationRow,
    EntryRow,
    ReachRow,
    ShopperRow,
    ShopperSessionRow,
    TicketRow,
)
from gateway.store.tables.columns import table_of
from gateway.store.tx import Tx
from gateway.store.written import Written

Person = tuple[str, str]  #: store_id, shopper_id
Key = tuple[str, str, str]  #: store_id, shopper_id, the hash of their session

_owner = aliased(ShopperRow)
_entry: Final = table_of(EntryRow)
_COLUMNS: Final = tuple(each.name for each in fields(Written))


class Ticket(NamedTuple):
    """A ticket that was good, and is spent."""

    token_hash: str
    kind: str
    store_id: str
    person_id: str
    session_hash: str
    expires_at: int


class Guest(NamedTuple):
    """Who comes, and their newest conversation; what follows ``conversation_id`` is its row's.

    None where there is no such row: ``language`` of nobody, ``conversation_id`` of who never wrote.
    """

    store_id: str
    shopper_id: str
    session_hash: str
    session_ends_at: int | None
    owner_merged_into: str | None  #: of whom the session is
    language: str | None
    zone: str | None
    preference: str | None
    has_addresses: bool
    conversation_id: str | None
    number: int
    state: str
    created_at: int
    last_seq: int
    seen_shopper: int
    seen_staff: int
    assignee_id: str | None
    staff_reach: str | None


def _named(asked: CTE) -> ColumnElement[bool]:
    # By the hash alone first, which is the key; the kind is looked at on what that finds.
    return and_(
        col(TicketRow.token_hash).in_(select(asked.c.token_hash)),
        exists().where(
            asked.c.token_hash == col(TicketRow.token_hash), asked.c.kind == col(TicketRow.kind)
        ),
    )


def _spent(asked: CTE) -> Executable:
    columns = (col(getattr(TicketRow, name)) for name in Ticket._fields)
    return delete(TicketRow).where(_named(asked)).returning(*columns)


def _theirs(asked: CTE) -> ColumnElement[bool]:
    # What goes on in another since a merge is none.
    return and_(
        col(ConversationRow.store_id) == asked.c.store_id,
        col(ConversationRow.shopper_id) == asked.c.shopper_id,
        col(ConversationRow.continued_in).is_(None),
    )


def _reach(asked: CTE, side: str) -> ColumnElement[bool]:
    # By the store that was asked for, so that PostgreSQL may not join it before: until it had
    # counted the conversations it took all of them for few, and sought the side of each.
    return and_(
        col(ReachRow.store_id) == asked.c.store_id,
        col(ReachRow.conversation_id) == col(ConversationRow.conversation_id),
        col(ReachRow.side) == side,
    )


def _newest(asked: CTE) -> Executable:
    return (
        select(
            asked.c.store_id,
            asked.c.shopper_id,
            col(ConversationRow.conversation_id),
            col(ConversationRow.state),
            col(ConversationRow.created_at),
        )
        .select_from(asked)
        .join(ConversationRow, _theirs(asked))
    )


def _unread(asked: CTE) -> Executable:
    return (
        select(
            asked.c.store_id,
            asked.c.shopper_id,
            col(ConversationRow.conversation_id),
            col(ReachRow.state),
            col(ReachRow.head_seq) > col(ReachRow.seen_seq),
        )
        .select_from(asked)
        .join(
            ConversationRow,
            and_(
                col(ConversationRow.store_id) == asked.c.store_id,
                col(ConversationRow.shopper_id) == asked.c.shopper_id,
            ),
        )
        # Each has one, and "outer" keeps SQLite from beginning with all the reach rows of a store.
        .outerjoin(ReachRow, _reach(asked, "shopper"))
    )


def _guests(asked: CTE) -> Executable:
    conversation = ConversationRow
    return (
        select(
            asked.c.store_id,
            asked.c.shopper_id,
            asked.c.session_hash,
            col(ShopperSessionRow.expires_at),
            col(_owner.merged_into),
            col(ShopperRow.language),
            col(ShopperRow.zone),
            col(ShopperRow.preference),
            exists().where(
                col(AddressRow.store_id) == asked.c.store_id,
                col(AddressRow.side) == "shopper",
                col(AddressRow.person_id) == asked.c.shopper_id,
            ),
            col(conversation.conversation_id),
            col(conversation.number),
            col(conversation.state),
            col(conversation.created_at),
            col(conversation.last_seq),
            col(conversation.seen_shopper),
            col(conversation.seen_staff),
            col(conversation.assignee_id),
            col(ReachRow.state),
        )
        .select_from(asked)
        .outerjoin(
            ShopperSessionRow,
            and_(
                col(ShopperSessionRow.store_id) == asked.c.store_id,
                col(ShopperSessionRow.token_hash) == asked.c.session_hash,
            ),
        )
        .outerjoin(
            _owner,
            and_(
                col(_owner.store_id) == asked.c.store_id,
                col(_owner.shopper_id) == col(ShopperSessionRow.shopper_id),
            ),
        )
        .outerjoin(
            ShopperRow,
            and_(
                col(ShopperRow.store_id) == asked.c.store_id,
                col(ShopperRow.shopper_id) == asked.c.shopper_id,
            ),
        )
        .outerjoin(conversation, _theirs(asked))
        .outerjoin(ReachRow, _reach(asked, "staff"))
    )


def _entries(asked: CTE) -> Executable:
    since = cast(asked.c.since, BigInteger)
    return (
        select(*(_entry.c[name] for name in _COLUMNS))
        .select_from(asked)
        .join(
            _entry,
            and_(
                _entry.c.store_id == asked.c.store_id,
                _entry.c.conversation_id == asked.c.conversation_id,
                _entry.c.seq >= since,
            ),
        )
        .where(or_(_entry.c.audience == "all", _entry.c.seq == since))
    )


_SPENT = Asked(("token_hash", "kind"), _spent)
_NEWEST = Asked(("store_id", "shopper_id"), _newest)
_UNREAD = Asked(("store_id", "shopper_id"), _unread)
_GUESTS = Asked(("store_id", "shopper_id", "session_hash"), _guests)
_ENTRIES = Asked(("store_id", "conversation_id", "since"), _entries)


def spend(tx: Tx, named: Sequence[tuple[str, str]]) -> list[Ticket | None]:
    """Take these tickets (hash, kind) out of circulation; None for each that is not good.

    One that was spent, has run out or was never ours is not; the first who names one has it.
    """
    rows = (Ticket(*row) for row in _SPENT.rows(tx.session.connection(), named))
    spent = {(row.token_hash, row.kind): row for row in rows if row.expires_at > tx.now}
    return [spent.pop(each, None) for each in named]


def newest_conversations(tx: Tx, people: Collection[Person]) -> dict[Person, str]:
    """Their newest conversations, as ``thread.latest_of`` would find each."""
    found: dict[Person, tuple[bool, int, str]] = {}
    for store_id, shopper_id, name, state, created_at in _NEWEST.rows(
        tx.session.connection(), people
    ):
        rank = (state == "open", created_at, name)
        found[store_id, shopper_id] = max(rank, found.get((store_id, shopper_id), rank))
    return {who: name for who, (_, _, name) in found.items()}


def unread(tx: Tx, people: Collection[Person]) -> dict[Person, list[tuple[str, str]]]:
    """Their conversations with something unread, by id, and how their side of each stands.

    A resolved one may hold an answer. Who has read all is not among them.
    """
    found: dict[Person, list[tuple[str, str]]] = {}
    rows = _UNREAD.rows(tx.session.connection(), people)
    for store_id, shopper_id, name, state, is_unread in rows:
        if is_unread:
            found.setdefault((store_id, shopper_id), []).append((name, state))
    return found


def guests(tx: Tx, asked: Iterable[Key]) -> dict[Key, Guest]:
    """All of these, each with their newest conversation."""
    found: dict[Key, Guest] = {}
    for row in _GUESTS.rows(tx.session.connection(), asked):
        guest = Guest(*row)
        key = (guest.store_id, guest.shopper_id, guest.session_hash)
        if key not in found or _rank(found[key]) < _rank(guest):
            found[key] = guest
    return found


def _rank(row: Guest) -> tuple[bool, int, str]:
    return row.state == "open", row.created_at, row.conversation_id or ""


def entries_since(
    tx: Tx, asked: Mapping[tuple[str, str], int]
) -> dict[tuple[str, str], list[Written]]:
    """What shoppers may see of these conversations (store_id, conversation_id), oldest first.

    From a seq on, and the entry of that seq whoever may see it.
    """
    wanted = ((*name, str(since)) for name, since in asked.items())
    rows = _ENTRIES.rows(tx.session.connection(), wanted)
    entries = [Written(**dict(zip(_COLUMNS, row, strict=True))) for row in rows]
    found: dict[tuple[str, str], list[Written]] = {name: [] for name in asked}
    for entry in sorted(entries, key=lambda entry: entry.seq):
        found[entry.store_id, entry.conversation_id].append(entry)
    return found
