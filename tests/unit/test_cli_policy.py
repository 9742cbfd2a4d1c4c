"""The operator puts policies in force by the command line, from a file or a starter."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from gateway.cli import app

KEY = "pk_acme"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a database and a store."""
    home = tmp_path_factory.mktemp("data")
    for command in (
        ["db", "upgrade"],
        ["store", "add", "--key", KEY, "--name", "Acme", "--origin", "https://shop.example"],
    ):
        done = CliRunner().invoke(app, command, env={"ONETHREAD_DATA": str(home)})
        assert done.exit_code == 0, done.output
    return home


def policy(data: Path, *arguments: str) -> Result:
    return CliRunner().invoke(
        app,
        ["store", "policy", "--key", KEY, *arguments],
        env={"ONETHREAD_DATA": str(data)},
    )


def test_the_operator_writes_toml_and_sees_what_is_in_force(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "acme.toml"
    file.write_text('gone = 45\nhours = ["Mon-Fri 09:00-18:00"]\n[quiet]\nsms = ["20:00-09:00"]\n')
    done = policy(data, str(file))
    assert done.exit_code == 0, done.output
    assert "is in force" in done.output
    shown = json.loads(policy(data, "--show").output)
    assert (shown["gone"], shown["quiet"]) == (45, {"sms": ["20:00-09:00"]})
    # What is shown is a document itself, and complete.
    again = tmp_path / "again.json"
    again.write_text(json.dumps(shown | {"gone": 50}))
    assert policy(data, str(again)).exit_code == 0
    assert json.loads(policy(data, "--show").output) == shown | {"gone": 50}


def test_the_operator_begins_from_a_starter(data: Path) -> None:
    assert policy(data, "--starter", "europe").exit_code == 0
    assert json.loads(policy(data, "--show").output)["ladder"][:2] == ["push", "whatsapp"]


def test_the_operator_says_one_thing_at_a_time(data: Path, tmp_path: Path) -> None:
    before = policy(data, "--show").output
    file = tmp_path / "acme.json"
    file.write_text("{}")
    for arguments in ([], [str(file), "--starter", "asia"], ["--starter", "asia", "--show"]):
        refused = policy(data, *arguments)
        assert "--starter NAME" in str(refused.exception), arguments
    unknown = policy(data, "--starter", "atlantis")
    assert "north_america" in str(unknown.exception)
    assert policy(data, "--show").output == before
