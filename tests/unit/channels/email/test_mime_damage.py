# ruff: noqa: E501  (tables read better on one line)
"""What mail looks like when somebody on its way has damaged it, or never learnt to write it."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from gateway.channels.email import headers, mime, parts, transfer

MAIL = Path(__file__).parents[3] / "corpus" / "mail"
HEAD = b"From: vera@home.example\nMIME-Version: 1.0\n"


def _read(name: str) -> mime.Mail:
    return _parsed((MAIL / f"{name}.eml").read_bytes())


def _parsed(raw: bytes) -> mime.Mail:
    mail = mime.parse(raw)
    assert mail is not None
    return mail


@pytest.mark.parametrize(
    ("name", "subject", "text"),
    [
        ("iso2022jp", "ランプ", "こんにちは。\n①㈱ランプ\n"),
        ("koi8_bare", "Лампа сломана", "Здравствуйте, лампа сломана.\n"),
        ("utf8_as_latin1", "Lampe", "Grüße aus Köln, die Lampe flackert.\n"),
        ("big5", "燈阻", "您好,燈壞了。\n"),
        ("macintosh", "Café", "Le café est froid.\n"),
        ("no_boundary", "Lost boundary", "The lamp flickers."),
        ("same_boundary", "Twice the same", "The lamp flickers."),
        ("enriched", "Rich once", "The lamp is broken.\nPrice was <5. "),
        ("mbox_line", "Mbox", "The lamp flickers.\n"),
        ("bom_and_cr", "Old Macintosh", "The lamp\nflickers.\n"),
        ("double_cr", "Doubled", "The lamp flickers.\n"),
        ("footer_below_base64", "Footer", "Grüße, die Lampe flackert.\n" * 3),
        ("base64_that_is_none", "No base64", "Hello Ada,\n\nthe lamp flickers since Monday.\n"),
        ("encoded_multipart", "Encoded whole", "The lamp flickers."),
        ("uuencoded", "List of lamps", "Here is the list.\n\n\nVera\n"),
    ],
)
def test_ada_reads_what_vera_meant(name: str, subject: str, text: str) -> None:
    mail = _read(name)
    assert (mail.subject, mail.text) == (subject, text)


def test_a_type_without_its_semicolon_keeps_its_charset() -> None:
    mail = _read("no_semicolon")
    assert (mail.text, mail.html) == (None, "<p>Café lamp € 5</p>\r\n")


def test_files_behind_a_boundary_that_closed_too_early_are_kept() -> None:
    assert [file.name for file in _read("same_boundary").attachments] == ["bill.pdf"]


def test_a_bare_cr_in_a_picture_stays_as_it_is() -> None:
    picture = b"\x89PNG\r\n\x1a\n\r\rx\r\r\ny"
    raw = HEAD + b"Content-Type: image/png\nContent-Transfer-Encoding: binary\n\n" + picture
    assert _parsed(raw).attachments[0].data == picture


def test_words_that_look_like_a_field_are_words() -> None:
    raw = (
        HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n--b\nNote: the lamp flickers\n--b--\n"
    )
    assert _parsed(raw).text == "Note: the lamp flickers"


def test_the_only_words_of_a_mail_are_shown_even_when_they_have_a_files_name() -> None:
    raw = HEAD + (
        b"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain; name=body.txt\n\n"
        b"The lamp flickers.\n--b\nContent-Type: application/pdf; name=a.pdf\n\n%PDF-\n--b--\n"
    )
    mail = _parsed(raw)
    assert mail.text == "The lamp flickers."
    assert [file.name for file in mail.attachments] == ["a.pdf"]


@pytest.mark.parametrize(
    ("value", "main", "found"),
    [
        ("text/plain charset=utf-8", "text/plain", {"charset": "utf-8"}),
        (
            'text/plain; charset="utf-8" format=flowed',
            "text/plain",
            {"charset": "utf-8", "format": "flowed"},
        ),
        (
            "attachment; filename=my file (1).pdf; size=3",
            "attachment",
            {"filename": "my file (1).pdf", "size": "3"},
        ),
        ("charset=utf-8", "", {"charset": "utf-8"}),
        ("text / HTML ;; charset = x", "text/html", {"charset": "x"}),
        ('"text/plain"; name="a;b=c"', "text/plain", {"name": "a;b=c"}),
        ('a; filename*0="=?utf-8?B?w7w=?="; filename*1=".pdf"', "a", {"filename": "ü.pdf"}),
        ("a; filename*=na%C3%BCme.txt", "a", {"filename": "naüme.txt"}),
        ("a; filename=x; filename*=utf-8''%e2%82%ac", "a", {"filename": "€"}),
        ("a; filename*1*=%BC; filename*0*=utf-8''%C3", "a", {"filename": "ü"}),
        ("a; filename*=koi8-r'ru'%CC%C1%CD%D0%C1", "a", {"filename": "лампа"}),
        ('a; filename="C:\\dir\\new.txt"', "a", {"filename": "C:\\dir\\new.txt"}),
    ],
)
def test_parameters_are_read_as_they_were_meant(
    value: str, main: str, found: dict[str, str]
) -> None:
    assert headers.parameters(value) == (main, found)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("=?utf-8?Q?what??=", "what?"),
        ("=?utf-8?Q?a b?= c", "a b c"),
        ("=?utf-8?Q?=?=41?=", "=?A"),
        ("=?utf-8?Q?lost =?utf-8?Q?=C3=BC?=", "=?utf-8?Q?lost ü"),
        ("=?utf-8?B?w7w", "ü"),
        ("=?utf-8?B?w7x4=?=", "üx"),
        ("=?utf-8?B?w7 w=?=", "ü"),
        ("=? utf-8 ?Q?x?=", "x"),
        ("=?utf-8*en?Q?x?= y", "x y"),
        ("=?utf-8?Q?=C3?= =?utf-8?Q?=BC?=", "ü"),
        ("=?iso-8859-1?Q?a?==?iso-8859-1?Q?b?=", "ab"),
        ("=?x-nobody?Q?caf=E9?=", "café"),
        ("=?utf-8?X?a?=", "=?utf-8?X?a?="),
        ("a =? b", "a =? b"),
        ("=?utf-8?B?w7w=", "ü"),
    ],
)
def test_encoded_words_are_read_when_they_can_be(value: str, words: str) -> None:
    assert headers.decode_words(value) == words


@pytest.mark.parametrize(
    ("encoding", "body", "data"),
    [
        ("BASE64", b"SGVs\nbG8=", b"Hello"),
        ('"base64"', b"SGVsbG8", b"Hello"),
        ("base64", b"SGVsbG8=SGVsbG8=", b"HelloHello"),
        ("base64", b"SGVsb=G8=", b"Hello"),
        ("base64", b"SGVsbG8=!!!!\xff", b"Hello"),
        ("base64", b"", b""),
        ("quoted-printable", b"a=3Db=\r\nc=ZZ=", b"a=bc=ZZ"),
        ("Quoted Printable", b"a=\rb", b"ab"),
        ("x-uuencode", b"begin 644 a\n#86)C\n`\nend\n", b"abc"),
        ("x-uuencode", b"begin 644 a\nno line of it\n", b"begin 644 a\nno line of it\n"),
        ("7bit", b"a=3D", b"a=3D"),
        ("nobody-knows", b"a=3D", b"a=3D"),
    ],
)  # fmt: skip
def test_transfer_encodings_are_undone_as_far_as_they_go(
    encoding: str, body: bytes, data: bytes
) -> None:
    assert transfer.decode(body, encoding) == data


def _many(piece: bytes, head: bytes = b"Content-Type: text/plain\n\n") -> tuple[bytes, bytes]:
    return HEAD + head + piece * (100_000 // len(piece)), HEAD + head + piece * (
        400_000 // len(piece)
    )


MIXED = b"Content-Type: multipart/mixed; boundary=b\n\n"
BASE64 = b"Content-Transfer-Encoding: base64\n\n"
HOSTILE = {
    "delimiters that are none": _many(b"--bx\n", MIXED),
    "dashes": _many(b"--\n", MIXED),
    "no boundary and many guesses": _many(b"--x\n", b"Content-Type: multipart/mixed\n\n"),
    "padding": _many(b"aa=\n", BASE64),
    "signs of padding": _many(b"a=", BASE64),
    "blank lines": _many(b"aaaa\n\n", BASE64),
    "files that never end": _many(b"begin 644 a\n#86)C\n"),
    "yEnc that never ends": _many(b"=ybegin name=x\n"),
    "escape sequences": _many(b"\x1b$B-!\x1b(B"),
    "lone CRs": _many(b"\r"),
    "soft line ends": _many(b"=\r", b"Content-Transfer-Encoding: quoted-printable\n\n"),
    "marks that hide": _many(b"<param>", b"Content-Type: text/enriched\n\n"),
    "events": _many(b"BEGIN:VEVENT\nX;a;a;a;a;a;a;a;a;a;a;a;a;a;a;a;a\n", b"Content-Type: text/calendar\n\n"),
    "braces": _many(b"{\\u1", b"Content-Type: application/ms-tnef\n\n"),
    "links to pictures": _many(b"cid:src=a ", b"Content-Type: text/html\n\n"),
}  # fmt: skip


def _seconds(raw: bytes) -> float:
    best = 60.0
    for _ in range(2):
        start = time.process_time()
        mime.parse(raw)
        best = min(best, time.process_time() - start)
    return best


@pytest.mark.parametrize("name", HOSTILE)
def test_four_times_the_mail_takes_about_four_times_the_time(name: str) -> None:
    small, large = HOSTILE[name]
    # Linear is 4, quadratic 16; below 50 ms a ratio is noise.
    assert _seconds(large) < max(8.5 * _seconds(small), 0.1)


@pytest.mark.parametrize("path", sorted(MAIL.glob("*.eml")), ids=lambda path: path.stem)
def test_a_mail_as_people_send_it_is_read_within_fifty_milliseconds(path: Path) -> None:
    assert _seconds(path.read_bytes()) < 0.05


def test_a_mail_of_boxes_within_boxes_is_not_copied_for_each_of_them() -> None:
    boxes = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n)
        for n in range(parts.MAX_DEPTH)
    )
    root = parts.read(HEAD + boxes + b"\n" + b"x" * 100_000)
    held = sum(len(part.body) for part in root.walk())
    assert held < 110_000
