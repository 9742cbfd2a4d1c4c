"""What SendGrid posts: Inbound Parse, raw and parsed, and the event webhook."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.channels.email import mime, sendgrid
from gateway.channels.email.posted import NotAMail, NotSigned, Request
from gateway.errors import Misconfigured
from tests.posting import (
    SENDGRID_SECRET,
    basic,
    multipart,
    post,
    sendgrid_public_key,
    sendgrid_signed,
)

KEYS = [sendgrid.public_key(sendgrid_public_key())]
ENVELOPE = '{"to":["r+abc@in.acme.example","b+abc@in.acme.example"],"from":"vera@shopper.example"}'
RAW = b"From: Vera <vera@shopper.example>\r\nMessage-ID: <1@shopper.example>\r\n\r\nBl\xfce\r\n"
WHOLE: dict[str, str | bytes] = {
    "envelope": ENVELOPE,
    "email": RAW,
    "sender_ip": "192.0.2.7",
    "SPF": "pass",
}


def opened(request: Request) -> Request:
    """The request with the password."""
    return Request(headers={**request.headers, **basic(SENDGRID_SECRET)}, body=request.body)


def test_veras_mail_comes_whole_in_her_own_bytes() -> None:
    (mail,) = sendgrid.received(sendgrid_signed(multipart(WHOLE)), [], KEYS).mails
    assert mail.raw == RAW
    assert mail.recipients == ("r+abc@in.acme.example", "b+abc@in.acme.example")
    assert (mail.sender, mail.peer) == ("vera@shopper.example", "192.0.2.7")


def test_veras_mail_in_fields_becomes_the_mail_that_says_the_same() -> None:
    fields: dict[str, str | bytes] = {
        "envelope": ENVELOPE,
        "headers": "Received: by mx.sendgrid.net\nFrom: =?utf-8?q?Vera_=C3=9C?=\n"
        " <vera@shopper.example>\nSubject: Shoes\nMessage-ID: <1@shopper.example>\n"
        'Content-Type: multipart/mixed; boundary="gone"\n',
        "text": "Größe 42?".encode("iso-8859-1"),
        "html": "<p>Größe 42?</p>",
        "charsets": '{"to":"UTF-8","text":"iso-8859-1","html":"UTF-8"}',
        "attachments": "2",
        "attachment-info": json.dumps(
            {"attachment1": {"filename": "schuh.png", "type": "image/png", "content-id": "p@x"}}
        ),
    }
    files = {
        "attachment1": ("schuh.png", "image/png", b"\x89PNG\x00"),
        "attachment2": ("forgotten.pdf", "application/pdf", b"%PDF-1.7"),
    }
    request = sendgrid_signed(multipart(fields, files))
    (mail,) = sendgrid.received(request, [], KEYS).mails
    read = mime.parse(mail.raw)
    assert read is not None
    assert read.sender is not None
    assert (read.sender.addr, read.sender.name) == ("vera@shopper.example", "Vera Ü")
    assert (read.text or "").strip() == "Größe 42?"
    assert (read.html or "").strip() == "<p>Größe 42?</p>"
    assert {each.name: each.data for each in read.attachments} == {
        "schuh.png": b"\x89PNG\x00",
        "forgotten.pdf": b"%PDF-1.7",
    }


def test_whatever_is_set_is_asked_for() -> None:
    plain, signed = multipart(WHOLE), sendgrid_signed(multipart(WHOLE))
    assert sendgrid.received(opened(plain), [SENDGRID_SECRET], []).mails
    assert sendgrid.received(opened(signed), [SENDGRID_SECRET], KEYS).mails
    for request, secrets, keys in (
        (plain, [], []),
        (signed, [], []),
        (plain, [], KEYS),
        (opened(plain), [], KEYS),
        (plain, [SENDGRID_SECRET], []),
        (signed, [SENDGRID_SECRET], KEYS),
        (opened(plain), [SENDGRID_SECRET], KEYS),
    ):
        with pytest.raises(NotSigned):
            sendgrid.received(request, secrets, keys)


@pytest.mark.parametrize("part", ["body", "stamp", "signature", "encoding", "ascii"])
def test_a_signature_that_does_not_fit_opens_nothing(part: str) -> None:
    request = sendgrid_signed(multipart(WHOLE))
    headers, body = dict(request.headers), request.body
    match part:
        case "body":
            body += b"\r\n"
        case "stamp":
            headers[sendgrid.TIMESTAMP] = "1767225601"
        case "signature":
            headers[sendgrid.SIGNATURE] = "MEUCIQ=="
        case "encoding":
            headers[sendgrid.SIGNATURE] = "%%%"
        case _:
            headers[sendgrid.SIGNATURE] = "Ü"
    with pytest.raises(NotSigned):
        sendgrid.received(Request(headers=headers, body=body), [], KEYS)


@pytest.mark.parametrize("text", ["", "x", "AAAA", "-----BEGIN PUBLIC KEY-----", "Ü" * 9])
def test_a_key_that_is_none_is_told_at_the_start(text: str) -> None:
    with pytest.raises(Misconfigured):
        sendgrid.public_key(text)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"email": RAW},
        {"email": RAW, "envelope": "{"},
        {"email": RAW, "envelope": '{"to": "r@in.acme.example"}'},
        {"email": RAW, "envelope": '{"to": []}'},
        {"email": b"", "envelope": ENVELOPE},
        {"envelope": ENVELOPE, "headers": "From: v@x.example", "charsets": "[]"},
        {"envelope": ENVELOPE, "headers": "From: v@x.example", "attachment-info": "1"},
    ],
)
def test_a_signed_form_without_a_mail_is_refused_with_a_word(
    fields: dict[str, str | bytes],
) -> None:
    with pytest.raises(NotAMail) as refused:
        sendgrid.received(sendgrid_signed(multipart(fields)), [], KEYS)
    assert refused.value.message


def test_events_tell_which_of_our_mails_came_back() -> None:
    events: list[dict[str, Any]] = [
        {"event": "processed", "sg_event_id": "1", "smtp-id": "<d0@acme.example>"},
        {"event": "deferred", "sg_event_id": "2", "smtp-id": "<d0@acme.example>"},
        {
            "event": "bounce", "sg_event_id": "3", "smtp-id": "<d1@acme.example>",
            "type": "bounce", "reason": "550 5.1.1 unknown", "status": "5.1.1",
        },
        {
            "event": "bounce", "sg_event_id": "4", "smtp-id": "<d2@acme.example>",
            "type": "blocked", "reason": "550 5.7.1 spam", "status": "5.7.1",
        },
        {"event": "spamreport", "sg_event_id": "5", "smtp-id": "<d3@acme.example>"},
        {"event": "dropped", "sg_event_id": "6", "reason": "Bounced Address"},
    ]  # fmt: skip
    found = sendgrid.received(sendgrid_signed(post(events)), [], KEYS).failures
    assert [(each.message_ids, each.address_is_bad) for each in found] == [
        (("<d1@acme.example>",), True),
        (("<d2@acme.example>",), False),
        (("<d3@acme.example>",), True),
        ((), False),
    ]
    with pytest.raises(NotAMail):
        sendgrid.received(sendgrid_signed(post({"event": "bounce"})), [], KEYS)


@given(
    fields=st.dictionaries(
        st.sampled_from(["envelope", "email", "headers", "text", "html", "charsets",
                         "attachment-info", "sender_ip"]),
        st.binary() | st.sampled_from([ENVELOPE.encode(), b"{}", b"[]", b"From: v@x.example"]),
    )
)  # fmt: skip
def test_any_signed_form_is_a_mail_or_a_refusal(fields: dict[str, str | bytes]) -> None:
    with contextlib.suppress(NotAMail):
        found = sendgrid.received(opened(multipart(fields)), [SENDGRID_SECRET], [])
        assert all(each.recipients and each.raw.strip() for each in found.mails)


@given(
    body=st.binary(), kind=st.sampled_from(["application/json", "multipart/form-data; boundary=a"])
)
def test_any_body_is_a_refusal_unless_it_is_a_list_of_events(body: bytes, kind: str) -> None:
    with contextlib.suppress(NotAMail):
        request = opened(Request(headers={"content-type": kind}, body=body))
        assert sendgrid.received(request, [SENDGRID_SECRET], []).mails == ()
