"""Secrets that a store needs back: locked before they are kept, by what the database lacks.

A database that leaks, or its backup, opens none of them; the house's secret does, and only in the
place that it was locked for.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE_BYTES = 12
_LABEL = b"onethread kept secret\0"


class Locked(ValueError):
    """None of the house's secrets opens it."""


def lock(secret: bytes, plain: bytes, *place: str) -> str:
    """What may be stored of a secret; ``place`` says whose it is and what for."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    sealed = _cipher(secret).encrypt(nonce, plain, _bound(place))
    return base64.urlsafe_b64encode(nonce + sealed).decode()


def unlock(keys: Sequence[bytes], stored: str, *place: str) -> bytes:
    """The secret again; several keys serve rotation.

    Raises:
        Locked: it was locked by another secret, for another place, or it is damaged.
    """
    try:
        raw = base64.urlsafe_b64decode(stored)
    except (binascii.Error, ValueError):
        raise Locked("it is damaged") from None
    for key in keys:
        try:
            return _cipher(key).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], _bound(place))
        except (InvalidTag, ValueError):
            continue
    raise Locked("none of our secrets opens it")


def _cipher(secret: bytes) -> AESGCM:
    # The label keeps this key apart from any other use of the same secret.
    return AESGCM(HKDF(algorithm=SHA256(), length=32, salt=None, info=_LABEL).derive(secret))


def _bound(place: Sequence[str]) -> bytes:
    return "".join(f"{len(part)}:{part}" for part in place).encode("utf-8", "replace")
