"""The operator puts WhatsApp's templates in by the command line, and takes them away."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from gateway.cli import app
from gateway.errors import BadInput, Misconfigured, NotFound

KEY = "pk_acme"
SID = "HX" + "0" * 32


def onethread(data: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, [*arguments], env={"ONETHREAD_DATA": str(data)})


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with a store that writes by WhatsApp."""
    store = ["store", "add", "--key", KEY, "--name", "Acme", "--origin", "https://shop.example"]
    for command in (["db", "upgrade"], [*store, "--whatsapp-from", "whatsapp:+14155550100"]):
        done = onethread(tmp_path, *command)
        assert done.exit_code == 0, done.output
    return tmp_path


def test_a_template_is_put_in_listed_and_taken_away(data: Path) -> None:
    named = ("store", "whatsapp", "--key", KEY)
    assert "no templates" in onethread(data, *named).output
    words = (*named, "--purpose", "words")
    body = "{{1}} at {{2}}: {{3}}"
    put = onethread(data, *words, "--sid", SID, "--body", body, "--price", "0.04")
    assert put.exit_code == 0, put.output
    assert put.output.splitlines() == [f"words en {SID} {body}"]
    assert "no templates" in onethread(data, *words, "--remove").output


@pytest.mark.parametrize(
    ("more", "wrong"),
    [
        (("--purpose", "words"), Misconfigured),
        (("--purpose", "words", "--sid", SID, "--body", "Hello"), BadInput),
        (("--purpose", "code", "--remove"), NotFound),
        (("--purpose", "knock", "--sid", SID, "--body", "Y?", "--price", "-1"), Misconfigured),
    ],
)
def test_what_cannot_be_put_in_or_taken_away_is_refused(
    data: Path, more: tuple[str, ...], wrong: type[Exception]
) -> None:
    done = onethread(data, "store", "whatsapp", "--key", KEY, *more)
    assert isinstance(done.exception, wrong)


def test_a_name_is_no_number_to_write_by_whatsapp_from(data: Path) -> None:
    store = ["store", "add", "--key", KEY, "--name", "Acme", "--origin", "https://shop.example"]
    assert isinstance(onethread(data, *store, "--whatsapp-from", "Acme").exception, BadInput)
