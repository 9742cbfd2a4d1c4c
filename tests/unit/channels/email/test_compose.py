"""Ada's mail to Vera, as bytes and as a real SMTP server receives it."""

from __future__ import annotations

import asyncio
import email
import email.policy
import re
from dataclasses import replace
from email.header import decode_header, make_header
from email.utils import getaddresses
from typing import TYPE_CHECKING, Any, cast

import pytest
import pytest_asyncio
from aiosmtpd.smtp import SMTP, Envelope, Session
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.channels.email.compose import REFERENCES_KEPT, compose
from gateway.channels.email.smtp import SmtpChannel
from gateway.channels.port import Accepted, Attached, Inlined, Outgoing, Rejected
from gateway.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from email.message import EmailMessage

NOON = 1_767_960_000_000_000  # 2026-01-09 12:00:00 UTC, in microseconds
ID = "01jd3v0e8zq6w4x2k9n7m5t1ab"

OUTGOING = Outgoing(
    delivery_id=ID,
    channel="email",
    to="vera@example.com",
    sender="Ada at Shop <support@shop.example>",
    text="Your shoes have left us.\n\nAda",
    subject="Re: Where are my shoes?",
)


def read(raw: bytes, policy: Any = email.policy.default) -> EmailMessage:
    return cast("EmailMessage", email.message_from_bytes(raw, policy=policy))


def fields(raw: bytes) -> list[str]:
    """The names in the head, as a server sees them, one for each line that is not folded."""
    head = raw.partition(b"\r\n\r\n")[0]
    return [
        line.partition(b":")[0].decode()
        for line in head.split(b"\r\n")
        if not line.startswith((b" ", b"\t"))
    ]


def test_vera_reads_a_plain_mail() -> None:
    raw = compose(OUTGOING, date=NOON)
    mail = read(raw)
    assert mail["From"] == "Ada at Shop <support@shop.example>"
    assert mail["To"] == "vera@example.com"
    assert mail["Subject"] == "Re: Where are my shoes?"
    assert mail["Date"] == "Fri, 09 Jan 2026 12:00:00 +0000"
    assert mail["Message-ID"] == f"<{ID}@shop.example>"
    assert mail.get_content_type() == "text/plain"
    assert mail.get_content().splitlines() == ["Your shoes have left us.", "", "Ada"]


def test_vera_reads_words_first_and_html_last() -> None:
    mail = read(compose(replace(OUTGOING, html="<p>Your shoes …</p>"), date=NOON))
    assert mail.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    html = mail.get_body(("html",))
    assert html is not None
    assert html.get_content().strip() == "<p>Your shoes …</p>"


def test_the_same_delivery_is_the_same_bytes() -> None:
    outgoing = replace(OUTGOING, html="<p>x</p>")
    assert compose(outgoing, date=NOON) == compose(outgoing, date=NOON)


def test_no_text_can_hold_its_own_boundary() -> None:
    first = read(compose(replace(OUTGOING, html="<p>x</p>"), date=NOON)).get_boundary()
    forged = f"x\n--{first}\nContent-Type: text/html\n\nforged\n--{first}--"
    mail = read(compose(replace(OUTGOING, text=forged, html="<p>x</p>"), date=NOON))
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]


def test_an_answer_names_its_parent_and_the_root() -> None:
    """RFC 5322 section 3.6.4, trimmed as RFC 5256 section 3 allows: never the root."""
    ids = tuple(f"<{n}.long.enough.to.fold.{'x' * 60}@mail.example.com>" for n in range(30))
    outgoing = replace(OUTGOING, references=ids[:-1], in_reply_to=ids[-1], message_id="<me@x>")
    mail = read(compose(outgoing, date=NOON))
    assert mail["In-Reply-To"] == ids[-1]
    nearest = [*ids, "<me@x>"][-REFERENCES_KEPT:]
    assert mail["References"].split() == [ids[0], *nearest]
    assert mail["Message-ID"] == "<me@x>"


