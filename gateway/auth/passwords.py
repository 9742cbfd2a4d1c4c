"""Agents' passwords: argon2id, off the event loop, two at a time (64 MiB each)."""

from __future__ import annotations

import anyio
from anyio import to_thread
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from gateway.errors import BadInput

SHORTEST = 8
_AT_ONCE = 2
_hasher = PasswordHasher()  # argon2id with RFC 9106's second recommended set

# Checked when the e-mail is unknown, so that a sign-in takes as long as for a known one.
_NOBODY = (
    "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHRzb21lc2FsdA$"
    "k8RgYdZMyoLs5tOcvSmYDWTnLZtiK8kGQmXh4Xvsn4c"
)


def hash_password(password: str) -> str:
    """The string to store.

    Raises:
        BadInput: the password is too short.
    """
    if len(password) < SHORTEST:
        raise BadInput(f"a password needs at least {SHORTEST} characters")
    return _hasher.hash(password)


def _matches(stored: str | None, password: str) -> bool:
    try:
        return _hasher.verify(stored or _NOBODY, password) is True and stored is not None
    except (VerificationError, InvalidHashError):
        return False


class Passwords:
    """Checks passwords without holding up the loop."""

    def __init__(self) -> None:
        self._limiter = anyio.CapacityLimiter(_AT_ONCE)

    async def matches(self, stored: str | None, password: str) -> bool:
        """Whether it is the password; takes as long when ``stored`` is None."""
        return await to_thread.run_sync(_matches, stored, password, limiter=self._limiter)
