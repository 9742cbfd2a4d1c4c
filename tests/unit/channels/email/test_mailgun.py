"""What Mailgun posts: documentation.mailgun.com, routes and webhooks."""

from __future__ import annotations

import contextlib
import json
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.channels.email import mailgun, mime
from gateway.channels.email.posted import NotAMail, NotSigned, Request
from tests.posting import MAILGUN_KEY, SECOND, mailgun_signature, multipart, post

NOW = 1_767_225_600 * SECOND
TOKEN = "c8ce1ce5d79f4aefb2c4a6c6a0f4b9d2a7f5c1e0b3d4f5a6b7"
SIGNED = mailgun_signature(NOW, TOKEN)
RAW = "From: Vera <vera@shopper.example>\nMessage-ID: <1@shopper.example>\n\nBlue? Ü\n"
WHO = {"recipient": "r+abc@in.acme.example", "sender": "bounces@shopper.example"}


def urlencoded(fields: dict[str, str]) -> Request:
    return Request(
        headers={"content-type": "application/x-www-form-urlencoded; charset=utf-8"},
        body=urlencode(fields).encode(),
    )


@pytest.mark.parametrize("form", [multipart, urlencoded])
def test_veras_mail_comes_whole_to_an_address_that_ends_in_mime(form: Any) -> None:
    brought = mailgun.received(form({**WHO, **SIGNED, "body-mime": RAW}), [MAILGUN_KEY], NOW)
    (mail,) = brought.mails
    assert mail.raw == RAW.replace("\n", "\r\n").encode()
    assert (mail.sender, mail.recipients) == (WHO["sender"], (WHO["recipient"],))
    assert brought.once == TOKEN


def test_veras_mail_in_fields_becomes_the_mail_that_says_the_same() -> None:
    head = [
        ["Received", "from mx.shopper.example by mxa.mailgun.org"],
        ["From", "Vera Ürbán <vera@shopper.example>"],
        ["To", "r+abc@in.acme.example"],
        ["Subject", "Schöne Schuhe"],
        ["Message-Id", "<1@shopper.example>"],
        ["Content-Type", 'multipart/mixed; boundary="gone"'],
    ]
    fields = {
        **WHO,
        **SIGNED,
        "message-headers": json.dumps(head),
        "body-plain": "Blue?",
        "body-html": "<p>Blue?</p>",
        "stripped-text": "Blue?",
        "content-id-map": '{"<photo@shopper.example>": "attachment-1"}',
    }
    files = {
        "attachment-1": ("schuh.png", "image/png", b"\x89PNG\r\n--xYz\r\n\x00\xff"),
        "another": ("x.txt", "text/plain", b"no attachment"),
    }
    (mail,) = mailgun.received(multipart(fields, files), [MAILGUN_KEY], NOW).mails
    read = mime.parse(mail.raw)
    assert read is not None
    assert read.sender is not None
    assert (read.sender.addr, read.sender.name) == ("vera@shopper.example", "Vera Ürbán")
    assert (read.subject, read.message_id) == ("Schöne Schuhe", "<1@shopper.example>")
    assert ((read.text or "").strip(), (read.html or "").strip()) == ("Blue?", "<p>Blue?</p>")
    (file,) = read.attachments
    assert (file.data, file.content_id) == (files["attachment-1"][2], "photo@shopper.example")


