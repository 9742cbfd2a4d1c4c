"""What consoles are told beside the log when something has changed."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, cast

import anyio
import pytest
from sqlmodel import col, delete
from typing_extensions import override

from gateway.clock import SystemClock
from gateway.errors import StorageRefused
from gateway.live.socket import Socket
from gateway.services import feed
from gateway.store.tables import ConversationRow, ReachRow
from gateway.store.tx import On, Store, Tx
from tests.integration.town.building import Town
from tests.integration.town.townspeople import Shopper, Tab

WORDS = "Is the blue one back?"
END = '{"t":"end"}'


class Away(Store):
    """A database that does not answer."""

    dialect = "postgresql"

    @override
    async def read(self, fn: Callable[[Tx], Any]) -> Any:
        raise StorageRefused

    @override
    async def write(self, fn: Callable[[Tx], Any], *, on: On = None) -> Any:
        raise StorageRefused

    @override
    async def write_together(self, fn: Callable[..., Any], item: Any, *, on: On = None) -> Any:
        raise StorageRefused

    @override
    async def aclose(self) -> None:
        """Nothing is open."""


@dataclass
class Read(Away):
    """A database to which something happens at each reading, before it or after it."""

    store: Store
    before: Callable[[], None] = lambda: None
    after: Callable[[], Any] | None = None

    @override
    async def read(self, fn: Callable[[Tx], Any]) -> Any:
        self.before()
        found = await self.store.read(fn)
        if self.after is not None:
            await self.after()
        return found


class Resting(SystemClock):
    """A clock by which nobody wakes again once so many rests were begun."""

    def __init__(self, times: int = 1) -> None:
        super().__init__()
        self.each: list[float] = []
        self.rests = anyio.Event()
        self._times = times

    @override
    async def sleep(self, seconds: float) -> None:
        self.each.append(seconds)
        if len(self.each) == self._times:
            self.rests.set()
            await anyio.sleep_forever()


def lines_of(frames: list[dict[str, object]]) -> list[dict[str, Any]]:
    """The inbox's lines that these frames tell of, in order."""
    found = (cast("list[dict[str, Any]]", each["rows"]) for each in frames if each["t"] == "rows")
    return [row for rows in found for row in rows]


async def told(town: Town, tab: Tab) -> list[dict[str, object]]:
    """The frames of one round."""
    tab.heard.clear()
    await feed.refresh_stale(town.house)
    tab.socket.offer(END)
    await tab.until(END)
    frames = [json.loads(text) for text in tab.heard[:-1]]
    return [each for each in frames if each["t"] != "entry"]


async def watched(town: Town, shopper: Shopper) -> tuple[ConversationRow, Tab]:
    """Ada has this shopper's conversation open, and was told of all so far."""
    await shopper.writes(WORDS)
    row = await shopper.conversation()
    tab = await town.follows("staff", town.ada.agent_id, row.conversation_id)
    await feed.refresh_stale(town.house)
    return row, tab


async def test_a_plain_message_tells_the_line_and_who_waits_and_no_more(town: Town) -> None:
    _, tab = await watched(town, town.vera)
    await town.vera.writes("And in green?")
    assert [each["t"] for each in await told(town, tab)] == ["reach", "reach", "rows"]


async def test_what_changes_more_tells_ada_of_the_shopper_and_the_way_too(town: Town) -> None:
    _, tab = await watched(town, town.vera)
    await town.vera.writes("And in green?")
    await town.vera.leaves()
    names = {str(each["t"]) for each in await told(town, tab)}
    assert {"shopper", "route", "reach", "rows"} <= names


async def test_a_burst_of_messages_is_one_line_with_the_last_words(town: Town) -> None:
    _, tab = await watched(town, town.vera)
    for words in ("And in green?", "Or in red?"):
        await town.vera.writes(words)
    (rows,) = [each["rows"] for each in await told(town, tab) if each["t"] == "rows"]
    assert [each["preview"] for each in rows] == ["Or in red?"]  # type: ignore[attr-defined]


async def test_one_conversation_that_cannot_be_read_takes_no_other_along(town: Town) -> None:
    broken, _ = await watched(town, await town.shopper())
    row, tab = await watched(town, town.vera)

    def lose(tx: Tx) -> None:
        of_it = col(ReachRow.conversation_id) == broken.conversation_id
        tx.session.execute(delete(ReachRow).where(of_it))

    await town.house.store.write(lose)
    town.house.stale.update({each.conversation_id: town.store_id for each in (broken, row)})
    rows = [each["rows"] for each in await told(town, tab) if each["t"] == "rows"]
    assert {each["conversation_id"] for some in rows for each in some} == {row.conversation_id}  # type: ignore[attr-defined]
    assert not town.house.stale


