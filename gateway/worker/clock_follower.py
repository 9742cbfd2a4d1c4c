"""Follows a clock that somebody moves ahead: a demonstration's, by a file; never one in earnest.

After a move nothing waits for the end of an old time-out: what is due by the new time is looked at
at once. A person's ``linger`` and every time-out stay on the hand that nobody moves.

Gateways that share a database have to share the file as well: one that does not know of a move is
taken for dead by those that do, for its lease ends in their past.
"""

from __future__ import annotations

from pathlib import Path

import anyio
import structlog
from sqlmodel import col, update

from gateway.clock import SECOND, ClockFile, SystemClock
from gateway.services.house import Change, House
from gateway.services.nodes import NODE_LEASE
from gateway.services.sessions import AGENT_SESSION
from gateway.store.tables import AgentSessionRow, NodeRow

log = structlog.get_logger(__name__)

POLL = 0.2  #: seconds between looks at the file


class ClockFollower:
    """Keeps one process's clock as far ahead as the file says."""

    def __init__(self, house: House, clock: SystemClock, file: ClockFile) -> None:
        self._house = house
        self._clock = clock
        self._file = file
        self._moved = anyio.Event()

    async def pause(self, seconds: float) -> None:
        """Wait on the hand that nobody moves, but no longer than until the other one is moved."""
        with anyio.move_on_after(seconds):
            await self._moved.wait()

    async def run(self) -> None:
        """Look, and move when there is somewhere to move to, for ever.

        Raises:
            Misconfigured: the file holds something else than microseconds.
            StorageRefused: nothing could be carried over; the clock was not moved.
        """
        while True:
            await self.look()
            await self._clock.sleep(POLL)

    async def look(self) -> None:
        """Move as far as the file says, and wake whatever waits for an instant."""
        by = self._file.read() - self._clock.ahead
        if by <= 0:
            return
        await self._house.change(lambda change: carry_over(change, by))
        self._clock.move_ahead(by)
        log.info("clock.moved", seconds=by // SECOND)
        for store_id, conversation_id in self._house.hub.followed:
            self._house.stale[conversation_id] = store_id
        self._house.refresh.ring()
        self._house.work.ring()
        self._moved.set()
        self._moved = anyio.Event()


def carry_over(change: Change, by: int) -> None:
    """Before a move of ``by`` microseconds: what stands for real seconds gets a full term after it.

    A jump of hours is no gateway that died and no console left open for a night. Done first, so
    that no transaction ever sees the new time with an old lease; whichever gateway comes first does
    it for all that are alive, and done again it changes next to nothing.
    """
    tx, then = change.tx, change.tx.now + by
    lease, session = then + NODE_LEASE, then + AGENT_SESSION
    tx.session.exec(
        update(NodeRow)
        .where(
            col(NodeRow.ended_at).is_(None),
            col(NodeRow.lease_until) > tx.now,
            col(NodeRow.lease_until) < lease,
        )
        .values(lease_until=lease)
        .execution_options(synchronize_session=False)
    )
    tx.session.exec(
        update(AgentSessionRow)
        .where(
            col(AgentSessionRow.expires_at) > tx.now,
            col(AgentSessionRow.expires_at) < session,
        )
        .values(expires_at=session)
        .execution_options(synchronize_session=False)
    )


def follower(house: House, path: Path | None) -> ClockFollower | None:
    """Who follows the file at ``path``; nobody, without one or with a clock that is not ours."""
    if path is None or not isinstance(house.clock, SystemClock):
        return None
    return ClockFollower(house, house.clock, ClockFile(path))
