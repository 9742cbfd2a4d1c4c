"""The naive talk on PostgreSQL: ``python -m bench.postgres_rival URL PAIRS``, as ``pair_rivals``.

A session of the object mapper and a commit for each message, by a pool of sixteen connections.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import socket
import sys
from typing import Any

import uvloop
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlmodel import SQLModel, select

from bench.crowd import ORIGIN
from bench.pair_rivals import Said, Send, Talk
from bench.serve import bare_server

POOL = 16


class Naive:
    """A session and a commit for each message."""

    def __init__(self, url: str) -> None:
        address = url.replace("postgresql://", "postgresql+asyncpg://", 1)
        self._engine = create_async_engine(address, pool_size=POOL, max_overflow=0)

    async def open(self) -> None:
        """Make the tables."""
        names = (Talk.__tablename__, Said.__tablename__)
        tables = [SQLModel.metadata.tables[str(each)] for each in names]
        async with self._engine.begin() as connection:
            await connection.run_sync(SQLModel.metadata.create_all, tables)

    async def keep(self, conversation_id: str, cmid: str, body: str) -> int:
        """Store it; its seq."""
        async with AsyncSession(self._engine) as session:
            known = (await session.execute(select(Said).where(Said.cmid == cmid))).scalar()
            if known is not None:
                return known.seq
            found = await session.get(Talk, conversation_id, with_for_update=True)
            talk = found or Talk(conversation_id=conversation_id)
            talk.last_seq += 1
            talk.preview = body[:120]
            row = Said(cmid=cmid, conversation_id=conversation_id, seq=talk.last_seq, body=body)
            session.add_all([talk, row])
            seq = row.seq
            await session.commit()
            return seq


class Served:
    """Shoppers and agents by conversation; a ticket is the conversation's name."""

    def __init__(self, naive: Naive) -> None:
        self._naive = naive
        self._agents: dict[str, Send] = {}

    async def __call__(self, scope: Any, receive: Any, send: Send) -> None:  # noqa: ANN401
        """One socket."""
        await receive()
        await send({"type": "websocket.accept"})
        mine = ""
        while (message := await receive())["type"] == "websocket.receive":
            frame = json.loads(message["text"])
            if frame["t"] == "hello":
                mine = frame["ticket"]
                if scope["path"] == "/ws/shopper":
                    await _say(send, {"t": "snapshot"})
            elif frame["t"] == "open":
                self._agents[frame["conversation_id"]] = send
                await _say(send, {"t": "snapshot"})
            elif frame["t"] == "send":
                await self._sent(mine, frame, send)

    async def _sent(self, mine: str, frame: dict[str, Any], send: Send) -> None:
        cmid, body = frame["cmid"], frame["body"]
        seq = await self._naive.keep(mine, cmid, body)
        await _say(send, {"t": "ack", "cmid": cmid, "seq": seq})
        entry = {"seq": seq, "kind": "message", "cmid": cmid, "body": body}
        await _say(self._agents[mine], {"t": "entry", "conversation_id": mine, "entry": entry})


async def _say(send: Send, frame: dict[str, Any]) -> None:
    await send({"type": "websocket.send", "text": json.dumps(frame, separators=(",", ":"))})


async def main(url: str, pairs: int) -> None:
    """Serve, and say who may talk."""
    naive = Naive(url)
    await naive.open()
    with socket.create_server(("127.0.0.1", 0), backlog=1_024) as listening:
        server = bare_server(Served(naive))
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        told = {"port": listening.getsockname()[1], "pairs": [_pair() for _ in range(pairs)]}
        print(json.dumps(told), flush=True)
        await asyncio.to_thread(sys.stdin.read)
        server.should_exit = True
        await serving


def _pair() -> dict[str, Any]:
    name = secrets.token_hex(8)
    return {
        "store_id": "s",
        "conversation_id": name,
        "origin": ORIGIN,
        "shopper": [name],
        "agent": [name],
    }


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1], int(sys.argv[2])))
