"""A provider that hangs holds up its own: who waits behind it past the lease was not called."""

from __future__ import annotations

from dataclasses import replace

import anyio

from gateway.core.model import DeliveryState
from gateway.files.child import Child
from gateway.services.presence import Presences
from gateway.store.tables import DeliveryRow
from gateway.worker.clockwork import AT_ONCE, Clockwork
from tests.integration.town.building import Town
from tests.integration.town.post_office import HANGS

WAITING = 3  #: more than are called at once
LEASE = 1.0  #: seconds; the relay is given more


async def test_who_does_not_come_to_their_turn_is_tried_later_and_never_unknown(
    town: Town, mail_child: Child
) -> None:
    for number in range(AT_ONCE + WAITING):
        who = await town.shopper()
        await who.writes("Is it back in 38?")
        await who.leaves_mailbox(f"shopper{number}@home.example")
        await who.leaves()
        await town.ada.answers("Yes, in 38.", who)
    await town.look(after=31)
    town.post.says(*[HANGS] * AT_ONCE)
    house = replace(town.house, lease=LEASE)
    async with anyio.create_task_group() as group:
        group.start_soon(Clockwork(house, Presences(house), mail_child).run)
        with anyio.fail_after(30):
            while any(row.state in ("queued", "submitting") for row in await _mails(town)):
                await anyio.lowlevel.checkpoint()
        group.cancel_scope.cancel()
    states = sorted(row.state for row in await _mails(town))
    deferred, unknown = [DeliveryState.DEFERRED] * WAITING, [DeliveryState.UNKNOWN] * AT_ONCE
    assert states == [*deferred, *unknown]
    assert {row.error_code for row in await _mails(town) if row.state == "deferred"} == {"late"}
    assert len(town.post.taken) == AT_ONCE


async def _mails(town: Town) -> list[DeliveryRow]:
    return [row for row in await town.rows(DeliveryRow) if row.side == "shopper"]
