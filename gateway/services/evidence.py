"""Consent rows as the core reads them."""

from __future__ import annotations

from collections.abc import Sequence

from gateway.core.consent import Evidence
from gateway.store.tables import ConsentRow


def rows_for(rows: Sequence[ConsentRow]) -> tuple[Evidence, ...]:
    """The same evidence as values."""
    return tuple(
        Evidence(
            purpose=row.purpose,
            granted=bool(row.granted),
            at=row.at,
            source=row.source,
            sentence_id=row.sentence_id,
        )
        for row in rows
    )
