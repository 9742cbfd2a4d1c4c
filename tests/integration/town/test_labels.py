"""Labels: made when they are first needed, on many conversations, and gone when removed."""

from __future__ import annotations

import asyncio

import pytest

from gateway.core.log import fold
from gateway.errors import BadInput, Conflict, NotFound
from gateway.protocol.inbox import MOST_LABELS, BulkAct, Narrowed, Which
from gateway.services import bulk, inboxes, labels
from gateway.services.house import Change
from gateway.store import thread
from gateway.store.tx import unpack
from tests.integration.interleaving import Gate, somebody_waits
from tests.integration.town.building import Town
from tests.integration.town.checker import folded_entry
from tests.integration.town.townspeople import Shopper


async def labelled(
    town: Town, shopper: Shopper, add: tuple[str, ...], remove: tuple[str, ...] = ()
) -> list[str]:
    """Ada changes a conversation's labels; returns what was refused, in words."""
    row = await shopper.conversation()
    done = await bulk.bulk(
        town.house,
        town.ada.agent_id,
        [Which(store_id=row.store_id, conversation_id=row.conversation_id)],
        BulkAct(kind="label", add=add, remove=remove),
    )
    return [each.message for each in done.left_out]


async def borne(shopper: Shopper) -> list[str]:
    return list(unpack((await shopper.conversation()).labels))


async def view(town: Town, label_id: str) -> list[int]:
    asked = Narrowed(view="open", label_id=label_id)
    return [row.number for row in (await inboxes.page(town.house, town.ada.agent_id, asked)).rows]


async def test_a_label_finds_what_bears_it_in_the_inbox_order_as_that_goes_on(town: Town) -> None:
    jonas = await town.shopper()
    for each in (town.vera, jonas):
        await each.writes("Where is my parcel?")
        town.clock.move_ahead(1_000_000)
    parcel = (await labels.create(town.house, town.store_id, "parcel", "blue")).label_id
    for each in (town.vera, jonas):
        assert await labelled(town, each, (parcel,)) == []
    hers, his = [(await each.conversation()).number for each in (town.vera, jonas)]
    assert await view(town, parcel) == [hers, his]
    await town.ada.answers("It is on its way", town.vera)
    assert await view(town, parcel) == [his, hers]


async def test_the_fold_of_the_log_is_what_the_conversation_bears(town: Town) -> None:
    await town.vera.writes("Hello")
    a, b = [
        (await labels.create(town.house, town.store_id, name)).label_id for name in ("one", "two")
    ]
    await labelled(town, town.vera, (a, b, a))
    await labelled(town, town.vera, (), (a,))
    await labelled(town, town.vera, (a,))
    told = fold(folded_entry(row) for row in await town.vera.entries())
    assert list(told.labels) == await borne(town.vera) == [b, a]
    assert len(await town.vera.events("labelled")) == 3
    assert {row.audience for row in await town.vera.events("labelled")} == {"staff"}


async def test_a_name_is_one_label_however_it_is_written_and_ada_renames_it(town: Town) -> None:
    one = await labels.create(town.house, town.store_id, "  Return  ", "amber")
    again = await labels.create(town.house, town.store_id, "RETURN")
    assert (again.label_id, again.name) == (one.label_id, "Return")
    await labels.create(town.house, town.store_id, "Invoice")
    with pytest.raises(Conflict):
        await labels.change_label(town.house, town.store_id, one.label_id, "invoice", "red")
    renamed = await labels.change_label(town.house, town.store_id, one.label_id, "Back", "red")
    assert (renamed.name, renamed.colour) == ("Back", "red")
    told = (await labels.labels(town.house)).labels
    assert [each.name for each in told] == ["Back", "Invoice"]


async def test_a_removed_label_is_gone_from_every_conversation_and_stays_in_the_logs(
    town: Town,
) -> None:
    jonas = await town.shopper()
    a, b = [
        (await labels.create(town.house, town.store_id, name)).label_id for name in ("one", "two")
    ]
    await town.vera.writes("Hello")
    await jonas.writes("Hello")
    await labelled(town, town.vera, (a, b))
    await labelled(town, jonas, (b, a))
    await labels.remove(town.house, town.store_id, a)
    assert (await borne(town.vera), await borne(jonas)) == ([b], [b])
    assert await view(town, a) == []
    told = fold(folded_entry(row) for row in await jonas.entries())
    assert set(told.labels) == {a, b}
    assert await labelled(town, jonas, (a,)) == ["there is no such label"]
    with pytest.raises(NotFound):
        await labels.remove(town.house, town.store_id, a)
    fresh = await labels.create(town.house, town.store_id, "one")
    assert fresh.label_id != a


async def test_a_label_that_is_removed_while_it_is_put_on_stays_on_nothing(
    town: Town, database_url: str
) -> None:
    await town.vera.writes("Hello")
    hers, gate = await town.vera.conversation(), Gate(town.house.store)
    parcel = (await labels.create(town.house, town.store_id, "parcel")).label_id

    def put(change: Change) -> None:
        row = thread.take(change.tx, hers.store_id, hers.conversation_id)
        labels.put(change, row, town.ada.agent_id, (parcel,))
        gate.pass_()

    putting = asyncio.ensure_future(town.house.change(put, on=hers.conversation_id))
    await gate.reached()
    removing = asyncio.ensure_future(labels.remove(town.house, town.store_id, parcel))
    if town.house.store.dialect == "postgresql":
        await somebody_waits(database_url)
    gate.open()
    await asyncio.gather(putting, removing)
    assert await borne(town.vera) == []
    assert await view(town, parcel) == []


async def test_too_many_nameless_and_colourless_labels_are_refused(town: Town) -> None:
    await town.vera.writes("Hello")
    many = [
        (await labels.create(town.house, town.store_id, f"label {n}")).label_id
        for n in range(MOST_LABELS + 1)
    ]
    assert await labelled(town, town.vera, tuple(many[:MOST_LABELS])) == []
    (refused,) = await labelled(town, town.vera, (many[-1],))
    assert "at most" in refused
    assert await borne(town.vera) == many[:MOST_LABELS]
    for name, colour in (("  ", "red"), ("x" * 41, "red"), ("fine", "pink")):
        with pytest.raises(BadInput):
            await labels.create(town.house, town.store_id, name, colour)
