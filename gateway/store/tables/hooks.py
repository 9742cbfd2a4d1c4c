"""What the house remembers of webhooks, beside what they brought."""

from __future__ import annotations

from gateway.store.tables.columns import Row, integer, key, text


class HookTokenRow(Row, table=True):
    """A provider's signed token that was used, and for which content, until it is stale anyway.

    For signatures that do not cover the body: the same token with another content is a forgery.
    """

    __tablename__ = "hook_token"
    token_hash: str = key()
    content_hash: str = text()
    expires_at: int = integer(index=True)
