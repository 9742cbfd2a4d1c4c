"""Text that changes its alphabet by escape sequences, as Japanese, Korean and Chinese mail does.

Python's codecs for it stop at the first character that the standard lacks (the circled digits and
company marks that every Japanese mail program writes), and there is none for Chinese.
Sources: ISO/IEC 2022, RFC 1468 (Japanese), RFC 1557 (Korean), RFC 1922 (Chinese).
"""

from __future__ import annotations

import re
from typing import Final

# A switch: ESC, intermediates, one final byte; or the shifts between two alphabets.
_SWITCH = re.compile(rb"\x1b([\x20-\x2f]{1,3}[\x30-\x7e])|([\x0e\x0f])")
_PAIR = re.compile(rb"[\x21-\x7e]{2}")
_HIGH: Final = bytes(n | 0x80 if 0x21 <= n <= 0x7E else n for n in range(256))
_FIRST: Final = {
    b"(B": "ascii", b"(J": "ascii", b"(I": "kana", b"$@": "jis", b"$B": "jis", b"$(B": "jis",
    b"$(D": "jis0212", b"$(O": "jis", b"$(Q": "jis", b"$A": "gb18030", b"$(A": "gb18030",
    b"$(C": "cp949",
}  # fmt: skip
_SHIFTED: Final = {b"$)C": "cp949", b"$)A": "gb18030", b"$)E": "gb18030", b"$)G": "unknown"}


def decode(data: bytes) -> str:
    """Decode whichever of the family it is; what no alphabet has comes out as U+FFFD."""
    out: list[str] = []
    first, shifted, is_shifted = "ascii", "ascii", False
    place = 0
    for switch in _SWITCH.finditer(data):
        out.append(_piece(data[place : switch.start()], shifted if is_shifted else first))
        place = switch.end()
        sequence = switch[1]
        if sequence is None:
            is_shifted = switch[2] == b"\x0e"
        elif sequence in _SHIFTED:
            shifted = _SHIFTED[sequence]
        else:
            first = _FIRST.get(sequence, first)
    out.append(_piece(data[place:], shifted if is_shifted else first))
    return "".join(out)


def _piece(data: bytes, alphabet: str) -> str:
    if not data:
        return ""
    match alphabet:
        case "ascii":
            return _ascii(data)
        case "kana":
            return data.translate(_HIGH).decode("cp932", "replace")
        case "jis":
            return _jis(data)
        case "jis0212":
            marked = _PAIR.sub(lambda pair: b"\x8f" + pair[0].translate(_HIGH), data)
            return marked.decode("euc_jp", "replace")
        case "unknown":
            return _PAIR.sub(b"?", data).decode("ascii", "replace").replace("?", "\ufffd")
        case _:
            return data.translate(_HIGH).decode(alphabet, "replace")


def _ascii(data: bytes) -> str:
    """Bytes past ASCII are not allowed here; mostly somebody did not encode at all."""
    for codec in ("utf-8", "cp932"):
        try:
            return data.decode(codec)
        except UnicodeDecodeError:
            continue
    return data.decode("ascii", "replace")


def _jis(data: bytes) -> str:
    try:
        return data.translate(_HIGH).decode("euc_jp")
    except UnicodeDecodeError:
        # Microsoft's table has what the standard's lacks.
        return _PAIR.sub(_shift_jis, data).decode("cp932", "replace")


def _shift_jis(pair: re.Match[bytes]) -> bytes:
    row, cell = pair[0][0] - 0x21, pair[0][1]
    lead = row // 2 + (0x81 if row < 62 else 0xC1)
    if row % 2:
        return bytes((lead, cell + 0x7E))
    return bytes((lead, cell + 0x1F + (cell >= 0x60)))
