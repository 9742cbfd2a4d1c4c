"""The pictures that phones send: kept for the API, which hands them to who has the password."""

from __future__ import annotations

import base64
import binascii
import re
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gateway.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST: Final = 10
MOST_BYTES: Final = 5_000_000
_KIND = re.compile(r"(image|audio|video)/[a-z0-9.+-]{1,40}|application/pdf|text/(plain|vcard)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One file of a text; ``kind`` is what the phone says it is."""

    sid: str
    kind: str
    data: bytes


class Album:
    """Every picture that was sent, by its sid."""

    def __init__(self) -> None:
        self._pictures: dict[str, Picture] = {}

    def put(self, picture: Picture) -> None:
        """Keep one."""
        self._pictures[picture.sid] = picture

    def get(self, sid: str) -> Picture | None:
        """Return one by its sid."""
        return self._pictures.get(sid)


def pictures(wish: Mapping[str, object]) -> tuple[Picture, ...]:
    """Read what a page wants to send: ``media`` is a list of ``type`` and base64 ``data``.

    Raises:
        BadInput: too many, too large, or no file that a phone sends.
    """
    given = wish.get("media") or []
    if not isinstance(given, list) or len(given) > MOST:
        raise BadInput(f"A text has at most {MOST} pictures.")
    return tuple(_picture(each) for each in given)


def _picture(given: object) -> Picture:
    kind = given.get("type") if isinstance(given, dict) else None
    data = given.get("data") if isinstance(given, dict) else None
    if not isinstance(kind, str) or not isinstance(data, str) or not _KIND.fullmatch(kind):
        raise BadInput("A phone sends pictures, sounds, films and cards.")
    try:
        found = base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError) as broken:
        raise BadInput("A picture is sent as base64.") from broken
    if not 0 < len(found) <= MOST_BYTES:
        raise BadInput(f"A picture has at most {MOST_BYTES // 1_000_000} MB.")
    return Picture(sid=f"ME{secrets.token_hex(16)}", kind=kind, data=found)
