"""Invitations and contacts in one sentence each, for whoever reads the thread and not the file.

Sources: RFC 5545 (calendar), RFC 5546 section 3.2 (methods), RFC 6350 (contacts).
"""

from __future__ import annotations

import re
from typing import Final

from gateway.channels.email import charsets

_FOLD = re.compile(r"\n[ \t]")
_LINE = re.compile(r'([A-Za-z0-9.-]{1,60})((?:;[^:";]{0,300}+|"[^"]{0,300}+"){0,40}+):(.{0,2000})')
_ESCAPED = re.compile(r"\\([\\;,nN])")
_STAMP = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)\d{0,2}(Z?))?")
_ZONE = re.compile(r';TZID="?([^;:"]{1,60})', re.IGNORECASE)
_STANDING = re.compile(r';PARTSTAT="?([A-Za-z-]{1,20})', re.IGNORECASE)
_MAX_LOOKED_AT: Final = 200_000
_TITLES: Final = {
    "REQUEST": "Invitation", "PUBLISH": "Event", "CANCEL": "Cancelled", "REPLY": "Answer",
    "COUNTER": "Another time proposed", "ADD": "Invitation", "REFRESH": "Question about",
    "DECLINECOUNTER": "Proposed time declined",
}  # fmt: skip
_ANSWERS: Final = {
    "ACCEPTED": "Accepted", "DECLINED": "Declined", "TENTATIVE": "Accepted tentatively",
    "DELEGATED": "Passed on",
}  # fmt: skip

Field = tuple[str, str, str]


def event(text: str) -> str | None:
    """Say what a calendar part is about: ``Invitation: Lamp demo, 2026-05-08 14:00 to 15:00 UTC``.

    Times stay as written, with the name of their zone. ``None`` when there is no event in it.
    """
    fields = _fields(text, "VEVENT") or _fields(text, "VTODO")
    if not fields:
        return None
    method = _first(_all_fields(text), "METHOD").upper()
    title = _TITLES.get(method, "Event")
    if method == "REPLY":
        standing = next(
            (_STANDING.search(each[1]) for each in fields if each[0] == "ATTENDEE"), None
        )
        title = _ANSWERS.get(standing[1].upper(), title) if standing else title
    said = [_first(fields, "SUMMARY") or "without a title", _span(fields)]
    place = _first(fields, "LOCATION")
    return f"{title}: {', '.join(each for each in said if each)}" + (f" ({place})" if place else "")


def contact(text: str) -> str | None:
    """Say whose card it is: ``Contact: Vera Larsen, +47 …``; ``None`` when it names nobody."""
    fields = _fields(text, "VCARD")
    name = _first(fields, "FN") or _first(fields, "ORG")
    ways = [value for field in ("TEL", "EMAIL") if (value := _first(fields, field))]
    said = ", ".join(each for each in (name, *ways) if each)
    return f"Contact: {said}" if said else None


def _all_fields(text: str) -> list[Field]:
    flat = _FOLD.sub("", text[:_MAX_LOOKED_AT].replace("\r\n", "\n").replace("\r", "\n"))
    found = (_LINE.match(line.strip()) for line in flat.split("\n"))
    return [(each[1].rpartition(".")[2].upper(), each[2], each[3]) for each in found if each]


def _fields(text: str, component: str) -> list[Field]:
    """Give the fields of the first component of this name, those of what is inside it left out."""
    found: list[Field] = []
    inside: list[str] = []
    for name, extra, value in _all_fields(text):
        if name == "BEGIN":
            inside.append(value.strip().upper())
        elif name == "END":
            if inside and inside.pop() == component:
                break
        elif inside and inside[-1] == component:
            found.append((name, extra, value))
    return found


def _first(fields: list[Field], name: str) -> str:
    value = next((each[2] for each in fields if each[0] == name), "")
    plain = _ESCAPED.sub(lambda m: " " if m[1] in "nN" else m[1], value)
    return " ".join(charsets.scrub(plain).split())[:300]


def _span(fields: list[Field]) -> str:
    starts = _time(fields, "DTSTART")
    if starts is None:
        return ""
    day, time, zone = starts
    ends = _time(fields, "DTEND")
    until = ""
    if ends and time:
        until = f" to {ends[1]}" if ends[0] == day else f" to {ends[0]} {ends[1]}"
    return " ".join(f"{day} {time}{until} {zone}".split())


def _time(fields: list[Field], name: str) -> tuple[str, str, str] | None:
    for field, extra, value in fields:
        stamp = _STAMP.match(value.strip()) if field == name else None
        if stamp:
            zone = _ZONE.search(extra)
            clock = f"{stamp[4]}:{stamp[5]}" if stamp[4] else ""
            named = "UTC" if stamp[6] else charsets.scrub(zone[1]) if zone and clock else ""
            return f"{stamp[1]}-{stamp[2]}-{stamp[3]}", clock, named
    return None
