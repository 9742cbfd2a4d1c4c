"""A house whose clockwork runs when the test says so, and a look into what it stored."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlmodel import SQLModel, col, select

from gateway.clock import SECOND
from gateway.files.child import Child
from gateway.services import (
    claiming,
    handover,
    kept_hooks,
    mails,
    nodes,
    reaching,
    scheduled_sends,
    text_files,
)
from gateway.services.house import House
from gateway.services.outcomes import Outcomes
from gateway.store import senders, taking, writing
from gateway.store.tables import DecisionRow, DeliveryRow, EntryRow
from gateway.store.tx import Tx, unpack
from tests.integration.town.moving_clock import MovingClock

T = TypeVar("T")
R = TypeVar("R", bound=SQLModel)

MOST_ROUNDS = 60


@dataclass(eq=False)
class Days:
    """Time passes here."""

    clock: MovingClock
    house: House
    child: Child
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1), init=False)

    async def tick(self, seconds: float = 0.0) -> None:
        """Let time pass, with a clockwork that sleeps until something is due."""
        goal = self.clock.now() + round(seconds * SECOND)
        due = await self.settle()
        while due is not None and due < goal:
            due = await self._until(due)
        if seconds:
            await self._until(goal)

    async def _until(self, instant: int) -> int | None:
        self.clock.move_ahead(max(0, instant - self.clock.now()))
        await nodes.keep_node(self.house)
        return await self.settle()

    async def settle(self) -> int | None:
        """What the clockwork does, round after round; returns when it has to look again."""
        swept = False
        for _ in range(MOST_ROUNDS):
            while await scheduled_sends.send_due(self.house):
                pass
            due, live = await self.read(_open_work)
            if not swept and live & {"submitting", "unknown"}:
                await handover.sweep(self.house)
                await handover.resolve_unknown(self.house)
                swept = True
            elif due is not None and due <= self.clock.now():
                await kept_hooks.understand_due(self.house)
                await mails.read_due(self.house, self.child)
                await text_files.fetch_due(self.house)
                await reaching.look_at_due(self.house)
            elif "queued" not in live or not await self.hand_over_all():
                return await self._next(due)
        raise AssertionError("the clockwork never comes to rest")

    async def _next(self, due: int | None) -> int | None:
        """What is due by then, the turn of a text that stands in line, or a message for later."""
        turn, later = await self.read(senders.next_turn), await self.read(writing.next_due)
        return min((each for each in (due, turn, later) if each is not None), default=None)

    async def hand_over_all(self) -> bool:
        """Claim and hand over what is queued; whether there was anything."""
        waiting = await claiming.waiting(self.house)
        claimed = await claiming.claim_all(self.house, waiting)
        came = [(each, await handover.call(self.house, each)) for each in claimed]
        outcomes = Outcomes(self.house)
        await asyncio.gather(*(outcomes.record(*each) for each in came))
        return bool(waiting)

    async def claim_and_die(self) -> None:
        """A worker claims what is queued and is never heard of again."""
        for store_id, delivery_id, *_ in await claiming.waiting(self.house):
            await claiming.claim(self.house, store_id, delivery_id)

    async def look(self, after: float = 0.0) -> None:
        """Let time pass, plan what is due, and hand nothing over yet."""
        self.clock.move_ahead(round(after * SECOND))
        await nodes.keep_node(self.house)
        while await reaching.look_at_due(self.house):
            pass

    # --- what is stored --------------------------------------------------------------------------

    async def read(self, fn: Callable[[Tx], T]) -> T:
        """Look something up."""
        return await self.house.store.read(fn)

    async def rows(self, table: type[R]) -> list[R]:
        """Every row of a table."""
        return await self.read(lambda tx: list(tx.session.exec(select(table)).all()))

    async def entries(self, conversation_id: str) -> list[EntryRow]:
        """A conversation's log."""
        return await self.read(
            lambda tx: list(
                tx.session.exec(
                    select(EntryRow)
                    .where(EntryRow.conversation_id == conversation_id)
                    .order_by(col(EntryRow.seq))
                ).all()
            )
        )

    async def decisions(self) -> list[DecisionRow]:
        """Every stored answer of ``plan``, oldest first."""
        return sorted(await self.rows(DecisionRow), key=lambda row: row.at)

    @staticmethod
    def data_of(row: EntryRow) -> dict[str, Any]:
        """What an event tells."""
        found: dict[str, Any] = unpack(row.data)
        return found

    async def messages(self) -> list[EntryRow]:
        """Everything that people wrote, over all conversations."""
        rows = [row for row in await self.rows(EntryRow) if row.kind == "message"]
        return sorted(rows, key=lambda row: row.at)


def _open_work(tx: Tx) -> tuple[int | None, set[str]]:
    """When something is due, and the states of deliveries that are not over."""
    live = ("queued", "submitting", "unknown")
    states = tx.session.exec(
        select(DeliveryRow.state).where(col(DeliveryRow.state).in_(live)).distinct()
    )
    return taking.next_due(tx), set(states.all())
