"""Signatures of webhooks in both directions, in the form of the Standard Webhooks specification.

Signed is ``id.timestamp.body`` by HMAC-SHA256; the header holds one or several ``v1,<base64>``
parted by spaces, of which one good one is enough. Source: standardwebhooks.com, "Signature scheme".
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import secrets as random
from collections.abc import Mapping, Sequence
from typing import Final

from gateway.errors import BadInput, Forbidden

ID: Final = "webhook-id"
TIMESTAMP: Final = "webhook-timestamp"
SIGNATURE: Final = "webhook-signature"
FRESH: Final = 5 * 60  #: seconds that a timestamp may lie from our clock, before or after

_PREFIX, _SCHEME = "whsec_", "v1"
_LEAST_BYTES, _MOST_BYTES, _OUR_BYTES = 24, 64, 32  # the specification's bounds
_MOST_SIGNATURES = 8
_ID = re.compile(r"[\x21-\x2d\x2f-\x7e]{1,200}", re.ASCII)
"""What can stand in a header, without the dot that parts what is signed."""
_INSTANT = re.compile(r"[0-9]{1,12}", re.ASCII)


def mint() -> str:
    """A fresh secret as its holders write it down: ``whsec_`` and base64."""
    return _PREFIX + base64.b64encode(random.token_bytes(_OUR_BYTES)).decode()


def key_of(secret: str) -> bytes:
    """The bytes that a written secret stands for.

    Raises:
        BadInput: it is none; the message does not repeat it.
    """
    try:
        key = base64.b64decode(secret.strip().removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        raise BadInput("a secret is whsec_ and base64") from None
    if not _LEAST_BYTES <= len(key) <= _MOST_BYTES:
        raise BadInput(f"a secret holds {_LEAST_BYTES} to {_MOST_BYTES} bytes, as base64")
    return key


def headers_of(
    secrets: Sequence[str], message_id: str, at: int, body: bytes
) -> tuple[tuple[str, str], ...]:
    """The three headers of a call; ``at`` is seconds since 1970.

    Each secret signs, so that the other side may change from one to the other at any moment.
    """
    marks = " ".join(_sign(key_of(each), message_id, str(at), body) for each in secrets)
    return ((ID, message_id), (TIMESTAMP, str(at)), (SIGNATURE, marks))


def proven_id(secrets: Sequence[str], headers: Mapping[str, str], body: bytes, *, now: int) -> str:
    """The id of a call that one of these secrets signed; ``now`` is seconds since 1970.

    Raises:
        BadInput: a header is missing or malformed.
        Forbidden: no good signature, or one of another time.
    """
    message_id, at = headers.get(ID, ""), headers.get(TIMESTAMP, "")
    if not _ID.fullmatch(message_id):
        raise BadInput(f"{ID} is missing, or not 1 to 200 visible characters without a dot")
    if not _INSTANT.fullmatch(at):
        raise BadInput(f"{TIMESTAMP} is missing, or not seconds since 1970")
    given = headers.get(SIGNATURE, "").split()
    if not given or len(given) > _MOST_SIGNATURES:
        raise BadInput(f"{SIGNATURE} is missing, or holds too many signatures")
    good = [_sign(key_of(each), message_id, at, body) for each in secrets]
    # Each is compared, also after a match: the time taken tells nothing.
    matches = [_same(one, other) for one in good for other in given]
    if not any(matches):
        raise Forbidden("this was not signed with the store's secret")
    if abs(int(at) - now) > FRESH:
        raise Forbidden(f"its {TIMESTAMP} is more than {FRESH // 60} minutes from our clock")
    return message_id


def _sign(key: bytes, message_id: str, at: str, body: bytes) -> str:
    mac = hmac.digest(key, f"{message_id}.{at}.".encode() + body, hashlib.sha256)
    return f"{_SCHEME},{base64.b64encode(mac).decode()}"


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode("utf-8", "replace"))
