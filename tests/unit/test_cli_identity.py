"""The operator makes a store's signing secret by the command line, and replaces it."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from gateway.auth.identity import PREFIX
from gateway.cli import app
from gateway.errors import Misconfigured, NotFound

KEY = "pk_acme"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    for command in (
        ["db", "upgrade"],
        ["store", "add", "--key", KEY, "--name", "Acme", "--origin", "https://shop.example"],
    ):
        done = CliRunner().invoke(app, command, env={"ONETHREAD_DATA": str(tmp_path)})
        assert done.exit_code == 0, done.output
    return tmp_path


def signing(data: Path, *arguments: str, key: str = KEY) -> Result:
    environment = {"ONETHREAD_DATA": str(data)}
    return CliRunner().invoke(app, ["store", "identity", "--key", key, *arguments], env=environment)


def secret_in(done: Result) -> str:
    assert done.exit_code == 0, done.output
    return next(each for each in done.output.split() if each.startswith(PREFIX))


def test_a_secret_is_shown_once_and_replaced_in_two_steps(data: Path) -> None:
    first = secret_in(signing(data))
    again = signing(data)
    assert PREFIX not in again.output
    assert "One secret" in again.output
    rotated = signing(data, "--rotate")
    assert secret_in(rotated) != first
    assert "Two secrets" in rotated.output
    assert "One secret" in signing(data, "--settle").output
    assert "nobody" in signing(data, "--off").output
    assert secret_in(signing(data)) != first


def test_no_signing_secret_lies_open_in_the_database(data: Path) -> None:
    secret = secret_in(signing(data))
    kept = b"".join(each.read_bytes() for each in data.glob("onethread.db*"))
    assert KEY.encode() in kept
    assert secret.removeprefix(PREFIX).encode() not in kept


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["--rotate"], NotFound),
        (["--settle"], NotFound),
        (["--off"], NotFound),
        (["--rotate", "--settle"], Misconfigured),
    ],
)
def test_what_makes_no_sense_is_refused(
    data: Path, arguments: list[str], error: type[Exception]
) -> None:
    assert isinstance(signing(data, *arguments).exception, error)
    assert isinstance(signing(data, key="pk_nobody").exception, NotFound)
