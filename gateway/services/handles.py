"""The session's last home: an opaque handle that the shop's page keeps for a frame that cannot.

A handle is traded by the panel for a session, and is another after each use; what a hostile script
on the shop's page could do with one is in ``docs/decisions/0023-the-handle-on-the-shops-page.md``.
"""

from __future__ import annotations

from dataclasses import dataclass

from gateway.auth.tokens import digest, mint
from gateway.clock import DAY, SECOND
from gateway.services import sessions
from gateway.services.house import Change, House
from gateway.store import handles, people
from gateway.store import house as houses
from gateway.store.tables import ShopperSessionRow
from gateway.store.tx import Tx

UNUSED = DAY  #: a handle that nobody uses for so long is worth nothing
#: A used handle serves so much longer: tabs open together, and an answer may be lost on its way.
LATECOMERS = 30 * SECOND


@dataclass(frozen=True, slots=True, kw_only=True)
class Housed:
    """``session``: what the handle was good for. ``handle``: what to keep now; None for nothing."""

    session: str | None
    handle: str | None


NOWHERE = Housed(session=None, handle=None)


async def trade(
    house: House, store_key: str, *, cookie: str | None, handle: str | None, session: str | None
) -> Housed:
    """Trade a handle for a session and the next handle; or give the first for a ``session``.

    A browser whose ``cookie`` is good needs no handle and gets none. What is not good, or not any
    more, gets nothing: the panel goes on as a new shopper.

    Raises:
        NotFound: no store has this key.
    """
    fresh_session, fresh_handle = mint(), mint()

    def change(given: Change) -> Housed:
        tx = given.tx
        store_id = houses.store_by_key(tx, store_key).store_id
        if _session(tx, store_id, cookie) is not None:
            return NOWHERE
        row = handles.find(tx, store_id, digest(handle)) if handle else None
        if row is not None:
            was = people.session_shopper(tx, store_id, row.session_hash)
            if was is None:
                return NOWHERE
            _retire(tx, was)
            row.expires_at = min(row.expires_at, tx.now + LATECOMERS)
            tx.session.add(row)
            sessions.begin_session(tx, store_id, was.shopper_id, fresh_session)
            _give(tx, store_id, fresh_handle, fresh_session)
            return Housed(session=fresh_session, handle=fresh_handle)
        if session is not None and _session(tx, store_id, session) is not None:
            _give(tx, store_id, fresh_handle, session)
            return Housed(session=None, handle=fresh_handle)
        return NOWHERE

    return await house.change(change)


def _session(tx: Tx, store_id: str, token: str | None) -> ShopperSessionRow | None:
    return people.session_shopper(tx, store_id, digest(token)) if token else None


def _give(tx: Tx, store_id: str, handle: str, session: str) -> None:
    handles.put(tx, store_id, digest(handle), digest(session), expires_at=tx.now + UNUSED)


def _retire(tx: Tx, was: ShopperSessionRow) -> None:
    """The page that held the former session is gone, or uses it and so prolongs it again."""
    was.expires_at = min(was.expires_at, tx.now + UNUSED)
    tx.session.add(was)
