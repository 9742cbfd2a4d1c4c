"""What a store may say by WhatsApp outside its 24 hours."""

from __future__ import annotations

from gateway.store.tables.columns import Row, integer, key, one_of, text

PURPOSES = ("words", "knock", "code")


class WhatsappTemplateRow(Row, table=True):
    """A template that WhatsApp has approved, one per store, purpose and language.

    ``content_sid`` names it at Twilio, ``body`` is its text with ``{{1}}`` for what is filled in.
    ``price`` is what one costs, in millionths of the policy's currency; None: the policy's own.
    """

    __tablename__ = "whatsapp_template"
    __table_args__ = (one_of("purpose", *PURPOSES),)
    store_id: str = key()
    purpose: str = key()
    language: str = key()
    content_sid: str = text()
    body: str = text()
    price: int | None = integer(default=None)
