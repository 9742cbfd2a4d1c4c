"""Ids that sort by time: 48 bits of milliseconds and 82 random bits, as 26 lower-case characters.

Time-ordered keys keep inserts at one end of the B-tree; see ``docs/decisions``.
"""

from __future__ import annotations

import secrets
from collections import deque

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: no i, l, o, u
_RANDOM_BITS = 82
_LENGTH = 26
_PAIRS = [first + second for first in _ALPHABET for second in _ALPHABET]
_SHIFTS = range(5 * (_LENGTH - 2), -1, -10)
_RANDOM_BYTES = 11
_AT_ONCE = 256
#: Asked for many at a time: each call of the system lets another thread have the interpreter.
_random: deque[bytes] = deque()


def new_id(now: int) -> str:
    """A fresh id; ``now`` is microseconds UTC."""
    return _written(((now // 1_000) << _RANDOM_BITS) | _random_bits())


def first_id(now: int) -> str:
    """What every id made at ``now`` or later is not less than, and every one made before is."""
    return _written(-(-now // 1_000) << _RANDOM_BITS)


def _random_bits() -> int:
    try:
        drawn = _random.pop()
    except IndexError:
        fresh = secrets.token_bytes(_RANDOM_BYTES * _AT_ONCE)
        _random.extend(fresh[at : at + _RANDOM_BYTES] for at in range(0, len(fresh), _RANDOM_BYTES))
        drawn = secrets.token_bytes(_RANDOM_BYTES)
    return int.from_bytes(drawn) >> (_RANDOM_BYTES * 8 - _RANDOM_BITS)


def _written(number: int) -> str:
    return "".join([_PAIRS[number >> shift & 1023] for shift in _SHIFTS])
