"""The doctor's look at the house itself: database, public address, secret."""

from __future__ import annotations

import ipaddress
from typing import Final
from urllib.parse import urlsplit

from gateway.core.finding import Finding, ok, warning, wrong
from gateway.egress import Egress, NotAllowed, NotFetched
from gateway.settings import Settings
from gateway.store.migrate import sqlite_path

DATABASE: Final = "DATABASE_URL"
ADDRESS: Final = "PUBLIC_URL"
SECRET: Final = "SECRET_KEY"  # noqa: S105  # its name
LEAST_SECRET: Final = 32
PATIENCE: Final = 8.0
_MAKE_ONE: Final = 'python3 -c "import secrets; print(secrets.token_urlsafe(48))"'


def found_of_database(settings: Settings) -> list[Finding]:
    """What is to be said of a database that has let itself be opened."""
    if sqlite_path(settings.database) is not None:
        return [ok(DATABASE, "SQLite at the newest schema; each commit is on disk when it returns")]
    if settings.accept_data_loss:
        return [
            warning(
                DATABASE,
                "PostgreSQL, and a power cut may lose acknowledged messages",
                "set synchronous_commit=on there and take ONETHREAD_ACCEPT_DATA_LOSS away",
            )
        ]
    return [ok(DATABASE, "PostgreSQL at the newest schema; each commit is on disk")]


async def look_at_address(settings: Settings, egress: Egress) -> list[Finding]:
    """Whether the world can come in by ``PUBLIC_URL``, and finds us there."""
    parts = urlsplit(settings.base_url)
    if parts.scheme != "https":
        if _is_this_machine(parts.hostname or ""):
            words = f"{settings.base_url} is for browsers on this machine only"
            return [warning(ADDRESS, words, "set PUBLIC_URL=https://… for everybody else")]
        words = f"{settings.base_url} is not https: browsers keep no session there"
        advice = f"set PUBLIC_URL=https://{parts.netloc}, and let a proxy in front speak TLS"
        return [wrong(ADDRESS, words, advice)]
    try:
        answer = await egress.fetch(f"{settings.base_url}/healthz", seconds=PATIENCE)
    except (NotAllowed, NotFetched) as error:
        return [
            wrong(
                ADDRESS,
                f"{settings.base_url}/healthz: {error.message}",
                "point its name, and the proxy with its certificate, at this gateway",
            )
        ]
    if answer.status != 200 or answer.body != b"ok\n":
        return [
            wrong(
                ADDRESS,
                f"something else answers at {settings.base_url} ({answer.status})",
                f"have the proxy pass every path on to {settings.host}:{settings.port}",
            )
        ]
    return [ok(ADDRESS, f"{settings.base_url} is answered by a gateway")]


async def look_at_secret(settings: Settings) -> list[Finding]:
    """Whether reply addresses and links are signed with a secret that lasts."""
    if settings.secret_key is None:
        home = settings.data / "secret.key"
        return [
            warning(
                SECRET,
                f"it is not set, so the one that `serve` makes in {home} holds; without that file,"
                " addresses and links that are out in the world no longer work",
                "set SECRET_KEY to what is in that file, and keep it as you keep the database",
            )
        ]
    if len(settings.secret_key.get_secret_value().encode()) < LEAST_SECRET:
        return [
            wrong(SECRET, f"it is shorter than {LEAST_SECRET} characters", f"make one: {_MAKE_ONE}")
        ]
    return [ok(SECRET, "it is set")]


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
