"""``onethread store look``: how the chat stands on a shop's pages."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.test_cli import ACME, migrated, one_line, onethread

__all__ = ["migrated"]  # the fixture


def test_a_look_is_set_a_piece_at_a_time(migrated: Path) -> None:
    onethread(migrated, *ACME)
    look = ["store", "look", "--key", "pk_acme"]
    for more in (["--position", "left"], ["--hide", "/checkout*, /cart", "--x", "8"]):
        done = onethread(migrated, *look, *more)
        assert (done.returncode, done.stdout) == (0, "Pages show it within five minutes.\n")


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ([], "--position"),
        (["--accent", "plum"], "#2f5d50"),
        (["--position", "top"], "left, right"),
        (["--hide", "checkout"], "/checkout*"),
    ],
)
def test_a_look_that_is_none_is_an_error_in_a_line(
    migrated: Path, more: list[str], says: str
) -> None:
    onethread(migrated, *ACME)
    done = onethread(migrated, "store", "look", "--key", "pk_acme", *more)
    # Nothing to do is a question of how the command is used.
    assert says in one_line(done, 1 if more else 2)


def test_a_store_that_is_not_there_has_no_look(migrated: Path) -> None:
    done = onethread(migrated, "store", "look", "--key", "pk_nobody", "--x", "4")
    assert "no store has this key" in one_line(done, 1)
