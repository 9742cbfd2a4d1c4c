# ruff: noqa: E501  (tables read better on one line)
"""The files of a mail: what they are called, what they are, and envelopes that are opened."""

from __future__ import annotations

import binascii
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.channels.email import cards, inserted, kinds, mime, names, rtf, tnef
from gateway.channels.email.contents import ENCRYPTED
from tests.corpus import winmail

MAIL = Path(__file__).parents[3] / "corpus" / "mail"
PNG = b"\x89PNG\r\n\x1a\n"


def _read(name: str) -> mime.Mail:
    mail = mime.parse((MAIL / f"{name}.eml").read_bytes())
    assert mail is not None
    return mail


def test_veras_outlook_envelope_is_opened_and_does_not_stay() -> None:
    mail = _read("winmail")
    assert mail.text == "The lamp is broken."
    assert mail.html is not None
    assert "<b>broken</b>" in mail.html
    assert [(file.name, file.content_type, file.inline) for file in mail.attachments] == [
        ("the lamp.png", "image/png", True),
        ("Rechnung für Vera.pdf", "application/pdf", False),
    ]
    assert mail.attachments[0].data.startswith(PNG)
    assert mail.attachments[1].data == b"%PDF-1.4 bill"


def test_rich_text_in_another_alphabet_becomes_words() -> None:
    mail = _read("winmail_rich")
    assert mail.text == "Привет, Ada\nЛампа broken."
    assert mail.attachments == ()


def test_an_envelope_that_is_torn_gives_what_it_has_and_is_kept() -> None:
    whole = winmail.envelope(
        winmail.attribute(0x00069003, winmail.properties(winmail.text(0x1000, "The lamp."))),
        winmail.file("LAMP.TXT", b"a lamp"),
        winmail.file("TWO.TXT", b"x" * 1_000),
    )
    raw = (
        b"From: v@h.example\nContent-Type: application/ms-tnef; name=winmail.dat\n\n" + whole[:-900]
    )
    mail = mime.parse(raw)
    assert mail is not None
    assert mail.text == "The lamp."
    assert [file.name for file in mail.attachments] == ["LAMP.TXT", "winmail.dat"]


def test_html_that_was_packed_into_rich_text_comes_out_as_html() -> None:
    rich = (
        rb"{\rtf1\ansi\ansicpg1252\fromhtml1 {\*\htmltag19 <html>}{\*\htmltag64 <p>}\htmlrtf \par\htmlrtf0 "
        rb"Gr\'fc\'dfe & more{\*\htmltag72 </p>}}"
    )
    assert rtf.read(rtf.unpack(winmail.packed(rich))) == (
        "Grüße & more",
        "<html><p>Grüße &amp; more</p>",
    )


def test_the_worked_examples_of_the_packing_come_out() -> None:
    # [MS-OXRTFCP] sections 4.1 and 4.2
    simple = bytes.fromhex(
        "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"
    )
    assert rtf.unpack(simple) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
    crossing = bytes.fromhex("1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0")
    assert rtf.unpack(crossing) == b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}"


def test_what_is_packed_to_be_a_bomb_unpacks_to_a_megabyte_at_most() -> None:
    run = b"\xfe" + b"a" + b"\x00\xdf" * 7
    bomb = bytes(4) + b"\xff" * 4 + b"LZFu" + bytes(4) + run * 40_000
    assert len(rtf.unpack(bomb)) <= rtf.MAX_UNPACKED


@given(st.binary(max_size=400))
def test_no_bytes_make_an_envelope_or_rich_text_raise(data: bytes) -> None:
    tnef.open_envelope(tnef.SIGNATURE + data)
    rtf.read(b"{\\rtf1" + data)
    rtf.unpack(bytes(4) + b"\xff\xff\x00\x00LZFu" + data)
    inserted.find(data)
    kinds.sniff(data)


