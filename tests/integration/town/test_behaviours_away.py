"""Vera is away, or her tab is not in sight: what goes out, when, and how often (1 to 9)."""

from __future__ import annotations

import asyncio

import pytest

from gateway.core.model import Presence
from tests.behaviours import behaviour
from tests.integration.town.building import Town
from tests.integration.town.leaving import hops, vera_asks_and_leaves
from tests.integration.town.townspeople import VERA_MAIL, VERA_PHONE

DAY = 24 * 3_600


def words_texted(town: Town) -> list[str]:
    """What went to Vera's phone after the code that she asked for."""
    return town.carrier.to(VERA_PHONE)[1:]


@behaviour(1)
@pytest.mark.parametrize(
    ("where", "given"), [(Presence.READING, 10 * 60), (Presence.ON_PAGE, 5 * 60)]
)
async def test_while_veras_tab_is_visible_and_she_reads_in_time_nothing_but_the_chat_reaches_her(
    town: Town, where: Presence, given: int
) -> None:
    await vera_asks_and_leaves(town, mailbox=True)
    await town.vera.is_now(where)
    tab = await town.vera.tab()
    for words in ("Yes, in 38.", "And in 39.", "Shall I put a pair aside?"):
        await town.ada.answers(words)
        await tab.until(words)
        await town.tick(given - 10)
        await town.vera.sees()
    await town.tick(DAY)
    assert words_texted(town) == []
    assert town.post.to(VERA_MAIL) == []


@behaviour(2)
@pytest.mark.parametrize("first", ["sms", "email"])
async def test_an_answer_unread_in_a_hidden_tab_goes_out_once_by_the_first_way_that_vera_permits(
    town: Town, first: str
) -> None:
    await vera_asks_and_leaves(town, mailbox=True)
    if first == "email":
        await town.text_in(VERA_PHONE, "STOP")
        await town.tick()
        town.carrier.taken.pop()  # the confirmation
    await town.vera.is_now(Presence.HIDDEN)
    await town.ada.answers("Yes, in 38.")
    await town.tick(115)
    assert await hops(town) == []
    await town.tick(10)
    if first == "sms":
        await town.receipt(town.carrier.taken[-1], "delivered")
    await town.tick(DAY)
    assert [channel for channel, _ in await hops(town)] == [first]
    assert [len(words_texted(town)), len(town.post.to(VERA_MAIL))] == (
        [1, 0] if first == "sms" else [0, 1]
    )


@behaviour(3)
async def test_three_answers_within_the_delay_go_out_as_one_in_order(town: Town) -> None:
    await vera_asks_and_leaves(town)
    for words in ("One.", "Two.", "Three."):
        await town.tick(25)
        await town.ada.answers(words)
    await town.tick(28)
    assert words_texted(town) == []
    await town.tick(3)
    (text,) = words_texted(town)
    assert "One.\nTwo.\nThree." in text


@behaviour(3)
async def test_however_many_answers_follow_the_first_is_never_later_than_the_longest(
    town: Town,
) -> None:
    await town.policy(longest_gone=100)
    await vera_asks_and_leaves(town)
    for words in ("One.", "Two.", "Three.", "Four."):
        await town.ada.answers(words)
        await town.tick(24)
    assert words_texted(town) == []
    await town.ada.answers("Five.")
    await town.tick(5)
    (text,) = words_texted(town)
    assert "One.\nTwo.\nThree.\nFour.\nFive." in text


@behaviour(4)
async def test_what_veras_socket_took_and_nobody_read_is_brought_elsewhere_all_the_same(
    town: Town,
) -> None:
    await vera_asks_and_leaves(town)
    await town.vera.is_now(Presence.HIDDEN)
    tab = await town.vera.tab()
    await town.ada.answers("Yes, in 38.")
    await tab.until("Yes, in 38.")
    await town.tick(125)
    (text,) = words_texted(town)
    assert "Yes, in 38." in text


@behaviour(6)
@pytest.mark.parametrize("first", ["answer", "close"])
async def test_ada_answers_and_vera_closes_at_once_and_it_is_kept_once_and_texted_once(
    town: Town, first: str
) -> None:
    await vera_asks_and_leaves(town)
    await town.vera.returns()
    both = [town.ada.answers("Yes, in 38."), town.vera.leaves()]
    await asyncio.gather(*(both if first == "answer" else reversed(both)))
    assert await town.vera.said() == ["Is the blue one back?", "Yes, in 38."]
    await town.tick(25)
    assert words_texted(town) == []
    await town.tick(10)
    await town.receipt(town.carrier.taken[-1], "delivered")
    await town.tick(DAY)
    assert len(words_texted(town)) == 1
    assert await hops(town) == [("sms", "delivered")]


@behaviour(7)
async def test_what_was_handed_over_when_vera_reads_it_is_marked_and_goes_nowhere_else(
    town: Town,
) -> None:
    await vera_asks_and_leaves(town, mailbox=True)
    answer = await town.ada.answers("Yes, in 38.")
    await town.tick(31)
    assert await hops(town) == [("sms", "accepted")]
    await town.vera.returns()
    tab = await town.vera.tab()
    await tab.until('"event":"carried"')
    (mark,) = await town.vera.events("carried")
    assert mark.audience == "all"
    assert town.data_of(mark) == {"channel": "sms", "seqs": [answer.seq]}
    await town.vera.sees()
    await town.tick(DAY)  # no receipt ever comes, and the mailbox would be next
    assert await hops(town) == [("sms", "accepted")]
    assert town.post.to(VERA_MAIL) == []


@behaviour(9)
async def test_after_vera_has_read_two_of_five_only_the_three_unread_go_out(town: Town) -> None:
    await vera_asks_and_leaves(town)
    await town.vera.returns()
    seqs = [(await town.ada.answers(f"Answer {n}.")).seq for n in range(1, 6)]
    await town.vera.sees(seqs[1])
    await town.vera.leaves()
    await town.tick(31)
    (text,) = words_texted(town)
    assert "Answer 3.\nAnswer 4.\nAnswer 5." in text
    assert "Answer 1." not in text
    assert "Answer 2." not in text
    await town.tick(3_600)
    assert len(words_texted(town)) == 1
