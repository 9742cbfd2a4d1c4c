"""Naming a store's app, and its secrets: what ``onethread store app`` does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from gateway.channels.app.signature import key_of, mint
from gateway.errors import BadInput, NotFound
from gateway.services.app_secrets import locked, secrets_of
from gateway.store import apps
from gateway.store import house as houses
from gateway.store.tables import AppRow
from gateway.store.tx import Store, Tx, pack, unpack

MOST_URL = 2_000
NONE_YET = "this store has no app yet: name one with --url"


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A store's app as it is now; ``secret`` only where a fresh one was made."""

    url: str
    with_words: bool
    secrets: int
    secret: str | None = None


async def name(
    store: Store,
    keys: Sequence[bytes],
    store_key: str,
    *,
    url: str | None = None,
    secret: str | None = None,
    with_words: bool | None = None,
) -> Named:
    """Name the app, or change what is given; a fresh secret is made for a new one without.

    ``keys`` are the house's own secrets.

    Raises:
        BadInput: no address, or no secret.
        NotFound: no store has this key, or nothing is named yet and no ``url`` given.
    """
    wanted = _checked(url) if url is not None else None
    fresh = mint()
    if secret is not None:
        key_of(secret)

    def work(tx: Tx) -> Named:
        store_id = houses.store_by_key(tx, store_key).store_id
        row = apps.app_of(tx, store_id)
        made = None
        if row is None:
            if wanted is None:
                raise NotFound(NONE_YET)
            made = None if secret else fresh
            row = AppRow(
                store_id=store_id,
                url=wanted,
                secrets=locked(keys[0], store_id, [secret or fresh]),
                created_at=tx.now,
            )
        elif secret is not None:
            row.secrets = locked(keys[0], store_id, [secret])
        row.url = wanted or row.url
        row.with_words = row.with_words if with_words is None else int(with_words)
        tx.session.add(row)
        return _named(row, made)

    return await store.write(work)


async def rotate(
    store: Store, keys: Sequence[bytes], store_key: str, secret: str | None = None
) -> Named:
    """A new secret, beside the one before: both sign and both are believed until ``settle``.

    Raises:
        BadInput: it is no secret, or the one in use.
        NotFound: the store has no app, or there is no such store.
    """
    new = secret or mint()
    key_of(new)

    def work(tx: Tx) -> Named:
        row = _row(tx, store_key)
        held = secrets_of(keys, row)
        if key_of(new) in map(key_of, held):
            raise BadInput("this secret is in use already")
        # Of three the oldest goes: nobody who is still on it has followed the last change either.
        row.secrets = locked(keys[0], row.store_id, [new, held[0]])
        tx.session.add(row)
        return _named(row, None if secret else new)

    return await store.write(work)


async def settle(store: Store, store_key: str) -> Named:
    """The newest secret alone counts from now on.

    Raises:
        NotFound: the store has no app, or there is no such store.
    """

    def work(tx: Tx) -> Named:
        row = _row(tx, store_key)
        row.secrets = pack(unpack(row.secrets)[:1])
        tx.session.add(row)
        return _named(row, None)

    return await store.write(work)


async def forget(store: Store, store_key: str) -> None:
    """The store has no app any more. Who was linked stays so, for an app that comes later.

    Raises:
        NotFound: the store has no app, or there is no such store.
    """
    await store.write(lambda tx: tx.session.delete(_row(tx, store_key)))


async def shown(store: Store, store_key: str) -> Named:
    """A store's app.

    Raises:
        NotFound: it has none, or there is no such store.
    """
    return await store.read(lambda tx: _named(_row(tx, store_key), None))


def _row(tx: Tx, store_key: str) -> AppRow:
    row = apps.app_of(tx, houses.store_by_key(tx, store_key).store_id)
    if row is None:
        raise NotFound(NONE_YET)
    return row


def _named(row: AppRow, secret: str | None) -> Named:
    return Named(
        url=row.url,
        with_words=bool(row.with_words),
        secrets=len(unpack(row.secrets)),
        secret=secret,
    )


def _checked(url: str) -> str:
    try:
        parts = urlsplit(url.strip())
        good = parts.scheme in ("https", "http") and bool(parts.hostname) and not parts.username
        _ = parts.port
    except ValueError:
        good = False
    if not good or len(url) > MOST_URL:
        raise BadInput("an app's address looks like https://push.shop.example/onethread")
    return url.strip()
