"""The parts of a mail sorted into words, files, and what is to be said of them.

Nothing is dropped but other forms of the same words and envelopes that were opened whole.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from gateway.channels.email import (
    attached,
    cards,
    charsets,
    enriched,
    flowed,
    inserted,
    parts,
    tnef,
)
from gateway.channels.email.attached import Attachment

if TYPE_CHECKING:
    from gateway.channels.email.parts import Part

# Forms of the same words for other machines; a person loses nothing when they are left out.
_ALTERNATIVES_FOR_MACHINES: Final = {"text/x-amp-html", "text/watch-html"}
_ENRICHED: Final = {"text/enriched", "text/richtext"}
_PLAIN: Final = {
    "text/plain", "text/text", "text/ascii", "text/us-ascii", "text/utf-8", "text/unknown",
    "text/plaintext", "text/x-plain", "text/markdown", "plain/text",
} | _ENRICHED  # fmt: skip
_CALENDARS: Final = {"text/calendar", "application/ics", "text/x-vcalendar"}
_CONTACTS: Final = {"text/vcard", "text/x-vcard", "text/directory"}
_ENVELOPES: Final = {"application/ms-tnef", "application/vnd.ms-tnef"}
_SEALED: Final = {"application/pkcs7-mime", "application/x-pkcs7-mime"}
_MAX_ENVELOPES: Final = 5
_MAX_NOTES: Final = 20
_META = re.compile(rb"<meta[^>]{0,300}charset\s{0,4}=\s{0,4}[\"']?([A-Za-z0-9_.:-]{2,40})", re.I)
_PGP: Final = "-----BEGIN PGP MESSAGE-----"

ENCRYPTED: Final = "This mail is encrypted; what came is kept as a file."
SIGNED_SHUT: Final = "The words of this mail are inside a signed file, which is kept with it."
PGP_INSIDE: Final = "A part of this mail is encrypted with PGP."


@dataclass(slots=True, kw_only=True)
class Contents:
    """What is in a mail.

    ``notes`` are sentences of ours on what cannot be shown as words: an invitation, something
    encrypted, a file that was not sent.
    """

    text: list[str] = field(default_factory=list)
    html: list[str] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class _Sorting:
    """``spare`` are words that have a file's name; ``charset`` is that of some of the words."""

    found: Contents = field(default_factory=Contents)
    charset: str | None = None
    left: int = parts.MAX_DECODED
    envelopes: int = _MAX_ENVELOPES
    spare: list[tuple[Attachment, Part]] = field(default_factory=list)


def read(root: Part) -> Contents:
    """Sort the parts of a mail.

    Raises:
        TooComplex: the files in it are larger together than ``parts.MAX_DECODED``.
    """
    sorting = _Sorting(charset=_some_charset(root))
    _sort(root, sorting, is_root=True)
    found = sorting.found
    if not found.text and not found.html and sorting.spare:
        file, part = sorting.spare[0]
        found.attachments.remove(file)
        _add_words(part, file.data, sorting)
    shown = attached.shown_by("\n".join(found.html))
    found.attachments = [
        replace(file, inline=True) if {file.content_id, file.location} & shown else file
        for file in found.attachments
    ]
    return found


def _some_charset(root: Part) -> str | None:
    declared = (part.params.get("charset", "") for part in root.walk() if not part.children)
    return next((each for each in declared if each and not each.lower().endswith("ascii")), None)


def _sort(
    part: Part,
    sorting: _Sorting,
    *,
    is_root: bool = False,
    as_files: bool = False,
    related: bool = False,
) -> None:
    """Sort a part and what is inside it; the depth is bounded by ``parts.MAX_DEPTH``."""
    if part.kind == "multipart/encrypted":
        _note(sorting, ENCRYPTED)
        as_files = True
    if part.children:
        related = related or part.kind == "multipart/related"
        for child in _wanted(part):
            # What stands beside the page in it belongs to the page, even when it is words.
            beside = related and bool(sorting.found.html) and not child.children
            _sort(child, sorting, as_files=as_files or beside, related=related)
        return
    data = part.content()
    sorting.left -= len(data)
    if sorting.left < 0:
        raise parts.TooComplex
    named = attached.given_name(part) is not None
    is_shown = part.disposition[0] in ("", "inline")
    has_words = part.kind in _PLAIN or part.kind == "text/html"
    if has_words and not as_files and (is_root or (is_shown and not named)):
        _add_words(part, data, sorting)
    elif (data or named) and not _open(part, data, sorting):
        file = attached.from_part(part, data, related=related)
        sorting.found.attachments.append(file)
        _tell(part, data, sorting)
        if has_words and is_shown and not as_files:
            sorting.spare.append((file, part))


