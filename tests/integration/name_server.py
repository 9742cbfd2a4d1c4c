"""A name server on loopback: a real UDP peer that answers from a small zone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import cast

import dns.exception
import dns.flags
import dns.message
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset
from typing_extensions import override

SECONDS = 300


@dataclass(eq=False)
class NameServer(asyncio.DatagramProtocol):
    """Answers what ``zone`` holds: name → kind → values as a zone file writes them.

    Of a name in ``broken`` it says that it cannot tell; of one in ``silent``, nothing at all.
    """

    zone: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    silent: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    address: str = ""

    def holds(self, name: str, kind: str, *values: str) -> None:
        """Put records into the zone."""
        self.zone.setdefault(name, {})[kind] = list(values)

    def says(self, name: str, text: str) -> None:
        """Put one TXT record into the zone, in pieces of 255 as they go over the wire."""
        pieces = [text[start : start + 255] for start in range(0, len(text), 255)]
        self.holds(name, "TXT", " ".join(f'"{piece}"' for piece in pieces))

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._wire = cast("asyncio.DatagramTransport", transport)
        host, port = transport.get_extra_info("sockname")[:2]
        self.address = f"{host}:{port}"

    @override
    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        try:
            query = dns.message.from_wire(data)
        except dns.exception.DNSException:
            return
        question = query.question[0]
        name = question.name.to_text(omit_final_dot=True).lower()
        self.asked.append(name)
        if name in self.silent:
            return
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.RA
        values = self.zone.get(name, {}).get(dns.rdatatype.to_text(question.rdtype))
        if name in self.broken:
            answer.set_rcode(dns.rcode.SERVFAIL)
        elif name not in self.zone:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        elif values:
            answer.answer.append(
                dns.rrset.from_text_list(
                    question.name, SECONDS, dns.rdataclass.IN, question.rdtype, values
                )
            )
        self._wire.sendto(answer.to_wire(max_size=65_535), addr)


@asynccontextmanager
async def name_server() -> AsyncIterator[NameServer]:
    """One that runs on a free port of loopback."""
    server = NameServer()
    loop = asyncio.get_running_loop()
    wire, _ = await loop.create_datagram_endpoint(lambda: server, local_addr=("127.0.0.1", 0))
    try:
        yield server
    finally:
        wire.close()
