"""SendGrid's Inbound Parse, and its event webhook for what came back.

Proof is the password in the address, or an ECDSA signature over timestamp and raw body (a security
policy at SendGrid; for events "signed event webhook"); whatever is set here is asked for. SendGrid
tries again after a 5xx, for three days; a 4xx ends it. "POST the raw, full MIME message" posts the
mail whole.
Sources: twilio.com/docs/sendgrid/for-developers/parsing-email (setting up, securing the Inbound
Parse webhook) and …/tracking-events (event webhook reference, security features).
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key
from pydantic import Field, TypeAdapter, ValidationError

from gateway.channels.email import charsets, forms, headers, rebuilt
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
    came_back,
    envelope,
    password_given,
    read_json,
)
from gateway.errors import Misconfigured

SIGNATURE = "x-twilio-email-event-webhook-signature"
TIMESTAMP = "x-twilio-email-event-webhook-timestamp"

_COMPLAINTS = frozenset({"spamreport"})
_CHARSETS: TypeAdapter[dict[str, str]] = TypeAdapter(dict[str, str])


class _Envelope(Fields):
    to: tuple[str, ...]
    sender: Words = Field("", alias="from")


class _File(Fields):
    filename: Words = ""
    name: Words = ""
    type: Words = ""
    content_id: Words = Field("", alias="content-id")


class _Event(Fields):
    event: str
    id: Words = Field("", alias="sg_event_id")
    smtp_id: Words = Field("", alias="smtp-id")
    type: Words = ""
    reason: Words = ""
    status: Words = ""


_FILES: TypeAdapter[dict[str, _File]] = TypeAdapter(dict[str, _File])
_EVENTS: TypeAdapter[list[_Event]] = TypeAdapter(list[_Event])


def public_key(text: str) -> EllipticCurvePublicKey:
    """Read the verification key as SendGrid shows it: base64 of a DER SubjectPublicKeyInfo.

    Raises:
        Misconfigured: it is something else.
    """
    try:
        key = load_der_public_key(base64.b64decode("".join(text.split()), validate=True))
    except (ValueError, binascii.Error, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, EllipticCurvePublicKey):
        raise Misconfigured("SENDGRID_PUBLIC_KEY is not a verification key as SendGrid shows it")
    return key


def received(
    request: Request, secrets: Sequence[str], keys: Sequence[EllipticCurvePublicKey]
) -> Brought:
    """What SendGrid posted.

    Raises:
        NotSigned: the password or the signature is missing or wrong, or none is set here.
        NotAMail: the body is not what SendGrid sends.
    """
    if not secrets and not keys:
        raise NotSigned("neither a password nor a key is set here")
    if secrets and not password_given(request.headers, secrets):
        raise NotSigned("the password in the webhook's address is not the one set here")
    if keys and not _signed(request, keys):
        raise NotSigned("it was not signed with the key set here")
    if request.headers.get("content-type", "").lower().startswith("application/json"):
        return _told(request.body)
    return Brought(mails=(_mail(forms.read(request)),))


def _signed(request: Request, keys: Sequence[EllipticCurvePublicKey]) -> bool:
    try:
        signature = base64.b64decode(request.headers.get(SIGNATURE, ""), validate=True)
    except (binascii.Error, ValueError):
        return False
    text = request.headers.get(TIMESTAMP, "").encode("utf-8", "replace") + request.body
    return any(_fits(key, signature, text) for key in keys)


def _fits(key: EllipticCurvePublicKey, signature: bytes, text: bytes) -> bool:
    try:
        key.verify(signature, text, ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True


def _mail(form: Form) -> Envelope:
    """The mail; ``envelope`` is what SMTP said, ``sender_ip`` the machine that brought it."""
    said = read_json(_Envelope, form.values.get("envelope", b""))
    return envelope(
        sender=said.sender,
        recipients=said.to,
        raw=form.values.get("email") or rebuilt.build(_taken(form)),
        peer=form.text("sender_ip")[:60],
    )


def _taken(form: Form) -> rebuilt.Taken:
    try:
        named = _CHARSETS.validate_json(form.values.get("charsets") or b"{}")
        files = _FILES.validate_json(form.values.get("attachment-info") or b"{}")
    except ValidationError:
        raise NotAMail("charsets or attachment-info are not as SendGrid sends them") from None
    head, _ = headers.read(form.values.get("headers", b"").strip(b"\r\n"))
    if not head:
        raise NotAMail("there is no mail in it")
    return rebuilt.Taken(
        headers=head,
        text=_decoded(form, "text", named),
        html=_decoded(form, "html", named),
        files=[
            rebuilt.File(
                name=about.filename or about.name or form.files[field].name,
                content_type=about.type or form.files[field].content_type,
                data=form.files[field].data,
                content_id=about.content_id,
            )
            for field, about in _all_files(form, files).items()
        ],
    )


def _all_files(form: Form, about: dict[str, _File]) -> dict[str, _File]:
    """Every file that came, also one that SendGrid forgot to tell of."""
    return {field: about.get(field, _File()) for field in form.files}


def _decoded(form: Form, field: str, named: dict[str, str]) -> str | None:
    data = form.values.get(field)
    return charsets.decode(data, named.get(field)) if data else None


def _told(body: bytes) -> Brought:
    try:
        events = _EVENTS.validate_json(body)
    except ValidationError:
        raise NotAMail("the events are not as SendGrid sends them") from None
    return Brought(failures=tuple(_failure(each) for each in events if _is_an_end(each)))


def _is_an_end(event: _Event) -> bool:
    return event.event in ("bounce", "dropped", *_COMPLAINTS) and bool(event.id)


def _failure(event: _Event) -> Failure:
    complained = event.event in _COMPLAINTS
    # "blocked" is a refusal of the content or of us; "bounce" with a 5.1.x is a missing mailbox.
    gone = event.event == "bounce" and event.type != "blocked" and event.status.startswith("5.1")
    return Failure(
        key=f"sendgrid:{event.id[:200]}",
        message_ids=(event.smtp_id,) if event.smtp_id else (),
        words=REPORTED if complained else came_back(event.reason),
        code=event.status[:60],
        address_is_bad=complained or gone,
        for_now=event.event == "bounce" and event.status.startswith(("4", "5.2.2")),
    )
