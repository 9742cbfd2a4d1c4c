"""Statements about the agents' pictures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlmodel import col, select

from gateway.store.tables import AgentRow, EntryRow, FaceRow
from gateway.store.tx import Tx
from gateway.store.written import Written


def faces_of(tx: Tx, rows: Iterable[EntryRow | Written]) -> dict[str, str]:
    """The names of the pictures of whoever of the staff wrote these entries, by agent."""
    agents = {row.author_id for row in rows if row.side == "staff"}
    if not agents:
        return {}
    found = tx.session.exec(
        select(AgentRow.agent_id, AgentRow.face).where(
            col(AgentRow.agent_id).in_(agents), AgentRow.face != ""
        )
    ).all()
    return dict(found)


def by_agent(tx: Tx, rows: Iterable[EntryRow]) -> dict[str, bytes | None]:
    """The pictures (JPEG) of everybody of the staff who wrote one of these entries, by agent."""
    agents = {row.author_id for row in rows if row.side == "staff"}
    if not agents:
        return {}
    found = tx.session.exec(select(FaceRow).where(col(FaceRow.agent_id).in_(agents)))
    return dict.fromkeys(agents) | {row.agent_id: row.jpeg for row in found}


def pictures_of(tx: Tx, rows: Sequence[EntryRow]) -> dict[str, bytes]:
    """The same of those who have one."""
    agents = {row.author_id for row in rows if row.side == "staff"}
    if tx.known is not None and agents <= tx.known.faces.keys():
        found = {each: tx.known.faces[each] for each in agents}
    else:
        found = by_agent(tx, rows)
    return {agent_id: jpeg for agent_id, jpeg in found.items() if jpeg is not None}


def face(tx: Tx, face_id: str) -> FaceRow | None:
    """A picture by its name."""
    return tx.session.get(FaceRow, face_id)


def face_of(tx: Tx, agent_id: str) -> FaceRow | None:
    """An agent's picture."""
    return tx.session.exec(select(FaceRow).where(FaceRow.agent_id == agent_id)).first()
