"""Statements that go straight to SQLite's driver.

What SQLAlchemy makes of a statement and of its rows (an execution context, a result with a
description of its columns) costs some fifteen microseconds, the driver two or three: at a thousand
messages a second, each a transaction of ten statements, most of what the writer did. PostgreSQL's
statements are answered from another process, and go the usual way.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from typing import Any, cast

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from gateway.errors import StorageRefused

Given = tuple[Any, ...]


def begin(connection: Connection, how: str) -> None:
    """Begin SQLite's transaction with ``how``.

    Raises:
        DBAPIError: the database refuses it.
    """
    driver = connection.connection.driver_connection
    try:
        cast("sqlite3.Connection", driver).execute(how)
    except sqlite3.Error as error:
        raise _wrapped(connection, how, error) from error


def rows(
    connection: Connection, statement: str, given: Given, row: Callable[[Given], Any]
) -> Sequence[Any]:
    """What a statement finds; ``row`` makes of SQLite's what SQLAlchemy brings by itself.

    Raises:
        DBAPIError: the database refuses it.
        StorageRefused: the transaction is gone.
    """
    driver = _driver(connection)
    if driver is None:
        return connection.exec_driver_sql(statement, given).all()
    try:
        return list(map(row, driver.execute(statement, given)))
    except sqlite3.Error as error:
        raise _wrapped(connection, statement, error) from error


def run(connection: Connection, statement: str, given: Sequence[Given]) -> None:
    """Execute a statement for each of these.

    Raises:
        DBAPIError: the database refuses it.
        StorageRefused: the transaction is gone.
    """
    driver = _driver(connection)
    if driver is None:
        connection.exec_driver_sql(statement, list(given))
        return
    try:
        driver.executemany(statement, given)
    except sqlite3.Error as error:
        raise _wrapped(connection, statement, error) from error


def _driver(connection: Connection) -> sqlite3.Connection | None:
    driver = connection.connection.driver_connection
    if not isinstance(driver, sqlite3.Connection):
        return None
    if not driver.in_transaction:  # a full disk has ended it, and a statement would commit itself
        raise StorageRefused
    return driver


def _wrapped(connection: Connection, statement: str, error: sqlite3.Error) -> BaseException:
    """The same error as SQLAlchemy has it, without what was given: it may be somebody's words."""
    return DBAPIError.instance(
        statement, None, error, sqlite3.Error, hide_parameters=True, dialect=connection.dialect
    )
