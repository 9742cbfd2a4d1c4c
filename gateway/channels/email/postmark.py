"""Postmark's inbound webhook and its bounce webhook.

Postmark signs nothing. What proves it is the password in the address that it is told to call
(``https://onethread:<secret>@…``), sent as basic authentication. It tries again ten times over
about ten hours, and stops at a 403. ``RawEmail`` is there once "include raw email content" is on.
Sources: postmarkapp.com/developer/webhooks/inbound-webhook, …/webhooks/bounce-webhook,
…/webhooks/spam-complaint-webhook, postmarkapp.com/support (inbound webhook retries).
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence

from pydantic import Field

from gateway.channels.email import rebuilt
from gateway.channels.email.listener import Envelope
from gateway.channels.email.posted import (
    REPORTED,
    Brought,
    Failure,
    Fields,
    NotAMail,
    NotSigned,
    Request,
    Words,
    came_back,
    envelope,
    password_given,
    read_json,
)

_BAD_ADDRESS = frozenset({"HardBounce", "BadEmailAddress", "ManuallyDeactivated", "Unsubscribe"})
_FOR_NOW = frozenset({"SoftBounce", "DnsError", "Undeliverable"})
_COMPLAINTS = frozenset({"SpamComplaint", "SpamNotification"})
# Not an end: Postmark tries again, or a machine answered.
_PASSING = frozenset(
    {"Transient", "AutoResponder", "AddressChange", "Subscribe", "ChallengeVerification"}
)


class _Person(Fields):
    email: Words = Field("", alias="Email")
    name: Words = Field("", alias="Name")


class _Header(Fields):
    name: str = Field(alias="Name")
    value: Words = Field("", alias="Value")


class _File(Fields):
    name: Words = Field("", alias="Name")
    content: str = Field(alias="Content")
    content_type: Words = Field("", alias="ContentType")
    content_id: Words = Field("", alias="ContentID")


class _Posted(Fields):
    """An inbound mail; or, with ``RecordType``, what became of one of ours."""

    record_type: Words = Field("", alias="RecordType")
    sender: _Person | None = Field(None, alias="FromFull")
    to: tuple[_Person, ...] = Field((), alias="ToFull")
    cc: tuple[_Person, ...] = Field((), alias="CcFull")
    bcc: tuple[_Person, ...] = Field((), alias="BccFull")
    original_recipient: Words = Field("", alias="OriginalRecipient")
    subject: Words = Field("", alias="Subject")
    date: Words = Field("", alias="Date")
    text: str | None = Field(None, alias="TextBody")
    html: str | None = Field(None, alias="HtmlBody")
    headers: tuple[_Header, ...] = Field((), alias="Headers")
    files: tuple[_File, ...] = Field((), alias="Attachments")
    raw: str | None = Field(None, alias="RawEmail")


class _Bounce(Fields):
    id: int = Field(alias="ID")
    type: Words = Field("", alias="Type")
    message_id: Words = Field("", alias="MessageID")
    description: Words = Field("", alias="Description")
    details: Words = Field("", alias="Details")


def received(request: Request, secrets: Sequence[str]) -> Brought:
    """What Postmark posted.

    Raises:
        NotSigned: the password is missing or another one.
        NotAMail: the body is not what Postmark sends.
    """
    if not password_given(request.headers, secrets):
        raise NotSigned("the password in the webhook's address is not the one set here")
    posted = read_json(_Posted, request.body)
    if posted.record_type in ("", "Inbound"):
        return Brought(mails=(_mail(posted),))
    if posted.record_type in ("Bounce", "SpamComplaint"):
        return _failed(read_json(_Bounce, request.body))
    return Brought()


def _mail(posted: _Posted) -> Envelope:
    """The mail; its envelope's recipient is the address that Postmark took it for."""
    sender = posted.sender.email if posted.sender else ""
    returned = [each.value for each in posted.headers if each.name.lower() == "return-path"]
    # The copy that is for us is the one it was taken for; headers are a guess in its absence.
    shown = [each.email for each in (*posted.to, *posted.cc, *posted.bcc)]
    return envelope(
        sender=returned[0] if returned else sender,
        recipients=[posted.original_recipient] if posted.original_recipient.strip() else shown,
        raw=posted.raw.encode("utf-8", "replace") if posted.raw else rebuilt.build(_taken(posted)),
    )


def _taken(posted: _Posted) -> rebuilt.Taken:
    """The fields as a mail: Postmark lists these four apart from the other headers."""
    listed = {each.name.lower() for each in posted.headers}
    own = (
        ("From", rebuilt.person(posted.sender.name, posted.sender.email) if posted.sender else ""),
        ("To", ", ".join(rebuilt.person(each.name, each.email) for each in posted.to)),
        ("Cc", ", ".join(rebuilt.person(each.name, each.email) for each in posted.cc)),
        ("Subject", posted.subject),
        ("Date", posted.date),
    )
    return rebuilt.Taken(
        headers=[
            *((each.name, each.value) for each in posted.headers),
            *((name, value) for name, value in own if value and name.lower() not in listed),
        ],
        text=posted.text,
        html=posted.html,
        files=[_file(each) for each in posted.files],
    )


def _file(file: _File) -> rebuilt.File:
    try:
        data = base64.b64decode(file.content, validate=True)
    except (binascii.Error, ValueError):
        raise NotAMail("Attachments: a file is not in base64") from None
    return rebuilt.File(
        name=file.name,
        content_type=file.content_type,
        data=data,
        content_id=file.content_id,
    )


def _failed(bounce: _Bounce) -> Brought:
    if bounce.type in _PASSING:
        return Brought()
    complained = bounce.type in _COMPLAINTS
    failure = Failure(
        key=f"postmark:{bounce.id}",
        provider_id=bounce.message_id or None,
        words=(REPORTED if complained else came_back(bounce.description, bounce.details)),
        code=bounce.type[:60],
        address_is_bad=complained or bounce.type in _BAD_ADDRESS,
        for_now=bounce.type in _FOR_NOW,
    )
    return Brought(failures=(failure,))
