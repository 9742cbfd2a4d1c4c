"""The words by which things are found, kept true in the transaction that changes them.

Whoever writes an entry, a shopper, an address or a trait through the session writes its search row
by that alone. Statements past the session have to call ``shopper_changed``, or be followed by
``search_rebuild``.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Connection, delete, event, inspect, select
from sqlalchemy.orm import PassiveFlag
from sqlmodel import SQLModel

from gateway.core.folding import tokens
from gateway.store import driver
from gateway.store.attachments import facts_of
from gateway.store.tables import (
    AddressRow,
    ConversationRow,
    EntryRow,
    SearchTextRow,
    ShopperRow,
    TraitRow,
)
from gateway.store.tx import unpack
from gateway.store.written import Written

FACET: Final = "\ue000"  #: begins what is no word that anybody wrote; nobody can type it
#: Begins the words of a conversation or a shopper, which are looked for apart from what was
#: written: a word that is in every message must not be read through to find that nobody has it.
FACT: Final = "\ue001"
MOST_TOKENS: Final = 10_000  #: of one row; PostgreSQL takes 1 MB
PLACE_BITS: Final = 20
_UNFIT = re.compile(r"[\W_]+")
_PHONES = ("sms", "whatsapp")
_PREFIXES = (1, 2, 3)  #: digits that a country's own way of writing a number may leave out

# The subquery sees the rows of its own transaction; on PostgreSQL two at the same moment may get
# the same place, which only means that nobody can say which was first.
_SAVE: Final = (
    "INSERT INTO search_text (store_id, about, seq, kind, place, words) VALUES (?, ?, ?, ?,"
    " coalesce((SELECT max(place) + 1 FROM search_text WHERE place >= ? AND place < ?), ?), ?)"
    " ON CONFLICT (store_id, about, seq) DO UPDATE SET words = excluded.words"
)
_NUMBERS = itertools.count(1)
#: handed to the driver as it is: a message is written far more often than anything else
_SAVE_ON: Final = {
    "sqlite": _SAVE,
    "postgresql": re.sub(r"\?", lambda _: f"${next(_NUMBERS)}", _SAVE),
}
_ROW = SearchTextRow.__table__  # type: ignore[attr-defined]  # SQLModel's tables have one
_COLUMNS = _ROW.c


@lru_cache(maxsize=4_096)  # the same few stores, authors and channels, again and again
def facet(kind: str, value: str = "") -> str:
    """A token for what is known of a row beside its words: its store, its author, its channel."""
    return f"{FACET}{kind}{_UNFIT.sub('', value.lower())}"


def fact(token: str) -> str:
    """A token of a conversation or a shopper."""
    return f"{FACT}{token}"


def first_place(at: int) -> int:
    """The first place of the millisecond in which ``at`` (microseconds) lies."""
    return (at // 1_000) << PLACE_BITS


def words_of_entry(row: EntryRow | Written) -> list[str]:
    """The tokens of a message or a note: its words, what is known of it, its files' names."""
    files = facts_of(row)
    found = [
        *tokens(row.body or ""),
        facet("store", row.store_id),
        facet("by", row.author_id),
        facet("side", row.side),
        facet("on", row.channel),
        *(facet("name", each) for each in tokens(row.author_name)),
    ]
    if row.kind == "note":
        found.append(facet("has", "note"))
    if files:
        found.append(facet("has", "file"))
        for each in files:
            found += tokens(str(each["name"]))
    return found


def words_of_conversation(row: ConversationRow) -> list[str]:
    """The tokens of a conversation itself: its number and what its first mail was about."""
    return [
        *(fact(each) for each in (*tokens(row.subject), str(row.number))),
        facet("number", str(row.number)),
        facet("store", row.store_id),
    ]


def words_of_shopper(
    shopper: ShopperRow, addresses: Iterable[AddressRow], traits: Iterable[TraitRow]
) -> list[str]:
    """The tokens of a shopper: name, addresses, and what their store said of them."""
    found = tokens(shopper.name)
    for each in addresses:
        if each.channel == "push":
            continue
        found += ["", *tokens(each.value)]
        if each.channel in _PHONES:
            digits = "".join(character for character in each.value if character.isdigit())
            found += [digits[left_out:] for left_out in _PREFIXES]
    for trait in traits:
        found += ["", *tokens(trait.name), *tokens(str(unpack(trait.value)))]
    if not found:
        return []
    return [*(fact(each) for each in found), facet("store", shopper.store_id)]


def save(
    connection: Connection,
    store_id: str,
    about: str,
    seq: int,
    kind: str,
    at: int,
    found: list[str],
) -> None:
    """Let one thing be found by these tokens from here on; by none, not at all."""
    if not found:
        forget(connection, store_id, about, seq)
        return
    dialect, first = connection.dialect.name, first_place(at)
    after, words = first + (1 << PLACE_BITS), written(found, dialect)
    given = (store_id, about, seq, kind, first, after, first, words)
    connection.exec_driver_sql(_SAVE_ON[dialect], given)


def save_entries(connection: Connection, rows: Sequence[EntryRow | Written]) -> None:
    """The same as ``save_entry`` for many that nobody has taken back, in one statement."""
    dialect = connection.dialect.name
    given: list[tuple[Any, ...]] = []
    for row in rows:
        first, words = first_place(row.at), written(words_of_entry(row), dialect)
        named = (row.store_id, row.conversation_id, row.seq, "entry")
        given.append((*named, first, first + (1 << PLACE_BITS), first, words))
    if given:
        driver.run(connection, _SAVE_ON[dialect], given)


