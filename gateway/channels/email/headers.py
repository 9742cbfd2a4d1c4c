"""Header fields of a mail: unfolding, encoded words, parameters.

Written by hand and linear in its input: the standard library's readers recurse, are quadratic in
places, and decode encoded words before they look for addresses.
Sources: RFC 5322 section 2.2, RFC 2047, RFC 2231.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote_to_bytes

from gateway.channels.email import charsets
from gateway.channels.email.encoded_words import decode as decode_words

__all__ = ["Headers", "decode_words", "message_ids", "parameters", "read"]

# In these an encoded word may stand only for a name; decoding the whole value would let a name
# turn into an address. They stay as sent; `addresses` reads them.
_ADDRESS_FIELDS: Final = frozenset(
    {
        "from", "sender", "reply-to", "to", "cc", "bcc", "return-path", "delivered-to",
        "x-original-to", "envelope-to", "resent-from", "resent-to", "resent-sender", "resent-cc",
        "disposition-notification-to", "x-failed-recipients",
    }
)  # fmt: skip
# So do these: a quotation mark in an encoded name would end it, and a semicolon begin another
# parameter; `parameters` decodes what it has cut apart.
_PARAMETER_FIELDS: Final = frozenset({"content-disposition", "content-type"})
_FIELD = re.compile(r"([\x21-\x39\x3b-\x7e]{1,200})[ \t]*:(.*)", re.DOTALL)
# The semicolon is missing often enough, so a blank before `name=` parts as well; an unquoted value
# may hold blanks, if no `name=` comes after them.
_PARAM = re.compile(
    r"""(?:;|(?<!\s)\s)\s*([^\s=;"]{1,100})\s*=\s*
    ("(?:[^"\\]|\\.)*"? | (?:[^;\s]+ (?:\s+(?![^\s=;"]{1,100}\s?=)[^;\s]+)*)?)""",
    re.DOTALL | re.VERBOSE,
)
_MAIN = re.compile(
    r"""[\s"']{0,8}([^\s;,"'/=]{1,100}+(?!\s{0,4}=)(?:\s{0,4}/\s{0,4}[^\s;,"'/=]{1,100})?)"""
)
# The charset of the other words of a mail, for those that are in none.
_SOME_CHARSET = re.compile(rb"(?:charset=\"?|=\?)([A-Za-z0-9_.:+-]{2,40})", re.IGNORECASE)
_ID = re.compile(r"<([^<>\s]{1,900})>")
_MAX_PARAMS: Final = 100
_MAX_IDS: Final = 200


class Headers(tuple[tuple[str, str], ...]):
    """The fields of a mail in order, as ``(name, value)`` pairs.

    Values are unfolded; encoded words are decoded except in fields that hold addresses or
    parameters.
    """

    __slots__ = ()

    def get(self, name: str, default: str | None = None) -> str | None:
        """Give the first value of this field, whatever the case of its name."""
        return next(iter(self.all(name)), default)

    def all(self, name: str) -> tuple[str, ...]:
        """Give every value of this field, in order."""
        wanted = name.lower()
        return tuple(value for field, value in self if field.lower() == wanted)


def read(head: bytes) -> tuple[Headers, int]:
    """Read header lines; also say how many bytes belong to them.

    Fewer than ``len(head)`` when a line is neither a field nor a continuation: the body began
    without its blank line.
    """
    found: list[tuple[str, list[str]]] = []
    used = 0
    some = _SOME_CHARSET.search(head)
    guess = some[1].decode("ascii") if some else None
    for number, line in enumerate(head.split(b"\n")):
        text = charsets.decode(line, None, guess).replace("\r", " ").rstrip()
        field = _FIELD.fullmatch(text)
        if text[:1] in (" ", "\t") and (found or number == 0):
            if found:
                found[-1][1].append(text.strip())
        elif field and text[:1] not in (" ", "\t"):
            found.append((field[1], [field[2].strip()]))
        elif not (text == "" or text.startswith(">From ") or (number, text[:5]) == (0, "From ")):
            break
        used += len(line) + 1
    fields = ((name, " ".join(part for part in value if part)) for name, value in found)
    return Headers(
        (name, value if _stays(name.lower(), value) else decode_words(value))
        for name, value in fields
    ), min(used, len(head))


def _stays(name: str, value: str) -> bool:
    """Whether a field's value is read as it was sent; some encode a whole one, main word too."""
    return name in _ADDRESS_FIELDS or (name in _PARAMETER_FIELDS and not value.startswith("=?"))


def parameters(value: str) -> tuple[str, dict[str, str]]:
    """Split ``type/subtype; name=value; …`` into its main word and its parameters, lower-case.

    A main word that is none (``charset=x`` alone) comes out as the empty string. Joins RFC 2231
    continuations (``name*0*``) and decodes RFC 2047 words in values, which many clients write
    though they should not.
    """
    found = _MAIN.match(value)
    main = "".join(found[1].split()).lower() if found else ""
    plain: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[bool, str]]] = {}
    for count, match in enumerate(_PARAM.finditer(value if found else f";{value}")):
        if count >= _MAX_PARAMS:
            break
        name, text = match[1].lower(), _unquote(match[2])
        base, star, rest = name.partition("*")
        if not star:
            plain.setdefault(base, decode_words(text))
            continue
        number, _, encoded = rest.partition("*")
        index = int(number) if number.isascii() and number.isdigit() and len(number) < 4 else 0
        is_encoded = not number or (encoded == "" and rest.endswith("*"))
        pieces.setdefault(base, {}).setdefault(index, (is_encoded, text))
    for base, numbered in pieces.items():
        plain[base] = _join(numbered) or plain.get(base, "")
    return main, plain


def _join(numbered: dict[int, tuple[bool, str]]) -> str:
    """Put RFC 2231 pieces together; the first encoded one names the charset."""
    charset = "utf-8"
    data = b""
    for place, index in enumerate(sorted(numbered)):
        encoded, text = numbered[index]
        if encoded and place == 0 and text.count("'") >= 2:
            charset, _, text = text.split("'", 2)
            charset = charset.strip() or "utf-8"
        raw = text.encode("utf-8", "replace")
        data += unquote_to_bytes(raw) if encoded else raw
    return decode_words(charsets.decode(data, charset))


def _unquote(text: str) -> str:
    text = text.strip()
    if not text.startswith('"'):
        return text
    inner = text[1:-1] if len(text) > 1 and text.endswith('"') else text[1:]
    # Only these two: others write the backslashes of a path as they are.
    return re.sub(r'\\(["\\])', r"\1", inner)


def message_ids(value: str | None) -> tuple[str, ...]:
    """Give the ``<…>`` ids of Message-ID, In-Reply-To or References, brackets kept, no repeats."""
    found = dict.fromkeys(f"<{match[1]}>" for match in _ID.finditer(value or ""))
    return tuple(found)[-_MAX_IDS:]
