"""What a file is called: for showing and for a download's default, never a path of ours.

Sources: RFC 6266 (Content-Disposition), RFC 8187 (its characters).
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final
from urllib.parse import quote

MOST: Final = 150  #: characters
NAMELESS: Final = "file"
_UNFIT = re.compile(
    '[\x00-\x1f\x7f-\x9f<>:"|?*%\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f'
    "\u3164\ufeff\uffa0\ufff9-\uffff\ud800-\udfff]"
)
# Windows keeps these names for devices.
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?", re.IGNORECASE)
_ENDINGS: Final[dict[str, tuple[str, ...]]] = {
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg", ".jpe", ".jfif"),
    "image/gif": (".gif",),
    "image/webp": (".webp",),
}


def shown(name: str, kind: str) -> str:
    """A name fit to be shown: no folders, no control or direction marks, 150 characters.

    A picture's name ends as its bytes say; others keep the end that they were given.
    """
    last = unicodedata.normalize("NFC", name.replace("\\", "/")).rsplit("/", 1)[-1]
    fit = " ".join(_UNFIT.sub(" ", last).split()).strip(". ~") or NAMELESS
    if _RESERVED.fullmatch(fit):
        fit = f"_{fit}"
    endings = _ENDINGS.get(kind)
    if endings is not None and not fit.lower().endswith(endings):
        fit += endings[0]
    return fit if len(fit) <= MOST else _cut(fit)


def disposition(name: str, *, inline: bool) -> str:
    """The Content-Disposition of a name that ``shown`` made."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = "".join(c if c.isalnum() or c in " ._-()" else "_" for c in plain).strip()
    if not plain.partition(".")[0]:
        plain = NAMELESS + plain
    how = "inline" if inline else "attachment"
    whole = quote(name, safe="")
    return f"{how}; filename=\"{plain}\"; filename*=UTF-8''{whole}"


def _cut(name: str) -> str:
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > 15:
        return name[:MOST]
    return f"{stem[: MOST - len(ending) - 1]}.{ending}"