async def test_what_a_database_that_is_gone_kept_from_consoles_is_told_later(town: Town) -> None:
    row, _ = await watched(town, town.vera)
    await town.vera.writes("And in green?")
    with pytest.raises(StorageRefused):
        await feed.refresh_stale(replace(town.house, store=Away()))
    assert town.house.stale == {row.conversation_id: town.store_id}


async def test_who_was_kept_from_ada_is_told_as_soon_as_the_database_is_back(town: Town) -> None:
    _, tab = await watched(town, town.vera)
    await town.vera.writes("And in green?")
    with pytest.raises(StorageRefused):
        await feed.refresh_stale(replace(town.house, store=Away()))
    await town.house.refresh.wait(0)  # it has rung, and does not ring again
    tab.heard.clear()
    async with anyio.create_task_group() as group:
        group.start_soon(feed.run, town.house)
        await tab.until('"t":"rows"')
        group.cancel_scope.cancel()


async def test_when_the_database_goes_while_each_is_tried_alone_none_is_forgotten(
    town: Town,
) -> None:
    await watched(town, town.vera)
    names = ("broken", "second", "third")
    town.house.stale.update(dict.fromkeys(names, town.store_id))
    reads = iter((LookupError, LookupError, StorageRefused))

    def fails() -> None:
        raise next(reads)

    with pytest.raises(StorageRefused):
        await feed.refresh_stale(replace(town.house, store=Read(town.house.store, fails)))
    assert {"second", "third"} <= set(town.house.stale)


async def test_what_changes_elsewhere_all_the_time_keeps_no_message_from_ada(town: Town) -> None:
    row, tab = await watched(town, town.vera)
    await town.vera.writes("And in green?")
    others = {f"other{number}": town.store_id for number in range(feed.TOLD_TOGETHER)}
    town.house.stale.update(others)
    busy = Read(town.house.store, lambda: town.house.stale.update(others))
    tab.heard.clear()
    await feed.refresh_stale(replace(town.house, store=busy))
    assert row.conversation_id in await tab.until('"t":"rows"')
    assert town.house.stale == others


async def test_among_thousands_of_changes_consoles_wait_no_longer_than_the_longest_rest(
    town: Town,
) -> None:
    clock = Resting(times=100)
    many = {f"other{number}": town.store_id for number in range(100 * feed.TOLD_TOGETHER)}
    town.house.stale.update(many)
    with anyio.fail_after(30):
        async with anyio.create_task_group() as group:
            group.start_soon(feed.run, replace(town.house, clock=clock))
            await clock.rests.wait()
            group.cancel_scope.cancel()
    assert not town.house.stale
    assert sum(clock.each) == pytest.approx(feed.LONGEST_REST)
    assert max(clock.each) == min(clock.each)


async def test_the_more_agents_are_told_of_a_change_the_longer_the_next_one_waits(
    town: Town,
) -> None:
    clock = Resting()
    for number in range(400):
        name = f"agent{number}"
        town.house.hub.add(Socket(socket_id=name, audience="staff", person_id=name, name=name))
    town.house.stale["other"] = town.store_id
    with anyio.fail_after(30):
        async with anyio.create_task_group() as group:
            group.start_soon(feed.run, replace(town.house, clock=clock))
            await clock.rests.wait()
            group.cancel_scope.cancel()
    assert clock.each == [pytest.approx(0.2)]


async def test_what_was_read_before_a_message_is_not_told_after_it(town: Town) -> None:
    row, tab = await watched(town, town.vera)
    has_read, may_tell, reads_again = anyio.Event(), anyio.Event(), anyio.Event()

    async def pause() -> None:
        has_read.set()
        await may_tell.wait()

    first = replace(town.house, store=Read(town.house.store, after=pause))
    second = replace(town.house, store=Read(town.house.store, reads_again.set))
    with anyio.fail_after(30):
        async with anyio.create_task_group() as group:
            group.start_soon(feed.refresh, first, row.store_id, row.conversation_id)
            await has_read.wait()
            await town.vera.writes("And in green?")
            group.start_soon(feed.refresh_stale, second)
            await anyio.wait_all_tasks_blocked()
            assert not reads_again.is_set()
            may_tell.set()
    tab.socket.offer(END)
    await tab.until(END)
    lines = lines_of([json.loads(text) for text in tab.heard[:-1]])
    assert lines[-1]["preview"] == "And in green?"
