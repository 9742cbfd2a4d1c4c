"""Calls that take long: who waits behind them past the lease, and a gateway that is to stop."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import anyio
import structlog

from gateway.clock import SECOND
from gateway.core.model import DeliveryState
from gateway.files.child import Child
from gateway.services import handover
from gateway.services.presence import Presences
from gateway.store.tables import CircuitRow, DeliveryRow
from gateway.worker.clockwork import Clockwork
from gateway.worker.dispatcher import AT_ONCE
from tests.integration.town.building import Town
from tests.integration.town.post_office import HANGS, SLOW

WAITING = 3  #: more than are called at once
LEASE = 1.0  #: seconds; the relay is given more


async def test_who_does_not_come_to_their_turn_is_tried_later_and_never_unknown(
    town: Town, mail_child: Child
) -> None:
    await _letters_wait(town)
    town.post.says(*[HANGS] * AT_ONCE)
    house = replace(town.house, lease=LEASE)
    async with anyio.create_task_group() as group:
        group.start_soon(Clockwork(house, Presences(house), mail_child).run)
        await _come_to(town, queued=0, submitting=0)
        group.cancel_scope.cancel()
    states = sorted(row.state for row in await _mails(town))
    deferred, unknown = [DeliveryState.DEFERRED] * WAITING, [DeliveryState.UNKNOWN] * AT_ONCE
    assert states == [*deferred, *unknown]
    assert {row.error_code for row in await _mails(town) if row.state == "deferred"} == {"late"}
    assert len(town.post.taken) == AT_ONCE


async def test_a_gateway_that_stops_lets_what_it_is_calling_end_and_calls_nobody_else(
    town: Town, mail_child: Child
) -> None:
    await _letters_wait(town)
    town.post.says(*[SLOW] * AT_ONCE)
    clockwork = Clockwork(town.house, Presences(town.house), mail_child)
    async with anyio.create_task_group() as group:
        group.start_soon(clockwork.run)
        await _taken(town, AT_ONCE)
        async with anyio.create_task_group() as stopping:
            stopping.start_soon(clockwork.drain)
            await _come_to(town, submitting=AT_ONCE, deferred=WAITING)
            # Nobody was called: that says nothing of the relay.
            assert await town.rows(CircuitRow) == []
            town.post.answers.set()
        group.cancel_scope.cancel()
    states = Counter(row.state for row in await _mails(town))
    assert states["accepted"] == len(town.post.taken) == AT_ONCE
    assert states["deferred"] == WAITING
    assert states["submitting"] == states["unknown"] == 0


async def test_a_gateway_that_stops_does_not_wait_for_ever_for_a_relay_that_hangs(
    town: Town, mail_child: Child
) -> None:
    await _letters_wait(town)
    town.post.says(*[HANGS] * AT_ONCE)
    house = town.house
    async with anyio.create_task_group() as group:
        clockwork = Clockwork(house, Presences(house), mail_child)
        group.start_soon(clockwork.run)
        await _taken(town, AT_ONCE)
        with anyio.fail_after(30), structlog.testing.capture_logs() as logs:
            await clockwork.drain(0.0)
        group.cancel_scope.cancel()
    assert "dispatcher.calls_cut_short" in [line["event"] for line in logs]
    await _come_to(town, submitting=AT_ONCE)
    town.clock.move_ahead(round(house.lease * SECOND))
    await handover.sweep(house)
    await _come_to(town, unknown=AT_ONCE)


async def _letters_wait(town: Town) -> None:
    """More than a relay is given at once."""
    for number in range(AT_ONCE + WAITING):
        who = await town.shopper()
        await who.writes("Is it back in 38?")
        await who.leaves_mailbox(f"shopper{number}@home.example")
        await who.leaves()
        await town.ada.answers("Yes, in 38.", who)
    await town.look(after=31)


async def _taken(town: Town, letters: int) -> None:
    with anyio.fail_after(30):
        while len(town.post.taken) < letters:
            await anyio.lowlevel.checkpoint()


async def _come_to(town: Town, **wanted: int) -> None:
    """Wait until so many letters are in these states."""
    with anyio.fail_after(30):
        while True:
            states = Counter(row.state for row in await _mails(town))
            if all(states[state] == number for state, number in wanted.items()):
                return


async def _mails(town: Town) -> list[DeliveryRow]:
    return [row for row in await town.rows(DeliveryRow) if row.side == "shopper"]
