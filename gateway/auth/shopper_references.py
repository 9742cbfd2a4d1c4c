"""What a shop's page may tell its own server of who is chatting: sealed, and soon over.

It names a shopper and lets nobody in. It is worth something only together with the store's secret,
with which the store's server says which of its users this is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from gateway.auth.tokens import SEAL_CHARS, seal, sealed

PURPOSE: Final = "shopper reference"
_TOKEN = re.compile(
    rf"([0-9a-z]{{1,40}})\.([0-9a-z]{{1,40}})\.([0-9]{{1,12}})\.([a-z2-7]{{{SEAL_CHARS}}})"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopperReference:
    """Who is meant; ``until`` is seconds since 1970."""

    store_id: str
    shopper_id: str
    until: int

    @property
    def parts(self) -> tuple[str, ...]:
        """What is sealed."""
        return (self.store_id, self.shopper_id, str(self.until))


def write(secret: bytes, reference: ShopperReference) -> str:
    """The reference as text, ``[0-9a-z.]`` only."""
    return ".".join((*reference.parts, seal(secret, PURPOSE, *reference.parts)))


def read(keys: Sequence[bytes], token: str, *, now: int) -> ShopperReference | None:
    """The reference that we sealed; None when it is none of ours, or over at ``now`` (seconds)."""
    match = _TOKEN.fullmatch(token)
    if match is None:
        return None
    store_id, shopper_id, until, mark = match.groups()
    # As it was written: 007 and 7 are one number and two references.
    good = sealed(keys, mark, PURPOSE, store_id, shopper_id, until)
    if not good or int(until) <= now:
        return None
    return ShopperReference(store_id=store_id, shopper_id=shopper_id, until=int(until))