def _wanted(part: Part) -> tuple[Part, ...]:
    if part.kind != "multipart/alternative":
        return part.children
    kinds = {child.kind for child in part.children}
    unwanted = set(_ALTERNATIVES_FOR_MACHINES)
    if kinds & {"text/plain", "text/html"}:
        unwanted |= _ENRICHED
    return tuple(child for child in part.children if child.kind not in unwanted)


def _add_words(part: Part, data: bytes, sorting: _Sorting) -> None:
    declared = part.params.get("charset")
    if part.kind == "text/html":
        meta = _META.search(data, 0, 4_096)
        guess = meta[1].decode("ascii") if meta else sorting.charset
        _add(sorting.found.html, charsets.decode(data, declared or guess, guess))
        return
    files = inserted.find(data)
    for each in files:
        name = charsets.decode(each.name, None, declared)
        sorting.found.attachments.append(attached.attachment(name, each.data))
    text = charsets.decode(inserted.without(data, files), declared, sorting.charset)
    if _PGP in text:
        _note(sorting, PGP_INSIDE)
    _add(sorting.found.text, _plain(part, text))


def _plain(part: Part, text: str) -> str:
    if part.kind in _ENRICHED:
        return enriched.to_text(text)
    if part.params.get("format", "").strip().lower() == "flowed":
        return flowed.unflow(text, delsp=part.params.get("delsp", "").strip().lower() == "yes")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _add(bodies: list[str], words: str) -> None:
    # Mail programs put an empty text part behind each attachment.
    if words.strip() and bodies and not bodies[-1].strip():
        bodies[-1] = words
    elif words.strip() or not bodies:
        bodies.append(words)


def _open(part: Part, data: bytes, sorting: _Sorting) -> bool:
    """Open Outlook's envelope; false when it must be kept, because it is none or not whole."""
    if part.kind not in _ENVELOPES and not data.startswith(tnef.SIGNATURE):
        return False
    sorting.envelopes -= 1
    opened = tnef.open_envelope(data) if sorting.envelopes >= 0 else None
    if opened is None:
        return False
    found = sorting.found
    if not any(each.strip() for each in (*found.text, *found.html)):
        if opened.text:
            found.text[:] = [opened.text.replace("\r\n", "\n").replace("\r", "\n")]
        if opened.html:
            found.html[:] = [opened.html]
    found.attachments += [
        attached.attachment(
            file.name,
            file.data,
            content_type=file.content_type,
            content_id=file.content_id,
            location=file.location,
        )
        for file in opened.files
        if file.data
    ]
    return opened.whole


def _tell(part: Part, data: bytes, sorting: _Sorting) -> None:
    """Say in a sentence what a file is about, where its name alone says nothing."""
    charset = part.params.get("charset")
    if part.kind in _CALENDARS:
        _note(sorting, cards.event(charsets.decode(data, charset)))
    elif part.kind in _CONTACTS:
        _note(sorting, cards.contact(charsets.decode(data, charset)))
    elif part.kind in _SEALED:
        is_signed = part.params.get("smime-type", "").lower() in ("signed-data", "certs-only")
        _note(sorting, SIGNED_SHUT if is_signed else ENCRYPTED)
    elif part.kind == "message/partial":
        number, total = part.params.get("number", "?")[:9], part.params.get("total", "?")[:9]
        _note(sorting, f"This is piece {number} of {total} of a mail that was cut into pieces.")
    elif part.kind == "message/external-body":
        name = sorting.found.attachments[-1].name
        _note(sorting, f"This mail names a file that was not sent with it: {name}")


def _note(sorting: _Sorting, sentence: str | None) -> None:
    notes = sorting.found.notes
    if sentence and sentence not in notes and len(notes) < _MAX_NOTES:
        notes.append(sentence)
