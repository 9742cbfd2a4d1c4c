"""What only the subscribed browser reads: RFC 8291 over aes128gcm (RFC 8188)."""

from __future__ import annotations

import base64

import http_ece
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    generate_private_key,
)

MOST_BODY = 4_096  #: bytes that every push service takes (RFC 8030 section 7.2)
MOST_PLAIN = 3_993  #: bytes of them that are left for words (RFC 8291 section 4)
STEP = 1_024  #: a payload is brought to a multiple of so many bytes: its length tells nothing
AUTH_BYTES = 16


class BadKeys(ValueError):
    """The keys of a subscription are none; the message says which."""


def sealed(
    payload: bytes,
    p256dh: str,
    auth: str,
    *,
    own: EllipticCurvePrivateKey | None = None,
    salt: bytes | None = None,
) -> bytes:
    """A payload for one browser; ``own`` and ``salt`` are drawn anew unless a test names them.

    Raises:
        BadKeys: the browser's are none.
    """
    point, secret = point_of(p256dh), secret_of(auth)
    body: bytes = http_ece.encrypt(
        payload,
        salt=salt,
        private_key=own or generate_private_key(SECP256R1()),
        dh=point,
        auth_secret=secret,
        rs=MOST_BODY,
        version="aes128gcm",
    )
    return body


def padded(payload: bytes) -> bytes:
    """JSON of a length that tells nothing of what it says: white space at its end is none of it.

    What no push service would take is left as it is, to be refused whole.
    """
    whole = -(-max(len(payload), 1) // STEP) * STEP
    return payload.ljust(min(whole, MOST_PLAIN))


def point_of(p256dh: str) -> EllipticCurvePublicKey:
    """The browser's public key: an uncompressed point on P-256, as base64url.

    Raises:
        BadKeys: it is no such point.
    """
    try:
        return EllipticCurvePublicKey.from_encoded_point(SECP256R1(), from_base64url(p256dh))
    except ValueError:
        raise BadKeys("p256dh is no point on P-256") from None


def secret_of(auth: str) -> bytes:
    """The secret that the browser shares with us alone.

    Raises:
        BadKeys: it has not 16 bytes.
    """
    found = from_base64url(auth)
    if len(found) != AUTH_BYTES:
        raise BadKeys("auth has not 16 bytes")
    return found


def from_base64url(text: str) -> bytes:
    """Bytes from base64url without padding (RFC 7515 section 2).

    Raises:
        BadKeys: it is none.
    """
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError:
        raise BadKeys("this is not base64url") from None


def to_base64url(raw: bytes) -> str:
    """Bytes as base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
