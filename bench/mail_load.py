"""Shoppers' mail servers, many at once: ``python -m bench.mail_load PORT TO CONNECTIONS MAILS``.

A process of its own and as thin as can be, so that the server is what is measured. It prints how
many seconds it took until the last 250, and fails when a server says anything else.
"""

from __future__ import annotations

import asyncio
import re
import sys
import time
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path

import uvloop

MAIL = Path("tests/corpus/mail/gmail_reply.eml")
PER_CONNECTION = 50  #: then the connection is closed and a new one opened, as mail servers do
_ID = re.compile(rb"^Message-ID:.*$", re.IGNORECASE | re.MULTILINE)


async def load(port: int, recipient: str, connections: int, mails: Sequence[bytes]) -> float:
    """Bring these mails over so many connections; seconds."""
    waiting = iter(mails)
    begun = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for _ in range(connections):
            group.create_task(_bring(port, recipient.encode(), waiting))
    return time.perf_counter() - begun


def different(count: int) -> list[bytes]:
    """So many mails with a Message-ID each."""
    told = b"\r\n".join(MAIL.read_bytes().splitlines()) + b"\r\n"
    ids = (uuid.uuid4().hex.encode() for _ in range(count))
    return [_ID.sub(b"Message-ID: <%s@home.example>" % each, told) for each in ids]


async def _bring(port: int, recipient: bytes, waiting: Iterator[bytes]) -> None:
    left = True
    while left:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        await _answered(reader, b"220")
        await _say(reader, writer, b"EHLO home.example\r\n", b"250")
        left = False
        for number, mail in enumerate(waiting, start=1):
            await _say(reader, writer, b"MAIL FROM:<vera@home.example>\r\n", b"250")
            await _say(reader, writer, b"RCPT TO:<%s>\r\n" % recipient, b"250")
            await _say(reader, writer, b"DATA\r\n", b"354")
            await _say(reader, writer, mail + b".\r\n", b"250")
            left = number == PER_CONNECTION
            if left:
                break
        writer.close()
        await writer.wait_closed()


async def _say(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, words: bytes, expected: bytes
) -> None:
    writer.write(words)
    await _answered(reader, expected)


async def _answered(reader: asyncio.StreamReader, expected: bytes) -> None:
    line = await reader.readline()
    while line[3:4] == b"-":  # RFC 5321 section 4.2.1: more lines follow
        line = await reader.readline()
    if not line.startswith(expected):
        raise RuntimeError(f"expected {expected!r}, was told {line!r}")


if __name__ == "__main__":
    _, port, recipient, connections, mails = sys.argv
    print(uvloop.run(load(int(port), recipient, int(connections), different(int(mails)))))