def test_a_parent_already_among_the_references_is_not_named_twice() -> None:
    outgoing = replace(OUTGOING, references=("<a@x>", "<b@x>"), in_reply_to="<b@x>")
    mail = read(compose(outgoing, date=NOON))
    assert mail["References"].split() == ["<a@x>", "<b@x>", mail["Message-ID"]]


def test_the_first_mail_names_itself_since_a_provider_may_replace_its_message_id() -> None:
    """Amazon SES does; References it leaves alone, and a reply repeats them."""
    mail = read(compose(OUTGOING, date=NOON))
    assert mail["In-Reply-To"] is None
    assert mail["References"] == mail["Message-ID"]


def test_a_long_message_id_is_never_encoded_or_broken() -> None:
    long = f"<{'a' * 400}@mail.example.com>"
    raw = compose(replace(OUTGOING, in_reply_to=long), date=NOON)
    assert raw.count(long.encode()) == 2


def test_what_is_no_message_id_is_left_out() -> None:
    outgoing = replace(OUTGOING, references=("no brackets", "<ö@x>", "<a@x>"), in_reply_to="<>")
    mail = read(compose(outgoing, date=NOON))
    assert mail["In-Reply-To"] is None
    assert mail["References"].split() == ["<a@x>", mail["Message-ID"]]


@pytest.mark.parametrize(
    "name",
    [
        "Ada",
        "Ada Lovelace, Countess",
        'Ada "the first" L.',
        "Ada <ada@elsewhere.example>",
        "Åda, at Größe",
        "Ada\\",
        "=?utf-8?q?Mallory?=",
        "艾达" * 40,
        "Ada (on leave)",
        "Ada " * 40 + "L",
        "A" * 300,
        "support@shop.example, mallory@example.com",
    ],
)
def test_vera_sees_the_name_as_it_was_given(name: str) -> None:
    raw = compose(replace(OUTGOING, sender=f"{name} <support@shop.example>"), date=NOON)
    [(phrase, address)] = getaddresses([read(raw, email.policy.compat32)["From"]])
    assert (str(make_header(decode_header(phrase))), address) == (name, "support@shop.example")


@pytest.mark.parametrize(
    "subject",
    ["", "Größe 42", "=?utf-8?b?SGk=?=", "word " * 60, "x" * 2_000, "👟" * 100, "a\tb"],
)
def test_vera_sees_the_subject_as_it_was_given(subject: str) -> None:
    raw = compose(replace(OUTGOING, subject=subject), date=NOON)
    assert read(raw)["Subject"] == " ".join(subject.split())


def test_no_line_is_longer_than_rfc_5322_allows() -> None:
    outgoing = replace(
        OUTGOING, subject="y" * 3_000, text="z" * 9_000, html="<p>" + "ü" * 9_000, reply_to="a@b.de"
    )
    assert max(map(len, compose(outgoing, date=NOON).split(b"\r\n"))) <= 998


def test_encoded_words_keep_to_their_width() -> None:
    """RFC 2047 section 2: 75 characters each, 76 a line."""
    headers = (("X-Auto-Response-Suppress-For-Everybody", "ü" * 90),)
    raw = compose(replace(OUTGOING, subject="ü" * 300, headers=headers), date=NOON)
    lines = [line for line in raw.split(b"\r\n") if b"=?utf-8?" in line]
    assert len(lines) > 10
    assert max(map(len, lines)) <= 76


def test_a_domain_in_another_script_is_written_in_ascii() -> None:
    raw = compose(replace(OUTGOING, to="vera@bücher.example"), date=NOON)
    assert b"\r\nTo: vera@xn--bcher-kva.example\r\n" in raw
    assert raw.isascii()


def test_a_local_part_in_another_script_stays_what_it_is() -> None:
    assert "To: вера@example.com\r\n".encode() in compose(
        replace(OUTGOING, to="вера@example.com"), date=NOON
    )


def test_extra_headers_are_added() -> None:
    headers = (("List-Unsubscribe", "<https://shop.example/u/1>"), ("Auto-Submitted", "no"))
    mail = read(compose(replace(OUTGOING, headers=headers), date=NOON))
    assert mail["List-Unsubscribe"] == "<https://shop.example/u/1>"
    assert mail["Auto-Submitted"] == "no"


