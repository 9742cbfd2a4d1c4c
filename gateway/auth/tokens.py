"""Random tokens, kept only as hashes; a leaked database opens no session. And seals, kept nowhere.

A seal is for what must be recognised for years and was never stored, such as the link in a message.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence

CODE_DIGITS = 6
SEAL_BYTES = 10
SEAL_CHARS = 16
"""80 bits of HMAC-SHA256 in base32: too many to guess over a network, few enough for a text."""


def mint() -> str:
    """A fresh token of 256 random bits, URL-safe."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """What is stored of a token. It is random, so one plain SHA-256 is enough."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def same(one: str, other: str) -> bool:
    """Compare two secrets without telling by time where they differ."""
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode("utf-8", "replace"))


def mint_code() -> str:
    """Digits to type from a phone into the panel."""
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"


def code_digest(secret: bytes, address_id: str, code: str) -> str:
    """What is stored of a code: keyed, since a million guesses are nothing to a plain hash."""
    return hmac.new(secret, f"code:{address_id}:{code}".encode(), hashlib.sha256).hexdigest()


def seal(secret: bytes, purpose: str, *parts: str) -> str:
    """Sign these parts for one purpose: 16 characters ``[a-z2-7]``.

    No part runs into the next, and a seal for one purpose is none for another.
    """
    # The label keeps these MACs apart from any other use of the same secret.
    told = "".join(f"{len(part)}:{part}" for part in (purpose, *parts))
    mac = hmac.digest(secret, b"onethread seal\0" + told.encode("utf-8", "replace"), hashlib.sha256)
    return base64.b32encode(mac[:SEAL_BYTES]).decode().lower()


def sealed(keys: Sequence[bytes], given: str, purpose: str, *parts: str) -> bool:
    """Whether one of our secrets sealed these parts.

    Every secret is tried, also after a match, so that the time taken tells nothing; several serve
    rotation, the first signs.
    """
    matches = [same(seal(key, purpose, *parts), given) for key in keys]
    return any(matches)
