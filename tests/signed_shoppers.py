"""What a store's server signs for its customers, as any JWT library would make it (RFC 7519)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

NO_CLAIM = object()  #: leaves one out that is there by default


def part(said: object) -> str:
    """One part of a compact token."""
    raw = said if isinstance(said, bytes) else json.dumps(said).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def token(
    secret: str,
    *,
    now: float,
    key: str,
    header: dict[str, Any] | None = None,
    digestmod: str = "sha256",
    **claims: object,
) -> str:
    """A token for Vera, good for ten minutes, but for what is said otherwise."""
    said = {"sub": "vera-17", "aud": key, "exp": now + 600, **claims}
    said = {name: value for name, value in said.items() if value is not NO_CLAIM}
    signing = f"{part(header or {'alg': 'HS256', 'typ': 'JWT'})}.{part(said)}"
    mac = hmac.new(secret.encode(), signing.encode(), getattr(hashlib, digestmod)).digest()
    return f"{signing}.{part(mac)}"
