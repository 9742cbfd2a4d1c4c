"""The command line: help everywhere, and an error is one line with an exit code."""

from __future__ import annotations

import io
import json
import os
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest
import structlog
from typer.testing import CliRunner

from gateway.cli import app, main

TOP = Path(__file__).resolve().parents[2]

COMMANDS = [
    [],
    ["serve"],
    ["worker"],
    ["demo"],
    ["db"],
    ["db", "upgrade"],
    ["agent"],
    ["agent", "add"],
    ["store"],
    ["store", "add"],
    ["store", "policy"],
    ["store", "push"],
    ["simulate"],
]
ADA = ["agent", "add", "--email", "ada@acme.example", "--name", "Ada"]
ACME = ["store", "add", "--key", "pk_acme", "--name", "Acme", "--origin", "https://shop.example"]


ITS_OWN = ("serve", "worker")  #: commands that take a process over: its log, its signals


@dataclass(frozen=True, slots=True)
class Done:
    """What a command left behind."""

    returncode: int
    stdout: str
    stderr: str


def onethread(data: Path, *arguments: str, **environment: str) -> Done:
    """Run one command in an environment of its own, and in its own process where it needs one."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "PYTHONPATH") if name in os.environ}
    kept |= {"ONETHREAD_DATA": str(data), "ONETHREAD_AGENT_PASSWORD": "correct horse battery"}
    if arguments[0] in ITS_OWN:
        return _in_a_process(arguments, kept | environment)
    with pytest.MonkeyPatch.context() as patch:
        for name in os.environ:
            patch.delenv(name)
        for name, value in (kept | environment).items():
            patch.setenv(name, value)
        patch.setattr(sys, "argv", ["onethread", *arguments])
        patch.chdir(TOP)
        return _here()


def _here() -> Done:
    code: object = 0
    with redirect_stdout(io.StringIO()) as out, redirect_stderr(io.StringIO()) as err:
        try:
            main()
        except SystemExit as end:
            code = end.code
        finally:
            structlog.reset_defaults()  # which wrote to what is closed soon
    return Done(int(str(code or 0)), out.getvalue(), err.getvalue())


def _in_a_process(arguments: Sequence[str], environment: Mapping[str, str]) -> Done:
    done = subprocess.run(
        [sys.executable, "-m", "gateway", *arguments],
        env=environment,
        cwd=TOP,
        capture_output=True,
        text=True,
        check=False,
        timeout=50,
    )
    return Done(done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a database, a store and an agent."""
    data = tmp_path_factory.mktemp("data")
    for command in (["db", "upgrade"], ADA, ACME):
        done = onethread(data, *command)
        assert done.returncode == 0, done.stderr
    return data


def one_line(done: Done, code: int) -> str:
    """The one line of an error, with its exit code."""
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    (line,) = done.stderr.strip().splitlines()
    assert line.startswith("onethread: ")
    return line


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_has_help(command: list[str]) -> None:
    done = CliRunner().invoke(app, [*command, "--help"])
    assert done.exit_code == 0
    assert "Usage:" in done.stdout


def test_the_help_lists_every_command(tmp_path: Path) -> None:
    told = onethread(tmp_path, "--help").stdout
    for command in ("serve", "worker", "demo", "db", "agent", "store", "simulate"):
        assert command in told


def test_an_unknown_command_is_a_usage_error(tmp_path: Path) -> None:
    assert onethread(tmp_path, "fly").returncode == 2


@pytest.mark.parametrize("command", [["serve"], ADA, ACME], ids=["serve", "agent", "store"])
def test_a_database_without_its_schema_says_what_to_run(tmp_path: Path, command: list[str]) -> None:
    assert "onethread db upgrade" in one_line(onethread(tmp_path, *command), 2)


def test_a_worker_of_its_own_needs_postgresql(migrated: Path) -> None:
    assert "needs PostgreSQL" in one_line(onethread(migrated, "worker"), 2)


