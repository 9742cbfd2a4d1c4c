"""What a file is by its first bytes, whatever its sender calls it."""

from __future__ import annotations

from typing import Final

UNKNOWN: Final = "application/octet-stream"
#: what a browser shows without running anything; nothing else is ever put into a page
PICTURES: Final = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})

_STARTS: Final = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"BM", "image/bmp"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
    (b"PK\x05\x06", "application/zip"),
    (b"\x1f\x8b", "application/gzip"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"{\\rtf", "application/rtf"),
    (b"\x78\x9f\x3e\x22", "application/ms-tnef"),
    (b"ID3", "audio/mpeg"),
    (b"OggS", "audio/ogg"),
    (b"fLaC", "audio/flac"),
    (b"\x1aE\xdf\xa3", "video/webm"),
    (b"MZ", "application/vnd.microsoft.portable-executable"),
    (b"\x7fELF", "application/x-elf"),
    (b"BEGIN:VCALENDAR", "text/calendar"),
    (b"BEGIN:VCARD", "text/vcard"),
)
# RIFF and ISO media name themselves a little further in.
_INSIDE: Final = (
    (b"RIFF", 8, b"WEBP", "image/webp"),
    (b"RIFF", 8, b"WAVE", "audio/wav"),
    (b"RIFF", 8, b"AVI ", "video/x-msvideo"),
    (b"", 4, b"ftyphei", "image/heic"),
    (b"", 4, b"ftypmif1", "image/heic"),
    (b"", 4, b"ftypavif", "image/avif"),
    (b"", 4, b"ftypqt", "video/quicktime"),
    (b"", 4, b"ftypM4A", "audio/mp4"),
    (b"", 4, b"ftyp", "video/mp4"),
)
_MARKUP: Final = (
    (b"<!doctype html", "text/html"), (b"<html", "text/html"), (b"<svg", "image/svg+xml"),
    (b"<?xml", "text/xml"), (b"<script", "text/html"), (b"<body", "text/html"),
)  # fmt: skip
_NOT_IN_TEXT: Final = bytes({*range(32), 127} - {8, 9, 10, 12, 13, 27})

EXTENSIONS: Final = {
    "text/plain": ".txt", "text/html": ".html", "text/calendar": ".ics", "text/vcard": ".vcf",
    "text/x-vcard": ".vcf", "text/csv": ".csv", "text/xml": ".xml", "application/xml": ".xml",
    "text/rfc822-headers": ".txt", "message/rfc822": ".eml", "message/global": ".eml",
    "message/delivery-status": ".txt", "message/disposition-notification": ".txt",
    "message/feedback-report": ".txt", "message/partial": ".txt", "message/external-body": ".txt",
    "image/jpeg": ".jpg", "image/png": ".png", "image/gif": ".gif", "image/webp": ".webp",
    "image/bmp": ".bmp", "image/tiff": ".tif", "image/heic": ".heic", "image/avif": ".avif",
    "image/svg+xml": ".svg", "application/pdf": ".pdf", "application/zip": ".zip",
    "application/gzip": ".gz", "application/rtf": ".rtf", "text/rtf": ".rtf",
    "application/ics": ".ics", "application/json": ".json", "application/ms-tnef": ".dat",
    "application/pgp-signature": ".asc", "application/pgp-encrypted": ".asc",
    "application/pgp-keys": ".asc", "application/pkcs7-signature": ".p7s",
    "application/x-pkcs7-signature": ".p7s", "application/pkcs7-mime": ".p7m",
    "application/x-pkcs7-mime": ".p7m", "audio/mpeg": ".mp3", "audio/ogg": ".ogg",
    "audio/wav": ".wav", "audio/mp4": ".m4a", "video/mp4": ".mp4", "video/quicktime": ".mov",
}  # fmt: skip


def sniff(data: bytes) -> str:
    """Tell the type of some bytes: one of a short list, ``text/plain``, or ``UNKNOWN``.

    Text is what has neither control characters nor broken UTF-8 in its first 4 KiB; markup that a
    browser would run is named as such before that.
    """
    for start, kind in _STARTS:
        if data.startswith(start):
            return kind
    for start, place, mark, kind in _INSIDE:
        if data.startswith(start) and data.startswith(mark, place):
            return kind
    head = data[:4_096]
    if not head or head.translate(None, _NOT_IN_TEXT) != head:
        return UNKNOWN
    # A name may stand far down in a polyglot: anything that a browser could run is no plain text.
    lower = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    for start, kind in _MARKUP:
        if lower.startswith(start) or (kind != "text/xml" and start in lower):
            return kind
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        # A character may be cut where the looking ends.
        return "text/plain" if len(data) > len(head) <= error.start + 3 else UNKNOWN
    return "text/plain"
