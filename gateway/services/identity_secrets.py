"""What a store signs its shoppers with: what ``onethread store identity`` does.

The store's server signs with it and we check with it, so it is kept locked, not hashed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.auth.identity import mint_secret
from gateway.auth.kept import Locked, lock, unlock
from gateway.errors import Misconfigured, NotFound
from gateway.store import house as houses
from gateway.store import identities
from gateway.store.tables import IdentitySecretRow
from gateway.store.tx import Store, Tx, pack, unpack

PLACE = "identity secret"
NONE_YET = "this store signs nobody yet: make a secret with `onethread store identity --key …`"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signing:
    """How a store signs now; ``secret`` only where a fresh one was made."""

    secrets: int
    secret: str | None = None


def secrets_of(keys: Sequence[bytes], row: IdentitySecretRow | None) -> list[str]:
    """What may have signed, the newest first; none for a store that signs nobody.

    ``keys`` are the house's own secrets.

    Raises:
        Misconfigured: they were locked by another secret of the house.
    """
    if row is None:
        return []
    try:
        return [unlock(keys, each, PLACE, row.store_id).decode() for each in unpack(row.secrets)]
    except Locked:
        raise Misconfigured(
            "The signing secret cannot be read: is SECRET_KEY another one?"
        ) from None


async def begin(store: Store, keys: Sequence[bytes], store_key: str) -> Signing:
    """Make a store's first secret; one that has any is only shown how many count.

    Raises:
        NotFound: no store has this key.
    """
    fresh = mint_secret()

    def work(tx: Tx) -> Signing:
        store_id = houses.store_by_key(tx, store_key).store_id
        row = identities.secret_of(tx, store_id)
        if row is not None:
            return Signing(secrets=len(unpack(row.secrets)))
        locked = pack([lock(keys[0], fresh.encode(), PLACE, store_id)])
        tx.session.add(IdentitySecretRow(store_id=store_id, secrets=locked, created_at=tx.now))
        return Signing(secrets=1, secret=fresh)

    return await store.write(work)


async def rotate(store: Store, keys: Sequence[bytes], store_key: str) -> Signing:
    """A new secret, beside the one before: what either signed counts until ``settle``.

    Raises:
        NotFound: the store signs nobody, or there is no such store.
    """
    fresh = mint_secret()

    def work(tx: Tx) -> Signing:
        row = _row(tx, store_key)
        # Of three the oldest goes: nobody who is still on it has followed the last change either.
        kept = unpack(row.secrets)[:1]
        row.secrets = pack([lock(keys[0], fresh.encode(), PLACE, row.store_id), *kept])
        tx.session.add(row)
        return Signing(secrets=1 + len(kept), secret=fresh)

    return await store.write(work)


async def settle(store: Store, store_key: str) -> Signing:
    """The newest secret alone counts from now on.

    Raises:
        NotFound: the store signs nobody, or there is no such store.
    """

    def work(tx: Tx) -> Signing:
        row = _row(tx, store_key)
        row.secrets = pack(unpack(row.secrets)[:1])
        tx.session.add(row)
        return Signing(secrets=1)

    return await store.write(work)


async def forget(store: Store, store_key: str) -> None:
    """The store signs nobody any more. Who was signed for stays known.

    Raises:
        NotFound: the store signs nobody, or there is no such store.
    """
    await store.write(lambda tx: tx.session.delete(_row(tx, store_key)))


def _row(tx: Tx, store_key: str) -> IdentitySecretRow:
    row = identities.secret_of(tx, houses.store_by_key(tx, store_key).store_id)
    if row is None:
        raise NotFound(NONE_YET)
    return row
