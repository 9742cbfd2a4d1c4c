"""Whether others can tell a store's mail from forgeries: its DKIM key and its DMARC record."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from gateway.channels.email.dmarc import record_of, standing_of
from gateway.core.finding import Finding, ok, warning, wrong

if TYPE_CHECKING:
    from gateway.channels.email.dkim_signing import Signer
    from gateway.channels.email.resolver import Resolver

DKIM: Final = "DKIM"
DMARC: Final = "DMARC"
_REPORTS: Final = re.compile(rb";\s*rua\s*=", re.IGNORECASE)


def key_record(signer: Signer) -> str:
    """The TXT record of a signer's public key (RFC 6376 section 3.6.1, RFC 8463 section 4)."""
    key = signer.key.public_key()
    if isinstance(signer.key, RSAPrivateKey):
        der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return f"v=DKIM1; k=rsa; p={base64.b64encode(der).decode()}"
    raw = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    return f"v=DKIM1; k=ed25519; p={base64.b64encode(raw).decode()}"


async def look_at_dkim(resolver: Resolver, signer: Signer | None, domain: str) -> list[Finding]:
    """Whether mails from ``domain`` are signed, with the key that the DNS holds.

    Raises:
        NoAnswerNow: the DNS could not be asked.
    """
    if signer is None:
        return [
            warning(
                DKIM,
                f"we do not sign mails from {domain}",
                "set DKIM_DOMAIN, DKIM_SELECTOR and DKIM_KEY_FILE, unless your relay signs for"
                f" {domain}",
            )
        ]
    if domain != signer.domain and not domain.endswith("." + signer.domain):
        return [
            wrong(
                DKIM,
                f"mails come from {domain}, and we sign for {signer.domain} only",
                f"set DKIM_DOMAIN={domain}, or --mail-from to an address of {signer.domain}",
            )
        ]
    found = [await _key(resolver, signer)]
    standing = await standing_of(resolver, domain)
    if standing.strict_signature and domain != signer.domain:
        found.append(
            wrong(
                DKIM,
                f"the DMARC record of {domain} wants signatures of that very name (adkim=s)",
                f"set DKIM_DOMAIN={domain}, or take adkim=s out of the record",
            )
        )
    return found


async def _key(resolver: Resolver, signer: Signer) -> Finding:
    name = f"{signer.selector}._domainkey.{signer.domain}"
    record = f'{name}. TXT "{key_record(signer)}"'
    texts = [each.decode("ascii", "replace") for each in await resolver.ask(name, "TXT")]
    if not texts:
        return wrong(DKIM, f"{name} does not exist, so our signatures are worth nothing", record)
    if len(texts) > 1:
        return wrong(DKIM, f"{name} holds {len(texts)} TXT records", f"keep one: {record}")
    tags, mine = _tags(texts[0]), _tags(key_record(signer))
    if not tags.get("p"):
        return wrong(DKIM, f"{name} says that its key is withdrawn", record)
    if (tags["p"], tags.get("k", "rsa").lower()) != (mine["p"], mine["k"]):
        return wrong(DKIM, f"{name} holds another key than DKIM_KEY", record)
    if "y" in tags.get("t", "").lower().split(":"):
        return warning(DKIM, f"{name} says t=y: only a test", "take t=y out of the record")
    return ok(DKIM, f"{name} holds our key")


def _tags(text: str) -> dict[str, str]:
    pairs = [part.partition("=") for part in text.split(";")]
    return {name.strip().lower(): re.sub(r"\s", "", value) for name, _, value in pairs}


async def look_at_dmarc(resolver: Resolver, domain: str) -> list[Finding]:
    """What the domain in From asks of those who get mail in its name.

    Raises:
        NoAnswerNow: the DNS could not be asked.
    """
    name = f"_dmarc.{domain}"
    texts = await resolver.ask(name, "TXT")
    records = [each for each in texts if record_of(domain, each)]
    if len(records) > 1:
        return [wrong(DMARC, f"{name} holds {len(records)} records, so none counts", "keep one")]
    if not records:
        standing = await standing_of(resolver, domain)
        if standing.policy is not None:
            above = f"{standing.organisation} speaks for {domain}"
            return [ok(DMARC, f"{above}: {standing.policy}")]
        return [
            warning(
                DMARC,
                f"{name} does not exist, and large mailbox providers want it",
                f'{name}. TXT "v=DMARC1; p=none; rua=mailto:dmarc@{domain}"',
            )
        ]
    policy = (await standing_of(resolver, domain)).policy
    if policy == "none":
        found = ok(DMARC, f"{name} watches and asks for nothing yet (p=none)")
    else:
        found = ok(DMARC, f"{name} asks that forgeries be dealt with: {policy}")
    if _REPORTS.search(records[0]):
        return [found]
    no_reports = f"{name} names nobody to report to"
    return [found, warning(DMARC, no_reports, f"add rua=mailto:dmarc@{domain} to the record")]
