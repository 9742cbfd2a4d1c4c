"""RFC 2047 encoded words, also the broken ones that mail programs write.

Read in one pass. A word that never ends, or in which another begins, stays as it was written.
"""

from __future__ import annotations

import re
from typing import Final

from gateway.channels.email import charsets, transfer

_HEAD = re.compile(r"=\?\s?\"?([^?\s\"]{1,60})\"?\s?\?\s?([bBqQ])\s?\?")
_Q_BYTE = re.compile(rb"=([0-9A-Fa-f]{2})")
_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")
# RFC 2047 allows 75; some writers put a whole subject into one.
_MAX_WORD: Final = 4_000


def decode(value: str) -> str:
    """Decode the encoded words of a value; what is broken stays, and no line break comes out."""
    if "=?" not in value:
        return _one_line(value)
    out: list[str] = []
    pending = b""
    charset = ""
    end = 0
    for start, after, name, data in _words(value):
        gap = value[end:start]
        # Neighbours of one charset are joined as bytes: writers split them inside a character.
        if not (pending and gap.strip() == "" and name == charset):
            out.append(charsets.decode(pending, charset))
            if not (pending and gap.strip() == ""):
                out.append(gap)
            pending = b""
        charset = name
        pending += data
        end = after
    out.append(charsets.decode(pending, charset))
    out.append(value[end:])
    return _one_line("".join(out))


def _words(value: str) -> list[tuple[int, int, str, bytes]]:
    """Find the words: where each begins and ends, its charset and its bytes."""
    found: list[tuple[int, int, str, bytes]] = []
    heads = list(_HEAD.finditer(value))
    for number, head in enumerate(heads):
        limit = heads[number + 1].start() if number + 1 < len(heads) else len(value)
        limit = min(limit, head.end() + _MAX_WORD)
        stop = value.find("?=", head.end(), limit)
        if stop >= 0 and head[2] in "qQ":
            stop = _last_stop(value, stop, limit)
        if stop < 0 and limit == len(value) and head[2] in "bB":
            # Cut off at the end of a field that was too long for somebody.
            text, after = value[head.end() :].rstrip("?= "), limit
            if not _BASE64.fullmatch(text):
                continue
        elif stop < 0:
            continue
        else:
            text, after = value[head.end() : stop], stop + 2
        name = head[1].split("*")[0].lower()
        found.append((head.start(), after, name, _bytes(head[2], text)))
    return found


def _last_stop(value: str, stop: int, limit: int) -> int:
    """Skip question marks that stand in the words: ``?=41`` is no end, ``?=`` and a blank is."""
    while (value[stop + 2 : stop + 4].isalnum() and len(value[stop + 2 : stop + 4]) == 2) and (
        _Q_BYTE.match(value[stop + 1 : stop + 4].encode("utf-8", "replace"))
    ):
        further = value.find("?=", stop + 2, limit)
        if further < 0:
            break
        stop = further
    return stop


def _bytes(encoding: str, text: str) -> bytes:
    raw = text.encode("utf-8", "replace")
    if encoding in "qQ":
        return _Q_BYTE.sub(lambda m: bytes([int(m[1], 16)]), raw.replace(b"_", b" "))
    return transfer.base64(raw)


def _one_line(text: str) -> str:
    return charsets.scrub(text).replace("\n", " ").replace("\r", " ")