@pytest.mark.parametrize("evil", ["x\r\nBcc: m@x.example", "x\nBcc: m@x.example", "x\ry", "\r\n"])
@pytest.mark.parametrize(
    "place",
    ["to", "sender", "subject", "reply_to", "message_id", "in_reply_to", "references", "headers"],
)
def test_a_line_break_in_the_head_is_refused(place: str, evil: str) -> None:
    value: object = {
        "to": f"vera@example.com{evil}",
        "sender": f"{evil} <support@shop.example>",
        "references": ("<a@x>", evil),
        "headers": (("X-Shop", evil),),
    }.get(place, evil)
    with pytest.raises(BadInput):
        compose(replace(OUTGOING, **{place: value}), date=NOON)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "name",
    ["From", "bcc", "Subject", "content-type", "X Y", "X:Y", "", "X\r\nY", "Größe", "Received"],
)
def test_a_header_that_is_not_theirs_to_set_is_refused(name: str) -> None:
    with pytest.raises(BadInput):
        compose(replace(OUTGOING, headers=((name, "x"),)), date=NOON)


@pytest.mark.parametrize(
    "to",
    [
        "",
        "vera",
        "@example.com",
        "vera@",
        "vera@-x.example",
        "vera@exa mple.com",
        '"ve ra"@example.com',
        "vera@example.com, m@x.example",
        "vera@example.com>",
        "ve\x00ra@example.com",
        "ve\u202era@example.com",
        "ve\ud800ra@example.com",
        "vera@exämple..com",
        f"{'v' * 65}@example.com",
        f"vera@{'x.' * 130}com",
        "vera@[127.0.0.1]",
    ],
)
def test_a_malformed_address_is_refused(to: str) -> None:
    with pytest.raises(BadInput) as refused:
        compose(replace(OUTGOING, to=to), date=NOON)
    assert refused.value.details["field"] == "to"


