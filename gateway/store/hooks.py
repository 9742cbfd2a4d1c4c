"""Statements about webhooks' tokens."""

from __future__ import annotations

from sqlmodel import col, delete

from gateway.store.tables import HookTokenRow
from gateway.store.tx import Tx


def use_token(tx: Tx, token_hash: str, content_hash: str, *, expires_at: int) -> bool:
    """Whether this token may bring this content: it is new, or comes again with the same.

    Asked for under a lock on the token.
    """
    tx.session.exec(delete(HookTokenRow).where(col(HookTokenRow.expires_at) <= tx.now))
    row = tx.session.get(HookTokenRow, token_hash)
    if row is None:
        tx.session.add(
            HookTokenRow(token_hash=token_hash, content_hash=content_hash, expires_at=expires_at)
        )
        return True
    return row.content_hash == content_hash
