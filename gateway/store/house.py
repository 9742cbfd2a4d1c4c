"""Statements about the house: stores, policies, agents, sessions, tickets, nodes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from sqlalchemy import bindparam, text
from sqlmodel import col, delete, func, select, update

from gateway.clock import DAY
from gateway.core.policy import Policy
from gateway.core.policy_document import policy_from
from gateway.errors import NotFound
from gateway.store import handles
from gateway.store.ids import first_id
from gateway.store.ready import Ready
from gateway.store.tables import (
    AgentRow,
    AgentSessionRow,
    FactRow,
    HouseRow,
    NodeRow,
    PolicyRow,
    PresenceRow,
    StoreLogoRow,
    StoreRow,
    TicketRow,
)
from gateway.store.tables.people import HOUSE
from gateway.store.tx import Tx, unpack

KEEP_FACTS = 90 * DAY  #: what explanations and the simulator read is older in no store

_FIRST = text(
    "INSERT INTO house (house_id, epoch, clock_floor, created_at) VALUES ('house', 1, :now, :now)"
    " ON CONFLICT (house_id) DO NOTHING"
)

_POLICY_NOW = Ready(
    select(PolicyRow.document)
    .select_from(StoreRow)
    .join(
        PolicyRow,
        (col(PolicyRow.store_id) == col(StoreRow.store_id))
        & (col(PolicyRow.version) == col(StoreRow.policy_version)),
        isouter=True,
    )
    .where(col(StoreRow.store_id) == bindparam("store"))
)
_STORE_IDS = Ready(select(col(StoreRow.store_id)).order_by(col(StoreRow.created_at)))
_EPOCH = Ready(select(HouseRow.epoch).where(HouseRow.house_id == "house"))


def house(tx: Tx) -> HouseRow:
    """The one house, made when it is not there yet."""
    row = tx.session.get(HouseRow, "house")
    if row is not None:
        return row
    # Gateways that start together find none together; all but one make none.
    tx.session.execute(_FIRST, {"now": tx.now})
    return tx.session.get_one(HouseRow, "house")


def epoch(tx: Tx) -> int:
    """Which of its lives the house is in: a restore begins another."""
    found = _EPOCH.rows(tx.session.connection(), {})
    return int(found[0][0]) if found else house(tx).epoch


def keep_floor(tx: Tx) -> None:
    """Remember how late it is, unless a node whose clock is ahead knows better."""
    tx.session.exec(
        update(HouseRow)
        .where(col(HouseRow.clock_floor) < tx.now)
        .values(clock_floor=tx.now)
        .execution_options(synchronize_session=False)
    )


def begin_epoch(tx: Tx) -> int:
    """What clients remember of the log may never have been: they take it anew; the new epoch."""
    row = house(tx)
    row.epoch += 1
    tx.session.add(row)
    return row.epoch


def stores(tx: Tx) -> Sequence[StoreRow]:
    """Every store of the house."""
    return tx.session.exec(select(StoreRow).order_by(col(StoreRow.created_at))).all()


def store_ids(tx: Tx) -> list[str]:
    """The same by their ids."""
    return [row[0] for row in _STORE_IDS.found(tx)]


def store_by_key(tx: Tx, key: str) -> StoreRow:
    """The store that a public key names.

    Raises:
        NotFound: no store has it.
    """
    row = tx.session.exec(select(StoreRow).where(StoreRow.key == key)).first()
    if row is None:
        raise NotFound("no store has this key")
    return row


def store(tx: Tx, store_id: str) -> StoreRow:
    """A store by its id.

    Raises:
        NotFound: there is none.
    """
    if tx.known is not None and store_id in tx.known.stores:
        return tx.known.stores[store_id]
    row = tx.session.get(StoreRow, store_id)
    if row is None:
        raise NotFound
    return row


def logo(tx: Tx, store_id: str) -> StoreLogoRow | None:
    """What a store's mails bear at their top."""
    if tx.known is not None and store_id in tx.known.logos:
        return tx.known.logos[store_id]
    return tx.session.get(StoreLogoRow, store_id)


