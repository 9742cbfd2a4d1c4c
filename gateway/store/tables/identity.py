"""Who a shopper is by their store's word, and what a store's page tells of them."""

from __future__ import annotations

from sqlalchemy import Index

from gateway.store.tables.columns import Row, integer, key, one_of, text


class IdentitySecretRow(Row, table=True):
    """What a store signs its shoppers with.

    ``secrets`` is a JSON list of locked ones, the newest first: two while one is being replaced.
    """

    __tablename__ = "identity_secret"
    store_id: str = key()
    secrets: str = text()
    created_at: int = integer()


class IdentityRow(Row, table=True):
    """One of the store's own customers, ``sub``, and the one shopper that this is."""

    __tablename__ = "identity"
    __table_args__ = (Index("uq_identity_shopper", "store_id", "shopper_id", unique=True),)
    store_id: str = key()
    sub: str = key()
    shopper_id: str = text()
    created_at: int = integer()
    signed_at: int = integer()


class IdentityTokenRow(Row, table=True):
    """A signed token that was used, until it is no good anyway; only the hash of its id is kept."""

    __tablename__ = "identity_token"
    __table_args__ = (Index("ix_identity_token_until", "store_id", "until"),)
    store_id: str = key()
    jti_hash: str = key()
    until: int = integer()


class TraitRow(Row, table=True):
    """Something that a page said of a shopper, unproven: who they are, or what the store ``set``.

    ``value`` is JSON: text, a number, true or false.
    """

    __tablename__ = "trait"
    __table_args__ = (one_of("kind", "claim", "set"),)
    store_id: str = key()
    shopper_id: str = key()
    kind: str = key()
    name: str = key()
    value: str = text()
    at: int = integer()


class TrackedRow(Row, table=True):
    """Something that a page saw a shopper do, ``at`` an instant by its own word.

    ``told_at`` is when it said so, ``place`` where in that post. ``data`` is flat JSON.
    """

    __tablename__ = "tracked"
    __table_args__ = (Index("ix_tracked_shopper", "store_id", "shopper_id", "told_at", "place"),)
    store_id: str = key()
    tracked_id: str = key()
    shopper_id: str = text()
    name: str = text()
    data: str = text()
    at: int = integer()
    told_at: int = integer()
    place: int = integer()


class ToldRow(Row, table=True):
    """The id of something that a page told, so that it counts once however often it is posted."""

    __tablename__ = "told"
    __table_args__ = (Index("ix_told_at", "store_id", "shopper_id", "at"),)
    store_id: str = key()
    shopper_id: str = key()
    told_id: str = key()
    at: int = integer()
