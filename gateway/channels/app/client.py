"""Calls the store's own service, which shows a notification in its app.

A call bears the delivery's id as its ``webhook-id``, and the receiver is asked to take each id
once. All that is asked of its answer is a status: 2xx once it has the call, anything else when it
has not.
"""

from __future__ import annotations

import json
import re
from http import HTTPStatus
from typing import Final

from gateway.channels.port import (
    Accepted,
    Outcome,
    Outgoing,
    Rejected,
    Unavailable,
    Unknown,
)
from gateway.egress import Answer, Egress, NotAllowed, NotFetched, NotReached, Redirected

SECONDS: Final = 10.0  #: for a whole call
MOST_ANSWER: Final = 16_384  #: bytes of an answer that are read

_NOT_NOW: Final = frozenset({408, 425, 429, 503})
"""Said by whoever has not taken the call (RFC 9110 section 15.5.9, RFC 8470, RFC 6585)."""
_CONTENT: Final = frozenset({400, 413, 422})
_NO_SUCH_USER: Final = frozenset({404, 410})
_SECONDS: Final = re.compile(r"[0-9]{1,6}", re.ASCII)


class AppChannel:
    """Delivers to whatever address the store has named; ``Outgoing.sender`` is that address."""

    def __init__(self, egress: Egress, *, seconds: float = SECONDS) -> None:
        self._egress = egress
        self._seconds = seconds

    async def send(self, outgoing: Outgoing) -> Outcome:
        """Post one call; ``text`` is its body as JSON, ``headers`` are its signature's."""
        try:
            answer = await self._egress.fetch(
                outgoing.sender,
                method="POST",
                headers={"Content-Type": "application/json", **dict(outgoing.headers)},
                content=outgoing.text.encode(),
                seconds=self._seconds,
                most_bytes=MOST_ANSWER,
            )
        except (NotAllowed, Redirected) as error:
            words = f"The address of the store's app cannot be used: {error.message}."
            return Rejected(blame="us", code=error.code, words=words, alert=True, down=True)
        except NotReached as error:
            words = f"The store's app cannot be reached: {error.message}."
            return Unavailable(code="unreachable", words=words)
        except NotFetched as error:
            words = f"Nobody knows whether the store's app has it: {error.message}."
            return Unknown(code="lost", words=words)
        return outcome_of(answer)

    async def find(self, outgoing: Outgoing, since: int) -> Accepted | None:
        """Never: the receiver keeps no list that could be asked."""
        del outgoing, since
        return None

    async def aclose(self) -> None:
        """Nothing is held open."""


def outcome_of(answer: Answer) -> Outcome:
    """What an answer means for the delivery."""
    status, code = answer.status, str(answer.status)
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return Accepted(state="delivered" if _is_delivered(answer.body) else "accepted")
    if status in _NO_SUCH_USER:
        words = "The store's app does not know this user any more."
        return Rejected(blame="address", code=code, words=words)
    if status in _CONTENT:
        words = f"The store's app refused what was to be told ({status})."
        return Rejected(blame="content", code=code, words=words)
    if status in _NOT_NOW:
        words = f"The store's app takes nothing just now ({status})."
        return Unavailable(code=code, words=words, retry_after=_retry_after(answer))
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        # It, or a proxy before it, broke off at a point that nobody knows.
        words = f"The store's app failed ({status}); nobody knows whether it has it."
        return Unknown(code=code, words=words)
    words = f"The store's app does not take our calls ({status})."
    return Rejected(blame="us", code=code, words=words, alert=True, down=True)


def _is_delivered(body: bytes) -> bool:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return False
    return isinstance(said, dict) and said.get("state") == "delivered"


def _retry_after(answer: Answer) -> float | None:
    """Seconds; a date (RFC 9110 section 10.2.3) is left to our own back-off."""
    given = answer.headers.get("retry-after", "").strip()
    return float(given) if _SECONDS.fullmatch(given) else None
