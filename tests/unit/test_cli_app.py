"""The operator names a store's app by the command line, and changes its secret."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from gateway.cli import app
from gateway.errors import BadInput, Misconfigured, NotFound

KEY, URL = "pk_acme", "https://push.acme.example/onethread"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    for command in (
        ["db", "upgrade"],
        ["store", "add", "--key", KEY, "--name", "Acme", "--origin", "https://shop.example"],
    ):
        done = CliRunner().invoke(app, command, env={"ONETHREAD_DATA": str(tmp_path)})
        assert done.exit_code == 0, done.output
    return tmp_path


def named(data: Path, *arguments: str) -> Result:
    environment = {"ONETHREAD_DATA": str(data)}
    return CliRunner().invoke(app, ["store", "app", "--key", KEY, *arguments], env=environment)


def secret_in(done: Result) -> str:
    assert done.exit_code == 0, done.output
    return next(each for each in done.output.split() if each.startswith("whsec_"))


def test_a_secret_is_shown_once_and_replaced_in_two_steps(data: Path) -> None:
    first = secret_in(named(data, "--url", URL))
    shown = named(data)
    assert URL in shown.output
    assert "without words" in shown.output
    assert "whsec_" not in shown.output
    rotated = named(data, "--rotate")
    assert secret_in(rotated) != first
    assert "Two secrets" in rotated.output
    assert "Two secrets" not in named(data, "--settle").output
    assert "with the words" in named(data, "--with-words").output
    assert "no app any more" in named(data, "--off").output
    assert isinstance(named(data).exception, NotFound)


def test_no_secret_of_a_store_lies_open_in_the_database(data: Path) -> None:
    secret = secret_in(named(data, "--url", URL))
    kept = b"".join(each.read_bytes() for each in data.glob("onethread.db*"))
    assert URL.encode() in kept
    assert secret.removeprefix("whsec_").encode() not in kept


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["--url", "ftp://push.acme.example"], BadInput),
        (["--url", "https://ada:secret@push.acme.example"], BadInput),
        (["--url", "https://push.acme.example:port"], BadInput),
        (["--url", URL, "--secret", "short"], BadInput),
        (["--rotate"], NotFound),
        (["--settle"], NotFound),
        (["--off"], NotFound),
        (["--with-words"], NotFound),
        (["--url", URL, "--off"], Misconfigured),
        (["--rotate", "--settle"], Misconfigured),
    ],
)
def test_what_makes_no_sense_is_refused(
    data: Path, arguments: list[str], error: type[Exception]
) -> None:
    done = named(data, *arguments)
    assert isinstance(done.exception, error), done.output
    assert isinstance(named(data).exception, NotFound)