@pytest.mark.parametrize(
    "signature",
    [
        {},
        {**SIGNED, "signature": ""},
        {**SIGNED, "signature": SIGNED["signature"][:-1] + "g"},
        {**SIGNED, "signature": "Ü" * 64},
        {**SIGNED, "token": TOKEN + "0"},
        {**SIGNED, "token": ""},
        {**SIGNED, "timestamp": str(NOW // SECOND + 1)},
        {**SIGNED, "timestamp": ""},
        {**SIGNED, "timestamp": "١٧٦٧٢٢٥٦٠٠"},
        {**SIGNED, "timestamp": "9" * 5_000},
        mailgun_signature(NOW, TOKEN, key="another key"),
        mailgun_signature(NOW - mailgun.FRESH - SECOND, TOKEN),
        mailgun_signature(NOW + mailgun.FRESH + SECOND, TOKEN),
    ],
)
def test_without_a_fresh_signature_nothing_is_taken(signature: dict[str, str]) -> None:
    with pytest.raises(NotSigned):
        mailgun.received(multipart({**WHO, **signature, "body-mime": RAW}), [MAILGUN_KEY], NOW)


@pytest.mark.parametrize("apart", [-mailgun.FRESH, 0, mailgun.FRESH])
def test_clocks_may_be_five_minutes_apart(apart: int) -> None:
    signed = mailgun_signature(NOW + apart, TOKEN)
    form = multipart({**WHO, **signed, "body-mime": RAW})
    assert mailgun.received(form, [MAILGUN_KEY], NOW).mails


def test_while_the_key_is_replaced_either_opens_and_an_empty_one_never() -> None:
    form = multipart({**WHO, **SIGNED, "body-mime": RAW})
    assert mailgun.received(form, ["the next key", MAILGUN_KEY], NOW).mails
    unkeyed = multipart({**WHO, **mailgun_signature(NOW, TOKEN, key=""), "body-mime": RAW})
    with pytest.raises(NotSigned):
        mailgun.received(unkeyed, [""], NOW)


@pytest.mark.parametrize(
    "fields",
    [
        {**WHO},
        {**WHO, "message-headers": "{}"},
        {**WHO, "message-headers": "[" * 50_000},
        {**WHO, "message-headers": '[["From"]]'},
        {**WHO, "message-url": "https://storage.mailgun.net/v3/x"},
        {"sender": "vera@shopper.example", "body-mime": RAW},
        {"recipient": "not an address", "body-mime": RAW},
        {**WHO, "body-mime": " \r\n"},
    ],
)
def test_a_signed_form_without_a_mail_is_refused_with_a_word(fields: dict[str, str]) -> None:
    with pytest.raises(NotAMail) as refused:
        mailgun.received(multipart({**fields, **SIGNED}), [MAILGUN_KEY], NOW)
    assert refused.value.message


def event(**more: Any) -> Request:
    """A webhook of Mailgun's, with its three parts."""
    data = {
        "event": "failed",
        "id": "G9Bn5sl1TC6nu79C8C0bwg",
        "severity": "permanent",
        "reason": "bounce",
        "recipient": "walt@shopper.example",
        "message": {"headers": {"to": "walt@shopper.example", "message-id": "d1@acme.example"}},
        "delivery-status": {"code": 550, "message": "5.1.1 no such user", "description": ""},
        **more,
    }
    return post({"signature": SIGNED, "event-data": data})


def test_a_permanent_failure_names_the_mail_by_our_message_id() -> None:
    (failure,) = mailgun.received(event(), [MAILGUN_KEY], NOW).failures
    assert failure.message_ids == ("d1@acme.example",)
    assert failure.words == "The mail came back: 5.1.1 no such user"
    assert (failure.code, failure.address_is_bad) == ("550", True)


def test_a_complaint_leaves_the_address_alone_from_then_on() -> None:
    (failure,) = mailgun.received(event(event="complained"), [MAILGUN_KEY], NOW).failures
    assert (failure.words, failure.address_is_bad) == ("The mail was reported as spam", True)


@pytest.mark.parametrize(
    "more", [{"severity": "temporary"}, {"event": "delivered"}, {"event": "opened"}]
)
def test_what_is_no_end_changes_nothing(more: dict[str, Any]) -> None:
    assert mailgun.received(event(**more), [MAILGUN_KEY], NOW).failures == ()


def test_an_event_that_is_not_signed_is_refused() -> None:
    forged = {
        "signature": {"timestamp": "1", "token": "x"},
        "event-data": {"id": "1", "event": "x"},
    }
    with pytest.raises(NotSigned):
        mailgun.received(post(forged), [MAILGUN_KEY], NOW)
    with pytest.raises(NotSigned):
        mailgun.received(post({"signature": "none"}), [MAILGUN_KEY], NOW)


@given(
    body=st.binary(),
    kind=st.sampled_from(
        ["application/json", "multipart/form-data; boundary=a", "multipart/form-data",
         "application/x-www-form-urlencoded", "text/plain", ""]
    ) | st.text(max_size=30),
)  # fmt: skip
def test_any_body_is_refused_and_nothing_else(body: bytes, kind: str) -> None:
    with pytest.raises(NotSigned):
        mailgun.received(Request(headers={"content-type": kind}, body=body), [MAILGUN_KEY], NOW)


@given(
    fields=st.dictionaries(
        st.sampled_from(["recipient", "sender", "body-mime", "body-plain", "message-headers",
                         "content-id-map", "message-url"]),
        st.text() | st.binary() | st.sampled_from(["[]", "{}", '[["From", "v@x.example"]]']),
    )
)  # fmt: skip
def test_any_signed_form_is_a_mail_or_a_refusal(fields: dict[str, str | bytes]) -> None:
    with contextlib.suppress(NotAMail, UnicodeEncodeError):
        form = multipart({**fields, **SIGNED})
        found = mailgun.received(form, [MAILGUN_KEY], NOW)
        assert all(each.recipients and each.raw.strip() for each in found.mails)
