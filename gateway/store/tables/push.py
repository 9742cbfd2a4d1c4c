"""Web push: the keys that stores sign with, and the browsers that may be notified."""

from __future__ import annotations

from gateway.store.tables.columns import Row, integer, key, text


class PushKeyRow(Row, table=True):
    """A key pair by which push services know a store (RFC 8292).

    ``public_key`` is an uncompressed point as base64url; ``locked`` is the private half, which only
    the house's secret opens. A browser takes notifications of the one key that it was subscribed
    with, so one that was replaced (``retired_at``) serves those that have it still. None in use:
    the store notifies no browser.
    """

    __tablename__ = "push_key"
    store_id: str = key()
    public_key: str = key()
    locked: str = text()
    made_at: int = integer()
    retired_at: int | None = integer(default=None)


class SubscriptionRow(Row, table=True):
    """What a browser needs said to it in (RFC 8291); ``public_key`` is the key it takes it from."""

    __tablename__ = "push_subscription"
    store_id: str = key()
    address_id: str = key()
    p256dh: str = text()
    auth: str = text()
    public_key: str = text()
