# ruff: noqa: E501  (tables read better on one line)
from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.channels.email import mime, parts
from gateway.channels.email.addresses import Mailbox
from gateway.channels.email.quoting import visible_reply

MAIL = Path(__file__).parents[3] / "corpus" / "mail"
HEAD = "From: vera@home.example\nMIME-Version: 1.0\n"


def _read(name: str) -> mime.Mail:
    return _parsed((MAIL / f"{name}.eml").read_bytes())


def _parsed(raw: bytes) -> mime.Mail:
    mail = mime.parse(raw)
    assert mail is not None
    return mail


def test_veras_gmail_reply_is_read() -> None:
    mail = _read("gmail_reply")
    assert mail.sender == Mailbox(name="Vera Müller", addr="vera@home.example")
    assert mail.to == (Mailbox(name="Acme Support", addr="support+k1.abc@in.acme.example"),)
    assert mail.subject == "Re: Your order \N{EN DASH} lamp"
    assert mail.message_id == "<CAF1abc@mail.gmail.example>"
    assert mail.in_reply_to == "<d2.a2@in.acme.example>"
    assert mail.references == ("<d1.a1@in.acme.example>", "<d2.a2@in.acme.example>")
    assert mail.date == 1_625_475_773_000_000
    assert mail.headers.get("IN-REPLY-TO") == "<d2.a2@in.acme.example>"
    assert mail.headers.all("nothing") == ()
    typed = "Yes, in red, please \N{EN DASH} size 42.\n\nVera"
    assert visible_reply(mail.text, mail.html) == typed
    assert visible_reply(None, mail.html) == typed
    assert mail.attachments == ()


def test_veras_outlook_reply_brings_its_picture() -> None:
    mail = _read("outlook_reply")
    assert visible_reply(mail.text, None).startswith("The café lamp, please.")
    assert visible_reply(None, mail.html) == "The café lamp, please.\n\nVera"
    (picture,) = mail.attachments
    assert (picture.name, picture.content_type) == ("image001.png", "image/png")
    assert (picture.content_id, picture.inline) == ("image001.png@01D77191.1", True)
    assert picture.data == b"\x89PNG\r\n\x1a\n"


def test_veras_iphone_breaks_lines_softly() -> None:
    mail = _read("apple_reply")
    assert visible_reply(mail.text, mail.html) == (
        "Red would be lovely. Could you send the receipt to my office as well?"
    )
    assert mail.text is not None
    assert "\n> Which colour?" in mail.text
    assert [(file.name, file.inline) for file in mail.attachments] == [("reçu.pdf", False)]


def test_veras_invitation_is_a_file() -> None:
    mail = _read("calendar")
    assert mail.text == "Can you come on Friday?"
    assert [(file.name, file.content_type) for file in mail.attachments] == [
        ("invite.ics", "text/calendar")
    ]


def test_an_unknown_charset_is_read_as_utf_8() -> None:
    mail = _read("unknown_charset")
    assert (mail.text, mail.subject) == ("Grüße aus Köln\n", "Grüße")


def test_a_narrow_charset_is_read_as_the_wider_one_that_is_meant() -> None:
    assert _read("gb2312").text == "\u9555\u57ba \u4f60\u597d\n"


def test_a_mail_that_lost_its_end_is_read() -> None:
    mail = _read("broken_mime")
    assert mail.text == "The end of this mail was lost"
    assert [file.name for file in mail.attachments] == ["a.pdf"]


