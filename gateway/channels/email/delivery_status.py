"""Delivery reports: the fields of RFC 3464, as servers really write them.

Groups run together or are torn apart, types are left out, the part is sent as plain text. What is
made of a failure is decided in ``refusals``.
Sources: RFC 3464, RFC 3461 section 4 (xtext), RFC 6522, RFC 6533.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from gateway.channels.email import addresses, headers, refusals

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.channels.email.headers import Headers

Outcome = Literal["hard", "soft", "delayed", "relayed"]

MAX_GROUPS: Final = 200
MAX_BYTES: Final = 64 * 1024  #: of a report that are read
_MAX_FIELDS: Final = 100  #: of one recipient
_BLANK = re.compile(rb"\n[ \t]*\n")
_RECIPIENT = re.compile(rb"(?im)^(?=final-recipient[ \t]{0,5}:)")
_ENCAPSULATED = re.compile(r"IMCEA(?:EX|SMTP)-([^@\s]{1,200})@", re.IGNORECASE)
_XTEXT = re.compile(r"\+(2B|3D)")
_ABOUT_ONE: Final = ("action", "status", "diagnostic-code")
_TO_ONE: Final = ("final-recipient", "original-recipient", "x-actual-recipient")
# PowerMTA says in a word of its own what it made of the answer.
_CATEGORIES: Final[dict[str, tuple[Outcome, str]]] = {
    "bad-mailbox": ("hard", "there is no such mailbox"),
    "inactive-mailbox": ("hard", "the mailbox is disabled"),
    "bad-domain": ("hard", "there is no such mail domain"),
    "quota-issues": ("soft", "the mailbox is full"),
    "spam-related": ("soft", "the mail was taken for spam"),
    "virus-related": ("soft", "the mail's contents were refused"),
    "content-related": ("soft", "the mail's contents were refused"),
    "policy-related": ("soft", "a rule of the receiver refused it"),
    "relaying-issues": ("soft", "the server does not pass mail on for this sender"),
    "invalid-sender": ("soft", "the sender's address was not accepted"),
    "routing-errors": ("soft", "the receiving server could not be reached"),
    "no-answer-from-host": ("soft", "the receiving server could not be reached"),
    "bad-connection": ("soft", "the receiving server could not be reached"),
    "message-expired": ("soft", "the mail could not be delivered in time"),
    "protocol-errors": ("soft", "the receiving server has a fault"),
    "bad-configuration": ("soft", "the receiving server has a fault"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What one report says of one recipient."""

    outcome: Outcome
    reason: str
    recipient: str | None


def read(body: bytes, around: str = "") -> tuple[Report, ...]:
    """Read the groups of a ``message/delivery-status`` part, one report a recipient.

    ``around`` is what the mail says to people, for reports that explain nothing.
    """
    return tuple(_report(fields, around) for fields in _by_recipient(body))


def groups(body: bytes) -> Iterator[Headers]:
    """Yield the groups of fields that blank lines part; at most ``MAX_GROUPS``."""
    blocks = _BLANK.split(body[:MAX_BYTES].replace(b"\r\n", b"\n"), MAX_GROUPS)
    for block in blocks[:MAX_GROUPS]:
        fields, _ = headers.read(block.strip(b"\n"))
        if fields:
            yield headers.Headers(fields[:_MAX_FIELDS])


def typed_address(value: str | None) -> str | None:
    """Read ``rfc822; vera@home.example``, with or without brackets or type."""
    if not value:
        return None
    text = value.partition(";")[2] if ";" in value else value
    text = _ENCAPSULATED.sub(_unwrapped, text.strip()).removeprefix("mailto:").strip("<>'\" ")
    return addresses.normalise(_XTEXT.sub(lambda m: chr(int(m[1], 16)), text.partition(" (")[0]))


def _unwrapped(match: re.Match[str]) -> str:
    """Undo Exchange's wrapping of a foreign address: ``IMCEASMTP-vera+40home+2Eexample@``."""
    inner = re.sub(r"[+_]([0-9A-Fa-f]{2})", lambda m: chr(int(m[1], 16)), match[1])
    return f"{inner} (" if "@" in inner else match[0]


def _by_recipient(body: bytes) -> Iterator[Headers]:
    """Yield one group a recipient, mending what blank lines tore or failed to part."""
    # A second recipient without a blank line before it opens a group all the same.
    whole = _RECIPIENT.sub(b"\n", body[:MAX_BYTES].replace(b"\r\n", b"\n"))
    pending = headers.Headers()
    for fields in groups(whole):
        if not (_has(fields, _ABOUT_ONE) or _has(fields, _TO_ONE)):
            continue  # The first group is about the message as a whole.
        if _is_another(pending, fields):
            yield pending
            pending = fields
        else:
            pending = headers.Headers((*pending, *fields)[: 2 * _MAX_FIELDS])
    if pending:
        yield pending


def _is_another(pending: Headers, fields: Headers) -> bool:
    """Tell whether a group is of another recipient than what was gathered so far."""
    if _has(pending, ("final-recipient",)):
        return _has(fields, ("final-recipient",)) or (
            _has(fields, ("original-recipient",)) and _has(pending, _ABOUT_ONE)
        )
    return False


def _has(fields: Headers, names: tuple[str, ...]) -> bool:
    return any(fields.get(name) is not None for name in names)


def _report(fields: Headers, around: str) -> Report:
    action = re.split(r"[\s(;]", (fields.get("action") or "").strip().lower())[0]
    status = fields.get("status") or ""
    words = _diagnostic(fields)
    recipient = next(filter(None, map(typed_address, _stated(fields))), None)
    failed = refusals.best_code(status, words).startswith("5")
    if action.startswith("delay"):
        reason = " ".join(words.split())[:300] or "still being tried"
        return Report(outcome="delayed", reason=f"delayed: {reason}", recipient=recipient)
    if action in ("delivered", "relayed", "expanded", "deliverable") and not failed:
        return Report(outcome="relayed", reason=f"reported as {action}", recipient=recipient)
    if not action and status.startswith("2") and not failed:
        return Report(outcome="relayed", reason="reported as accepted", recipient=recipient)
    category = _CATEGORIES.get((fields.get("x-powermta-bouncecategory") or "").strip().lower())
    if category and not words:
        return Report(outcome=category[0], reason=category[1], recipient=recipient)
    outcome, reason = refusals.judge(status, words, around)
    return Report(outcome=outcome, reason=reason, recipient=recipient)


def _stated(fields: Headers) -> tuple[str | None, ...]:
    # What we wrote to comes first: where a server passed it on is nobody's address of ours.
    return tuple(
        fields.get(name) for name in ("original-recipient", "final-recipient", "x-actual-recipient")
    )


def _diagnostic(fields: Headers) -> str:
    """Give what the receiving server said; the type before the ``;`` is often left out."""
    said = []
    for value in (*fields.all("diagnostic-code"), *fields.all("x-notes")):
        kind, semicolon, rest = value.partition(";")
        typed = semicolon and len(kind) <= 20 and " " not in kind.strip()
        said.append((rest if typed else value).strip())
    comment = re.search(r"\(([^()]{3,300})\)", fields.get("status") or "")
    return " ".join(filter(None, said)) or (comment[1] if comment else "")
