"""The channel: one POST to the push service that the browser chose, and what its answer means.

A push service says only that it took a notification; that it was shown, the browser tells us. It
keeps one that cannot be shown now for as long as the TTL says, and not at all if that is nought.
RFC 8030.
"""

from __future__ import annotations

from email.utils import parsedate_to_datetime

from gateway.channels.port import Accepted, Outcome, Outgoing, Rejected, Unavailable, Unknown
from gateway.channels.push.encryption import MOST_BODY, BadKeys, padded, sealed
from gateway.channels.push.hosts import PushHosts
from gateway.channels.push.vapid import VapidKey
from gateway.clock import SECOND, Clock
from gateway.egress import (
    Answer,
    Egress,
    NotAllowed,
    NotFetched,
    NotReached,
    Redirected,
)

SECONDS = 10.0
MOST_ANSWER = 16_384  #: bytes
USUAL_TTL = 86_400
LEAST_TTL = 60  #: seconds: a browser that is starting up is not there at once
MOST_TTL = 28 * USUAL_TTL  #: seconds that FCM keeps one at most

_GONE = (404, 410)
_NOT_FROM_US = (401, 403)


class PushChannel:
    """Hands notifications to push services; ``contact`` is the operator's mailto: or https: URI."""

    def __init__(
        self,
        contact: str,
        hosts: PushHosts,
        *,
        clock: Clock,
        egress: Egress | None = None,
        timeout: float = SECONDS,
    ) -> None:
        self._contact = contact
        self._hosts = hosts
        self._clock = clock
        self._egress = egress or Egress(own=hosts.origins)
        self._timeout = timeout

    async def send(self, outgoing: Outgoing) -> Outcome:
        """Hand one notification over; its ``text`` is the payload, which only the browser reads."""
        browser = outgoing.browser
        if browser is None:
            return Rejected(blame="content", code="no_browser", words="It names no subscription.")
        if not self._hosts.take(outgoing.to):
            return Rejected(
                blame="address", code="host", words="Its push service is none that we call."
            )
        try:
            body = sealed(padded(_bytes(outgoing.text)), browser.p256dh, browser.auth)
        except BadKeys as wrong:
            return Rejected(blame="address", code="keys", words=f"Its keys are bad: {wrong}.")
        if len(body) > MOST_BODY:
            return Rejected(blame="content", code="too_large", words="It is too large for a push.")
        key = VapidKey(browser.signing)
        headers = {
            "Authorization": key.authorization(outgoing.to, self._contact, self._clock.now()),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(_ttl(outgoing.valid_for)),
            "Topic": browser.topic,
            "Urgency": "high",
        }
        return await self._post(outgoing.to, headers, body)

    async def find(self, outgoing: Outgoing, since: int) -> Accepted | None:
        """Push services list nothing, so nothing is ever found."""
        return None

    async def aclose(self) -> None:
        """Nothing is kept open between two calls."""

    async def _post(self, endpoint: str, headers: dict[str, str], body: bytes) -> Outcome:
        try:
            answer = await self._egress.fetch(
                endpoint,
                method="POST",
                headers=headers,
                content=body,
                seconds=self._timeout,
                most_bytes=MOST_ANSWER,
            )
        except NotAllowed as refused:
            # Not the browser's fault: it is our resolver that names a machine of ours.
            return Unavailable(code=refused.code, words="Its push service is no public machine.")
        except NotReached as lost:
            return Unavailable(code=lost.code, words="Its push service could not be reached.")
        except Redirected as moved:
            # Followed, it could lead to any machine; taken it has not.
            return Unavailable(code=moved.code, words="Its push service named another address.")
        except NotFetched as lost:
            return Unknown(code=lost.code, words="The connection ended before a word was heard.")
        return self._meaning(answer)

    def _meaning(self, answer: Answer) -> Outcome:
        code = str(answer.status)
        if 200 <= answer.status < 300:
            return Accepted()
        if answer.status in _GONE:
            return Rejected(
                blame="address", code=code, words="The browser takes no notifications any more."
            )
        if answer.status == 413:
            return Rejected(blame="content", code=code, words="It is too large for a push.")
        if answer.status in _NOT_FROM_US:
            return Rejected(
                blame="us",
                code=code,
                words="The push service does not take our key.",
                alert=True,
                down=True,
            )
        if answer.status == 429 or answer.status >= 500:
            return Unavailable(
                code=code,
                words="The push service asked us to come again later.",
                retry_after=_retry_after(answer.headers.get("retry-after"), self._clock.now()),
            )
        return Rejected(
            blame="us", code=code, words="The push service did not understand us.", alert=True
        )


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")


def _ttl(valid_for: int | None) -> int:
    return min(max(valid_for or USUAL_TTL, LEAST_TTL), MOST_TTL)


def _retry_after(told: str | None, now: int) -> float | None:
    """Seconds, from seconds or a date (RFC 9110 section 10.2.3); None when it is neither."""
    if told is None:
        return None
    if told.isascii() and told.isdigit() and len(told) < 9:
        return float(told)
    try:
        at = parsedate_to_datetime(told)
        return max(at.timestamp() - now / SECOND, 0.0)
    except (ValueError, OverflowError):
        return None