@given(st.integers(0, 700), st.binary(max_size=12))
def test_no_damage_makes_an_envelope_raise(at: int, junk: bytes) -> None:
    whole = winmail.envelope(
        winmail.attribute(
            0x00069003, winmail.properties(winmail.binary(0x1009, winmail.packed(b"{\\rtf1 Hi}")))
        ),
        winmail.file("A.TXT", b"a", winmail.text(0x3707, "a long name.txt")),
    )
    tnef.open_envelope(whole[:at] + junk + whole[at + len(junk) :])


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"), ("C:\\x\\a.doc", "a.doc"), ("a/b/", "b"), ("...", ""), ("", ""),
        ("invoice\u202efdp.exe", "invoice fdp.exe"), ("a\u200b\u2066b.txt", "a b.txt"), ("a\tb\x00c", "a b c"),
        ("CON.txt", "_CON.txt"), ("aux", "_aux"), ("com1", "_com1"), ("console.txt", "console.txt"),
        (".htaccess", "htaccess"), ("a .", "a"), ("a<b>|?*.txt", "a b .txt"), ("e\u0301.txt", "é.txt"),
        ("x" * 300 + ".pdf", "x" * 130 + ".pdf"), ("名" * 200 + ".pdf", "名" * 78 + ".pdf"),
    ],
)  # fmt: skip
def test_a_name_is_fit_to_be_shown_and_saved_under(name: str, shown: str) -> None:
    assert names.safe(name) == shown


@given(st.text(max_size=400))
def test_no_characters_make_a_name_that_leads_elsewhere(name: str) -> None:
    shown = names.safe(name)
    assert shown == names.safe(shown)
    assert not set(shown) & set('/\\:*?"<>|\0')
    assert shown not in (".", "..")
    assert len(shown) <= names.MAX_NAME
    assert len(shown.encode()) <= 255


def test_odd_names_of_a_mail_are_all_made_fit() -> None:
    assert [file.name for file in _read("odd_names").attachments][:6] == [
        "_CON.txt",
        "invoice fdp.exe",
        "鎮%.pdf",
        "Rechnung für Vera.pdf",
        "my holiday (1).jpg",
        "a b c.txt",
    ]


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (PNG, "image/png"), (b"\xff\xd8\xff\xe0", "image/jpeg"), (b"GIF89a", "image/gif"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"), (b"%PDF-1.7", "application/pdf"),
        (b"PK\x03\x04", "application/zip"), (b"\x00\x00\x00\x18ftypheic", "image/heic"),
        (b"<svg xmlns=''>", "image/svg+xml"), (b" <!DOCTYPE html>", "text/html"),
        (b"hello <script>alert(1)</script>", "text/html"), (b"hello", "text/plain"),
        ("Grüße".encode() * 2_000, "text/plain"), ("Grüße".encode("cp1252"), kinds.UNKNOWN),
        (b"MZ\x90", "application/vnd.microsoft.portable-executable"), (b"a\x00b", kinds.UNKNOWN),
        (b"", kinds.UNKNOWN), (b"BEGIN:VCARD\r\n", "text/vcard"),
    ],
)  # fmt: skip
def test_a_file_is_what_its_bytes_say(data: bytes, kind: str) -> None:
    assert kinds.sniff(data) == kind


def test_a_page_that_calls_itself_a_picture_is_known_for_a_page() -> None:
    raw = b"From: v@h.example\nContent-Type: image/png; name=lamp.png\n\n<html><script>x</script>"
    mail = mime.parse(raw)
    assert mail is not None
    (file,) = mail.attachments
    assert (file.content_type, file.sniffed, file.size) == ("image/png", "text/html", 24)


def test_a_file_of_the_old_kind_among_the_words_is_a_file() -> None:
    (file,) = _read("uuencoded").attachments
    assert (file.name, file.data) == ("lamp list.txt", b"one lamp, red\r\ntwo lamps, blue\r\n")


def _yencoded(data: bytes) -> bytes:
    out = bytearray()
    for each in data:
        sign = (each + 42) % 256
        out += bytes((61, (sign + 64) % 256)) if sign in (0, 10, 13, 61) else bytes((sign,))
    return bytes(out)


