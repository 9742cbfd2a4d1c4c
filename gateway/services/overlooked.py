"""Whom another node spoke for last, and says less of than is seen here."""

from __future__ import annotations

from collections.abc import Mapping

from sqlmodel import col, select

from gateway.clock import MINUTE
from gateway.core.model import Presence
from gateway.services.whereabouts import Key, rank
from gateway.store.tables import NodeRow, PresenceRow
from gateway.store.tx import Tx

PER_QUERY = 500


def overlooked(tx: Tx, here: Mapping[Key, Presence], *, node_id: str) -> list[Key]:
    """Who of those seen ``here`` is written down as less present than that, by another node.

    Two tabs of one person may be on two nodes, and the node that is left last knows of one.
    """
    if not here or not _others(tx, node_id):
        return []
    names = sorted({key[2] for key in here})
    found: list[Key] = []
    for first in range(0, len(names), PER_QUERY):
        rows = tx.session.exec(
            select(PresenceRow).where(
                col(PresenceRow.person_id).in_(names[first : first + PER_QUERY]),
                PresenceRow.node_id != node_id,
                col(PresenceRow.store_id).in_({key[0] for key in here}),
                col(PresenceRow.side).in_({key[1] for key in here}),
            )
        )
        for row in rows:
            seen = here.get((row.store_id, row.side, row.person_id))
            if seen is not None and (row.lost_at is not None or rank(row.presence) > rank(seen)):
                found.append((row.store_id, row.side, row.person_id))
    return found


def _others(tx: Tx, node_id: str) -> bool:
    """Whether another node is alive, or was until a moment ago: its last word may still stand."""
    return (
        tx.session.exec(
            select(NodeRow.node_id)
            .where(NodeRow.lease_until > tx.now - MINUTE, NodeRow.node_id != node_id)
            .limit(1)
        ).first()
        is not None
    )
