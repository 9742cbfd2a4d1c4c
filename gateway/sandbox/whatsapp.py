"""WhatsApp at the phone company: its addresses, its 24 hours, its approved templates."""

from __future__ import annotations

import json
import re
import secrets
from typing import TYPE_CHECKING, Any, Final

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from gateway.sandbox.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

    from gateway.sandbox.options import Options

PREFIX: Final = "whatsapp:"
OUTSIDE: Final = 63016
LASTS: Final = 24 * 3_600 * 1_000_000
"""Microseconds for which free words get through after somebody's message."""

_MOST: Final = 1_024
_PLACE: Final = re.compile(r"\{\{(\d+)\}\}")
_UNFIT: Final = re.compile(r"[\n\t]| {5}")


def is_whatsapp(address: str) -> bool:
    """Say whether an address is one of WhatsApp's."""
    return address.startswith(PREFIX)


def bare(address: str) -> str:
    """Return the number of an address, whichever channel it is of."""
    return address.removeprefix(PREFIX)


class Windows:
    """Who has written to whom by WhatsApp, and when last."""

    def __init__(self) -> None:
        self._heard: dict[tuple[str, str], int] = {}

    def open(self, phone: str, sender: str, now: int) -> None:
        """Open the window of one phone at one of the account's senders, anew."""
        self._heard[phone, sender] = now

    def shuts_out(self, to: str, sender: str, now: int) -> bool:
        """Say whether free words would not get through any more."""
        heard = self._heard.get((to, sender))
        return is_whatsapp(to) and (heard is None or now >= heard + LASTS)


class Templates:
    """The account's templates, each approved at once (Twilio, "Content API"), and its senders."""

    def __init__(self, options: Options, admit: Callable[[Request], None]) -> None:
        self._options = options
        self._admit = admit
        self._held: dict[str, dict[str, Any]] = {}

    def routes(self) -> list[Route]:
        """Return the routes, for the application."""
        return [
            Route("/v1/Content", self.create, methods=["POST"]),
            Route("/v1/Content/{sid}", self.fetch),
            Route("/v2/Channels/Senders", self.senders),
        ]

    async def create(self, request: Request) -> Response:
        """Take a template and approve it."""
        self._admit(request)
        try:
            wish = await request.json()
            body = wish["types"]["twilio/text"]["body"]
        except (ValueError, KeyError, TypeError):
            raise Fault(20001) from None
        if not isinstance(body, str) or not body.strip():
            raise Fault(20001)
        sid = f"HX{secrets.token_hex(16)}"
        self._held[sid] = {
            "sid": sid,
            "account_sid": self._options.account_sid,
            "friendly_name": str(wish.get("friendly_name", "")),
            "language": str(wish.get("language", "en")),
            "types": {"twilio/text": {"body": body}},
        }
        return JSONResponse(self._held[sid], 201)

    async def fetch(self, request: Request) -> Response:
        """Show a template."""
        self._admit(request)
        held = self._held.get(request.path_params["sid"])
        if held is None:
            raise Fault(20404, 404)
        return JSONResponse(held)

    async def senders(self, request: Request) -> Response:
        """List the one number that writes by WhatsApp (Twilio, "Senders API")."""
        self._admit(request)
        webhook = {"callback_url": self._options.sms_webhook, "callback_method": "POST"}
        sender = {
            "sid": "XE" + self._options.account_sid[2:],
            "sender_id": PREFIX + self._options.store_number,
            "status": "ONLINE",
            "webhook": webhook,
        }
        meta = {"key": "senders", "page": 0, "page_size": 50, "next_page_url": None}
        return JSONResponse({"senders": [sender], "meta": meta})

    def filled(self, sid: str, variables: str) -> str:
        """Return what a template says with these variables, JSON as Twilio takes them.

        Raises:
            Fault: 21655 for no template of this account, 21656 for variables that WhatsApp refuses.
        """
        held = self._held.get(sid)
        if held is None:
            raise Fault(21655)
        body = str(held["types"]["twilio/text"]["body"])
        try:
            given = json.loads(variables or "{}")
            said = _PLACE.sub(lambda place: _fit(given[place[1]]), body)
        except (ValueError, KeyError, TypeError):
            raise Fault(21656) from None
        if len(said) > _MOST:
            raise Fault(21656)
        return said


def _fit(value: object) -> str:
    if not isinstance(value, str) or not value.strip() or _UNFIT.search(value):
        raise ValueError("a variable that WhatsApp refuses")
    return value
