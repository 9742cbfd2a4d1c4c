"""A plain message is taken with others or alone, and leaves the same rows either way.

Vera's goes the quick way, Walt's the other; both have lived through the same until then.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import pytest

from gateway.clock import HOUR, MILLISECOND, SECOND
from gateway.core.model import Presence
from gateway.errors import CmidConflict
from gateway.protocol.inbox import BulkAct, Which
from gateway.services import blocking, bulk, conversations, labels, receive
from gateway.services.plain_messages import Said, take
from gateway.store import people, search_late
from gateway.store.tables import (
    ActRow,
    ConversationRow,
    EntryRow,
    FactRow,
    ReachRow,
    SearchTextRow,
)
from gateway.store.tx import Tx
from tests.integration.town.building import Town
from tests.integration.town.checker import faults
from tests.integration.town.moving_clock import NOON
from tests.integration.town.test_merging import signs_in, vera_is_known_and_browses
from tests.integration.town.townspeople import VERA_PHONE, Shopper

WALT_PHONE = "+14155550155"
WORDS = "And in  blue?\nOr green"
OTHERS = frozenset({"entry_id", "fact_id", "decision_id", "number", "cmid", "place"})
INSTANT = re.compile(r"\b1\d{15}\b")
Step = Callable[[Town, Shopper], Awaitable[object]]


async def asks(_town: Town, who: Shopper) -> object:
    return await who.writes("Is it back in 38?")


async def is_answered(town: Town, who: Shopper) -> None:
    await town.ada.opens(who)
    await town.ada.answers("Yes, it is.", who)


async def sees(_town: Town, who: Shopper) -> None:
    await who.sees()


async def leaves(_town: Town, who: Shopper) -> None:
    await who.leaves()


async def time_goes_by(town: Town, _who: Shopper) -> None:
    await town.tick(7)


async def texts(town: Town, who: Shopper) -> None:
    number = VERA_PHONE if who.shopper_id == town.vera.shopper_id else WALT_PHONE
    await who.proves_number(number)
    await town.text_in(number, "By the way, size 38")


async def is_resolved(town: Town, who: Shopper) -> None:
    row = await who.conversation()
    await conversations.resolve(town.house, row.store_id, row.conversation_id, town.ada.agent_id)


async def _is(town: Town, who: Shopper, act: BulkAct) -> None:
    row = await who.conversation()
    which = [Which(store_id=row.store_id, conversation_id=row.conversation_id)]
    await bulk.bulk(town.house, town.ada.agent_id, which, act)


async def is_snoozed(town: Town, who: Shopper) -> None:
    until = (town.clock.now() + HOUR) // MILLISECOND
    await _is(town, who, BulkAct(kind="snooze", until=until))


async def is_labelled(town: Town, who: Shopper) -> None:
    made = await labels.create(town.house, town.store_id, "Return")
    await _is(town, who, BulkAct(kind="label", add=(made.label_id,)))


async def is_blocked(town: Town, who: Shopper) -> None:
    whose = blocking.Whose(town.store_id, who.shopper_id, town.ada.agent_id)
    await blocking.block(town.house, whose, "Sells watches")


async def turns_out_to_be_known(town: Town, who: Shopper) -> None:
    assert who == town.vera
    browser, _ = await vera_is_known_and_browses(town)
    await signs_in(town, browser)


PAST: dict[str, tuple[Step, ...]] = {
    "never wrote": (),
    "asked": (asks,),
    "asked twice": (asks, time_goes_by, asks),
    "has not seen the answer": (asks, is_answered),
    "has seen the answer": (asks, is_answered, sees),
    "left before the answer": (asks, leaves, is_answered, time_goes_by),
    "was answered and is gone": (asks, is_answered, sees, leaves, time_goes_by),
    "texted": (asks, texts, time_goes_by),
    "was resolved": (asks, is_answered, sees, is_resolved),
    "was snoozed": (asks, is_answered, sees, is_snoozed),
    "was snoozed and has not seen the answer": (asks, is_answered, is_snoozed),
    "was labelled": (asks, is_labelled),
    "was blocked": (asks, is_blocked),
    "was somebody else's too": (turns_out_to_be_known,),
}
PLAIN = frozenset(PAST) - {
    "never wrote",
    "texted",
    "was resolved",
    "was snoozed",
    "was snoozed and has not seen the answer",
    "was labelled",
    "was blocked",
    "was somebody else's too",
}


async def is_called(town: Town, who: Shopper, name: str) -> None:
    def work(tx: Tx) -> None:
        row = people.shopper(tx, town.store_id, who.shopper_id)
        assert row is not None
        row.name = name
        tx.session.add(row)

    await town.house.store.write(work)


def said(town: Town, who: Shopper, cmid: str = "one-more-thing", words: str = WORDS) -> Said:
    return Said(town.store_id, who.shopper_id, cmid, words)


async def rows_of(town: Town, who: Shopper) -> list[dict[str, Any]]:
    """Everything that a message changes, without what names this one person."""
    await search_late.index_due(town.house.store)
    mine = await who.conversation()
    names = {who.shopper_id: "they", mine.conversation_id: "here", f'"number":{mine.number}': "n"}
    found: list[dict[str, Any]] = []
    for table in (ConversationRow, ReachRow, ActRow, EntryRow, FactRow, SearchTextRow):
        for row in await town.rows(table):
            told = row.model_dump()
            about = set(told.values()) & {who.shopper_id, mine.conversation_id}
            if about and told.get("kind") != "conversation":  # how its number is found
                found.append({"table": table.__name__, **_named(told, names)})
    return sorted(found, key=str)


def _named(told: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    found = {}
    for name, value in told.items():
        if name in OTHERS:
            continue
        for word, instead in names.items():
            value = value.replace(word, instead) if isinstance(value, str) else value
        if isinstance(value, str):
            value = INSTANT.sub(lambda each: each[0][:-6], value)
        # The town's clock never says the same instant twice.
        is_instant = isinstance(value, int) and value > NOON
        found[name] = value // SECOND if is_instant else value
    return found


@pytest.mark.parametrize("past", sorted(PLAIN))
async def test_taken_with_others_or_alone_it_leaves_the_same_rows(town: Town, past: str) -> None:
    walt = await town.shopper()
    for who in (town.vera, walt):
        await is_called(town, who, "Robin")
    for step in PAST[past]:
        for who in (town.vera,) if step is time_goes_by else (town.vera, walt):
            await step(town, who)
    for _ in range(2):
        town.clock.move_ahead(2 * SECOND)
        await receive.from_shopper(
            town.house, town.store_id, town.vera.shopper_id, cmid=town.cmid(), body=WORDS
        )
        await receive.taken_alone(town.house, said(town, walt, town.cmid()))
    assert await rows_of(town, town.vera) == await rows_of(town, walt)
    await town.tick(2)
    assert await faults(town) == []


async def test_what_waits_for_vera_is_not_looked_at_again_for_each_word_of_hers(town: Town) -> None:
    for step in (asks, is_answered):
        await step(town, town.vera)
    await town.tick(7)
    waits = (await town.vera.reach()).due_at
    assert waits is not None
    assert waits > town.clock.now()
    await town.vera.writes("Or in green?")
    await receive.taken_alone(town.house, said(town, town.vera))
    assert (await town.vera.reach()).due_at == waits


async def test_the_first_words_since_an_answer_say_when_to_look_and_those_after_them_nothing_new(
    town: Town,
) -> None:
    for step in (asks, is_answered, sees):
        await step(town, town.vera)
    first, second = [
        (await town.house.store.write(partial(take, said=[said(town, town.vera, town.cmid())])))[0]
        for _ in range(2)
    ]
    assert first is not None
    assert second is not None
    assert (first.due_at, second.due_at) == ((await town.vera.reach("staff")).due_at, None)


async def test_once_vera_writes_here_after_a_text_what_waits_for_her_is_looked_at(
    town: Town,
) -> None:
    for step in (asks, is_answered, texts):
        await step(town, town.vera)
    await town.tick(1)
    assert ((await town.vera.reach()).due_at or 0) > town.clock.now()
    await town.vera.writes("I am here again")
    assert ((await town.vera.reach()).due_at or 0) <= town.clock.now()


@pytest.mark.parametrize("past", PAST)
async def test_what_asks_for_more_than_appending_is_left_to_the_other_way(
    town: Town, past: str
) -> None:
    for step in PAST[past]:
        await step(town, town.vera)
    (found,) = await town.house.store.write(lambda tx: take(tx, [said(town, town.vera)]))
    assert (found is not None) == (past in PLAIN)


async def test_many_at_once_are_each_acknowledged_and_stand_in_the_log_without_a_gap(
    town: Town,
) -> None:
    people = [town.vera, *[await town.shopper() for _ in range(5)]]
    for who in people:
        await asks(town, who)
    acked = await asyncio.gather(*(who.writes(f"Line {n}") for n in range(8) for who in people))
    for who in people:
        mine = [row for row in await who.entries() if row.kind == "message"]
        assert [row.seq for row in await who.entries()] == list(range(1, len(mine) + 2))
        assert {row.entry_id for row in mine[1:]} <= {each.entry_id for each in acked}
        assert sorted(row.body or "" for row in mine[1:]) == [f"Line {n}" for n in range(8)]
        assert (await who.conversation()).unread == 9
    assert await faults(town) == []


async def test_the_same_message_twice_at_the_same_moment_is_one(town: Town) -> None:
    await asks(town, town.vera)
    one, other = await asyncio.gather(
        *(town.vera.writes("Hello?", cmid="twice-at-once") for _ in range(2))
    )
    assert one.seq == other.seq
    assert sorted((one.dup, other.dup)) == [False, True]
    with pytest.raises(CmidConflict):
        await town.vera.writes("Something else", cmid="twice-at-once")


async def test_what_cannot_be_stored_spoils_it_for_nobody_else(town: Town) -> None:
    """Called past the check of its words, with none."""
    walt = await town.shopper()
    for who in (town.vera, walt):
        await asks(town, who)
    nothing: Any = None
    calls = [
        town.house.store.write_together(take, each, on=each.shopper_id)
        for each in (said(town, town.vera), said(town, walt, words=nothing))
    ]
    good, bad = await asyncio.gather(*calls, return_exceptions=True)
    assert good is not None
    assert not isinstance(good, BaseException)
    assert isinstance(bad, Exception)
    assert (await town.vera.said())[-1] == WORDS


async def test_a_console_that_follows_hears_of_it_at_once(town: Town) -> None:
    await asks(town, town.vera)
    row = await town.vera.conversation()
    tab = await town.follows("staff", town.ada.agent_id, row.conversation_id)
    await town.vera.is_now(Presence.READING)
    await town.vera.writes("Still there?")
    assert '"seq":3' in await tab.until("Still there?")
