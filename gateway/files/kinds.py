"""What a file is, by its first bytes; what its sender calls it decides nothing.

The list is short on purpose. All that it does not name is bytes to download.
Sources: WHATWG MIME Sniffing section 6, ISO/IEC 14496-12 section 4.3.
"""

from __future__ import annotations

import re
from typing import Final

HEAD: Final = 4_096  #: bytes that are looked at
BYTES: Final = "application/octet-stream"
PICTURES: Final = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})

_STARTS: Final = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),  # and so each docx, xlsx, pptx, odt, ods
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"\xff\xf3", "audio/mpeg"),
    (b"OggS", "audio/ogg"),
    (b"#!AMR", "audio/amr"),
    (b"\x1aE\xdf\xa3", "video/webm"),
)
_RIFF: Final = {b"WEBP": "image/webp", b"WAVE": "audio/wav"}
_BRANDS: Final = {
    b"heic": "image/heic",
    b"heix": "image/heic",
    b"mif1": "image/heic",
    b"avif": "image/avif",
    b"qt  ": "video/quicktime",
    b"M4A ": "audio/mp4",
}
# Whatever a browser might take for a document stays bytes, even where nothing would show it.
_MARKUP = re.compile(rb"<\s*(?:[!?/]|[a-z])", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")


def kind_of(head: bytes, name: str = "") -> str:
    """The media type that a file's first ``HEAD`` bytes say; ``BYTES`` for all that is not listed.

    ``name`` only tells CSV from other plain text.
    """
    for start, kind in _STARTS:
        if head.startswith(start):
            return kind
    if head.startswith(b"RIFF") and head[8:12] in _RIFF:
        return _RIFF[head[8:12]]
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12], "video/mp4")
    if _is_text(head[:HEAD]):
        return "text/csv" if name.lower().endswith(".csv") else "text/plain"
    return BYTES


def _is_text(head: bytes) -> bool:
    if not head or _MARKUP.search(head):
        return False
    # A character may be cut at the end of what is looked at.
    least = len(head) - 3 if len(head) == HEAD else len(head)
    for end in range(len(head), least - 1, -1):
        try:
            words = head[:end].decode("utf-8-sig")
        except UnicodeDecodeError:
            continue
        return not _CONTROL.search(words)
    return False
