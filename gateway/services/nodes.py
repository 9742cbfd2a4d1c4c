"""Gateway processes: which of them accept sockets, and what becomes of those that stop or die.

Presence that a node saw counts only while its lease runs. When it drains or dies, its people are
flagged lost, never gone: a restart is not ten thousand shoppers leaving.
"""

from __future__ import annotations

from sqlmodel import col, select, update

from gateway.clock import SECOND
from gateway.core.conversation import pull_due_lost
from gateway.core.model import DeliveryState, ReachState
from gateway.services.house import Change, House
from gateway.store import house as houses
from gateway.store import reaching, thread
from gateway.store.tables import DeliveryRow, NodeRow
from gateway.store.tx import Tx

NODE_LEASE = 30 * SECOND


async def begin_node(house: House) -> None:
    """This gateway accepts sockets from now on; people of nodes that died are flagged lost."""

    def work(change: Change) -> None:
        tx = change.tx
        tx.session.add(
            NodeRow(node_id=house.node_id, accepting_since=tx.now, lease_until=tx.now + NODE_LEASE)
        )
        if tx.session.get_bind().dialect.name == "sqlite":
            # One process owns the file: whatever ran before is dead, whatever its lease says.
            for row in tx.session.exec(
                select(NodeRow).where(
                    col(NodeRow.ended_at).is_(None), NodeRow.node_id != house.node_id
                )
            ):
                _bury(change, row)
            _let_go(tx)
        flag_dead(change, house.node_id)

    await house.change(work)


async def keep_node(house: House) -> None:
    """Renew this node's lease, keep the clock's floor, and bury nodes that stopped doing so."""

    def work(change: Change) -> None:
        tx = change.tx
        row = tx.session.get(NodeRow, house.node_id)
        if row is not None:
            row.lease_until = tx.now + NODE_LEASE
            tx.session.add(row)
        houses.keep_floor(tx)
        flag_dead(change, house.node_id)

    await house.change(work)


async def end_node(house: House) -> None:
    """This gateway drains: nobody can know any more what its people do."""

    def work(change: Change) -> None:
        row = change.tx.session.get(NodeRow, house.node_id)
        if row is not None:
            _bury(change, row)

    await house.change(work)


def flag_dead(change: Change, own: str) -> None:
    """Bury every node whose lease lapsed."""
    for row in houses.dead_nodes(change.tx):
        if row.node_id != own:
            _bury(change, row)


def _bury(change: Change, row: NodeRow) -> None:
    tx = change.tx
    row.ended_at = tx.now
    tx.session.add(row)
    for lost in houses.flag_lost(tx, row.node_id):
        if lost.side != "shopper":
            continue
        conversation = thread.open_of(tx, lost.store_id, lost.person_id)
        if conversation is None:
            continue
        reach = reaching.reach(tx, conversation, "shopper")
        policy = houses.policy(tx, houses.store(tx, lost.store_id))
        if reach.state == ReachState.WAITING and reach.due_at is not None:
            reach.due_at = pull_due_lost(
                reach.due_at, tx.now, policy, accepting_since=houses.accepting_since(tx)
            )
            tx.session.add(reach)
            change.work = True


def _let_go(tx: Tx) -> None:
    """Hand-overs of the process before: nobody will tell their outcome, so the sweep asks now."""
    tx.session.exec(
        update(DeliveryRow)
        .where(col(DeliveryRow.state) == DeliveryState.SUBMITTING)
        .values(lease_until=tx.now)
        .execution_options(synchronize_session=False)
    )
