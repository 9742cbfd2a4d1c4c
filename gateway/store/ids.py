"""Ids that sort by time: 48 bits of milliseconds and 82 random bits, as 26 lower-case characters.

Time-ordered keys keep inserts at one end of the B-tree; see ``docs/decisions``.
"""

from __future__ import annotations

import secrets

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: no i, l, o, u
_RANDOM_BITS = 82
_LENGTH = 26


def new_id(now: int) -> str:
    """A fresh id; ``now`` is microseconds UTC."""
    return _written(((now // 1_000) << _RANDOM_BITS) | secrets.randbits(_RANDOM_BITS))


def first_id(now: int) -> str:
    """What every id made at ``now`` or later is not less than, and every one made before is."""
    return _written(-(-now // 1_000) << _RANDOM_BITS)


def _written(number: int) -> str:
    return "".join(_ALPHABET[(number >> shift) & 31] for shift in range(5 * (_LENGTH - 1), -1, -5))
