"""A file that came with a mail, and what it is called."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from gateway.channels.email import headers, kinds, names, parts

if TYPE_CHECKING:
    from gateway.channels.email.parts import Part

_CALLED: Final = {
    "text/calendar": "invite", "application/ics": "invite", "text/vcard": "contact",
    "text/x-vcard": "contact", "application/pgp-signature": "signature",
    "application/pkcs7-signature": "smime", "application/x-pkcs7-signature": "smime",
    "application/pkcs7-mime": "smime", "application/x-pkcs7-mime": "smime",
}  # fmt: skip
_CID = re.compile(r"cid:([^\s\"'<>)]{1,300})", re.IGNORECASE)
_SRC = re.compile(r"(?:src|background)\s{0,4}=\s{0,4}[\"']?([^\"'\s>]{1,1000})", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that came with a mail.

    ``name`` is for showing and saving, never a path. ``content_type`` is what the sender claims,
    ``sniffed`` what the first bytes say (``kinds.sniff``). ``content_id`` is without brackets, the
    target of ``cid:`` links; ``location`` is the address that the HTML may know it by (RFC 2557).
    ``inline`` says that the HTML shows it in its place, or that it was sent to be shown so.
    """

    name: str
    content_type: str
    data: bytes
    sniffed: str = kinds.UNKNOWN
    content_id: str | None = None
    location: str | None = None
    inline: bool = False

    @property
    def size(self) -> int:
        """Bytes, decoded."""
        return len(self.data)


def from_part(part: Part, data: bytes, *, related: bool) -> Attachment:
    """Make an attachment of a part of a mail.

    ``data`` is its content; ``related`` says that it stands beside a page that may show it.
    """
    ids = headers.message_ids(part.headers.get("content-id"))
    content_id = ids[0][1:-1] if ids else (part.headers.get("content-id") or "").strip() or None
    location = "".join((part.headers.get("content-location") or "").split()) or None
    name = names.safe(given_name(part) or "")
    if not name and part.kind in ("message/rfc822", "message/global"):
        subject = names.safe(_subject_of(data))
        name = f"{subject}.eml" if subject else ""
    if not name and location:
        name = names.safe(unquote(location.partition("?")[0]))
    return attachment(name, data, content_type=part.kind, content_id=content_id, location=location)


def attachment(
    name: str,
    data: bytes,
    *,
    content_type: str = "",
    content_id: str | None = None,
    location: str | None = None,
    inline: bool = False,
) -> Attachment:
    """Make an attachment; one without a name is called by its type."""
    sniffed = kinds.sniff(data)
    kind = content_type or sniffed
    extension = kinds.EXTENSIONS.get(kind) or kinds.EXTENSIONS.get(sniffed, "")
    return Attachment(
        name=names.safe(name) or _CALLED.get(kind, "attachment") + extension,
        content_type=kind,
        data=data,
        sniffed=sniffed,
        content_id=content_id,
        location=location,
        inline=inline,
    )


def given_name(part: Part) -> str | None:
    """Give the name that the mail gives a part, as it stands there."""
    return part.disposition[1].get("filename") or part.params.get("name") or None


def shown_by(source: str) -> frozenset[str]:
    """Give what an HTML text shows in its place: ids of ``cid:`` links, and other addresses."""
    ids = (unquote(each[1]) for each in _CID.finditer(source))
    return frozenset(ids) | frozenset(each[1] for each in _SRC.finditer(source))


def _subject_of(data: bytes) -> str:
    try:
        return parts.head(data).get("subject") or ""
    except parts.TooComplex:
        return ""