def written(found: list[str], dialect: str) -> str:
    """Tokens as the index of this database reads them."""
    kept = [each for each in found[:MOST_TOKENS] if each]
    if len(found) > MOST_TOKENS:
        # What is known of it comes after its words, and must not be cut off with them.
        facets = [each for each in found if each.startswith(FACET)]
        kept = [each for each in kept if not each.startswith(FACET)]
        kept[MOST_TOKENS - len(facets) :] = facets
    if dialect == "postgresql":
        return " ".join(f"{each}:{at}" for at, each in enumerate(kept, start=1))
    return " ".join(kept)


def forget(connection: Connection, store_id: str, about: str, seq: int) -> None:
    """Let nobody find it any more."""
    connection.execute(
        delete(_ROW).where(
            _COLUMNS.store_id == store_id, _COLUMNS.about == about, _COLUMNS.seq == seq
        )
    )


def save_entry(connection: Connection, row: EntryRow | Written) -> None:
    """A message or a note, as it is now."""
    found = words_of_entry(row) if row.taken_back_at is None else []
    save(connection, row.store_id, row.conversation_id, row.seq, "entry", row.at, found)


def save_conversation(connection: Connection, row: ConversationRow) -> None:
    """A conversation itself."""
    found = words_of_conversation(row)
    save(connection, row.store_id, row.conversation_id, 0, "conversation", row.created_at, found)


def shopper_changed(connection: Connection, store_id: str, shopper_id: str) -> None:
    """A shopper, as the database has them now."""

    def rows(table: Any, **more: str) -> list[Any]:  # noqa: ANN401  # SQLModel's tables
        owner = "person_id" if table is AddressRow else "shopper_id"
        names = {"store_id": store_id, owner: shopper_id, **more}
        columns = table.__table__.c
        found = select(table.__table__).where(*(columns[name] == names[name] for name in names))
        # Alone on the shopper: of two who learn something at one moment neither would else see
        # what the other has learnt, and the later would write without it.
        return list(connection.execute(found.with_for_update() if table is ShopperRow else found))

    shoppers = rows(ShopperRow)
    found = (
        words_of_shopper(shoppers[0], rows(AddressRow, side="shopper"), rows(TraitRow))
        if shoppers
        else []
    )
    at = shoppers[0].created_at if shoppers else 0
    save(connection, store_id, shopper_id, 0, "shopper", at, found)


def _changed(row: SQLModel, *names: str) -> bool:
    state = inspect(row)
    as_it_is = PassiveFlag.PASSIVE_NO_INITIALIZE
    return any(state.get_history(name, as_it_is).has_changes() for name in names)


@event.listens_for(EntryRow, "after_insert")
def _entry_added(_mapper: object, connection: Connection, row: EntryRow) -> None:
    if row.kind != "event":
        save_entry(connection, row)


@event.listens_for(EntryRow, "after_update")
def _entry_changed(_mapper: object, connection: Connection, row: EntryRow) -> None:
    if row.kind != "event" and _changed(row, "body", "data", "taken_back_at"):
        save_entry(connection, row)


@event.listens_for(EntryRow, "after_delete")
def _entry_gone(_mapper: object, connection: Connection, row: EntryRow) -> None:
    if row.kind != "event":
        forget(connection, row.store_id, row.conversation_id, row.seq)


@event.listens_for(ConversationRow, "after_insert")
def _conversation_added(_mapper: object, connection: Connection, row: ConversationRow) -> None:
    save_conversation(connection, row)


@event.listens_for(ConversationRow, "after_update")
def _conversation_changed(_mapper: object, connection: Connection, row: ConversationRow) -> None:
    if _changed(row, "subject"):
        save_conversation(connection, row)


@event.listens_for(ConversationRow, "after_delete")
def _conversation_gone(_mapper: object, connection: Connection, row: ConversationRow) -> None:
    forget(connection, row.store_id, row.conversation_id, 0)


@event.listens_for(ShopperRow, "after_insert")
def _shopper_added(_mapper: object, connection: Connection, row: ShopperRow) -> None:
    if row.name:
        shopper_changed(connection, row.store_id, row.shopper_id)


@event.listens_for(ShopperRow, "after_update")
def _shopper_changed(_mapper: object, connection: Connection, row: ShopperRow) -> None:
    if _changed(row, "name"):
        shopper_changed(connection, row.store_id, row.shopper_id)


@event.listens_for(ShopperRow, "after_delete")
def _shopper_gone(_mapper: object, connection: Connection, row: ShopperRow) -> None:
    forget(connection, row.store_id, row.shopper_id, 0)


@event.listens_for(AddressRow, "after_insert")
@event.listens_for(AddressRow, "after_delete")
def _address_known(_mapper: object, connection: Connection, row: AddressRow) -> None:
    if row.side == "shopper" and row.channel != "push":
        shopper_changed(connection, row.store_id, row.person_id)


@event.listens_for(AddressRow, "after_update")
def _address_changed(mapper: object, connection: Connection, row: AddressRow) -> None:
    if _changed(row, "value", "person_id"):
        _address_known(mapper, connection, row)
        for before in inspect(row).attrs.person_id.history.deleted:
            shopper_changed(connection, row.store_id, before)


@event.listens_for(TraitRow, "after_insert")
@event.listens_for(TraitRow, "after_delete")
def _trait_known(_mapper: object, connection: Connection, row: TraitRow) -> None:
    shopper_changed(connection, row.store_id, row.shopper_id)


@event.listens_for(TraitRow, "after_update")
def _trait_changed(mapper: object, connection: Connection, row: TraitRow) -> None:
    # A page says the same of its shopper each time that somebody looks at it.
    if _changed(row, "value"):
        _trait_known(mapper, connection, row)
