"""Statements that the driver is handed as they are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import (
    Column,
    Connection,
    Executable,
    Integer,
    MetaData,
    Table,
    Text,
    bindparam,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from gateway.errors import StorageRefused
from gateway.store.ready import Ready
from gateway.store.sqlite import open_engine

BOX = Table(
    "box",
    MetaData(),
    Column("name", Text, primary_key=True),
    Column("made", Integer, default=1),
    Column("moved", Integer, onupdate=1),
)

PUT = Ready(insert(BOX).values(name=bindparam("word"), made=2))


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    engine = open_engine(tmp_path / "boxes.db", readonly=False)
    with engine.connect() as opened:
        BOX.metadata.create_all(opened)
        yield opened
    engine.dispose()


@pytest.mark.parametrize(
    ("statement", "left"), [(insert(BOX), "made"), (update(BOX), "moved")], ids=["insert", "update"]
)
def test_a_column_that_only_python_would_fill_in_has_to_be_named(
    connection: Connection, statement: Executable, left: str
) -> None:
    told = statement.values(name=bindparam("word"))  # type: ignore[attr-defined]  # both have it
    with pytest.raises(TypeError, match=left):
        Ready(told).run(connection, [{"word": "shoes"}])
    Ready(told.values({left: 2})).run(connection, [{"word": "shoes"}])


def test_a_row_has_the_names_of_what_was_selected_but_for_one_that_comes_twice(
    connection: Connection,
) -> None:
    PUT.run(connection, [{"word": "shoes"}])
    twice = select(BOX.c.name, BOX.c.made, BOX.c.made.label("name"))
    (row,) = Ready(twice).rows(connection, {})
    assert (row.name, row.made, row) == ("shoes", 2, ("shoes", 2, 2))


def test_what_the_database_refuses_is_told_as_ever_but_not_what_it_was_given(
    connection: Connection,
) -> None:
    with pytest.raises(IntegrityError) as told:
        PUT.run(connection, [{"word": "shoes"}] * 2)
    assert "shoes" not in str(told.value)


def test_no_statement_runs_once_sqlite_has_ended_the_transaction(connection: Connection) -> None:
    connection.connection.rollback()  # as SQLite does by itself when the disk is full
    with pytest.raises(StorageRefused):
        PUT.run(connection, [{"word": "shoes"}])
    with pytest.raises(StorageRefused):
        Ready(select(BOX.c.name)).rows(connection, {})
