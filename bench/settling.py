"""When a gateway has told its consoles of everything, and rests: what begins before shares it.

Hundreds who come at once are hundreds of changes, each of which every console is told of, for some
seconds; what a load wrote is put into the search index after it. At ``/metrics`` the gateway counts
what is still to be told, and the processor's time that it has taken (Linux).
"""

from __future__ import annotations

import asyncio
import re

from gateway.clock import SystemClock

PATIENCE = 60.0  #: seconds
LOOK = 0.1  #: seconds between looks
QUIET = 5  #: looks in a row that find nothing: what a socket has just said becomes a change later
RESTS = 0.2  #: of a core between two looks; a look itself takes some of it
_TOOK = re.compile(rb"^process_cpu_seconds_total (\S+)$", re.MULTILINE)
_BEHIND = re.compile(rb"^onethread_consoles_behind (\S+)$", re.MULTILINE)
CLOCK = SystemClock()


async def settled(port: int) -> None:
    """Wait until nothing is left to be told or done.

    Raises:
        RuntimeError: the gateway does not say, or comes to no rest.
    """
    late, quiet = CLOCK.monotonic() + PATIENCE, 0
    at, took, behind = CLOCK.monotonic(), *await _told(port)
    while quiet < QUIET:
        if at > late:
            raise RuntimeError(f"no rest; {behind:.0f} conversations are still to be told of")
        await CLOCK.sleep(LOOK)
        before, at = (at, took), CLOCK.monotonic()
        took, behind = await _told(port)
        rests = took - before[1] < RESTS * (at - before[0])
        quiet = quiet + 1 if rests and behind == 0 else 0


async def _told(port: int) -> tuple[float, float]:
    """The processor's seconds that the gateway has taken, and of how many it has still to tell."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET /metrics HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n")
    told = await reader.read(-1)
    writer.close()
    await writer.wait_closed()
    took, behind = _TOOK.search(told), _BEHIND.search(told)
    if behind is None:
        raise RuntimeError("the gateway does not say what is still to be told")
    return float(took[1]) if took else 0.0, float(behind[1])
