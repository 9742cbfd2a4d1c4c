"""Whether mail for a store's domain finds its way to us: MX records and what stands behind them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gateway.channels.email.listener_health import Door, NotReached, knock
from gateway.core.finding import Finding, ok, warning, wrong

if TYPE_CHECKING:
    from gateway.channels.email.resolver import Resolver

MX: Final = "MX"
SMTP_PORT: Final = 25
MOST_HOSTS: Final = 5
NO_SUCH_NAME: Final = "no-such-name-onethread"
"""Asked for below a domain: only a wildcard record answers."""

_NULL_MX: Final = ("", ".", "@")


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbound:
    """How mail for ``domain`` is to come in.

    ``ways`` are the settings by which it comes other than by our own listener; ``listens``: there
    is one. ``port`` is where mail servers listen, ``timeout`` seconds per step.
    """

    domain: str
    ways: tuple[str, ...]
    listens: bool
    port: int = SMTP_PORT
    timeout: float = 5.0


async def look_at_mx(resolver: Resolver, inbound: Inbound) -> list[Finding]:
    """Follow the MX records to whoever takes the mail.

    Raises:
        NoAnswerNow: the DNS could not be asked.
    """
    domain = inbound.domain
    alias = await resolver.ask(domain, "CNAME")
    if alias:
        return [
            wrong(
                MX,
                f"{domain} is another name of {alias[0]}, so no record of its own counts",
                f"take the CNAME away and give {domain} its own MX and TXT records",
            )
        ]
    found = await _wildcard(resolver, domain)
    records = sorted(await resolver.ask(domain, "MX"))[:MOST_HOSTS]
    if not records:
        return [*found, await _without(resolver, domain)]
    if records[0][1] in _NULL_MX:
        words = f"{domain} says that it takes no mail (RFC 7505)"
        return [*found, wrong(MX, words, f"{domain}. MX 10 mail.{domain}.")]
    for _, host in records:
        found += await _host(resolver, inbound, str(host))
    if not inbound.listens and not inbound.ways:
        found.append(
            wrong(
                MX,
                "nothing takes in the mail that comes there",
                "set INBOUND_SMTP_PORT, IMAP_URL or a provider's webhook (docs/mail-webhooks.md)",
            )
        )
    elif inbound.ways:
        found.append(ok(MX, f"what comes there is brought to us ({', '.join(inbound.ways)})"))
    return found


async def _wildcard(resolver: Resolver, domain: str) -> list[Finding]:
    for kind in ("CNAME", "A", "MX", "TXT"):
        if await resolver.ask(f"{NO_SUCH_NAME}.{domain}", kind):
            return [
                warning(
                    MX,
                    f"*.{domain} answers for every name below it ({kind})",
                    f"where _dmarc or a DKIM selector is missing below {domain}, that record is"
                    " taken for it: write each of them out, or take the wildcard away",
                )
            ]
    return []


async def _without(resolver: Resolver, domain: str) -> Finding:
    record = f"{domain}. MX 10 mail.{domain}."
    if await resolver.ask(domain, "A") or await resolver.ask(domain, "AAAA"):
        return warning(
            MX, f"{domain} has no MX record; mail servers then try its own address", record
        )
    return wrong(MX, f"{domain} has no MX record: nobody can answer our mails", record)


async def _host(resolver: Resolver, inbound: Inbound, host: str) -> list[Finding]:
    if await resolver.ask(host, "CNAME"):
        return [
            wrong(
                MX,
                f"{host} is another name of something, which an MX must not lead to (RFC 2181)",
                f"let the MX of {inbound.domain} name a host that has an address",
            )
        ]
    addresses = [*await resolver.ask(host, "A"), *await resolver.ask(host, "AAAA")]
    if not addresses:
        return [
            wrong(MX, f"{inbound.domain} leads to {host}, which has no address", f"{host}. A …")
        ]
    if not inbound.listens or inbound.ways:
        return [ok(MX, f"{inbound.domain} leads to {host}")]
    door = Door(about=MX, host=str(addresses[0]), port=inbound.port, timeout=inbound.timeout)
    try:
        return await knock(door, f"postmaster@{inbound.domain}")
    except NotReached:
        return [
            warning(
                MX,
                f"{host} ({addresses[0]}) takes no connection on port {inbound.port} from here",
                "many networks forbid it going out; from outside try:"
                f" swaks --server {host} --to postmaster@{inbound.domain} --quit-after RCPT",
            )
        ]
