"""Mailgun's routes (mail in) and its webhook of permanent failures and complaints.

Proof is HMAC-SHA256 of timestamp and token under the account's webhook signing key. It does not
cover the body, so a token serves one body, and for five minutes. Any answer but 200 and 406 makes
Mailgun try again, for eight hours. To an address that ends in ``mime`` it posts the mail whole.
Sources: documentation.mailgun.com, "Receiving, Forwarding and Storing Messages" and "Webhooks".
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Sequence

from pydantic import Field, TypeAdapter, ValidationError

from gateway.channels.email import forms, rebuilt
from gateway.channels.email.forms import Form
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
    among,
    came_back,
    envelope,
    read_json,
)
from gateway.clock import MINUTE, SECOND

FRESH = 5 * MINUTE  #: how far Mailgun's clock and ours may be apart, a request's way included
_SECONDS = re.compile(r"[0-9]{9,12}", re.ASCII)
_TOKEN = re.compile(r"[0-9A-Za-z_-]{16,200}", re.ASCII)
_PAIRS: TypeAdapter[list[tuple[str, str]]] = TypeAdapter(list[tuple[str, str]])
_CONTENT_IDS: TypeAdapter[dict[str, str]] = TypeAdapter(dict[str, str])
_FILE = re.compile(r"attachment-\d{1,4}", re.ASCII)
_FULL = 552
_NO_MAILBOX = frozenset({550, 551, 553, 605})  #: SMTP's, and Mailgun's own for an earlier bounce


class _Signature(Fields):
    timestamp: Words = ""
    token: Words = ""
    signature: Words = ""


class _Message(Fields):
    headers: dict[str, object] = Field(default_factory=dict)


class _Status(Fields):
    code: int | None = None
    message: Words = ""
    description: Words = ""


class _Event(Fields):
    id: str
    event: str
    severity: Words = ""
    reason: Words = ""
    message: _Message = _Message()
    status: _Status = Field(_Status(), alias="delivery-status")


class _Told(Fields):
    signature: _Signature
    event: _Event = Field(alias="event-data")


def received(request: Request, keys: Sequence[str], now: int) -> Brought:
    """What Mailgun posted; ``now`` is microseconds UTC.

    Raises:
        NotSigned: no or a wrong signature, or one that is older or newer than ``FRESH``.
        NotAMail: the body is not what Mailgun sends.
    """
    try:
        posted = _posted(request)
    except NotAMail:
        # What cannot be read proves nothing, so nobody is told that it is Mailgun's.
        raise NotSigned("it bears no signature") from None
    if isinstance(posted, _Told):
        once = _signed(posted.signature, keys, now)
        return Brought(failures=_failures(posted.event), once=once)
    signature = _Signature(
        timestamp=posted.text("timestamp"),
        token=posted.text("token"),
        signature=posted.text("signature"),
    )
    once = _signed(signature, keys, now)
    return Brought(mails=(_mail(posted),), once=once)


def _posted(request: Request) -> Form | _Told:
    if request.headers.get("content-type", "").lower().startswith("application/json"):
        return read_json(_Told, request.body)
    return forms.read(request)


def _signed(signature: _Signature, keys: Sequence[str], now: int) -> str:
    """The token, once the signature is found to be Mailgun's and fresh."""
    stamp, token = signature.timestamp, signature.token
    if not _SECONDS.fullmatch(stamp) or not _TOKEN.fullmatch(token):
        raise NotSigned("it bears no signature")
    made = [
        hmac.digest(key.encode(), f"{stamp}{token}".encode(), hashlib.sha256).hex()
        for key in keys
        if key
    ]
    if not among(signature.signature.encode("utf-8", "replace"), made):
        raise NotSigned("it was not signed with the key set here")
    if abs(now - int(stamp) * SECOND) > FRESH:
        raise NotSigned("its signature is not of now; are both clocks right?")
    return token


def _mail(form: Form) -> Envelope:
    """The mail; ``recipient`` and ``sender`` are what SMTP said."""
    raw = form.values.get("body-mime") or rebuilt.build(_taken(form))
    return envelope(
        sender=form.text("sender"),
        recipients=form.text("recipient").split(","),
        raw=raw,
    )


def _taken(form: Form) -> rebuilt.Taken:
    if "message-url" in form.values and "message-headers" not in form.values:
        raise NotAMail("the mail is only stored at Mailgun: use forward() in the route")
    try:
        head = _PAIRS.validate_json(form.values.get("message-headers", b""))
        ids = _CONTENT_IDS.validate_json(form.values.get("content-id-map") or b"{}")
    except ValidationError:
        raise NotAMail("message-headers are not as Mailgun sends them") from None
    inline = {field: content_id for content_id, field in ids.items()}
    return rebuilt.Taken(
        headers=head,
        text=form.text("body-plain") or None,
        html=form.text("body-html") or None,
        files=[
            rebuilt.File(
                name=file.name,
                content_type=file.content_type,
                data=file.data,
                content_id=inline.get(field, ""),
            )
            for field, file in form.files.items()
            if _FILE.fullmatch(field)
        ],
    )


def _failures(event: _Event) -> tuple[Failure, ...]:
    complained = event.event == "complained"
    if not complained and (event.event != "failed" or event.severity != "permanent"):
        return ()
    named = event.message.headers.get("message-id")
    code = event.status.code
    return (
        Failure(
            key=f"mailgun:{event.id[:200]}",
            message_ids=(named,) if isinstance(named, str) else (),
            words=(
                REPORTED
                if complained
                else came_back(event.status.message, event.status.description, event.reason)
            ),
            code="" if code is None else str(code),
            address_is_bad=complained or code in _NO_MAILBOX,
            for_now=not complained and code is not None and (code == _FULL or code // 100 == 4),
        ),
    )