def policy(tx: Tx, row: StoreRow) -> Policy:
    """The policy in force for a store; the defaults when it never set one."""
    name = (row.store_id, row.policy_version)
    if tx.known is not None and name in tx.known.policies:
        found = tx.known.policies[name]
    else:
        found = tx.session.get(PolicyRow, name)
    return _policy(found.document) if found else Policy()


def policy_now(tx: Tx, store_id: str) -> Policy:
    """The same for who needs nothing else of the store.

    Raises:
        NotFound: there is no such store.
    """
    found = _POLICY_NOW.found(tx, store=store_id)
    if not found:
        raise NotFound
    return _policy(found[0][0]) if found[0][0] else Policy()


@lru_cache(maxsize=256)
def _policy(document: str) -> Policy:
    return policy_from(unpack(document))


def agent(tx: Tx, agent_id: str) -> AgentRow:
    """An agent by id.

    Raises:
        NotFound: there is none.
    """
    row = tx.session.get(AgentRow, agent_id)
    if row is None:
        raise NotFound
    return row


def agent_by_email(tx: Tx, email: str) -> AgentRow | None:
    """An agent by sign-in e-mail, compared lower-case."""
    return tx.session.exec(select(AgentRow).where(AgentRow.email == email.lower())).first()


def agents(tx: Tx) -> Sequence[AgentRow]:
    """Every agent: on call first and in order, then the others by name."""
    if tx.known is not None and tx.known.agents is not None:
        return tx.known.agents
    return tx.session.exec(
        select(AgentRow).order_by(
            (col(AgentRow.on_call) == 0).asc(), col(AgentRow.on_call), col(AgentRow.name)
        )
    ).all()


def session_agent(tx: Tx, token_hash: str) -> tuple[AgentRow, AgentSessionRow] | None:
    """Whose console session this is, unless it has run out."""
    session = tx.session.get(AgentSessionRow, token_hash)
    if session is None or session.expires_at <= tx.now:
        return None
    found = tx.session.get(AgentRow, session.agent_id)
    return (found, session) if found else None


def forget_old(tx: Tx) -> None:
    """Drop tickets and sessions that have run out, and facts that are too old to explain."""
    tx.session.exec(delete(TicketRow).where(col(TicketRow.expires_at) <= tx.now))
    tx.session.exec(delete(AgentSessionRow).where(col(AgentSessionRow.expires_at) <= tx.now))
    handles.forget_old(tx)
    oldest = first_id(max(0, tx.now - KEEP_FACTS))
    for store_id in (HOUSE, *(row.store_id for row in stores(tx))):
        # Their ids are ordered by time, so the primary key finds the old ones.
        tx.session.exec(
            delete(FactRow).where(col(FactRow.store_id) == store_id, col(FactRow.fact_id) < oldest)
        )


def accepting_since(tx: Tx) -> int | None:
    """When gateways last began to accept sockets; None while none does."""
    if tx.known is not None and tx.known.accepting_since is not None:
        return tx.known.accepting_since[0]
    return tx.session.exec(
        select(func.max(NodeRow.accepting_since)).where(
            col(NodeRow.ended_at).is_(None), NodeRow.lease_until > tx.now
        )
    ).one()


def dead_nodes(tx: Tx) -> Sequence[NodeRow]:
    """Nodes whose lease lapsed without a word."""
    return tx.session.exec(
        select(NodeRow).where(col(NodeRow.ended_at).is_(None), NodeRow.lease_until <= tx.now)
    ).all()


def flag_lost(tx: Tx, node_id: str) -> Sequence[PresenceRow]:
    """Nobody can know any more what this node's people do; returns those who were there."""
    rows = tx.session.exec(
        select(PresenceRow).where(
            PresenceRow.node_id == node_id,
            col(PresenceRow.lost_at).is_(None),
            PresenceRow.presence != "gone",
        )
    ).all()
    tx.session.exec(
        update(PresenceRow)
        .where(
            col(PresenceRow.node_id) == node_id,
            col(PresenceRow.lost_at).is_(None),
            col(PresenceRow.presence) != "gone",
        )
        .values(lost_at=tx.now)
    )
    return rows
