"""What a node sees of one person, written down alone."""

from __future__ import annotations

from gateway.core.model import Presence
from gateway.services import whereabouts
from gateway.services.house import Change
from gateway.services.whereabouts import Key, Seen, Sight


def is_seen(
    change: Change,
    key: Key,
    presence: Presence,
    node_id: str,
    page: tuple[str, str] | None = None,
) -> Seen:
    """From now on they are there like that; what became of it."""
    sight = Sight(key=key, presence=presence, since=change.tx.now, page=page)
    policies = whereabouts.policies_of(change.tx, [key])
    [seen] = whereabouts.record(change, [sight], policies, node_id=node_id)
    return seen
