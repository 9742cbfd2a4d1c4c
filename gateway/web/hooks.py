"""Twilio's webhooks: kept, then answered. What is not provably Twilio's is a 403 and no row."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from gateway.channels.twilio.signature import Tokens, valid
from gateway.channels.twilio.webhooks import parse_message, parse_status
from gateway.errors import Forbidden
from gateway.services.hook_intake import HookIntake, status_hook, text_hook
from gateway.services.house import House

NO_REPLY = '<?xml version="1.0" encoding="UTF-8"?><Response />'
TAKEN = Response(NO_REPLY, media_type="text/xml")
MOST_FORM = 64_000


class Hooks:
    """``/hooks``."""

    def __init__(
        self, house: House, tokens: tuple[str, ...], keys: Mapping[str, str] | None = None
    ) -> None:
        self._house = house
        self._intake = HookIntake(house)
        # With shared keys a ring for each token, since the header may name no key.
        self._rings: list[Tokens] = [{**keys, "": each} for each in tokens or ("",)] if keys else []
        self._rings = self._rings or [tokens]

    def routes(self) -> list[BaseRoute]:
        """The two hooks of each store."""
        place = "/hooks/twilio/{store_key}"
        return [
            Route(place + "/message", self.message, methods=["POST"]),
            Route(place + "/status", self.status, methods=["POST"]),
        ]

    async def message(self, request: Request) -> Response:
        """A text came in: 200 only once it is on disk."""
        raw, pairs = await self._genuine(request)
        text = parse_message(pairs)
        await self._intake.keep(text_hook(request.path_params["store_key"], text, raw))
        return TAKEN

    async def status(self, request: Request) -> Response:
        """What became of a text of ours: 200 only once that is on disk."""
        raw, pairs = await self._genuine(request)
        found = parse_status(pairs)
        if found.state is not None:
            delivery_id = request.query_params.get("delivery")
            key = request.path_params["store_key"]
            await self._intake.keep(status_hook(key, found, raw, delivery_id))
        return TAKEN

    async def _genuine(self, request: Request) -> tuple[bytes, list[tuple[str, str]]]:
        """The form, if Twilio signed it for the public address; the Host header is not asked.

        Raises:
            Forbidden: no or a wrong signature, or a body that cannot be what Twilio sends.
        """
        raw = await request.body()
        pairs: list[tuple[str, str]] = []
        if len(raw) <= MOST_FORM:
            pairs = parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True)
        query = request.scope["query_string"].decode("latin-1")
        # The path as it was sent: Twilio signs what it called, escapes and all.
        path = request.scope.get("raw_path", b"").decode("latin-1").partition("?")[0]
        url = f"{self._house.base_url}{path}" + (f"?{query}" if query else "")
        signature = request.headers.get("x-twilio-signature")
        settings = request.headers.get("x-twilio-webhooks-signature-settings")
        # Each is tried, also after a match: the time taken tells nothing.
        believed = [valid(url, pairs, signature, ring, settings) for ring in self._rings]
        if not any(believed):
            raise Forbidden("this was not signed by the phone company")
        return raw, pairs
