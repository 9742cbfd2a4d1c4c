"""What the clockwork looks at again and again costs what is due, not all that ever was."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Connection, event, text

from gateway.store import inbound, reaching, senders, taking, writing
from gateway.store.tx import Store, Tx

Asked = tuple[str, tuple[object, ...]]  #: a statement, and what it is given
LOOKS: dict[str, Callable[[Tx], object]] = {
    "what waits for hand-over": lambda tx: taking.queued(tx, 16, full=("sms",)),
    "whose turn is next": senders.next_turn,
    "whose worker never came back": lambda tx: reaching.lapsed(tx, 32),
    "what the process before was handing over": reaching.let_go,
    "what nobody knows the outcome of": lambda tx: reaching.unknown_since(tx, 0, 32),
    "who is to be reached": lambda tx: taking.due_reaches(tx, 50),
    "when somebody is to be reached next": taking.next_due,
    "which messages for later are to be sent": lambda tx: writing.due(tx, 50),
    "when a message for later is to be sent next": writing.next_due,
    "which webhooks are to be understood": lambda tx: inbound.kept(tx, 50),
    "which mails are to be understood": lambda tx: reaching.due_inbound(tx, "email", 10),
}


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
async def test_a_look_reads_no_table_from_end_to_end(
    store: Store, look: Callable[[Tx], object]
) -> None:
    plans = await store.write(lambda tx: plans_of(tx, store.dialect, look))

    assert plans
    for plan in plans:
        from_end_to_end = [
            line for line in plan.split("\n") if line.startswith("SCAN") and " INDEX " not in line
        ]
        assert not from_end_to_end
        assert "Seq Scan" not in plan, plan


def plans_of(tx: Tx, dialect: str, look: Callable[[Tx], object]) -> list[str]:
    """How the database goes about each statement of a look, as it is handed to it."""
    connection, asked = tx.session.connection(), list[Asked]()

    def note(_connection: object, _cursor: object, *told: object) -> None:
        statement, parameters, *_ = told
        asked.append((str(statement), tuple(parameters)))  # type: ignore[arg-type]

    event.listen(connection, "before_cursor_execute", note)
    look(tx)
    event.remove(connection, "before_cursor_execute", note)
    if dialect == "sqlite":
        return [_plan(connection, f"EXPLAIN QUERY PLAN {each}", given) for each, given in asked]
    # Of a table with nothing in it PostgreSQL reads all that there is, if it may.
    connection.execute(text("SET LOCAL enable_seqscan = off"))
    plans = [_plan(connection, f"EXPLAIN {each}", given) for each, given in asked]
    return plans + _kept_plans(connection, asked)


def _kept_plans(connection: Connection, asked: list[Asked]) -> list[str]:
    """PostgreSQL's for whatever is given, which it may keep for what is asked again and again."""
    connection.execute(text("SET LOCAL plan_cache_mode = force_generic_plan"))
    plans = []
    for number, (statement, given) in enumerate(asked):
        connection.exec_driver_sql(f"PREPARE look{number} AS {statement}")
        nothing = f"({', '.join(['NULL'] * len(given))})" if given else ""
        plans.append(_plan(connection, f"EXPLAIN EXECUTE look{number}{nothing}"))
        connection.exec_driver_sql(f"DEALLOCATE look{number}")
    return plans


def _plan(connection: Connection, explain: str, given: tuple[object, ...] = ()) -> str:
    return "\n".join(str(row[-1]) for row in connection.exec_driver_sql(explain, given))
