"""Random tokens, kept only as hashes; a leaked database opens no session."""

from __future__ import annotations

import hashlib
import hmac
import secrets

CODE_DIGITS = 6


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
