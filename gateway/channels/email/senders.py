"""Who writes: a mail server, a program, or somebody who passes a mail on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from gateway.channels.email import addresses, headers, machine_words

if TYPE_CHECKING:
    from gateway.channels.email.headers import Headers

_DAEMON = re.compile(r"(?i)\bmail(?:er)?[-_. ]?d(?:ae|ea|e)mon\b")
_PASSED_ON = re.compile(
    r"(?:\[[^\]]{1,40}\]\s*)?(?:re|fwd?|aw|wg|sv|vs|vb|vl|tr|rv|res|enc|rif|ri|i|odp|pd|antw|doorst|ynt|ilt|\u043e\u0442\u0432|\u0445\u0430|\u043f\u0435\u0440|\u7b54\u590d|\u8f6c\u53d1"
    r"|\u56de\u590d|\u56de\u8986|\u8f49\u5bc4|\u8fd4\u4fe1|\u8ee2\u9001|\ud68c\uc2e0|\uc804\ub2ec)(?:\[\d{1,3}\])?\s*[:\uff1a]"
)
_DESKS: Final = ("abuse", "staff@", "complaint", "feedback", "fbl", "jmrp", "arf", "scomp")
_NO_REPLIES = re.compile(
    r"(?:do[-_.]?not[-_.]?|no[-_.]?|auto[-_.]?)(?:reply|respon\w{1,6}|antwort\w{0,4})|noresponder|nao-?responda|ne-?pas-?repondre|autoresponder|auto-?response|vacation"
)


def local_part(fields: Headers) -> str:
    """Give what stands before the ``@`` of From; daemons often write no domain at all."""
    value = fields.get("from") or ""
    box = addresses.parse_mailbox(value)
    text = box.addr if box else value.rpartition("<")[2].strip(' <>"')
    return text.partition("@")[0].strip().lower()


def is_daemon(fields: Headers) -> bool:
    """Tell whether the mail calls a mail server its writer."""
    if local_part(fields) in machine_words.DAEMONS:
        return True
    return addresses.parse_mailbox(fields.get("from") or "") is None and bool(
        _DAEMON.search(fields.get("from") or "")
    )


def is_postmaster(fields: Headers) -> bool:
    """Tell whether From is one of the names under which both servers and people write."""
    value = headers.decode_words(fields.get("from") or "").lower()
    name = value.partition("<")[0] if "<" in value else value
    local = local_part(fields)
    return (
        local in machine_words.POSTMASTERS
        or local.startswith("microsoftexchange329e")
        or any(words in name for words in machine_words.NAMES)
    )


def is_no_reply(fields: Headers) -> bool:
    """Tell whether From is an address that nobody reads."""
    return _NO_REPLIES.match(local_part(fields)) is not None


def is_desk(fields: Headers) -> bool:
    """Tell whether From is a provider's desk for complaints."""
    value = (fields.get("from") or "").lower()
    return any(words in value for words in _DESKS)


def is_null(fields: Headers) -> bool:
    """Tell whether the envelope was empty, as RFC 5321 section 4.5.5 has it for notices."""
    value = fields.get("return-path")
    if value is None:
        return False
    bare = re.sub(r"[<>\s\"]", "", value)
    return not bare or bool(_DAEMON.match(bare))


def is_passed_on(subject: str) -> bool:
    """Tell whether a subject begins as an answer or a forward does."""
    return _PASSED_ON.match(subject.strip().lower()) is not None
