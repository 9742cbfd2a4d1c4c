"""Amazon SNS: whether a notification is Amazon's, and from one of our topics.

Proof is an RSA signature over some of the fields, in a fixed order, by a certificate that Amazon
publishes; version 1 uses SHA-1, version 2 SHA-256. The message names its certificate, so where that
may lie is the whole of the proof: https, on ``sns.<region>.amazonaws.com``, in the topic's region.
Source: docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html and
…/sns-message-and-json-formats.html.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Literal
from urllib.parse import SplitResult, parse_qs, urlsplit

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from pydantic import Field

from gateway.channels.email.posted import Fields, NotAMail, NotSigned, Request, read_json
from gateway.clock import SECOND

MOST_BODY = 1_000_000  #: bytes; SNS carries 256 KB, JSON may double them
_TOPIC = re.compile(r"arn:aws(?:-[a-z-]{1,20})?:sns:([a-z0-9-]{3,30}):[0-9]{12}:[\w-]{1,256}", re.A)
_CERTIFICATE = re.compile(r"/SimpleNotificationService-[0-9A-Za-z]{1,80}\.pem", re.ASCII)
# Which fields are signed, in this order (Subject when there is one).
_NOTIFICATION = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
_CONFIRMATION = ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Notice(Fields):
    """One SNS message; nothing in it is to be believed before ``prove``."""

    type: Literal["Notification", "SubscriptionConfirmation", "UnsubscribeConfirmation"] = Field(
        alias="Type"
    )
    message: str = Field(alias="Message")
    message_id: str = Field(alias="MessageId")
    subject: str | None = Field(None, alias="Subject")
    timestamp: str = Field(alias="Timestamp")
    topic: str = Field(alias="TopicArn")
    token: str | None = Field(None, alias="Token")
    subscribe_url: str | None = Field(None, alias="SubscribeURL")
    version: Literal["1", "2"] = Field(alias="SignatureVersion")
    signature: str = Field(alias="Signature")
    certificate_url: str = Field(alias="SigningCertURL")


def is_topic(text: str) -> bool:
    """Whether this is the ARN of a topic."""
    return _TOPIC.fullmatch(text) is not None


def read(request: Request, topics: Sequence[str]) -> Notice:
    """Read a message of one of our topics, whose signature is still to be proved.

    Raises:
        NotSigned: not SNS's JSON, raw delivery is on, the topic is not ours, or the certificate
            lies elsewhere.
    """
    if request.headers.get("x-amz-sns-rawdelivery", "").lower() == "true":
        raise NotSigned("raw message delivery is not signed: switch it off for this subscription")
    if len(request.body) > MOST_BODY:
        raise NotSigned("SNS sends nothing so large")
    try:
        notice = read_json(Notice, request.body)
    except NotAMail:
        raise NotSigned("this is not as SNS sends it") from None
    region = _TOPIC.fullmatch(notice.topic)
    if region is None or notice.topic not in topics:
        raise NotSigned("the topic is not one that is set here")
    parts = _at_sns(notice.certificate_url, region[1])
    if parts is None or parts.query or not _CERTIFICATE.fullmatch(parts.path):
        raise NotSigned("its certificate is not where Amazon keeps them")
    return notice


def prove(notice: Notice, pem: bytes, now: int) -> None:
    """Check the signature with the certificate that the message names; ``now`` in microseconds.

    Raises:
        NotSigned: it does not fit, or the certificate is none, of another kind, or out of date.
    """
    key = _key(pem, now)
    digest = SHA1() if notice.version == "1" else SHA256()  # noqa: S303  # Amazon's version 1
    try:
        signature = base64.b64decode(notice.signature, validate=True)
        key.verify(signature, _signed_text(notice), PKCS1v15(), digest)
    except (InvalidSignature, UnsupportedAlgorithm, binascii.Error, ValueError):
        raise NotSigned("the signature does not fit") from None


def confirmation(notice: Notice) -> str:
    """The address whose call confirms a subscription that was proved to be asked for by Amazon.

    Raises:
        NotSigned: it is not SNS's own.
    """
    region = _TOPIC.fullmatch(notice.topic)
    url = notice.subscribe_url or ""
    parts = _at_sns(url, region[1]) if region else None
    if parts is None or parse_qs(parts.query).get("Action") != ["ConfirmSubscription"]:
        raise NotSigned("the address to confirm at is not Amazon's")
    return url


def _at_sns(url: str, region: str) -> SplitResult | None:
    """The parts of an address at SNS itself; character by character, with nothing left out."""
    if not url.isascii() or not url.isprintable() or " " in url or "\\" in url or "#" in url:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    here = parts.scheme == "https" and parts.netloc == f"sns.{region}.amazonaws.com"
    return parts if here else None


def _key(pem: bytes, now: int) -> RSAPublicKey:
    try:
        certificate = x509.load_pem_x509_certificate(pem)
        begins, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
        key = certificate.public_key()
    except (ValueError, UnsupportedAlgorithm):
        raise NotSigned("its certificate cannot be read") from None
    span = [(each - _EPOCH).total_seconds() * SECOND for each in (begins, ends)]
    if not span[0] <= now <= span[1]:
        raise NotSigned("its certificate is out of date")
    if not isinstance(key, RSAPublicKey):
        raise NotSigned("its certificate is of another kind")
    return key


def _signed_text(notice: Notice) -> bytes:
    names = _NOTIFICATION if notice.type == "Notification" else _CONFIRMATION
    values = notice.model_dump(by_alias=True)
    present = [(name, values[name]) for name in names if values[name] is not None]
    return "".join(f"{name}\n{value}\n" for name, value in present).encode("utf-8", "replace")
