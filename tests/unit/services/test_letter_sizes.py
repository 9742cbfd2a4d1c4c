"""A mail as long as its reader's program shows it, and its first words in a list of mails."""

from __future__ import annotations

import html
import re
from dataclasses import replace

import pytest

from gateway.services.lettering import (
    MOST_HTML,
    Link,
    Page,
    Part,
    Said,
    html_of_page,
    text_of_page,
)
from gateway.services.tongues import Tongue

STOP = Link(label="Stop e-mails about this chat", href="https://support.acme.example/stop/1")
LEFT_OUT = "The beginning is in the chat."


def page(*words: str, earlier: tuple[str, ...] = ()) -> Page:
    return Page(
        tongue=Tongue("en"),
        store="Acme",
        accent="#2f5d50",
        marker="— Reply above this line —",
        parts=[Part(said=_said(words))],
        small=["You get this because you wrote to Acme."],
        earlier=_said(earlier),
        links=[STOP],
        left_out=LEFT_OUT,
    )


def _said(words: tuple[str, ...]) -> list[Said]:
    return [Said(who="Ada", at="10:05", words=each) for each in words]


def shown(letter: Page) -> str:
    """The mail's HTML, which is whole and small enough to be shown whole."""
    found = html_of_page(letter)
    assert len(found.encode()) <= MOST_HTML
    assert found.rstrip().endswith("</html>")
    assert STOP.href in found
    return found


def test_a_long_conversation_ends_with_what_is_newest_and_the_way_to_stop() -> None:
    letter = page(*(f"message {n} of Vera & Ada" for n in range(500)))
    found = shown(letter)
    assert "message 499 of" in found
    assert "message 0 of" not in found
    assert LEFT_OUT in found
    text = text_of_page(letter)
    assert all(f"message {n} of" in text for n in range(500))


def test_there_is_as_much_as_there_is_room_for() -> None:
    found = shown(page(*(f"message {n} of Vera & Ada" for n in range(500))))
    assert len(found.encode()) > MOST_HTML * 0.8


def test_what_was_said_before_goes_first_and_nothing_is_said_to_lack_of_what_is_new() -> None:
    found = shown(page("It ships today.", earlier=("a" * 60_000, "b" * 60_000)))
    assert "It ships today." in found
    assert "aaaa" not in found


@pytest.mark.parametrize(
    "words",
    ["&" * 30_000, "🥾" * 30_000, "http://a.example " * 3_000, "\n" * 30_000 + "end"],
    ids=["escaped", "four bytes each", "links", "breaks"],
)
def test_one_message_that_is_too_long_by_itself_is_begun(words: str) -> None:
    found = shown(page(words))
    assert "…" in found
    assert LEFT_OUT in found


def test_several_who_wait_are_all_told_of() -> None:
    parts = [
        Part(said=_said(tuple(f"{who} {n}" for n in range(100))), title=f"#{who}")
        for who in ("Vera", "Zoe", "Noor")
    ]
    found = shown(replace(page(), parts=parts))
    assert all(f"{who} 99" in found for who in ("Vera", "Zoe", "Noor"))


def test_of_more_who_wait_than_a_mail_has_room_for_the_first_are_told_of() -> None:
    parts = [Part(said=_said(("&" * 10_000,)), title=f"#{n}.") for n in range(300)]
    found = shown(replace(page(), parts=parts))
    assert "#0." in found
    assert "#299." not in found
    assert LEFT_OUT in found


def test_a_mail_that_is_short_lacks_nothing() -> None:
    found = shown(page("It ships today.", earlier=("Is it blue?",)))
    assert LEFT_OUT not in found
    assert "Is it blue?" in found


def preview(letter: Page) -> str:
    """What a list of mails shows: the text of the mail from its beginning."""
    body = html_of_page(letter).partition("<body")[2].partition(">")[2]
    told = html.unescape(re.sub(r"<!--.*?-->|<[^>]*>", " ", body, flags=re.DOTALL))
    return re.sub(r"[ \n]+", " ", told).strip()[:100]


@pytest.mark.parametrize("words", ["Yes.", "Yes, in 38 and in 39, both are here", "x" * 300])
def test_a_list_of_mails_shows_the_words_and_nothing_of_what_stands_around_them(
    words: str,
) -> None:
    first = preview(page(words))
    assert first.startswith(words[:100])
    assert not first[len(words) :].strip("\u034f\u200c\xa0")