def test_an_upgrade_can_be_run_again(migrated: Path) -> None:
    done = onethread(migrated, "db", "upgrade")
    assert (done.returncode, done.stderr) == (0, "")


def test_ada_is_added_once(migrated: Path) -> None:
    assert "exists" in one_line(onethread(migrated, *ADA), 1)
    shouted = [each.upper() if "@" in each else each for each in ADA]
    assert "exists" in one_line(onethread(migrated, *shouted), 1)


@pytest.mark.parametrize(
    ("more", "password", "says"),
    [
        ([], "short", "password"),
        (["--phone", "12"], "correct horse battery", "phone"),
        (["--mail", "nobody"], "correct horse battery", "e-mail"),
    ],
)
def test_an_agent_who_cannot_be_is_refused_in_a_line(
    migrated: Path, more: list[str], password: str, says: str
) -> None:
    command = ["agent", "add", "--email", "ben@acme.example", "--name", "Ben", *more]
    done = onethread(migrated, *command, ONETHREAD_AGENT_PASSWORD=password)
    line = one_line(done, 1)
    assert says in line
    if password == "short":
        assert "short" not in line


def test_a_store_can_be_added_again_and_says_its_script_tag(migrated: Path) -> None:
    done = onethread(migrated, *ACME, PUBLIC_URL="https://chat.example/")
    assert done.returncode == 0
    assert done.stdout == (
        '<script async src="https://chat.example/widget/loader.js" data-key="pk_acme"></script>\n'
    )


def test_a_store_whose_origin_is_none_is_refused_in_a_line(migrated: Path) -> None:
    line = one_line(onethread(migrated, *ACME, "--origin", "https://shop.example/shoes"), 1)
    assert "https://shop.example/shoes" in line


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ("not JSON", "JSON"),
        ("[]", "JSON object"),
        ('{"no_such_field": 1}', "no_such_field"),
        ('{"gone": "soon"}', "gone"),
        ('{"gone": -1}', "gone"),
    ],
)
def test_a_bad_policy_is_named_in_a_line_and_the_old_one_stays(
    migrated: Path, tmp_path: Path, document: str, says: str
) -> None:
    file = tmp_path / "policy.json"
    file.write_text(document)
    line = one_line(onethread(migrated, "store", "policy", "--key", "pk_acme", str(file)), 1)
    assert says in line


def test_a_good_policy_is_in_force(migrated: Path, tmp_path: Path) -> None:
    file = tmp_path / "policy.json"
    file.write_text(json.dumps({"gone": 30}))
    done = onethread(migrated, "store", "policy", "--key", "pk_acme", str(file))
    assert (done.returncode, done.stdout) == (0, "Version 2 is in force.\n")


@pytest.mark.parametrize(
    ("key", "file"), [("pk_nobody", "policy.json"), ("pk_acme", "nowhere.json")]
)
def test_a_policy_for_nobody_or_from_nowhere_is_an_error_in_a_line(
    migrated: Path, tmp_path: Path, key: str, file: str
) -> None:
    (tmp_path / "policy.json").write_text("{}")
    one_line(onethread(migrated, "store", "policy", "--key", key, str(tmp_path / file)), 1)


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("ONETHREAD_PORT", "eighty"),
        ("LOG_LEVEL", "chatty"),
        ("SECRET_KEY", "too short"),
        ("DATABASE_URL", "mysql://nowhere"),
    ],
)
def test_a_wrong_setting_is_named_in_a_line(migrated: Path, setting: str, value: str) -> None:
    line = one_line(onethread(migrated, "serve", **{setting: value}), 2)
    assert setting.removeprefix("ONETHREAD_") in line
    if setting == "SECRET_KEY":
        assert value not in line


def test_a_process_of_its_own_ends_with_the_same_line(migrated: Path) -> None:
    told = _in_a_process(["simulate"], {**os.environ, "ONETHREAD_DATA": str(migrated)})
    assert "--policy" in one_line(told, 1)


