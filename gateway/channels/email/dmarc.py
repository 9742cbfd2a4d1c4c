"""Which domain a sender's name belongs to, and what its owner asks for (DMARC).

The domain of an organisation is found by walking up the DNS (DMARCbis section 4.10): the shortest
name above it that publishes a DMARC record. So no list of public suffixes has to be shipped and
kept fresh, and where nobody publishes anything only one and the same domain is aligned.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from gateway.channels.email.resolver import Resolver

Policy = Literal["none", "quarantine", "reject"]

LONGEST_WALK: Final = 8  #: questions; a name of more labels is cut to seven after the first
MOST_LABELS: Final = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A DMARC record under ``_dmarc.<domain>``; absent tags have their default."""

    domain: str
    policy: Policy
    below: Policy  #: for the names below that have no record of their own
    strict_signature: bool
    strict_sender: bool
    is_suffix: bool | None  #: ``psd``: others register names below it; None when not said


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A domain, the organisation that it belongs to, and what is asked for mails from it."""

    domain: str
    organisation: str
    policy: Policy | None
    strict_signature: bool = False
    strict_sender: bool = False


async def standing_of(resolver: Resolver, domain: str) -> Standing:
    """Walk up from a domain.

    Raises:
        NoAnswerNow: the DNS could not be asked.
    """
    found = await _walk(resolver, domain)
    organisation = _organisation(domain, found)
    own = [each for each in found if each.domain == domain]
    above = [each for each in found if each.domain == organisation]
    record = next(iter(own or above or found[-1:]), None)
    if record is None:
        return Standing(domain=domain, organisation=organisation, policy=None)
    return Standing(
        domain=domain,
        organisation=organisation,
        policy=record.policy if record.domain == domain else record.below,
        strict_signature=record.strict_signature,
        strict_sender=record.strict_sender,
    )


def record_of(domain: str, text: bytes) -> Record | None:
    """Read a TXT record; None when it is no DMARC record (DMARCbis section 4.7)."""
    pairs = [part.partition("=") for part in text.decode("ascii", "replace").split(";")]
    tags = [(name.strip().lower(), value.strip()) for name, _, value in pairs]
    if not tags or tags[0] != ("v", "DMARC1"):
        return None
    given = dict(reversed(tags))
    # Who only tries it out asks for nothing yet; `pct=0` was the older way to say so.
    trial = given.get("t", "").lower() == "y" or given.get("pct") == "0"
    policy = _policy(given.get("p"), "none")
    return Record(
        domain=domain,
        policy="none" if trial else policy,
        below="none" if trial else _policy(given.get("sp"), policy),
        strict_signature=given.get("adkim", "").lower() == "s",
        strict_sender=given.get("aspf", "").lower() == "s",
        is_suffix={"y": True, "n": False}.get(given.get("psd", "").lower()),
    )


def may_share(one: str, other: str) -> bool:
    """Whether two domains can belong to one organisation at all; asks nobody."""
    return one == other or one.split(".")[-2:] == other.split(".")[-2:]


def _policy(word: str | None, otherwise: Policy) -> Policy:
    match (word or "").lower():
        case "reject":
            return "reject"
        case "quarantine":
            return "quarantine"
        case "none":
            return "none"
        case _:
            return otherwise


async def _walk(resolver: Resolver, domain: str) -> list[Record]:
    found: list[Record] = []
    labels = domain.split(".")
    for _ in range(LONGEST_WALK):
        name = ".".join(labels)
        texts = await resolver.ask(f"_dmarc.{name}", "TXT")
        records = [each for each in (record_of(name, text) for text in texts) if each]
        if len(records) == 1:  # Of several none counts.
            found.append(records[0])
            if records[0].is_suffix is not None:
                break
        labels = labels[1:] if len(labels) <= MOST_LABELS else labels[-MOST_LABELS:]
        if not labels:
            break
    return found


def _organisation(domain: str, found: list[Record]) -> str:
    if not found:
        return domain
    last = found[-1]
    if last.is_suffix and last.domain != domain:
        # One label below what others register under.
        kept = last.domain.count(".") + 2
        return ".".join(domain.split(".")[-kept:])
    return last.domain
