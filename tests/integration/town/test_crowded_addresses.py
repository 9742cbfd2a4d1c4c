"""A number that hundreds of strangers have typed."""

from __future__ import annotations

from sqlmodel import col, select

from gateway.store import people
from gateway.store.people import MOST_SHARING
from gateway.store.tables import AddressRow
from gateway.store.tx import Tx
from tests.integration.town.building import Town
from tests.integration.town.townspeople import VERA_PHONE


async def _is_typed_by_hundreds(town: Town, many: int) -> None:
    """Strangers claim Vera's number, each in a browser of their own, and all before she did."""
    store_id = town.store_id

    def work(tx: Tx) -> None:
        tx.session.add_all(
            AddressRow(
                store_id=store_id,
                address_id=f"claim{n:04}",
                side="shopper",
                person_id=f"stranger{n:04}",
                channel="sms",
                value=VERA_PHONE,
                created_at=n,
            )
            for n in range(many)
        )

    await town.house.store.write(work)


async def test_whoever_has_proven_a_number_is_found_behind_all_who_merely_typed_it(
    town: Town,
) -> None:
    await town.vera.writes("Hello?")
    await town.vera.proves_number()
    await _is_typed_by_hundreds(town, MOST_SHARING + 2)

    def found(tx: Tx) -> list[str]:
        rows = people.addresses_with(tx, town.store_id, "sms", VERA_PHONE)
        return [row.person_id for row in rows]

    holders = await town.house.store.read(found)
    assert len(holders) == MOST_SHARING
    assert holders[0] == "stranger0000"
    assert holders[-1] == town.vera.shopper_id
    assert await town.text_in(VERA_PHONE, "It is me") == 200
    assert await town.vera.said() == ["Hello?", "It is me"]


async def test_stop_ends_the_last_of_the_claims_to_a_number_too_and_start_gives_all_back(
    town: Town,
) -> None:
    await _is_typed_by_hundreds(town, MOST_SHARING + 2)

    def going_on(tx: Tx) -> int:
        held = select(AddressRow.address_id).where(
            AddressRow.value == VERA_PHONE, col(AddressRow.stopped_at).is_(None)
        )
        return len(tx.session.exec(held).all())

    assert await town.text_in(VERA_PHONE, "STOP") == 200
    assert await town.house.store.read(going_on) == 0
    assert await town.text_in(VERA_PHONE, "START") == 200
    assert await town.house.store.read(going_on) == MOST_SHARING + 2
