"""What Postmark posts: postmarkapp.com/developer/webhooks/inbound-webhook and …/bounce-webhook."""

from __future__ import annotations

import base64
import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.channels.email import bounces, mime, postmark
from gateway.channels.email.posted import NotAMail, NotSigned
from tests.posting import POSTMARK_SECRET, basic, post

OURS = basic(POSTMARK_SECRET)
RAW = (
    "From: Vera <vera@shopper.example>\nSubject: Shoes\nMessage-ID: <1@shopper.example>\n\nBlue?\n"
)


def inbound(**more: Any) -> dict[str, Any]:
    """An inbound mail as Postmark tells of it."""
    return {
        "FromName": "Vera",
        "MessageStream": "inbound",
        "FromFull": {"Email": "vera@shopper.example", "Name": 'Vera "V" Ürbán', "MailboxHash": ""},
        "ToFull": [{"Email": "r+abc@in.acme.example", "Name": "", "MailboxHash": "abc"}],
        "CcFull": [{"Email": "walt@shopper.example", "Name": "Walt", "MailboxHash": ""}],
        "OriginalRecipient": "r+abc@in.acme.example",
        "Subject": "Schöne Schuhe",
        "MessageID": "73e6d360-66eb-11e1-8e72-a8904824019b",
        "Date": "Fri, 1 Aug 2014 16:45:32 -0400",
        "TextBody": "Blue?\n\nVera",
        "HtmlBody": "<p>Blue?</p>",
        "StrippedTextReply": "Blue?",
        "Headers": [
            {"Name": "Return-Path", "Value": "<bounces@shopper.example>"},
            {"Name": "Message-ID", "Value": "<1@shopper.example>"},
            {"Name": "References", "Value": "<d1@acme.example>"},
            {"Name": "Content-Type", "Value": 'multipart/alternative; boundary="gone"'},
        ],
        "Attachments": [],
        **more,
    }


def test_veras_mail_comes_whole_when_postmark_is_told_to_send_it_whole() -> None:
    (mail,) = postmark.received(post(inbound(RawEmail=RAW), OURS), [POSTMARK_SECRET]).mails
    assert mail.raw == RAW.replace("\n", "\r\n").encode()
    assert mail.recipients == ("r+abc@in.acme.example",)
    assert mail.sender == "bounces@shopper.example"


def test_veras_mail_in_fields_becomes_the_mail_that_says_the_same() -> None:
    photo = {
        "Name": "Schuh “neu”.png",
        "Content": base64.b64encode(b"\x89PNG\r\n" * 40).decode(),
        "ContentType": "image/png",
        "ContentID": "photo@shopper.example",
    }
    (mail,) = postmark.received(post(inbound(Attachments=[photo]), OURS), [POSTMARK_SECRET]).mails
    read = mime.parse(mail.raw)
    assert read is not None
    assert read.sender is not None
    assert (read.sender.addr, read.sender.name) == ("vera@shopper.example", 'Vera "V" Ürbán')
    assert (read.subject, read.message_id) == ("Schöne Schuhe", "<1@shopper.example>")
    assert read.references == ("<d1@acme.example>",)
    assert [each.addr for each in read.to] == ["r+abc@in.acme.example"]
    assert (read.text or "").strip() == "Blue?\n\nVera"
    assert (read.html or "").strip() == "<p>Blue?</p>"
    (file,) = read.attachments
    assert (file.data, file.content_type) == (b"\x89PNG\r\n" * 40, "image/png")
    assert (file.name, file.content_id) == ("Schuh “neu”.png", "photo@shopper.example")
    assert all(len(line) <= 998 for line in mail.raw.split(b"\r\n"))


def test_the_same_fields_make_the_same_bytes_so_that_a_repeat_is_known() -> None:
    request = post(inbound(Headers=[]), OURS)
    first = postmark.received(request, [POSTMARK_SECRET])
    assert postmark.received(request, [POSTMARK_SECRET]) == first


def test_a_bounce_in_fields_is_still_a_bounce() -> None:
    status = "Reporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; walt@shopper.example\n" \
        "Action: failed\nStatus: 5.1.1\n"  # fmt: skip
    files = [
        {"Name": "", "Content": base64.b64encode(data.encode()).decode(), "ContentType": kind}
        for kind, data in (
            ("message/delivery-status", status),
            ("message/rfc822", "Message-ID: <d1@acme.example>\n\nHello\n"),
        )
    ]
    head = [
        {
            "Name": "Content-Type",
            "Value": 'multipart/report; report-type=delivery-status; boundary="x"',
        }
    ]
    told = inbound(Headers=head, Attachments=files, HtmlBody="")
    (mail,) = postmark.received(post(told, OURS), [POSTMARK_SECRET]).mails
    verdict = bounces.classify(mail.raw)
    assert verdict is not None
    assert (verdict.kind, verdict.recipient) == ("hard", "walt@shopper.example")
    assert "<d1@acme.example>" in verdict.message_ids


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": ""},
        {"authorization": "Basic"},
        {"authorization": "Basic !!!"},
        {"authorization": f"Bearer {POSTMARK_SECRET}"},
        basic(""),
        basic(POSTMARK_SECRET + "x"),
        basic(POSTMARK_SECRET[:-1]),
        basic("", user=POSTMARK_SECRET),
    ],
)
def test_without_the_password_nothing_is_taken(headers: dict[str, str]) -> None:
    with pytest.raises(NotSigned):
        postmark.received(post(inbound(), headers), [POSTMARK_SECRET])


