"""The port between the worker and a provider: one call out, four outcomes back.

Provider exceptions stop at the adapter. ``Unknown`` is the one that matters: the provider may have
taken the message, so nobody may send it again by guess (invariant 7).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Inlined:
    """A picture that the HTML of a mail names as ``cid:<cid>``; ``subtype`` is of ``image/``."""

    cid: str
    subtype: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """A file that goes along with a mail; its ``data`` is read right before the call."""

    name: str
    content_type: str
    digest: str
    data: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """One delivery, rendered and ready to hand over.

    ``to`` is E.164 for SMS, an addr-spec for mail. ``sender`` is E.164 or a Messaging Service SID
    for SMS, ``"Name <addr>"`` for mail. The mail-only fields stay empty for SMS.
    """

    delivery_id: str
    channel: str
    to: str
    sender: str
    text: str
    status_callback: str | None = None
    html: str | None = None
    subject: str | None = None
    message_id: str | None = None
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    reply_to: str | None = None
    envelope_from: str | None = None
    headers: tuple[tuple[str, str], ...] = ()
    inlined: tuple[Inlined, ...] = ()
    attachments: tuple[Attached, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """The provider took it; ``state`` is the delivery state that this means (accepted, sent …)."""

    provider_id: str | None = None
    state: str = "accepted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """Never: not to this address, not with this content, or not from us at all."""

    blame: Literal["address", "content", "us"]
    code: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unavailable:
    """Not now: certainly not sent; the same delivery may be tried again later."""

    code: str
    words: str
    retry_after: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """It may have gone out: the connection was lost after the provider could have accepted it."""

    code: str
    words: str


Outcome = Accepted | Rejected | Unavailable | Unknown


class Channel(Protocol):
    """What the worker needs of a provider."""

    async def send(self, outgoing: Outgoing) -> Outcome:
        """Hand one delivery over; never raises a provider's exception."""
        ...

    async def find(self, outgoing: Outgoing, since: int) -> Accepted | None:
        """Look for a delivery of unknown outcome in the provider's own records.

        ``since`` is the instant of hand-over in microseconds UTC. ``None``: not found, which is
        not proof that it was not sent. A channel without records always says ``None``.
        """
        ...

    async def aclose(self) -> None:
        """Let pooled connections go."""
        ...
