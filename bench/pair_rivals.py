"""What the gateway's talk is measured beside: ``python -m bench.pair_rivals floor|naive PAIRS``.

The floor is the same sockets and frames on the same server, and nothing is kept. The naive one is
what is written first: an asynchronous session of the object mapper and a commit for each message.
Both print ``{"port", "pairs"}`` and serve until their input ends, as ``talk.rival`` wants it.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import socket
import sys
import tempfile
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

import uvicorn
import uvloop
from sqlalchemy import event
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import Field, SQLModel, select
from sqlmodel.ext.asyncio.session import AsyncSession

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Keep = Callable[[str, str, str], Awaitable[int]]


class Talk(SQLModel, table=True):
    """A conversation."""

    __tablename__ = "bench_talk"
    conversation_id: str = Field(primary_key=True)
    last_seq: int = 0
    preview: str = ""


class Said(SQLModel, table=True):
    """A message."""

    __tablename__ = "bench_said"
    cmid: str = Field(primary_key=True)
    conversation_id: str = Field(index=True)
    seq: int
    body: str


class Naive:
    """A session and a commit for each message, one at a time as SQLite wants it."""

    def __init__(self, path: Path) -> None:
        self._engine = create_async_engine(f"sqlite+aiosqlite:///{path}")
        self._alone = asyncio.Lock()

        @event.listens_for(self._engine.sync_engine, "connect")
        def _durable(connection: Any, _record: object) -> None:  # noqa: ANN401
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")

    async def begin(self) -> None:
        """Make the tables."""
        tables = [SQLModel.metadata.tables[each.__tablename__] for each in (Talk, Said)]
        async with self._engine.begin() as connection:
            await connection.run_sync(SQLModel.metadata.create_all, tables)

    async def keep(self, conversation_id: str, cmid: str, body: str) -> int:
        """Store it; its seq."""
        async with self._alone, AsyncSession(self._engine) as session:
            known = (await session.exec(select(Said).where(Said.cmid == cmid))).first()
            if known is not None:
                return known.seq
            talk = await session.get(Talk, conversation_id)
            talk = talk or Talk(conversation_id=conversation_id)
            talk.last_seq += 1
            talk.preview = body[:120]
            row = Said(cmid=cmid, conversation_id=conversation_id, seq=talk.last_seq, body=body)
            session.add(talk)
            session.add(row)
            await session.commit()
            await session.refresh(row)
            return row.seq


class Served:
    """Shoppers and agents by conversation; a ticket is the conversation's name."""

    def __init__(self, keep: Keep) -> None:
        self._keep = keep
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
                cmid, body = frame["cmid"], frame["body"]
                seq = await self._keep(mine, cmid, body)
                await _say(send, {"t": "ack", "cmid": cmid, "seq": seq})
                entry = {"seq": seq, "kind": "message", "cmid": cmid, "body": body}
                told = {"t": "entry", "conversation_id": mine, "entry": entry}
                if mine in self._agents:
                    await _say(self._agents[mine], told)


async def _say(send: Send, frame: dict[str, Any]) -> None:
    words = json.dumps(frame, separators=(",", ":"), ensure_ascii=False)
    await send({"type": "websocket.send", "text": words})


def _counting() -> Keep:
    """Keeps nothing but the last seq."""
    seqs: dict[str, int] = {}

    async def keep(conversation_id: str, _cmid: str, _body: str) -> int:
        seqs[conversation_id] = seqs.get(conversation_id, 0) + 1
        return seqs[conversation_id]

    return keep


async def main(kind: str, pairs: int) -> None:
    """Serve, and say who may talk."""
    names = [secrets.token_hex(8) for _ in range(pairs)]
    with (
        tempfile.TemporaryDirectory(dir=".", prefix=".bench-", ignore_cleanup_errors=True) as home,
        socket.create_server(("127.0.0.1", 0), backlog=1_024) as listening,
    ):
        keep = _counting()
        if kind == "naive":
            naive = Naive(Path(home) / "naive.db")
            await naive.begin()
            keep = naive.keep
        server = uvicorn.Server(
            uvicorn.Config(
                Served(keep),
                interface="asgi3",
                ws="websockets-sansio",
                ws_per_message_deflate=False,
                ws_ping_interval=None,
                log_level="warning",
                lifespan="off",
            )
        )
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        found = [
            {
                "store_id": "s",
                "conversation_id": name,
                "origin": "http://127.0.0.1",
                "shopper": [name],
                "agent": [name],
            }
            for name in names
        ]
        print(json.dumps({"port": listening.getsockname()[1], "pairs": found}), flush=True)
        await asyncio.to_thread(sys.stdin.read)
        server.should_exit = True
        await serving


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1], int(sys.argv[2])))
