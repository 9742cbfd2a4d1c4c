"""The 41 behaviours that define right, and which tests show each.

A test says which it shows by ``@behaviour(12)``. ``python -m tests.behaviours`` writes
``docs/behaviours.md`` from the sentences here and from the names of those tests; what stands on
machinery that is still to come is listed there as open, with what is missing.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[1]
PAGE = TOP / "docs" / "behaviours.md"

behaviour = pytest.mark.behaviour

GROUPS = {
    "The shopper is away": range(1, 10),
    "Escalation": range(10, 14),
    "What comes in": range(14, 26),
    "Consent and time": range(26, 31),
    "The shopper returns": range(31, 35),
    "The agents' side": range(35, 42),
}

SENTENCES = {
    1: "While Vera's tab is visible and acknowledges, nothing else than the chat reaches her.",
    2: "An answer unread in a hidden tab goes out once, by the first way that she permits.",
    3: "Three answers within the delay go out as one, in order, never later than the longest.",
    4: "What her socket acknowledged and nobody read is brought elsewhere all the same.",
    5: "A half-open socket counts as gone; on resume nothing is lost and nothing doubled.",
    6: "A send and a close in the same instant, in either order: stored once, planned once.",
    7: "Reading takes back what is not handed over; what is, is marked and not repeated.",
    8: "Two workers, or a restart in the middle, interrupt her once; nothing is sent by guess.",
    9: "After she has read two of five, only the three unread go out.",
    10: "A hard bounce marks the address, the next way is taken, and both hops are shown.",
    11: "Undelivered, or no receipt by the deadline: the next way; late news changes the ledger.",
    12: "With no way left the conversation is unreachable, stays unread, and an agent is told.",
    13: "What a provider cannot take now is tried there again, with back-off, before going on.",
    14: "Her answer by SMS is in the same conversation, and in her open tab, with its mark.",
    15: "Of a mail only the new words show, with the original a click away.",
    16: "Without a token In-Reply-To decides, then References, then the sender; else a new one.",
    17: "A good token from a strange sender joins nothing, and tells them nothing.",
    18: "An agent who answers by mail is shown as that agent, never as the shopper.",
    19: "The same text or mail twice, or at once, is one message.",
    20: "An automatic answer reopens nothing, takes back nothing and triggers nothing.",
    21: "Words by SMS and by chat at once are both kept, and the later says where she is.",
    22: "A number that stands for several conversations: the last texted, or the one named by #.",
    23: "An answer to what is resolved reopens it for some days, and opens a new one later.",
    24: "Two people with one number: whoever was texted last, marked as shared, never merged.",
    25: "However a number or a mailbox is written, it is one address.",
    26: "STOP ends the texts everywhere, once confirmed; what was queued goes another way.",
    27: "START brings the texts back with new evidence; no agent can overrule STOP.",
    28: "Without consent a way is never taken, even the only one, and the console says why.",
    29: "Quiet hours where she is put a text off, merged with what comes until then; mail may go.",
    30: "Beyond the cap, over all channels, she is left alone; a live exchange goes on.",
    31: "A link opens the conversation on another device at what is unread, or shows nothing.",
    32: "Several tabs are one person: reading in one clears all.",
    33: "After any gap a client goes on where it stood: no gap, nothing doubled or out of order.",
    34: "Sent again with the same id, a message is stored once.",
    35: "With nobody there she is told honestly, and offered another way; nothing is refused.",
    36: "Unanswered, exactly one agent is told, then the next, until somebody opens or answers.",
    37: "An agent's answer from their own phone reaches her as theirs, without their number.",
    38: "Of two agents who answer at once, the second sees the first's before sending.",
    39: "With both sides away both are reached, and nothing automatic answers the automatic.",
    40: "What is changed or taken back before it leaves, leaves changed, or not at all.",
    41: "An erasure takes the words and addresses, and leaves the STOP.",
}

OPEN: dict[int, str] = {
    41: "there is no erasure, and no salted record in which a STOP would outlive its number",
}
"""Behaviours without a test that shows them whole, and what they wait for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A test and the behaviour that it shows."""

    number: int
    file: str
    test: str


def shown() -> Iterator[Shown]:
    """Every test that is marked with a behaviour, read from the sources."""
    for path in sorted((TOP / "tests").rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                for number in _numbers(node):
                    file = path.relative_to(TOP).as_posix()
                    yield Shown(number=number, file=file, test=node.name)


def _numbers(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[int]:
    for mark in node.decorator_list:
        if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "behaviour":
            for given in mark.args:
                if isinstance(given, ast.Constant) and isinstance(given.value, int):
                    yield given.value


def page() -> str:
    """The page that is kept as ``docs/behaviours.md``."""
    tests: dict[int, list[Shown]] = {}
    for each in shown():
        tests.setdefault(each.number, []).append(each)
    lines = [
        "# Behaviours",
        "",
        "What right means here, in 41 sentences, each with the tests that show it. Made from the",
        "tests' names by `python -m tests.behaviours`; a test keeps it true.",
    ]
    for group, numbers in GROUPS.items():
        lines += ["", f"## {group}", ""]
        for number in numbers:
            lines += _told(number, tests.get(number, []))
    return "\n".join(lines) + "\n"


def _told(number: int, tests: list[Shown]) -> Iterator[str]:
    yield f"{number}. {SENTENCES[number]}"
    for each in tests:
        words = each.test.removeprefix("test_").replace("_", " ")
        yield f"    - [{words}](../{each.file})"
    if number in OPEN:
        yield f"    - *Open:* {OPEN[number]}"


if __name__ == "__main__":
    PAGE.write_text(page())
    sys.stdout.write(f"{PAGE.relative_to(TOP)} is written\n")
