"""The corpus of mails by many programs in many languages, and the score that it must keep."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

import pytest

from gateway.channels.email.quoting import visible_reply
from tests.corpus.score_replies import Case, is_exact, is_loose, read, said

if TYPE_CHECKING:
    from collections.abc import Callable

# The rest are cases that cannot be told apart by rules that hold for everybody.
LEAST_EXACT = {
    "first": 0.99, "second": 0.97, "third": 0.95, "fourth": 0.84, "fifth": 0.97, "sixth": 0.98,
}  # fmt: skip
LEAST_CASES = {
    "first": 300, "second": 120, "third": 60, "fourth": 40, "fifth": 90, "sixth": 90,
}  # fmt: skip


@pytest.mark.parametrize("made", LEAST_EXACT)
def test_veras_mails_from_many_programs_show_what_she_typed(made: str) -> None:
    cases = read(made)
    wrong = [str(case) for case in cases if not is_exact(case, case.shown())]
    assert len(cases) >= LEAST_CASES[made]
    assert len(wrong) <= (1 - LEAST_EXACT[made]) * len(cases), wrong


@pytest.mark.parametrize("made", LEAST_EXACT)
def test_adas_words_do_not_leak_from_veras_mails(made: str) -> None:
    cases = read(made)
    wrong = [str(case) for case in cases if not is_loose(case, case.shown())]
    assert len(wrong) <= (1 - LEAST_EXACT[made]) * len(cases), wrong


def test_a_missing_line_and_a_leaked_one_count_as_wrong() -> None:
    case = Case(
        made="", client="", language="en", name="", html=None,
        text="", typed="One\nTwo", never=("Which size",),
    )  # fmt: skip
    assert is_exact(case, "One  \n\nTwo\n")
    assert not is_loose(case, "One")
    assert not is_loose(case, "One\nTwo\nWhich\nsize?")
    assert is_loose(case, "One\nTwo\n--")
    assert not is_exact(case, "One\nTwo\n--")


def _as_html(piece: str, blank: str, between: str = "") -> Callable[[str], str]:
    def made(text: str) -> str:
        lines = (piece.format(escape(line, quote=False) or blank) for line in text.split("\n"))
        return between.join(lines)

    return made


# The same mail on other ways: line ends of another system, spaces at line ends, text made HTML.
WAYS: dict[str, tuple[Callable[[str], str], bool]] = {
    "carriage returns": (lambda text: text.replace("\n", "\r\n"), False),
    "spaces at line ends": (lambda text: text.replace("\n", "  \n"), False),
    "blank lines around": (lambda text: f"\n\n{text}\n\n\n", False),
    "a blank line after each": (lambda text: text.replace("\n", "\n\n"), False),
    "non-breaking spaces": (lambda text: re.sub(r"(\d) (?=\S)", "\\1\u00a0", text), False),
    "divisions": (_as_html("<div>{}</div>", "<br>"), True),
    "paragraphs": (_as_html("<p class=MsoNormal>{}</p>", "&nbsp;"), True),
    "breaks": (_as_html("{}", "", "<BR>\n"), True),
    "preformatted": (lambda text: f"<pre>{escape(text, quote=False)}</pre>", True),
}


@pytest.mark.parametrize("way", WAYS)
def test_veras_mail_shows_the_same_whatever_way_it_came(way: str) -> None:
    change, rich = WAYS[way]
    cases = [case for made in LEAST_EXACT for case in read(made) if case.text is not None]
    # A mail without an answer is shown with all its spaces: nothing to compare.
    cases = [case for case in cases if case.client != "alone" and is_exact(case, case.shown())]
    wrong = []
    for case in cases:
        changed = change(case.text or "")
        shown = visible_reply(None if rich else changed, changed if rich else None)
        if not is_exact(case, shown):
            wrong.append(f"{case}: {said(shown)}")
    assert len(cases) > 400
    assert len(wrong) <= len(cases) // 50, wrong
