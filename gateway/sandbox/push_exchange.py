"""A push service: what it asks of whoever calls it, and what becomes of a message.

RFC 8030 (TTL, Topic, Urgency, 201 with a Location), RFC 8292 (who calls). A browser that is on
shows a message at once; for one that is off the newest of each topic is kept while its TTL runs.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey

from gateway.clock import SECOND
from gateway.sandbox.browsers import Browser, Notification, Unreadable, fields_of, from_base64url

MOST_BODY: Final = 4_096
LONGEST_TOKEN: Final = 24 * 3_600
_AUTHORIZATION: Final = re.compile(r"vapid t=([A-Za-z0-9_.-]+), ?k=([A-Za-z0-9_-]{87})", re.ASCII)
_TOPIC: Final = re.compile(r"[A-Za-z0-9_-]{1,32}", re.ASCII)
_URGENCIES: Final = frozenset({"very-low", "low", "normal", "high"})


class Refused(Exception):
    """The answer to a call that is not taken."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status
        self.words = words


@dataclass(slots=True)
class PushExchange:
    """All browsers of one push service, which answers at ``base``."""

    base: str = ""
    browsers: dict[str, Browser] = field(default_factory=dict)

    def subscribe(self, key: str) -> Browser:
        """A new browser, which lets the store of this key notify it."""
        browser = Browser.subscribed(key)
        self.browsers[browser.id] = browser
        return browser

    def check(self, browser_id: str, headers: Mapping[str, str], now: int) -> Browser:
        """Who is called, when the caller may.

        Raises:
            Refused: gone (410), unknown (404), not theirs to call (401, 403), or malformed (400).
        """
        browser = self.browsers.get(browser_id)
        if browser is None:
            raise Refused(404, "There is no such subscription.")
        if browser.gone:
            raise Refused(410, "The subscription has ended.")
        self._check_caller(browser, headers.get("authorization", ""), now)
        if headers.get("content-encoding") != "aes128gcm":
            raise Refused(415, "Content-Encoding is aes128gcm.")
        if not headers.get("ttl", "").isdecimal():
            raise Refused(400, "TTL is missing.")
        if "topic" in headers and not _TOPIC.fullmatch(headers["topic"]):
            raise Refused(400, "A Topic has at most 32 characters of base64url.")
        if headers.get("urgency", "normal") not in _URGENCIES:
            raise Refused(400, "There is no such Urgency.")
        return browser

    def take(
        self, browser: Browser, headers: Mapping[str, str], body: bytes, now: int
    ) -> Notification:
        """Take a message for a browser; one that is on shows it.

        Raises:
            Refused: too large (413).
        """
        if len(body) > MOST_BODY:
            raise Refused(413, "A message has at most 4,096 bytes.")
        # A push service cannot read it. The browser that is pretended here can, or else shows
        # nothing, as a browser does.
        try:
            payload = browser.read(body)
        except Unreadable:
            payload = ""
        topic = headers.get("topic", "")
        for each in list(browser.notifications.values()):
            if topic and each.topic == topic and each.status == "waiting":
                browser.notifications[each.id] = replace(each, status="replaced")
        kept = Notification(
            id=secrets.token_hex(8),
            payload=payload.rstrip(" "),
            topic=topic,
            ttl=int(headers["ttl"]),
            urgency=headers.get("urgency", "normal"),
            status="waiting",
            at=now,
            **fields_of(payload),
        )
        browser.notifications[kept.id] = kept
        return kept

    def show(self, browser: Browser, now: int) -> list[Notification]:
        """What a browser that is on shows of what waits; what is too old is dropped."""
        if not browser.on:
            return []
        fresh = []
        for each in list(browser.notifications.values()):
            if each.status != "waiting":
                continue
            late = now > each.at + each.ttl * SECOND
            ended = replace(each, status="dropped" if late else "shown")
            browser.notifications[each.id] = ended
            if not late:
                fresh.append(ended)
        return fresh

    def _check_caller(self, browser: Browser, header: str, now: int) -> None:
        found = _AUTHORIZATION.fullmatch(header)
        if found is None:
            raise Refused(401, "Authorization is none of RFC 8292.")
        token, key = found.groups()
        if key != browser.key:
            raise Refused(403, "This subscription belongs to another key.")
        try:
            point = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), from_base64url(key))
            claims = jwt.decode(
                token,
                point,
                algorithms=["ES256"],
                audience=self.base,
                options={"verify_exp": False, "require": ["aud", "exp", "sub"]},
            )
        except (jwt.InvalidTokenError, ValueError) as wrong:
            raise Refused(403, f"The token is not good: {wrong}") from wrong
        left = int(claims["exp"]) - now // SECOND
        if not 0 < left <= LONGEST_TOKEN:
            raise Refused(403, "The token is over, or lasts for more than a day.")
        if not str(claims["sub"]).startswith(("mailto:", "https://")):
            raise Refused(403, "sub is neither mailto: nor https:.")
