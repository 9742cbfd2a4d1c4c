"""Delivery reports, and what their codes mean for the address.

The first digit of a status is a bad judge: most ``5.7.x`` are about the sender's standing, the
words or the rate, and say nothing of the mailbox. Only what is said of the mailbox itself is hard.
Sources: RFC 3464 (fields), RFC 3463 and the IANA registry of enhanced status codes, RFC 6522.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from gateway.channels.email import addresses, headers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.channels.email.headers import Headers

Outcome = Literal["hard", "soft", "delayed", "relayed"]

_ENHANCED = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_REPLY = re.compile(r"(?<![\d.])([45]\d\d)(?=[ \-])")
# The mailbox or its domain is not there, whatever the code says.
_NO_MAILBOX: Final = (
    "user unknown", "unknown user", "no such user", "no such recipient", "no such mailbox",
    "unknown recipient", "recipient unknown", "unknown or illegal alias", "invalid recipient",
    "invalid mailbox", "mailbox not found", "mailbox unavailable", "no mailbox", "does not exist",
    "doesn't exist", "do not exist", "not a valid mailbox", "user not found", "address not found",
    "recipient not found", "recipientnotfound", "recipient address rejected: access denied",
    "account has been disabled", "account is disabled", "mailbox disabled", "mailbox is disabled",
    "account is inactive", "mailbox is inactive", "no longer valid", "no longer in use",
    "no longer exists", "user doesn't have", "not our customer", "address rejected: undeliverable",
    "unrouteable address", "unroutable address", "host not found", "domain not found",
    "name or service not known", "no such domain", "non-existent", "nonexistent", "null mx",
    "bad destination mailbox", "no mail-enabled", "is not known here", "unknown address",
    "this address no longer accepts mail", "couldn't find any host", "unknown domain",
    "could not be found", "wasn't found at", "couldn't be found", "not listed in",
)  # fmt: skip
# It is there, but not for this mail or not now.
_NOT_THE_ADDRESS: Final = (
    "spam", "block", "black list", "blacklist", "denylist", "reputation", "policy", "spf", "dkim",
    "dmarc", "authenticat", "rate limit", "too many", "throttl", "virus", "content rejected",
    "message rejected", "banned", "not allowed to send", "not permitted", "relay", "quota", "full",
    "over limit", "exceeded storage", "too large", "size limit", "exceeds", "suspicious", "listed",
    "poor", "sender verify", "sender address", "sender domain", "rejected due to", "tls",
    "greylist", "try again", "restricted", "not accepting",
)  # fmt: skip
_MEANINGS: Final = {
    "5.1.0": "the address was refused", "5.1.1": "there is no such mailbox",
    "5.1.2": "there is no such mail domain", "5.1.3": "the address is not well formed",
    "5.1.6": "the mailbox has moved", "5.1.10": "the domain takes no mail",
    "5.2.1": "the mailbox is disabled", "5.2.2": "the mailbox is full",
    "5.2.3": "the message is too large for this mailbox", "5.3.4": "the message is too large",
    "5.4.4": "the mail domain cannot be reached", "5.7.1": "refused by a rule of the receiver",
    "4.2.2": "the mailbox is full", "4.4.7": "the mail could not be delivered in time",
}  # fmt: skip
_HARD: Final = frozenset({"5.2.1", "5.4.4", "5.4.310", "5.7.13", "5.7.17"})
# Of the sender or the wording of the address, not of the mailbox.
_NOT_HARD: Final = frozenset({"5.1.7", "5.1.8", "5.1.9", "5.1.90"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What one report says of one recipient."""

    outcome: Outcome
    reason: str
    recipient: str | None


def read(body: bytes) -> tuple[Report, ...]:
    """Read the groups of a ``message/delivery-status`` part, one report a recipient."""
    found: list[Report] = []
    for fields in groups(body):
        action = (fields.get("action") or "").split("(")[0].strip().lower()
        if not action and fields.get("final-recipient") is None:
            continue  # The first group is about the message as a whole.
        status = fields.get("status") or ""
        diagnostic = (fields.get("diagnostic-code") or "").partition(";")[2].strip()
        recipient = typed_address(fields.get("original-recipient")) or typed_address(
            fields.get("final-recipient")
        )
        found.append(_report(action, status, diagnostic, recipient))
    return tuple(found)


def groups(body: bytes) -> Iterator[Headers]:
    """Yield the groups of fields that blank lines part; at most 200."""
    blocks = body.replace(b"\r\n", b"\n").split(b"\n\n", 200)
    for block in blocks[:200]:
        fields, _ = headers.read(block.strip(b"\n")[:65_536])
        if fields:
            yield fields


def typed_address(value: str | None) -> str | None:
    """Read ``rfc822; vera@home.example``, with or without brackets or type."""
    if not value:
        return None
    text = value.partition(";")[2] if ";" in value else value
    return addresses.normalise(text.strip().strip("<>"))


def judge(status: str, words: str) -> tuple[Outcome, str]:
    """Say whether a failure is of the address (hard) or may pass (soft), and why.

    ``status`` is the enhanced code or empty; ``words`` is what the receiving server answered.
    """
    code = _best_code(status, words)
    lower = words.lower()
    reason = " ".join(words.split())[:300] or _MEANINGS.get(code, "") or "no reason was given"
    if code in _MEANINGS and words:
        reason = f"{_MEANINGS[code]}: {reason}"
    elif code and code not in reason:
        reason = f"{reason} ({code})"
    return ("hard" if _is_hard(code, lower) else "soft"), reason


def _is_hard(code: str, words: str) -> bool:
    if code.startswith("4"):
        return False
    if code in _HARD or (code.startswith("5.1.") and code not in _NOT_HARD and code != "5.1.0"):
        return True
    about_us = any(phrase in words for phrase in _NOT_THE_ADDRESS)
    gone = any(phrase in words for phrase in _NO_MAILBOX)
    # "SPF record does not exist": in a refusal by rule the phrase may be about the sender.
    if gone and not (about_us and (code.startswith("5.7.") or "sender" in words)):
        return True
    if code.startswith(("5.2.", "5.3.", "5.4.", "5.5.", "5.6.", "5.7.")) or code in _NOT_HARD:
        return False
    reply = _REPLY.search(words)
    if reply and (reply[1].startswith("4") or reply[1] in ("552", "554")):
        return False
    return not about_us


def _best_code(status: str, words: str) -> str:
    """Prefer the server's own code to the reporter's when that says no more than "failed"."""
    stated = _ENHANCED.search(status)
    answered = _ENHANCED.search(words)
    code = stated[0] if stated else ""
    if answered and (not code or code.endswith(".0.0")):
        return answered[0]
    return code


def _report(action: str, status: str, words: str, recipient: str | None) -> Report:
    if action == "delayed":
        reason = " ".join(words.split())[:300] or "still being tried"
        return Report(outcome="delayed", reason=f"delayed: {reason}", recipient=recipient)
    if action in ("delivered", "relayed", "expanded"):
        return Report(outcome="relayed", reason=f"reported as {action}", recipient=recipient)
    if not action and status.startswith("2"):
        return Report(outcome="relayed", reason="reported as accepted", recipient=recipient)
    outcome, reason = judge(status, words)
    return Report(outcome=outcome, reason=reason, recipient=recipient)
