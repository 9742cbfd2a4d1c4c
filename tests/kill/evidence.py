"""What is left after a run: the database, what clients wrote down, and the carrier's ledger.

Standard library only, and nothing of the gateway: what is checked must not help to check it.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that must not be: its kind, and where."""

    kind: str
    where: str

    @property
    def sentence(self) -> str:
        """For the eye."""
        return f"{self.kind}: {self.where}"


@dataclass(slots=True, kw_only=True)
class Client:
    """One person's ledger."""

    name: str
    side: str
    id: str
    phone: str | None
    leaves: bool
    lines: list[Row]

    def all(self, what: str) -> list[Row]:
        """The lines of one kind, in order."""
        return [line for line in self.lines if line["what"] == what]


@dataclass(slots=True, kw_only=True)
class Carrier:
    """The phone company's ledger."""

    accepted: list[Row] = field(default_factory=list)  #: from the gateway, each with ``delivery``
    received: dict[str, Row] = field(default_factory=dict)  #: from phones, by sid
    taken: dict[str, int | None] = field(default_factory=dict)  #: what the webhook said, by sid
    told: defaultdict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))


@dataclass(slots=True, kw_only=True)
class Evidence:
    """Everything that there is."""

    conversations: dict[str, Row]
    log: dict[str, list[Row]]  #: entries by conversation, in the order of seq
    reaches: list[Row]
    deliveries: dict[str, Row]
    inbound: list[Row]
    #: the instant up to which the gateway is known to have worked, microseconds UTC
    floor: int
    clients: list[Client]
    carrier: Carrier

    @property
    def entries(self) -> Iterator[Row]:
        """Every entry of every conversation."""
        for rows in self.log.values():
            yield from rows


def read(data: Path) -> Evidence:
    """Read a run's directory: ``onethread.db``, ``ledgers/`` and ``sandbox/sms.jsonl``."""
    uri = f"file:{data / 'onethread.db'}?mode=ro"
    with contextlib.closing(sqlite3.connect(uri, uri=True)) as database:
        database.row_factory = sqlite3.Row
        log: dict[str, list[Row]] = {}
        for row in _rows(database, "SELECT * FROM entry ORDER BY conversation_id, seq"):
            row["data"] = json.loads(row["data"])
            log.setdefault(row["conversation_id"], []).append(row)
        deliveries = _rows(database, "SELECT * FROM delivery")
        for row in deliveries:
            row["seqs"] = json.loads(row["seqs"])
        conversations = _rows(database, "SELECT * FROM conversation")
        return Evidence(
            conversations={row["conversation_id"]: row for row in conversations},
            log=log,
            reaches=_rows(database, "SELECT * FROM reach"),
            deliveries={row["delivery_id"]: row for row in deliveries},
            inbound=_rows(database, "SELECT * FROM inbound"),
            floor=int(database.execute("SELECT clock_floor FROM house").fetchone()[0]),
            clients=list(_clients(data / "ledgers")),
            carrier=carrier_from(lines_of(data / "sandbox" / "sms.jsonl")),
        )


def lines_of(path: Path) -> list[Row]:
    """A ledger's lines."""
    return [json.loads(line) for line in path.read_text().splitlines()]


def carrier_from(lines: Sequence[Row]) -> Carrier:
    """Sort the carrier's ledger: a line without ``event`` is a text taken from the gateway."""
    found = Carrier()
    for line in lines:
        event = line.get("event")
        if event is None and line["direction"] == "outbound-api":
            query = parse_qs(urlsplit(line["status_callback"] or "").query)
            found.accepted.append({**line, "delivery": query.get("delivery", [""])[0]})
        elif event == "received":
            found.received[line["sid"]] = line
        elif event == "webhook":
            found.taken[line["sid"]] = line["status"]
        elif event == "callback" and line["status"] == 200:
            found.told[line["sid"]].append(line)
    return found


def _clients(home: Path) -> Iterator[Client]:
    for path in sorted(home.glob("*.jsonl")):
        lines = lines_of(path)
        who = next((line for line in lines if line["what"] == "is"), None)
        if who is not None:
            yield Client(
                name=path.stem,
                side=who["side"],
                id=who["id"],
                phone=who.get("phone"),
                leaves=who["leaves"],
                lines=lines,
            )


def _rows(database: sqlite3.Connection, query: str) -> list[Row]:
    return [dict(row) for row in database.execute(query)]
