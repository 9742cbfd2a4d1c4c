"""What proves each mail provider, out of the settings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from pydantic import SecretStr

from gateway.channels.email import sendgrid, sns
from gateway.errors import Misconfigured
from gateway.settings import Settings

SHORTEST_SECRET = 16
"""Characters: a password in an address is all that keeps strangers out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailKeys:
    """What proves each provider; a provider for which nothing is set is refused.

    Several where one is being replaced. ``topics`` are the SNS topics (ARNs) that SES may use.
    """

    postmark: Sequence[str] = ()
    mailgun: Sequence[str] = ()
    sendgrid: Sequence[str] = ()
    sendgrid_keys: Sequence[EllipticCurvePublicKey] = ()
    topics: Sequence[str] = ()


def mail_keys(settings: Settings) -> MailKeys:
    """Read and check them.

    Raises:
        Misconfigured: a password is too short, or a key or a topic is none; the message names the
            setting.
    """
    topics = _several(settings.ses_topics)
    if not all(sns.is_topic(each) for each in topics):
        raise Misconfigured("SES_TOPICS holds something else than ARNs of SNS topics")
    return MailKeys(
        postmark=_passwords("POSTMARK_INBOUND_SECRET", settings.postmark_inbound_secret),
        mailgun=_several(settings.mailgun_signing_key),
        sendgrid=_passwords("SENDGRID_INBOUND_SECRET", settings.sendgrid_inbound_secret),
        sendgrid_keys=[
            sendgrid.public_key(each) for each in _several(settings.sendgrid_public_key)
        ],
        topics=topics,
    )


def _passwords(name: str, setting: SecretStr | None) -> list[str]:
    found = _several(setting)
    if any(len(each) < SHORTEST_SECRET for each in found):
        raise Misconfigured(f"{name} needs at least {SHORTEST_SECRET} characters")
    return found


def _several(setting: SecretStr | str | None) -> list[str]:
    plain = setting.get_secret_value() if isinstance(setting, SecretStr) else setting or ""
    return [each.strip() for each in plain.split(",") if each.strip()]