@pytest.mark.parametrize(
    ("charset", "data", "text"),
    [
        ("us-ascii", "Grüße".encode(), "Grüße"),
        ("utf-8", "Grüße".encode("cp1252"), "Grüße"),
        (
            "utf-8",
            "é".encode() * 100 + b"\xff" + "é".encode() * 100,
            "é" * 100 + "\ufffd" + "é" * 100,
        ),
        ("iso-8859-1", b"\x80 5", "€ 5"),
        ("ks_c_5601-1987", "\ub620\ubc29".encode("cp949"), "\ub620\ubc29"),
        ("ansi_x3.110-1983", b"caf\xe9", "café"),
        ("punycode", b"plain", "plain"),
        ("unicode_escape", b"\\d", "\\d"),
        ("zlib", b"plain", "plain"),
        ("", b"a\x00b", "a\ufffdb"),
        ("utf-7", b"+2AA-", "\ufffd"),
        ("x" * 500, b"plain", "plain"),
        ("../../x", b"plain", "plain"),
    ],
)
def test_whatever_charset_vera_declares_something_readable_comes_out(
    charset: str, data: bytes, text: str
) -> None:
    head = f'{HEAD}Content-Type: text/plain; charset="{charset}"\n\n'.encode()
    assert _parsed(head + data).text == text


def _multipart(kind: str, *sections: str) -> bytes:
    inside = "".join(f"--b\n{section}\n" for section in sections)
    return f"{HEAD}Content-Type: multipart/{kind}; boundary=b\n\n{inside}--b--\n".encode()


def test_several_texts_are_joined() -> None:
    raw = _multipart(
        "mixed", "\none", "Content-Type: image/png\nContent-ID: <p>\n\nx", "\ntwo", "\n"
    )
    mail = _parsed(raw)
    assert mail.text == "one\ntwo"
    assert [(file.name, file.inline) for file in mail.attachments] == [("attachment.png", False)]


def test_a_forwarded_mail_is_a_file_named_for_its_subject() -> None:
    raw = _multipart("mixed", "\nsee", "Content-Type: message/rfc822\n\nSubject: Lamp/2\n\nHello")
    (file,) = _parsed(raw).attachments
    assert (file.name, file.content_type) == ("2.eml", "message/rfc822")
    assert file.data == b"Subject: Lamp/2\n\nHello"


def test_a_signed_mail_shows_its_words_and_keeps_its_signature() -> None:
    raw = _multipart("signed", "\nhello", "Content-Type: application/pgp-signature\n\nsig")
    mail = _parsed(raw)
    assert mail.text == "hello"
    assert [file.name for file in mail.attachments] == ["signature.asc"]


def test_a_text_that_is_a_file_is_no_body() -> None:
    raw = _multipart("mixed", "\nhello", "Content-Disposition: attachment; filename=log.txt\n\nlog")
    mail = _parsed(raw)
    assert (mail.text, mail.attachments[0].name) == ("hello", "log.txt")


@pytest.mark.parametrize(
    ("given_name", "shown"),
    [
        ("../../etc/passwd", "passwd"), ("C:\\\\x\\\\a.doc", "a.doc"), ("a\u202egpj.exe", "a gpj.exe"),
        ("...", "attachment.txt"), ("x" * 300 + ".pdf", "x" * 130 + ".pdf"), (".htaccess", "htaccess"),
    ],
)  # fmt: skip
def test_a_file_name_is_fit_to_be_shown(given_name: str, shown: str) -> None:
    raw = _multipart("mixed", f'Content-Disposition: attachment; filename="{given_name}"\n'
                     "Content-Type: application/x-thing\n\nx")  # fmt: skip
    assert _parsed(raw).attachments[0].name == shown


def test_a_file_name_in_pieces_is_put_together() -> None:
    raw = _multipart(
        "mixed",
        "Content-Disposition: attachment; filename*0*=utf-8'de'%C3%BC;\n filename*1=ber;"
        " filename*2*=%2Epdf\n\nx",
    )
    assert _parsed(raw).attachments[0].name == "über.pdf"


def test_two_senders_are_none() -> None:
    assert _parsed(b"From: vera@home.example\nFrom: bob@home.example\n\nx").sender is None


@pytest.mark.parametrize("date", ["", "yesterday", "Mon, 99 Jul 2021 99:99:99 +9999", "x" * 500])
def test_a_date_that_is_none_is_left_out(date: str) -> None:
    assert _parsed(f"Date: {date}\n\nx".encode()).date is None


