"""Addresses as they are shown, with what their people agreed to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gateway.core.consent import SUPPORT, may
from gateway.protocol.entry import AddressFact
from gateway.services.evidence import rows_for
from gateway.services.wire import address_fact
from gateway.store import people
from gateway.store.tables import AddressRow, ConsentRow
from gateway.store.tx import Tx


def facts_of_each(
    tx: Tx, store_id: str, shopper_ids: Sequence[str]
) -> Mapping[str, list[AddressFact]]:
    """The addresses of so many shoppers as each is shown their own, by shopper."""
    held = people.addresses_of_each(tx, store_id, shopper_ids)
    return facts(tx, store_id, held, whole=False)


def facts(
    tx: Tx, store_id: str, held: Mapping[str, Sequence[AddressRow]], *, whole: bool
) -> dict[str, list[AddressFact]]:
    """These addresses with what was agreed to, by person; masked unless ``whole``."""
    ids = [row.address_id for rows in held.values() for row in rows]
    if not ids:
        return {person: [] for person in held}
    codes = people.codes_of(tx, store_id, ids)
    evidence: dict[str, list[ConsentRow]] = {each: [] for each in ids}
    for consent in people.consents_of(tx, store_id, ids):
        evidence[consent.address_id].append(consent)

    def fact(row: AddressRow) -> AddressFact:
        own = evidence[row.address_id]
        granted = [each for each in own if each.granted and each.purpose == "support"]
        code = codes.get(row.address_id)
        return address_fact(
            row,
            consented=SUPPORT in may(rows_for(own)),
            whole=whole,
            code_sent=code is not None and code.expires_at > tx.now,
            sentence=granted[-1].sentence if granted and whole else None,
            consented_at=granted[-1].at if granted and whole else None,
        )

    return {person: [fact(row) for row in rows] for person, rows in held.items()}
