"""Secrets that are needed back: what is stored of them opens only with the house's own."""

from __future__ import annotations

import pytest

from gateway.auth.kept import Locked, lock, unlock

SECRET, OTHER = b"s" * 32, b"t" * 32
PLAIN = b"a store's private key"


def test_what_was_locked_opens_in_its_place_and_nowhere_else() -> None:
    kept = lock(SECRET, PLAIN, "push key", "acme")
    assert unlock([SECRET], kept, "push key", "acme") == PLAIN
    for place in (("push key", "zenith"), ("push key", "acm", "e"), ("push keyacme",), ()):
        with pytest.raises(Locked):
            unlock([SECRET], kept, *place)


def test_what_is_stored_tells_nothing_and_is_never_the_same() -> None:
    kept = [lock(SECRET, PLAIN, "a") for _ in range(20)]
    assert len(set(kept)) == 20
    assert all(PLAIN.decode() not in each for each in kept)


def test_the_secret_before_this_one_opens_it_while_it_is_rotated() -> None:
    kept = lock(OTHER, PLAIN, "a")
    assert unlock([SECRET, OTHER], kept, "a") == PLAIN
    with pytest.raises(Locked):
        unlock([SECRET], kept, "a")


@pytest.mark.parametrize("stored", ["", "a", "é", "AAAA", "A" * 200, "!!!!"])
def test_what_is_damaged_is_told_as_such(stored: str) -> None:
    with pytest.raises(Locked):
        unlock([SECRET], stored, "a")
