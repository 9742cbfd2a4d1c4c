"""Which DKIM signatures of a mail are good (RFC 6376, RFC 8463), found out in a killable child.

The keys are fetched beforehand, so the child that does sums with a stranger's numbers asks nobody.
Stricter than RFC 6376 where it leaves room for forgery: a signature over part of the body (``l=``)
or without From counts for nothing, nor do SHA-1, keys under 1,024 bits, and keys in testing.
"""

from __future__ import annotations

import base64
import binascii
import json
import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import dkim  # type: ignore[import-untyped]  # published without types
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from dkim.util import InvalidTagValueList, parse_tag_value  # type: ignore[import-untyped]
from typing_extensions import override

from gateway.channels.email.claims import MOST_SIGNATURES, signature

if TYPE_CHECKING:
    from collections.abc import Mapping

LEAST_BITS: Final = 1_024
_ALGORITHMS: Final = {b"rsa-sha256": b"rsa", b"ed25519-sha256": b"ed25519"}
_KEY_OCTETS: Final = 32


def question(raw: bytes, keys: Mapping[str, str]) -> bytes:
    """What the child is asked: which of the signatures that these keys belong to are good?"""
    head = json.dumps(keys).encode()
    return len(head).to_bytes(4, "big") + head + raw


def answer(asked: bytes) -> list[str]:
    """The child's side: the domains whose signatures are good, none twice."""
    size = int.from_bytes(asked[:4], "big")
    return good_signatures(asked[4 + size :], json.loads(asked[4 : 4 + size]))


def good_signatures(raw: bytes, keys: Mapping[str, str]) -> list[str]:
    """The domains whose signatures are good, by their keys (DNS name to TXT record).

    Never raises for what a mail or a key holds.
    """
    try:
        mail = _Signed(raw, logger=_SILENT, minkey=LEAST_BITS)
    except (dkim.DKIMException, IndexError):
        return []
    names = [name.lower() for name, _ in mail.headers]
    if names.count(b"from") != 1:
        return []
    found: dict[str, None] = {}
    for index in range(min(names.count(b"dkim-signature"), MOST_SIGNATURES)):
        domain = _good(mail, index, keys)
        if domain is not None:
            found[domain] = None
    return list(found)


def _good(mail: _Signed, index: int, keys: Mapping[str, str]) -> str | None:
    try:
        tags, signed, _ = mail.verify_headerprep(index)
        claim = signature(tags[b"d"].decode("ascii"), tags[b"s"].decode("ascii"))
        key = keys.get(claim.key_name) if claim is not None else None
        if claim is None or key is None or not _fits(tags, signed, key):
            return None
        good = mail.verify(index, dnsfunc=lambda _name, timeout=0: key.encode())
    # The library answers some malformed numbers and tags with the bare errors of Python.
    except (dkim.DKIMException, InvalidTagValueList, ArithmeticError, LookupError):
        return None
    except (ValueError, TypeError, AttributeError, AssertionError):
        return None
    return claim.domain if good else None


def _fits(tags: Mapping[bytes, bytes], signed: list[bytes], key: str) -> bool:
    record = parse_tag_value(key.encode())
    kind = _ALGORITHMS.get(tags[b"a"])
    return (
        kind is not None
        and record.get(b"k", b"rsa") == kind
        and b"from" in signed
        and b"l" not in tags
        and b"y" not in record.get(b"t", b"").split(b":")
    )


class _Signed(dkim.DKIM):  # type: ignore[misc]  # published without types
    """The library's, with Ed25519 (RFC 8463) by the cryptography that the house has anyway."""

    @override
    def verify_sig(
        self, sig: dict[bytes, bytes], include_headers: list[bytes], sig_header: Any, dnsfunc: Any
    ) -> bool:
        if sig[b"a"] != b"ed25519-sha256":
            return bool(super().verify_sig(sig, include_headers, sig_header, dnsfunc))
        try:
            public = base64.b64decode(parse_tag_value(dnsfunc(b""))[b"p"], validate=True)
        except binascii.Error:
            return False
        if len(public) != _KEY_OCTETS:
            return False
        self.pk = _Ed25519(Ed25519PublicKey.from_public_bytes(public))
        self.keysize, self.ktag, self.seqtlsrpt = len(public) * 8, b"ed25519", False
        self.verify_sig_process(sig, include_headers, sig_header, dnsfunc)
        return bool(self.pk.good)


@dataclass(slots=True)
class _Ed25519:
    """A key as the library calls it; it looks at ``good`` itself only to catch another's error."""

    key: Ed25519PublicKey
    good: bool = field(default=False)

    def verify(self, digest: bytes, signature: bytes) -> None:
        try:
            self.key.verify(signature, digest)
        except InvalidSignature:
            self.good = False
        else:
            self.good = True


# What the library would log are header fields of people's mail.
_SILENT = logging.getLogger("gateway.dkim")
_SILENT.addHandler(logging.NullHandler())
_SILENT.propagate = False
_SILENT.disabled = True
