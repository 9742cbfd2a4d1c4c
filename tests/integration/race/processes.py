"""The gateway as its operator runs it, several processes on one PostgreSQL."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import anyio
import httpx2
from sqlalchemy import text
from sqlmodel import SQLModel, col, select, update

from gateway.clock import SECOND, SystemClock
from gateway.live.hub import Hub
from gateway.services import setup
from gateway.services.house import Change, House
from gateway.services.receive import agent_writes, conversation_for, shopper_writes
from gateway.store import people
from gateway.store.postgres import PostgresStore
from gateway.store.tables import (
    AddressRow,
    ConsentRow,
    ConversationRow,
    DeliveryRow,
    EntryRow,
    ReachRow,
    ShopperRow,
)
from gateway.store.tx import Tx
from tests.integration.town.carrier import ACCOUNT, TOKEN, Carrier

KEY, ORIGIN, NUMBER = "pk_race", "https://acme.example", "+14155550100"
EMAIL, PASSWORD = "ada@acme.example", "correct horse battery"
AT_ONCE: dict[str, object] = {
    "gone": 0,
    "elsewhere": 0,
    "linger": 0,
    "spacing": 0,
    "quiet": {},
    "cap": 1_000,
    "ladder": ["sms"],
    "receipt_deadline": 3_600,
    "circuit_after": 9_999,
    "staff_first": 3_600,
    "staff_first_present": 3_600,
}
PATIENCE = 90.0
ALL_KNOW = 4 * SECOND  #: longer than any clockwork goes without a look


@dataclass
class Town:
    """A store whose carrier is this test; processes are added as a test needs them."""

    house: House
    carrier: Carrier
    store_id: str
    agent_id: str
    port: int
    environment: dict[str, str]
    logs: Path
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, command: str) -> subprocess.Popen[bytes]:
        """``serve`` or ``worker``, in a process of its own."""
        log = (self.logs / f"{command}-{len(self.processes)}.log").open("wb")
        with log:
            process = subprocess.Popen(
                [sys.executable, "-m", "gateway", command], env=self.environment, stderr=log
            )
        self.processes.append(process)
        return process

    async def serves(self) -> None:
        """Start a gateway, and wait until it answers."""
        self.start("serve")
        async with httpx2.AsyncClient() as client:
            await until(lambda: self._is_ready(client))

    async def _is_ready(self, client: httpx2.AsyncClient) -> bool:
        assert self.processes[0].poll() is None, self.told()
        try:
            return (await client.get(f"http://127.0.0.1:{self.port}/readyz")).status_code == 200
        except httpx2.TransportError:
            return False

    def told(self) -> str:
        """What the processes logged."""
        return "\n".join(path.read_text() for path in sorted(self.logs.glob("*.log")))

    async def policy(self, **changes: object) -> None:
        """Another policy."""
        await setup.set_policy(self.house.store, KEY, AT_ONCE | changes)

    async def deliveries(self) -> list[DeliveryRow]:
        """Every attempt of words to shoppers."""
        return await self.house.store.read(
            lambda tx: [
                row
                for row in tx.session.exec(select(DeliveryRow)).all()
                if row.side == "shopper" and row.form == "words"
            ]
        )

    async def away(self, numbers: range) -> None:
        """Shoppers who asked, left a proven number and the page, and have been answered.

        The first is made as the product makes one, the others are copies of her rows.
        """

        def work(change: Change) -> None:
            vera = people.new_shopper(change.tx, self.store_id, language="en").shopper_id
            made = self.asks_and_is_answered(change, vera, phone(numbers.start))
            _copy(change.tx, made, numbers[1:])
            self.all_are_due(change)

        await self.house.change(work)

    def all_are_due(self, change: Change) -> None:
        """In one instant, for every process; till then each has looked and knows when that is."""
        change.tx.session.flush()
        change.tx.session.execute(
            update(ReachRow)
            .where(col(ReachRow.side) == "shopper", col(ReachRow.state) == "waiting")
            .values(due_at=change.tx.now + ALL_KNOW)
        )

    def asks_and_is_answered(
        self, change: Change, shopper_id: str, value: str | None
    ) -> ConversationRow:
        """One conversation with an answer that nobody has seen."""
        conversation, _ = conversation_for(change, self.store_id, shopper_id)
        shopper_writes(change, conversation, "Is the blue one back?")
        if value is not None:
            proven(change.tx, self.store_id, shopper_id, value)
        agent_writes(change, conversation, self.agent_id, "Ada", "Yes, in 38.")
        return conversation


def proven(tx: Tx, store_id: str, shopper_id: str, value: str) -> None:
    """A number that was proven, with consent."""
    row = AddressRow(
        store_id=store_id,
        address_id=tx.new_id(),
        side="shopper",
        person_id=shopper_id,
        channel="sms",
        value=value,
        proven_at=tx.now,
        proof="code",
        created_at=tx.now,
    )
    tx.session.add(row)
    tx.session.flush()
    people.record_consent(tx, row, purposes=("support",), granted=True, source="panel")


def phone(number: int) -> str:
    """One of ten thousand numbers."""
    return f"+1415556{number:04}"


COPIED = (ShopperRow, ConversationRow, EntryRow, ReachRow, AddressRow, ConsentRow)
OWN = ("shopper_id", "conversation_id", "entry_id", "address_id", "consent_id")


def _copy(tx: Tx, made: ConversationRow, numbers: range) -> None:
    """The rows of one conversation and its shopper again, once for each number."""
    tx.session.flush()
    span = {"first": numbers.start, "last": numbers.stop - 1}
    spans = span | {"shopper": made.shopper_id}
    for table in COPIED:
        columns = list(SQLModel.metadata.tables[str(table.__tablename__)].columns.keys())
        tx.session.execute(
            text(
                f"INSERT INTO {table.__tablename__} ({', '.join(columns)})"  # noqa: S608
                f" SELECT {', '.join(map(_copied, columns))}"
                f" FROM {table.__tablename__},"
                " generate_series(CAST(:first AS int), CAST(:last AS int)) AS n"
            ),
            spans if set(columns) & {"author_id", "person_id"} else span,
        )


def _copied(column: str) -> str:
    if column in OWN:
        return f"{column} || n"
    if column in ("person_id", "author_id"):
        return f"CASE WHEN {column} = :shopper THEN {column} || n ELSE {column} END"
    return {"number": "number + n", "value": "'+1415556' || lpad(n::text, 4, '0')"}.get(
        column, column
    )


async def until(holds: Callable[[], Awaitable[bool]], seconds: float = PATIENCE) -> None:
    """Wait for something that other processes do; there is no bell between them and this one."""
    with anyio.fail_after(seconds):
        while not await holds():
            await SystemClock().sleep(0.05)


@contextlib.asynccontextmanager
async def open_town(url: str, logs: Path, *, lease: float = 60.0) -> AsyncIterator[Town]:
    """A store on this database, with Ada; no process runs yet. ``lease`` is in seconds."""
    clock = SystemClock()
    carrier = Carrier(clock)
    await carrier.open()
    store = PostgresStore(url, clock)
    store_id = await setup.ensure_store(
        store,
        setup.NewStore(
            key=KEY, name="Acme", origins=(ORIGIN,), sms_from=NUMBER, sms_rates={NUMBER: 0}
        ),
    )
    agent_id = await setup.add_agent(store, email=EMAIL, name="Ada", password=PASSWORD)
    port = _free_port()
    town = Town(
        house=_house(store, clock),
        carrier=carrier,
        store_id=store_id,
        agent_id=agent_id,
        port=port,
        environment=_environment(url, logs, carrier, port) | {"ONETHREAD_LEASE": str(lease)},
        logs=logs,
    )
    await town.policy()
    try:
        yield town
    finally:
        for process in town.processes:
            process.send_signal(signal.SIGCONT)
            process.terminate()
        for process in town.processes:
            process.wait(20)
        await carrier.close()
        await store.aclose()


def _house(store: PostgresStore, clock: SystemClock) -> House:
    return House(
        store=store,
        clock=clock,
        hub=Hub(),
        channels={},
        secrets=(b"x" * 32,),
        base_url="http://127.0.0.1",
        node_id="test",
    )


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def _environment(url: str, data: Path, carrier: Carrier, port: int) -> dict[str, str]:
    return {
        **os.environ,
        "DATABASE_URL": url,
        "ONETHREAD_PORT": str(port),
        "ONETHREAD_DATA": str(data),
        "SECRET_KEY": "x" * 32,
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "TWILIO_API_BASE": carrier.base,
        "LOG_LEVEL": "warning",
    }
