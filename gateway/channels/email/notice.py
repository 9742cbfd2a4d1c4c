"""What a mail says to people, apart from what it quotes, and what of our mail it brings back.

A notice is judged by its own words alone: our mail below may say "delayed" or "no such user".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gateway.channels.email import addresses, charsets, headers, html, parts, senders

if TYPE_CHECKING:
    from gateway.channels.email.headers import Headers
    from gateway.channels.email.parts import Part

_MOST_TEXT: Final = 100_000
_MOST_COPY: Final = 400_000
_MOST_LINES: Final = 400
_MOST_LINE: Final = 1_000
_COPY = re.compile(
    r"(?i)[\s>|]{0,8}(?:[-_=*#+|~.]{2,}|<+)[ |]*(?:[^-=_]{0,60}\b)?"
    r"(?:copy|original|headers?\b|returned (?:message|mail)|unsent message|message text"
    r"|below this line|your message follows|message (?:body )?follows|forwarded|message contents"
    r"|weitergeleitete|urspr\u00fcngliche|kopie|transf\u00e9r|d'origine|inoltrat|originale|encaminhad"
    r"|reenviad|\u043f\u0435\u0440\u0435\u0441\u044b\u043b\u0430|\u0438\u0441\u0445\u043e\u0434\u043d"
    r"|\u539f\u59cb|\u539f\u90ae\u4ef6|\u8f6c\u53d1|\u8ee2\u9001|\u5143\u306e\u30e1)"
)
_COPY_FOLLOWS = re.compile(
    r"(?i)[\s>|*-]{0,8}(?:(?:the )?(?:headers? (?:and|of)|original|first)\b[^.:]{0,60}"
    r"(?:message|mail)\b[^.:]{0,30}\bfollows"
    r"|(?:original |unsent |your )?(?:message|mail)(?: headers?| text)? follows?\b"
    r"|below is a copy|begin forwarded message|here is a copy"
    r"|a copy of (?:your|the) (?:original )?(?:message|mail|headers)[^.]{0,40}"
    r"(?:below|follows|included)|original message headers|message headers:"
    r"|returned message:?$|included is a copy)"
)
_HEAD_BEGINS = re.compile(
    r"(?:Received|Return-Path|DKIM-Signature|X-Received|Delivered-To):\s", re.I
)
_ATTRIBUTION = re.compile(
    r"(?i)(?:on|am|le|el|il|em|op|den|em|\d{4}|w dniu|dne)\b.{4,300}"
    r"(?:wrote|schrieb|a \u00e9crit|escribi\u00f3|ha scritto|escreveu|schreef|skrev|napisa\u0142"
    r"|\u043f\u0438\u0448\u0435\u0442|\u043d\u0430\u043f\u0438\u0441\u0430\u043b).{0,100}:\s*$"
)
_ADDRESS = re.compile(
    r"<([^<>\s]{1,254}@[^<>\s]{1,254})>"
    r"|([^\s<>:;,\"'()\[\]=\u3000-\u303f\uff00-\uffef]{1,64}@"
    r"[^\s<>:;,\"'()\[\]\u3000-\u303f\uff00-\uffef]{1,250})"
)
_RETURNED_ID = re.compile(
    r"(?im)^[> \t|]{0,12}(?:original[- ])?message[- ]?id[ \t]{0,3}:[ \t]{0,40}(?:\r?\n[ \t]{1,20})?"
    r"(<[^<>\s]{1,900}>)"
)
_RETURNED_TO = re.compile(r"(?im)^[> \t|]{0,12}to:[ \t]{0,20}([^\r\n]{3,400})")
_RETURNED_KINDS: Final = frozenset(
    {"message/rfc822", "text/rfc822-headers", "message/rfc822-headers", "message/global",
     "message/global-headers", "message/partial", "text/rfc822"}
)  # fmt: skip
_NOBODY = re.compile(rb"\s{0,8}>?From (?:MAILER-DAEMON\b|<>)", re.IGNORECASE)
_STATUS_KIND = re.compile(r"(?:message|text|application)/(?:[\w.-]{0,20}-)?delivery-status")


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A mail, read for what it tells of another.

    ``words`` end where our own mail or a quote begins. ``all_words`` do not. ``brings_copy`` says
    that a mail came back with it; ``from_nobody`` that its envelope had no sender (RFC 5321 section
    4.5.5), as mailbox files and Return-Path tell.
    """

    root: Part
    every: tuple[Part, ...]
    words: str
    all_words: str
    brings_copy: bool
    from_nobody: bool
    returned: tuple[Headers, ...]

    @property
    def fields(self) -> Headers:
        """The header fields of the mail itself."""
        return self.root.headers

    @property
    def subject(self) -> str:
        """The subject, lower-case, one space between words."""
        return " ".join((self.fields.get("subject") or "").lower().split())


