"""The port between the worker and a provider: one call out, four outcomes back.

Provider exceptions stop at the adapter. ``Unknown`` is the one that matters: the provider may have
taken the message, so nobody may send it again by guess (invariant 7).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from gateway.errors import OnethreadError


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
class Subscribed:
    """The browser that a notification goes to: its keys, and the one that it takes it from.

    ``topic`` is the same for all of one conversation: a newer one takes an older one's place.
    """

    p256dh: str
    auth: str
    signing: bytes = field(repr=False)
    topic: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """One delivery, rendered and ready to hand over.

    ``to`` is E.164 for SMS, an addr-spec for mail. ``sender`` is E.164 or a Messaging Service SID
    for SMS, ``"Name <addr>"`` for mail; for push they are the endpoint and the store's public key.
    The mail-only fields stay empty for SMS. ``valid_for`` is for SMS and push: seconds after which
    the provider is not to hand it on any more; ``media`` are addresses of pictures that it fetches
    and brings along. WhatsApp has what SMS has, and a template (``content_sid``) with its
    ``variables`` by place; ``text`` is then what the reader sees.
    """

    delivery_id: str
    channel: str
    to: str
    sender: str
    text: str
    status_callback: str | None = None
    valid_for: int | None = None
    media: tuple[str, ...] = ()
    content_sid: str | None = None
    variables: tuple[tuple[str, str], ...] = ()
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
    browser: Subscribed | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """The provider took it; ``state`` is the delivery state that this means (accepted, sent …)."""

    provider_id: str | None = None
    state: str = "accepted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """Never: not to this address, not with this content, or not from us at all.

    ``blame`` is ``person`` when they have told the provider STOP. An address is left alone from the
    ``after``-th such refusal in a row on; 0: never for this alone. With ``alert`` an operator has
    to change something; with ``down`` the channel carries nothing until then. ``true_of`` says for
    what: for the whole channel, one country or one sender.
    """

    blame: Literal["address", "person", "content", "us"]
    code: str
    words: str
    after: int = 1
    alert: bool = False
    down: bool = False
    true_of: Literal["", "country", "sender"] = ""


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


class NotListed(OnethreadError):
    """The provider does not say what came in; later it may."""

    code = "not_listed"
    status = 502


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A text that came in, in the fields of its webhook; ``at`` is microseconds UTC."""

    key: str
    fields: tuple[tuple[str, str], ...]
    at: int


class TextListing(Protocol):
    """Where a provider says which texts came in."""

    async def received(self, to: str, since: int) -> Sequence[Listed]:
        """What came in for a number since an instant, oldest first.

        Raises:
            NotListed: not now.
        """
        ...

    async def numbers_of(self, service: str) -> Sequence[str]:
        """The numbers (E.164 or short codes) that a Messaging Service texts from.

        Raises:
            NotListed: not now.
        """
        ...


class MediaSource(Protocol):
    """Where the files lie that came along with a text."""

    async def fetch(self, url: str) -> bytes:
        """The bytes of one.

        Raises:
            NotAllowed: the address is none of the provider's; nothing was sent there.
            NotFetched: not now, or too large.
        """
        ...


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
