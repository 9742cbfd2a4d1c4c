"""Texts out through Twilio, and finding out what became of one whose answer never came.

Twilio has no idempotency key for messages. So whatever happens after the request may have left us
is ``Unknown`` and is never sent again on its own; only what was certainly not taken (no connection,
429) may be.
"""

from __future__ import annotations

import importlib
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import anyio
import structlog

from gateway.channels.port import Accepted, Outcome, Rejected, Unavailable, Unknown
from gateway.channels.twilio.codes import VERDICTS, Effect, rejection, verdict
from gateway.channels.twilio.webhooks import STATES
from gateway.channels.twilio.whatsapp import content_of
from gateway.errors import Misconfigured

if TYPE_CHECKING:
    from types import ModuleType

    from gateway.channels.port import Outgoing

TWILIO = "https://api.twilio.com"
MESSAGING_SERVICE = "MG"
LISTED = 100
"""Messages looked through when one is searched for."""

SHORTEST, LONGEST = 6, 36_000
"""Seconds that a text may wait at Twilio; 1 to 5 are allowed too, and advised against."""

CLOCK_SKEW = timedelta(seconds=1)
"""Twilio stamps whole seconds by its own clock."""

_SECOND = 1_000_000
_TIMED_OUT = 408
_TOO_MANY = 20429
_NOT_OURS = {401: 20003, 403: 20003, 404: 20404}
"""HTTP statuses that are about the account whatever else is said, and the code they stand for."""

_UNKEEPABLE = re.compile(r"[\x00\ud800-\udfff]")

_log = structlog.get_logger(__name__)


