"""Twilio's webhooks: kept, then answered. What is not provably Twilio's is a 403 and no row."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import NamedTuple, TypeVar
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.channels.twilio.signature import Tokens, valid
from gateway.channels.twilio.webhooks import pairs_of, parse_message, parse_status
from gateway.errors import BadInput, Forbidden
from gateway.services.hook_intake import HookIntake, status_hook, text_hook
from gateway.services.house import House

NO_REPLY = '<?xml version="1.0" encoding="UTF-8"?><Response />'
TAKEN = Response(NO_REPLY, media_type="text/xml")
MOST_FORM = 64_000
MOST_DIGITS = 10  #: of a length that is read
PLACE = "/hooks/twilio/"
_NONE = b""

T = TypeVar("T")
Pairs = list[tuple[str, str]]


class _Called(NamedTuple):
    """A request that Twilio signed."""

    store_key: str
    query: str
    raw: bytes
    pairs: Pairs


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
        self._by_name = {
            "message": _Hook(self._genuine, self._message),
            "status": _Hook(self._genuine, self._status),
        }

    def routes(self) -> list[BaseRoute]:
        """The two hooks of each store."""
        return [
            Route(f"{PLACE}{{store_key}}/{name}", app, methods=["POST"])
            for name, app in self._by_name.items()
        ]

    def at_once(self, scope: Scope) -> ASGIApp | None:
        """Which hook is called, if nothing but the hook itself has a say in the answer.

        Starlette's way to it costs more than the signature. It is left to what Starlette refuses:
        another method or path, a NUL, a body that does not say how long it is, or is too long.
        """
        path: str = scope["path"]
        if not path.startswith(PLACE) or scope["method"] != "POST":
            return None
        store_key, _, name = path.removeprefix(PLACE).partition("/")
        if not store_key or "\x00" in path or b"%00" in scope["query_string"]:
            return None
        headers = dict(scope["headers"])
        length = headers.get(b"content-length", _NONE)
        is_told = length.isdigit() and b"transfer-encoding" not in headers
        is_short = is_told and len(length) < MOST_DIGITS and int(length) <= MOST_FORM
        return self._by_name.get(name) if is_short else None

    async def _message(self, called: _Called) -> None:
        """A text came in."""
        text = _as_twilio_sends(parse_message, called.pairs)
        await self._intake.keep(text_hook(called.store_key, text, called.raw))

    async def _status(self, called: _Called) -> None:
        """What became of a text of ours."""
        found = _as_twilio_sends(parse_status, called.pairs)
        if found.state is not None:
            named = dict(parse_qsl(called.query, keep_blank_values=True)).get("delivery")
            await self._intake.keep(status_hook(called.store_key, found, called.raw, named))

    def _genuine(self, scope: Scope, raw: bytes) -> _Called:
        """What was called, if Twilio signed it for the public address; Host is not asked.

        Raises:
            Forbidden: no or a wrong signature, or a body that cannot be what Twilio sends.
        """
        pairs = pairs_of(raw) if len(raw) <= MOST_FORM else []
        query = scope["query_string"].decode("latin-1")
        # The path as it was sent: Twilio signs what it called, escapes and all.
        path = scope.get("raw_path", _NONE).decode("latin-1").partition("?")[0]
        url = f"{self._house.base_url}{path}" + (f"?{query}" if query else "")
        # Of a header that is there twice the first counts.
        headers = dict(reversed(scope["headers"]))
        signature = headers.get(b"x-twilio-signature", _NONE).decode("latin-1")
        settings = headers.get(b"x-twilio-webhooks-signature-settings", _NONE).decode("latin-1")
        # Each is tried, also after a match: the time taken tells nothing.
        believed = [valid(url, pairs, signature, ring, settings) for ring in self._rings]
        if not any(believed):
            raise Forbidden("this was not signed by the phone company")
        store_key = scope["path"].removeprefix(PLACE).partition("/")[0]
        return _Called(store_key, query, raw, pairs)


class _Hook:
    """One of them as an application: 200 only once what it was handed is on disk."""

    def __init__(
        self,
        genuine: Callable[[Scope, bytes], _Called],
        keep: Callable[[_Called], Awaitable[None]],
    ) -> None:
        self._genuine, self._keep = genuine, keep

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take one."""
        await self._keep(self._genuine(scope, await _body(receive)))
        await TAKEN(scope, receive, send)


async def _body(receive: Receive) -> bytes:
    """All of it.

    Raises:
        ClientDisconnect: the caller left in the middle of it.
    """
    whole, more = _NONE, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        whole += message.get("body", _NONE)
        more = message.get("more_body", False)
    return whole


def _as_twilio_sends(read: Callable[[Pairs], T], pairs: Pairs) -> T:
    """Read a signed form.

    Raises:
        Forbidden: it lacks what Twilio always sends, so whoever knows the token is not Twilio.
    """
    try:
        return read(pairs)
    except BadInput as wrong:
        raise Forbidden(wrong.message) from None
