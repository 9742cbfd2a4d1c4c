"""Signed reply addresses, bounce addresses and Message-IDs: how a mail finds its way home.

``r+<token>@domain`` goes into Reply-To and ``b+<token>@domain`` is the envelope sender (VERP, one
bounce address per delivery). A token is ``payload + mac`` in ``[a-z0-9]`` only, because some mail
servers fold the case of a local part, and fits the 64 octets of RFC 5321 section 4.5.3.1.1.

A valid token says which thread a mail belongs to. It does not say who wrote it: mails are
forwarded with their addresses, so the token alone never authorises.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from typing import TYPE_CHECKING, Literal

from gateway.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Sequence

Kind = Literal["r", "b"]

MAC_CHARS = 20
"""100 bits of HMAC-SHA256 in base32."""

LOCAL_PART_OCTETS = 64
PAYLOAD_CHARS = LOCAL_PART_OCTETS - len("r+") - MAC_CHARS
"""An id has 26; the rest is room for a store's key."""

_PAYLOAD = re.compile(rf"[0-9a-z]{{1,{PAYLOAD_CHARS}}}")
_TOKEN = re.compile(rf"[0-9a-z]{{{MAC_CHARS + 1},{MAC_CHARS + PAYLOAD_CHARS}}}")
_ID = re.compile(r"[0-9a-z]{1,64}")


def sign(secret: bytes, kind: str, payload: str) -> str:
    """Make the token for a payload: 1 to 42 characters ``[0-9a-z]``, such as an id of 26.

    The kind is signed too: a bounce address that leaks to the world is no reply address.

    Raises:
        BadInput: the payload holds other characters or is too long, or the secret is empty.
    """
    if not secret:
        raise BadInput("A token needs a secret")
    if not _PAYLOAD.fullmatch(payload):
        raise BadInput(f"A token carries 1 to {PAYLOAD_CHARS} characters of 0-9 and a-z")
    return payload + _mac(secret, kind, payload)


def verify(secrets: Sequence[bytes], kind: str, token: str) -> str | None:
    """Read the payload of a token that one of our secrets signed, or ``None``.

    Upper case is accepted. Every secret is tried, also after a match, so that the time taken
    tells nothing; several secrets serve rotation, the newest signs.
    """
    folded = token.lower()
    if not _TOKEN.fullmatch(folded):
        return None
    payload, mac = folded[:-MAC_CHARS], folded[-MAC_CHARS:].encode()
    matches = [
        hmac.compare_digest(_mac(secret, kind, payload).encode(), mac)
        for secret in secrets
        if secret
    ]
    return payload if any(matches) else None


def local_part(kind: Kind, token: str) -> str:
    """Put a token into the local part of an address: ``r+…`` for replies, ``b+…`` for bounces."""
    return f"{kind}+{token}"


def reply_address(secret: bytes, *, domain: str, payload: str) -> str:
    """Make the Reply-To address that leads a mail back to ``payload``.

    Raises:
        BadInput: as ``sign``.
    """
    return f"{local_part('r', sign(secret, 'r', payload))}@{domain}"


def bounce_address(secret: bytes, *, domain: str, payload: str) -> str:
    """Make the envelope sender that names ``payload`` in a bounce (VERP; RFC 5321 section 4.4).

    Raises:
        BadInput: as ``sign``.
    """
    return f"{local_part('b', sign(secret, 'b', payload))}@{domain}"


def split(address: str) -> tuple[Kind, str] | None:
    """Take an address or a local part apart into kind and token, unverified; ``None`` if not ours.

    The domain is not looked at: whoever calls knows which domains reach it.
    """
    local = address.strip().removeprefix("<").removesuffix(">").partition("@")[0].lower()
    kind, plus, token = local.partition("+")
    if not plus or not _TOKEN.fullmatch(token):
        return None
    match kind:
        case "r":
            return "r", token
        case "b":
            return "b", token
        case _:
            return None


def message_id(delivery_id: str, domain: str) -> str:
    """Make the Message-ID of a delivery: the same delivery always has the same one.

    A mail that had to be sent again is therefore folded by the receiver (RFC 5322 section 3.6.4).

    Raises:
        BadInput: the id holds other characters than ``[0-9a-z]``.
    """
    if not _ID.fullmatch(delivery_id):
        raise BadInput("A delivery's id is made of 0-9 and a-z")
    return f"<{delivery_id}@{domain}>"


def delivery_of(message_id: str, domain: str) -> str | None:
    """Read the delivery's id out of a Message-ID of ours; ``None`` if it is somebody else's.

    Takes it with or without angle brackets and in any case, as clients quote it.
    """
    bare = message_id.strip().removeprefix("<").removesuffix(">").lower()
    left, at, right = bare.rpartition("@")
    if not at or right != domain.lower() or not _ID.fullmatch(left):
        return None
    return left


def _mac(secret: bytes, kind: str, payload: str) -> str:
    # The label keeps these MACs apart from any other use of the same secret.
    digest = hmac.digest(
        secret, b"onethread mail\0" + f"{kind}\0{payload}".encode(), hashlib.sha256
    )
    return base64.b32encode(digest).decode().lower()[:MAC_CHARS]
