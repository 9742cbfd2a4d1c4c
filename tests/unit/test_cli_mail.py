"""The operator looks after mails that were set aside, and begins an epoch, by the command line."""

from __future__ import annotations

import json
import re
from pathlib import Path

import anyio
import pytest
from typer.testing import CliRunner, Result

from gateway import bootstrap
from gateway.cli import app
from gateway.clock import SystemClock
from gateway.settings import read_settings
from gateway.store import house as houses
from gateway.store.tables import InboundRow
from gateway.store.tx import Tx, pack

KEY, VERA = "pk_acme", "vera@shopper.example"
RAW = b"\x00no mail at all\xff\r\n"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A house with one mail that was set aside."""
    onethread(tmp_path, "db", "upgrade")
    onethread(
        tmp_path, "store", "add", "--key", KEY, "--name", "Acme", "--origin", "https://a.example"
    )

    def work(tx: Tx) -> None:
        tx.session.add(
            InboundRow(
                store_id=houses.store_by_key(tx, KEY).store_id,
                inbound_key="<1@shopper.example> help@acme.example",
                channel="email",
                state="quarantined",
                outcome="no sender",
                attempts=1,
                envelope=pack({"sender": VERA, "recipients": [], "peer": ""}),
                raw=RAW,
                due_at=tx.now,
                received_at=tx.now,
            )
        )

    async def put() -> None:
        async with bootstrap.opened(read_settings(data=tmp_path), SystemClock()) as store:
            await store.write(work)

    anyio.run(put)
    return tmp_path


def onethread(data: Path, *arguments: str, code: int = 0) -> Result:
    done = CliRunner().invoke(app, [*arguments], env={"ONETHREAD_DATA": str(data)})
    assert done.exit_code == code, done.output
    return done


def listed(data: Path) -> str:
    return onethread(data, "mail", "quarantine").output.strip()


def name_in(line: str) -> str:
    found = re.match(r"[0-9a-f]{12}\b", line)
    assert found, line
    return found[0]


@pytest.mark.parametrize(
    "command",
    [["doctor"], ["mail"], ["mail", "quarantine"], ["mail", "quarantine", "show"],
     ["mail", "quarantine", "release"], ["mail", "quarantine", "discard"], ["db", "restored"]],
    ids=" ".join,
)  # fmt: skip
def test_each_command_has_help(command: list[str]) -> None:
    done = CliRunner().invoke(app, [*command, "--help"])
    assert done.exit_code == 0
    assert "Usage:" in done.output


def test_the_list_says_when_where_why_and_hides_who(data: Path) -> None:
    line = listed(data)
    assert VERA not in line
    assert re.search(
        r"^[0-9a-f]{12}  \d{4}-\d\d-\d\d \d\d:\d\d UTC  pk_acme  from v•••@shopper.example  "
        r"18 bytes, 1 attempt: it does not say who wrote it$",
        line,
    )


def test_its_bytes_go_into_a_file_that_nobody_else_reads(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "aside.eml"
    shown = onethread(data, "mail", "quarantine", "show", name_in(listed(data)), "--raw", str(file))
    assert file.read_bytes() == RAW
    assert file.stat().st_mode & 0o077 == 0
    assert "18 bytes" in shown.output
    assert "no mail at all" not in shown.output


def test_a_released_mail_leaves_the_list(data: Path) -> None:
    name = name_in(listed(data))
    assert onethread(data, "mail", "quarantine", "release", name).stdout == (
        f"{name} will be read again.\n"
    )
    assert listed(data) == "Nothing is set aside."
    again = onethread(data, "mail", "quarantine", "release", name, code=1)
    assert str(again.exception) == "nothing of this name was set aside"


def test_letting_go_has_to_be_said_twice(data: Path) -> None:
    name = name_in(listed(data))
    refused = onethread(data, "mail", "quarantine", "discard", name, code=1)
    assert "--yes" in str(refused.exception)
    assert name_in(listed(data)) == name
    onethread(data, "mail", "quarantine", "discard", name, "--yes")
    assert listed(data) == "Nothing is set aside."


def test_a_restored_backup_begins_an_epoch(data: Path) -> None:
    assert onethread(data, "db", "restored").output == "Epoch 2 has begun.\n"
    assert onethread(data, "db", "restored").output == "Epoch 3 has begun.\n"


def test_the_doctor_reports_as_json_and_fails_when_something_is_wrong(data: Path) -> None:
    done = CliRunner().invoke(
        app,
        ["doctor", "--json"],
        env={"ONETHREAD_DATA": str(data), "PUBLIC_URL": "http://chat.example"},
    )
    assert done.exit_code == 1, done.output
    report = json.loads(done.stdout)
    assert report["good"] is False
    wrong = [each for each in report["findings"] if each["level"] == "wrong"]
    assert [each["about"] for each in wrong] == ["PUBLIC_URL"]
    assert wrong[0]["advice"].startswith("set PUBLIC_URL=https://chat.example")


def test_the_doctor_says_one_line_for_each_and_is_content_with_warnings(data: Path) -> None:
    lines = onethread(data, "doctor").output.strip().splitlines()
    assert all(re.match(r"(ok|warning) +\S", line) for line in lines), lines
    assert any(line.startswith("warning  SECRET_KEY: ") and " → " in line for line in lines)


def test_the_doctor_knows_no_store_by_a_wrong_key(data: Path) -> None:
    done = onethread(data, "doctor", "--store", "pk_nobody", code=1)
    assert str(done.exception) == "no store has this key"
