"""Lets a server end at once, however long its callers would wait."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
from starlette.responses import Response

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send


class EndsAtOnce:
    """Around an application: when ``closing`` is set, each request under way is cut short.

    One that has not been answered gets a 503, a stream ends. Without it a server waits for event
    streams that never end, or leaves a traceback for each.
    """

    def __init__(self, app: ASGIApp, closing: anyio.Event) -> None:
        self._app = app
        self._closing = closing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        begun = ended = False

        async def watched(message: Message) -> None:
            nonlocal begun, ended
            begun = True
            ended = message["type"] == "http.response.body" and not message.get("more_body", False)
            await send(message)

        async with anyio.create_task_group() as tasks:

            async def cut() -> None:
                await self._closing.wait()
                tasks.cancel_scope.cancel()

            tasks.start_soon(cut)
            await self._app(scope, receive, watched)
            tasks.cancel_scope.cancel()
        if not begun:
            await Response(status_code=503)(scope, receive, send)
        elif not ended:
            await send({"type": "http.response.body", "body": b"", "more_body": False})
