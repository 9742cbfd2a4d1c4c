"""Mails that were set aside: an operator sees them, has them read again, or lets them go.

A mail's name here is short and made from its key, so that it can be typed, and says nothing of who
wrote it. What is let go keeps its row without its bytes: the same mail, brought again, stays gone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import structlog
from prometheus_client import Gauge

from gateway.errors import Forbidden, NotFound, OnethreadError
from gateway.services.house import House
from gateway.services.wire import masked
from gateway.store import house as houses
from gateway.store import inbound
from gateway.store.tables import InboundRow
from gateway.store.tx import Store, Tx, unpack

log = structlog.get_logger(__name__)

OPERATOR = "operator"  #: who acts by the command line
MAILS = Gauge("onethread_quarantined_mails", "Mails that were set aside and wait for somebody.")
_NAME = 12  #: characters; two of a house's mails do not meet in 48 bits
_WHY = {
    "quarantined": "reading it failed three times",
    "no sender": "it does not say who wrote it",
    "unreadable": "nothing in it can be read, and it does not say who wrote it",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """A mail that was set aside; ``sender`` is masked and empty for a bounce, ``size`` octets.

    ``came_at`` is microseconds UTC.
    """

    name: str
    store_key: str
    store: str
    came_at: int
    why: str
    sender: str
    size: int
    attempts: int


async def listed(store: Store) -> list[SetAside]:
    """All that was set aside, store by store, the oldest first."""
    return await store.read(_listed)


async def look(house: House, agent_id: str) -> list[SetAside]:
    """The same, for an owner.

    Raises:
        Forbidden: the agent is no owner.
    """

    def work(tx: Tx) -> list[SetAside]:
        _require_owner(tx, agent_id)
        return _listed(tx)

    return await house.store.read(work)


async def raw(store: Store, name: str) -> tuple[SetAside, bytes]:
    """One of them, and its bytes as they came.

    Raises:
        NotFound: nothing of this name was set aside.
    """

    def work(tx: Tx) -> tuple[SetAside, bytes]:
        row = _row(tx, name)
        found = next(each for each in _listed(tx) if each.name == name)
        return found, row.raw

    return await store.read(work)


async def release(store: Store, name: str, *, by: str = OPERATOR) -> None:
    """Have it read again, as though it had just come.

    Raises:
        NotFound: nothing of this name was set aside.
    """
    store_id = await _act(store, name, _release)
    log.info("quarantine.released", mail=name, store=store_id, by=by)


async def release_as(house: House, name: str, agent_id: str) -> list[SetAside]:
    """The same, for an owner; what is left is returned.

    Raises:
        Forbidden: the agent is no owner.
        NotFound: nothing of this name was set aside.
    """
    await look(house, agent_id)
    await release(house.store, name, by=agent_id)
    house.work.ring()
    return await listed(house.store)


async def discard(store: Store, name: str) -> None:
    """Let its bytes go, for good.

    Raises:
        NotFound: nothing of this name was set aside.
    """
    store_id = await _act(store, name, _discard)
    log.info("quarantine.discarded", mail=name, store=store_id, by=OPERATOR)


async def measure(store: Store) -> None:
    """Bring the gauge up to date; while the database does not answer, it stays as it was."""
    with suppress(OnethreadError):
        MAILS.set(await store.read(_count))


async def _act(store: Store, name: str, work: Callable[[Tx, InboundRow], None]) -> str:
    def run(tx: Tx) -> str:
        row = _row(tx, name)
        work(tx, row)
        tx.session.add(row)
        return row.store_id

    return await store.write(run, on=f"quarantine:{name}")


def _release(tx: Tx, row: InboundRow) -> None:
    row.state = "kept" if row.channel in inbound.HOOKED else "stored"
    row.outcome, row.attempts, row.due_at = "", 0, tx.now


def _discard(_tx: Tx, row: InboundRow) -> None:
    row.state, row.outcome, row.raw, row.envelope = "done", "discarded", b"", "{}"


def _listed(tx: Tx) -> list[SetAside]:
    return [
        SetAside(
            name=_name(store.store_id, each.inbound_key),
            store_key=store.key,
            store=store.name,
            came_at=each.received_at,
            why=_WHY.get(each.outcome, each.outcome),
            sender=_sender(each.envelope),
            size=each.size,
            attempts=each.attempts,
        )
        for store in houses.stores(tx)
        for each in inbound.quarantined(tx, store.store_id)
    ]


def _count(tx: Tx) -> int:
    return sum(inbound.count_quarantined(tx, store.store_id) for store in houses.stores(tx))


def _row(tx: Tx, name: str) -> InboundRow:
    for store in houses.stores(tx):
        for each in inbound.quarantined(tx, store.store_id):
            if _name(store.store_id, each.inbound_key) == name:
                return tx.session.get_one(InboundRow, (store.store_id, each.inbound_key))
    raise NotFound("nothing of this name was set aside")


def _name(store_id: str, key: str) -> str:
    return hashlib.sha256(f"{store_id} {key}".encode()).hexdigest()[:_NAME]


def _sender(envelope: str) -> str:
    said = unpack(envelope)
    sender = said.get("from") or said.get("sender") or ""
    return masked("email" if "@" in sender else "sms", sender) if sender else ""


def _require_owner(tx: Tx, agent_id: str) -> None:
    if not houses.agent(tx, agent_id).owner:
        raise Forbidden("only an owner may see what was set aside")
