"""Amazon SES by way of SNS: received mails, bounces and complaints.

Only the receipt rule's SNS action brings the mail itself, and only up to 150 KB. The S3 action
brings the name of a bucket, for which we hold no key: such a notice is refused with words for the
operator, and the mail stays in the bucket. SES replaces our Message-ID, so what comes back is known
by SES's own id (which its SMTP server gives when it takes the mail) or by the header it saw.
Sources: docs.aws.amazon.com/ses/latest/dg/receiving-email-notifications-contents.html,
…/receiving-email-action-sns.html, …/notification-contents.html, …/event-publishing-….html.
"""

from __future__ import annotations

import base64
import binascii

from pydantic import Field

from gateway.channels.email.listener import Envelope
from gateway.channels.email.posted import (
    REPORTED,
    Brought,
    Failure,
    Fields,
    NotAMail,
    Words,
    came_back,
    envelope,
    read_json,
)
from gateway.errors import BadInput

_NO_MAILBOX = frozenset({"General", "NoEmail", "Suppressed", "OnAccountSuppressionList"})


class ElsewhereOnly(BadInput):
    """The mail lies in a bucket: let the receipt rule use the SNS action instead."""

    code = "mail_is_elsewhere"
    status = 422


class _Header(Fields):
    name: str
    value: Words = ""


class _Mail(Fields):
    message_id: Words = Field("", alias="messageId")
    source: Words = ""
    destination: tuple[str, ...] = ()
    headers: tuple[_Header, ...] = ()


class _Action(Fields):
    type: Words = ""
    encoding: Words = ""


class _Receipt(Fields):
    recipients: tuple[str, ...] = ()
    action: _Action = _Action()


class _Recipient(Fields):
    action: Words = ""
    status: Words = ""
    diagnostic: Words = Field("", alias="diagnosticCode")


class _Bounce(Fields):
    id: str = Field(alias="feedbackId")
    type: Words = Field("", alias="bounceType")
    subtype: Words = Field("", alias="bounceSubType")
    recipients: tuple[_Recipient, ...] = Field((), alias="bouncedRecipients")


class _Complaint(Fields):
    id: str = Field(alias="feedbackId")
    kind: Words = Field("", alias="complaintFeedbackType")


class _Told(Fields):
    """``notificationType`` of an identity's notification, ``eventType`` of a published event."""

    notification: Words = Field("", alias="notificationType")
    event: Words = Field("", alias="eventType")
    mail: _Mail = _Mail()
    receipt: _Receipt = _Receipt()
    content: str | None = None
    bounce: _Bounce | None = None
    complaint: _Complaint | None = None


def received(message: str) -> Brought:
    """What SES says in the message of a proved SNS notification.

    Raises:
        NotAMail: it is not what SES sends.
        ElsewhereOnly: the mail is not in it.
    """
    told = read_json(_Told, message)
    match told.notification or told.event:
        case "Received":
            return Brought(mails=(_mail(told),))
        case "Bounce" if told.bounce is not None and _is_an_end(told.bounce):
            return Brought(failures=(_bounced(told.mail, told.bounce),))
        case "Complaint" if told.complaint is not None and told.complaint.kind != "not-spam":
            return Brought(failures=(_complained(told.mail, told.complaint),))
        case "":
            # SES says so once, in words, when the topic is attached.
            raise NotAMail("this is no notification of SES")
        case _:
            return Brought()


def _mail(told: _Told) -> Envelope:
    if told.content is None:
        where = told.receipt.action.type or "another"
        raise ElsewhereOnly(
            f"the receipt rule's {where[:20]} action does not bring the mail: use the SNS action"
        )
    if told.receipt.action.encoding.upper() == "BASE64":
        try:
            raw = base64.b64decode(told.content, validate=True)
        except (binascii.Error, ValueError):
            raise NotAMail("content is not in base64") from None
    else:
        raw = told.content.encode("utf-8", "replace")
    return envelope(
        sender=told.mail.source,
        recipients=told.receipt.recipients or told.mail.destination,
        raw=raw,
    )


def _is_an_end(bounce: _Bounce) -> bool:
    """An absence note is told of as a passing bounce too, but without a report's ``action``."""
    return bounce.type == "Permanent" or any(
        each.action.lower() == "failed" for each in bounce.recipients
    )


def _bounced(mail: _Mail, bounce: _Bounce) -> Failure:
    first = next(iter(bounce.recipients), _Recipient())
    return Failure(
        key=f"ses:{bounce.id[:200]}",
        message_ids=_ids(mail),
        provider_id=mail.message_id or None,
        words=came_back(first.diagnostic, f"{bounce.type} {bounce.subtype}"),
        code=first.status[:60],
        # SES's own suppression list refuses what bounced hard at anybody's hands.
        address_is_bad=bounce.type == "Permanent" and bounce.subtype in _NO_MAILBOX,
        for_now=bounce.type == "Transient",
    )


def _complained(mail: _Mail, complaint: _Complaint) -> Failure:
    return Failure(
        key=f"ses:{complaint.id[:200]}",
        message_ids=_ids(mail),
        provider_id=mail.message_id or None,
        words=REPORTED,
        code=complaint.kind[:60],
        address_is_bad=True,
    )


def _ids(mail: _Mail) -> tuple[str, ...]:
    return tuple(each.value for each in mail.headers if each.name.lower() == "message-id")[:5]
