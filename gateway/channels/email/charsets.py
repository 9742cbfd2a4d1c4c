"""Bytes of unknown quality to text: whatever a mail declares, something readable comes out.

Mail lies about its charset, names ones that do not exist (``x-unknown``) or names codecs that are
not charsets at all (``punycode``, ``unicode_escape``), some of which are slow or warn.
"""

from __future__ import annotations

import codecs
import re
from typing import Final

from gateway.channels.email import iso2022

# What people declare -> the superset that they mean (WHATWG Encoding, "names and labels"; the
# rest are names that mail programs made up).
_MEANT: Final = {
    "utf-8": (
        "ascii us-ascii ansi_x3.4-1968 iso646-us ansi utf8mb4 utf-8mb4 x-utf-8 unicode utf"
        " unicode-1-1-utf-8 unicode11utf8 unicode20utf8 x-unicode20utf8 utf-8-sig cp65001 cp20127"
    ),
    "utf-7": "unicode-1-1-utf-7 x-unicode-1-1-utf-7 unicode-2-0-utf-7",
    "cp1252": (
        "iso-8859-1 iso_8859-1 iso8859-1 iso88591 iso-8859-1:1987 latin1 latin-1 l1 iso-ir-100"
        " cp819 ibm819 x-cp1252 cp28591 x-ansi win-1252 windows1252 iso-8859-1-windows-3.1-latin-1"
    ),
    "iso8859-2": "cp28592",
    "cp1250": "x-cp1250 windows1250 win-1250",
    "cp1251": "x-cp1251 win-1251 win1251 windows1251 cp-1251",
    "cp1254": "iso-8859-9 iso8859-9 iso_8859-9 latin5 x-cp1254 windows1254",
    "cp1253": "windows1253 x-cp1253",
    "cp1255": "windows1255 x-cp1255",
    "cp1256": "windows1256 x-cp1256",
    "iso8859-6": "iso-8859-6-e iso-8859-6-i csiso88596e csiso88596i",
    "iso8859-8": "iso-8859-8-i iso-8859-8-e logical visual csiso88598i csiso88598e",
    "koi8-r": "koi koi8 koi8r koi-8-r koi-8 koi8_r cskoi8r cp20866",
    "koi8-u": "koi8-ru koi8u cp21866",
    "cp866": "866 ibm866 csibm866",
    "gb18030": "gb2312 gb_2312-80 gb_2312 gb2312-80 gbk x-gbk cp936 ms936 x-euc-cn euc-cn chinese"
    " csgb2312 iso-ir-58 cn-gb gb18030-2000 gb-18030 cp54936",
    "hz": "hz-gb-2312 cp52936",
    "big5hkscs": "big5 big-5 x-x-big5 cn-big5 csbig5 big5-hkscs:unicode-1-1 x-big5 big5-eten",
    "cp949": "ks_c_5601 ks_c_5601-1987 ks_c_5601-1989 ks_c-5601-1987 ksc5601 ksc_5601 euc-kr"
    " korean csksc56011987 iso-ir-149 windows-949 x-windows-949 uhc cp51949",
    "cp932": "shift_jis shift-jis sjis x-sjis ms_kanji windows-31j csshiftjis ms932 x-ms-cp932"
    " windows-932 cswindows31j",
    "euc_jp": "x-euc-jp x-euc cseucpkdfmtjapanese eucjp-ms eucjp-win cp51932",
    "iso2022": "iso-2022-jp iso2022jp iso-2022-jp-1 iso-2022-jp-2 iso-2022-jp-3 iso-2022-jp-2004"
    " iso-2022-jp-ms iso-2022-kr iso-2022-cn iso-2022-cn-ext csiso2022jp csiso2022kr cp50220"
    " cp50221 cp50222 cp50225 cp50227 jis",
    "cp874": "windows-874 tis-620 tis620 iso-8859-11 dos-874 x-windows-874",
    "cp1258": "windows1258",
    "mac-roman": "macintosh mac cp10000 x-mac-roman csmacintosh macos-roman mac-os-roman",
    "mac-cyrillic": "x-mac-cyrillic x-mac-ukrainian",
    "mac-latin2": "x-mac-ce x-mac-centraleurroman x-mac-centraleurope",
    "mac-greek": "x-mac-greek",
    "mac-turkish": "x-mac-turkish",
    "mac-iceland": "x-mac-icelandic",
}
_ALIASES: Final = {
    "x-mac-japanese": "cp932",
    "x-mac-korean": "cp949",
    "x-mac-chinesesimp": "gb18030",
    "x-mac-chinesetrad": "big5hkscs",
    **{name: codec for codec, names in _MEANT.items() for name in names.split()},
}
# Codecs that Python calls text but no mail program does: quadratic, warning or always raising.
_NOT_CHARSETS: Final = {"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined"}
# In these, letters beside letters are never UTF-8 by chance. Not so in Thai, Arabic or Chinese.
_NEVER_UTF_8_BY_CHANCE: Final = re.compile(
    r"cp125[02345]|cp1257|cp1251|cp866|koi8-[ru]|iso8859-(?:[1-5789]|1[03456])|mac-roman"
)
_SECOND_TRY: Final = {"big5hkscs": "cp950"}
_COMMENT = re.compile(r"[\s(;,\"']")
_BEYOND_ASCII = re.compile("[^\x00-\x7f]")
_NAME = re.compile(r"[A-Za-z0-9_.:()+-]{1,40}")
_UNFIT = re.compile("[\x00\ud800-\udfff]")


