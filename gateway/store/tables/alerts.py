"""What an operator has to mend: a provider refuses us, and goes on to."""

from __future__ import annotations

from gateway.store.tables.columns import Row, integer, key, text


class AlertRow(Row, table=True):
    """One reason why a channel of a store carries nothing, or less, and since when.

    ``about`` is the country or the sender that it is true of, empty: of all. ``by_receipt``: it was
    told afterwards, so what a provider merely takes is no sign that it is over.
    """

    __tablename__ = "alert"
    store_id: str = key()
    channel: str = key()
    code: str = key()
    about: str = key()
    words: str = text()
    by_receipt: int = integer(default=0)
    count: int = integer(default=1)
    since: int = integer()
    last_at: int = integer()