@given(st.binary(max_size=300))
def test_files_come_out_of_the_words_as_they_went_in(data: bytes) -> None:
    lines = b"".join(binascii.b2a_uu(data[at : at + 45]) for at in range(0, len(data), 45))
    old = b"Hi\nbegin 644 a.bin\n" + lines + b"`\nend\nbye"
    new = b"Hi\n=ybegin line=128 size=%d name=a.bin\n%s\n=yend size=1\nbye" % (
        len(data),
        _yencoded(data),
    )
    for body in (old, new):
        (file,) = inserted.find(body)
        assert (file.name, file.data) == (b"a.bin", data)
        assert inserted.without(body, (file,)) == b"Hi\nbye"


def test_veras_answer_to_an_invitation_says_what_she_answered() -> None:
    mail = _read("invitation_answer")
    said = "Accepted: Fitting at Acme, Köln, 2026-05-08 14:00 to 15:00 Europe/Berlin (Ring 4)"
    assert (mail.notes, mail.text) == ((said,), said)
    assert [file.name for file in mail.attachments] == ["invite.ics"]


@pytest.mark.parametrize(
    ("card", "said"),
    [
        (
            "BEGIN:VCARD\nFN:Vera Larsen\nitem1.TEL;TYPE=cell:+47 1\nEMAIL:v@h.example\nEND:VCARD",
            "Contact: Vera Larsen, +47 1, v@h.example",
        ),
        ("BEGIN:VCARD\nFN:Vera\n  Larsen\nEND:VCARD", "Contact: Vera Larsen"),
        ("BEGIN:VCARD\nEND:VCARD", None),
        ("no card", None),
    ],
)
def test_a_contact_is_told_in_a_sentence(card: str, said: str | None) -> None:
    assert cards.contact(card) == said


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (
            "METHOD:REQUEST\nBEGIN:VEVENT\nSUMMARY:Fitting\nDTSTART:20260508T100000Z\nEND:VEVENT",
            "Invitation: Fitting, 2026-05-08 10:00 UTC",
        ),
        (
            "METHOD:CANCEL\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20260508\nEND:VEVENT",
            "Cancelled: without a title, 2026-05-08",
        ),
        (
            "BEGIN:VEVENT\nSUMMARY:A\nDTSTART:20260508T220000\nDTEND:20260509T020000\nEND:VEVENT",
            "Event: A, 2026-05-08 22:00 to 2026-05-09 02:00",
        ),
        (
            "BEGIN:VEVENT\nBEGIN:VALARM\nSUMMARY:not this\nEND:VALARM\nSUMMARY:this\nEND:VEVENT",
            "Event: this",
        ),
        ("", None),
    ],
)
def test_an_event_is_told_in_a_sentence(fields: str, said: str | None) -> None:
    assert cards.event(f"BEGIN:VCALENDAR\n{fields}\nEND:VCALENDAR") == said


@pytest.mark.parametrize(
    ("name", "note", "files"),
    [
        ("encrypted", ENCRYPTED, ["attachment.asc", "encrypted.asc"]),
        ("smime_sealed", ENCRYPTED, ["smime.p7m"]),
        ("piece", "This is piece 2 of 3 of a mail that was cut into pieces.", ["attachment.txt"]),
        ("elsewhere", "This mail names a file that was not sent with it: lamp.zip", ["lamp.zip"]),
    ],
)
def test_what_cannot_be_shown_is_kept_and_said(name: str, note: str, files: list[str]) -> None:
    mail = _read(name)
    assert mail.notes == (note,)
    assert [file.name for file in mail.attachments] == files
    assert mail.text in (note, "See the file.")


def test_pictures_that_the_page_shows_are_inline_and_others_are_not() -> None:
    picture, bill = _read("related_pictures").attachments
    assert (picture.content_id, picture.inline) == ("lamp@home", True)
    assert (bill.name, bill.inline) == ("Rechnung für Vera.pdf", False)


def test_a_picture_may_be_known_by_its_address() -> None:
    raw = (
        b"From: v@h.example\nContent-Type: multipart/related; boundary=r\n\n--r\nContent-Type: text/html\n\n"
        b'<img src="lamp.png">\n--r\nContent-Type: image/png\nContent-Location: lamp.png\n\n' + PNG
    )
    mail = mime.parse(raw)
    assert mail is not None
    (picture,) = mail.attachments
    assert (picture.name, picture.location, picture.inline) == ("lamp.png", "lamp.png", True)
