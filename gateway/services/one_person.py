"""Who two shoppers are once they are one: their names, what they did last, where they are.

What belongs to them (conversations, addresses, deliveries) is for ``belongings``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gateway.core.model import Presence
from gateway.services import blocking
from gateway.store import people
from gateway.store.tables import PresenceRow, ShopperRow
from gateway.store.tx import Tx

SHOPPER = "shopper"
_BLOCK = ("blocked_at", "blocked_by", "blocked_because")
_KNOWN = ("name", "zone", "verified", "preference", *_BLOCK)


def be_one(
    tx: Tx, elder: ShopperRow, younger: ShopperRow, *, goes_along: bool
) -> dict[str, list[str | int | None]]:
    """What is known of the younger alone is known of the elder; what they did last both did.

    ``goes_along``: the younger's browser is the elder's from now on.

    Returns what changed of the elder, by name: what it was, and what it is.
    """
    was = {name: getattr(elder, name) for name in _KNOWN}
    younger.merged_into = elder.shopper_id
    blocking.inherit(tx, elder, younger)
    elder.verified = max(elder.verified, younger.verified)
    elder.name = elder.name or younger.name
    elder.zone = elder.zone or younger.zone
    if elder.preference == "[]":
        elder.preference = younger.preference
    tx.session.add_all([elder, younger])
    store_id, mine, theirs = elder.store_id, elder.shopper_id, younger.shopper_id
    last = people.act(tx, store_id, SHOPPER, theirs)
    known = people.act(tx, store_id, SHOPPER, mine)
    if last is not None and (known is None or known.at < last.at):
        address = people.address(tx, store_id, last.address_id) if last.address_id else None
        at = last.at
        people.record_act(
            tx, store_id, SHOPPER, mine, last.channel, address.address_id if address else None
        )
        moved = people.act(tx, store_id, SHOPPER, mine)
        if moved is not None:
            moved.at = at
            tx.session.add(moved)
    if goes_along:
        _be_where(tx, store_id, mine, theirs)
    now = {name: getattr(elder, name) for name in _KNOWN}
    return {name: [was[name], now[name]] for name in _KNOWN if was[name] != now[name]}


def be_two(tx: Tx, elder: ShopperRow, learned: Mapping[str, Sequence[str | int | None]]) -> None:
    """The elder forgets what only the younger was known by, unless it has changed since."""
    _, made_blocked = learned.get("blocked_at", (None, elder.blocked_at))
    stays = _BLOCK if elder.blocked_at != made_blocked else ()
    for name, (was, made) in learned.items():
        if getattr(elder, name) == made and name not in stays:
            setattr(elder, name, was)
    tx.session.add(elder)
    tx.session.flush()


def _be_where(tx: Tx, store_id: str, mine: str, theirs: str) -> None:
    """Whoever is there as the younger is there: their tabs say so by themselves a moment later."""
    there = people.presence(tx, store_id, SHOPPER, theirs)
    here = people.presence(tx, store_id, SHOPPER, mine)
    order = list(Presence)
    if there is None or (
        here is not None
        and order.index(Presence(here.presence)) <= order.index(Presence(there.presence))
    ):
        return
    here = here or PresenceRow(
        store_id=store_id, side=SHOPPER, person_id=mine, node_id="", presence="gone", since=0
    )
    for name in ("node_id", "presence", "since", "lost_at", "url", "title"):
        setattr(here, name, getattr(there, name))
    tx.session.add(here)
