"""How Vera's and Ada's texts are counted. 3GPP TS 23.038 section 6.2.1, TS 23.040 9.2.3.24.1."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.segments import (
    GSM7_BASIC,
    GSM7_EXTENSION,
    GSM7_PART,
    GSM7_SINGLE,
    UCS2_PART,
    UCS2_SINGLE,
    Segments,
    plain,
    segments,
)

GRIN = "\U0001f600"


def gsm7(units: int, count: int) -> Segments:
    return Segments(encoding="gsm7", units=units, count=count)


def ucs2(units: int, count: int) -> Segments:
    return Segments(encoding="ucs2", units=units, count=count)


@pytest.mark.parametrize(
    ("text", "counted"),
    [
        ("", gsm7(0, 0)),
        ("Hello Vera", gsm7(10, 1)),
        ("a" * 160, gsm7(160, 1)),
        ("a" * 161, gsm7(161, 2)),
        ("a" * (2 * 153), gsm7(306, 2)),
        ("a" * (2 * 153 + 1), gsm7(307, 3)),
        ("€", gsm7(2, 1)),
        ("a" * 158 + "€", gsm7(160, 1)),
        ("a" * 159 + "€", gsm7(161, 2)),
        # The euro would be torn after its escape: it moves on, and its part ends at 152.
        ("a" * 152 + "€" + "a" * 152, gsm7(306, 3)),
        ("a" * 151 + "€" + "a" * 153, gsm7(306, 2)),
        ("^{}\\[~]|€\f", gsm7(20, 1)),
        ("@£ÆÖñ\n\r", gsm7(7, 1)),
        # A letter that the alphabet has only as a capital.
        ("ç", ucs2(1, 1)),
        ("`", ucs2(1, 1)),
        ("ж" * 70, ucs2(70, 1)),
        ("ж" * 71, ucs2(71, 2)),
        ("ж" * 134, ucs2(134, 2)),
        ("ж" * 135, ucs2(135, 3)),
        (GRIN, ucs2(2, 1)),
        (GRIN * 35, ucs2(70, 1)),
        # 33 pairs and a spare unit per part: 67 is odd, a pair is not.
        (GRIN * 36, ucs2(72, 2)),
        (GRIN * 66, ucs2(132, 2)),
        (GRIN * 67, ucs2(134, 3)),
        ("ж" * 66 + GRIN + "ж" * 66, ucs2(134, 3)),
        ("\ud83d", ucs2(1, 1)),
    ],
)
def test_a_text_is_counted_in_its_alphabet(text: str, counted: Segments) -> None:
    assert segments(text) == counted


def test_the_alphabet_has_its_128_places() -> None:
    # 127 and the escape itself.
    assert len(GSM7_BASIC) == 127
    assert len(GSM7_EXTENSION) == 10
    assert not GSM7_BASIC & GSM7_EXTENSION


@given(st.text(alphabet="aé€ж" + GRIN, max_size=700))
def test_the_count_is_what_cutting_by_hand_gives(text: str) -> None:
    counted = segments(text)
    wide, single, part = (
        (GSM7_EXTENSION, GSM7_SINGLE, GSM7_PART)
        if counted.encoding == "gsm7"
        else ({GRIN}, UCS2_SINGLE, UCS2_PART)
    )
    if counted.units <= single:
        assert counted.count == (1 if text else 0)
        return
    parts, rest = 0, text
    while rest:
        size = taken = 0
        while taken < len(rest) and size + (2 if rest[taken] in wide else 1) <= part:
            size += 2 if rest[taken] in wide else 1
            taken += 1
        parts, rest = parts + 1, rest[taken:]
    assert counted.count == parts


@given(st.text())
def test_any_text_can_be_counted(text: str) -> None:
    counted = segments(text)
    if counted.encoding == "ucs2":
        assert counted.units == len(text.encode("utf-16-le", "surrogatepass")) // 2
    assert (counted.count == 0) == (text == "")


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("It’s “here” – really…", 'It\'s "here" - really...'),
        ("‚low‘ „Gänsefüßchen“ «guillemets»", '\'low\' "Gänsefüßchen" "guillemets"'),
        ("9\u202f€\u00a0total\u2009!", "9 € total !"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("cafe\u0301", "café"),
        ("5′ 3″ − 2", "5' 3\" - 2"),
        ("plain already", "plain already"),
        # A family is one emoji, joined by zero-width joiners.
        ("👩\u200d👧 ok", "👩\u200d👧 ok"),
        ("Привет", "Привет"),
    ],
)
def test_typographic_characters_become_plain(typed: str, sent: str) -> None:
    assert plain(typed) == sent


def test_a_curly_apostrophe_no_longer_doubles_the_price() -> None:
    typed = "It’s on its way" + "." * 100
    assert segments(typed).count == 2
    assert segments(plain(typed)) == gsm7(len(typed), 1)


@given(st.text())
def test_plain_is_done_in_one_go(text: str) -> None:
    assert plain(plain(text)) == plain(text)
