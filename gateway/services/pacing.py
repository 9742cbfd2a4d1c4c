"""Texts in line: what is over a number's rate waits queued for its turn, and holds up nobody else.

Asked in the transaction that would hand over, with the number's row locked, so all workers of a
house stand in one line. Mail and a Messaging Service have lines of their own.
"""

from __future__ import annotations

from collections.abc import Sequence

from gateway.channels.port import Outgoing
from gateway.core.model import Form
from gateway.core.pace import Line, turn
from gateway.core.segments import segments
from gateway.store import senders
from gateway.store.tables import DeliveryRow, SenderRow
from gateway.store.tx import Tx

IN_FRONT = frozenset({Form.CODE, Form.CONFIRMATION})
"""What somebody has just asked for and sits waiting for."""


def waits(tx: Tx, rows: Sequence[DeliveryRow], ready: Outgoing) -> bool:
    """Whether these, which go out as one text, have to wait; their turn is written down then."""
    if ready.channel != "sms":
        return False
    sender = senders.in_line(tx, rows[0].store_id, ready.sender)
    if sender is None:
        return False
    first = rows[0]
    given = first.not_before if first.turn_of == ready.sender else None
    at = _take(tx, sender, ready, given=given, front=first.form in IN_FRONT)
    if at <= tx.now:
        return False
    for row in rows:
        row.not_before, row.turn_of, row.lease_until = at, ready.sender, None
        tx.session.add(row)
    tx.session.flush()
    return True


def goes_now(tx: Tx, store_id: str, ready: Outgoing) -> None:
    """It goes whatever the line says: a text that its first number could not bring is late."""
    sender = senders.in_line(tx, store_id, ready.sender)
    if sender is not None:
        _take(tx, sender, ready, given=None, front=True)


def inherit(tx: Tx, row: DeliveryRow, earlier: DeliveryRow) -> None:
    """What goes out instead of a delivery has its turn; else whoever writes on never gets one."""
    if earlier.turn_of and row.address_id == earlier.address_id:
        row.not_before, row.turn_of = earlier.not_before, earlier.turn_of
        tx.session.add(row)
        tx.session.flush()


def pieces_of(ready: Outgoing) -> int:
    """How many of the rate it takes: its segments; one that brings pictures is one message."""
    return 1 if ready.media else max(1, segments(ready.text).count)


def _take(tx: Tx, sender: SenderRow, ready: Outgoing, *, given: int | None, front: bool) -> int:
    line = Line(per_minute=sender.per_minute, free_at=sender.free_at, front_at=sender.front_at)
    found = turn(line, pieces_of(ready), tx.now, given=given, front=front)
    if found.line != line:
        sender.free_at, sender.front_at = found.line.free_at, found.line.front_at
        tx.session.add(sender)
        # Whoever comes next in this transaction reads the row anew.
        tx.session.flush()
    return found.at