def decode(data: bytes, declared: str | None, otherwise: str | None = None) -> str:
    """Decode by the declared charset, else as UTF-8, else as Windows-1252; never raises.

    ``otherwise`` is a guess for bytes that are neither (the charset of the mail's other words).
    A byte-order mark is taken away. NUL and lone surrogates come out as U+FFFD: neither PostgreSQL
    nor UTF-8 can hold them.
    """
    return scrub(_decode(data, declared, otherwise).removeprefix("\ufeff"))


def scrub(text: str) -> str:
    """Replace what no database and no encoder takes (NUL, lone surrogates) by U+FFFD."""
    return _UNFIT.sub("\ufffd", text)


def _decode(data: bytes, declared: str | None, otherwise: str | None) -> str:
    codec = _codec(declared)
    if codec == "iso2022" or (codec in (None, "utf-8") and b"\x1b$" in data):
        return iso2022.decode(data)
    if codec is None and data[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        codec = "utf-16"
    elif codec and codec.startswith(("utf-16", "utf-32", "utf_16", "utf_32")) and b"\0" not in data:
        codec = "utf-8"  # The words were converted on the way, their label was not.
    guess = _codec(otherwise)
    for name in _order(codec, guess):
        try:
            return data.decode(name)
        except (UnicodeError, ValueError):
            continue
    for name in filter(None, (codec, guess)):
        if name != "iso2022":
            # A broken byte in an otherwise honest mail: a replacement mark beats wrong letters.
            text = data.decode(name, "replace")
            if _is_honest(text, is_utf_8=name == "utf-8"):
                return text
    return data.decode("cp1252", "replace")


def _is_honest(text: str, *, is_utf_8: bool) -> bool:
    broken = text.count("\ufffd")
    if is_utf_8:
        # Whole characters of several bytes are none by chance.
        whole = sum(1 for _ in _BEYOND_ASCII.finditer(text)) - broken
        return broken <= 1 + len(text) // 50 or whole >= broken
    return broken <= 1 + len(text) // 50


def _order(codec: str | None, guess: str | None) -> list[str]:
    """Say in which order to try."""
    tries = [codec, _SECOND_TRY.get(codec or ""), "utf-8", guess]
    if codec and _NEVER_UTF_8_BY_CHANCE.fullmatch(codec):
        tries.insert(0, "utf-8")
    return [name for name in tries if name and name != "iso2022"]


def _codec(declared: str | None) -> str | None:
    """Give the codec that a declared charset means; ``iso2022`` is our own."""
    # A comment may follow: ``us-ascii (plain text)``.
    name = _COMMENT.split((declared or "").strip().strip("\"'").lower()[:100], maxsplit=1)[0]
    if not _NAME.fullmatch(name):
        return None
    name = _ALIASES.get(name, name)
    if name == "iso2022":
        return name
    try:
        canonical = codecs.lookup(name).name
        b"aaaa".decode(name)  # what is no charset (``zlib``, ``rot13``) raises here
    except (LookupError, ValueError):
        return None
    canonical = canonical.replace("_", "-")
    return None if canonical in _NOT_CHARSETS else canonical
