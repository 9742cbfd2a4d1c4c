"""What a mail says of who sent it. Nothing of this is believed here; see ``authenticity``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from gateway.channels.email.addresses import normalise

if TYPE_CHECKING:
    from gateway.channels.email.headers import Headers

MOST_SIGNATURES: Final = 8
MOST_RESULTS: Final = 10
MOST_CHARACTERS: Final = 8_192  #: of one field
_LONGEST_SELECTOR: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """A DKIM signature: whose it says it is, and where their key is."""

    domain: str
    selector: str

    @property
    def key_name(self) -> str:
        """The DNS name of the key (RFC 6376 section 3.6.2.1)."""
        return f"{self.selector}._domainkey.{self.domain}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What a mail says of itself, and which machine brought it (empty: not known).

    ``domain`` is From's, ``sender`` the envelope's address or empty. ``results`` are the
    Authentication-Results on top of the head.
    """

    domain: str
    sender: str
    peer: str
    results: tuple[str, ...]
    signatures: tuple[Signature, ...]


def signature(domain: str, selector: str) -> Signature | None:
    """A signature whose domain and selector can be asked for; else None."""
    named = normalise(f"x@{domain}")
    if named is None or not selector.isascii() or not 0 < len(selector) <= _LONGEST_SELECTOR:
        return None
    return Signature(domain=named.rpartition("@")[2], selector=selector.lower())


def signatures_in(fields: Headers) -> list[Signature]:
    """The signatures that a head carries, topmost first."""
    found = []
    for value in fields.all("dkim-signature")[:MOST_SIGNATURES]:
        if len(value) > MOST_CHARACTERS:
            continue
        pairs = (part.partition("=") for part in value.split(";"))
        tags = {name.strip(): "".join(rest.split()) for name, _, rest in pairs}
        one = signature(tags.get("d", ""), tags.get("s", ""))
        if one is not None:
            found.append(one)
    return found


def results_on_top(fields: Headers) -> list[str]:
    """The Authentication-Results that a border server may have written, topmost first.

    What stands below a ``Received`` that is below the first of them came in with the mail.
    """
    found: list[str] = []
    for name, value in fields:
        lowered = name.lower()
        if lowered == "authentication-results" and len(value) <= MOST_CHARACTERS:
            found.append(value)
        elif found and lowered == "received":
            break
    return found[:MOST_RESULTS]


def claims_of(answered: dict[str, Any], *, sender: str, peer: str) -> Claims | None:
    """The claims in an answer of ``reader.answer``; None when From names nobody."""
    author = answered.get("from")
    if not author:
        return None
    return Claims(
        domain=str(author).rpartition("@")[2],
        sender=sender,
        peer=peer,
        results=tuple(map(str, answered["results"])),
        signatures=tuple(
            Signature(domain=str(domain), selector=str(selector))
            for domain, selector in answered["signatures"]
        ),
    )
