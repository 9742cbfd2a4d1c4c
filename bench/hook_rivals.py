"""Two other ways to take the same webhooks, each an app of its own on a file of its own.

``Naive``: an ORM session for each request, which looks up what has to be looked up and commits.
``bare``: nothing but the signature and the row, and one commit for all that waits.
Both keep what they take under the MessageSid, with ``synchronous=FULL``, before their 200.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from sqlalchemy import Engine, create_engine, event
from sqlmodel import Field, Session, SQLModel, col, select
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bench.hook_load import OURS, PATH, PUBLIC, TOKEN
from gateway.channels.twilio.signature import valid
from gateway.web.hooks import NO_REPLY

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


class NaiveStore(SQLModel, table=True):
    """A shop."""

    __tablename__ = "naive_store"
    store_id: int | None = Field(default=None, primary_key=True)
    number: str = Field(index=True)


class NaiveConversation(SQLModel, table=True):
    """Whose messages belong together."""

    __tablename__ = "naive_conversation"
    conversation_id: int | None = Field(default=None, primary_key=True)
    store_id: int = Field(index=True)
    phone: str = Field(index=True)
    last_seq: int = 0


class NaiveMessage(SQLModel, table=True):
    """A message, and the form that it came in."""

    __tablename__ = "naive_message"
    message_id: int | None = Field(default=None, primary_key=True)
    conversation_id: int = Field(index=True)
    seq: int
    sid: str = Field(unique=True)
    body: str
    raw: bytes


class Naive:
    """What a web framework's tutorial makes of it."""

    def __init__(self, path: Path) -> None:
        self._engine: Engine = create_engine(f"sqlite:///{path}")
        event.listen(self._engine, "connect", _durable)
        names = ("naive_store", "naive_conversation", "naive_message")
        tables = [SQLModel.metadata.tables[each] for each in names]
        SQLModel.metadata.create_all(self._engine, tables)
        with Session(self._engine) as session:
            session.add(NaiveStore(number=OURS))
            session.commit()
        self.app = Starlette(routes=[Route(PATH, self._message, methods=["POST"])])

    def count(self) -> int:
        """How many texts are kept."""
        with Session(self._engine) as session:
            return len(session.exec(select(NaiveMessage.message_id)).all())

    async def _message(self, request: Request) -> Response:
        raw = await request.body()
        pairs = parse_qsl(raw.decode(), keep_blank_values=True)
        if not valid(PUBLIC + PATH, pairs, request.headers.get("x-twilio-signature"), [TOKEN]):
            return Response(status_code=403)
        # One request at a time writes to a SQLite file in any case.
        await run_in_threadpool(self._keep, dict(pairs), raw)
        return Response(NO_REPLY, media_type="text/xml")

    def _keep(self, form: dict[str, str], raw: bytes) -> None:
        with Session(self._engine) as session:
            kept = select(NaiveMessage).where(NaiveMessage.sid == form["MessageSid"])
            if session.exec(kept).first() is not None:
                return
            store = session.exec(select(NaiveStore).where(NaiveStore.number == form["To"])).one()
            conversation = session.exec(
                select(NaiveConversation).where(
                    NaiveConversation.store_id == store.store_id,
                    col(NaiveConversation.phone) == form["From"],
                )
            ).first()
            if conversation is None:
                conversation = NaiveConversation(store_id=store.store_id or 0, phone=form["From"])
            conversation.last_seq += 1
            session.add(conversation)
            session.flush()
            session.add(
                NaiveMessage(
                    conversation_id=conversation.conversation_id or 0,
                    seq=conversation.last_seq,
                    sid=form["MessageSid"],
                    body=form["Body"],
                    raw=raw,
                )
            )
            session.commit()


def _durable(connection: sqlite3.Connection, _: object) -> None:
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA busy_timeout=30000")


class Bare:
    """What one writes in an evening: ASGI without a framework, a queue, and one commit for all."""

    def __init__(self, path: Path) -> None:
        self._kept = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        _durable(self._kept, None)
        self._kept.execute("CREATE TABLE text (sid TEXT PRIMARY KEY, sender TEXT, raw BLOB)")
        self._waiting: list[tuple[tuple[str, str, bytes], asyncio.Future[None]]] = []
        self._writing: asyncio.Task[None] | None = None

    def count(self) -> int:
        """How many texts are kept."""
        return int(self._kept.execute("SELECT count(*) FROM text").fetchone()[0])

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The whole of it."""
        raw = b""
        more = True
        while more:
            message = await receive()
            raw += message.get("body", b"")
            more = message.get("more_body", False)
        signature = dict(scope["headers"]).get(b"x-twilio-signature", b"").decode()
        pairs = parse_qsl(raw.decode(), keep_blank_values=True)
        genuine = valid(PUBLIC + PATH, pairs, signature, [TOKEN])
        if genuine:
            form = dict(pairs)
            await self._keep((form["MessageSid"], form["From"], raw))
        body = NO_REPLY.encode() if genuine else b""
        length = (b"content-length", b"%d" % len(body))
        status = 200 if genuine else 403
        await send({"type": "http.response.start", "status": status, "headers": [length]})
        await send({"type": "http.response.body", "body": body})

    async def _keep(self, row: tuple[str, str, bytes]) -> None:
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((row, done))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())
        await done

    async def _write(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            await asyncio.to_thread(self._commit, [row for row, _ in batch])
            for _, done in batch:
                done.set_result(None)

    def _commit(self, rows: list[tuple[str, str, bytes]]) -> None:
        self._kept.execute("BEGIN")
        self._kept.executemany("INSERT OR IGNORE INTO text VALUES (?, ?, ?)", rows)
        self._kept.execute("COMMIT")
