"""Which parts of a mail are files that somebody sent, and which only belong to how it looks.

A picture that the HTML shows in its place is in the original's view. But people paste screenshots
into their words, and those are what they write about: one that is large enough to be more than a
logo is a file too.
"""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

if TYPE_CHECKING:
    from gateway.channels.email.mime import Attachment, Mail

MOST_FILES: Final = 25
MOST_BYTES: Final = 40_000_000  #: of all of them; the reader's answer has room for a third more
LOGO: Final = 30_000  #: bytes up to which a picture among the words is taken for decoration
SPECK: Final = 4_000  #: the same for one that no words show: lines, social icons, tracking dots
_CID = re.compile(r"cid:([^\"'\s>)]{1,200})", re.IGNORECASE)
# They say that a mail is genuine, to programs; nobody opens them.
_FOR_MACHINES: Final = {
    "application/pgp-signature",
    "application/pkcs7-signature",
    "application/x-pkcs7-signature",
}


def enclosed(mail: Mail) -> dict[str, Any]:
    """What a person sent along, as JSON values.

    ``files``: ``name``, ``data`` as base64, and ``in_place`` for pictures among the words.
    ``left_out``: the names of those past ``MOST_FILES`` and ``MOST_BYTES``.
    """
    shown = {unquote(each) for each in _CID.findall(mail.html or "")}
    files: list[dict[str, Any]] = []
    left_out: list[str] = []
    room = MOST_BYTES
    for each in mail.attachments:
        in_place = each.content_id in shown
        if _is_decoration(each, in_place=in_place):
            continue
        if len(files) == MOST_FILES or len(each.data) > room:
            left_out.append(each.name)
            continue
        room -= len(each.data)
        data = base64.b64encode(each.data).decode()
        files.append({"name": each.name, "data": data, "in_place": in_place})
    return {"files": files, "left_out": left_out}


def _is_decoration(each: Attachment, *, in_place: bool) -> bool:
    if each.content_type in _FOR_MACHINES:
        return True
    if not each.content_type.startswith("image/"):
        return False
    if in_place:
        return len(each.data) < LOGO
    return each.inline and len(each.data) < SPECK
