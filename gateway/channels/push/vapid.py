"""Who we are to a push service: a key pair, and a token signed by it for each call (RFC 8292)."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    derive_private_key,
    generate_private_key,
)
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from gateway.channels.push.encryption import to_base64url
from gateway.channels.push.hosts import origin_of
from gateway.clock import HOUR, SECOND

TOKEN_LASTS = 12 * HOUR  #: a push service refuses more than 24 (RFC 8292 section 2)
SCALAR_BYTES = 32


@dataclass(frozen=True, slots=True)
class VapidKey:
    """A key pair; ``private`` is the scalar in 32 bytes, ``public`` its point as base64url."""

    private: bytes = field(repr=False)

    @classmethod
    def make(cls) -> VapidKey:
        """A new one."""
        scalar = generate_private_key(SECP256R1()).private_numbers().private_value
        return cls(scalar.to_bytes(SCALAR_BYTES, "big"))

    @property
    def public(self) -> str:
        """What browsers subscribe with: 65 bytes, 87 characters."""
        point = self._key().public_key()
        return to_base64url(point.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))

    def authorization(self, endpoint: str, contact: str, now: int) -> str:
        """The header of one call: good for this endpoint's origin, until ``TOKEN_LASTS`` is over.

        ``contact`` is where the push service's people find the operator; ``now`` is in
        microseconds UTC.
        """
        claims = {
            "aud": origin_of(urlsplit(endpoint)),
            "exp": (now + TOKEN_LASTS) // SECOND,
            "sub": contact,
        }
        token = jwt.encode(claims, self._key(), algorithm="ES256")
        return f"vapid t={token}, k={self.public}"

    def _key(self) -> EllipticCurvePrivateKey:
        return derive_private_key(int.from_bytes(self.private, "big"), SECP256R1())
