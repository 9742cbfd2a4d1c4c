"""Statements that the driver is handed as they are."""

from __future__ import annotations

from collections.abc import Iterator

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
    create_engine,
    insert,
    update,
)

from gateway.store.ready import Ready

BOX = Table(
    "box",
    MetaData(),
    Column("name", Text),
    Column("made", Integer, default=1),
    Column("moved", Integer, onupdate=1),
)


@pytest.fixture
def connection() -> Iterator[Connection]:
    engine = create_engine("sqlite://")
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
