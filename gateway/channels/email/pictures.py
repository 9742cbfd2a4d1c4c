"""Pictures of a mail, put into its page as ``data:`` addresses: nothing is fetched to show them.

Only what a browser shows without running anything goes in, and by its bytes, not by its label.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Mapping
from typing import Final

from gateway.channels.email import kinds, transfer
from gateway.channels.email.attached import Attachment

MAX_PICTURE: Final = 4 * 1024 * 1024
MAX_TOGETHER: Final = 16 * 1024 * 1024
_DATA = re.compile(r"data:image/[a-z+.-]{2,20}(?:;[a-z0-9=-]{1,40}){0,3};base64,", re.IGNORECASE)


def addresses_of(attachments: Iterable[Attachment]) -> Mapping[str, str]:
    """Give the ``data:`` address of each picture, by its content id and by its location."""
    found: dict[str, str] = {}
    left = MAX_TOGETHER
    for each in attachments:
        known_as = [name for name in (each.content_id, each.location) if name]
        if not known_as or each.size > left:
            continue
        address = _address(each.data)
        if address:
            left -= each.size
            found |= dict.fromkeys(known_as, address)
    return found


def checked(address: str) -> str | None:
    """Give a ``data:`` address that a mail brought, labelled by its bytes; else ``None``."""
    head = _DATA.match(address)
    if head is None or len(address) > 2 * MAX_PICTURE:
        return None
    return _address(transfer.base64(address[head.end() :].encode("utf-8", "replace")))


def _address(data: bytes) -> str | None:
    kind = kinds.sniff(data)
    if kind not in kinds.PICTURES or len(data) > MAX_PICTURE:
        return None
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"
