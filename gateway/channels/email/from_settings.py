"""The parts of mail as the operator's settings name them; ``bootstrap`` puts them together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gateway.channels.email.authenticity import SenderCheck
from gateway.channels.email.dkim_signing import Signer, signer
from gateway.channels.email.listener import Listener
from gateway.channels.email.resolver import Resolver
from gateway.channels.email.smtp import SmtpChannel
from gateway.errors import Misconfigured

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from gateway.channels.email.listener import Envelope
    from gateway.clock import Clock
    from gateway.settings import Settings


def smtp_channel(settings: Settings, clock: Clock) -> SmtpChannel | None:
    """Mail out, if there is a relay.

    Raises:
        Misconfigured: the signing key cannot be used.
    """
    signs = signer_of(settings)
    if not settings.smtp_host:
        return None
    password = settings.smtp_password
    return SmtpChannel(
        settings.smtp_host,
        settings.smtp_port,
        username=settings.smtp_username,
        password=password.get_secret_value() if password else None,
        tls=settings.smtp_tls,
        clock=clock,
        signer=signs,
    )


def listeners(
    settings: Settings,
    clock: Clock,
    *,
    accepts: Callable[[str], Awaitable[bool]],
    store: Callable[[Envelope], Awaitable[None]],
) -> tuple[Listener, ...]:
    """What takes mail in: SMTP, LMTP on a port, LMTP at a socket, as far as they are set."""

    def listener(host: str | Path, port: int, *, lmtp: bool) -> Listener:
        return Listener(host, port, accepts=accepts, store=store, clock=clock, lmtp=lmtp)

    found: list[Listener] = []
    if settings.inbound_smtp_port is not None:
        found.append(listener(settings.inbound_smtp_host, settings.inbound_smtp_port, lmtp=False))
    if settings.inbound_lmtp_port is not None:
        found.append(listener(settings.inbound_smtp_host, settings.inbound_lmtp_port, lmtp=True))
    if settings.inbound_lmtp_socket is not None:
        found.append(listener(settings.inbound_lmtp_socket, 0, lmtp=True))
    return tuple(found)


def sender_check(settings: Settings, verify: Callable[[bytes], Awaitable[Any]]) -> SenderCheck:
    """What finds out who really wrote a mail.

    Raises:
        Misconfigured: the DNS server is none.
    """
    trusted = (settings.trusted_authserv_id or "").split(",")
    return SenderCheck(
        Resolver(settings.dns_server),
        verify,
        trusted=[each.strip() for each in trusted if each.strip()],
    )


def signer_of(settings: Settings) -> Signer | None:
    """What signs our mail, if a key is set.

    Raises:
        Misconfigured: it cannot be used, or half of it is missing.
    """
    key, file = settings.dkim_key, settings.dkim_key_file
    given = {
        "DKIM_DOMAIN": settings.dkim_domain,
        "DKIM_SELECTOR": settings.dkim_selector,
        "DKIM_KEY or DKIM_KEY_FILE": key or file,
    }
    missing = [name for name, value in given.items() if not value]
    if len(missing) == len(given):
        return None
    if missing:
        raise Misconfigured(f"to sign mail, {' and '.join(missing)} have to be set as well")
    try:
        text = key.get_secret_value() if key else file.read_text() if file else ""
    except (OSError, UnicodeDecodeError):
        raise Misconfigured("DKIM_KEY_FILE cannot be read") from None
    return signer(settings.dkim_domain or "", settings.dkim_selector or "", text)
