"""What Twilio has received for one of our numbers: finds texts whose webhook never reached us.

Source: twilio.com/docs/messaging/api/message-resource and .../media-resource. A webhook is tried
once more at most unless its address asks for more, so a gateway that was away has missed texts.
"""

from __future__ import annotations

import importlib
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

import anyio
import structlog

from gateway.channels.port import Listed, NotListed

T = TypeVar("T")

TWILIO = "https://api.twilio.com"
VERSION = "2010-04-01"
MOST = 1_000  #: texts looked through at a time
MOST_MEDIA = 10
SECONDS = 20.0
_INBOUND = "inbound"
_MICROSECONDS = 1_000_000

_log = structlog.get_logger(__name__)


class TwilioListing:
    """The texts of one account; ``api_base`` replaces ``https://api.twilio.com``."""

    def __init__(self, account_sid: str, auth_token: str, *, api_base: str | None) -> None:
        self._account_sid = account_sid
        self._auth_token = auth_token
        self._base = (api_base or TWILIO).rstrip("/")

    async def received(self, to: str, since: int) -> Sequence[Listed]:
        """What came in for a number since an instant (microseconds UTC), oldest first.

        Raises:
            NotListed: Twilio cannot be reached, or its answer not be read.
        """

        async def ask(client: Any) -> list[Listed]:  # noqa: ANN401 - untyped SDK
            start = datetime.fromtimestamp(since // _MICROSECONDS, UTC)
            found = await client.messages.list_async(to=to, date_sent_after=start, limit=MOST)
            if len(found) >= MOST:
                _log.warning("twilio_list_cut", most=MOST)
            inbound = [each for each in found if each.direction == _INBOUND]
            return [await self._as_listed(client, each) for each in reversed(inbound)]

        return await self._asked(ask)

    async def numbers_of(self, service: str) -> Sequence[str]:
        """The numbers and short codes that a Messaging Service texts from.

        Source: twilio.com/docs/messaging/api/phonenumber-resource and .../shortcode-resource.

        Raises:
            NotListed: Twilio cannot be reached, does not know it, or its answer cannot be read.
        """

        async def ask(client: Any) -> list[str]:  # noqa: ANN401 - untyped SDK
            held = client.messaging.v1.services(service)
            numbers = await held.phone_numbers.list_async(limit=MOST)
            codes = await held.short_codes.list_async(limit=MOST)
            return [str(each.phone_number) for each in numbers] + [
                str(each.short_code) for each in codes
            ]

        return await self._asked(ask)

    async def _asked(self, ask: Callable[[Any], Awaitable[T]]) -> T:
        # Not on the loop: the import takes half a second and more.
        library = await anyio.to_thread.run_sync(
            importlib.import_module, "gateway.channels.twilio.transport"
        )
        transport = library.Transport(base=self._base, timeout=SECONDS)
        try:
            return await ask(library.sdk(self._account_sid, self._auth_token, transport))
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
            raise NotListed(type(error).__name__) from None
        finally:
            await transport.aclose()

    async def _as_listed(self, client: Any, message: Any) -> Listed:  # noqa: ANN401 - untyped SDK
        """A listed text in the fields of its webhook."""
        fields = [
            ("MessageSid", message.sid),
            ("AccountSid", message.account_sid),
            ("From", message.from_),
            ("To", message.to),
            ("Body", message.body or ""),
            ("NumMedia", str(message.num_media or 0)),
        ]
        if message.messaging_service_sid:
            fields.append(("MessagingServiceSid", message.messaging_service_sid))
        if int(message.num_media or 0):
            place = f"{self._base}/{VERSION}/Accounts/{self._account_sid}/Messages/{message.sid}"
            media = await client.messages(message.sid).media.list_async(limit=MOST_MEDIA)
            for number, each in enumerate(media):
                fields.append((f"MediaUrl{number}", f"{place}/Media/{each.sid}"))
                fields.append((f"MediaContentType{number}", each.content_type or ""))
        at = message.date_sent or message.date_created
        return Listed(
            key=str(message.sid),
            fields=tuple((name, str(value)) for name, value in fields),
            at=round(at.timestamp()) * _MICROSECONDS,
        )
