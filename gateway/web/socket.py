"""What both sockets share: the upgrade, the three loops of a connection, and typed refusals."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import anyio
import structlog
from pydantic import TypeAdapter
from starlette.websockets import WebSocket, WebSocketDisconnect

from gateway.clock import SECOND
from gateway.errors import OnethreadError
from gateway.live.socket import Socket
from gateway.protocol.entry import Wire
from gateway.protocol.frames import Failed, Ping
from gateway.protocol.session import CLOSE_RESTART, CLOSE_SILENT, SILENCE, Refusal, Session, encode
from gateway.services.house import House
from gateway.services.reading import read_after
from gateway.services.wire import ms

log = structlog.get_logger(__name__)
TICK = 1.0
CLOSE_WITHIN = 3.0  #: seconds that a reader gets to make room for the close frame


class Connection(ABC):
    """One accepted WebSocket, from its first frame to its end."""

    def __init__(self, house: House, websocket: WebSocket, says: TypeAdapter[Any]) -> None:
        self.house = house
        self._websocket = websocket
        self._session: Session[Any] = Session(
            says, at=house.clock.monotonic(), per_second=house.frame_rate
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

    async def serve(self) -> None:
        """Run until either side closes."""
        await self._websocket.accept()
        try:
            async with anyio.create_task_group() as group:
                group.start_soon(self._tick, group.cancel_scope)
                await self._receive(group)
                group.cancel_scope.cancel()
        finally:
            if self.socket is not None:
                self.house.hub.remove(self.socket)
                with anyio.CancelScope(shield=True):
                    await self.end(self.socket, at=self._last_sign())

    async def _receive(self, group: anyio.abc.TaskGroup) -> None:
        while True:
            try:
                message = await self._websocket.receive()
            except (WebSocketDisconnect, RuntimeError):
                return
            if message["type"] == "websocket.disconnect":
                return
            text = message.get("text")
            found = self._session.receive(
                text if text is not None else message.get("bytes") or b"",
                self.house.clock.monotonic(),
            )
            if found is None:
                continue
            self._listening = False
            if not await self._take(found, group):
                return
            self._listening = True

    async def _take(self, found: Any, group: anyio.abc.TaskGroup) -> bool:  # noqa: ANN401
        """Do what was said; whether the client may go on."""
        if isinstance(found, Refusal):
            return not await self._refuse(found)
        if self.socket is None:
            return await self._greet(found, group)
        await self._handle(self.socket, found)
        return True

    async def _greet(self, hello: Any, group: anyio.abc.TaskGroup) -> bool:  # noqa: ANN401
        try:
            self.socket = await self.greet(hello)
        except OnethreadError as error:
            await self._close(error.close)
            return False
        self._session.welcomed(self.silence)
        self.house.hub.add(self.socket)
        group.start_soon(self._pump, self.socket, group.cancel_scope)
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
        if refusal.answer is not None:
            text = encode(refusal.answer)
            if self.socket is not None:
                self.socket.offer(text)
            else:
                await self._websocket.send_text(text)
        if refusal.close is None:
            return False
        await self._close(refusal.close)
        return True

    async def _pump(self, socket: Socket, scope: anyio.CancelScope) -> None:
        house = self.house
        try:
            code = await socket.pump(
                self._websocket.send_text,
                lambda store, conversation, seq, audience: read_after(
                    house, store, conversation, seq, audience
                ),
            )
            await self._close(code)
        except (WebSocketDisconnect, RuntimeError, OSError):
            log.debug("socket.gone_while_sending", audience=socket.audience)
        except OnethreadError:
            # The log cannot be read now (database away): the client resumes where it was.
            await self._close(CLOSE_RESTART)
        scope.cancel()

    async def _tick(self, scope: anyio.CancelScope) -> None:
        while True:
            await self.house.clock.sleep(TICK)
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
                await self._close(code)
                scope.cancel()
            elif isinstance(found, Ping) and self.socket is not None:
                self.socket.offer(encode(found))

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
                await self._websocket.close(code)
            except RuntimeError:
                log.debug("socket.already_closed")


def _failed(error: OnethreadError, frame: Wire) -> Failed:
    return Failed(
        code=error.code,
        message=error.message,
        about=getattr(frame, "t", None),
        cmid=getattr(frame, "cmid", None),
        why=error.why,
    )
