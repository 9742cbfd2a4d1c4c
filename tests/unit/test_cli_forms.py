"""``onethread store forms`` and ``onethread store ratings``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.unit.test_cli import ACME, migrated, one_line, onethread

__all__ = ["migrated"]  # the fixture

TOML = """
before = false
rating = { steps = 3 }

[[questions]]
id = "order"
ask = { en = "Which order is it?", de = "Um welche Bestellung geht es?" }
"""


def test_forms_are_put_in_force_and_shown_complete(migrated: Path, tmp_path: Path) -> None:
    onethread(migrated, *ACME)
    forms = ["store", "forms", "--key", "pk_acme"]
    file = tmp_path / "forms.toml"
    file.write_text(TOML)
    done = onethread(migrated, *forms, str(file))
    assert (done.returncode, done.stdout) == (
        0,
        "Version 1 is in force. Panels show it when they connect next.\n",
    )
    shown = json.loads(onethread(migrated, *forms, "--show").stdout)
    assert shown["before"] is False
    assert shown["offline"] == "offer"
    assert shown["rating"] == {"steps": 3, "comment": True, "by_mail": False}
    assert list(shown["questions"][0]["ask"]) == ["en", "de"]
    again = tmp_path / "again.json"
    again.write_text(json.dumps(shown))
    assert "Version 2" in onethread(migrated, *forms, str(again)).stdout


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("questions = 5", "questions must be a list"),
        ("rating = { steps = 9 }", "rating.steps must be"),
        ("rating = ", "this is not TOML"),
    ],
)
def test_a_wrong_file_is_an_error_in_a_line(
    migrated: Path, tmp_path: Path, words: str, says: str
) -> None:
    onethread(migrated, *ACME)
    file = tmp_path / "forms.toml"
    file.write_text(words)
    done = onethread(migrated, "store", "forms", "--key", "pk_acme", str(file))
    assert says in one_line(done, 1)


def test_without_a_file_it_says_what_it_wants(migrated: Path) -> None:
    done = onethread(migrated, "store", "forms", "--key", "pk_acme")
    assert "--show" in one_line(done, 2)


def test_ratings_of_a_store_that_has_none_say_so(migrated: Path) -> None:
    onethread(migrated, *ACME)
    done = onethread(migrated, "store", "ratings", "--key", "pk_acme")
    assert done.stdout == "Nobody has rated a conversation in the last ninety days.\n"
    none = onethread(migrated, "store", "ratings", "--key", "pk_nobody")
    assert "no store has this key" in one_line(none, 1)
