"""Bytes of unknown quality to text: whatever a mail declares, something readable comes out.

Mail lies about its charset, names ones that do not exist (``x-unknown``) or names codecs that are
not charsets at all (``punycode``, ``unicode_escape``), some of which are slow or warn.
"""

from __future__ import annotations

import codecs
import re
from typing import Final

# What people declare -> the superset that they mean (WHATWG Encoding, "names and labels").
_ALIASES: Final = {
    "ascii": "utf-8",
    "us-ascii": "utf-8",
    "ansi_x3.4-1968": "utf-8",
    "utf8mb4": "utf-8",
    "unicode-1-1-utf-7": "utf-7",
    "iso-8859-1": "cp1252",
    "iso_8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "iso-8859-9": "cp1254",
    "iso-8859-8-i": "iso8859-8",
    "gb2312": "gb18030",
    "gb_2312-80": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "hz-gb-2312": "hz",
    "big5": "big5hkscs",
    "ks_c_5601": "cp949",
    "ks_c_5601-1987": "cp949",
    "ks_c_5601-1989": "cp949",
    "ksc5601": "cp949",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "x-sjis": "cp932",
    "windows-31j": "cp932",
    "windows-874": "cp874",
    "tis-620": "cp874",
    "x-mac-cyrillic": "mac-cyrillic",
    "macintosh": "mac-roman",
    "x-mac-roman": "mac-roman",
}
# Codecs that Python calls text but no mail program does: quadratic, warning or always raising.
_NOT_CHARSETS: Final = {"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined"}
_NAME = re.compile(r"[A-Za-z0-9_.:()+-]{1,40}")
_UNFIT = re.compile("[\x00\ud800-\udfff]")


def decode(data: bytes, declared: str | None) -> str:
    """Decode by the declared charset, else as UTF-8, else as Windows-1252; never raises.

    NUL and lone surrogates come out as U+FFFD: neither PostgreSQL nor UTF-8 can hold them.
    """
    return scrub(_decode(data, declared))


def scrub(text: str) -> str:
    """Replace what no database and no encoder takes (NUL, lone surrogates) by U+FFFD."""
    return _UNFIT.sub("\ufffd", text)


def _decode(data: bytes, declared: str | None) -> str:
    codec = _codec(declared)
    for name in (codec, "utf-8"):
        if name:
            try:
                return data.decode(name)
            except (UnicodeError, ValueError):
                continue
    if codec:
        # One broken byte in an otherwise honest mail: a replacement mark beats wrong letters.
        text = data.decode(codec, "replace")
        if text.count("\ufffd") <= 1 + len(text) // 50:
            return text
    return data.decode("cp1252", "replace")


def _codec(declared: str | None) -> str | None:
    name = (declared or "").strip().strip("\"'").lower()
    if not _NAME.fullmatch(name):
        return None
    name = _ALIASES.get(name, name)
    try:
        canonical = codecs.lookup(name).name
        b"a".decode(name)
    except (LookupError, ValueError):
        return None
    return None if canonical.replace("_", "-") in _NOT_CHARSETS else name
