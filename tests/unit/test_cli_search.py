"""``onethread db reindex``, as an operator types it."""

from __future__ import annotations

from pathlib import Path

from tests.unit.test_cli import ACME, migrated, one_line, onethread

__all__ = ["migrated"]  # the fixture


def test_the_index_is_made_anew_and_says_how_much_can_be_found(migrated: Path) -> None:
    onethread(migrated, *ACME)
    done = onethread(migrated, "db", "reindex")
    assert (done.returncode, done.stdout) == (0, "0 rows can be found again.\n")


def test_without_a_database_it_says_which_command_makes_one(tmp_path: Path) -> None:
    done = onethread(tmp_path, "db", "reindex")
    assert "onethread db upgrade" in one_line(done, 2)
