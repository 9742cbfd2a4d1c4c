"""What came of hand-overs is committed together, and nobody waits for a provider that hangs."""

from __future__ import annotations

import anyio
import pytest
import structlog
from sqlmodel import select

from gateway.channels.port import Accepted, Rejected
from gateway.clock import SECOND
from gateway.errors import StorageRefused
from gateway.services import claiming, handover
from gateway.services.claiming import Claimed
from gateway.services.outcomes import BROUGHT_FOR, FIRST_PAUSE, LONGEST_PAUSE, Outcomes
from gateway.store.tables import AlertRow, DeliveryRow
from gateway.store.tx import Tx
from tests.integration.town.building import Town
from tests.integration.town.refusing import deliveries_refused

FOR_EVER = 600.0  #: seconds


async def two_letters(town: Town) -> list[Claimed]:
    """Two shoppers are being written to."""
    for name in ("vera", "walt"):
        who = await town.shopper()
        await who.writes("Is it back in 38?")
        await who.leaves_mailbox(f"{name}@home.example")
        await who.leaves()
        await town.ada.answers("Yes, in 38.", who)
    await town.look(after=31)
    return await claiming.claim_all(town.house, await claiming.waiting(town.house))


async def states(town: Town) -> list[str]:
    # Behind whatever was handed to the writer by now.
    await town.house.store.write(lambda tx: tx.now)
    return await town.read(_states)


def _states(tx: Tx) -> list[str]:
    rows = tx.session.exec(select(DeliveryRow)).all()
    return sorted(row.state for row in rows if row.side == "shopper")


async def test_what_came_of_veras_letter_is_kept_with_what_comes_of_walts(town: Town) -> None:
    vera, walt = await two_letters(town)
    outcomes = Outcomes(town.house, gather=FOR_EVER)
    with anyio.fail_after(30):
        async with anyio.create_task_group() as group:
            with outcomes.expected():
                group.start_soon(outcomes.record, vera, Accepted())
                await anyio.wait_all_tasks_blocked()
                assert await states(town) == ["submitting", "submitting"]
            group.start_soon(outcomes.record, walt, Accepted())
    assert await states(town) == ["accepted", "accepted"]


async def test_what_came_of_veras_letter_does_not_wait_for_a_relay_that_hangs(town: Town) -> None:
    vera, _ = await two_letters(town)
    outcomes = Outcomes(town.house)
    with outcomes.expected(), anyio.fail_after(30):
        await outcomes.record(vera, Accepted())
    assert await states(town) == ["accepted", "submitting"]


async def test_what_came_of_veras_letter_is_kept_when_the_gateway_stops(town: Town) -> None:
    vera, _ = await two_letters(town)
    outcomes = Outcomes(town.house, gather=FOR_EVER)

    async def hangs() -> None:
        with outcomes.expected():
            await anyio.sleep_forever()

    with anyio.fail_after(30):
        async with anyio.create_task_group() as group:
            group.start_soon(hangs)
            await anyio.wait_all_tasks_blocked()
            group.start_soon(outcomes.record, vera, Accepted())
            await anyio.wait_all_tasks_blocked()
            assert await states(town) == ["submitting", "submitting"]
            group.cancel_scope.cancel()
    assert await states(town) == ["accepted", "submitting"]


async def refused(town: Town, outcomes: int) -> None:
    """Wait until so many outcomes were refused and will be brought again."""
    with anyio.fail_after(30):
        while town.clock.asleep < outcomes:
            await anyio.lowlevel.checkpoint()


async def test_what_the_relay_said_is_brought_again_while_the_database_refuses_it(
    town: Town, database_url: str
) -> None:
    outcomes = Outcomes(town.house)
    async with anyio.create_task_group() as group:
        letters = await two_letters(town)
        async with deliveries_refused(database_url, town.house.store):
            for each in letters:
                group.start_soon(outcomes.record, each, Accepted())
            await refused(town, 2)
            town.clock.stall(FIRST_PAUSE)
            await refused(town, 2)
            assert await town.read(_states) == ["submitting", "submitting"]
        town.clock.stall(2 * FIRST_PAUSE)
    assert await states(town) == ["accepted", "accepted"]


async def test_what_the_relay_said_stands_when_a_sweep_has_called_it_unknown_meanwhile(
    town: Town, database_url: str
) -> None:
    vera, _ = await two_letters(town)
    outcomes = Outcomes(town.house)
    async with anyio.create_task_group() as group:
        async with deliveries_refused(database_url, town.house.store):
            group.start_soon(outcomes.record, vera, Accepted())
            await refused(town, 1)
            town.clock.move_ahead(round(town.house.lease * SECOND))
            await refused(town, 1)
        await handover.sweep(town.house)
        assert await states(town) == ["unknown", "unknown"]
        town.clock.stall(LONGEST_PAUSE)
    assert await states(town) == ["accepted", "unknown"]


async def test_a_refusal_whose_commit_was_taken_and_never_answered_counts_once(town: Town) -> None:
    vera, _ = await two_letters(town)
    says = Rejected(blame="us", code="550", words="Nobody here may send.", alert=True)
    for _ in range(2):
        await Outcomes(town.house).record(vera, says)
    (row,) = await town.rows(AlertRow)
    assert row.count == 1


async def test_what_the_relay_said_is_unknown_when_the_database_refuses_it_for_too_long(
    town: Town, database_url: str
) -> None:
    vera, walt = await two_letters(town)
    outcomes = Outcomes(town.house)
    await outcomes.record(walt, Accepted())
    async with deliveries_refused(database_url, town.house.store):
        with structlog.testing.capture_logs() as logs:
            async with anyio.create_task_group() as group:
                group.start_soon(_is_refused, outcomes, vera)
                await _it_is_given_up(town)
    (lost,) = [line for line in logs if line["event"] == "outcomes.lost"]
    assert lost["log_level"] == "error"
    assert lost["delivery"] == vera.outgoing.delivery_id
    assert await states(town) == ["accepted", "submitting"]
    town.clock.move_ahead(round(town.house.lease * SECOND))
    await handover.sweep(town.house)
    assert await states(town) == ["accepted", "unknown"]


async def _is_refused(outcomes: Outcomes, claimed: Claimed) -> None:
    with pytest.raises(StorageRefused):
        await outcomes.record(claimed, Accepted())


async def _it_is_given_up(town: Town) -> None:
    """Pause by pause, each as soon as somebody waits for its end."""
    for _ in range(round(BROUGHT_FOR / LONGEST_PAUSE)):
        await refused(town, 1)
        town.clock.stall(LONGEST_PAUSE)


async def test_nothing_is_brought_again_when_the_gateway_stops(
    town: Town, database_url: str
) -> None:
    vera, _ = await two_letters(town)
    outcomes = Outcomes(town.house)
    async with deliveries_refused(database_url, town.house.store):
        with anyio.fail_after(30):
            async with anyio.create_task_group() as group:
                group.start_soon(outcomes.record, vera, Accepted())
                await refused(town, 1)
                group.cancel_scope.cancel()
    assert await states(town) == ["submitting", "submitting"]
