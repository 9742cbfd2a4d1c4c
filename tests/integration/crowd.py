"""Thousands of shoppers with a page open, the panel shut, and an answer that they have not seen.

They are written down as an earlier gateway left them: it saw them on the page until a moment ago,
and planned to wait. Each has a proven mailbox, so that leaving would bring them a mail.
"""

from __future__ import annotations

import asyncio
import json
import resource
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import anyio
from sqlmodel import SQLModel
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin

from gateway.auth.tokens import digest
from gateway.clock import DAY, HOUR, SECOND
from gateway.services import setup
from gateway.store.tables import (
    AddressRow,
    ConsentRow,
    ConversationRow,
    EntryRow,
    NodeRow,
    PresenceRow,
    ReachRow,
    ShopperRow,
    ShopperSessionRow,
    TicketRow,
)
from gateway.store.tx import Store, Tx

KEY = "pk_crowd"
DOMAIN = "acme.example"
ANSWER = "Yes, it is back."
ASKED_AGO, ANSWERED_AGO = 60 * SECOND, 30 * SECOND
PRESENT, GRACE = 3_600 * SECOND, 600 * SECOND
# Who is gone is mailed at once, who is there an hour later. Grace is longer than by default, for a
# machine with much else to do lets thousands in more slowly.
POLICY: dict[str, object] = {
    "reading": PRESENT // SECOND,
    "on_page": PRESENT // SECOND,
    "hidden": PRESENT // SECOND,
    "longest": PRESENT // SECOND,
    "gone": 2,
    "elsewhere": 2,
    "longest_gone": 60,
    "linger": 0,
    "grace": GRACE // SECOND,
    "ladder": ["email"],
}
LIVES = 3  #: sockets that each of them opens
AT_ONCE = 50  #: sockets that are being opened
PER_WRITE = 250
OPENING = 30.0


@dataclass(slots=True)
class Visitor:
    """One shopper with one tab."""

    shopper_id: str
    mailbox: str
    tickets: list[str]
    cursor: dict[str, Any] | None = None
    missed: list[str] = field(default_factory=list)  #: words that a resume brought
    socket: ClientConnection | None = None
    ears: asyncio.Task[None] | None = None

    async def arrive(self, base_url: str) -> None:
        """Open the page: a socket, the conversation, and what the tab is."""
        socket = await connect(
            base_url.replace("http", "ws", 1) + "/ws/shopper",
            origin=Origin(base_url),
            compression=None,
            ping_interval=None,
            max_size=None,
            open_timeout=OPENING,
            close_timeout=1,
            proxy=None,
        )
        hello = {"t": "hello", "ticket": self.tickets.pop(), "resume": self.cursor}
        await socket.send(json.dumps(hello))
        while (frame := json.loads(await socket.recv()))["t"] != "snapshot":
            pass
        self.missed = [each["body"] for each in frame["entries"] if each["kind"] == "message"]
        if self.cursor is None or frame["entries"]:
            last = frame["entries"][-1]
            self.cursor = {"epoch": frame["epoch"], "seq": last["seq"], "entry_id": last["id"]}
        tab = {"t": "tab", "panel": False, "visible": True, "focus": True}
        await socket.send(json.dumps(tab))
        self.socket, self.ears = socket, asyncio.create_task(_answer_pings(socket))

    async def until_cut_off(self) -> int:
        """Wait for the end of the socket; the code with which the gateway closed it."""
        assert self.socket is not None
        assert self.ears is not None
        await self.ears
        return self.socket.close_code or 1006

    async def go(self) -> None:
        """Close the browser."""
        if self.socket is not None:
            await self.socket.close()
        if self.ears is not None:
            await self.ears


async def _answer_pings(socket: ClientConnection) -> None:
    with suppress(ConnectionClosed):
        async for text in socket:
            frame = json.loads(text)
            if frame["t"] == "ping":
                await socket.send(json.dumps({"t": "pong", "n": frame["n"]}))


async def arrive(visitors: Iterable[Visitor], base_url: str) -> None:
    """Everybody opens the page, some at a time, as fast as the gateway lets them in."""
    limit = anyio.Semaphore(AT_ONCE)

    async def one(visitor: Visitor) -> None:
        async with limit:
            await visitor.arrive(base_url)

    async with anyio.create_task_group() as group:
        for visitor in visitors:
            group.start_soon(one, visitor)


