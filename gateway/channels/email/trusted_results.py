"""What our own border server found out about a mail, as its Authentication-Results say.

Anybody can write such a field. Believed are those with an id that the operator names, and of them
only the ones on top, above the first of anybody else (see also ``claims.on_top``). The border has
to strip what strangers write under its id (RFC 8601 sections 5 and 7.1).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import authres  # type: ignore[import-untyped]  # published without types

from gateway.channels.email.addresses import normalise

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

_ASKED_FOR: Final = re.compile(r"\bdmarc\s*=\s*fail\s*\(\s*p\s*=\s*none\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class BorderSays:
    """The results of the border, by method; the domains are lower-case.

    ``asks_nothing``: DMARC failed, and the field tells that the domain's owner asks for nothing.
    """

    dmarc: str | None = None
    dmarc_domain: str | None = None
    asks_nothing: bool = False
    signed_by: tuple[str, ...] = ()
    sent_by: str | None = None
    saw_signatures: bool = False
    saw_sender: bool = False


def border_says(values: Sequence[str], trusted: Collection[str]) -> BorderSays | None:
    """Read what the servers named ``trusted`` (lower-case ids) wrote; None when they wrote nothing.

    Of one method the topmost field counts.
    """
    methods: dict[str, list[tuple[str, dict[str, str]]]] = {}
    trial, believed = False, False
    for value in values:
        read = _read(value)
        if read is None or read[0] not in trusted:
            break
        believed = True
        trial = trial or ("dmarc" not in methods and bool(_ASKED_FOR.search(value)))
        fresh: dict[str, list[tuple[str, dict[str, str]]]] = {}
        for method, result, properties in read[1]:
            fresh.setdefault(method, []).append((result, properties))
        methods = fresh | methods
    if not believed:
        return None
    dmarc, about = next(iter(methods.get("dmarc", ())), (None, dict[str, str]()))
    return BorderSays(
        dmarc=dmarc,
        dmarc_domain=about.get("header.from"),
        asks_nothing=trial,
        signed_by=tuple(
            domain
            for result, properties in methods.get("dkim", ())
            if result == "pass" and (domain := _signer(properties))
        ),
        sent_by=next(
            (
                domain
                for result, properties in methods.get("spf", ())
                if result == "pass" and (domain := _domain(properties.get("smtp.mailfrom")))
            ),
            None,
        ),
        saw_signatures="dkim" in methods,
        saw_sender="spf" in methods,
    )


def _read(value: str) -> tuple[str, list[tuple[str, str, dict[str, str]]]] | None:
    try:
        read = authres.AuthenticationResultsHeader.parse(f"Authentication-Results: {value}")
    except (authres.AuthResError, ValueError, IndexError, AttributeError, TypeError):
        return None
    return str(read.authserv_id).lower(), [
        (str(each.method).lower(), str(each.result).lower(), _properties(each.properties))
        for each in read.results
    ]


def _properties(found: Iterable[authres.AuthenticationResultProperty]) -> dict[str, str]:
    return {f"{each.type}.{each.name}".lower(): str(each.value or "").lower() for each in found}


def _signer(properties: dict[str, str]) -> str | None:
    return _domain(properties.get("header.d") or properties.get("header.i"))


def _domain(value: str | None) -> str | None:
    domain = (value or "").rpartition("@")[2].strip().rstrip(".")
    checked = normalise(f"x@{domain}")
    return checked.rpartition("@")[2] if checked else None
