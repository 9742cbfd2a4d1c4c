"""Fetches the pictures of an inbound text. Source: twilio.com/docs/messaging/api/media-resource.

The address came in a form that Twilio signed; all the same only Twilio's own hosts are called. The
account's password goes to the API alone: the redirect to the network that serves the bytes gets
none.
"""

from __future__ import annotations

import base64
from urllib.parse import urlsplit

from gateway.egress import Egress, NotFetched

TWILIO = "https://api.twilio.com"
CDN = ".twiliocdn.com"
MOST_BYTES = 5_000_000  #: Twilio's own limit for one file
SECONDS = 20.0
REDIRECTS = 2

TAKEN = ("image/", "audio/", "video/", "text/plain", "text/vcard", "text/x-vcard", "text/calendar")
_PDF = "application/pdf"


def is_taken(content_type: str) -> bool:
    """Whether a file of this type is fetched at all."""
    kind = content_type.partition(";")[0].strip().lower()
    return kind == _PDF or kind.startswith(TAKEN)


class TwilioMedia:
    """The files of one account; ``api_base`` replaces ``https://api.twilio.com``.

    ``egress`` must let ``api_base`` by, where that is no public https address.
    """

    def __init__(
        self,
        account_sid: str,
        auth_token: str,
        *,
        api_base: str | None,
        egress: Egress | None = None,
    ) -> None:
        password = base64.b64encode(f"{account_sid}:{auth_token}".encode()).decode()
        self._headers = {"Authorization": f"Basic {password}"}
        base = urlsplit(api_base or TWILIO)
        self._api = {(base.scheme, base.netloc), ("https", urlsplit(TWILIO).netloc)}
        self._hosts = {base.hostname, urlsplit(TWILIO).hostname}
        self._egress = egress or Egress(own=[api_base] if api_base else [])

    async def fetch(self, url: str) -> bytes:
        """The bytes of one file.

        Raises:
            NotAllowed: the address is none of Twilio's; nothing was sent there.
            NotFetched: not now, not there (yet), or larger than 5 MB.
        """
        answer = await self._egress.fetch(
            url,
            headers=self._headers if self._is_api(url) else None,
            seconds=SECONDS,
            most_bytes=MOST_BYTES,
            redirects=REDIRECTS,
            allowed=self._is_twilios,
        )
        if answer.status != 200 or not answer.body:
            raise NotFetched(f"Twilio answered {answer.status}")
        return answer.body

    def _is_api(self, url: str) -> bool:
        try:
            parts = urlsplit(url)
        except ValueError:
            return False
        return (parts.scheme, parts.netloc) in self._api

    def _is_twilios(self, host: str) -> bool:
        return host in self._hosts or host.endswith(CDN)
