"""What is decided on by set is what is decided on alone: the same view, the same words (0021)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from gateway.channels.port import Outgoing
from gateway.core.model import View
from gateway.core.policy import TEXTS
from gateway.services import render, threads
from gateway.services.carried import Setting
from gateway.services.surroundings import look_around
from gateway.store import house as houses
from gateway.store import known as known_rows
from gateway.store import reaching, thread
from gateway.store.known import Known
from gateway.store.known_texts import add_texts
from gateway.store.tx import Tx
from tests.integration.town.building import Town
from tests.integration.town.test_merging import signs_in, vera_is_known_and_browses
from tests.integration.town.townspeople import VERA_PHONE

ANSWER = "Yes, in *blue*, size 38."


async def gave_her_number(town: Town) -> None:
    await town.vera.writes("Is it back in 38?")
    await town.vera.proves_number()


async def gave_her_mailbox(town: Town) -> None:
    await town.vera.writes("Is it back in 38?")
    await town.vera.leaves_mailbox()


async def typed_a_number(town: Town) -> None:
    await town.vera.writes("Is it back in 38?")
    await town.vera.leaves_number()


async def gave_both_and_texted(town: Town) -> None:
    await gave_her_mailbox(town)
    await town.vera.proves_number()
    await town.text_in(VERA_PHONE, "By the way, in blue")


async def was_written_to_before(town: Town) -> None:
    await gave_her_mailbox(town)
    await town.vera.leaves()
    await town.ada.answers("I shall look.", town.vera)
    await town.tick(600)


async def said_stop(town: Town) -> None:
    await gave_both_and_texted(town)
    await town.text_in(VERA_PHONE, "STOP")


async def turned_out_to_be_known(town: Town) -> None:
    browser, _ = await vera_is_known_and_browses(town)
    await browser.leaves_number(VERA_PHONE)
    await browser.leaves_mailbox()
    await signs_in(town, browser)


PAST: tuple[Callable[[Town], Awaitable[None]], ...] = (
    gave_her_number,
    gave_her_mailbox,
    typed_a_number,
    gave_both_and_texted,
    was_written_to_before,
    said_stop,
    turned_out_to_be_known,
)


def alone(tx: Tx, town: Town, conversation_id: str) -> tuple[View, list[Outgoing]]:
    """What is seen of Vera, and what she would be sent, as the statements of ``tx`` answer."""
    conversation = thread.take(tx, town.store_id, conversation_id)
    store = houses.store(tx, town.store_id)
    view = threads.view_of(tx, conversation, "shopper", houses.policy(tx, store))
    house = town.house
    setting = Setting(store=store, base_url=house.base_url, secret=house.secrets[0])
    rows = reaching.deliveries_of(tx, town.store_id, conversation_id, "shopper")
    queued = (row for row in rows if row.state == "queued")
    return view, [render.outgoing(tx, setting, row, None) for row in queued]


def together(tx: Tx, town: Town, conversation_id: str) -> tuple[View, list[Outgoing]]:
    """The same of what was loaded by set."""
    tx, known = looked_around(tx, town, conversation_id)
    assert conversation_id in known.conversations
    return alone(tx, town, conversation_id)


def looked_around(tx: Tx, town: Town, conversation_id: str) -> tuple[Tx, Known]:
    """What is loaded by set to hand over what waits for Vera."""
    rows = reaching.deliveries_of(tx, town.store_id, conversation_id, "shopper")
    ids = [row.delivery_id for row in rows if row.state == "queued"]
    known = known_rows.taken(tx, [town.store_id], ids)
    tx = look_around(tx, known)
    add_texts(tx, known, TEXTS)
    return tx, known


@pytest.mark.parametrize("past", PAST)
async def test_vera_is_seen_and_told_the_same_alone_and_together(
    town: Town, past: Callable[[Town], Awaitable[None]]
) -> None:
    await past(town)
    await town.vera.leaves()
    await town.ada.answers(ANSWER, town.vera)
    await town.look(1_200)
    conversation_id = (await town.vera.conversation()).conversation_id

    one = await town.house.store.write(lambda tx: alone(tx, town, conversation_id))
    many = await town.house.store.write(lambda tx: together(tx, town, conversation_id))

    assert one == many
    assert one[1], "something waits for hand-over"


async def test_of_what_vera_never_looked_at_only_the_first_is_loaded_by_set(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(known_rows, "MOST_WORDS", 3)
    await gave_her_mailbox(town)
    await town.vera.leaves()
    for day in range(6):
        await town.ada.answers(f"Not yet, on day {day}.", town.vera)
    await town.look(1_200)
    conversation_id = (await town.vera.conversation()).conversation_id

    _, known = await town.house.store.write(lambda tx: looked_around(tx, town, conversation_id))
    one = await town.house.store.write(lambda tx: alone(tx, town, conversation_id))
    many = await town.house.store.write(lambda tx: together(tx, town, conversation_id))

    assert 0 < len(known.messages[conversation_id]) <= 3
    assert len(one[0].messages) == 6
    assert one == many
    assert "on day 5." in one[1][0].text
