"""How well ``visible_reply`` reads the mails in ``tests/corpus/replies``: ``python -m`` prints it.

A case is *exact* when the lines are the expected ones, *loose* when all of these are there and
nothing of what must ``never`` show. White space at line ends and blank lines do not count. The
``second`` and ``third`` sets were written after the rules had been made for those before, and
scored before any rule was changed for them (96.6 % and 93.9 % exact). The ``fourth`` keeps what no
rule was made for, mostly words that look like quotes; some of these are still read wrongly. The
``fifth`` was written by client and language, and no rule was changed for it (97.9 % exact). Of the
``sixth``, written after it, 95.9 % were exact before four rules were changed.
"""

from __future__ import annotations

import sys
import tomllib
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from typing_extensions import override

from gateway.channels.email.quoting import visible_reply

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

SETS: Final = ("first", "second", "third", "fourth", "fifth", "sixth")
REPLIES: Final = Path(__file__).parent / "replies"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One mail: who wrote it with what, and what they newly typed."""

    made: str
    client: str
    language: str
    name: str
    text: str | None
    html: str | None
    typed: str
    never: tuple[str, ...]

    @override
    def __str__(self) -> str:
        """Name the case as a test's id."""
        return f"{self.made}/{self.client}: {self.name}"

    def shown(self) -> str:
        """Give what the gateway would show of this mail."""
        return visible_reply(self.text, self.html)


@dataclass(slots=True)
class Score:
    """How many cases of a group there are and how many are right."""

    cases: int = 0
    exact: int = 0
    loose: int = 0

    @override
    def __str__(self) -> str:
        """Give the line of a table."""
        return f"{self.cases:5}  {self.exact / self.cases:6.1%}  {self.loose / self.cases:6.1%}"


def read(made: str) -> list[Case]:
    """Read the cases of one set, by client, in the order of the files."""
    return [
        Case(
            made=made,
            client=path.stem,
            language=entry["language"],
            name=entry["name"],
            text=entry.get("text"),
            html=entry.get("html"),
            typed=entry["typed"],
            never=tuple(entry.get("never", ())),
        )
        for path in sorted((REPLIES / made).glob("*.toml"))
        for entry in tomllib.loads(path.read_text("utf-8"))["case"]
    ]


def said(text: str) -> list[str]:
    """Give the lines that count, white space as one space."""
    return [words for line in text.split("\n") if (words := " ".join(line.split()))]


def is_exact(case: Case, shown: str) -> bool:
    """Tell whether the lines are the expected ones, all and in order."""
    return said(shown) == said(case.typed)


def is_loose(case: Case, shown: str) -> bool:
    """Tell whether no expected line is missing and nothing quoted shows."""
    lines = said(shown)
    whole = " ".join(lines)
    return all(line in lines for line in said(case.typed)) and not any(
        " ".join(words.split()) in whole for words in case.never
    )


def score(cases: Iterable[Case], by: Callable[[Case], str]) -> dict[str, Score]:
    """Count the cases, group by group."""
    scores: dict[str, Score] = defaultdict(Score)
    for case in cases:
        shown, group = case.shown(), scores[by(case)]
        group.cases += 1
        group.exact += is_exact(case, shown)
        group.loose += is_loose(case, shown)
    return dict(sorted(scores.items()))


def main() -> None:
    """Print the scores by client and language, and what each wrong case shows."""
    cases = [case for made in SETS for case in read(made)]
    for title, by in (
        ("client", lambda case: case.client),
        ("language", lambda case: case.language),
        ("set", lambda case: case.made),
    ):
        print(f"{title:<18} cases   exact   loose")
        for group, counted in score(cases, by).items():
            print(f"{group:<18} {counted}")
        print()
    for case in cases:
        shown = case.shown()
        if not is_exact(case, shown):
            print(f"{case}\n  typed {said(case.typed)}\n  shown {said(shown)}", file=sys.stderr)


if __name__ == "__main__":
    main()
