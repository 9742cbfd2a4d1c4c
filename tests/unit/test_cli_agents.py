"""``onethread agent names``: how much of an agent's name a store's shoppers see."""

from __future__ import annotations

from pathlib import Path

from tests.unit.test_cli import ACME, migrated, one_line, onethread

__all__ = ["migrated"]  # the fixture


def test_a_store_shows_first_names_and_whole_ones_again(migrated: Path) -> None:
    onethread(migrated, *ACME)
    names = ["agent", "names", "--key", "pk_acme"]
    for more, seen in (("--first", "first"), ("--whole", "whole")):
        done = onethread(migrated, *names, more)
        said = f"Shoppers see {seen} names from now on.\n"
        assert (done.returncode, done.stdout) == (0, said)


def test_a_store_that_is_not_there_shows_none(migrated: Path) -> None:
    done = onethread(migrated, "agent", "names", "--key", "pk_nobody", "--first")
    assert "no store has this key" in one_line(done, 1)
