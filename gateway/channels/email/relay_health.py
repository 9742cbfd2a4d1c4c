"""Whether the relay that ``SMTP_HOST`` names would take our mail; nothing is sent."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import socket
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import aiosmtplib
import anyio

from gateway.channels.email.replies import said
from gateway.clock import DAY, SECOND
from gateway.core.finding import Finding, ok, warning, wrong

if TYPE_CHECKING:
    from gateway.settings import Settings

HOST: Final = "SMTP_HOST"
TLS: Final = "SMTP_TLS"
SIGN_IN: Final = "SMTP_USERNAME"
LEAST_DAYS: Final = 14
LEAST_SIZE: Final = 15_000_000
"""Octets of the largest mail that we write: ten million of files, and the words around them."""

_Trouble = (aiosmtplib.SMTPException, OSError, ValueError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Relay:
    """How the relay is reached; ``timeout`` is seconds per step."""

    settings: Settings
    now: int  #: microseconds UTC: a certificate's days are counted from here
    timeout: float = 10.0
    trust: ssl.SSLContext | None = None


async def addresses_of(host: str, port: int) -> list[str]:
    """The addresses that this machine finds for a host.

    Raises:
        OSError: none.
    """
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


async def look_at_relay(relay: Relay) -> list[Finding]:
    """Connect, greet, encrypt, sign in, and read what it offers."""
    settings = relay.settings
    host, port = settings.smtp_host or "", settings.smtp_port
    try:
        addresses = await addresses_of(host, port)
    except (OSError, UnicodeError):
        return [wrong(HOST, f"{host} has no address", "correct SMTP_HOST, or its name server")]
    trust = relay.trust
    if trust is None:
        trust = await anyio.to_thread.run_sync(ssl.create_default_context)
    client = aiosmtplib.SMTP(
        hostname=host,
        port=port,
        timeout=relay.timeout,
        use_tls=settings.smtp_tls == "tls",
        start_tls=False,
        tls_context=trust if settings.smtp_tls == "tls" else None,
    )
    try:
        return await _talk(relay, client, addresses, trust)
    finally:
        with contextlib.suppress(*_Trouble):
            await client.quit(timeout=1.0)
        client.close()


async def _talk(
    relay: Relay, client: aiosmtplib.SMTP, addresses: list[str], trust: ssl.SSLContext
) -> list[Finding]:
    settings = relay.settings
    where = f"{settings.smtp_host}:{settings.smtp_port}"
    try:
        await client.connect()
        await client.ehlo()
    except _Trouble as error:
        return [_not_connected(where, error, settings.smtp_tls)]
    found = [ok(HOST, f"{where} answers")]
    if settings.smtp_tls == "starttls":
        if not client.supports_extension("starttls"):
            return [*found, _without_starttls(where)]
        try:
            await client.starttls(tls_context=trust)
            await client.ehlo()
        except _Trouble as error:
            return [*found, _bad_tls(where, error)]
    found.append(_encrypted(relay, client, addresses))
    found.append(await _signs_in(settings, client, where))
    found.extend(_size(client, where))
    return found


def _not_connected(where: str, error: Exception, tls: str) -> Finding:
    if _tls_error(error) is not None:
        return _bad_tls(where, error)
    if isinstance(error, TimeoutError | aiosmtplib.SMTPTimeoutError):
        return wrong(
            HOST,
            f"{where} does not answer in time",
            "open the way to that port, or set SMTP_PORT and SMTP_TLS as your provider says: 587"
            f" goes with starttls, 465 with tls (SMTP_TLS is {tls})",
        )
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return wrong(HOST, f"{where} refuses us: {error.code} {said(error.message)}", _ALLOW)
    return wrong(HOST, f"nothing takes a connection at {where}", "correct SMTP_HOST and SMTP_PORT")


_ALLOW: Final = "allow this machine at your provider, or take another SMTP_HOST"


def _without_starttls(where: str) -> Finding:
    return wrong(
        TLS,
        f"{where} does not offer STARTTLS, so nothing will be sent",
        "set SMTP_TLS=tls with SMTP_PORT=465; SMTP_TLS=none only for a relay on this machine",
    )


def _bad_tls(where: str, error: Exception) -> Finding:
    cause = _tls_error(error)
    if isinstance(cause, ssl.SSLCertVerificationError):
        return wrong(
            TLS,
            f"the certificate of {where} is not good: {cause.verify_message}",
            "set SMTP_HOST to the name that the certificate is for, or have the relay renew it; an"
            " authority of your own goes into the file that SSL_CERT_FILE names",
        )
    return wrong(
        TLS,
        f"TLS with {where} fails",
        "SMTP_TLS=tls is for a port that begins with TLS (465), starttls for one that does not"
        " (587)",
    )


def _tls_error(error: BaseException | None) -> ssl.SSLError | None:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return error
        error = error.__cause__ or error.__context__
    return None


def _encrypted(relay: Relay, client: aiosmtplib.SMTP, addresses: list[str]) -> Finding:
    if relay.settings.smtp_tls == "none":
        if all(ipaddress.ip_address(each.partition("%")[0]).is_loopback for each in addresses):
            return ok(TLS, "without TLS, and the relay is on this machine")
        return warning(
            TLS, "mail and password cross the network in the clear", "set SMTP_TLS=starttls"
        )
    shown = client.get_transport_info("peercert") or {}
    ends = ssl.cert_time_to_seconds(shown["notAfter"]) * SECOND
    days = int((ends - relay.now) // DAY)
    words = f"the certificate is good for {days} more days"
    if days < LEAST_DAYS:
        return warning(TLS, words, "have the relay's certificate renewed")
    return ok(TLS, words)


async def _signs_in(settings: Settings, client: aiosmtplib.SMTP, where: str) -> Finding:
    if not settings.smtp_username:
        return ok(SIGN_IN, "none is set; the relay knows us by our address")
    password = settings.smtp_password
    try:
        await client.login(
            settings.smtp_username, password.get_secret_value() if password is not None else ""
        )
    except aiosmtplib.SMTPAuthenticationError as error:
        return wrong(
            SIGN_IN,
            f"{where} refuses the name or the password ({error.code})",
            "set SMTP_USERNAME and SMTP_PASSWORD as your provider shows them",
        )
    except _Trouble:
        return wrong(
            SIGN_IN,
            f"{where} offers no way to sign in",
            "remove SMTP_USERNAME, or set SMTP_TLS: many relays offer it after TLS only",
        )
    return ok(SIGN_IN, "signs in")


def _size(client: aiosmtplib.SMTP, where: str) -> list[Finding]:
    limit = client.esmtp_extensions.get("size", "")
    if not limit.isdecimal() or int(limit) == 0:
        return []
    words = f"{where} takes mails of up to {int(limit) / 1_000_000:.0f} MB"
    if int(limit) < LEAST_SIZE:
        return [
            warning(HOST, words, f"raise it to {LEAST_SIZE // 1_000_000} MB for mails with files")
        ]
    return [ok(HOST, words)]
