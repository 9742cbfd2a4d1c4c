"""What the page, or whoever checks, asks for in JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.errors import BadInput

if TYPE_CHECKING:
    from starlette.requests import Request


async def json_of(request: Request) -> dict[str, object]:
    """The object that was sent.

    Raises:
        BadInput: it is none, or was sent as something else.
    """
    # A page of another origin can send a form or plain text without asking, but not JSON.
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise BadInput("Send application/json.")
    try:
        value = await request.json()
    except ValueError as broken:
        raise BadInput("This is not JSON.") from broken
    if not isinstance(value, dict):
        raise BadInput("Send a JSON object.")
    return value
