"""How Vera's and Ada's texts are counted. 3GPP TS 23.038 section 6.2.1, TS 23.040 9.2.3.24.1."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.segments import (
    GSM7_BASIC,
    GSM7_EXTENSION,
    Segments,
    beginning,
    plain,
    segments,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

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


#: TS 23.038 6.2.1 as its table is printed, column by column; \x1b is the way to the extension.
TABLE = (
    "@£$¥èéùìòÇ\nØø\rÅå" "Δ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ" " !\"#¤%&'()*+,-./" "0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNO" "PQRSTUVWXYZÄÖÑÜ§" "¿abcdefghijklmno" "pqrstuvwxyzäöñüà"
)  # fmt: skip
EXTENSION = {0x0A: "\f", 0x14: "^", 0x28: "{", 0x29: "}", 0x2F: "\\", 0x3C: "[", 0x3D: "~",
             0x3E: "]", 0x40: "|", 0x65: "€"}  # fmt: skip
ESCAPE = TABLE.index("\x1b")


def written(text: str) -> tuple[str, list[tuple[int, ...]]]:
    """A text as a phone writes it: an alphabet, and the codes of each character."""
    beyond = {char: code for code, char in EXTENSION.items()}
    codes: list[tuple[int, ...]] = []
    for char in text:
        if char in beyond:
            codes.append((ESCAPE, beyond[char]))
        elif char in TABLE and char != "\x1b":
            codes.append((TABLE.index(char),))
        else:
            wide = text.encode("utf-16-be", "surrogatepass")
            units = [wide[at] * 256 + wide[at + 1] for at in range(0, len(wide), 2)]
            return "ucs2", list(joined(units))
    return "gsm7", codes


def joined(units: list[int]) -> Iterator[tuple[int, ...]]:
    while units:
        is_pair = len(units) > 1 and 0xD800 <= units[0] < 0xDC00 <= units[1] < 0xE000
        size = 2 if is_pair else 1
        yield tuple(units[:size])
        units = units[size:]


def parts_of(text: str) -> tuple[str, list[list[int]]]:
    """What goes over the air: an alphabet, and the codes of each part."""
    alphabet, characters = written(text)
    single, part = (160, 153) if alphabet == "gsm7" else (70, 67)
    if sum(map(len, characters)) <= single:
        return alphabet, [[code for each in characters for code in each]] if characters else []
    parts: list[list[int]] = [[]]
    for character in characters:
        if len(parts[-1]) + len(character) > part:
            parts.append([])
        parts[-1].extend(character)
    return alphabet, parts


SHORT = st.text(alphabet="aZé€[~\n ", max_size=700)
MIXED = st.text(alphabet="aé€ж " + GRIN, max_size=400)


@given(SHORT | MIXED | st.text(max_size=200))
def test_the_count_is_what_writing_the_parts_out_gives(text: str) -> None:
    counted, (alphabet, parts) = segments(text), parts_of(text)
    assert counted == Segments(
        encoding=alphabet,  # type: ignore[arg-type]
        units=sum(map(len, parts)),
        count=len(parts),
    )
    most = (160, 153) if alphabet == "gsm7" else (70, 67)
    for part in parts:
        assert len(part) <= most[len(parts) > 1]
        assert part[-1] != ESCAPE or alphabet == "ucs2"


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
        ("• one ‣ two", "- one - two"),
        ("the ﬁrst ﬂoor oﬃce", "the first floor office"),
        ("Ｙｅｓ，　４０％", "Yes, 40%"),
        # Nothing is won by it here, so it stays as it was written.
        ("«Привет» — да…", "«Привет» — да…"),
        ("It’s back 😀", "It’s back 😀"),
        ("ＯＫ、わかりました。", "ＯＫ、わかりました。"),
        # What a word processor makes of what was typed.
        ("40 × 60 cm → ‟done” ‼", '40 x 60 cm -> "done" !!'),
        ("one\u000btwo\u0085three", "one\ntwo\nthree"),
        ("❝so❞ ❛it❜ ʺisʺ ʻokʼ ˮyesˮ ‵no‶ 〝q〞", '"so" \'it\' "is" \'ok\' "yes" \'no" "q"'),
        # A number that was copied from a phone's contacts comes between marks of direction.
        (
            "call \u202a+1 415 555 0100\u202c or \u2068Ada\u2069\u200e",
            "call +1 415 555 0100 or Ada",
        ),
        ("right\ufe0f joined\u200d apart\u200c", "right joined apart"),
        # There they say where to read on, so they stay.
        ("שלום \u2068Ada\u2069", "שלום \u2068Ada\u2069"),
        ("При\u00adвет\ufeff", "Привет"),
        # A letter that has no composed form, and Thai words with what parts them.
        ("\u0958लम", "\u0958लम"),
        ("สวัสดี\u200bครับ", "สวัสดี\u200bครับ"),
        ("می\u200cخواهم", "می\u200cخواهم"),
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


@given(st.text() | st.text(alphabet="ae’“”…–•ﬁＡ\u00ad\u0301ж " + GRIN))
def test_plain_costs_no_more_and_changes_a_text_only_for_a_gain(text: str) -> None:
    before, after = segments(text), segments(plain(text))
    assert after.encoding == "gsm7" or after.units <= before.units
    if after.encoding == "ucs2":
        # Letters are those that were there, but for how they are composed.
        seen = text.translate(dict.fromkeys(map(ord, "\u00ad\u2060\ufeff")))
        assert unicodedata.normalize("NFD", plain(text)) == unicodedata.normalize("NFD", seen)


TAIL = "... Read it all: https://acme.example/t/1"


def cut(text: str, most: int = 1, longest: int = 1_600, tail: str = TAIL) -> str:
    return beginning(text, tail, most=most, longest=longest)


def test_a_beginning_ends_at_a_word_and_fills_its_parts() -> None:
    said = cut("The blue one is back. " * 20)
    assert segments(said) == gsm7(len(said), 1)
    assert said.removesuffix(TAIL).rstrip(".").split()[-1] in ["The", "blue", "one", "is", "back"]
    assert len(said) > 160 - len("back. ")


def test_a_sign_that_costs_double_counts_only_if_it_is_in_the_beginning() -> None:
    assert segments(cut("word " * 60 + GRIN)).encoding == "gsm7"
    assert segments(cut(GRIN + " word" * 60)) == ucs2(68, 1)


def test_a_script_without_spaces_is_cut_between_characters() -> None:
    said = cut("你好" * 200, most=2)
    assert segments(said).count == 2
    assert segments(said).units == 134


@pytest.mark.parametrize("sign", ["👩\u200d👧", "🇩🇪", "👍🏽", "ẹ\u0301"])
def test_no_sign_is_torn(sign: str) -> None:
    for spare in range(12):
        words = cut("x" * spare + sign * 60).removesuffix(TAIL)
        assert words.removeprefix("x" * spare) == sign * words.count(sign)


def test_a_link_is_not_torn_since_half_of_it_leads_elsewhere() -> None:
    assert cut("See https://acme.example/" + "a" * 900) == f"See{TAIL}"
    assert len(cut("See " + "a" * 900)) == 160


def test_a_tail_that_leaves_no_room_stands_alone() -> None:
    assert cut("Hello Vera", tail="x" * 160) == "x" * 160


@given(st.text(max_size=900), st.integers(1, 6), st.integers(60, 400))
def test_a_beginning_never_takes_more_than_it_may(text: str, most: int, longest: int) -> None:
    said = cut(text, most, longest)
    assert said.endswith(TAIL)
    assert segments(said).count <= most
    assert len(said) <= longest
