"""What agents type to make words stand out, read as the panel and the console read it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.marks import Block, Mark, Piece, blocks, unmarked

CORPUS = json.loads((Path(__file__).parents[2] / "corpus" / "marks.json").read_text("utf-8"))
SIGNS = st.text("*_`[]()-1. \n\\ab:/hHtps@<>'\"é\u00a0\u2028🙂\ud83d", max_size=80)


def told(piece: Piece) -> object:
    if isinstance(piece, str):
        return piece
    link = {"href": piece.href} if piece.href else {}
    return {"is": piece.kind, "of": [told(each) for each in piece.of], **link}


def as_json(block: Block) -> object:
    numbers = {"numbers": list(block.numbers)} if block.numbers else {}
    return {"is": block.kind, "of": [[told(each) for each in of] for of in block.of], **numbers}


@pytest.mark.parametrize("each", CORPUS, ids=lambda each: repr(each["text"][:24]))
def test_it_reads_as_the_corpus_says(each: dict[str, object]) -> None:
    text = str(each["text"])
    assert [as_json(block) for block in blocks(text)] == each["blocks"]
    assert unmarked(text) == each["plain"]


def links_in(pieces: tuple[Piece, ...]) -> list[str]:
    found: list[str] = []
    for piece in pieces:
        if isinstance(piece, Mark):
            found += [piece.href] if piece.href else []
            found += links_in(piece.of)
    return found


@given(st.one_of(SIGNS, st.text(max_size=200)))
def test_any_string_is_read_and_leads_nowhere_but_to_the_web_a_mailbox_or_a_phone(
    text: str,
) -> None:
    for block in blocks(text):
        for of in block.of:
            for href in links_in(of):
                scheme = href.partition(":")[0].lower()
                assert scheme in ("http", "https", "mailto", "tel")
                assert not set(href) & set(" \n\"'<>`")


@given(SIGNS)
def test_nothing_is_added_to_what_was_typed_but_the_signs_of_lists(text: str) -> None:
    def letters(words: str) -> list[str]:
        return sorted(each for each in words if each.isalpha())

    assert letters(unmarked(text)) == letters(text)


@pytest.mark.parametrize(
    "begun", ["*a ", "_", "`", "[", "[a](", "http://", "*_", "h", "- \n", "http://a@", "."]
)
def test_a_long_text_takes_no_more_than_its_length(begun: str) -> None:
    """So many steps as signs: each sign is looked at by the reader once."""
    short, long = (begun * (n // len(begun)) for n in (2_000, 20_000))
    assert steps(long) < 15 * steps(short)


def steps(text: str) -> int:
    import sys  # only here

    count = 0

    def tick(*_: object) -> None:
        nonlocal count
        count += 1

    sys.setprofile(tick)
    try:
        blocks(text)
    finally:
        sys.setprofile(None)
    return count
