"""The line between the gateway and its relay; it can break right after a mail was taken.

Both ends are real. What breaks is the network: the relay's answer to the final dot is not
passed on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import anyio
from anyio.abc import SocketAttribute, SocketStream

_TAKEN = b"queued as"


@dataclass
class BreakingLine:
    """``to``: the relay's port. ``breaks``: mails of these recipients lose their answer, once."""

    to: int
    breaks: set[str] = field(default_factory=set)
    broken: list[str] = field(default_factory=list)  #: whose answer was lost
    port: int = 0

    async def serve(self, *, task_status: anyio.abc.TaskStatus[None]) -> None:
        """Carry until cancelled; started once ``port`` is known."""
        listener = await anyio.create_tcp_listener(local_host="127.0.0.1")
        self.port = listener.extra_attributes[SocketAttribute.local_port]()
        task_status.started()
        async with listener:
            await listener.serve(self._carry)

    async def _carry(self, near: SocketStream) -> None:
        far = await anyio.connect_tcp("127.0.0.1", self.to)
        line = _Line(self)
        async with near, far, anyio.create_task_group() as both:

            async def there() -> None:
                await _copy(near, far, line.hear_client)
                both.cancel_scope.cancel()

            both.start_soon(there)
            await _copy(far, near, line.hear_server)
            both.cancel_scope.cancel()


@dataclass
class _Line:
    """One connection: whom the mail under way is for."""

    whole: BreakingLine
    recipient: str = ""

    def hear_client(self, said: bytes) -> bool:
        if said.upper().startswith(b"RCPT TO:"):
            self.recipient = said.split(b"<", 1)[1].split(b">", 1)[0].decode()
        return True

    def hear_server(self, said: bytes) -> bool:
        """Whether it may be passed on."""
        if _TAKEN not in said or self.recipient not in self.whole.breaks:
            return True
        self.whole.breaks.discard(self.recipient)
        self.whole.broken.append(self.recipient)
        return False


async def _copy(source: SocketStream, sink: SocketStream, hear: Callable[[bytes], bool]) -> None:
    try:
        async for said in source:
            if not hear(said):
                return
            await sink.send(said)
    except (anyio.BrokenResourceError, anyio.ClosedResourceError):
        return