def test_a_port_that_is_taken_is_an_error_and_not_a_hang(migrated: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert port in one_line(onethread(migrated, "serve", ONETHREAD_PORT=port), 2)


# --- simulate ------------------------------------------------------------------------------------


def test_a_policy_can_be_tried_without_a_history(tmp_path: Path) -> None:
    (tmp_path / "new.toml").write_text('gone = 120\nladder = ["email", "sms"]\n')
    done = onethread(
        tmp_path,
        *("simulate", "--policy", str(tmp_path / "new.toml"), "--against", "current"),
        *("--generate", "40", "--seed", "7", "--html", str(tmp_path / "report.html")),
    )
    assert (done.returncode, done.stderr) == (0, "")
    head, _, columns, *_ = done.stdout.splitlines()
    assert head.startswith("40 conversations with ")
    assert columns.split() == ["really", "new.toml", "default"]
    assert (tmp_path / "report.html").read_text().startswith("<!doctype html>")


def test_a_made_up_history_can_be_kept_and_says_the_same_again(tmp_path: Path) -> None:
    file = str(tmp_path / "history.jsonl")
    made = onethread(tmp_path, "simulate", "--generate", "40", "--seed", "7", "--out", file)
    assert (made.returncode, made.stdout, made.stderr) == (0, "", "")
    asked = ("simulate", "--policy", "europe", "--json")
    read = onethread(tmp_path, *asked, "--history", file)
    again = onethread(tmp_path, *asked, "--generate", "40", "--seed", "7")
    told, told_again = json.loads(read.stdout), json.loads(again.stdout)
    assert (told.pop("title"), told_again.pop("title")) == (
        "history.jsonl",
        "40 made-up conversations, seed 7",
    )
    assert told == told_again
    assert [each["name"] for each in told["summaries"]] == ["really", "europe"]


def test_the_record_of_a_store_is_replayed(migrated: Path) -> None:
    done = onethread(migrated, "simulate", "--policy", "default", "--against", "current")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Nothing to replay")
    told = onethread(migrated, "simulate", "--policy", "default", "--store", "pk_acme", "--json")
    assert json.loads(told.stdout)["conversations"] == 0


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ([], "--policy"),
        (["--policy", "nowhere"], "north_america"),
        (["--policy", "nowhere.toml"], "nowhere.toml"),
        (["--policy", "default", "--since", "soon"], "30d"),
        (["--policy", "default", "--store", "pk_nobody"], "no store"),
        (["--policy", "default", "--history", "nowhere.jsonl"], "nowhere.jsonl"),
        (["--policy", "default", "--history", "x", "--generate", "1"], "--generate"),
        (["--policy", "default", "--out", "x"], "--generate"),
    ],
)
def test_a_question_that_cannot_be_answered_is_an_error_in_a_line(
    migrated: Path, question: list[str], says: str
) -> None:
    assert says in one_line(onethread(migrated, "simulate", *question), 1)


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("new.toml", "gone = [", "TOML"),
        ("new.toml", "gonne = 1", "gonne"),
        ("new.json", "gone = 1", "JSON"),
    ],
)
def test_a_policy_that_is_none_is_not_simulated(
    migrated: Path, tmp_path: Path, name: str, text: str, says: str
) -> None:
    (tmp_path / name).write_text(text)
    done = onethread(migrated, "simulate", "--policy", str(tmp_path / name), "--generate", "1")
    assert says in one_line(done, 1)


def test_a_line_of_a_history_that_is_none_is_named(tmp_path: Path) -> None:
    file = tmp_path / "history.jsonl"
    onethread(tmp_path, "simulate", "--generate", "2", "--out", str(file))
    file.write_bytes(file.read_bytes() + b"\xff\n")
    done = onethread(tmp_path, "simulate", "--policy", "default", "--history", str(file))
    assert "line 4" in one_line(done, 1)
