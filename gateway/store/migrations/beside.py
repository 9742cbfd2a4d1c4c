"""What stands beside the tables (``tables/search.py``), carried into the migrations.

Autogenerate knows tables and indexes alone. A revision that makes the table also makes what stands
beside it, as literal SQL, so that it stays what it was when the tables go on; what is beside a
table and changes later needs a revision written by hand.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from alembic import op
from alembic.autogenerate import renderers
from alembic.autogenerate.api import AutogenContext
from alembic.operations import MigrateOperation
from alembic.operations.ops import CreateTableOp, MigrationScript
from sqlmodel import SQLModel

from gateway.store.tables.search import BESIDE, BESIDE_GONE, SearchTextRow


def beside(dialect: str, statement: str) -> None:
    """Run a statement of a revision on the one database that it is for."""
    if op.get_bind().dialect.name == dialect:
        op.execute(statement)


class BesideOp(MigrateOperation):
    """A call of ``beside`` in a revision that is being written."""

    def __init__(self, dialect: str, statement: str) -> None:
        self.dialect = dialect
        self.statement = statement


def write_beside(_context: object, _revision: object, directives: list[MigrationScript]) -> None:
    """Alembic's hook: add to a new revision what stands beside the tables that it makes."""
    for script in directives:
        upgrades, downgrades = script.upgrade_ops, script.downgrade_ops
        if upgrades is None or downgrades is None:
            continue
        made = {each.table_name for each in upgrades.ops if isinstance(each, CreateTableOp)}
        if SearchTextRow.__tablename__ in made:
            upgrades.ops.extend(_ops(BESIDE))
            downgrades.ops.extend(_ops(BESIDE_GONE))


def is_declared(name: str | None, kind: str, _parents: object) -> bool:
    """Whether a table, column or index of the database is one that the tables themselves declare."""
    if kind == "table":
        return name in SQLModel.metadata.tables
    stands_beside = any(
        f"INDEX {name} ON" in statement for each in BESIDE.values() for statement in each
    )
    if kind == "column":
        return f"ADD COLUMN {name} " not in " ".join(BESIDE["postgresql"])
    return kind != "index" or not stands_beside


def _ops(statements: dict[str, tuple[str, ...]]) -> Iterable[Any]:
    return [BesideOp(dialect, each) for dialect, all_of in statements.items() for each in all_of]


@renderers.dispatch_for(BesideOp)
def _written(context: AutogenContext, made: BesideOp) -> str:
    context.imports.add("from gateway.store.migrations.beside import beside")
    return f"beside({made.dialect!r}, {made.statement!r})"
