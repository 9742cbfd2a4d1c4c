"""Numbers as people read and type them, so that no browser needs tables of its own."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import phonenumbers
from phonenumbers import PhoneNumberFormat

from gateway.services.house import House
from gateway.store import house as houses

MOST_TYPED = 40  #: characters; the longest number has 15 digits (ITU-T E.164, section 6.2.1)


@dataclass(frozen=True, slots=True)
class Read:
    """What somebody typed, as we understand it; ``region`` is ISO 3166, None for none."""

    e164: str
    shown: str
    region: str | None


@cache
def calling_codes() -> dict[str, str]:
    """What a number of each region begins with after the ``+``, by ISO 3166."""
    return {
        region: str(phonenumbers.country_code_for_region(region))
        for region in sorted(phonenumbers.SUPPORTED_REGIONS)
    }


async def home_of(house: House, store_key: str) -> str:
    """The region of the store.

    Raises:
        NotFound: no store has this key.
    """
    return await house.store.read(lambda tx: houses.store_by_key(tx, store_key).region)


def read(typed: str, region: str) -> Read | None:
    """A number typed in ``region`` or with its calling code; None while it is none yet."""
    try:
        number = phonenumbers.parse(typed, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return Read(
        e164=str(phonenumbers.format_number(number, PhoneNumberFormat.E164)),
        shown=str(phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)),
        region=phonenumbers.region_code_for_number(number),
    )
