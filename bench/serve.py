"""A server in a process of its own: ``python -m bench.serve gateway|echo PORT``.

The gateway runs as ``serve`` does, by the environment's settings. The echo is the least that a
socket costs under ASGI: uvicorn's sans-I/O protocol and what it hears said again. Both print
``{"port"}`` once they listen, answer each line of their input with what they hold, and end with it.
To ``trimmed`` they first give back what lies free in their heaps.
"""

from __future__ import annotations

import asyncio
import ctypes
import gc
import json
import socket
import sys
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import asdict
from typing import Any

import uvicorn
import uvloop

from bench.held import held_here, let_many_files_be_open

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Any, Receive, Send], Awaitable[None]]
BACKLOG = 2_048
TRIMMED = "trimmed"
LONGEST_END = 20.0


async def echo(_scope: Message, receive: Receive, send: Send) -> None:
    """One socket; nothing is known of it."""
    await receive()
    await send({"type": "websocket.accept"})
    while (heard := await receive())["type"] == "websocket.receive":
        await send({"type": "websocket.send", "text": heard["text"]})


def bare_server(app: App) -> uvicorn.Server:
    """As the gateway's own server is set up."""
    return uvicorn.Server(
        uvicorn.Config(
            app,
            interface="asgi3",
            ws="websockets-sansio",
            ws_per_message_deflate=False,
            ws_ping_interval=None,
            log_level="warning",
            access_log=False,
            server_header=False,
            lifespan="off",
        )
    )


async def _serve(kind: str, listening: socket.socket) -> None:
    if kind == "echo":
        await bare_server(echo).serve(sockets=[listening])
        return
    # The echo holds nothing of the gateway's, its modules neither.
    import structlog

    from gateway import bootstrap
    from gateway.settings import read_settings

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(30))
    await bootstrap.serve(read_settings(), [listening])


def give_back() -> None:
    """Give the system what is free in this process's heaps, where the C library can (glibc)."""
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


async def main(kind: str, port: int) -> None:
    """Listen, say where, serve and answer."""
    let_many_files_be_open()
    with socket.create_server(("127.0.0.1", port), backlog=BACKLOG) as listening:
        print(json.dumps({"port": listening.getsockname()[1]}), flush=True)
        serving = asyncio.create_task(_serve(kind, listening))
        while line := await asyncio.to_thread(sys.stdin.readline):
            if line.strip() == TRIMMED:
                give_back()
            print(json.dumps(asdict(held_here())), flush=True)
        serving.cancel()
        # Its database may be gone before it is.
        await asyncio.wait([serving], timeout=LONGEST_END)


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1], int(sys.argv[2])))
