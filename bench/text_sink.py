"""A phone company that takes every text at once and keeps none: ``python -m bench.text_sink``.

A process of its own, so that what it costs is on the other core and the same for both sides of a
ratio. It prints its port. Its answers are those of Twilio's Messages resource:
twilio.com/docs/messaging/api/message-resource.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import subprocess
import sys
from collections.abc import Iterator

import uvloop

_NUMBERS = itertools.count(1)


async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer each request on one connection."""
    with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            told: dict[str, object] = {"messages": [], "next_page_uri": None}
            if head.startswith(b"post"):
                await reader.readexactly(_length(head))
                told = {"sid": f"SM{next(_NUMBERS):032x}", "status": "queued"}
            body = json.dumps(told).encode()
            writer.write(
                b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
            )
            await writer.drain()
    writer.close()


def _length(head: bytes) -> int:
    named = (line.partition(b":") for line in head.split(b"\r\n"))
    return next((int(value) for name, _, value in named if name == b"content-length"), 0)


async def main() -> None:
    """Listen until stdin ends, which is when whoever started this is gone."""
    server = await asyncio.start_server(take, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)


@contextlib.contextmanager
def running() -> Iterator[int]:
    """A sink in a process of its own; its port."""
    with subprocess.Popen(
        [sys.executable, "-m", "bench.text_sink"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            yield int(process.stdout.readline())
        finally:
            process.terminate()


if __name__ == "__main__":
    uvloop.run(main())
