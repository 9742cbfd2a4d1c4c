"""What holds of ``visible_reply`` for every mail, however it was made."""

from __future__ import annotations

import html
import re

from hypothesis import given
from hypothesis import strategies as st

from gateway.channels.email.quoting import visible_reply
from tests.corpus.score_replies import Case, read

CASES = [case for made in ("first", "second", "third") for case in read(made)]
TEXTS = [case for case in CASES if case.text is not None]
RICH = [case for case in CASES if case.html is not None]
PIECES = st.sampled_from(
    sorted({line for case in TEXTS for line in (case.text or "").split("\n")})
) | st.sampled_from(
    ["", "> ", ">>> x", "Ada> hm", "| hm", "-- ", "---", "On 5 May 2024,", "From: a"]
)
TAGS = st.sampled_from(
    sorted(
        {piece for case in RICH for piece in re.findall(r"<[^>!]*>|[^<>]+", case.html or "")}
        - {tag for case in RICH for tag in re.findall(r"<img[^>]*>", case.html or "")}
    )
)
# Ordinary words: no digit, no colon, no mark, nothing that a mail program writes.
WORDS = st.lists(
    st.sampled_from(
        ["blue", "lamp", "is", "the", "broken", "größer", "лампа", "電気", "two", "again."]
    ),
    min_size=1,
    max_size=12,
).map(" ".join)


def _lines(text: str) -> set[str]:
    return {
        " ".join(line.split()) for line in re.split("\r\n|[\n\r\x0b\x0c\u2028\u2029\x85]", text)
    }


@given(st.lists(PIECES, max_size=40).map("\n".join))
def test_every_line_that_shows_stands_in_veras_mail(text: str) -> None:
    shown = visible_reply(text, None)
    assert {line.lstrip("\u200b\u2060\ufeff") for line in _lines(shown)} <= {
        "",
        *(line.strip("\u200b\u2060\ufeff ") for line in _lines(text)),
        *(line.lstrip("\u200b\u2060\ufeff") for line in _lines(text)),
    }


@given(st.lists(TAGS, max_size=40).map("".join))
def test_every_word_that_shows_stands_in_veras_html(rich: str) -> None:
    words = "".join(html.unescape(re.sub("<[^>]*>", "", rich)).split())
    for line in visible_reply(None, rich).split("\n"):
        following = iter(words)
        said = "".join(re.sub(r"^(?:- |\d+\. )+", "", line).split())
        assert all(letter in following for letter in said), line


@given(st.lists(PIECES, min_size=1, max_size=40).map("\n".join))
def test_a_mail_with_words_never_shows_as_nothing(text: str) -> None:
    seen = re.sub("[\\s\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\xad]", "", text)
    assert bool(visible_reply(text, None)) == bool(seen)


@given(st.lists(WORDS, min_size=1, max_size=6))
def test_veras_own_words_are_shown_whole_above_any_quote(said: list[str]) -> None:
    typed = "\n".join(said)
    assert visible_reply(typed, None) == typed
    assert visible_reply(visible_reply(typed, None), None) == typed
    quote = "On Tue, 12 Mar 2024 at 16:31, Ada <ada@acme.example> wrote:\n> Which one?\n"
    assert visible_reply(f"{typed}\n\n{quote}", None) == typed


@given(st.sampled_from([case for case in CASES if case.client != "alone"]))
def test_what_shows_of_veras_mail_is_all_hers(case: Case) -> None:
    shown = case.shown()
    assert visible_reply(shown, None) == shown
