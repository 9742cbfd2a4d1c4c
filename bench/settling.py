"""When a gateway has told its consoles of everything: a load that begins before shares its time.

Hundreds who come at once are hundreds of changes, each of which every console is told of, for some
seconds. The gateway counts at ``/metrics`` what is still to be told.
"""

from __future__ import annotations

import asyncio
import re

from gateway.clock import SystemClock

PATIENCE = 60.0  #: seconds
LOOK = 0.1  #: seconds between looks
QUIET = 5  #: looks in a row that find nothing: what a socket has just said becomes a change later
_BEHIND = re.compile(rb"^onethread_consoles_behind (\S+)$", re.MULTILINE)
CLOCK = SystemClock()


async def settled(port: int) -> None:
    """Wait until nothing is left to be told.

    Raises:
        RuntimeError: the gateway does not say, or comes to no rest.
    """
    late, quiet = CLOCK.monotonic() + PATIENCE, 0
    while quiet < QUIET:
        behind = await _behind(port)
        quiet = quiet + 1 if behind == 0 else 0
        if CLOCK.monotonic() > late:
            raise RuntimeError(f"consoles are still to be told of {behind:.0f} conversations")
        await CLOCK.sleep(LOOK)


async def _behind(port: int) -> float:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET /metrics HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n")
    told = await reader.read(-1)
    writer.close()
    await writer.wait_closed()
    found = _BEHIND.search(told)
    if found is None:
        raise RuntimeError("the gateway does not say what is still to be told")
    return float(found[1])
