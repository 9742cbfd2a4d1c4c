"""The thinnest client of a WebSocket: text frames alone, read and written by hand (RFC 6455).

The load must cost far less than what it loads. A mask of zeros is a mask: masking is there against
proxies that confuse answers, and none is here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final, cast

from typing_extensions import override

_KEY: Final = "dGhlIHNhbXBsZSBub25jZQ=="
_TEXT, _CLOSE = 0x81, 0x88
_SHORT, _MEDIUM = 126, 127


def text_frame(words: bytes) -> bytes:
    """One masked text frame of up to 65,535 bytes."""
    size = len(words)
    if size < _SHORT:
        head = bytes((_TEXT, 0x80 | size))
    else:
        head = bytes((_TEXT, 0x80 | _SHORT)) + size.to_bytes(2, "big")
    return head + b"\0\0\0\0" + words


class Client(asyncio.Protocol):
    """One socket; ``heard`` is called with each text frame."""

    def __init__(self, path: str, origin: str, heard: Callable[[bytes], None]) -> None:
        self._path, self._origin = path, origin
        self.heard = heard
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._transport: asyncio.Transport | None = None
        self._rest = b""

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are of no class of asyncio's.
        self._transport = cast("asyncio.Transport", transport)
        self._transport.write(
            f"GET {self._path} HTTP/1.1\r\nHost: bench\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {_KEY}\r\n"
            f"Sec-WebSocket-Version: 13\r\nOrigin: {self._origin}\r\n\r\n".encode()
        )

    @override
    def data_received(self, data: bytes) -> None:
        data = self._rest + data if self._rest else data
        if not self.opened.done():
            head, end, data = data.partition(b"\r\n\r\n")
            if not end:
                self._rest = head
                return
            if not head.startswith(b"HTTP/1.1 101"):
                self.opened.set_exception(ConnectionRefusedError(head.splitlines()[0].decode()))
                return
            self.opened.set_result(None)
        self._rest = self._take(data)

    def _take(self, data: bytes) -> bytes:
        at, end = 0, len(data)
        while end - at >= 2:
            kind, size, start = data[at], data[at + 1], at + 2
            if size == _SHORT:
                size, start = int.from_bytes(data[start : start + 2], "big"), start + 2
            elif size == _MEDIUM:
                size, start = int.from_bytes(data[start : start + 8], "big"), start + 8
            if end < start + size:
                break
            at = start + size
            if kind == _TEXT:
                self.heard(data[start:at])
            elif kind == _CLOSE:
                raise ConnectionAbortedError(f"closed by the server: {data[start:at]!r}")
        return data[at:]

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        if not self.closed.done():
            self.closed.set_result(None)

    def say(self, words: bytes) -> None:
        """Send one text frame."""
        assert self._transport is not None
        self._transport.write(text_frame(words))

    def close(self) -> None:
        """Hang up."""
        assert self._transport is not None
        self._transport.abort()
