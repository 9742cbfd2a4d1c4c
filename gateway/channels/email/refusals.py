"""Is the address no good (hard), or did this mail fail for another reason (soft)?

The first digit of a status is a bad judge: most ``5.7.x`` are about the sender's standing, the
words or the rate, and say nothing of the mailbox. So what the server said is looked up first
(``refusal_words``), then its status code, then how far the conversation had come: a bare refusal
of RCPT is of the address, one after DATA is of the mail. What nobody explains is soft, because
a shopper's address is not given up on a guess.
Sources: RFC 3463 and the IANA registry of enhanced status codes, RFC 5321 section 4.2, RFC 7504,
RFC 7505.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal

from gateway.channels.email.refusal_words import REASONS

if TYPE_CHECKING:
    from gateway.channels.email.address_words import Reason

_ENHANCED = re.compile(r"(?<![\d.])([245])[.\u2024](\d{1,3})[.\u2024](\d{1,3})(?![\d]|\.\d)")
_REPLY = re.compile(r"(?<![\w.:/=-])([45]\d\d)(?=[ \-:;#,<]|$)")
_MAILBOX = re.compile(r"[^\s<>()\[\],;:\"']{1,64}@[^\s<>()\[\],;:\"']{1,255}")
_HOST = re.compile(r"[\w.-]{1,255} ?\[\d{1,3}(?:\.\d{1,3}){3}\]")
_MOST_WORDS: Final = 2_000

# What a code says when the words say nothing. Only these are of the mailbox or its domain.
_HARD_CODES: Final = {
    "5.1.0": "the address was refused",
    "5.1.1": "there is no such mailbox",
    "5.1.2": "there is no such mail domain",
    "5.1.3": "the address is not well formed",
    "5.1.4": "the address is ambiguous",
    "5.1.6": "the mailbox has moved",
    "5.1.10": "the mail domain takes no mail",
    "5.2.1": "the mailbox is disabled",
    "5.3.2": "the mail domain takes no mail",
    "5.4.4": "the mail domain cannot be found",
    "5.4.310": "there is no such mail domain",
    "5.7.13": "the mailbox is disabled",
    "5.7.17": "the mailbox has another owner now",
    "5.7.18": "the mail domain has another owner now",
}
_SOFT_CODES: Final = {
    "2.2": "the mailbox is full",
    "2.3": "the mail is too large for this mailbox",
    "3.1": "the receiving server's disk is full",
    "3.4": "the mail is too large",
    "4.1": "the receiving server did not answer",
    "4.2": "the connection broke",
    "4.6": "the mail went in a circle",
    "4.7": "the mail could not be delivered in time",
    "5.3": "the mail had too many recipients",
    "7.0": "a rule of the receiver refused it",
    "7.1": "a rule of the receiver refused it",
}
# 5.1.0 and 5.2.1 are used for everything: any word about another matter outweighs them.
_LOOSE: Final = frozenset({"5.1.0", "5.2.1", "5.3.2", "5.4.4"})
_SAYS_NOTHING: Final = ("0.0", "5.0", "3.0", "5.1", "5.2", "5.4")
_NEVER_MAIL: Final = frozenset({"521", "556"})  # RFC 7504
_OF_THE_ADDRESS: Final = frozenset({"550", "551", "553"})
_AFTER_RCPT = ("rcpt to", "rcpt command", "[rcpt_to]", "recipient command")
_AFTER_DATA = ("end of data", "data command", "message body", "after data", "(data)", "bdat")


def judge(status: str, words: str, around: str = "") -> tuple[Literal["hard", "soft"], str]:
    """Say whether a failure is of the address or may pass, and why.

    ``status`` is the enhanced code or empty; ``words`` is what the receiving server answered;
    ``around`` is what the reporter says to people, read only where the answer explains nothing.
    """
    said, code = _folded(words), best_code(status, words)
    reason = _reason(said)
    if reason is None and around and (not code or code[2:] in (*_SAYS_NOTHING, "7.1", "2.0")):
        told = _folded(around)
        reason = _reason(told)
        if not code or code[2:] in _SAYS_NOTHING:
            code = best_code(code, around)
        said = f"{said} {told}"
    hard = _is_hard(code, said, reason)
    return ("hard" if hard else "soft"), _explain(hard, code, words or around, reason)


def best_code(status: str, words: str) -> str:
    """Prefer the receiving server's own code to the reporter's, unless it says no more."""
    stated = _ENHANCED.search(status)
    found = [".".join(match.groups()) for match in _ENHANCED.finditer(words[:_MOST_WORDS])]
    answered = next((code for code in found if not code.startswith("2")), "")
    code = ".".join(stated.groups()) if stated else ""
    if answered and (not code or answered[2:] not in _SAYS_NOTHING or code.endswith(".0.0")):
        return answered
    return code


def _folded(words: str) -> str:
    """Lower-case, one space between words, without addresses and hosts: names prove nothing."""
    text = _HOST.sub(" ", _MAILBOX.sub(" ", words[:_MOST_WORDS]))
    return " " + " ".join(text.lower().replace("\u2019", "'").replace("`", "'").split())


def _reason(said: str) -> Reason | None:
    return next((one for one in REASONS if any(words in said for words in one.phrases)), None)


def _is_hard(code: str, said: str, reason: Reason | None) -> bool:
    replies = {match[1] for match in _REPLY.finditer(said)}
    if code.startswith("4") and not replies & (_OF_THE_ADDRESS | _NEVER_MAIL):
        return False
    if not code and replies and all(reply.startswith("4") for reply in replies):
        return False
    if reason is not None and reason.sure:
        return reason.hard
    if code in _HARD_CODES and not (code in _LOOSE and reason is not None):
        return True
    if reason is not None and not reason.hard:
        return False
    if replies & _NEVER_MAIL:
        return True
    if code and code[2:] not in _SAYS_NOTHING and code not in _LOOSE:
        return reason is not None and not code.startswith(("5.6", "5.7", "5.4", "5.2"))
    if any(words in said for words in _AFTER_DATA):
        return False
    if reason is not None:
        return True
    return bool(replies & _OF_THE_ADDRESS) and any(words in said for words in _AFTER_RCPT)


def _explain(hard: bool, code: str, words: str, reason: Reason | None) -> str:
    said = " ".join(words.split())[:300]
    meaning = reason.meaning if reason is not None and reason.hard == hard else None
    if meaning is None:
        known = _HARD_CODES.get(code) if hard else _SOFT_CODES.get(code[2:])
        meaning = known or ("the address was refused" if hard else "")
    if not said:
        return (
            f"{meaning or 'no reason was given'} ({code})"
            if code
            else meaning or "no reason was given"
        )
    text = f"{meaning}: {said}" if meaning else said
    return text if not code or code in said else f"{text} ({code})"
