"""A store's word on who is shopping: a JWT (RFC 7519) that its server signed with HS256.

Only the store's secrets and this one algorithm count; whatever the header names besides (``kid``,
``jku``, another ``alg``) is not looked up. What is wrong is told in words only once the signature
is right: whoever holds no secret learns nothing by trying.
"""

from __future__ import annotations

import math
import re
import secrets as random
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import jwt

from gateway.core.hours import is_zone
from gateway.errors import NotSignedIn

ALGORITHM: Final = "HS256"
LONGEST_LIFE: Final = 24 * 3_600  #: seconds from now, and from ``iat``, to ``exp``
LEEWAY: Final = 10  #: seconds that the store's clock may be ahead of ours
MOST_TOKEN: Final = 4_096  #: characters
MOST_SUB: Final = 200
MOST_TEXT: Final = 200
PREFIX: Final = "otis_"
UNSIGNED: Final = (
    "this token is not good here: the store's server has to sign it with the store's secret (HS256)"
)
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,4}")
# The library would ask the machine's clock; ours is the one that everything goes by.
_BY_US: Final = {
    f"verify_{each}": False for each in ("exp", "nbf", "iat", "aud", "iss", "sub", "jti")
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """What the store says of a shopper; ``until`` is when the token ends, seconds since 1970."""

    sub: str
    until: int
    jti: str | None = None
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    zone: str | None = None
    language: str | None = None


def mint_secret() -> str:
    """A fresh secret to sign with; the key is the whole of it, as it is shown."""
    return PREFIX + random.token_urlsafe(32)


def read(secrets: Sequence[str], token: str, *, audience: str, now: int) -> Signed:
    """What a token says at ``now`` (seconds), if one of these secrets signed it for ``audience``.

    Raises:
        NotSignedIn: it is not good, with the reason once its signature is.
    """
    told = _signed(secrets, token)
    if told.get("aud") != audience:
        raise NotSignedIn("aud: it has to be the store's key")
    until = _instant(told, "exp")
    if until is None:
        raise NotSignedIn("exp: a token needs an end")
    if until <= now:
        raise NotSignedIn("exp: this token has run out")
    begun = _instant(told, "iat")
    if until > now + LONGEST_LIFE + LEEWAY or (begun and until - begun > LONGEST_LIFE):
        raise NotSignedIn("exp: a token may be good for 24 hours at most")
    if any((at or 0) > now + LEEWAY for at in (begun, _instant(told, "nbf"))):
        raise NotSignedIn("nbf, iat: this token is not good yet")
    sub = _text(told, "sub", MOST_SUB)
    if sub is None:
        raise NotSignedIn("sub: a token needs the customer's id, as text")
    return Signed(
        sub=sub,
        until=math.ceil(until),
        jti=_text(told, "jti", MOST_TEXT),
        name=_text(told, "name", MOST_TEXT),
        email=_text(told, "email", 254),
        phone=_text(told, "phone", 40),
        zone=_zone(told),
        language=_language(told),
    )


def _signed(secrets: Sequence[str], token: str) -> Mapping[str, object]:
    if token and len(token) <= MOST_TOKEN:
        for secret in secrets:
            try:
                return jwt.decode(
                    token,
                    secret.encode(),
                    algorithms=[ALGORITHM],
                    options=_BY_US,  # type: ignore[arg-type]  # a TypedDict of these names
                )
            except (jwt.PyJWTError, ValueError, RecursionError):
                continue
    raise NotSignedIn(UNSIGNED)


def _instant(told: Mapping[str, object], name: str) -> float | None:
    """A NumericDate of RFC 7519, section 2."""
    found = told.get(name)
    if found is None:
        return None
    if isinstance(found, bool) or not isinstance(found, int | float) or not abs(found) < 1e12:
        raise NotSignedIn(f"{name}: it has to be seconds since 1970, as a number")
    return found


def _text(told: Mapping[str, object], name: str, most: int) -> str | None:
    found = told.get(name)
    if found is None or found == "":
        return None
    if not isinstance(found, str) or len(found) > most or not found.strip() or not storable(found):
        raise NotSignedIn(f"{name}: it has to be text of at most {most} characters")
    return found


def storable(text: str) -> bool:
    """Whether a text has neither control characters nor halves of surrogate pairs."""
    return not any(unicodedata.category(each) in ("Cc", "Cs") for each in text)


def _zone(told: Mapping[str, object]) -> str | None:
    found = _text(told, "zone", 64)
    if found is not None and not is_zone(found):
        raise NotSignedIn("zone: it has to be a name like Europe/Berlin")
    return found


def _language(told: Mapping[str, object]) -> str | None:
    found = _text(told, "language", 35)
    if found is not None and _LANGUAGE.fullmatch(found) is None:
        raise NotSignedIn("language: it has to be a tag like de or pt-BR")
    return found
