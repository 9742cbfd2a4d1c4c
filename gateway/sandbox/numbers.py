"""The account and its number, as the API shows them (Twilio, "IncomingPhoneNumber resource")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from gateway.sandbox.account import API_VERSION

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

    from gateway.sandbox.options import Options


class Numbers:
    """Two routes to look at; ``admit`` lets a request in or raises."""

    def __init__(self, options: Options, admit: Callable[[Request], None]) -> None:
        self._options = options
        self._admit = admit

    def routes(self) -> list[Route]:
        """Return the routes, for the application."""
        account = f"/{API_VERSION}/Accounts/{{account}}"
        return [
            Route(f"{account}.json", self.account),
            Route(f"{account}/IncomingPhoneNumbers.json", self.list),
        ]

    async def account(self, request: Request) -> Response:
        """Show the account."""
        self._admit(request)
        return JSONResponse(
            {
                "sid": self._options.account_sid,
                "friendly_name": "Sandbox",
                "status": "active",
                "type": "Full",
                "uri": request.url.path,
            }
        )

    async def list(self, request: Request) -> Response:
        """List the one number, if it is the one that is asked for."""
        self._admit(request)
        held = self._options.store_number
        shown = [self._number()] if request.query_params.get("PhoneNumber") in (None, held) else []
        return JSONResponse(
            {
                "incoming_phone_numbers": shown,
                "page": 0,
                "page_size": 50,
                "start": 0,
                "end": max(len(shown) - 1, 0),
                "first_page_uri": request.url.path,
                "next_page_uri": None,
                "previous_page_uri": None,
                "uri": request.url.path,
            }
        )

    def _number(self) -> dict[str, str]:
        return {
            "sid": "PN" + self._options.account_sid[2:],
            "account_sid": self._options.account_sid,
            "phone_number": self._options.store_number,
            "sms_url": self._options.sms_webhook,
            "sms_method": "POST",
        }
