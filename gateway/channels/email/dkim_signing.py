"""Signs outgoing mail (DKIM: RFC 6376, RFC 8463), so that others can tell it from forgeries.

Relaxed for head and body, because servers on the way fold lines and trim spaces. The fields that a
reader acts on are signed once more than they occur: adding a second one breaks the signature. There
is no time and no expiry in it, so a mail that is sent again has the same bytes.

A letter is signed as it goes over the wire; it is 7-bit clean (see ``compose``), so no server on
the way has a reason to encode it anew.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from gateway.channels.email.mailbox import mailbox
from gateway.errors import BadInput, Misconfigured

if TYPE_CHECKING:
    from collections.abc import Sequence

LEAST_BITS: Final = 2_048
OVERSIGNED: Final = (
    "from", "subject", "reply-to", "list-unsubscribe", "list-unsubscribe-post",
)  # fmt: skip
SIGNED: Final = (
    *OVERSIGNED, "to", "cc", "date", "message-id", "in-reply-to", "references", "auto-submitted",
    "mime-version", "content-type", "content-transfer-encoding",
)  # fmt: skip
_LINE: Final = 72
_SPACE: Final = re.compile(rb"[ \t]+")
_NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*")

_Field = tuple[str, bytes]
"""A field's lower-case name and its value as it is written, folds and all."""


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs for one domain with one key; ``signer`` makes it."""

    domain: str
    selector: str
    key: RSAPrivateKey | Ed25519PrivateKey

    def signed(self, raw: bytes, *, sender: str) -> bytes:
        """The letter with a signature on top, or as it is when ``sender`` is of another domain.

        A signature counts for From's own domain and what is above it (DMARC's relaxed alignment);
        any other would only say who runs the shop's mail.
        """
        try:
            domain = mailbox(sender, field="sender").domain.lower()
        except BadInput:
            return raw
        if domain != self.domain and not domain.endswith("." + self.domain):
            return raw
        head, _, body = raw.partition(b"\r\n\r\n")
        fields = _fields(head)
        named = _named(fields)
        digest = base64.b64encode(hashlib.sha256(_relaxed_body(body)).digest()).decode()
        tags = (
            f"v=1; a={self._algorithm}; c=relaxed/relaxed; d={self.domain}; s={self.selector};"
            f"\r\n{_folded('h=', ':'.join(named))};\r\n\tbh={digest};\r\n\tb="
        )
        signature = base64.b64encode(self._sign(_signed_head(fields, named, tags))).decode()
        return f"DKIM-Signature: {tags}{_chunks(signature)}\r\n".encode() + raw

    @property
    def _algorithm(self) -> str:
        return "rsa-sha256" if isinstance(self.key, RSAPrivateKey) else "ed25519-sha256"

    def _sign(self, head: bytes) -> bytes:
        if isinstance(self.key, RSAPrivateKey):
            return self.key.sign(head, PKCS1v15(), SHA256())
        # RFC 8463 section 3: Ed25519 over the digest, not over the text.
        return self.key.sign(hashlib.sha256(head).digest())


def signer(domain: str, selector: str, key: str) -> Signer:
    """Read the settings: ``key`` is a private key as PEM without a password, RSA or Ed25519.

    Raises:
        Misconfigured: one of them cannot be used; it says which, and never quotes the key.
    """
    domain, selector = domain.strip().rstrip(".").lower(), selector.strip().lower()
    if not _NAME.fullmatch(domain) or "." not in domain:
        raise Misconfigured("DKIM_DOMAIN is the domain that From's address is of, or one above it")
    if not _NAME.fullmatch(selector):
        raise Misconfigured("DKIM_SELECTOR is the name of the key in the DNS, such as mail2026")
    try:
        read = load_pem_private_key(key.strip().encode() + b"\n", password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise Misconfigured("DKIM_KEY is not a private key in PEM without a password") from None
    if isinstance(read, Ed25519PrivateKey):
        return Signer(domain, selector, read)
    if not isinstance(read, RSAPrivateKey):
        raise Misconfigured("DKIM_KEY has to be an RSA or an Ed25519 key")
    if read.key_size < LEAST_BITS:
        raise Misconfigured(f"DKIM_KEY has {read.key_size} bits; RSA needs {LEAST_BITS}")
    return Signer(domain, selector, read)


def _fields(head: bytes) -> list[_Field]:
    found: list[_Field] = []
    for line in head.split(b"\r\n"):
        if line[:1] in (b" ", b"\t") and found:
            name, begun = found[-1]
            found[-1] = (name, begun + b"\r\n" + line)
        else:
            written, _, value = line.partition(b":")
            found.append((written.decode("ascii").strip().lower(), value))
    return found


def _named(fields: Sequence[_Field]) -> list[str]:
    """What goes into ``h=``: each field as often as it occurs, and some once more."""
    times = Counter(name for name, _ in fields)
    times.update(OVERSIGNED)
    return [name for name in SIGNED for _ in range(times[name])]


def _signed_head(fields: Sequence[_Field], named: Sequence[str], tags: str) -> bytes:
    """RFC 6376 section 3.7: of one name the lowest first; the signature itself last, unended."""
    left: dict[str, list[bytes]] = {}
    for name, value in fields:
        left.setdefault(name, []).append(value)
    lines = [_relaxed_field(name, left[name].pop()) for name in named if left.get(name)]
    lines.append(_relaxed_field("dkim-signature", tags.encode()))
    return b"\r\n".join(lines)


def _relaxed_field(name: str, value: bytes) -> bytes:
    """RFC 6376 section 3.4.2."""
    return name.encode() + b":" + _SPACE.sub(b" ", value.replace(b"\r\n", b"")).strip(b" \t")


def _relaxed_body(body: bytes) -> bytes:
    """RFC 6376 section 3.4.4."""
    lines = [_SPACE.sub(b" ", line).rstrip(b" \t") for line in body.split(b"\r\n")]
    while lines and not lines[-1]:
        lines.pop()
    return b"".join(line + b"\r\n" for line in lines)


def _folded(tag: str, value: str) -> str:
    """A list at its colons, as the section 3.5 allows."""
    lines, line = [], f"\t{tag}"
    for part in re.split(r"(?<=:)", value):
        if len(line) + len(part) > _LINE:
            lines.append(line)
            line = "\t "
        line += part
    return "\r\n".join([*lines, line])


def _chunks(signature: str) -> str:
    return "\r\n\t ".join(
        signature[start : start + _LINE] for start in range(0, len(signature), _LINE)
    )
