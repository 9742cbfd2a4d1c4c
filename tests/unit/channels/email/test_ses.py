"""What Amazon posts: SNS's envelope, signed either way, and SES's notifications in it."""

from __future__ import annotations

import base64
import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.channels.email import ses, sns
from gateway.channels.email.posted import NotAMail, NotSigned
from tests.posting import (
    CERTIFICATE_URL,
    SECOND,
    SUBSCRIBE_URL,
    TOPIC,
    Sns,
    amazon_certificate,
    post,
    ses_received,
)

NOW = 1_767_225_600 * SECOND
PEM = amazon_certificate()
RAW = "From: Vera <vera@shopper.example>\r\nMessage-ID: <1@shopper.example>\r\n\r\nBlue? Ü\r\n"
TO = "r+abc@in.acme.example"


def proved(message: Sns) -> sns.Notice:
    """The message, read and proved."""
    notice = sns.read(message.post(), [TOPIC])
    sns.prove(notice, PEM, NOW)
    return notice


@pytest.mark.parametrize("version", ["1", "2"])
@pytest.mark.parametrize("subject", ["Amazon SES Email Receipt Notification", None])
def test_veras_mail_comes_in_a_signed_notification(version: str, subject: str | None) -> None:
    notice = proved(Sns(message=ses_received(RAW, TO), version=version, subject=subject))
    (mail,) = ses.received(notice.message).mails
    assert (mail.raw, mail.recipients) == (RAW.encode(), (TO,))
    assert mail.sender == "vera@shopper.example"


def test_a_mail_in_base64_keeps_its_bytes() -> None:
    raw = "From: v@x.example\r\n\r\nBl\xfc".encode("latin-1")
    told = ses_received(base64.b64encode(raw).decode(), TO, encoding="BASE64")
    (mail,) = ses.received(told).mails
    assert mail.raw == raw
    with pytest.raises(NotAMail):
        ses.received(ses_received("no base64!", TO, encoding="BASE64"))


def test_a_mail_that_lies_in_a_bucket_is_refused_with_what_to_do() -> None:
    told = ses_received(None, TO, type="S3", bucketName="acme", objectKey="x")
    with pytest.raises(ses.ElsewhereOnly, match="S3 action does not bring the mail"):
        ses.received(told)


@pytest.mark.parametrize(
    "changed",
    [
        {"Message": ses_received("From: ada@acme.example\r\n\r\nYes", TO)},
        {"Subject": "Another"},
        {"Timestamp": "2026-01-02T00:00:00.000Z"},
        {"MessageId": "another"},
        {"Type": "UnsubscribeConfirmation", "Token": "x", "SubscribeURL": "https://x.example"},
        {"Signature": ""},
        {"Signature": "%%%"},
        {"Signature": base64.b64encode(b"x" * 256).decode()},
        {"SignatureVersion": "1"},
    ],
)
def test_a_notification_that_was_changed_is_not_amazons(changed: dict[str, Any]) -> None:
    notice = sns.read(Sns(message=ses_received(RAW, TO), more=changed).post(), [TOPIC])
    with pytest.raises(NotSigned):
        sns.prove(notice, PEM, NOW)


@pytest.mark.parametrize(
    "url",
    [
        CERTIFICATE_URL.replace("https", "http"),
        CERTIFICATE_URL.replace("eu-west-1", "us-east-1"),
        CERTIFICATE_URL.replace("amazonaws.com", "amazonaws.com.evil.example"),
        CERTIFICATE_URL.replace("sns.eu", "sns.evil.example/sns.eu"),
        CERTIFICATE_URL.replace("sns.", "evil@sns."),
        CERTIFICATE_URL.replace("sns.", "s3."),
        CERTIFICATE_URL.replace(".com/", ".com:444/"),
        CERTIFICATE_URL.replace(".com/", ".com\\@evil.example/"),
        CERTIFICATE_URL.replace(".com/", ".com/../evil/"),
        CERTIFICATE_URL.replace("Simple", "Any"),
        CERTIFICATE_URL.replace("/Simple", "\t/Simple"),
        CERTIFICATE_URL + "?next=https://evil.example",
        CERTIFICATE_URL + "#x",
        CERTIFICATE_URL + "\n",
        "https://sns.evil.example/SimpleNotificationService-0123.pem",
        "https://[",
        "",
    ],
)
def test_a_certificate_that_lies_elsewhere_is_not_even_fetched(url: str) -> None:
    with pytest.raises(NotSigned):
        sns.read(Sns(message="x", certificate_url=url).post(), [TOPIC])


@pytest.mark.parametrize(
    "topic", ["", "arn:aws:sns:eu-west-1:123456789012:mallorys", TOPIC + "x", TOPIC.upper()]
)
def test_another_topic_is_refused(topic: str) -> None:
    with pytest.raises(NotSigned):
        sns.read(Sns(message="x", topic=topic).post(), [TOPIC])


def test_a_topic_that_is_set_wrongly_is_known() -> None:
    assert sns.is_topic(TOPIC)
    assert not sns.is_topic("acme-mail")


@pytest.mark.parametrize("pem", [b"", b"-----BEGIN CERTIFICATE-----\n", b"\x00" * 100])
def test_a_certificate_that_is_none_proves_nothing(pem: bytes) -> None:
    notice = sns.read(Sns(message=ses_received(RAW, TO)).post(), [TOPIC])
    with pytest.raises(NotSigned):
        sns.prove(notice, pem, NOW)


