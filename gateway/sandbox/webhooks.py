"""Calls the gateway's webhooks as Twilio does: signed, with its time-outs, and again on failure."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from urllib.parse import urldefrag, urlencode

import aiohttp
import structlog
from yarl import URL

from gateway.sandbox.album import MOST_BYTES, Picture
from gateway.sandbox.retries import persist
from gateway.sandbox.signing import sign

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateway.clock import Clock

_TIMEOUT: Final = aiohttp.ClientTimeout(total=20, sock_connect=5, sock_read=15)
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a webhook said in the end; ``status`` is ``None`` when it never answered."""

    status: int | None
    body: str
    attempts: int

    @property
    def taken(self) -> bool:
        """Whether it was a success."""
        return self.status is not None and 200 <= self.status < 300


class Webhooks:
    """One client for all callbacks."""

    def __init__(self, session: aiohttp.ClientSession, *, token: str, clock: Clock) -> None:
        self._session = session
        self._token = token
        self._clock = clock

    async def post(self, url: str, fields: Sequence[tuple[str, str]]) -> Answer:
        """Post a signed form, and again after a failed connection, a time-out or a 5xx.

        The address is sent and signed byte for byte, without its fragment, which at Twilio holds
        connection settings. Every try carries the same ``I-Twilio-Idempotency-Token``.
        """
        url = urldefrag(url).url
        headers = {
            "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
            "I-Twilio-Idempotency-Token": str(uuid.uuid4()),
            "User-Agent": "TwilioProxy/1.1",
            "X-Twilio-Signature": sign(url, fields, self._token),
        }
        form = urlencode(fields).encode()
        return await persist(
            partial(self._try, url, form, headers),
            settled=lambda answer: answer.status is not None and answer.status < 500,
            clock=self._clock,
        )

    async def fetch(self, url: str) -> Picture | None:
        """Get a picture that a text is to bring; None: it is not there, or too large."""
        try:
            async with self._session.get(URL(url, encoded=True), timeout=_TIMEOUT) as response:
                data = bytearray()
                while len(data) <= MOST_BYTES and (piece := await response.content.readany()):
                    data += piece
                if response.status != HTTPStatus.OK or not 0 < len(data) <= MOST_BYTES:
                    return None
                sid = f"ME{secrets.token_hex(16)}"
                return Picture(sid=sid, kind=response.content_type, data=bytes(data))
        except (aiohttp.ClientError, OSError, TimeoutError) as failure:
            _log.info("picture_unreachable", failure=type(failure).__name__)
            return None

    async def _try(self, url: str, form: bytes, headers: dict[str, str], attempt: int) -> Answer:
        try:
            async with self._session.post(
                URL(url, encoded=True),
                data=form,
                headers=headers,
                timeout=_TIMEOUT,
                allow_redirects=False,
            ) as response:
                body = await response.text(errors="replace")
                return Answer(status=response.status, body=body, attempts=attempt)
        except (aiohttp.ClientError, OSError, TimeoutError) as failure:
            _log.info("webhook_unreachable", attempt=attempt, failure=type(failure).__name__)
            return Answer(status=None, body="", attempts=attempt)
