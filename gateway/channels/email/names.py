"""Names of files that came by mail, made fit to be shown and to be saved under."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from gateway.channels.email import charsets

MAX_NAME: Final = 150
_MAX_BYTES: Final = 240  # file systems allow 255
# Controls, marks that turn the direction or take no room, line separators, tags, soft hyphens; and
# what Windows allows in no name.
_UNFIT: Final = re.compile(
    '[\x00-\x1f\x7f-\xa0<>:"|?*\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f'
    "\u2028-\u202f\u205f-\u206f\u3000\u3164\ufe00-\ufe0e\ufeff\uffa0\ufff0-\uffff"
    "\U000e0000-\U000e0fff]+"
)
# Devices, whatever the extension (Microsoft: "Naming Files, Paths, and Namespaces").
_RESERVED: Final = re.compile(
    r"(con|prn|aux|nul|conin\$|conout\$|com[0-9\xb9\xb2\xb3]|lpt[0-9\xb9\xb2\xb3])(\.|$)",
    re.IGNORECASE,
)


def safe(name: str) -> str:
    """Give the last step of a path without folders, control and direction marks; may be empty.

    At most 150 characters and 240 bytes of UTF-8, the extension kept.
    """
    last = charsets.scrub(name[:4_000]).replace("\\", "/").rstrip("/ ").rsplit("/", 1)[-1]
    shown = unicodedata.normalize("NFC", " ".join(_UNFIT.sub(" ", last).split())).strip(". ")
    if _RESERVED.match(shown):
        shown = f"_{shown}"
    return _short(shown)


def _short(name: str) -> str:
    if len(name) <= MAX_NAME and len(name.encode()) <= _MAX_BYTES:
        return name
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension) > 15:
        stem, end = name, ""
    else:
        end = f".{extension[:15]}"
    room = _MAX_BYTES - len(end.encode())
    stem = stem[:130].encode()[:room].decode("utf-8", "ignore")
    return f"{stem.rstrip('. ')}{end}"
