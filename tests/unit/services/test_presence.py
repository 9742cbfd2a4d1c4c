"""Tabs folded to a person, with values alone."""

from __future__ import annotations

import itertools

import pytest

from gateway.core.model import Presence
from gateway.protocol.frames import Tab
from gateway.services.presence import folded
from gateway.services.whereabouts import MOST_PRESENT

YES_NO = (True, False)
TABS = [
    Tab(panel=panel, visible=visible, focus=focus)
    for panel, visible, focus in itertools.product(YES_NO, repeat=3)
]


@pytest.mark.parametrize("unfocused", ["reading", "on_page", "hidden"])
@pytest.mark.parametrize("tab", TABS, ids=str)
def test_what_one_tab_of_vera_counts_as(tab: Tab, unfocused: str) -> None:
    expected = {
        (True, True, True): "reading",
        (True, True, False): unfocused,
        (False, True, True): "on_page",
        (False, True, False): "on_page",
    }.get((tab.panel, tab.visible, tab.focus), "hidden")
    assert folded([tab], unfocused) == expected


@pytest.mark.parametrize("unfocused", ["reading", "on_page", "hidden"])
def test_vera_is_as_present_as_her_most_present_tab_whatever_their_order(unfocused: str) -> None:
    for tabs in itertools.product(TABS, repeat=3):
        alone = [folded([tab], unfocused) for tab in tabs]
        assert folded(tabs, unfocused) == min(alone, key=MOST_PRESENT.index)


def test_without_a_tab_vera_is_gone() -> None:
    assert folded([], "reading") is Presence.GONE
