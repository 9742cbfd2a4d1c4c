"""What both sockets share: the upgrade, the two loops of a connection, its ticks, typed refusals.

They are ASGI applications of their own: Starlette's ``WebSocket`` would be some more calls a frame.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

import anyio
import structlog
from pydantic import TypeAdapter
from starlette.types import Receive, Scope, Send

from gateway.clock import SECOND
from gateway.errors import OnethreadError
from gateway.live.socket import Audience, Socket
from gateway.protocol.entry import Entry, Wire
from gateway.protocol.frames import Failed, Ping
from gateway.protocol.session import CLOSE_RESTART, CLOSE_SILENT, SILENCE, Refusal, Session, encode
from gateway.services.house import House
from gateway.services.presence import Presences
from gateway.services.reading import read_after
from gateway.services.wire import ms
from gateway.web.ticking import Ticker

log = structlog.get_logger(__name__)
CLOSE_WITHIN = 3.0  #: seconds that a reader gets to make room for the close frame


class Connection(ABC):
    """One WebSocket, from its upgrade to its end."""

    __slots__ = (
        "_closing",
        "_ending",
        "_hear",
        "_listening",
        "_presences",
        "_pumping",
        "_send",
        "_serving",
        "_session",
        "_silent",
        "_ticker",
        "house",
        "silence",
        "socket",
    )
    says: ClassVar[TypeAdapter[Any]]  #: what this side's clients say

    def __init__(
        self, house: House, presences: Presences, ticker: Ticker, receive: Receive, send: Send
    ) -> None:
        """``receive`` and ``send`` are ASGI's, of a socket that asks to be accepted."""
        self.house = house
        self._presences = presences
        self._ticker = ticker
        self._hear, self._send = receive, send
        self._serving: asyncio.Task[Any] | None = (
            None  #: what ``serve`` waits in, while it may stop
        )
        self._pumping: asyncio.Task[None] | None = None
        self._ending: asyncio.Task[None] | None = None
        self._session: Session[Any] = Session(
            self.says, at=house.clock.monotonic(), per_second=house.frame_rate
        )
        self.socket: Socket | None = None
        self.silence = SILENCE  #: seconds; ``greet`` may say otherwise
        self._closing = False
        self._silent = False
        self._listening = True  #: what the client says is read, and does not wait its turn

    @abstractmethod
    async def greet(self, hello: Any) -> Socket:  # noqa: ANN401  # a Hello of either side
        """Spend the ticket and say who this is; may set ``silence``."""

    @abstractmethod
    async def begin(self, socket: Socket, hello: Any) -> None:  # noqa: ANN401
        """Welcome the client; the pump runs already."""

    @abstractmethod
    async def handle(self, socket: Socket, frame: Any) -> None:  # noqa: ANN401  # a frame of the union
        """Do what one frame asks for."""

    @abstractmethod
    async def end(self, socket: Socket, *, at: int) -> None:
        """The client is gone, since ``at`` as far as anybody can know (microseconds UTC)."""

    @property
    def heartbeat_ms(self) -> int:
        """How often this client is pinged; what a welcome says."""
        return int(self._session.heartbeat * 1_000)

    async def serve(self, scope: Scope) -> None:
        """Run until either side closes; ``scope`` is let go.

        The server keeps what came with the upgrade for as long as the socket stays, and reads none
        of it once that is accepted.

        A task group would say the same in fewer lines, and hold two KiB for each idle socket.
        """
        await self._send({"type": "websocket.accept"})
        scope.clear()
        serving = self._serving = asyncio.current_task()
        try:
            self._ticker.add(self._tick)
            while await self._receive():
                pass
        except asyncio.CancelledError:
            # Ours, by ``_stop``, unless somebody else wants this task to end as well.
            if self._serving is not None or serving is None or serving.uncancel() > 0:
                raise
        finally:
            self._serving = None
            self._ticker.remove(self._tick)
            if self._pumping is not None:
                self._pumping.cancel()
            if self.socket is not None:
                self.house.hub.remove(self.socket)
                with anyio.CancelScope(shield=True):
                    await self.end(self.socket, at=self._last_sign())

    async def _receive(self) -> bool:
        """Wait for one frame and do what it says; whether there may be another.

        Called anew for each, so that nothing is held of the last one while waiting for the next.
        """
        message = await self._hear()
        if message["type"] != "websocket.receive":
            return False
        text = message.get("text")
        found = self._session.receive(
            text if text is not None else message.get("bytes") or b"",
            self.house.clock.monotonic(),
        )
        if found is None:
            return True
        self._listening = False
        if not await self._take(found):
            return False
        self._listening = True
        return True

    async def _take(self, found: Any) -> bool:  # noqa: ANN401
        """Do what was said; whether the client may go on."""
        if isinstance(found, Refusal):
            return not await self._refuse(found)
        if self.socket is None:
            return await self._greet(found)
        await self._handle(self.socket, found)
        return True

    async def _greet(self, hello: Any) -> bool:  # noqa: ANN401
        try:
            self.socket = await self.greet(hello)
        except OnethreadError as error:
            await self._close(error.close)
            return False
        self._session.welcomed(self.silence)
        self.house.hub.add(self.socket)
        self._pumping = asyncio.create_task(self._pump(self.socket))
        try:
            await self.begin(self.socket, hello)
        except OnethreadError as error:
            await self._close(error.close)
            return False
        return True

    async def _handle(self, socket: Socket, frame: Any) -> None:  # noqa: ANN401
        try:
            await self.handle(socket, frame)
        except OnethreadError as error:
            socket.offer(encode(_failed(error, frame)))
        except Exception:
            # Ours to mend, not the client's to guess: it learns that nothing was kept.
            log.exception("socket.frame_failed", frame=frame.t, audience=socket.audience)
            socket.offer(encode(_failed(OnethreadError("this did not work on our side"), frame)))

    async def _refuse(self, refusal: Refusal) -> bool:
        if refusal.answer is not None and self.socket is not None:  # before a hello it has none
            self.socket.offer(encode(refusal.answer))
        if refusal.close is None:
            return False
        await self._close(refusal.close)
        return True

    async def _pump(self, socket: Socket) -> None:
        try:
            code = await socket.pump(self._say, self._read_after)
        except (RuntimeError, OSError):
            log.debug("socket.gone_while_sending", audience=socket.audience)
            self._stop()
            return
        except OnethreadError:
            # The log cannot be read now (database away): the client resumes where it was.
            code = CLOSE_RESTART
        except Exception:
            log.exception("socket.pump_failed", audience=socket.audience)
            code = OnethreadError.close
        await self._close_and_stop(code)

    async def _read_after(
        self, store_id: str, conversation_id: str, seq: int, audience: Audience
    ) -> Sequence[Entry]:
        return await read_after(self.house, store_id, conversation_id, seq, audience)

    async def _say(self, text: str) -> None:
        await self._send({"type": "websocket.send", "text": text})

    def _tick(self) -> None:
        found = self._session.tick(
            self.house.clock.monotonic(),
            now=ms(self.house.clock.now()),
            listening=self._listening,
        )
        code = found.close if isinstance(found, Refusal) else None
        self._silent = self._silent or code == CLOSE_SILENT
        if self.socket is not None:
            # The pump cannot see it while a reader who does not read holds up its sending.
            code = code or self.socket.close_code
        if code is not None and not self._closing:
            self._closing = True
            self._ending = asyncio.create_task(self._close_and_stop(code))
        elif isinstance(found, Ping) and self.socket is not None:
            self.socket.offer(encode(found))

    async def _close_and_stop(self, code: int) -> None:
        await self._close(code)
        self._stop()

    def _stop(self) -> None:
        if self._serving is not None:
            serving, self._serving = self._serving, None
            serving.cancel()

    def _last_sign(self) -> int:
        """When the client was last known to be there.

        A goodbye or a close is seen as it happens. Silence is not: all that is known of somebody
        found silent is that they were there at their last sign of life. Counting from when it was
        noticed would have them there for as long as nobody looked.
        """
        now = self.house.clock.now()
        if not self._silent:
            return now
        return now - round((self.house.clock.monotonic() - self._session.heard_at) * SECOND)

    async def _close(self, code: int) -> None:
        self._closing = True
        # The close frame waits for room like any other, and some readers never make any.
        with anyio.move_on_after(CLOSE_WITHIN):
            try:
                await self._send({"type": "websocket.close", "code": code})
            except (RuntimeError, OSError):
                log.debug("socket.already_closed")


def _failed(error: OnethreadError, frame: Wire) -> Failed:
    return Failed(
        code=error.code,
        message=error.message,
        about=getattr(frame, "t", None),
        cmid=getattr(frame, "cmid", None),
        why=error.why,
    )
