"""Databases as ``onethread seed`` fills them, made once for a schema and kept under ``build/``."""

from __future__ import annotations

import asyncio
import hashlib
import shutil
from pathlib import Path
from typing import Final

from gateway import bootstrap
from gateway.clock import SystemClock
from gateway.services import seeding, setup
from gateway.settings import read_settings
from gateway.store import migrate
from gateway.store.migrate import upgrade

KEPT: Final = Path("build/seeded")
EMAIL: Final = "ada@acme.example"
PASSWORD: Final = "one of the bench's own"  # noqa: S105  # of a house that nobody else enters
_MADE_BY: Final = (
    *Path(migrate.__file__).parent.glob("migrations/versions/*.py"),
    *Path(seeding.__file__).parent.glob("seed*.py"),
)


def kept(conversations: int, messages: int) -> Path:
    """The folder of such a house, into which Ada may sign in; made where there is none yet."""
    found = KEPT / f"{conversations}-{messages}-{_digest()}"
    if not found.exists():
        for old in KEPT.glob(f"{conversations}-{messages}-*"):
            shutil.rmtree(old)
        asyncio.run(_make(found, conversations, messages))
    return found


def _digest() -> str:
    """Of what the rows follow from: another schema, or another way to draw, makes others."""
    sources = sorted(_MADE_BY)
    return hashlib.sha256(b"".join(each.read_bytes() for each in sources)).hexdigest()[:12]


async def _make(found: Path, conversations: int, messages: int) -> None:
    # Under another name until it is whole: what was broken off is made anew.
    unfinished = found.with_name(f"{found.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    settings = read_settings(data=unfinished)
    await upgrade(settings.database)
    async with bootstrap.opened(settings, SystemClock()) as store:
        shop = setup.NewStore(key="acme", name="Acme", origins=("https://acme.example",))
        await setup.ensure_store(store, shop)
        await setup.add_agent(store, email=EMAIL, name="Ada", password=PASSWORD)
        wanted = seeding.Seeding(store_key="acme", conversations=conversations, messages=messages)
        await seeding.seed(store, wanted, lambda _: None)
    unfinished.rename(found)
