"""Shoppers and what is known of people on either side: addresses, consent, presence, acts.

Rows about agents carry the ``store_id`` of the house (``HOUSE``), since agents serve every store.
"""

from __future__ import annotations

from sqlalchemy import Index
from sqlalchemy import text as sql

from gateway.store.tables.columns import Row, integer, key, one_of, text

HOUSE = "house"


class ShopperRow(Row, table=True):
    """Who buys; ``verified`` once a proof or the store's signature stands behind them.

    ``preference`` is the channels that they like best, a JSON list; ``zone`` is their browser's,
    ``shipping_zone`` the one that their store signs for them; the stricter of both counts.
    ``merged_into`` is who they turned out to be; all that they had is that shopper's then.
    ``blocked_by`` is the agent who blocked them, ``blocked_because`` what that agent said of it.
    """

    __tablename__ = "shopper"
    __table_args__ = (
        Index(
            "ix_shopper_merged",
            "store_id",
            "merged_into",
            sqlite_where=sql("merged_into IS NOT NULL"),
            postgresql_where=sql("merged_into IS NOT NULL"),
        ),
    )
    store_id: str = key()
    shopper_id: str = key()
    name: str = text(default="")
    verified: int = integer(default=0)
    language: str = text(default="en")
    preference: str = text(default="[]")
    zone: str = text(default="")
    shipping_zone: str = text(default="")
    merged_into: str | None = text(default=None)
    blocked_at: int | None = integer(default=None)
    blocked_by: str = text(default="")
    blocked_because: str = text(default="")
    created_at: int = integer()

    @property
    def zones(self) -> tuple[str, ...]:
        """Every time zone that they may be in."""
        return tuple(dict.fromkeys(each for each in (self.zone, self.shipping_zone) if each))


class ShopperSessionRow(Row, table=True):
    """A browser of a shopper; only the token's hash is kept."""

    __tablename__ = "shopper_session"
    __table_args__ = (Index("ix_shopper_session_shopper", "store_id", "shopper_id"),)
    store_id: str = key()
    token_hash: str = key()
    shopper_id: str = text()
    expires_at: int = integer()


class AddressRow(Row, table=True):
    """One endpoint of a person.

    ``typed_seq`` is the conversation's last seq when it was typed. ``proof`` says how it was
    proven, ``proven_in`` the one conversation that it counts for (a message proves no more than
    that), None for all. ``opened_conversation_id`` is the one that a message from it opened.
    ``joined_to`` is the same endpoint of the shopper that its person was merged into.
    """

    __tablename__ = "address"
    __table_args__ = (
        one_of("side", "shopper", "staff"),
        one_of("channel", "sms", "email", "whatsapp", "push", "app"),
        Index("uq_address_owner", "store_id", "side", "person_id", "channel", "value", unique=True),
        Index("ix_address_value", "store_id", "channel", "value"),
    )
    store_id: str = key()
    address_id: str = key()
    side: str = text()
    person_id: str = text()
    channel: str = text()
    value: str = text()
    typed_conversation_id: str | None = text(default=None)
    typed_seq: int = integer(default=0)
    proven_at: int | None = integer(default=None)
    proof: str | None = text(default=None)
    proven_in: str | None = text(default=None)
    opened_conversation_id: str | None = text(default=None)
    joined_to: str | None = text(default=None)
    failed_at: int | None = integer(default=None)
    failed_because: str = text(default="")
    stopped_at: int | None = integer(default=None)
    created_at: int = integer()


class ConsentRow(Row, table=True):
    """Append-only evidence that an address may, or may no longer, be used for a purpose."""

    __tablename__ = "consent"
    __table_args__ = (
        one_of("purpose", "support", "marketing", "verify"),
        Index("ix_consent_address", "store_id", "address_id", "at"),
    )
    store_id: str = key()
    consent_id: str = key()
    address_id: str = text()
    purpose: str = text()
    granted: int = integer()
    sentence_id: str = text(default="")
    sentence: str = text(default="")
    source: str = text()
    evidence: str = text(default="{}")
    at: int = integer()


class ConversationStopRow(Row, table=True):
    """One address wants nothing of one conversation; ``stopped_at`` None once that was taken back.

    The log and the facts of the conversation tell of each change.
    """

    __tablename__ = "conversation_stop"
    store_id: str = key()
    conversation_id: str = key()
    address_id: str = key()
    stopped_at: int | None = integer(default=None)


class CodeRow(Row, table=True):
    """The digits last sent to a typed address, hashed."""

    __tablename__ = "code"
    store_id: str = key()
    address_id: str = key()
    code_hash: str = text()
    sent_at: int = integer()
    expires_at: int = integer()
    tries: int = integer(default=0)


class PresenceRow(Row, table=True):
    """What one node last saw of one person; ``lost_at`` while nobody can know."""

    __tablename__ = "presence"
    __table_args__ = (
        one_of("presence", "reading", "on_page", "hidden", "gone"),
        Index("ix_presence_node", "node_id"),
    )
    store_id: str = key()
    side: str = key()
    person_id: str = key()
    node_id: str = text()
    presence: str = text()
    since: int = integer()
    lost_at: int | None = integer(default=None)
    url: str | None = text(default=None)
    title: str | None = text(default=None)


class ActRow(Row, table=True):
    """The last act of a person: where their side is. ``address_id`` is None for chat."""

    __tablename__ = "act"
    store_id: str = key()
    side: str = key()
    person_id: str = key()
    channel: str = text()
    address_id: str | None = text(default=None)
    at: int = integer()


class CountRow(Row, table=True):
    """How often something capped happened in a window that began at ``since``."""

    __tablename__ = "count"
    store_id: str = key()
    scope: str = key()
    since: int = integer(primary_key=True)
    n: int = integer()
