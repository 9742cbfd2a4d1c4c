"""Whose mailbox a header names: strict, and silent where two readings are possible.

``email.utils.parseaddr`` reads ``alice@shop.com <bob@evil.org>`` as alice on the Pythons that we
support (CVE-2023-27043), so nothing here uses it. What is left out on purpose: quoted local-parts,
domain literals, routes. None of them is a shopper's mailbox, and each hides an address in another.
Sources: RFC 5322 section 3.4, RFC 6532, RFC 5891 (IDNA).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from email_validator import EmailNotValidError, validate_email

from gateway.channels.email import charsets, headers

MAX_MAILBOXES: Final = 100
_MAX_HEADER: Final = 64 * 1024
_MAX_LOCAL: Final = 64  # RFC 5321 section 4.5.3.1.1
_CONTROLS = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_SEPARATORS: Final = frozenset(",;:<>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """A display name, which may be empty and proves nothing, and a normalised address."""

    name: str
    addr: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Token:
    """A separator, a run of plain text, or a quoted string; comments are gone."""

    text: str
    quoted: bool = False
    separator: bool = False


def normalise(addr: str) -> str | None:
    """Give the one spelling of an address, or ``None`` when it is not plainly one.

    Lower case, Unicode NFC, the domain as IDNA A-labels; a ``+tag`` stays. Local-parts compare
    case-insensitively here, as they do at every provider that shoppers use.
    """
    text = addr.strip(" \t")
    if not 3 <= len(text) <= 320 or not text.isprintable():
        return None
    for _ in range(2):  # Lower-casing can undo NFC, so the second round checks what it made.
        try:
            valid = validate_email(
                text.lower(),
                check_deliverability=False,
                globally_deliverable=False,
                allow_quoted_local=False,
                allow_domain_literal=False,
                allow_display_name=False,
            )
        except (EmailNotValidError, ValueError):
            return None
        text = f"{valid.local_part}@{valid.ascii_domain}".lower()
    local, _, domain = text.rpartition("@")
    return text if "." in domain and len(local.encode()) <= _MAX_LOCAL else None


def parse_mailbox(header: str) -> Mailbox | None:
    """Read a header that holds one mailbox (From, Sender, Reply-To).

    ``None`` when it holds none, several, or one that can be read in two ways.
    """
    found = _items(header)
    return found[0] if found is not None and len(found) == 1 else None


def parse_list(header: str) -> tuple[Mailbox, ...]:
    """Read a header that holds many mailboxes (To, Cc); leave out those that are ambiguous.

    Groups are opened. The first ``MAX_MAILBOXES``; a header that is broken as a whole gives none.
    """
    found = _items(header)
    return tuple(box for box in found or () if box is not None)


def _items(header: str) -> list[Mailbox | None] | None:
    tokens = _tokens(header)
    if tokens is None:
        return None
    found: list[Mailbox | None] = []
    item: list[_Token] = []
    inside = False
    for token in [*tokens, _Token(text=",", separator=True)]:
        if token.separator and token.text in "<>":
            if inside == (token.text == "<"):
                return None
            inside = not inside
        if token.separator and token.text in ",;" and not inside:
            if item:
                found.append(_mailbox(item))
            item = []
        elif token.separator and token.text == ":" and not inside:
            if any(part.separator or "@" in part.text for part in item):
                found.append(None)  # "alice@shop.example:bob@…" opens no group that is one.
            item = []  # Else a group's name: what follows are its members.
        else:
            item.append(token)
        if len(found) >= MAX_MAILBOXES:
            return found
    return None if inside else found


def _mailbox(item: list[_Token]) -> Mailbox | None:
    opened = [n for n, token in enumerate(item) if token.separator and token.text == "<"]
    if not opened:
        if len(item) != 1 or item[0].quoted or item[0].separator:
            return None
        addr = normalise(item[0].text)
        return Mailbox(name="", addr=addr) if addr else None
    if len(opened) != 1 or len(item) != opened[0] + 3 or not item[-1].separator:
        return None  # Something stands after the address, or the brackets are empty.
    middle = item[opened[0] + 1]
    phrase = item[: opened[0]]
    addr = None if middle.quoted or middle.separator else normalise(middle.text)
    if addr is None or any(token.separator for token in phrase):
        return None
    bare = " ".join(token.text for token in phrase if not token.quoted)
    if "@" in bare and normalise(bare) != addr:
        return None
    return Mailbox(name=_name(phrase, addr), addr=addr)


def _name(phrase: list[_Token], addr: str) -> str:
    """Decode the display name; one that shows another address than the real one is dropped."""
    text = headers.decode_words(" ".join(token.text for token in phrase))
    name = " ".join("".join(c if c.isprintable() else " " for c in text).split())[:200]
    return "" if "@" in name and name.lower() != addr else name


def _tokens(header: str) -> list[_Token] | None:
    """Cut a header into tokens; ``None`` when a quote, comment or bracket never ends."""
    text = charsets.scrub(header)
    if len(text) > _MAX_HEADER or _CONTROLS.search(header):
        return None
    tokens: list[_Token] = []
    place = 0
    while place < len(text):
        char = text[place]
        if char == '"':
            end = _quoted_end(text, place)
            if end is None:
                return None
            tokens.append(_Token(text=_unescape(text[place + 1 : end - 1]), quoted=True))
        elif char == "(":
            end = _comment_end(text, place)
            if end is None:
                return None
        elif char in _SEPARATORS:
            end = place + 1
            tokens.append(_Token(text=char, separator=True))
        else:
            end = _plain_end(text, place)
            if text[place:end].strip():
                tokens.append(_Token(text=text[place:end].strip()))
        place = end
    return tokens


def _plain_end(text: str, place: int) -> int:
    while place < len(text) and text[place] not in '"(,;:<>':
        place += 1
    return place


def _quoted_end(text: str, place: int) -> int | None:
    place += 1
    while place < len(text):
        if text[place] == "\\":
            place += 1
        elif text[place] == '"':
            return place + 1
        place += 1
    return None


def _comment_end(text: str, place: int) -> int | None:
    depth = 0
    while place < len(text):
        if text[place] == "\\":
            place += 1
        elif text[place] == "(":
            depth += 1
        elif text[place] == ")":
            depth -= 1
            if depth == 0:
                return place + 1
        place += 1
    return None


def _unescape(text: str) -> str:
    out: list[str] = []
    escaped = False
    for char in text:
        if char == "\\" and not escaped:
            escaped = True
            continue
        out.append(char)
        escaped = False
    return "".join(out)