def test_a_name_that_decodes_to_an_address_stays_a_name() -> None:
    raw = b"From: =?utf-8?Q?ada=40acme.example=3E?= <bob@evil.example>\n\nx"
    assert _parsed(raw).sender == Mailbox(name="", addr="bob@evil.example")
    assert _parsed(raw).headers.get("from") == (
        "=?utf-8?Q?ada=40acme.example=3E?= <bob@evil.example>"
    )


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ('"=?utf-8?Q?TV_55=22_front=2Epdf?="', "TV 55 front.pdf"),
        ("=?utf-8?B?YTsgZmlsZW5hbWU9Yi5leGU=?=", "a; filename=b.exe"),
    ],
)
def test_what_an_encoded_name_of_a_file_holds_is_no_syntax(word: str, name: str) -> None:
    raw = (
        f"Content-Type: application/octet-stream\n"
        f"Content-Disposition: attachment; filename={word}\n\nbytes"
    )
    assert [file.name for file in _parsed(raw.encode()).attachments] == [name]


def test_fields_hold_no_line_breaks() -> None:
    raw = b"Subject: a\n b\n\tc =?utf-8?Q?=0D=0ABcc:_x?=\nFrom: x\n\n"
    assert _parsed(raw).subject == "a b c   Bcc: x"


def _nested(depth: int) -> bytes:
    opened = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(depth)
    )
    return b"From: vera@home.example\n" + opened + b"\nhello\n"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\n\n",
        b"just words\nwithout a field",
        _nested(1_000),
        _nested(parts.MAX_DEPTH + 2),
        _multipart("mixed", *["\nx"] * 1_000),
        b"Subject: " + b"x" * (parts.MAX_HEAD + 1) + b"\n\nx",
        b"X: y\n" * 100_000 + b"\nx",
    ],
    ids=["nothing", "blank", "words", "1,000 deep", "too deep", "1,000 parts", "long", "many"],
)
def test_an_unreadable_mail_is_none(raw: bytes) -> None:
    assert mime.parse(raw) is None


def test_a_mail_as_deep_as_allowed_is_read() -> None:
    assert _parsed(_nested(parts.MAX_DEPTH)).text == "hello\n"


@given(st.binary(max_size=800))
def test_no_bytes_make_it_raise(raw: bytes) -> None:
    mime.parse(raw)


_PIECES = st.sampled_from(
    [b"From: v@h.example\n", b"Content-Type: ", b"multipart/mixed; boundary=b\n", b"\n--b\n", b"--b--\n",
     b"text/html; charset=", b"utf-7", b"idna", b"\n\n", b"\r", b"=?utf-7?B?AAA?=", b"\x00", b"\xff", b";",
     b"filename*1*=x''%", b"Content-Disposition: attachment", b"Content-Transfer-Encoding: base64\n",
     b"=", b"Date: ", b"To: a <b", b"Subject: ", b"format=flowed", b"message/rfc822", b">> x \n"]
)  # fmt: skip


@given(st.lists(_PIECES, max_size=40).map(b"".join))
def test_no_mixture_of_fields_makes_it_raise_or_lets_unfit_characters_out(raw: bytes) -> None:
    mail = mime.parse(raw)
    if mail is not None:
        words = [
            mail.text or "",
            mail.html or "",
            mail.subject,
            *(f"{n}{v}" for n, v in mail.headers),
        ]
        words += [file.name for file in mail.attachments]
        "".join(words).encode("utf-8")
        assert "\x00" not in "".join(words)


@given(st.sampled_from(sorted(MAIL.glob("*.eml"))), st.data())
def test_no_damage_on_the_way_makes_it_raise(path: Path, data: st.DataObject) -> None:
    raw = path.read_bytes()
    at = data.draw(st.integers(0, len(raw)))
    cut = data.draw(st.integers(0, 60))
    mime.parse(raw[:at] + data.draw(st.binary(max_size=40)) + raw[at + cut :])
