"""Where somebody may be: the zones and the country of a number, the page group of a page."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase
from functools import lru_cache
from urllib.parse import urlsplit

import phonenumbers

from gateway.core.policy import Policy

UNKNOWN = "Etc/Unknown"
PHONES = frozenset({"sms", "whatsapp"})


@lru_cache(maxsize=4096)
def zones_of(channel: str, value: str) -> tuple[str, ...]:
    """The zones in which the phone behind a number may be, IANA names; none for a mailbox."""
    if channel not in PHONES:
        return ()
    # Imported when first needed: its table is some megabytes, and a house may never text.
    from phonenumbers import timezone

    try:
        found = timezone.time_zones_for_number(phonenumbers.parse(value))
    except phonenumbers.NumberParseException:
        return ()
    return tuple(name for name in found if name != UNKNOWN)


@lru_cache(maxsize=4096)
def country_of(channel: str, value: str) -> str:
    """The country of a number, ISO 3166; empty for a mailbox, or when nobody can tell."""
    if channel not in PHONES:
        return ""
    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(value)) or ""
    except phonenumbers.NumberParseException:
        return ""


def prefixes_of(countries: Sequence[str]) -> list[str]:
    """What numbers of these countries begin with after the ``+``: their calling codes."""
    codes = (phonenumbers.country_code_for_region(each) for each in countries)
    return sorted({str(code) for code in codes if code})


def path_of(url: str | None) -> str | None:
    """The path of a page, None when it is not known; what comes after it may be private."""
    if url is None:
        return None
    try:
        return urlsplit(url).path or "/"
    except ValueError:  # a page may call itself anything
        return None


def page_group(url: str | None, policy: Policy) -> str | None:
    """The first of the policy's page groups that this page belongs to; only its path counts."""
    path = path_of(url) if policy.page_groups else None
    if path is None:
        return None
    for name, patterns in policy.page_groups:
        if any(fnmatchcase(path, pattern) for pattern in patterns):
            return name
    return None
