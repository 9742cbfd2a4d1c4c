"""What Vera may text to command, and what only sounds like it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.keywords import Keyword, keyword


@pytest.mark.parametrize(
    "text",
    [
        "STOP",
        "stop",
        " Stop. ",
        "STOP!!!",
        "*stop*",
        "“Stop”",
        "🛑 STOP 🛑",
        "STOP" + "!" * 200,
        "ＳＴＯＰ",
        "st\u200bop",
        "stopall",
        "STOP ALL",
        "Unsubscribe",
        "cancel",
        "END",
        "quit",
        "Revoke",
        "optout",
        "opt out",
        "Opt-Out",
        "ARRET",
        "Arrêt",
        "arre\u0302t",
        "stop please",
        "Please stop!",
        "pls stop",
        "Please, unsubscribe",
        "stop\n",
    ],
)
def test_vera_stops(text: str) -> None:
    assert keyword(text) is Keyword.STOP


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("START", Keyword.START),
        ("unstop.", Keyword.START),
        ("Help", Keyword.HELP),
        ("INFO?", Keyword.HELP),
        ("Y", Keyword.YES),
        ("y!", Keyword.YES),
        ("Yes", Keyword.YES),
        ("ja", Keyword.YES),
        ("OUI", Keyword.YES),
        ("sí", Keyword.YES),
        ("si", Keyword.YES),
    ],
)
def test_vera_commands(text: str, meant: Keyword) -> None:
    assert keyword(text) is meant


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "!!!",
        "please stop sending me blue ones",
        "please",
        "please please stop",
        "don't stop",
        "non-stop",
        "bus stop",
        "stop it",
        "stopping",
        "stop 2",
        "cancel please",
        "cancel my order",
        "the end",
        "yes please",
        "yes, the blue one",
        "y/n",
        "help me",
        "no",
        "restart",
        "STOP\nUnsubscribe",
        "e n d",
    ],
)
def test_vera_merely_talks(text: str) -> None:
    assert keyword(text) is None


def test_an_essay_in_punctuation_is_no_command() -> None:
    assert keyword("stop" + "!" * 2_000) is None


@given(st.text())
def test_any_text_can_be_read(text: str) -> None:
    assert keyword(text) in (None, *Keyword)


@given(
    st.sampled_from(["stop", "start", "help", "yes"]), st.text(alphabet=" .!?*-\n\t", max_size=9)
)
def test_what_surrounds_a_command_does_not_matter(word: str, around: str) -> None:
    assert keyword(around + word.upper() + around) is keyword(word) is not None
