"""Several tabs and devices are one person: one of them makes the sound of an answer."""

from __future__ import annotations

from tests.integration.town.building import Town
from tests.integration.town.lane import BEHIND, OPEN, SHUT, lane_of

CONVERSATION = "the conversation"


async def test_of_all_tabs_that_ask_one_rings_once_for_each_answer(town: Town) -> None:
    async with lane_of(town) as lane:
        shop, other, phone = (lane.socket(name) for name in ("shop", "other", "phone"))
        for tab, what in ((shop, SHUT), (other, BEHIND), (phone, BEHIND)):
            lane.tab(tab, what)
        asked = [lane.may_ring(tab, CONVERSATION, 5) for tab in (other, shop, phone, other)]
        assert asked == [True, False, False, False]
        # Ada adds a line; what was rung for already is not asked for anew by a tab that is late.
        assert lane.may_ring(phone, CONVERSATION, 6)
        assert not lane.may_ring(shop, CONVERSATION, 5)
        assert not lane.may_ring(shop, CONVERSATION, 6)


async def test_nothing_rings_while_the_words_are_before_her_eyes_in_another_tab(
    town: Town,
) -> None:
    async with lane_of(town) as lane:
        hidden, reading = lane.socket("hidden"), lane.socket("reading")
        lane.tab(hidden, BEHIND)
        lane.tab(reading, OPEN)
        assert not lane.may_ring(hidden, CONVERSATION, 5)
        lane.left(reading)
        assert lane.may_ring(hidden, CONVERSATION, 6)


async def test_the_seqs_of_a_new_conversation_begin_anew_and_so_does_the_sound(
    town: Town,
) -> None:
    async with lane_of(town) as lane:
        tab = lane.socket("shop")
        lane.tab(tab, SHUT)
        assert lane.may_ring(tab, "the old one", 40)
        assert lane.may_ring(tab, "the new one", 3)


async def test_two_shoppers_do_not_silence_each_other(town: Town) -> None:
    async with lane_of(town) as lane:
        hers, his = lane.socket("hers"), lane.socket("his", "Viktor")
        lane.tab(hers, SHUT)
        lane.tab(his, SHUT)
        assert lane.may_ring(hers, CONVERSATION, 5)
        assert lane.may_ring(his, CONVERSATION, 5)
