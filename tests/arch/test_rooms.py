"""The import rules of the house hold, and each of them would notice being broken."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[2]
LINT = Path(sys.executable).with_name("lint-imports")

PACKAGES = (
    "auth",
    "channels",
    "channels/email",
    "channels/twilio",
    "core",
    "files",
    "live",
    "protocol",
    "sandbox",
    "services",
    "simulation",
    "store",
    "web",
    "worker",
)
MODULES = ("bootstrap", "channels/port", "cli", "clock", "demo", "egress", "errors", "settings")


def lint(place: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run import-linter on the `gateway` in that place, by the project's contracts."""
    return subprocess.run(
        [str(LINT), "--config", str(TOP / "pyproject.toml"), "--no-cache", "--no-logo", *options],
        cwd=place,
        env={"PYTHONPATH": str(place), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def empty_house(tmp_path: Path) -> Path:
    """Every room of the design, with nothing in it."""
    house = tmp_path / "gateway"
    for package in ("", *PACKAGES):
        (house / package).mkdir(exist_ok=True)
        (house / package / "__init__.py").touch()
    for module in MODULES:
        (house / f"{module}.py").touch()
    return tmp_path


def test_every_room_imports_only_what_it_may() -> None:
    answer = lint(TOP)
    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_the_house_as_designed_breaks_no_rule(empty_house: Path) -> None:
    for importer, line in (
        ("cli", "import gateway.demo"),
        ("demo", "import gateway.bootstrap"),
        ("bootstrap", "import gateway.web, gateway.worker, uvicorn"),
        ("services/__init__", "import gateway.store, gateway.live, sqlmodel"),
        ("channels/email/__init__", "import gateway.channels.port, aiosmtplib, aiosmtpd"),
        ("channels/twilio/__init__", "import gateway.egress, twilio, aiohttp"),
        ("store/__init__", "import sqlalchemy, sqlmodel, alembic, asyncpg"),
        ("settings", "import gateway.core"),
        ("sandbox/__init__", "import gateway.settings, gateway.clock, aiosmtpd, starlette"),
    ):
        (empty_house / "gateway" / f"{importer}.py").write_text(line + "\n")
    answer = lint(empty_house)
    assert answer.returncode == 0, answer.stdout + answer.stderr


@pytest.mark.parametrize(
    ("rule", "importer", "line"),
    [
        ("house", "core/__init__", "import gateway.clock"),
        ("house", "auth/__init__", "import gateway.store"),
        ("house", "egress", "import gateway.settings"),
        ("house", "web/__init__", "import gateway.worker"),
        ("house", "services/__init__", "import gateway.bootstrap"),
        ("house", "bootstrap", "import gateway.demo"),
        ("house", "surprise", ""),
        ("wire", "store/__init__", "import gateway.protocol"),
        ("wire", "channels/email/__init__", "import gateway.protocol"),
        ("channels", "channels/email/__init__", "import gateway.channels.twilio"),
        ("channels", "channels/pigeon", ""),
        ("nobody-imports-sandbox", "demo", "import gateway.sandbox"),
        ("sandbox", "sandbox/__init__", "import gateway.core"),
        ("sandbox", "sandbox/__init__", "import gateway.channels.twilio"),
        ("twilio", "services/__init__", "import twilio"),
        ("smtp", "services/__init__", "from aiosmtplib import send"),
        ("sql", "web/__init__", "import sqlmodel"),
        ("database", "services/__init__", "import asyncpg"),
        ("web", "services/__init__", "from starlette.requests import Request"),
        ("web", "bootstrap", "import starlette"),
        ("http", "services/__init__", "import aiohttp"),
        ("secrets", "web/__init__", "import argon2"),
    ],
)
def test_a_rule_notices_being_broken(
    empty_house: Path, rule: str, importer: str, line: str
) -> None:
    (empty_house / "gateway" / f"{importer}.py").write_text(line + "\n")
    answer = lint(empty_house, "--contract", rule)
    assert answer.returncode == 1, answer.stdout + answer.stderr
    assert "0 kept, 1 broken" in answer.stdout
