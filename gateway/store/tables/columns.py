"""Column kinds: text, 64-bit integers and bytes, spelled once."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, LargeBinary, Table, Text
from sqlmodel import Field, SQLModel
from typing_extensions import override

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "pk": "pk_%(table_name)s",
}


class Row(SQLModel):
    """A row of any table, whose values are set through SQLAlchemy alone.

    SQLModel sets each of them a second time through Pydantic, which checks nothing for tables: a
    fifth of what a write cost.
    """

    def __init__(self, **given: Any) -> None:  # noqa: ANN401  # the columns' own types
        defaults, names = _columns_of(type(self))
        if not given.keys() <= names:
            raise TypeError(f"{type(self).__name__} has no such column")
        # Nothing is known of a new row yet that these could change: no events are needed.
        self.__dict__.update(defaults)
        self.__dict__.update(given)

    @override
    def __setattr__(self, name: str, value: object) -> None:
        object.__setattr__(self, name, value)


@cache
def _columns_of(table: type[Row]) -> tuple[dict[str, object], frozenset[str]]:
    fields = table.model_fields
    defaults = {name: each.get_default() for name, each in fields.items() if not each.is_required()}
    return defaults, frozenset(fields)


def table_of(entity: type[SQLModel]) -> Table:
    """An entity's table, for statements that leave the mapper out."""
    table: Table = entity.__table__  # type: ignore[attr-defined]  # SQLModel's tables have one
    return table


def text(**more: Any) -> Any:  # noqa: ANN401  # SQLModel's Field is typed Any
    """A text column."""
    return Field(sa_type=Text, **more)


def integer(**more: Any) -> Any:  # noqa: ANN401
    """A 64-bit integer column: instants in microseconds UTC, counts, and 0 or 1 for flags."""
    return Field(sa_type=BigInteger, **more)


def raw(**more: Any) -> Any:  # noqa: ANN401
    """A column of bytes."""
    return Field(sa_type=LargeBinary, **more)


def key(**more: Any) -> Any:  # noqa: ANN401
    """A text column that is part of the primary key."""
    return Field(sa_type=Text, primary_key=True, **more)


def one_of(column: str, *allowed: str) -> CheckConstraint:
    """A CHECK that a text column holds one of these; table models do not validate, this does."""
    listed = ", ".join(f"'{each}'" for each in allowed)
    return CheckConstraint(f"{column} IN ({listed})", name=column)
