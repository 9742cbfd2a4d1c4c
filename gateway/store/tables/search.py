"""What search looks through: one row for each message and note, conversation and shopper.

The index proper stands beside the table (``BESIDE``), and triggers or the database itself keep it
true to it: FTS5 over its ``words`` on SQLite, on PostgreSQL GIN over a column that is generated
from them. Nothing of it is the only
copy of anything: ``onethread db reindex`` makes it anew.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import DDL, Index, event

from gateway.store.tables.columns import Row, integer, key, one_of, text


class SearchTextRow(Row, table=True):
    """The tokens of one thing, in order, as this database's index wants them.

    ``about`` is a conversation (``seq`` 0 for itself, else an entry's) or a shopper. ``place``
    grows with the instant and is never given twice on SQLite: 43 bits of milliseconds, then 20
    that tell rows of one millisecond apart.
    """

    __tablename__ = "search_text"
    __table_args__ = (
        one_of("kind", "entry", "conversation", "shopper"),
        # FTS5 knows rows by their place alone.
        Index("ix_search_text_place", "place"),
    )
    store_id: str = key()
    about: str = key()
    seq: int = integer(primary_key=True)
    kind: str = text()
    place: int = integer()
    words: str = text()


class SearchDueRow(Row, table=True):
    """An entry that was written and cannot be found yet: the clockwork sees to it."""

    __tablename__ = "search_due"
    store_id: str = key()
    conversation_id: str = key()
    seq: int = integer(primary_key=True)


class SearchRebuildRow(Row, table=True):
    """How far a rebuild has come: it is done with all up to this row of its step.

    There is one while a rebuild runs, or since one was broken off.
    """

    __tablename__ = "search_rebuild"
    __table_args__ = (one_of("step", "entry", "conversation", "shopper"),)
    name: str = key()
    step: str = text()
    store_id: str = text(default="")
    about: str = text(default="")
    seq: int = integer(default=0)


#: What stands beside the tables and no table can declare, by database, in the order of making.
#: Migrations are written with it (``migrations/env.py``), ``create_all`` makes it too.
BESIDE: Final[dict[str, tuple[str, ...]]] = {
    "sqlite": (
        "CREATE VIRTUAL TABLE search_index USING fts5("
        "words, content='search_text', content_rowid='place', tokenize='ascii')",
        "CREATE TRIGGER search_text_added AFTER INSERT ON search_text BEGIN"
        " INSERT INTO search_index (rowid, words) VALUES (new.place, new.words); END",
        "CREATE TRIGGER search_text_removed AFTER DELETE ON search_text BEGIN"
        " INSERT INTO search_index (search_index, rowid, words)"
        " VALUES ('delete', old.place, old.words); END",
        "CREATE TRIGGER search_text_changed AFTER UPDATE OF place, words ON search_text BEGIN"
        " INSERT INTO search_index (search_index, rowid, words)"
        " VALUES ('delete', old.place, old.words);"
        " INSERT INTO search_index (rowid, words) VALUES (new.place, new.words); END",
    ),
    "postgresql": (
        "ALTER TABLE search_text ADD COLUMN found tsvector"
        " GENERATED ALWAYS AS (words::tsvector) STORED",
        "CREATE INDEX ix_search_text_words ON search_text USING gin (found)",
    ),
}
#: What goes when the table goes, beyond what goes with it.
BESIDE_GONE: Final[dict[str, tuple[str, ...]]] = {"sqlite": ("DROP TABLE search_index",)}

for _dialect, _statements in BESIDE.items():
    for _statement in _statements:
        event.listen(
            SearchTextRow.__table__,  # type: ignore[attr-defined]  # SQLModel's tables have one
            "after_create",
            DDL(_statement).execute_if(dialect=_dialect),  # type: ignore[no-untyped-call]
        )
