"""The agents' guide misses no key and no view, calls each as the console does, and is small."""

from __future__ import annotations

import json
import re
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
CONSOLE = TOP / "agents_console" / "src"
DOCS = TOP / "docs"
WORDS: dict[str, str] = json.loads((CONSOLE / "words/en.json").read_text())
GUIDE = (DOCS / "agents-guide.md").read_text()
KEY = re.compile(r'\{ keys: \[(.*?)\], word: "(.*?)" \}')
MOST_PICTURES = 6
MOST_BYTES = 60_000


def rows_below(head: str) -> list[list[str]]:
    """The cells of the table that has this head."""
    table = GUIDE[GUIDE.index(head) :].split("\n\n", 1)[0]
    return [row.strip("| ").split(" | ") for row in table.splitlines()[2:]]


def array_in(file: str, name: str) -> str:
    """What stands between the brackets of a constant of the console's."""
    _, _, after = (CONSOLE / file).read_text().partition(f"export const {name}:")
    assert after, f"{file} has no {name}"
    return after.partition("= [")[2].partition("\n];")[0]


def spelt(keys: str) -> str:
    """`Ctrl` `k` for ``Ctrl k``; what does the same stands beside it."""
    each = re.findall(r'"(.*?)"', keys)
    return " or ".join(" ".join(f"`{key}`" for key in one.split(" ")) for one in each)


def test_the_guide_lists_every_key_in_the_consoles_own_words_and_no_other() -> None:
    source = array_in("keyboard.ts", "KEYS")
    keys = [[spelt(keys), WORDS[word]] for keys, word in KEY.findall(source)]
    assert len(keys) == source.count("word:")
    assert rows_below("| key | does |") == keys


def test_the_guide_says_what_every_view_holds() -> None:
    views = re.findall(r'"(.*?)"', array_in("place.ts", "VIEWS"))
    told = [row[0] for row in rows_below("| view | holds |")]
    assert told == [WORDS[f"view.{view}"] for view in views]


def test_the_guides_pictures_are_there_and_few_and_small() -> None:
    shown = re.findall(r"!\[.+?\]\((.+?)\)", GUIDE)
    assert sorted(shown) == sorted(each.name for each in DOCS.glob("agents-guide-*.png"))
    assert 1 <= len(shown) <= MOST_PICTURES
    for name in shown:
        assert (DOCS / name).stat().st_size <= MOST_BYTES, name
