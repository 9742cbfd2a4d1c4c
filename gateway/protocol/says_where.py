"""What a shopper says of where they may be answered: addresses, browsers, and what they like."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from gateway.protocol.entry import NO_NUL, ChannelName, Id, Wire


class LeaveAddress(Wire):
    """The shopper types an address and agrees to the sentence shown."""

    t: Literal["leave_address"] = "leave_address"
    channel: Literal["sms", "email", "whatsapp"]
    value: Annotated[str, Field(min_length=3, max_length=254)]
    sentence_id: Annotated[str, Field(max_length=60)]


class GiveCode(Wire):
    """The code that came to the address."""

    t: Literal["give_code"] = "give_code"
    address_id: Id
    code: Annotated[str, Field(pattern=r"^[0-9]{4,8}$")]


class Subscribe(Wire):
    """This browser may be notified: its subscription (RFC 8030) and the sentence agreed to.

    ``p256dh`` (65 bytes) and ``auth`` (16) are its keys as base64url without padding (RFC 8291).
    Saying it again changes nothing. ``key`` is the ``applicationServerKey`` that the subscription
    was made with, None for the one in ``welcome``; ``replaces`` is the endpoint that this browser
    had before, when it tells.
    """

    t: Literal["subscribe"] = "subscribe"
    endpoint: Annotated[str, Field(min_length=12, max_length=2_048, pattern=NO_NUL)]
    p256dh: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{87}$")]
    auth: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{22}$")]
    sentence_id: Annotated[str, Field(max_length=60)]
    key: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{87}$")] | None = None
    replaces: Annotated[str, Field(max_length=2_048, pattern=NO_NUL)] | None = None


class Unsubscribe(Wire):
    """This browser is to be notified no more."""

    t: Literal["unsubscribe"] = "unsubscribe"
    endpoint: Annotated[str, Field(min_length=12, max_length=2_048, pattern=NO_NUL)]


class Prefer(Wire):
    """Where the shopper likes to be answered, best first; ``chat`` ends it: nowhere else."""

    t: Literal["prefer"] = "prefer"
    channels: Annotated[list[ChannelName], Field(max_length=6)]
