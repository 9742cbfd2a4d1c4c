"""The certificates that SNS signs with, fetched once each and kept for as long as we run."""

from __future__ import annotations

from collections import deque

import anyio

from gateway.channels.email.posted import NotSigned
from gateway.clock import Clock
from gateway.egress import Egress, NotAllowed, NotFetched

MOST_KEPT = 16  #: Amazon uses one for each region, and replaces it now and then
MOST_BYTES = 20_000
MOST_FETCHES = 20  #: within ``SPAN``: a stranger who knows a topic could name many
SPAN = 60.0  #: seconds


class Certificates:
    """Gives certificates by their addresses, which ``sns.read`` has looked at."""

    def __init__(self, egress: Egress, clock: Clock) -> None:
        self._egress = egress
        self._clock = clock
        self._kept: dict[str, bytes] = {}
        self._fetches: deque[float] = deque(maxlen=MOST_FETCHES)
        self._turn = anyio.Lock()

    async def get(self, url: str) -> bytes:
        """The certificate, as PEM.

        Raises:
            NotSigned: there is none at this address.
            NotFetched: it could not be fetched; SNS has to try again.
        """
        async with self._turn:
            if url not in self._kept:
                found = await self._fetch(url)
                while len(self._kept) >= MOST_KEPT:
                    del self._kept[next(iter(self._kept))]
                self._kept[url] = found
            return self._kept[url]

    async def _fetch(self, url: str) -> bytes:
        now = self._clock.monotonic()
        if len(self._fetches) == MOST_FETCHES and now - self._fetches[0] < SPAN:
            raise NotFetched("too many certificates were asked for; try again later")
        self._fetches.append(now)
        try:
            answer = await self._egress.fetch(url, most_bytes=MOST_BYTES)
        except NotAllowed as error:
            # The address is Amazon's: it is our own name service that leads elsewhere.
            raise NotFetched(error.message) from None
        if answer.status >= 500 or answer.status == 429:
            raise NotFetched("Amazon does not give its certificate now")
        if answer.status != 200:
            raise NotSigned("there is no such certificate")
        return answer.body
