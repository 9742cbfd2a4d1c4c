"""Posts mail as the four providers document it, signed with keys of its own."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

from gateway.channels.email.posted import Request

POSTMARK_SECRET = "postmark-secret-of-acme"
MAILGUN_KEY = "mailgun-signing-key-of-acme"
SENDGRID_SECRET = "sendgrid-secret-of-acme"
TOPIC = "arn:aws:sns:eu-west-1:123456789012:acme-mail"
CERTIFICATE_URL = (
    "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem"
)
SUBSCRIBE_URL = (
    "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription"
    f"&TopicArn={TOPIC}&Token=2336412f37fb687f5d51e6e2425dacbb"
)
SECOND = 1_000_000


def basic(secret: str, user: str = "onethread") -> dict[str, str]:
    """The header that a password in the address becomes."""
    return {"authorization": "Basic " + base64.b64encode(f"{user}:{secret}".encode()).decode()}


def post(body: Any, headers: dict[str, str] | None = None) -> Request:
    """A JSON webhook."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Request(headers={"content-type": "application/json", **(headers or {})}, body=raw)


def multipart(
    fields: Mapping[str, str | bytes], files: dict[str, tuple[str, str, bytes]] | None = None
) -> Request:
    """A form as RFC 7578 has it."""
    boundary = "xYzZY-of-the-test"
    body = b""
    for name, value in fields.items():
        data = value.encode() if isinstance(value, str) else value
        body += f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode()
        body += data + b"\r\n"
    for name, (filename, kind, data) in (files or {}).items():
        head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; '
            f'filename="{filename}"\r\nContent-Type: {kind}\r\n\r\n'
        )
        body += head.encode() + data + b"\r\n"
    body += f"--{boundary}--\r\n".encode()
    return Request(headers={"content-type": f"multipart/form-data; boundary={boundary}"}, body=body)


def mailgun_signature(now: int, token: str, key: str = MAILGUN_KEY) -> dict[str, str]:
    """``timestamp``, ``token`` and ``signature``; ``now`` is microseconds."""
    stamp = str(now // SECOND)
    made = hmac.new(key.encode(), f"{stamp}{token}".encode(), hashlib.sha256).hexdigest()
    return {"timestamp": stamp, "token": token, "signature": made}


@cache
def sendgrid_key() -> ec.EllipticCurvePrivateKey:
    """A key as SendGrid makes one for a webhook."""
    return ec.generate_private_key(ec.SECP256R1())


def sendgrid_public_key() -> str:
    """That key as SendGrid shows it."""
    der = sendgrid_key().public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(der).decode()


def sendgrid_signed(request: Request, stamp: str = "1767225600") -> Request:
    """The request with SendGrid's pair of headers."""
    made = sendgrid_key().sign(stamp.encode() + request.body, ec.ECDSA(SHA256()))
    return Request(
        headers={
            **request.headers,
            "x-twilio-email-event-webhook-signature": base64.b64encode(made).decode(),
            "x-twilio-email-event-webhook-timestamp": stamp,
        },
        body=request.body,
    )


@cache
def amazon_key() -> rsa.RSAPrivateKey:
    """A key as SNS has in a region."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@cache
def amazon_certificate(*, days_left: int = 300) -> bytes:
    """The certificate that SNS would publish for it, as PEM."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
    # The machine's own year is nobody's business here: the test's instants are in 2026.
    ends = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=days_left)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(amazon_key().public_key())
        .serial_number(1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(ends)
        .sign(amazon_key(), SHA256())
        .public_bytes(Encoding.PEM)
    )


@dataclass(kw_only=True)
class Sns:
    """One message of SNS, signed when it is posted."""

    message: str
    type: str = "Notification"
    message_id: str = "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324"
    subject: str | None = "Amazon SES Email Receipt Notification"
    topic: str = TOPIC
    version: str = "2"
    certificate_url: str = CERTIFICATE_URL
    subscribe_url: str = SUBSCRIBE_URL
    more: dict[str, Any] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """The JSON that SNS posts."""
        found: dict[str, Any] = {
            "Type": self.type,
            "MessageId": self.message_id,
            "TopicArn": self.topic,
            "Message": self.message,
            "Timestamp": "2026-01-01T00:00:00.000Z",
        }
        if self.type == "Notification":
            order = ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"]
            if self.subject is not None:
                found["Subject"] = self.subject
            found["UnsubscribeURL"] = self.subscribe_url.replace("Confirm", "Un")
        else:
            order = [
                "Message",
                "MessageId",
                "SubscribeURL",
                "Timestamp",
                "Token",
                "TopicArn",
                "Type",
            ]
            found |= {"Token": "2336412f37fb687f5d51e6e2425dacbb"}
            found |= {"SubscribeURL": self.subscribe_url}
        text = "".join(f"{name}\n{found[name]}\n" for name in order if name in found)
        digest = SHA1() if self.version == "1" else SHA256()  # noqa: S303 - SNS's version 1
        made = amazon_key().sign(text.encode(), PKCS1v15(), digest)
        return {
            **found,
            "SignatureVersion": self.version,
            "Signature": base64.b64encode(made).decode(),
            "SigningCertURL": self.certificate_url,
            **self.more,
        }

    def post(self) -> Request:
        """The request."""
        return post(self.document(), {"content-type": "text/plain; charset=UTF-8"})


def ses_received(content: str | None, *recipients: str, **action: str) -> str:
    """What SES says of a received mail."""
    told: dict[str, Any] = {
        "notificationType": "Received",
        "mail": {
            "source": "vera@shopper.example",
            "messageId": "d6iitobk75ur44p8kdnnp7g2n800",
            "destination": list(recipients),
        },
        "receipt": {"recipients": list(recipients), "action": {"type": "SNS", **action}},
    }
    return json.dumps(told if content is None else {**told, "content": content})
