"""The doctor's look at mail: the relay, each store's DNS records, and what takes mail in."""

from __future__ import annotations

import ipaddress
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass

from gateway.channels.email.from_settings import signer_of, smtp_channel
from gateway.channels.email.inbound_health import Inbound, look_at_mx
from gateway.channels.email.listener_health import Door, look_at_listener
from gateway.channels.email.relay_health import HOST, Relay, addresses_of, look_at_relay
from gateway.channels.email.resolver import Resolver
from gateway.channels.email.sender_health import look_at_spf
from gateway.channels.email.signing_health import look_at_dkim, look_at_dmarc
from gateway.channels.port import Accepted, Outgoing
from gateway.clock import Clock
from gateway.core.finding import Finding, ok, wrong
from gateway.errors import BadInput
from gateway.settings import Settings
from gateway.store.ids import new_id
from gateway.store.tables import StoreRow

A_MAIL = "a mail"
Check = Callable[[], Awaitable[Sequence[Finding]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """What all stores' mail rests on; ``sends_from`` and ``mx_port`` as in ``doctor.Asked``."""

    settings: Settings
    resolver: Resolver
    sends_from: tuple[str, ...]
    mx_port: int


def require_addresses(addresses: Sequence[str]) -> None:
    """Take nothing but addresses of machines.

    Raises:
        BadInput: one of them is none.
    """
    for each in addresses:
        try:
            ipaddress.ip_address(each)
        except ValueError:
            raise BadInput("--sends-from is an IP address, such as 203.0.113.25") from None


async def look_at_sending(
    settings: Settings, clock: Clock, stores: Sequence[StoreRow]
) -> list[Finding]:
    """Whether the relay would take our mail.

    Raises:
        Misconfigured: the signing key cannot be used.
    """
    if not settings.smtp_host:
        mailing = [row for row in stores if row.mail_from]
        if mailing:
            advice = "set SMTP_HOST, SMTP_PORT, SMTP_USERNAME and SMTP_PASSWORD"
            return [wrong(HOST, f"{mailing[0].key} mails, and no relay is set", advice)]
        return [ok(HOST, "none is set, and no store mails")]
    return await look_at_relay(Relay(settings=settings, now=clock.now()))


def checks_of(mail: Mail, store: StoreRow) -> Iterator[tuple[str, Check]]:
    """The checks of one store's mail, each with what it is about."""
    sender = (store.mail_from or "").rpartition("@")[2].lower()
    domain = (store.mail_domain or "").lower()
    if not sender or not domain:
        yield "mail", lambda: _half(store)
    if sender:
        yield "DKIM", lambda: _dkim(mail, sender)
        yield "DMARC", lambda: look_at_dmarc(mail.resolver, sender)
    if domain:
        yield "SPF", lambda: _spf(mail, domain)
        yield "MX", lambda: look_at_mx(mail.resolver, _inbound(mail, domain))
        for door in doors_of(mail.settings):
            yield door.about, _listener(door, domain)


async def _half(store: StoreRow) -> list[Finding]:
    missing = "--mail-domain" if store.mail_from else "--mail-from"
    words = f"it has no {missing}, so it cannot mail"
    return [wrong("mail", words, f"onethread store add --key {store.key} … {missing} …")]


async def _dkim(mail: Mail, sender: str) -> list[Finding]:
    return await look_at_dkim(mail.resolver, signer_of(mail.settings), sender)


async def _spf(mail: Mail, domain: str) -> list[Finding]:
    relays: Sequence[str] = mail.sends_from
    host = mail.settings.smtp_host
    if not relays and host:
        try:
            relays = await addresses_of(host, mail.settings.smtp_port)
        except (OSError, UnicodeError):
            relays = ()  # That it has no address is the relay's own finding.
    return await look_at_spf(mail.resolver, domain, relays, sure=bool(mail.sends_from))


def _inbound(mail: Mail, domain: str) -> Inbound:
    settings = mail.settings
    named = {
        "POSTMARK_INBOUND_SECRET": settings.postmark_inbound_secret,
        "MAILGUN_SIGNING_KEY": settings.mailgun_signing_key,
        "SENDGRID_INBOUND_SECRET": settings.sendgrid_inbound_secret,
        "SENDGRID_PUBLIC_KEY": settings.sendgrid_public_key,
        "SES_TOPICS": settings.ses_topics,
        "IMAP_URL": settings.imap_url,
        "INBOUND_LMTP_PORT": settings.inbound_lmtp_port,
        "INBOUND_LMTP_SOCKET": settings.inbound_lmtp_socket,
    }
    return Inbound(
        domain=domain,
        ways=tuple(name for name, value in named.items() if value),
        listens=settings.inbound_smtp_port is not None,
        port=mail.mx_port,
    )


def doors_of(settings: Settings) -> list[Door]:
    """Where our own listeners are to be, as far as they are set."""
    host, found = settings.inbound_smtp_host, []
    if settings.inbound_smtp_port is not None:
        found.append(Door(about="INBOUND_SMTP_PORT", host=host, port=settings.inbound_smtp_port))
    if settings.inbound_lmtp_port is not None:
        port = settings.inbound_lmtp_port
        found.append(Door(about="INBOUND_LMTP_PORT", host=host, port=port, lmtp=True))
    if settings.inbound_lmtp_socket is not None:
        path = settings.inbound_lmtp_socket
        found.append(Door(about="INBOUND_LMTP_SOCKET", host=path, lmtp=True))
    return found


def _listener(door: Door, domain: str) -> Check:
    return lambda: look_at_listener(door, f"postmaster@{domain}")


async def send_one(
    settings: Settings, clock: Clock, stores: Sequence[StoreRow], to: str
) -> list[Finding]:
    """Send one mail as the first store that mails would.

    Raises:
        Misconfigured: the signing key cannot be used.
    """
    store = next((row for row in stores if row.mail_from and row.mail_domain), None)
    channel = smtp_channel(settings, clock)
    if store is None or store.mail_from is None or channel is None:
        return [wrong(A_MAIL, "no store can mail", "set SMTP_HOST, --mail-from and --mail-domain")]
    outgoing = Outgoing(
        delivery_id=new_id(clock.now()),
        channel="email",
        to=to,
        sender=store.mail_from,
        envelope_from=f"doctor@{store.mail_domain}",
        subject=f"A mail from {store.name}",
        text="If you read this, mail goes out. Look at its source for dkim=pass and spf=pass.",
    )
    try:
        outcome = await channel.send(outgoing)
    finally:
        await channel.aclose()
    if isinstance(outcome, Accepted):
        return [ok(A_MAIL, "the relay has taken it; look whether it arrives")]
    return [wrong(A_MAIL, outcome.words, f"look it up at your provider: {outcome.code}")]
