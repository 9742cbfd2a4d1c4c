"""Where a browser's service worker tells that a notification was shown.

It may run on the shop's own origin, and the token is all that it needs: no cookie is read, so any
page may ask, and what it may say is bounded by what it was given.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from gateway.errors import BadInput
from gateway.services.house import House
from gateway.services.push_receipts import shown

MOST_BODY = 1_000  #: bytes
ANYBODY = {"Access-Control-Allow-Origin": "*", "Cache-Control": "no-store"}


class Shown(BaseModel):
    """What a worker says."""

    model_config = ConfigDict(extra="forbid")
    token: str = Field(min_length=1, max_length=300)


class PushHooks:
    """``/push/shown``."""

    def __init__(self, house: House) -> None:
        self._house = house

    def routes(self) -> list[BaseRoute]:
        """The one address, and what browsers ask of it before they send JSON across origins."""
        return [Route("/push/shown", self.receipt, methods=["POST", "OPTIONS"])]

    async def receipt(self, request: Request) -> Response:
        """A notification was shown; whatever the Content-Type, the body is JSON."""
        if request.method == "OPTIONS":
            allowed = {
                "Access-Control-Allow-Methods": "POST",
                "Access-Control-Allow-Headers": "content-type",
                "Access-Control-Max-Age": "86400",
            }
            return Response(status_code=204, headers=ANYBODY | allowed)
        body = await request.body()
        if len(body) > MOST_BODY:
            raise BadInput("say nothing but the token")
        try:
            given = Shown.model_validate_json(body)
        except ValidationError:
            raise BadInput("say the token of the notification") from None
        await shown(self._house, given.token)
        return Response(status_code=204, headers=ANYBODY)
