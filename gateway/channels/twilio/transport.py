"""The SDK's HTTP client, ours: one pooled session, a time-out on every call, no retries.

The SDK's own ignores its time-out, cannot be pointed at another server, and warns on each request.
This module imports the SDK; ``client`` imports it late.
"""

from __future__ import annotations

import base64
import logging
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import aiohttp
from twilio.base.exceptions import (
    TwilioException,
    TwilioRestException,
    TwilioServiceException,
)
from twilio.http import AsyncHttpClient
from twilio.http.response import Response
from twilio.rest import Client

# The SDK imports its resources on first use, in the middle of a call.
from twilio.rest.api.v2010.account import message as _message  # noqa: F401
from yarl import URL

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "REFUSALS",
    "LostError",
    "NotConnectedError",
    "ThrottledError",
    "Transport",
    "TwilioException",
    "sdk",
]

TWILIO = "https://api.twilio.com"
CONNECT_SECONDS = 5.0
KEEP_ALIVE_SECONDS = 10.0
"""A pooled connection that the server closes as we write makes an outcome unknown, so connections
are not kept for long."""

REFUSALS = (TwilioRestException, TwilioServiceException)
"""What the SDK raises for a send that is not answered 2xx; both have ``status`` and ``code``."""

_TOO_MANY = 429
_PRODUCT = re.compile(r"\Ahttps://[a-z]+\.twilio\.com(?=/)")


class NotConnectedError(Exception):
    """No connection was made: the request has certainly not been sent."""


class LostError(Exception):
    """The request may have been sent; no answer came."""


@dataclass(eq=False)
class ThrottledError(Exception):
    """Twilio refused for now; ``retry_after`` is seconds, if it said so."""

    retry_after: float | None


class Transport(AsyncHttpClient):  # type: ignore[misc]  # the SDK has no types
    """Carries the SDK's requests over aiohttp.

    Raises:
        NotConnectedError, LostError, ThrottledError: instead of whatever aiohttp raises.
    """

    def __init__(self, *, base: str, timeout: float) -> None:
        super().__init__(logging.getLogger(__name__), True, timeout)
        self._base = base
        # The time to connect must end before the whole does: that is how "not sent" is told
        # from "perhaps sent".
        self._limits = aiohttp.ClientTimeout(
            total=timeout, connect=min(CONNECT_SECONDS, timeout / 2)
        )
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(keepalive_timeout=KEEP_ALIVE_SECONDS),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=self._limits,
        )

    async def request(
        self,
        method: str,
        url: str,
        params: Mapping[str, object] | None = None,
        data: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - the SDK's name; ours is per session
        allow_redirects: bool = False,
    ) -> Response:
        """Send one request. Redirects are not followed: they would carry the credentials along."""
        if self._session.closed:
            raise NotConnectedError
        head = dict(headers or {})
        if auth is not None:
            head["Authorization"] = "Basic " + base64.b64encode(":".join(auth).encode()).decode()
        body = urlencode(data, doseq=True).encode() if data else None
        try:
            async with self._session.request(
                method,
                _at(self._base, url, params),
                data=body,
                headers=head,
                allow_redirects=False,
            ) as answer:
                text = await answer.text(errors="replace")
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise NotConnectedError from error
        except (aiohttp.ClientError, OSError) as error:
            raise LostError from error
        if answer.status == _TOO_MANY:
            raise ThrottledError(_seconds(answer.headers.get("Retry-After")))
        return Response(answer.status, text, answer.headers)

    async def aclose(self) -> None:
        """Let the pooled connections go."""
        await self._session.close()


def sdk(account_sid: str, auth_token: str, transport: Transport) -> Any:  # noqa: ANN401 - untyped SDK
    """Make the SDK's client over a transport, deaf to TWILIO_REGION and TWILIO_EDGE."""
    return Client(account_sid, auth_token, http_client=transport, environment={"": ""})


def _at(base: str, url: str, params: Mapping[str, object] | None) -> URL:
    """Point a URL of the SDK at ``base``, with the query encoded by us.

    Twilio has a host for each product; a server that speaks as it does has one for all.
    """
    moved = url if base == TWILIO else _PRODUCT.sub(lambda _: base, url, count=1)
    if params:
        moved += ("&" if "?" in moved else "?") + urlencode(params, doseq=True)
    return URL(moved, encoded=True)


def _seconds(value: str | None) -> float | None:
    try:
        seconds = float(value or "")
    except ValueError:
        # The other form is a date, which Twilio does not send.
        return None
    return seconds if 0 <= seconds < 86_400 else None
