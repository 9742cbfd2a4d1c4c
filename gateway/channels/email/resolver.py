"""Questions to the DNS, each with a limit on time and on what an answer may hold.

What does not exist is an empty answer; everything else that goes wrong is ``NoAnswerNow``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import dns.asyncresolver
import dns.exception
import dns.name
import dns.resolver
import dns.reversename

from gateway.errors import Misconfigured, OnethreadError

if TYPE_CHECKING:
    from dns.resolver import Answer

Kind = Literal["A", "AAAA", "CNAME", "MX", "PTR", "TXT"]

PATIENCE = 3.0  #: seconds for one question, over all servers and tries
MOST_RECORDS = 60
MOST_TEXT = 4_096  #: octets of one TXT record; no key and no policy in use comes near it
KEPT = 2_000  #: answers kept for as long as they say that they are good
DNS_PORT = 53


class NoAnswerNow(OnethreadError):
    """The DNS could not be asked."""

    code = "dns_trouble"


class Resolver:
    """Asks the DNS: this machine's servers, or one server, ``host`` or ``host:port``."""

    def __init__(self, server: str | None = None, *, patience: float = PATIENCE) -> None:
        self._server = server_of(server) if server else None
        self._patience = patience
        self._asker: dns.asyncresolver.Resolver | None = None

    async def ask(self, name: str, kind: Kind) -> list[Any]:
        """What the DNS holds under a name.

        Returns:
            Addresses and names as text, MX as ``(preference, name)``, TXT as bytes; the first
            ``MOST_RECORDS`` of them, and no text longer than ``MOST_TEXT``.

        Raises:
            NoAnswerNow: nobody could tell in time.
        """
        try:
            if self._asker is None:
                self._asker = self._built()
            found = await self._asker.resolve(name, kind, search=False)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        except (dns.name.LabelTooLong, dns.name.NameTooLong, dns.name.EmptyLabel):
            return []
        except (dns.exception.DNSException, OSError, UnicodeError) as error:
            raise NoAnswerNow from error
        return _read(found, kind)

    def _built(self) -> dns.asyncresolver.Resolver:
        asker = dns.asyncresolver.Resolver(configure=self._server is None)
        if self._server is not None:
            host, asker.port = self._server
            asker.nameservers = [host]
        asker.lifetime, asker.timeout = self._patience, self._patience / 2
        asker.cache = dns.resolver.LRUCache(KEPT)
        return asker


def server_of(written: str) -> tuple[str, int]:
    """Take ``192.0.2.53``, ``192.0.2.53:5353`` or ``[2001:db8::53]:5353`` apart.

    Raises:
        Misconfigured: it is no address of a server.
    """
    host, port = written.strip(), str(DNS_PORT)
    if host.startswith("["):
        host, _, rest = host[1:].partition("]")
        port = rest.removeprefix(":") or port
    elif host.count(":") == 1:
        host, _, port = host.partition(":")
    try:
        dns.reversename.from_address(host)
    except dns.exception.DNSException:
        host = ""
    if not host or not port.isdecimal() or not 0 < int(port) < 65_536:
        raise Misconfigured("DNS_SERVER is the IP address of a DNS server, and its port if not 53")
    return host, int(port)


def _read(answer: Answer, kind: Kind) -> list[Any]:
    found: list[Any] = []
    for record in list(answer)[:MOST_RECORDS]:
        match kind:
            case "A" | "AAAA":
                found.append(record.address)
            case "MX":
                found.append((record.preference, record.exchange.to_text(omit_final_dot=True)))
            case "PTR" | "CNAME":
                found.append(record.target.to_text(omit_final_dot=True))
            case "TXT":
                # Long texts come in pieces of 255 octets (RFC 7208 section 3.3).
                text = b"".join(record.strings)
                if len(text) <= MOST_TEXT:
                    found.append(text)
    return found
