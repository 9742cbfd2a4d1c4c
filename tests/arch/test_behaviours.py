"""Each behaviour that defines right has a test, or says what is missing; and the page is true."""

from __future__ import annotations

import re
from pathlib import Path

from tests.behaviours import GROUPS, OPEN, PAGE, SENTENCES, page, shown

TESTS = Path(__file__).resolve().parents[1]


def test_the_page_says_what_the_tests_names_say() -> None:
    assert PAGE.read_text() == page(), "run `python -m tests.behaviours`"


def test_there_are_forty_one_and_each_stands_in_one_group() -> None:
    assert list(SENTENCES) == list(range(1, 42))
    assert [number for group in GROUPS.values() for number in group] == list(SENTENCES)


def test_each_has_a_test_or_is_open() -> None:
    seen = {each.number for each in shown()}
    assert seen <= set(SENTENCES)
    assert [number for number in SENTENCES if number not in seen | set(OPEN)] == []


def test_what_is_open_says_in_one_clause_what_is_missing() -> None:
    assert set(OPEN) <= set(SENTENCES)
    told_badly = {
        number: clause
        for number, clause in OPEN.items()
        if not re.fullmatch(r"[a-z][^.!?\n]{10,98}[a-z)]", clause)
    }
    assert told_badly == {}


def test_a_behaviour_is_marked_in_the_one_way_that_the_page_reads() -> None:
    spelt = re.compile(r"^\s*@(?!behaviour\()[\w.]*behaviour\b", re.MULTILINE)
    marked = [path.name for path in TESTS.rglob("test_*.py") if spelt.search(path.read_text())]
    assert marked == []
    numbers = re.compile(r"^\s*@behaviour\((\d+(?:, \d+)*)\)$", re.MULTILINE)
    found = [
        int(number)
        for path in TESTS.rglob("test_*.py")
        for listed in numbers.findall(path.read_text())
        for number in listed.split(", ")
    ]
    assert sorted(found) == sorted(each.number for each in shown())
