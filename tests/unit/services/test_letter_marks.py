"""What an agent made stand out, in a mail: elements of our own, and never theirs."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typing_extensions import override

from gateway.services.lettering import Link, Page, Part, Said, html_of_page, text_of_page
from gateway.services.tongues import Tongue

CORPUS = json.loads((Path(__file__).parents[2] / "corpus" / "marks.json").read_text("utf-8"))
MAY_STAND = {"br", "strong", "em", "code", "ul", "ol", "li", "a"}


def page(words: str, *, marked: bool = True) -> Page:
    return Page(
        tongue=Tongue("en"),
        store="Acme",
        accent="#2f5d50",
        marker="--",
        parts=[Part(said=[Said(who="Ada", at="10:05", words=words, marked=marked)])],
        small=[],
    )


class Reader(HTMLParser):
    """Which elements stand in the words, and where links lead."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str] = []

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        assert {name for name, _ in attrs} <= {"class", "style", "href", "rel", "value"}
        self.links += [str(value) for name, value in attrs if name == "href"]


def read(words: str) -> Reader:
    html = html_of_page(page(words))
    found = re.search(r'<div class="ink words"[^>]*>(.*?)</div>\n</td>', html, re.DOTALL)
    assert found is not None
    reader = Reader()
    reader.feed(found[1])
    reader.close()
    return reader


def test_bold_italic_code_lists_and_links_look_like_that() -> None:
    words = "*Yes*, _really_ `x`:\n- one\n- [two](https://acme.example/2)\n\n3. three\n4. four"
    html = html_of_page(page(words))
    assert "<strong>Yes</strong>, <em>really</em> <code>x</code>:" in html
    assert "<li>one</li><li><a " in html
    assert 'href="https://acme.example/2"' in html
    assert '<li value="3">three</li><li value="4">four</li></ol>' in html
    # Whoever reads the text part reads what was typed.
    assert words in text_of_page(page(words))


def test_what_a_shopper_typed_stays_as_typed() -> None:
    assert "*Yes*" in html_of_page(page("*Yes*", marked=False))


@pytest.mark.parametrize("each", CORPUS, ids=lambda each: repr(each["text"][:24]))
def test_only_our_own_elements_stand_in_the_words(each: dict[str, str]) -> None:
    reader = read(each["text"])
    assert reader.tags <= MAY_STAND
    assert all(link.lower().startswith(("http", "mailto:", "tel:")) for link in reader.links)


@given(st.text("*_`[]()-1. \nab:/htps@<>'\"&;", max_size=60))
def test_whatever_is_typed_only_our_own_elements_stand_in_the_words(words: str) -> None:
    assert read(words).tags <= MAY_STAND


def test_an_arabic_mail_reads_from_the_right_where_the_page_itself_is_taken_away() -> None:
    html = html_of_page(replace(page("نعم"), tongue=Tongue("ar")))
    body = html.partition("<body")[2]  # Gmail keeps nothing of the elements around this
    outermost = re.search(r"<table[^>]*>", body)
    assert outermost is not None
    assert 'dir="rtl"' in outermost[0]
    assert 'lang="ar"' in outermost[0]


def test_space_between_messages_is_kept_by_outlook_which_drops_the_margins_of_tables() -> None:
    button = Link(label="Continue", href="https://acme.example/t")
    tables = re.findall(r"<table[^>]*>", html_of_page(replace(page("In 38."), button=button)))
    assert tables
    assert not [each for each in tables if re.search(r"margin:[^;\"]*[1-9]", each)]
