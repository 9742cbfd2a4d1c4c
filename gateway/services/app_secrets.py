"""The secrets of a store's app: both sides sign with them, so they are kept locked, not hashed."""

from __future__ import annotations

from collections.abc import Sequence

from gateway.auth.kept import Locked, lock, unlock
from gateway.errors import Misconfigured
from gateway.store.tables import AppRow
from gateway.store.tx import pack, unpack

PLACE = "app secret"


def locked(key: bytes, store_id: str, secrets: Sequence[str]) -> str:
    """What is stored of a store's secrets, the newest first."""
    return pack([lock(key, each.encode(), PLACE, store_id) for each in secrets])


def secrets_of(keys: Sequence[bytes], row: AppRow) -> list[str]:
    """What signs, the newest first; ``keys`` are the house's own secrets.

    Raises:
        Misconfigured: they were locked by another secret of the house.
    """
    try:
        return [unlock(keys, each, PLACE, row.store_id).decode() for each in unpack(row.secrets)]
    except Locked:
        raise Misconfigured("The app's secret cannot be read: is SECRET_KEY another one?") from None
