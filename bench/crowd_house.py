"""A house on a folder of its own for the measurements of crowds, closed again before it serves."""

from __future__ import annotations

import contextlib
import secrets
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import structlog

from bench.crowd import Pattern, pattern
from gateway.bootstrap import build
from gateway.clock import SystemClock
from gateway.services.house import House
from gateway.services.setup import NewStore, add_agent, ensure_store
from gateway.settings import Settings, read_settings
from gateway.store.migrate import upgrade

DOMAIN = "in.acme.example"


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    """A folder beside the project: on the disk whose fsync counts."""
    with tempfile.TemporaryDirectory(dir=".", prefix=".bench-", ignore_cleanup_errors=True) as home:
        yield Path(home).resolve()


def settings_of(home: Path, url: str) -> Settings:
    """The settings of such a house; below warnings nothing is logged."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(30))
    given = {"database_url": url} if url else {}
    return read_settings(
        data=home, public_url="http://127.0.0.1", smtp_host="127.0.0.1", smtp_tls="none", **given
    )


@contextlib.asynccontextmanager
async def opened(
    home: Path, url: str, clock: SystemClock | None = None
) -> AsyncIterator[tuple[House, Pattern, str]]:
    """The house with its store, one answered conversation to be copied, and Ada's id.

    ``url`` "": a SQLite file in ``home``. Its mail goes nowhere: nobody hands it over here.
    """
    settings = settings_of(home, url)
    await upgrade(settings.database)
    async with build(settings, clock or SystemClock()) as gateway:
        house = gateway.house
        new = NewStore(
            key="acme",
            name="Acme",
            origins=("https://acme.example",),
            mail_from=f"support@{DOMAIN}",
            mail_domain=DOMAIN,
        )
        store_id = await ensure_store(house.store, new)
        ada = await add_agent(
            house.store, email="ada@acme.example", name="Ada", password=secrets.token_hex(8)
        )
        yield house, await pattern(house, store_id, ada), ada
