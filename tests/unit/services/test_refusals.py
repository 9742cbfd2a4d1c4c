"""Why something was refused is a word on the wire: whoever may be told has words for each."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.errors import BadInput, OnethreadError

TOP = Path(__file__).parents[3]
WORDS = TOP / "widget/panel/words/parts"
CONSOLE = TOP / "agents_console/src/words/en.json"
#: Of agents' messages alone, or of what the panel lets nobody send: it bounds words and files.
AGENTS = {
    "characters",
    "many_attached",
    "moment",
    "no_colleague",
    "no_way",
    "no_words",
    "too_long",
}


def reasons() -> Iterator[str]:
    """Every ``why=`` that one of our errors is made with."""
    for file in (TOP / "gateway").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ERRORS:
                yield from (
                    str(each.value.value)
                    for each in node.keywords
                    if each.arg == "why" and isinstance(each.value, ast.Constant)
                )


def below(kind: type[OnethreadError]) -> Iterator[str]:
    for each in kind.__subclasses__():
        yield each.__name__
        yield from below(each)


ERRORS = frozenset(below(OnethreadError))


@pytest.mark.parametrize("file", sorted(WORDS.glob("*.json")), ids=lambda file: file.stem)
def test_the_panel_has_words_for_every_reason(file: Path) -> None:
    told = set(reasons())
    assert {"wrong_code", "many_files", "no_number"} <= told
    assert told - AGENTS <= set(json.loads(file.read_text("utf-8"))["refusals"])


def test_the_console_has_words_for_what_an_agent_s_message_is_refused_for() -> None:
    told = AGENTS | {"no_file"}
    assert set(reasons()) >= told
    words = json.loads(CONSOLE.read_text("utf-8"))
    assert {f"error.bad_input.{each}" for each in told} <= words.keys()


def test_an_error_without_a_reason_has_none() -> None:
    assert BadInput("no").why is None
    assert BadInput("no", why="stopped").why == "stopped"
