"""The key by which push services know a store: whether it notifies browsers at all, and as whom."""

from __future__ import annotations

from collections.abc import Sequence

from gateway.auth.kept import Locked, lock, unlock
from gateway.channels.push.vapid import VapidKey
from gateway.errors import Misconfigured
from gateway.protocol.entry import PushOffer
from gateway.services.wire import sentence_of
from gateway.store import house as houses
from gateway.store import push
from gateway.store.tables import PushKeyRow, StoreRow
from gateway.store.tx import Store, Tx

PLACE = "push key"


def offered(tx: Tx, store: StoreRow, language: str) -> PushOffer | None:
    """What a browser needs to be notified; None where the store notifies none."""
    row = push.key_in_use(tx, store.store_id)
    if row is None:
        return None
    sentence = sentence_of(store, "push", language)
    words = sentence.text.format(store=store.name)
    return PushOffer(key=row.public_key, sentence=sentence.id, words=words)


async def turn_on(store: Store, secret: bytes, store_key: str) -> str:
    """Let a store notify browsers; returns its public key.

    What was turned off begins again with the key that it had: browsers know no other.

    Raises:
        NotFound: no store has this key.
    """

    def work(tx: Tx) -> str:
        found = houses.store_by_key(tx, store_key)
        held = push.keys_of(tx, found.store_id)
        if not held:
            return _add(tx, found.store_id, secret)
        row = next((each for each in held if each.retired_at is None), held[0])
        row.retired_at = None
        tx.session.add(row)
        return row.public_key

    return await store.write(work, on=_lock_of(store_key))


async def turn_off(store: Store, store_key: str) -> None:
    """Notify no browser of this store any more, and ask none.

    Raises:
        NotFound: no store has this key.
    """
    await store.write(
        lambda tx: _retire(tx, houses.store_by_key(tx, store_key).store_id), on=_lock_of(store_key)
    )


async def rotate(store: Store, secret: bytes, store_key: str) -> str:
    """Subscribe browsers with a new key from now on; returns its public half.

    Those that have the old one are notified by it until they are back and take the new one.

    Raises:
        NotFound: no store has this key.
    """

    def work(tx: Tx) -> str:
        store_id = houses.store_by_key(tx, store_key).store_id
        _retire(tx, store_id)
        return _add(tx, store_id, secret)

    return await store.write(work, on=_lock_of(store_key))


def signing_key(tx: Tx, secrets: Sequence[bytes], store: StoreRow, public_key: str) -> VapidKey:
    """The key pair that a browser was subscribed with.

    Raises:
        Misconfigured: the store notifies no browser now, or its key was locked by another secret.
    """
    rows = push.keys_of(tx, store.store_id)
    row = next((each for each in rows if each.public_key == public_key), None)
    if row is None or all(each.retired_at is not None for each in rows):
        raise Misconfigured("This store notifies no browser: see onethread store push.")
    return opened(secrets, row)


def opened(secrets: Sequence[bytes], row: PushKeyRow) -> VapidKey:
    """A key pair, by the house's secret.

    Raises:
        Misconfigured: it was locked by another one.
    """
    try:
        return VapidKey(unlock(secrets, row.locked, PLACE, row.store_id, row.public_key))
    except Locked:
        raise Misconfigured("The push key cannot be read: is SECRET_KEY another one?") from None


def _add(tx: Tx, store_id: str, secret: bytes) -> str:
    key = VapidKey.make()
    row = PushKeyRow(
        store_id=store_id,
        public_key=key.public,
        locked=lock(secret, key.private, PLACE, store_id, key.public),
        made_at=tx.now,
    )
    tx.session.add(row)
    tx.flush()
    return row.public_key


def _retire(tx: Tx, store_id: str) -> None:
    for row in push.keys_of(tx, store_id):
        if row.retired_at is None:
            row.retired_at = tx.now
            tx.session.add(row)
    tx.flush()


def _lock_of(store_key: str) -> str:
    return f"push keys:{store_key}"
