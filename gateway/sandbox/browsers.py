"""Browsers that may be notified: each has a subscription, and alone can read what comes for it.

RFC 8291 from the browser's side. Whatever is shown was opened with the private key that never left.
"""

from __future__ import annotations

import base64
import json
import secrets
from dataclasses import dataclass, field
from typing import Final, Literal

import http_ece
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

_AUTH_BYTES: Final = 16

Status = Literal["waiting", "shown", "replaced", "dropped"]


class Unreadable(ValueError):
    """This was not sealed for this browser."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """One that came for a browser; instants are microseconds UTC, ``ttl`` seconds.

    ``waiting`` while the browser is off, until it is ``shown``, ``replaced`` by a newer one of its
    topic, or ``dropped`` since nobody wants it any more.
    """

    id: str
    title: str
    body: str
    url: str
    tag: str
    token: str
    payload: str
    topic: str
    ttl: int
    urgency: str
    status: Status
    at: int


@dataclass(slots=True, kw_only=True)
class Browser:
    """One subscription; ``key`` is the store's public key that it takes notifications from."""

    id: str
    key: str
    on: bool = True
    private: EllipticCurvePrivateKey = field(
        default_factory=lambda: generate_private_key(SECP256R1()), repr=False
    )
    auth: bytes = field(default_factory=lambda: secrets.token_bytes(_AUTH_BYTES), repr=False)
    gone: bool = False  #: the person took the permission back
    notifications: dict[str, Notification] = field(default_factory=dict)

    @classmethod
    def subscribed(cls, key: str) -> Browser:
        """A browser that has just let a store notify it."""
        return cls(id=secrets.token_urlsafe(18), key=key)

    def subscription(self, base: str) -> dict[str, object]:
        """What ``PushSubscription.toJSON`` gives to the page."""
        point = self.private.public_key().public_bytes(
            Encoding.X962, PublicFormat.UncompressedPoint
        )
        return {
            "endpoint": f"{base}/push/{self.id}",
            "expirationTime": None,
            "keys": {"p256dh": base64url(point), "auth": base64url(self.auth)},
        }

    def read(self, body: bytes) -> str:
        """The words in a message that was sealed for this browser.

        Raises:
            Unreadable: it was not.
        """
        try:
            plain: bytes = http_ece.decrypt(
                body, private_key=self.private, auth_secret=self.auth, version="aes128gcm"
            )
        except (http_ece.ECEException, InvalidTag, ValueError, TypeError) as broken:
            raise Unreadable(str(broken)) from broken
        return plain.decode("utf-8", "replace")

    def as_json(self, base: str) -> dict[str, object]:
        """For the page and for whoever checks: all that is shown, and nothing that is secret."""
        return {
            "id": self.id,
            "endpoint": f"{base}/push/{self.id}",
            "on": self.on,
            "gone": self.gone,
            "notifications": [shown(each) for each in self.notifications.values()],
        }


def shown(each: Notification) -> dict[str, object]:
    """A notification as JSON values."""
    return {
        "id": each.id,
        "title": each.title,
        "body": each.body,
        "url": each.url,
        "tag": each.tag,
        "token": each.token,
        "payload": each.payload,
        "topic": each.topic,
        "ttl": each.ttl,
        "urgency": each.urgency,
        "status": each.status,
        "at": each.at,
    }


def fields_of(payload: str) -> dict[str, str]:
    """What a payload says to a service worker; empty where it says nothing that can be shown."""
    try:
        found = json.loads(payload)
    except ValueError:
        found = {}
    told = found if isinstance(found, dict) else {}
    return {name: str(told.get(name, "")) for name in ("title", "body", "url", "tag", "token")}


def base64url(raw: bytes) -> str:
    """Without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def from_base64url(text: str) -> bytes:
    """The bytes again.

    Raises:
        ValueError: it is none.
    """
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
