"""Consoles that come or go in the same moment are told of in the same breath."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import anyio.lowlevel
import pytest
from sqlalchemy import Engine, event

from gateway.errors import StorageRefused
from gateway.protocol.frames import SomeoneTyping
from gateway.protocol.inbox import Narrowed
from gateway.services import duty, inboxes, staff
from gateway.services.house import House
from gateway.store.tx import Tx
from tests.integration.town.building import Town
from tests.integration.town.townspeople import Tab

CONSOLES = 12
HOURS = 3_600
THE_LAST = "the last that is told"


@contextmanager
def reading(engine: Engine, table: str) -> Iterator[list[str]]:
    """The statements that read this table."""
    asked: list[str] = []

    def note(_c: object, _u: object, statement: str, *_: object) -> None:
        if f"FROM {table}" in statement:
            asked.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", note)


async def adas_console(town: Town) -> Tab:
    await town.vera.writes("Is it back in 38?")
    conversation = await town.vera.conversation()
    return await town.follows("staff", town.ada.agent_id, conversation.conversation_id)


async def told_of_colleagues(town: Town, console: Tab) -> list[str]:
    """The frames that said who is on, in their order."""
    last = SomeoneTyping(conversation_id=THE_LAST, side="staff", name="Ben", on=True)
    town.house.hub.tell_staff(last)
    await console.until(THE_LAST)
    return [frame for frame in console.heard if '"t":"colleagues"' in frame]


async def test_twelve_consoles_that_come_at_once_are_read_for_and_told_of_once(
    town: Town,
) -> None:
    console = await adas_console(town)
    engine = await town.house.store.read(lambda tx: tx.session.connection().engine)
    with reading(engine, "agent") as asked:
        await asyncio.gather(*(staff.announce(town.house) for _ in range(CONSOLES)))
    assert len(asked) == 1
    assert len(await told_of_colleagues(town, console)) == 1


async def test_who_comes_while_a_round_is_read_is_in_the_next(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    console = await adas_console(town)
    has_read, may_go_on = asyncio.Event(), asyncio.Event()
    read = town.house.store.read

    async def slowly(fn: Callable[[Tx], object]) -> object:
        found = await read(fn)
        has_read.set()
        await may_go_on.wait()
        return found

    monkeypatch.setattr(town.house.store, "read", slowly)
    before = asyncio.create_task(staff.announce(town.house))
    await has_read.wait()
    after = asyncio.create_task(duty.pick(town.house, town.ada.agent_id, "away"))
    may_go_on.set()
    await asyncio.gather(before, after)
    told = await told_of_colleagues(town, console)
    assert ['"duty":"away"' in each for each in told] == [False, True]


async def test_a_console_that_gives_up_waiting_takes_no_other_along(town: Town) -> None:
    console = await adas_console(town)
    gone, stays = (asyncio.create_task(staff.announce(town.house)) for _ in range(2))
    await anyio.lowlevel.checkpoint()
    gone.cancel()
    await stays
    assert gone.cancelled()
    assert len(await told_of_colleagues(town, console)) == 1


async def test_what_the_database_refuses_is_refused_to_all_who_wait_and_the_next_is_told(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    console, tries = await adas_console(town), list[House]()

    async def refuse(fn: object) -> None:
        tries.append(town.house)
        raise StorageRefused

    with monkeypatch.context() as away:
        away.setattr(town.house.store, "read", refuse)
        found = await asyncio.gather(
            *(staff.announce(town.house) for _ in range(CONSOLES)), return_exceptions=True
        )
    assert [type(each) for each in found] == [StorageRefused] * CONSOLES
    assert len(tries) == 1
    await staff.announce(town.house)
    assert len(await told_of_colleagues(town, console)) == 1


async def test_who_was_written_to_in_vain_is_asked_for_only_if_they_look(town: Town) -> None:
    await town.vera.writes("Is anybody there?")
    await town.vera.tab()
    for number in range(3):
        gone = await town.shopper()
        await gone.writes(f"And now, for the {number}. time?")
    await town.tick(2 * HOURS)
    everybody = await inboxes.page(town.house, town.ada.agent_id, Narrowed(view="open"))
    assert [each.unreachable for each in everybody.rows] == [True] * 4
    engine = await town.house.store.read(lambda tx: tx.session.connection().engine)
    with reading(engine, "reach") as asked:
        await staff.tell_shoppers(town.house)
    assert len(asked) == 1
