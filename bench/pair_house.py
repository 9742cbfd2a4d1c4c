"""The gateway as ``serve`` runs it, with pairs to talk: ``python -m bench.pair_house PAIRS [URL]``.

Prints a line of JSON, ``{"port", "pairs", "tells"}``, once it accepts, and serves until its input
ends. Every pair has an open conversation and tickets for some rounds.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import socket
import sys
import tempfile
from pathlib import Path

import structlog
import uvloop

from gateway import bootstrap
from gateway.auth.tokens import digest
from gateway.clock import DAY, SystemClock
from gateway.services import receive
from gateway.services.house import Change
from gateway.services.setup import NewStore, add_agent, ensure_store
from gateway.settings import Settings, read_settings
from gateway.store import people
from gateway.store.migrate import upgrade
from gateway.store.tables import ShopperSessionRow, TicketRow

ROUNDS = 40


async def main(pairs: int, database_url: str) -> None:
    """Make the house, say what is in it, serve."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(30))
    with tempfile.TemporaryDirectory(dir=".", prefix=".bench-", ignore_cleanup_errors=True) as home:
        given = {"database_url": database_url} if database_url else {}
        settings = read_settings(
            data=Path(home), public_url="http://127.0.0.1", frame_rate=10_000, **given
        )
        await upgrade(settings.database)
        found = await _people(settings, pairs)
        with socket.create_server(("127.0.0.1", 0), backlog=1_024) as listening:
            told = {"port": listening.getsockname()[1], "pairs": found, "tells": True}
            print(json.dumps(told), flush=True)
            serving = asyncio.create_task(bootstrap.serve(settings, [listening]))
            await asyncio.to_thread(sys.stdin.read)
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)


async def _people(settings: Settings, pairs: int) -> list[dict[str, object]]:
    async with bootstrap.build(settings, SystemClock()) as gateway:
        house = gateway.house
        store_id = await ensure_store(
            house.store, NewStore(key="acme", name="Acme", origins=("https://acme.example",))
        )
        ada = await add_agent(
            house.store, email="ada@acme.example", name="Ada", password=secrets.token_hex(8)
        )

        def work(change: Change) -> list[dict[str, object]]:
            return [_pair(change, store_id, ada) for _ in range(pairs)]

        return await house.change(work)


def _pair(change: Change, store_id: str, agent_id: str) -> dict[str, object]:
    tx = change.tx
    vera = people.new_shopper(tx, store_id, language="en", name="Vera")
    conversation, _ = receive.conversation_for(change, store_id, vera.shopper_id)
    session = secrets.token_hex(16)
    tx.session.add(
        ShopperSessionRow(
            store_id=store_id,
            token_hash=digest(session),
            shopper_id=vera.shopper_id,
            expires_at=tx.now + DAY,
        )
    )
    tickets: dict[str, list[str]] = {}
    for kind, person in (("shopper", vera.shopper_id), ("agent", agent_id)):
        tickets[kind] = [secrets.token_hex(16) for _ in range(ROUNDS)]
        tx.session.add_all(
            TicketRow(
                token_hash=digest(ticket),
                kind=kind,
                store_id=store_id if kind == "shopper" else "",
                person_id=person,
                session_hash=digest(session) if kind == "shopper" else "",
                expires_at=tx.now + DAY,
            )
            for ticket in tickets[kind]
        )
    return {
        "store_id": store_id,
        "conversation_id": conversation.conversation_id,
        "origin": "http://127.0.0.1",
        **tickets,
    }


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else ""))
