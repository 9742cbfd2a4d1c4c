"""A relay that takes every letter at once and keeps none: ``python -m bench.mail_sink``.

A process of its own, so that what it costs is on the other core and the same for both sides of a
ratio. It prints its port.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import subprocess
import sys
from collections.abc import Iterator

import uvloop
from aiosmtpd.smtp import SMTP, Envelope, Session

MOST_CALLS = 1_000_000  #: of one command on one connection; the library's usual limit is 20


class Sink:
    """Says 250 to each."""

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Take a letter."""
        return "250 2.0.0 taken"


async def main() -> None:
    """Listen until stdin ends, which is when whoever started this is gone."""
    logging.getLogger("mail.log").disabled = True
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(Sink(), hostname="sink.example", command_call_limit=MOST_CALLS, loop=loop),
        "127.0.0.1",
        0,
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)


@contextlib.contextmanager
def running() -> Iterator[int]:
    """A sink in a process of its own; its port."""
    with subprocess.Popen(
        [sys.executable, "-m", "bench.mail_sink"],
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