class TwilioSms:
    """Hands texts to one Twilio account, or to a server that speaks as Twilio does.

    ``api_base`` replaces ``https://api.twilio.com``. ``timeout`` is seconds for a whole call.

    Raises:
        Misconfigured: a credential is empty, or ``api_base`` is no http or https address.
    """

    def __init__(
        self,
        account_sid: str,
        auth_token: str,
        *,
        api_base: str | None,
        timeout: float = 10.0,
    ) -> None:
        if not account_sid or not auth_token:
            raise Misconfigured("Twilio needs an account SID and an auth token")
        self._account_sid = account_sid
        self._auth_token = auth_token
        self._base = _checked(api_base or TWILIO)
        self._timeout = timeout
        self._opening = anyio.Lock()
        self._library: ModuleType | None = None
        self._transport: Any = None
        self._client: Any = None
        self._closed = False

    async def send(self, outgoing: Outgoing) -> Outcome:
        """Hand one text over; never raises a provider's exception."""
        fields = request_fields(outgoing)
        if any(_UNKEEPABLE.search(each) for each in fields.values() if isinstance(each, str)):
            return Rejected(
                blame="content", code="encoding", words="The text holds a broken character"
            )
        if self._closed:
            return Unavailable(code="closed", words="The channel is closing down")
        library, client = await self._open()
        try:
            message = await client.messages.create_async(**fields)
        except library.NotConnectedError:
            return Unavailable(code="not_connected", words="Twilio cannot be reached")
        except library.ThrottledError as error:
            return Unavailable(
                code=str(_TOO_MANY),
                words=verdict(_TOO_MANY).words,
                retry_after=error.retry_after,
            )
        except library.LostError:
            return Unknown(code="lost", words="Twilio did not answer after taking the request")
        except library.REFUSALS as error:
            return _refused(error)
        except (ValueError, TypeError, AttributeError, KeyError):
            # A 2xx whose body is not Twilio's.
            return Unknown(code="unreadable", words="Twilio's answer could not be read")
        if not message.sid:
            return Unknown(code="unreadable", words="Twilio's answer could not be read")
        return Accepted(provider_id=str(message.sid), state="accepted")

    async def find(self, outgoing: Outgoing, since: int) -> Accepted | None:
        """Look for a text of unknown outcome among what Twilio has sent to this number.

        Two that match tell us nothing about ours, so they are not found either.
        """
        if self._closed:
            return None
        library, client = await self._open()
        start = datetime.fromtimestamp(since // _SECOND, UTC) - CLOCK_SKEW
        service = outgoing.sender.startswith(MESSAGING_SERVICE)
        # A service picks the number itself, so there is no From to ask for.
        wanted = {} if service else {"from_": outgoing.sender}
        try:
            listed = await client.messages.list_async(
                to=outgoing.to, date_sent_after=start, limit=LISTED, **wanted
            )
        except (
            library.NotConnectedError,
            library.ThrottledError,
            library.LostError,
            library.TwilioException,
            ValueError,
            TypeError,
            AttributeError,
            KeyError,
        ) as error:
            _log.warning("twilio_not_listed", error=type(error).__name__)
            return None
        ours = [message for message in listed if _is(message, outgoing, start)]
        if len(ours) != 1:
            return None
        return Accepted(
            provider_id=str(ours[0].sid), state=STATES.get(str(ours[0].status), "accepted")
        )

    async def aclose(self) -> None:
        """Let pooled connections go."""
        self._closed = True
        transport, self._transport, self._client = self._transport, None, None
        if transport is not None:
            await transport.aclose()

    async def _open(self) -> tuple[Any, Any]:
        async with self._opening:
            if self._client is None:
                # The import takes half a second and more: not on the loop, not before it is needed.
                library = self._library = await anyio.to_thread.run_sync(
                    importlib.import_module, "gateway.channels.twilio.transport"
                )
                self._transport = library.Transport(base=self._base, timeout=self._timeout)
                self._client = library.sdk(self._account_sid, self._auth_token, self._transport)
            return self._library, self._client


def _checked(base: str) -> str:
    try:
        parts = urlsplit(base)
        host = (parts.hostname or "").encode("ascii").decode("idna")
        good = parts.scheme in ("http", "https") and host and parts.port != 0
    except ValueError:
        good = False
    if not good or "?" in base or "#" in base:
        raise Misconfigured("TWILIO_API_BASE must be an http or https address without a query")
    return base.rstrip("/")


def request_fields(outgoing: Outgoing) -> dict[str, str | list[str]]:
    """The fields of a request (twilio.com/docs/messaging/api/message-resource).

    ``SmartEncoded`` is left out, which means no: the words have been made plain, and what Twilio
    changed besides would not be what we keep, show, and find again by.
    """
    service = outgoing.sender.startswith(MESSAGING_SERVICE)
    fields: dict[str, str | list[str]] = {
        "to": outgoing.to,
        **content_of(outgoing),
        "messaging_service_sid" if service else "from_": outgoing.sender,
    }
    if outgoing.media:
        fields["media_url"] = list(outgoing.media)
        if not outgoing.text:
            del fields["body"]
    if outgoing.status_callback:
        fields["status_callback"] = outgoing.status_callback
    if outgoing.valid_for is not None:
        fields["validity_period"] = str(min(max(outgoing.valid_for, SHORTEST), LONGEST))
    return fields


def _refused(error: Any) -> Outcome:  # noqa: ANN401 - untyped SDK
    status = int(error.status)
    code = error.code if isinstance(error.code, int) else status
    if status >= 500 or status == _TIMED_OUT:
        # Twilio may have queued it before it stumbled.
        return Unknown(code=str(code), words="Twilio stumbled and may have taken the text")
    if status < 400:
        words = "TWILIO_API_BASE is not Twilio's API"
        return Rejected(blame="us", code=str(status), words=words, alert=True, down=True)
    if status in _NOT_OURS:
        known = code if code in VERDICTS else _NOT_OURS[status]
        return replace(rejection(known), blame="us")
    judged = verdict(code)
    if judged.effect is Effect.RETRY:
        return Unavailable(code=str(code), words=judged.words)
    return rejection(code)


def _is(message: Any, outgoing: Outgoing, start: datetime) -> bool:  # noqa: ANN401 - untyped SDK
    if message.body != outgoing.text or message.to != outgoing.to:
        return False
    if outgoing.sender not in (message.from_, message.messaging_service_sid):
        return False
    made = message.date_created or message.date_sent
    return made is None or made >= start
