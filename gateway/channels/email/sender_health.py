"""Whether the machine that our mail leaves from may send for a store: SPF, and its name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import dns.reversename

from gateway.channels.email.sender_policy import is_from_the_world, judged
from gateway.core.finding import Finding, ok, warning, wrong

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateway.channels.email.resolver import Kind, Resolver

SPF: Final = "SPF"
REVERSE: Final = "reverse DNS"
_NOBODY: Final = "192.0.2.1"
"""Documentation's address (RFC 5737): no record permits it, so every lookup is made."""

_CORRECT: Final = (
    "correct it; ten lookups are allowed: name addresses (ip4:, ip6:) instead of hosts"
)


async def look_at_spf(
    resolver: Resolver, domain: str, relays: Sequence[str], *, sure: bool
) -> list[Finding]:
    """Whether the bounce domain's one record is sound and permits where our mail comes from.

    ``relays`` are addresses of the relay; ``sure``: mail really leaves from these.

    Raises:
        NoAnswerNow: the DNS could not be asked.
    """
    texts = [each.decode("ascii", "replace") for each in await resolver.ask(domain, "TXT")]
    records = [each for each in texts if each.lower().split(" ")[0] == "v=spf1"]
    public = [each for each in relays if sure or is_from_the_world(each)]
    if not records:
        record = f'{domain}. TXT "v=spf1 {_named(public) or "include:<your provider>"} ~all"'
        return [wrong(SPF, f"{domain} does not say who may send for it", record)]
    if len(records) > 1:
        return [
            wrong(SPF, f"{domain} has {len(records)} SPF records, so none counts", "make them one")
        ]
    everything = await judged(resolver, peer=_NOBODY, sender=f"bounces@{domain}")
    if everything.result == "permerror":
        return [wrong(SPF, f"the record of {domain} is broken: {everything.words}", _CORRECT)]
    if everything.result == "pass":
        return [wrong(SPF, f"{domain} lets everybody send for it", "end its record with ~all")]
    if not public:
        return [
            ok(SPF, f"{domain} has one record ({everything.lookups} of 10 lookups)"),
            warning(
                SPF,
                "where mail leaves from cannot be told from here",
                "say it: onethread doctor --sends-from ADDRESS",
            ),
        ]
    return [await _permits(resolver, domain, each, records[0], sure=sure) for each in public]


async def _permits(
    resolver: Resolver, domain: str, address: str, record: str, *, sure: bool
) -> Finding:
    found = await judged(resolver, peer=address, sender=f"bounces@{domain}")
    if found.result == "pass":
        return ok(SPF, f"{domain} lets {address} send for it ({found.lookups} of 10 lookups)")
    if found.result in ("temperror", "permerror"):
        return warning(SPF, f"the record of {domain} cannot be followed now", "ask again later")
    changed = f'{domain}. TXT "{_with(record, _named([address]))}"'
    words = f"{domain} does not let {address} send for it ({found.result})"
    if sure:
        return wrong(SPF, words, changed)
    return warning(
        SPF,
        words + ", which is SMTP_HOST",
        f"add what your provider asks for (include:…); if mail leaves from there: {changed}",
    )


def _named(addresses: Sequence[str]) -> str:
    return " ".join(f"ip{6 if ':' in each else 4}:{each}" for each in addresses)


def _with(record: str, mechanism: str) -> str:
    """The record with one more that may send, before whatever ends it."""
    terms = record.split()
    ends = ("all", "+all", "-all", "~all", "?all")
    place = next(
        (
            n
            for n, each in enumerate(terms)
            if each.lower() in ends or each.lower().startswith("redirect=")
        ),
        len(terms),
    )
    return " ".join([*terms[:place], mechanism, *terms[place:]])


async def look_at_reverse(resolver: Resolver, address: str) -> list[Finding]:
    """Whether the machine that mail leaves from has a name that leads back to it.

    Raises:
        NoAnswerNow: the DNS could not be asked.
    """
    name = dns.reversename.from_address(address).to_text(omit_final_dot=True)
    names = await resolver.ask(name, "PTR")
    if not names:
        return [
            warning(
                REVERSE,
                f"{address} has no name, and many mail servers refuse such machines",
                f"have whoever gave you the address set {name}. PTR mail.<your domain>.",
            )
        ]
    kind: Kind = "AAAA" if ":" in address else "A"
    if address in await resolver.ask(names[0], kind):
        return [ok(REVERSE, f"{address} is {names[0]}")]
    return [
        warning(
            REVERSE,
            f"{address} is called {names[0]}, which does not lead back to it",
            f"{names[0]}. {kind} {address}",
        )
    ]
