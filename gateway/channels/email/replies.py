"""What a mail server's answer means, phase by phase: a table and a lookup, no sockets.

Everything up to the final dot is certainly not sent. Once the dot may have left us, only a proper
refusal says that the mail did not go out; silence says nothing (RFC 5321 section 4.2.5, RFC 1047).
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Literal

from gateway.channels.port import Accepted, Outcome, Rejected, Unavailable, Unknown

WORDS = 200
"""Characters kept of what a server said."""

BAD_CREDENTIALS = 535  # RFC 4954 section 6

_ENHANCED = re.compile(r"\s*([245])\.(\d{1,3})\.(\d{1,3})\b")  # RFC 3463, RFC 2034
_QUEUED = (
    re.compile(r"queued as <?([\w.@+-]{1,100})", re.IGNORECASE),  # Postfix, and most after it
    re.compile(r"\bid=([\w.@+-]{1,100})"),  # Exim
    re.compile(r"^\s*(?:2\.\d\.\d\s+)?Ok:?\s+([0-9a-f][\w.-]{15,100})\s*$", re.IGNORECASE),  # SES
)


class Phase(StrEnum):
    """How far a delivery has come."""

    CONNECT = "connect"  #: connecting, greeting, EHLO, STARTTLS, AUTH
    MAIL = "mail"  #: MAIL FROM
    RCPT = "rcpt"  #: RCPT TO
    DATA = "data"  #: DATA and the text, short of the final dot
    DOT = "dot"  #: the final dot has been, or may have been, sent


def answered(phase: Phase, code: int, text: str) -> Outcome:
    """Judge a reply other than the one that was hoped for."""
    label, words = _label(code, text), said(text)
    if 500 <= code < 600 and phase is not Phase.CONNECT:
        return Rejected(blame=_blame(phase, code, text), code=label, words=words)
    if phase is Phase.CONNECT and code == BAD_CREDENTIALS:
        return Rejected(blame="us", code=label, words=words)
    if phase is Phase.DOT and not 400 <= code < 500:
        # Neither yes nor no: a server that speaks gibberish may yet have taken the mail.
        return Unknown(code=label, words=words)
    return Unavailable(code=label, words=words)


def silent(phase: Phase, *, timed_out: bool) -> Outcome:
    """Judge a connection that was refused, lost, or on which nothing came in time."""
    code = f"{phase}_{'timeout' if timed_out else 'lost'}"
    if phase is Phase.DOT:
        return Unknown(code=code, words="The mail server fell silent after taking the mail")
    if phase is Phase.CONNECT:
        return Unavailable(code=code, words="The mail server cannot be reached")
    return Unavailable(code=code, words="The mail server fell silent before taking the mail")


def taken(text: str) -> Accepted:
    """Read a 250 to the final dot, with the server's own name for the mail if it gives one."""
    for pattern in _QUEUED:
        if found := pattern.search(text):
            return Accepted(provider_id=found[1])
    return Accepted()


def said(text: str) -> str:
    """Make a server's words fit to show: one line, printable, at most ``WORDS`` long."""
    shown = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(shown.split())[:WORDS] or "The mail server gave no reason"


def _label(code: int, text: str) -> str:
    enhanced = _ENHANCED.match(text)
    return f"{code} {'.'.join(enhanced.groups())}" if enhanced else str(code)


def _blame(phase: Phase, code: int, text: str) -> Literal["address", "content", "us"]:
    match phase:
        case Phase.DATA | Phase.DOT:
            return "content"
        case Phase.RCPT:
            return _blame_at_rcpt(code, text)
        case _:
            return "us"


def _blame_at_rcpt(code: int, text: str) -> Literal["address", "content", "us"]:
    enhanced = _ENHANCED.match(text)
    subject = enhanced[2] if enhanced else None
    if subject == "1":
        return "address"
    if subject == "7":
        # Policy: blocked lists, missing authentication, relaying. A 550 with it says nothing of
        # the mailbox, and an address once called bad is not tried again.
        return "us"
    if code in (550, 551, 553):
        return "address"
    # A full mailbox refuses this mail for now; it is not a bad address.
    return "content" if code == 552 or subject == "2" else "us"
