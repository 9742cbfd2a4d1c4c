"""Gateway processes: which of them accept sockets, and what becomes of those that stop or die.

Presence that a node saw counts only while its lease runs. When it drains or dies, its people are
flagged lost, never gone: a restart is not ten thousand shoppers leaving.
"""

from __future__ import annotations

from sqlmodel import col, select, update

from gateway.clock import SECOND
from gateway.core.conversation import pull_due_lost
from gateway.core.model import Presence, ReachState
from gateway.core.policy import Policy
from gateway.core.timing import grace_end
from gateway.services import whereabouts
from gateway.services.house import Change, House
from gateway.store import house as houses
from gateway.store import people, reaching
from gateway.store.tables import ConversationRow, NodeRow, PresenceRow, ReachRow
from gateway.store.tx import Tx

NODE_LEASE = 30 * SECOND
NEVER = 2**62  #: later than any instant


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
            # Nobody will tell what became of its hand-overs, so the sweep asks now.
            reaching.let_go(tx)
        flag_dead(change, house.node_id)
        _note(tx, house.node_id, accepting=True, at=tx.now)

    await house.change(work)


async def keep_node(house: House) -> bool:
    """Renew this node's lease, keep the clock's floor, and bury nodes that stopped doing so.

    Returns:
        Whether others had buried this one: it could not say for a while that it lives (a database
        that was away, a machine that stood still), and its people are flagged lost.
    """

    def work(change: Change) -> bool:
        tx = change.tx
        row = tx.session.get(NodeRow, house.node_id)
        buried = row is not None and row.ended_at is not None and not house.hub.draining
        if row is not None and (buried or row.ended_at is None):
            if buried:
                row.ended_at, row.accepting_since = None, tx.now
                _note(tx, row.node_id, accepting=True, at=tx.now)
            # Never shortened: a gateway whose clock was moved first may have carried it over.
            row.lease_until = max(row.lease_until, tx.now + NODE_LEASE)
            tx.session.add(row)
        houses.keep_floor(tx)
        flag_dead(change, house.node_id)
        _let_agents_go(change)
        return buried

    return await house.change(work)


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
    """Flag its people lost, and look at whoever waits for them again when their grace is over.

    A few statements for all of them: ten thousand are lost as quickly as ten, and a log that grows
    meanwhile is not waited for.
    """
    tx = change.tx
    row.ended_at = tx.now
    tx.session.add(row)
    _note(tx, row.node_id, accepting=False, at=min(tx.now, row.lease_until))
    tx.session.flush()
    lost = houses.flag_lost(tx, row.node_id)
    accepting = houses.accepting_since(tx)
    for store_id in sorted({each.store_id for each in lost if each.side == "shopper"}):
        policy = houses.policy(tx, houses.store(tx, store_id))
        end = pull_due_lost(NEVER, tx.now, policy, accepting_since=accepting)
        of_lost = select(ConversationRow.conversation_id).where(
            ConversationRow.store_id == store_id,
            col(ConversationRow.shopper_id).in_(
                select(PresenceRow.person_id).where(
                    PresenceRow.store_id == store_id,
                    PresenceRow.side == "shopper",
                    PresenceRow.node_id == row.node_id,
                    PresenceRow.lost_at == tx.now,
                )
            ),
        )
        tx.session.exec(
            update(ReachRow)
            .where(
                col(ReachRow.store_id) == store_id,
                col(ReachRow.side) == "shopper",
                col(ReachRow.state) == ReachState.WAITING,
                col(ReachRow.due_at) > end,
                col(ReachRow.conversation_id).in_(of_lost),
            )
            .values(due_at=end)
            .execution_options(synchronize_session=False)
        )
        change.work = True


def _note(tx: Tx, node_id: str, *, accepting: bool, at: int) -> None:
    """Keep for the simulator when gateways accepted sockets, and whom the end of one lost."""
    reaching.note_fact(tx, people.HOUSE, node_id, "node", accepting=accepting, since=at)


def _let_agents_go(change: Change) -> None:
    """Agents who were lost and did not come back in time are gone.

    What a shopper's presence means is worked out for each message anew; whether anybody answers is
    asked for all conversations at once, so that answer has to be written down.
    """
    tx, policy = change.tx, Policy()
    accepting = houses.accepting_since(tx)
    if accepting is None or tx.now < grace_end(0, accepting, policy):
        return
    # In one statement: whoever comes back at this very moment is not lost any more.
    gone = tx.session.exec(
        update(PresenceRow)
        .where(
            col(PresenceRow.store_id) == people.HOUSE,
            col(PresenceRow.side) == "staff",
            col(PresenceRow.presence) != Presence.GONE,
            col(PresenceRow.lost_at) <= tx.now - policy.grace,
        )
        .values(presence=Presence.GONE, since=PresenceRow.lost_at)
        .returning(col(PresenceRow.person_id))
        .execution_options(synchronize_session=False)
    )
    for agent_id in gone.scalars().all():
        row = people.presence(tx, people.HOUSE, "staff", agent_id)
        if row is not None:
            whereabouts.staff_changed(change, row)