class Sink:
    """A real SMTP server that keeps what it is given."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.envelopes.append(envelope)
        return "250 2.0.0 Ok: queued as 4AB12"


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def sink() -> AsyncIterator[tuple[Sink, SmtpChannel]]:
    handler = Sink()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(handler, hostname="sink", enable_SMTPUTF8=True, loop=loop), "127.0.0.1", 0
    )
    channel = SmtpChannel("127.0.0.1", server.sockets[0].getsockname()[1], tls="none")
    yield handler, channel
    await channel.aclose()
    server.close()
    await server.wait_closed()


BREAK = re.compile(r"[\r\n]")
anything = st.text(max_size=200) | st.text(
    alphabet='ab \r\n.:<>@",\\=?\x00\u2028\x85ü👟', max_size=60
)


@given(name=anything, subject=anything, text=anything, html=st.none() | anything)
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
async def test_whatever_is_written_one_mail_arrives_with_the_head_we_meant(
    sink: tuple[Sink, SmtpChannel], name: str, subject: str, text: str, html: str | None
) -> None:
    handler, channel = sink
    handler.envelopes.clear()
    outgoing = replace(
        OUTGOING,
        sender=f"{name} <support@shop.example>",
        subject=subject,
        text=text,
        html=html,
        in_reply_to="<a@x>",
        reply_to="r+x@in.shop.example",
        envelope_from="b+x@in.shop.example",
    )
    outcome = await channel.send(outgoing)
    if BREAK.search(name + subject):
        assert isinstance(outcome, Rejected)
        assert handler.envelopes == []
        return
    assert outcome == Accepted(provider_id="4AB12")
    [envelope] = handler.envelopes
    assert envelope.mail_from == "b+x@in.shop.example"
    assert envelope.rcpt_tos == ["vera@example.com"]
    raw = cast("bytes", envelope.content)
    assert sorted(fields(raw)) == sorted(
        [
            *("From", "To", "Reply-To", "Subject", "Date", "Message-ID", "In-Reply-To"),
            *("References", "Content-Type", "MIME-Version"),
            *([] if html is not None else ["Content-Transfer-Encoding"]),
        ]
    )
    assert len(cast("Any", read(raw)["From"]).addresses) == 1


@given(text=st.text(alphabet=st.characters(exclude_categories=("Cc", "Cs")) | st.just("\n")))
@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
async def test_vera_reads_what_ada_wrote(sink: tuple[Sink, SmtpChannel], text: str) -> None:
    handler, channel = sink
    handler.envelopes.clear()
    assert isinstance(await channel.send(replace(OUTGOING, text=text)), Accepted)
    [envelope] = handler.envelopes
    content = read(cast("bytes", envelope.content)).get_content()
    assert content.replace("\r\n", "\n").removesuffix("\n") == text.removesuffix("\n")


async def test_a_text_that_speaks_smtp_stays_text(sink: tuple[Sink, SmtpChannel]) -> None:
    handler, channel = sink
    handler.envelopes.clear()
    text = "Hi\n.\r\nMAIL FROM:<m@x.example>\nRCPT TO:<w@x.example>\nDATA\n..\n.\n.x\r.\rQUIT\n"
    assert isinstance(await channel.send(replace(OUTGOING, text=text)), Accepted)
    [envelope] = handler.envelopes
    content = read(cast("bytes", envelope.content)).get_content()
    assert content.splitlines() == re.split(r"\r\n|\r|\n", text)[:-1]


def test_a_logo_travels_with_the_html_and_is_named_by_it() -> None:
    """RFC 2046 section 5.1.4 and RFC 2387: pictures belong to the HTML, text stands alone."""
    logo = Inlined(cid="logo", subtype="png", data=b"\x89PNG and so on" * 20)
    outgoing = replace(OUTGOING, html='<img src="cid:logo">', inlined=(logo,))
    raw = compose(outgoing, date=NOON)
    assert raw == compose(outgoing, date=NOON)
    mail = read(raw)
    assert mail.get_content_type() == "multipart/alternative"
    text, related = mail.iter_parts()
    assert text.get_content_type() == "text/plain"
    assert related.get_content_type() == "multipart/related"
    html, picture = related.iter_parts()
    assert html.get_content().strip() == '<img src="cid:logo">'
    assert (picture["Content-ID"], picture.get_content_disposition()) == ("<logo>", "inline")
    assert picture.get_content() == logo.data
    assert mail.get_boundary() != related.get_boundary()


def test_a_long_link_in_a_header_is_neither_encoded_nor_broken() -> None:
    """RFC 8058 section 3.1: a mail program posts to what stands there, to the letter."""
    link = f"<https://chat.acme.example/stop/pk_acme/{'x' * 26}-{'y' * 26}-{'z' * 16}>"
    raw = compose(replace(OUTGOING, headers=(("List-Unsubscribe", link),)), date=NOON)
    assert f"List-Unsubscribe: {link}\r\n".encode() in raw


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("message/rfc822", "application/octet-stream"),
        ("Message/RFC822", "application/octet-stream"),
        ("message/partial", "application/octet-stream"),
        ("multipart/mixed", "application/octet-stream"),
        ("application/pdf", "application/pdf"),
    ],
)
def test_a_mail_that_is_a_file_arrives_as_it_was_whatever_it_holds(kind: str, told: str) -> None:
    data = b"From: z\xc3\xb6e@home.example\n\n--=_b\r\n" + b"x" * 2_000 + b"\r.\n"
    file = Attached(name="Frage von Zo\u00eb.eml", content_type=kind, digest="d1", data=data)
    (part,) = read(compose(replace(OUTGOING, attachments=(file,)), date=NOON)).iter_attachments()
    # RFC 2046 section 5.2.1 allows no encoding of a message/rfc822, and programs show such badly.
    assert part.get_content_type() == told
    assert part["Content-Transfer-Encoding"] == "base64"
    assert part.get_filename() == file.name
    assert part.get_payload(decode=True) == data