def test_while_the_password_is_replaced_either_opens_and_an_empty_one_never() -> None:
    for secret in (POSTMARK_SECRET, "the-next-secret"):
        found = postmark.received(
            post(inbound(), basic(secret)), [POSTMARK_SECRET, "the-next-secret", ""]
        )
        assert len(found.mails) == 1
    with pytest.raises(NotSigned):
        postmark.received(post(inbound(), basic("")), [""])


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'"mail"',
        b"[" * 100_000,
        b'{"FromFull":' * 50_000,
        b'{"FromFull": 3}',
        json.dumps(inbound(Headers=[{"Value": "no name"}])).encode(),
        json.dumps(inbound(Attachments=[{"Content": "not base64!"}])).encode(),
        json.dumps(inbound(OriginalRecipient="", ToFull=[], CcFull=[])).encode(),
        b'{"OriginalRecipient": "a@in.acme.example", "RawEmail": "\\ud800"}' * 2,
    ],
)
def test_what_is_no_mail_of_postmarks_is_refused_with_a_word(body: bytes) -> None:
    with pytest.raises(NotAMail) as refused:
        postmark.received(post(body, OURS), [POSTMARK_SECRET])
    assert refused.value.message


def test_mallory_cannot_write_headers_by_way_of_names_and_values() -> None:
    evil = "x\r\nFrom: ada@acme.example\r\n\r\nbody"
    told = inbound(
        Subject=evil,
        FromFull={"Email": "mallory@evil.example", "Name": evil},
        Headers=[
            {"Name": "X-Note", "Value": evil},
            {"Name": "Bad\r\nFrom", "Value": "a@b.example"},
        ],
    )
    (mail,) = postmark.received(post(told, OURS), [POSTMARK_SECRET]).mails
    read = mime.parse(mail.raw)
    assert read is not None
    assert len(read.headers.all("From")) == 1
    assert read.sender is None or read.sender.addr == "mallory@evil.example"


def test_an_address_that_hides_another_is_nobodys() -> None:
    told = inbound(FromFull={"Email": "vera@shopper.example> <mallory@evil.example", "Name": ""})
    (mail,) = postmark.received(post(told, OURS), [POSTMARK_SECRET]).mails
    read = mime.parse(mail.raw)
    assert read is not None
    assert read.sender is None


@pytest.mark.parametrize(
    ("kind", "bad"),
    [("HardBounce", True), ("SoftBounce", False), ("Blocked", False), ("SpamComplaint", True)],
)
def test_a_failure_names_the_mail_by_postmarks_id(kind: str, bad: bool) -> None:
    told = {
        "RecordType": "SpamComplaint" if kind == "SpamComplaint" else "Bounce",
        "ID": 4323372036854775807,
        "Type": kind,
        "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
        "Description": "The server was unable to deliver your message",
        "Email": "walt@shopper.example",
    }
    (failure,) = postmark.received(post(told, OURS), [POSTMARK_SECRET]).failures
    assert failure.provider_id == "883953f4-6105-42a2-a16a-77a8eac79483"
    assert failure.address_is_bad is bad
    assert failure.key == "postmark:4323372036854775807"
    assert "walt" not in failure.words


@pytest.mark.parametrize("told", [{"RecordType": "Delivery"}, {"RecordType": "Open"}])
def test_what_is_no_failure_changes_nothing(told: dict[str, Any]) -> None:
    found = postmark.received(post(told, OURS), [POSTMARK_SECRET])
    assert (found.mails, found.failures) == ((), ())


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(
        st.sampled_from(["FromFull", "Email", "Name", "Value", "Headers", "Attachments", "ToFull",
                         "OriginalRecipient", "RawEmail", "TextBody", "RecordType", "Content"])
        | st.text(max_size=5),
        inner,
        max_size=6,
    ),
    max_leaves=20,
)  # fmt: skip


@given(body=st.binary() | JSON.map(lambda value: json.dumps(value).encode()))
def test_any_body_is_a_mail_or_a_refusal(body: bytes) -> None:
    with contextlib.suppress(NotAMail):
        found = postmark.received(post(body, OURS), [POSTMARK_SECRET])
        assert all(each.recipients and each.raw for each in found.mails)


@given(name=st.text(), value=st.text(), subject=st.text(), words=st.text(), author=st.text())
def test_any_fields_make_one_readable_mail_with_one_sender_at_most(
    name: str, value: str, subject: str, words: str, author: str
) -> None:
    told = inbound(
        Headers=[{"Name": name, "Value": value}, {"Name": "X-Last", "Value": "here"}],
        Subject=subject,
        TextBody=words,
        FromFull={"Email": "vera@shopper.example", "Name": author},
    )
    body = json.dumps(told).encode()
    try:
        (mail,) = postmark.received(post(body, OURS), [POSTMARK_SECRET]).mails
    except NotAMail:
        assert any("\ud800" <= each <= "\udfff" for each in name + value + subject + words + author)
        return
    read = mime.parse(mail.raw)
    assert read is not None
    assert read.headers.get("X-Last") == "here"
    if name.lower() != "from":
        assert read.sender is not None
        assert read.sender.addr == "vera@shopper.example"
