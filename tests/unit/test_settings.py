"""What an operator may set, and what they are told when they err."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gateway.bootstrap import secret_of
from gateway.errors import Misconfigured
from gateway.settings import Settings, read_settings


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment in which nobody has set anything."""
    names = {
        alias.upper()
        for field in Settings.model_fields.values()
        for alias in getattr(field.validation_alias, "choices", None)
        or (str(field.validation_alias),)
    }
    assert {"DATABASE_URL", "ONETHREAD_DATA", "SECRET_KEY"} <= names
    for name in list(os.environ):
        if name.upper() in names:
            monkeypatch.delenv(name)


def test_without_any_setting_it_is_a_gateway_on_this_machine() -> None:
    settings = read_settings()
    assert settings.base_url == "http://127.0.0.1:8080"
    assert settings.database == f"sqlite:///{Path('var').resolve()}/onethread.db"
    assert settings.log_level == "info"
    assert settings.smtp_tls == "starttls"
    assert settings.inbound_smtp_port is None
    assert not settings.accept_data_loss
    assert settings.clock is None


@pytest.mark.parametrize(
    ("name", "value", "field", "expected"),
    [
        ("ONETHREAD_PORT", "9090", "port", 9090),
        ("PORT", "9090", "port", 9090),
        ("ONETHREAD_DATA", "/srv/data", "data", Path("/srv/data")),
        ("DATABASE_URL", "postgresql://db/x", "database", "postgresql://db/x"),
        ("ONETHREAD_DATABASE_URL", "postgresql://db/x", "database", "postgresql://db/x"),
        ("PUBLIC_URL", "https://chat.example/", "base_url", "https://chat.example"),
        ("ONETHREAD_PUBLIC_URL", "https://chat.example", "base_url", "https://chat.example"),
        ("SMTP_HOST", "mail.example", "smtp_host", "mail.example"),
        ("INBOUND_SMTP_PORT", "2525", "inbound_smtp_port", 2525),
        ("TWILIO_API_BASE", "http://127.0.0.1:1", "twilio_api_base", "http://127.0.0.1:1"),
        ("LOG_LEVEL", "debug", "log_level", "debug"),
        ("ONETHREAD_ACCEPT_DATA_LOSS", "1", "accept_data_loss", True),
        ("ONETHREAD_CLOCK", "/srv/data/clock", "clock", Path("/srv/data/clock")),
    ],
)
def test_a_setting_is_known_by_its_name(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, field: str, expected: object
) -> None:
    monkeypatch.setenv(name, value)
    assert getattr(read_settings(), field) == expected


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ONETHREAD_PORT", "eighty"),
        ("PORT", "eighty"),
        ("LOG_LEVEL", "chatty"),
        ("SMTP_PORT", ""),
        ("SMTP_TLS", "maybe"),
        ("INBOUND_SMTP_PORT", "x"),
        ("ONETHREAD_ACCEPT_DATA_LOSS", "perhaps"),
    ],
)
def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(Misconfigured) as told:
        read_settings()
    assert name.removeprefix("ONETHREAD_") in told.value.message
    assert "\n" not in told.value.message


@pytest.mark.parametrize(
    "name", ["SECRET_KEY", "SMTP_PASSWORD", "TWILIO_AUTH_TOKEN", "TWILIO_AUTH_TOKEN_OTHER"]
)
def test_a_secret_is_not_shown_by_accident(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "canary-4711")
    settings = read_settings()
    for shown in (repr(settings), str(settings), settings.model_dump_json()):
        assert "canary-4711" not in shown


def test_what_was_read_stays_so() -> None:
    settings = read_settings()
    with pytest.raises(Exception, match="frozen"):
        settings.port = 1  # type: ignore[misc]


def test_a_short_secret_is_refused_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "x" * 31)
    with pytest.raises(Misconfigured, match="SECRET_KEY"):
        secret_of(read_settings(data=tmp_path))
    monkeypatch.setenv("SECRET_KEY", "x" * 32)
    assert secret_of(read_settings(data=tmp_path)) == b"x" * 32
    assert list(tmp_path.iterdir()) == []


def test_without_a_secret_one_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    settings = read_settings(data=tmp_path / "data")
    made = secret_of(settings)
    assert len(made) >= 32
    assert secret_of(settings) == made
    home = tmp_path / "data" / "secret.key"
    assert home.stat().st_mode & 0o777 == 0o600
