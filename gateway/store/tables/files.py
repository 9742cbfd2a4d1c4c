"""Files that came with messages; the bytes are blobs beside the database."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Index
from sqlalchemy import text as sql

from gateway.store.tables.columns import Row, integer, key, text


class AttachmentRow(Row, table=True):
    """One file of one message; ``digest`` and ``small`` name blobs of the store's room.

    ``owner`` is who brought it (see ``store.attachments``); until a message takes it, it has no
    conversation and no seq. ``width`` and ``height`` are set for pictures that we drew anew.
    """

    __tablename__ = "attachment"
    __table_args__ = (
        CheckConstraint("(conversation_id IS NULL) = (seq IS NULL)", name="taken"),
        Index("ix_attachment_owner", "store_id", "owner", "created_at"),
        Index("ix_attachment_digest", "store_id", "digest"),
        Index("ix_attachment_small", "store_id", "small"),
        Index("ix_attachment_conversation", "store_id", "conversation_id", "seq"),
        Index(
            "ix_attachment_untaken",
            "store_id",
            "created_at",
            sqlite_where=sql("seq IS NULL"),
            postgresql_where=sql("seq IS NULL"),
        ),
    )
    store_id: str = key()
    attachment_id: str = key()
    owner: str = text()
    digest: str = text()
    small: str | None = text(default=None)
    name: str = text()
    kind: str = text()
    size: int = integer()
    width: int | None = integer(default=None)
    height: int | None = integer(default=None)
    conversation_id: str | None = text(default=None)
    seq: int | None = integer(default=None)
    created_at: int = integer()