def test_a_certificate_that_is_out_of_date_proves_nothing() -> None:
    notice = sns.read(Sns(message=ses_received(RAW, TO)).post(), [TOPIC])
    with pytest.raises(NotSigned):
        sns.prove(notice, PEM, NOW + 301 * 86_400 * SECOND)
    with pytest.raises(NotSigned):
        sns.prove(notice, PEM, 0)


def test_a_subscription_is_confirmed_at_amazons_own_address_alone() -> None:
    asked = Sns(message="You have chosen to subscribe", type="SubscriptionConfirmation")
    assert sns.confirmation(proved(asked)) == SUBSCRIBE_URL
    for url in (
        "https://evil.example/?Action=ConfirmSubscription",
        SUBSCRIBE_URL.replace("https", "http"),
        SUBSCRIBE_URL.replace("Confirm", "Un"),
        SUBSCRIBE_URL.replace("eu-west-1.amazonaws", "eu-west-2.amazonaws"),
        "",
    ):
        with pytest.raises(NotSigned):
            sns.confirmation(proved(Sns(message="x", type=asked.type, subscribe_url=url)))


def test_raw_delivery_is_refused_because_nothing_signs_it() -> None:
    request = post(json.loads(ses_received(RAW, TO)), {"x-amz-sns-rawdelivery": "true"})
    with pytest.raises(NotSigned, match="switch it off"):
        sns.read(request, [TOPIC])


def bounced(**more: Any) -> str:
    """A bounce as SES tells of it."""
    bounce = {
        "bounceType": "Permanent",
        "bounceSubType": "General",
        "feedbackId": "00000138111222aa",
        "bouncedRecipients": [
            {
                "emailAddress": "walt@shopper.example",
                "status": "5.1.1",
                "action": "failed",
                "diagnosticCode": "smtp; 550 5.1.1 unknown",
            }
        ],
        **more,
    }
    mail = {
        "messageId": "0000013786031775-163e3910",
        "headers": [{"name": "Message-ID", "value": "<d1@acme.example>"}],
    }
    return json.dumps({"notificationType": "Bounce", "bounce": bounce, "mail": mail})


def test_a_bounce_names_the_mail_by_both_ids() -> None:
    (failure,) = ses.received(bounced()).failures
    assert failure.message_ids == ("<d1@acme.example>",)
    assert failure.provider_id == "0000013786031775-163e3910"
    assert (failure.code, failure.address_is_bad) == ("5.1.1", True)
    (full,) = ses.received(bounced(bounceType="Transient", bounceSubType="MailboxFull")).failures
    assert not full.address_is_bad


def test_an_absence_note_that_ses_takes_for_a_bounce_fails_nothing() -> None:
    told = bounced(
        bounceType="Transient", bouncedRecipients=[{"emailAddress": "walt@shopper.example"}]
    )
    assert ses.received(told).failures == ()


def test_a_complaint_is_a_failure_and_its_contrary_is_not() -> None:
    complaint = {"feedbackId": "1", "complaintFeedbackType": "abuse"}
    told = {"eventType": "Complaint", "complaint": complaint, "mail": {"messageId": "x"}}
    (failure,) = ses.received(json.dumps(told)).failures
    assert (failure.words, failure.address_is_bad) == ("The mail was reported as spam", True)
    complaint["complaintFeedbackType"] = "not-spam"
    assert ses.received(json.dumps(told)).failures == ()


@pytest.mark.parametrize(
    "message", ["", "{}", "[]", "Successfully validated SNS topic", "[" * 9_999]
)
def test_what_is_no_notification_is_refused_with_a_word(message: str) -> None:
    with pytest.raises(NotAMail) as refused:
        ses.received(message)
    assert refused.value.message


@given(
    body=st.binary() | st.dictionaries(st.text(), st.text()).map(lambda d: json.dumps(d).encode())
)
def test_any_body_is_refused_and_nothing_else(body: bytes) -> None:
    with pytest.raises(NotSigned):
        sns.read(post(body), [TOPIC])


@given(
    changed=st.dictionaries(
        st.sampled_from(["Type", "TopicArn", "SigningCertURL", "Signature", "Message", "Subject",
                         "SubscribeURL", "Token", "SignatureVersion"]),
        st.text() | st.none() | st.integers(),
        min_size=1,
    ),
    pem=st.binary() | st.just(PEM),
)  # fmt: skip
def test_any_change_of_a_notification_is_refused(changed: dict[str, Any], pem: bytes) -> None:
    message = Sns(message=ses_received(RAW, TO))
    if all(message.document().get(name) == value for name, value in changed.items()):
        return
    message.more = changed
    with contextlib.suppress(NotSigned):
        notice = sns.read(message.post(), [TOPIC])
        sns.prove(notice, pem, NOW)
        # Of a notification these two are not signed, and nothing reads them.
        assert set(changed) <= {"SubscribeURL", "Token"}


NOTICES = st.recursive(
    st.none() | st.text(),
    lambda inner: st.dictionaries(
        st.sampled_from(["notificationType", "mail", "receipt", "content", "bounce"]), inner
    ),
)


@given(told=st.text() | NOTICES.map(json.dumps))
def test_any_message_is_understood_or_refused(told: str) -> None:
    with contextlib.suppress(NotAMail, ses.ElsewhereOnly):
        assert ses.received(told).mails == ()
