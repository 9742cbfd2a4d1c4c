"""Alembic's environment: the connection is handed in, never opened here."""

from __future__ import annotations

from alembic import context
from sqlmodel import SQLModel

import gateway.store.tables  # noqa: F401  # fills the metadata
from gateway.store.migrations.beside import is_declared, write_beside

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=SQLModel.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    include_name=is_declared,
    process_revision_directives=write_beside,
)
with context.begin_transaction():
    context.run_migrations()
