"""Eight workers on one database, one of them stopped in the middle: nobody is texted twice."""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import anyio
import pytest

from gateway.services import nodes
from gateway.services.house import Change
from gateway.store import people, thread
from gateway.store.tables import DeliveryRow
from tests.behaviours import behaviour
from tests.integration.race.processes import PATIENCE, Town, open_town, phone, until
from tests.integration.town.carrier import HANGS, SLOW

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(300)]

# And the gateway's own clockwork, which makes eight, or four; `make long` has them all.
LONG = os.environ.get("ONETHREAD_LONG") == "1"
WORKERS, CONVERSATIONS = (7, 1_000) if LONG else (3, 250)
OVER = {"accepted", "sent", "delivered"}


@pytest.fixture
async def town(postgresql_url: str, tmp_path: Path) -> AsyncIterator[Town]:
    async with open_town(postgresql_url, tmp_path) as built:
        yield built


@behaviour(8)
async def test_many_workers_on_many_due_conversations_send_one_text_for_each(
    town: Town,
) -> None:
    for _ in range(WORKERS):
        town.start("worker")
    await town.serves()
    await town.away(range(CONVERSATIONS))

    async def all_are_over() -> bool:
        return len(town.carrier.asked) >= CONVERSATIONS and not await live(town)

    await until(all_are_over, 250)
    texted = Counter(each["To"] for each in town.carrier.asked)
    assert texted == Counter(phone(number) for number in range(CONVERSATIONS))
    handed_over = [row for row in await town.deliveries() if row.handed_at is not None]
    assert len(handed_over) == CONVERSATIONS
    assert {row.state for row in handed_over} <= OVER


@behaviour(8)
async def test_a_worker_that_was_stopped_past_its_lease_calls_nobody_a_second_time(
    postgresql_url: str, tmp_path: Path
) -> None:
    """Eight of its calls hang, and it has claimed more that wait for their turn."""
    async with open_town(postgresql_url, tmp_path, lease=1.0) as town:
        town.carrier.says(*[HANGS] * 8)
        await town.serves()
        await town.away(range(40))

        async def some_wait_behind_eight_that_hang() -> bool:
            begun = [row for row in await town.deliveries() if row.handed_at is not None]
            return len(town.carrier.asked) == 8 and len(begun) > 8

        await until(some_wait_behind_eight_that_hang)
        stopped = town.processes[0]
        stopped.send_signal(signal.SIGSTOP)  # perhaps in a transaction, which the database ends
        town.start("worker")

        async def nothing_is_under_way() -> bool:
            return len(await town.deliveries()) >= 40 and not await live(town)

        await until(nothing_is_under_way)
        stopped.send_signal(signal.SIGCONT)

        async def it_has_seen_that_its_lease_is_over() -> bool:
            return "delivery.lease_lapsed" in town.told()

        await until(it_has_seen_that_its_lease_is_over)

        async def only_what_hangs_is_unknown() -> bool:
            """Of what it never came to it says so, and that may be tried again."""
            ended = Counter(row.state for row in await town.deliveries())
            return ended["unknown"] == 8

        await until(only_what_hangs_is_unknown)
        assert max(Counter(each["To"] for each in town.carrier.asked).values()) == 1
        states = {row.state for row in await town.deliveries()}
        assert states <= {"unknown", "deferred", "accepted", "sent", "queued", "submitting"}


@pytest.mark.parametrize("command", ["serve", "worker"])
async def test_who_is_told_to_stop_lets_the_texts_that_are_being_called_end(
    town: Town, command: str
) -> None:
    town.carrier.says(*[SLOW] * 8)
    process = town.start(command)
    await nodes.begin_node(town.house)  # a worker has no sockets, and alone reaches nobody
    await town.away(range(8))

    async def all_are_being_called() -> bool:
        await nodes.keep_node(town.house)
        return len(town.carrier.asked) == 8

    await until(all_are_being_called)
    process.terminate()
    town.carrier.answers.set()
    await anyio.to_thread.run_sync(process.wait, PATIENCE)
    assert process.returncode == 0
    assert {row.state for row in await town.deliveries()} <= OVER


async def live(town: Town) -> list[DeliveryRow]:
    """What is queued or in the carrier's hands."""
    return [row for row in await town.deliveries() if row.state in ("queued", "submitting")]


@behaviour(30)
async def test_the_cap_of_one_person_holds_over_two_conversations_that_are_claimed_at_once(
    town: Town,
) -> None:
    """Vera's old conversation and her new one are both due, and she may be interrupted once."""
    await town.policy(cap=1)

    def work(change: Change) -> None:
        for number in range(20):
            vera = people.new_shopper(change.tx, town.store_id, language="en").shopper_id
            old = town.asks_and_is_answered(change, vera, phone(number))
            old.state, old.resolved_at = "resolved", 1  # so long ago that nothing reopens it
            change.tx.session.add(old)
            change.tx.session.flush()
            new = town.asks_and_is_answered(change, vera, None)
            assert new.conversation_id != old.conversation_id
            assert thread.open_of(change.tx, town.store_id, vera) == new
        town.all_are_due(change)

    for _ in range(3):
        town.start("worker")
    await town.serves()
    await town.house.change(work)

    async def nobody_is_due() -> bool:
        return len(town.carrier.asked) >= 20 and not await live(town)

    await until(nobody_is_due)
    assert Counter(each["To"] for each in town.carrier.asked) == Counter(map(phone, range(20)))
