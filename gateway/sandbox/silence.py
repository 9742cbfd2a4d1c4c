"""A caller that is never answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import Response

if TYPE_CHECKING:
    from starlette.requests import Request


async def silence(request: Request) -> Response:
    """Keep the caller waiting until it gives up; this answer reaches nobody."""
    while (await request.receive())["type"] != "http.disconnect":
        continue
    return Response(status_code=504)
