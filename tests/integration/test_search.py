"""What agents find, on both databases alike: words, scripts, people, filters, pages, truth."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import col, delete, select, update

from gateway.clock import DAY, SystemClock
from gateway.core.search_query import understand
from gateway.errors import BadInput
from gateway.live.hub import Hub
from gateway.services import changing, receive, searching, setup, shopper_finding
from gateway.services.house import Change, House
from gateway.services.searching import Found, Page
from gateway.store import house as houses
from gateway.store import (
    people,
    search_filters,
    search_late,
    search_rebuild,
    search_words,
    thread,
)
from gateway.store.search_filters import Asked
from gateway.store.tables import (
    AddressRow,
    AgentRow,
    ConversationLabelRow,
    ConversationRow,
    EntryRow,
    LabelRow,
    SearchDueRow,
    SearchRebuildRow,
    SearchTextRow,
    ShopperRow,
    TraitRow,
)
from gateway.store.tx import Store, Tx, pack
from tests.unit.core.search_cases import CASES, HOSTILE

FIRST_OF_MAY = 1_777_593_600_000_000  #: 2026-05-01T00:00:00Z, in microseconds


@dataclass
class Shop:
    """Two stores, Ada who looks, and shoppers who write."""

    house: House
    acme: str
    other: str
    ada: str

    async def shopper(self, name: str = "", store_id: str = "") -> str:
        def work(tx: Tx) -> str:
            row = people.new_shopper(tx, store_id or self.acme, language="en")
            row.name = name
            tx.session.add(row)
            return row.shopper_id

        return await self.house.store.write(work)

    async def writes(self, shopper_id: str, body: str, *, store_id: str = "") -> str:
        stored = await receive.from_shopper(
            self.house, store_id or self.acme, shopper_id, cmid=f"c{body}"[:40], body=body
        )
        return stored.conversation_id

    async def answers(self, conversation_id: str, body: str, *, note: bool = False) -> int:
        stored = await receive.from_agent(
            self.house,
            self.acme,
            conversation_id,
            self.ada,
            cmid=f"a{body}"[:40],
            body=body,
            seen_seq=99,
            note=note,
        )
        return stored.seq

    async def page(self, query: str, **more: object) -> Page:
        await search_late.index_due(self.house.store)  # as the clockwork does
        return await searching.search_for(self.house, self.ada, query, **more)  # type: ignore[arg-type]

    async def find(self, query: str, **more: object) -> list[Found]:
        return (await self.page(query, **more)).found

    async def texts(self, query: str) -> list[str]:
        return [hit.excerpt.text for found in await self.find(query) for hit in found.hits]


@pytest.fixture
def postgresql_url(fresh_postgresql_url: str) -> str:
    """How a query is read depends on what stood in the tables before."""
    return fresh_postgresql_url


@pytest.fixture
async def shop(store: Store, clock: SystemClock) -> Shop:
    house = House(
        store=store,
        clock=clock,
        hub=Hub(),
        channels={},
        secrets=(b"a secret of the tests, 32 bytes long",),
        base_url="http://127.0.0.1",
        node_id="node",
    )
    stores = [
        await setup.ensure_store(store, setup.NewStore(key=key, name=name, origins=()))
        for key, name in (("acme", "Acme Shoes"), ("other", "Other Hats"))
    ]
    await setup.add_agent(store, email="ada@acme.example", name="Ada Moreau", password="x" * 12)
    ada = await store.read(lambda tx: houses.agents(tx)[0].agent_id)
    return Shop(house, stores[0], stores[1], ada)


async def differences(store: Store) -> set[str]:
    """What the index says otherwise than a rebuild from the rows would."""

    def rows(tx: Tx) -> dict[tuple[str, str, int], str]:
        return {
            (row.store_id, row.about, row.seq): row.words
            for row in tx.session.exec(select(SearchTextRow)).all()
        }

    await search_late.index_due(store)
    before = await store.read(rows)
    await search_rebuild.rebuild(store)
    after = await store.read(rows)
    return {str(key) for key in before.keys() | after.keys() if before.get(key) != after.get(key)}


async def test_every_script_is_found_as_people_type_it(shop: Shop) -> None:
    vera = await shop.shopper()
    for case in CASES:
        await shop.writes(vera, case.written)
    for case in CASES:
        for query in case.finds:
            assert case.written in await shop.texts(query), query
        for query in case.misses:
            assert case.written not in await shop.texts(query), query


async def test_nothing_that_somebody_types_is_an_error_or_brings_what_is_not_asked_for(
    shop: Shop,
) -> None:
    await shop.writes(await shop.shopper(), "The parcel has come")
    hidden = await shop.shopper(store_id=shop.other)
    await shop.writes(hidden, "A secret of another store", store_id=shop.other)
    for query in HOSTILE:
        assert "A secret of another store" not in await shop.texts(f"store:acme {query}"), query
        await shop.find(query)
        await shop.find(query, best=True)
    assert await shop.texts("parcel") == ["The parcel has come"]


async def test_ada_finds_a_shopper_by_name_number_mailbox_trait_and_conversation(
    shop: Shop,
) -> None:
    vera = await shop.shopper("Vera Müller")
    hers = await shop.writes(vera, "Hello")
    await shop.writes(await shop.shopper("Otto"), "Hello too")

    def learn(tx: Tx) -> int:
        for channel, value in (("sms", "+447700900123"), ("email", "vera.m@shop.example")):
            tx.session.add(
                AddressRow(
                    store_id=shop.acme,
                    address_id=tx.new_id(),
                    side="shopper",
                    person_id=vera,
                    channel=channel,
                    value=value,
                    created_at=tx.now,
                )
            )
        tx.session.add(
            TraitRow(
                store_id=shop.acme,
                shopper_id=vera,
                kind="set",
                name="last_order",
                value=pack("AC-20417"),
                at=tx.now,
            )
        )
        row = tx.session.get(ConversationRow, (shop.acme, hers))
        assert row is not None
        return row.number

    number = await shop.house.store.write(learn)
    for query in (
        "vera muller",
        "VERA",
        "mull",
        "+44 7700 900123",
        "+447700900123",
        "07700 900 123",
        "447700",
        "vera.m@shop.example",
        "vera.m@",
        "AC-20417",
        "ac-204",
        "last_order",
        f"#{number}",
        f"#{number} hello",
        f"{number}",
    ):
        found = await shop.find(query)
        assert hers in [each.row.conversation_id for each in found], query
    (by_name,) = await shop.find("vera muller")
    hit = by_name.hits[0]
    assert (hit.what, hit.excerpt.text, hit.excerpt.marks) == (
        "name",
        "Vera Müller",
        ((0, 4), (5, 11)),
    )
    assert await shop.find("#999999") == []


async def test_what_is_changed_is_found_as_it_is_now_and_what_is_taken_back_is_not(
    shop: Shop,
) -> None:
    hers = await shop.writes(await shop.shopper(), "Where is it?")
    seq = await shop.answers(hers, "It comes on Monday", note=True)
    await changing.edit(shop.house, shop.acme, hers, shop.ada, seq=seq, body="It comes on Friday")
    assert await shop.texts("monday") == []
    assert await shop.texts("friday") == ["It comes on Friday"]
    await changing.take_back(shop.house, shop.acme, hers, shop.ada, seq=seq)
    assert await shop.texts("friday") == []
    assert await differences(shop.house.store) == set()


async def test_an_answer_is_shown_without_the_signs_that_make_it_stand_out(shop: Shop) -> None:
    hers = await shop.writes(await shop.shopper(), "Is the *blue* one back?")
    await shop.answers(hers, "Yes, the **blue** one is, in `38`")
    assert await shop.texts("blue") == [
        "Yes, the blue one is, in 38",
        "Is the *blue* one back?",
    ]


async def test_a_message_that_was_not_stored_is_not_found(shop: Shop) -> None:
    vera = await shop.shopper()
    hers = await shop.writes(vera, "Hello")

    def work(change: Change) -> None:
        row = thread.take(change.tx, shop.acme, hers)
        receive.shopper_writes(change, row, "never committed")
        raise BadInput

    with pytest.raises(BadInput):
        await shop.house.change(work, on=hers)
    assert await shop.texts("committed") == []


async def test_filters_narrow_what_is_found(shop: Shop) -> None:
    vera, otto = await shop.shopper("Vera"), await shop.shopper("Otto")
    hers = await shop.writes(vera, "My parcel is lost")
    his = await shop.writes(otto, "My parcel is late")
    await shop.answers(hers, "Your parcel comes soon")
    await shop.answers(his, "A note on the parcel", note=True)

    def settle(tx: Tx) -> None:
        row = thread.take(tx, shop.acme, hers)
        row.state, row.assignee_id = "resolved", shop.ada
        label = LabelRow(
            store_id=shop.acme,
            label_id="l1",
            name="Große VIPs",
            folded="grosse vips",
            created_at=tx.now,
        )
        worn = {"store_id": shop.acme, "conversation_id": his, "label_id": "l1"}
        tx.session.add_all([row, label, ConversationLabelRow(**worn, inbox_order=0)])

    await shop.house.store.write(settle)
    for query, wanted in {
        "parcel is:open": {his},
        "parcel is:resolved": {hers},
        "parcel is:mine": {hers},
        "parcel assignee:me": {hers},
        "parcel assignee:ada": {hers},
        "parcel assignee:moreau": {hers},
        "parcel assignee:nobody-of-us": set(),
        "parcel is:unassigned": {his},
        'parcel label:"grosse vips"': {his},
        "label:große": {his},
        "label:none-such": set(),
        "parcel has:note": {his},
        "has:note": {his},
        "has:file": set(),
        "parcel from:me": {hers, his},
        "parcel from:ada": {hers, his},
        "parcel from:staff is:open": {his},
        "parcel from:shopper": {hers, his},
        "parcel from:vera": {hers},
        "lost from:otto": set(),
        "parcel via:chat": {hers, his},
        "parcel channel:sms": set(),
        "store:acme parcel": {hers, his},
        "store:hats parcel": set(),
        "is:open": {his},
        "is:snoozed": set(),
        "since:1971-01-01": {hers, his},
        "before:1971-01-01": set(),
    }.items():
        found = await shop.find(query)
        assert {each.row.conversation_id for each in found} == wanted, query


async def test_days_are_those_of_whoever_looks(shop: Shop, clock: SystemClock) -> None:
    vera = await shop.shopper()
    hers = await shop.writes(vera, "Late in the evening")

    def date_back(tx: Tx) -> None:
        row = tx.session.get(EntryRow, (shop.acme, hers, 2))
        assert row is not None
        row.at = FIRST_OF_MAY - 1
        tx.session.add(row)
        tx.session.exec(delete(SearchTextRow).where(col(SearchTextRow.about) == hers))

    await shop.house.store.write(date_back)
    await search_rebuild.rebuild(shop.house.store)
    assert len(await shop.find("evening before:2026-05-01")) == 1
    assert await shop.find("evening on:2026-05-01") == []
    assert len(await shop.find("evening on:2026-05-01", zone="Europe/Berlin")) == 1
    assert len(await shop.find("evening before:9998-12-31")) == 1
    assert await shop.find("evening since:9998-12-31") == []
    with pytest.raises(BadInput):
        await shop.find("evening", zone="Europe/../etc")


async def test_a_shopper_of_one_store_is_found_behind_many_of_the_same_name_in_another(
    shop: Shop,
) -> None:
    vera = await shop.shopper("Vera")
    await shop.writes(vera, "Hello")
    for n in range(searching.ON_A_PAGE + 1):
        other = await shop.shopper("Vera", shop.other)
        await shop.writes(other, f"Hello {n}", store_id=shop.other)
    found = await shopper_finding.find(shop.house, shop.acme, "vera", agent_id=shop.ada)
    assert [each["shopper_id"] for each in found] == [vera]


async def test_pages_go_on_where_they_ended_newest_first_and_leave_nothing_out(shop: Shop) -> None:
    written = []
    for n in range(45):
        vera = await shop.shopper()
        hers = [await shop.writes(vera, f"parcel {n} {part}") for part in "abcd"]
        written.append(hers[0])
    seen: list[str] = []
    before: str | None = None
    while True:
        page = await shop.page("parcel", before=before)
        assert len(page.found) <= searching.ON_A_PAGE
        assert all(1 <= len(each.hits) <= searching.MOST_HITS for each in page.found)
        seen += [each.row.conversation_id for each in page.found]
        if (before := page.before) is None:
            break
    assert seen == written[::-1]
    for wrong in ("x", "1.2", "1.a b.1", "1..1", f"{'9' * 30}.a.1", "1.a'.1", "²..²"):
        with pytest.raises(BadInput):
            await shop.page("parcel", before=wrong)


async def test_filters_alone_list_conversations_page_by_page(shop: Shop) -> None:
    hers = [await shop.writes(await shop.shopper(), f"Hello {n}") for n in range(25)]
    first = await shop.page("is:open")
    assert [each.row.conversation_id for each in first.found] == hers[:4:-1]
    second = await shop.page("is:open", before=first.before)
    assert [each.row.conversation_id for each in second.found] == hers[4::-1]
    assert second.before is None


async def test_filters_alone_list_what_is_in_every_lane_of_the_inbox_by_when_it_was_last_active(
    shop: Shop, clock: SystemClock
) -> None:
    hers = [await shop.writes(await shop.shopper(), f"Hello {n}") for n in range(24)]

    def spread(tx: Tx) -> None:
        for n, name in enumerate(hers):
            row = thread.take(tx, shop.acme, name)
            row.last_at = FIRST_OF_MAY + n * DAY
            row.state = "resolved" if n % 3 == 0 else "open"
            row.snoozed_until = clock.now() + DAY if n % 3 == 1 else None
            row.blocked_at = clock.now() if n % 4 == 3 else None
            tx.session.add(row)

    await shop.house.store.write(spread)

    async def listed(query: str) -> list[str]:
        found, before = [], None
        while True:
            page = await shop.page(query, before=before)
            found += [each.row.conversation_id for each in page.found]
            if (before := page.before) is None:
                return found

    assert await listed("via:chat") == hers[::-1]
    assert await listed("before:2300-01-01") == hers[::-1]
    for query, wanted in {
        "is:resolved": hers[0::3],
        "is:snoozed": hers[1::3],
        "is:open": hers[2::3],
        "is:resolved since:2026-05-03 before:2026-05-20": hers[3:19:3],
        "is:unassigned since:2026-05-20": hers[19:],
    }.items():
        assert await listed(query) == wanted[::-1], query


async def test_the_shopper_who_still_waits_is_found_behind_many_of_the_same_name(
    shop: Shop,
) -> None:
    hers = await shop.writes(await shop.shopper("Vera"), "Hello")
    others = [await shop.writes(await shop.shopper(f"Vera {n}"), "Hello") for n in range(60)]

    def settle(tx: Tx) -> None:
        for name in others:
            row = thread.take(tx, shop.acme, name)
            row.state = "resolved"
            tx.session.add(row)

    await shop.house.store.write(settle)
    assert [each.row.conversation_id for each in await shop.find("vera is:open")] == [hers]
    assert len(await shop.find("vera")) == searching.ON_A_PAGE


@pytest.mark.parametrize("query", ["is:resolved", "is:resolved since:2026-05-01"])
async def test_what_is_resolved_is_listed_along_an_index(shop: Shop, query: str) -> None:
    asked = Asked(store_id=shop.acme, me=shop.ada, query=understand(query), since=FIRST_OF_MAY)
    told: list[tuple[str, Any]] = []

    def note(_c: object, _u: object, statement: str, given: Any, *_: object) -> None:
        told.append((statement, given))

    def plans(tx: Tx) -> list[str]:
        connection = tx.session.connection()
        if shop.house.store.dialect != "sqlite":
            for setting in ("enable_seqscan", "enable_sort"):
                connection.exec_driver_sql(f"SET LOCAL {setting} = off")
        event.listen(connection, "before_cursor_execute", note)
        search_filters.conversations(tx, asked, None, 21)
        event.remove(connection, "before_cursor_execute", note)
        explain = "EXPLAIN QUERY PLAN" if shop.house.store.dialect == "sqlite" else "EXPLAIN"
        return [
            "\n".join(
                str(row[-1])
                for row in connection.exec_driver_sql(f"{explain} {statement}", given).all()
            )
            for statement, given in told
        ]

    run = shop.house.store.read if shop.house.store.dialect == "sqlite" else shop.house.store.write
    resolved = (await run(plans))[0]
    assert "ix_conversation_inbox" in resolved
    assert "USE TEMP B-TREE FOR ORDER BY" not in resolved
    assert "SCAN c" not in resolved


async def test_the_best_comes_first_when_that_is_asked_for(shop: Shop) -> None:
    good = await shop.writes(await shop.shopper(), "parcel, parcel and parcel")
    await shop.writes(await shop.shopper(), "a parcel and " + "very many other words " * 20)
    newest, best = await shop.find("parcel"), await shop.find("parcel", best=True)
    assert newest[1].row.conversation_id == good
    assert best[0].row.conversation_id == good


async def test_a_file_is_found_by_its_name(shop: Shop) -> None:
    hers = await shop.writes(await shop.shopper(), "Hello")

    def work(tx: Tx) -> None:
        draft = thread.Draft(
            kind="message",
            side="shopper",
            author_id="vera",
            body="See this",
            data={"attachments": [{"id": "a", "name": "Reçu_2041.pdf"}]},
        )
        thread.append(tx, thread.take(tx, shop.acme, hers), draft)

    await shop.house.store.write(work)
    (found,) = await shop.find("recu has:file")
    assert [(hit.what, hit.excerpt.text) for hit in found.hits] == [("file", "Reçu_2041.pdf")]
    assert len(await shop.find("2041")) == 1


async def test_a_rebuild_that_was_broken_off_goes_on_and_mends_what_went_past_the_session(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = shop.house.store
    hers = [await shop.writes(await shop.shopper(f"Vera {n}"), f"word{n}") for n in range(5)]

    def spoil(tx: Tx) -> None:
        tx.session.exec(delete(SearchTextRow).where(col(SearchTextRow.about) == hers[0]))
        tx.session.exec(delete(EntryRow).where(col(EntryRow.conversation_id) == hers[1]))
        tx.session.exec(
            update(EntryRow).where(col(EntryRow.conversation_id) == hers[2]).values(body="other")
        )

    await store.write(spoil)
    monkeypatch.setattr(search_rebuild, "AT_ONCE", 2)
    assert await store.write(search_rebuild.step) == 2
    held = await store.read(lambda tx: tx.session.get(SearchRebuildRow, search_rebuild.NAME))
    assert held is not None
    await shop.writes(await shop.shopper(), "written meanwhile")
    assert await search_rebuild.rebuild(store) > 0
    assert await shop.texts("word0") == ["word0"]
    assert await shop.texts("word1") == await shop.texts("word2") == []
    assert await shop.texts("other") == ["other"]
    assert await shop.texts("meanwhile") == ["written meanwhile"]
    assert await store.read(lambda tx: tx.session.exec(select(SearchRebuildRow)).all()) == []
    assert await differences(store) == set()


async def test_what_vera_adds_is_found_by_what_the_clockwork_does_and_a_crash_forgets_none(
    shop: Shop,
) -> None:
    store = shop.house.store
    vera = await shop.shopper()
    hers = await shop.writes(vera, "Hello")
    await search_late.index_due(store)
    for n in range(search_late.AT_ONCE + 5):
        await shop.writes(vera, f"added {n}")
    marked = await store.read(lambda tx: len(tx.session.exec(select(SearchDueRow)).all()))
    assert marked == search_late.AT_ONCE + 5  # nothing but appending was to be done for these

    def take_back(tx: Tx) -> None:
        row = tx.session.exec(select(EntryRow).where(EntryRow.body == "added 7")).one()
        row.body, row.taken_back_at = None, tx.now
        tx.session.add(row)
        tx.session.exec(delete(EntryRow).where(col(EntryRow.body) == "added 8"))

    await store.write(take_back)
    # Two workers at once, and one that had nothing left to do.
    done = await asyncio.gather(*(search_late.index_due(store) for _ in range(2)))
    assert sum(done) == marked
    assert await search_late.index_due(store) == 0
    assert await shop.texts('"added 6"') == ["added 6"]
    assert await shop.texts('"added 7"') == await shop.texts('"added 8"') == []
    found = await shop.find(f'"added {search_late.AT_ONCE + 4}"')
    assert [each.row.conversation_id for each in found] == [hers]
    assert await differences(store) == set()


async def test_many_who_write_at_once_are_all_found(shop: Shop) -> None:
    shoppers = [await shop.shopper() for _ in range(20)]
    await asyncio.gather(*(shop.writes(each, f"together {n}") for n, each in enumerate(shoppers)))
    assert len(await shop.find("together")) == 20


async def test_a_mailbox_that_goes_to_another_shopper_is_found_there_alone(shop: Shop) -> None:
    vera, otto = await shop.shopper("Vera"), await shop.shopper("Otto")
    hers, his = await shop.writes(vera, "Hi"), await shop.writes(otto, "Hi")

    def learn(tx: Tx) -> None:
        tx.session.add(
            AddressRow(
                store_id=shop.acme,
                address_id="a1",
                side="shopper",
                person_id=vera,
                channel="email",
                value="v@shop.example",
                created_at=tx.now,
            )
        )

    def move(tx: Tx) -> None:
        row = tx.session.get(AddressRow, (shop.acme, "a1"))
        assert row is not None
        row.person_id = otto
        tx.session.add(row)

    await shop.house.store.write(learn)
    assert [each.row.conversation_id for each in await shop.find("v@shop.example")] == [hers]
    await shop.house.store.write(move)
    assert [each.row.conversation_id for each in await shop.find("v@shop.example")] == [his]
    await shop.house.store.write(
        lambda tx: tx.session.delete(tx.session.get(ShopperRow, (shop.acme, vera)))
    )
    assert await differences(shop.house.store) == set()


async def test_a_message_of_very_many_words_keeps_what_is_known_of_it(shop: Shop) -> None:
    words = " ".join(f"w{n}" for n in range(search_words.MOST_TOKENS + 500))
    hers = await shop.writes(await shop.shopper(), words[:60_000])
    (found,) = await shop.find("w7 from:shopper")
    assert found.row.conversation_id == hers


async def test_agents_are_staff_whoever_they_are_called(shop: Shop) -> None:
    def rename(tx: Tx) -> None:
        row = tx.session.get(AgentRow, shop.ada)
        assert row is not None
        row.name = "田中 さくら"
        tx.session.add(row)

    await shop.house.store.write(rename)
    hers = await shop.writes(await shop.shopper(), "Hello")
    await shop.answers(hers, "Konnichiwa")
    assert len(await shop.find("from:田中")) == 1
    assert await shop.find("from:鈴木") == []


async def test_places_are_in_order_within_a_day(shop: Shop) -> None:
    assert search_words.first_place(FIRST_OF_MAY) < search_words.first_place(FIRST_OF_MAY + DAY)
    assert search_words.first_place(2**52) < 2**63
