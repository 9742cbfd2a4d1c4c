"""Keys of people's providers, and mails signed with them by a library that is not ours."""

from __future__ import annotations

import base64
from functools import cache
from typing import Any

import dkim  # type: ignore[import-untyped]  # published without types
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from typing_extensions import override

SELECTOR = "mail2026"

PrivateKey = rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey


@cache
def rsa_key(bits: int = 2_048) -> rsa.RSAPrivateKey:
    """A key that lives as long as the tests."""
    return rsa.generate_private_key(public_exponent=65_537, key_size=bits)


@cache
def ed25519_key() -> ed25519.Ed25519PrivateKey:
    """The same of the other kind."""
    return ed25519.Ed25519PrivateKey.generate()


def pem(key: PrivateKey) -> str:
    """A private key as an operator has it in a file."""
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


def record(key: PrivateKey, more: str = "") -> str:
    """The key's TXT record (RFC 6376 section 3.6.1)."""
    if isinstance(key, ed25519.Ed25519PrivateKey):
        raw = key.public_key().public_bytes(
            serialization.Encoding.Raw, serialization.PublicFormat.Raw
        )
        return f"v=DKIM1; k=ed25519; {more}p={base64.b64encode(raw).decode()}"
    der = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return f"v=DKIM1; k=rsa; {more}p={base64.b64encode(der).decode()}"


def signed_over(raw: bytes, domain: str, fields: list[bytes]) -> bytes:
    """A mail with a good signature over these fields alone, which the library would not make."""
    mail = _Careless(raw)
    mail.only = fields
    return bytes(mail.sign(SELECTOR.encode(), domain.encode(), _pkcs1())) + raw


class _Careless(dkim.DKIM):  # type: ignore[misc]  # published without types
    only: list[bytes]

    @override
    def gen_header(self, fields: Any, include_headers: Any, *more: Any) -> Any:
        named = [(name, b":".join(self.only) if name == b"h" else value) for name, value in fields]
        return super().gen_header(named, tuple(self.only), *more)


def _pkcs1() -> bytes:
    return rsa_key().private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )


def signed(raw: bytes, domain: str, *, selector: str = SELECTOR, **options: object) -> bytes:
    """A mail with the RSA signature of a domain on top."""
    head = dkim.sign(raw, selector.encode(), domain.encode(), _pkcs1(), **options)
    return bytes(head) + raw
