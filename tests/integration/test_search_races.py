"""The search stays true when two change something at one moment, and costs nothing for nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from sqlmodel import col, delete, select

from gateway.store import search_rebuild, thread
from gateway.store.tables import AddressRow, SearchTextRow, TraitRow
from gateway.store.tx import Store, Tx, pack
from tests.integration.interleaving import Gate, somebody_waits
from tests.integration.test_search import Shop, shop  # noqa: F401  # the fixture


async def test_what_two_learn_of_vera_at_one_moment_finds_her_by_both(
    shop: Shop,  # noqa: F811
    database_url: str,
) -> None:
    store, gate = shop.house.store, Gate(shop.house.store)
    vera = await shop.shopper("Vera")
    hers = await shop.writes(vera, "Hello")

    def learn_order(tx: Tx) -> None:
        named = {"store_id": shop.acme, "shopper_id": vera, "kind": "set", "name": "order"}
        tx.session.add(TraitRow(**named, value=pack("AC-20417"), at=tx.now))
        tx.session.flush()
        gate.pass_()

    def learn_mailbox(tx: Tx) -> None:
        tx.session.add(
            AddressRow(
                store_id=shop.acme,
                address_id=tx.new_id(),
                side="shopper",
                person_id=vera,
                channel="email",
                value="vera.m@shop.example",
                created_at=tx.now,
            )
        )

    await beside(store, database_url, gate, learn_order, learn_mailbox)
    for query in ("AC-20417", "vera.m@shop.example"):
        assert [each.row.conversation_id for each in await shop.find(query)] == [hers], query


async def test_a_rebuild_writes_no_older_words_over_what_ada_changes_meanwhile(
    shop: Shop,  # noqa: F811
    database_url: str,
) -> None:
    store, gate = shop.house.store, Gate(shop.house.store)
    hers = await shop.writes(await shop.shopper(), "Where is it?")
    seq = await shop.answers(hers, "It comes on Monday", note=True)

    def change(tx: Tx) -> None:
        row = thread.entry(tx, shop.acme, hers, seq)
        assert row is not None
        row.body = "It comes on Friday"
        tx.session.add(row)
        tx.session.flush()
        gate.pass_()

    await beside(store, database_url, gate, change, search_rebuild.step)
    assert await shop.texts("friday") == ["It comes on Friday"]
    assert await shop.texts("monday") == []


async def test_what_a_page_says_of_vera_again_writes_no_search_row(
    shop: Shop,  # noqa: F811
) -> None:
    vera = await shop.shopper("Vera")
    trait = {"store_id": shop.acme, "shopper_id": vera, "kind": "set", "name": "order"}

    def say(tx: Tx, order: str) -> list[int]:
        row = tx.session.get(TraitRow, tuple(trait.values())) or TraitRow(**trait, value="", at=0)
        row.value, row.at = pack(order), tx.now + 1
        tx.session.add(row)
        tx.session.flush()
        return list(tx.session.scalars(select(SearchTextRow.place)))

    (before,) = await shop.house.store.write(lambda tx: say(tx, "AC-20417"))

    def forget(tx: Tx) -> None:
        tx.session.exec(delete(SearchTextRow).where(col(SearchTextRow.place) == before))

    await shop.house.store.write(forget)
    assert await shop.house.store.write(lambda tx: say(tx, "AC-20417")) == []
    assert len(await shop.house.store.write(lambda tx: say(tx, "AC-20418"))) == 1


async def beside(
    store: Store,
    url: str,
    gate: Gate,
    first: Callable[[Tx], object],
    second: Callable[[Tx], object],
) -> None:
    """Let ``second`` begin while ``first`` stands at the gate, and then both end."""
    both = [asyncio.ensure_future(store.write(first))]
    await gate.reached()
    both.append(asyncio.ensure_future(store.write(second)))
    if store.dialect == "postgresql":
        await somebody_waits(url)
    gate.open()
    await asyncio.gather(*both)