def let_many_files_be_open(most: int) -> None:
    """Raise this process's limit, which its children inherit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, hard), hard))


async def settle_in(store: Store, number: int) -> list[Visitor]:
    """Write a crowd down, as an earlier gateway left it a moment ago."""
    store_id = await setup.ensure_store(
        store,
        setup.NewStore(
            key=KEY,
            name="Acme",
            origins=("https://acme.example",),
            mail_from=f"hello@{DOMAIN}",
            mail_domain=DOMAIN,
        ),
    )
    await setup.set_policy(store, KEY, POLICY)
    await store.write(_earlier_gateway)
    visitors: list[Visitor] = []
    for first in range(0, number, PER_WRITE):
        numbers = range(first, min(first + PER_WRITE, number))

        def work(tx: Tx, numbers: range = numbers) -> list[Visitor]:
            found, rows = [], []
            for each in numbers:
                visitor, of_visitor = _visitor(tx, store_id, each)
                found.append(visitor)
                rows += of_visitor
            tx.session.add_all(rows)
            return found

        visitors += await store.write(work)
    return visitors


def _earlier_gateway(tx: Tx) -> None:
    tx.session.add(
        NodeRow(node_id="earlier", accepting_since=tx.now - HOUR, lease_until=tx.now + SECOND)
    )


def _visitor(tx: Tx, store_id: str, number: int) -> tuple[Visitor, list[SQLModel]]:
    shopper_id, conversation_id = tx.new_id(), tx.new_id()
    mailbox = f"vera{number:04d}@shopper.example"
    tickets = [f"ticket-{number:04d}-{life}-{tx.new_id()}" for life in range(LIVES)]
    asked_at, answered_at = tx.now - ASKED_AGO, tx.now - ANSWERED_AGO
    rows = [
        ShopperRow(store_id=store_id, shopper_id=shopper_id, created_at=asked_at),
        ConversationRow(
            store_id=store_id,
            conversation_id=conversation_id,
            number=number + 1,
            shopper_id=shopper_id,
            last_seq=2,
            last_all=2,
            seen_shopper=1,
            seen_staff=1,
            last_at=answered_at,
            preview=ANSWER,
            created_at=asked_at,
        ),
        *_messages(tx, store_id, conversation_id, shopper_id),
        ReachRow(
            store_id=store_id,
            conversation_id=conversation_id,
            side="staff",
            head_seq=1,
            seen_seq=1,
        ),
        ReachRow(
            store_id=store_id,
            conversation_id=conversation_id,
            side="shopper",
            head_seq=2,
            state="waiting",
            due_at=answered_at + PRESENT,
        ),
        PresenceRow(
            store_id=store_id,
            side="shopper",
            person_id=shopper_id,
            node_id="earlier",
            presence="on_page",
            since=asked_at,
        ),
        *_mailbox(tx, store_id, shopper_id, mailbox),
        ShopperSessionRow(
            store_id=store_id,
            token_hash=digest(shopper_id),
            shopper_id=shopper_id,
            expires_at=tx.now + DAY,
        ),
        *(
            TicketRow(
                token_hash=digest(ticket),
                kind="shopper",
                store_id=store_id,
                person_id=shopper_id,
                session_hash=digest(shopper_id),
                expires_at=tx.now + DAY,
            )
            for ticket in tickets
        ),
    ]
    return Visitor(shopper_id, mailbox, tickets), rows


def _messages(
    tx: Tx, store_id: str, conversation_id: str, shopper_id: str
) -> tuple[EntryRow, EntryRow]:
    said = (
        (tx.now - ASKED_AGO, "shopper", shopper_id, "Is the blue one back?"),
        (tx.now - ANSWERED_AGO, "staff", "ada", ANSWER),
    )
    question, answer = (
        EntryRow(
            store_id=store_id,
            conversation_id=conversation_id,
            seq=seq,
            entry_id=tx.new_id(),
            prev=seq - 1,
            at=at,
            kind="message",
            audience="all",
            side=side,
            author_id=author_id,
            author_name="",
            channel="chat",
            body=body,
        )
        for seq, (at, side, author_id, body) in enumerate(said, start=1)
    )
    return question, answer


def _mailbox(tx: Tx, store_id: str, shopper_id: str, mailbox: str) -> tuple[SQLModel, SQLModel]:
    address = AddressRow(
        store_id=store_id,
        address_id=tx.new_id(),
        side="shopper",
        person_id=shopper_id,
        channel="email",
        value=mailbox,
        proven_at=tx.now,
        proof="signature",
        created_at=tx.now,
    )
    consent = ConsentRow(
        store_id=store_id,
        consent_id=tx.new_id(),
        address_id=address.address_id,
        purpose="support",
        granted=1,
        source="panel",
        at=tx.now,
    )
    return address, consent