def read(raw: bytes) -> Notice:
    """Read a mail as a notice.

    Raises:
        TooComplex: past one of the bounds of ``parts``.
    """
    root = parts.read(raw)
    every = tuple(root.walk())
    texts = _texts(every)
    cuts = [_own_words(text) for text in texts]
    # Some servers put an empty or a legal text first.
    place = next((n for n, (words, _) in enumerate(cuts) if len(words) > 20), 0)
    words, cut = cuts[place] if cuts else ("", False)
    returned = _returned(every)
    return Notice(
        root=root,
        every=every,
        words=words,
        all_words="\n".join(texts),
        brings_copy=cut or bool(returned),
        from_nobody=senders.is_null(root.headers) or _NOBODY.match(raw) is not None,
        returned=returned,
    )


def is_status(part: Part) -> bool:
    """Tell whether a part is a delivery report, by any of the names it goes under."""
    return _STATUS_KIND.fullmatch(part.kind) is not None


def mailboxes(text: str, most: int = 30) -> list[str]:
    """Give the normalised addresses in a text, in order, without repeats."""
    found: dict[str, None] = {}
    for count, match in enumerate(_ADDRESS.finditer(text[:20_000])):
        value = (match[1] or match[2]).strip(".:*'`").removeprefix("mailto:")
        if addr := addresses.normalise(value):
            found[addr] = None
        if count >= most:
            break
    return list(found)


def message_ids(notice: Notice) -> tuple[str, ...]:
    """Give the ids that a mail names, the one of the mail that came back first."""
    values = [fields.get("message-id") or "" for fields in notice.returned]
    for part in notice.every:
        if part.kind == "message/disposition-notification" or is_status(part):
            fields, _ = headers.read(
                part.content(65_536).replace(b"\r\n", b"\n").replace(b"\n\n", b"\n")
            )
            for name in (
                "original-message-id",
                "x-original-message-id",
                "x-ms-exchange-message-id",
            ):
                values += fields.all(name)
    values += _RETURNED_ID.findall(notice.all_words)
    values += [*notice.fields.all("in-reply-to"), *notice.fields.all("references")]
    values += [value for fields in notice.returned for value in fields.all("references")]
    return headers.message_ids(" ".join(values))


def addressee(notice: Notice) -> str | None:
    """Give whom the mail that came back was written to, when it was one person."""
    values = [value for fields in notice.returned for value in fields.all("to")[:1]]
    if not values:
        text = notice.all_words
        start = len(notice.words) if text.startswith(notice.words) else 0
        values = _RETURNED_TO.findall(text, start)[:1]
    for value in values:
        to = addresses.parse_list(value)
        if len(to) == 1:
            return to[0].addr
    return None


def _texts(every: tuple[Part, ...]) -> list[str]:
    """Give the first text parts that have words; HTML only when nothing else has."""
    found: list[str] = []
    for kind in ("text/plain", "text/html"):
        for part in every:
            if part.kind == kind and len(found) < 3:
                text = charsets.decode(part.content(_MOST_TEXT), part.params.get("charset"))
                if kind == "text/html" or text.lstrip()[:15].lower().startswith(
                    ("<html", "<!doctype")
                ):
                    text = html.to_text(text)
                if text.strip():
                    found.append(text.replace("\r\n", "\n").replace("\r", "\n"))
        if found:
            break
    return found


def _own_words(text: str) -> tuple[str, bool]:
    """Cut a text where a copy of another mail, or a quote, begins."""
    kept: list[str] = []
    for line in text.split("\n", _MOST_LINES)[:_MOST_LINES]:
        short = line[:_MOST_LINE]
        head = short[:200].strip()
        begins = _COPY.match(head) or _COPY_FOLLOWS.match(head) or _HEAD_BEGINS.match(short)
        if begins and not head.lower().startswith(("returned mail", "---- the", "*** the")):
            if any(one.strip() for one in kept):
                return "\n".join(kept), True
            continue
        if _ATTRIBUTION.match(head):
            break
        if short.startswith(">") and not short.startswith(">>> "):
            continue
        kept.append(short)
    return "\n".join(kept), False


def _returned(every: tuple[Part, ...]) -> tuple[Headers, ...]:
    """Give the header fields of the mails that came back inside this one."""
    found: list[Headers] = []
    for part in every:
        if part.kind in _RETURNED_KINDS:
            try:
                found.append(parts.read(part.content(_MOST_COPY)).headers)
            except parts.TooComplex:
                continue  # Our own mails are not complex: this is not one of them.
    return tuple(found)
