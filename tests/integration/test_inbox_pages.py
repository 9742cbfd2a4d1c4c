"""The inbox's views over many conversations: no page leaves a gap, and none costs a sort."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import text
from sqlmodel import col, select

from gateway.clock import SystemClock
from gateway.core.inbox_order import ANSWERED, RESOLVED, SNOOZED, WAITING, lane_begins
from gateway.errors import BadInput
from gateway.live.hub import Hub
from gateway.protocol.inbox import InboxRow, Narrowed
from gateway.services import inboxes, seeding, setup
from gateway.services.house import House
from gateway.store import inbox_pages, people, thread
from gateway.store.inbox_pages import Asked, Cursor
from gateway.store.tables import AgentRow, ConversationRow, LabelRow, MentionRow
from gateway.store.tx import Store, Tx
from tests.integration.test_seed import employ

MANY = 600


@pytest.fixture
def postgresql_url(fresh_postgresql_url: str) -> str:
    """How a query is read depends on what stood in the tables before."""
    return fresh_postgresql_url


@pytest.fixture
def house(store: Store, clock: SystemClock) -> House:
    return House(
        store=store,
        clock=clock,
        hub=Hub(),
        channels={},
        secrets=(b"a secret of the tests, 32 bytes long",),
        base_url="http://127.0.0.1",
        node_id="node",
    )


@pytest.fixture
async def acme(store: Store) -> str:
    new = setup.NewStore(key="acme", name="Acme Shoes", origins=("https://acme.example",))
    acme = await setup.ensure_store(store, new)
    await store.write(lambda tx: employ(tx, "Ada"))
    await store.write(lambda tx: employ(tx, "Ben"))
    return acme


@pytest.fixture
async def ada(store: Store, acme: str) -> str:
    return await store.read(lambda tx: tx.session.exec(select(AgentRow)).all()[0].agent_id)


@pytest.fixture
async def crowd(store: Store, acme: str) -> None:
    wanted = seeding.Seeding(store_key="acme", conversations=MANY, messages=MANY * 2)
    await seeding.seed(store, wanted, lambda _: None)

    def lose(tx: Tx) -> None:
        still = select(ConversationRow).where(ConversationRow.state == "open")
        for row in tx.session.exec(still.order_by(col(ConversationRow.number)).limit(3)):
            row.unreachable = 1
            tx.session.add(row)

    await store.write(lose)


async def whole(house: House, agent_id: str, asked: Narrowed) -> list[InboxRow]:
    """Every page of a view, one after another."""
    found: list[InboxRow] = []
    after = None
    while True:
        page = await inboxes.page(house, agent_id, asked, after)
        found += page.rows
        after = page.after
        if after is None:
            return found


async def kept(store: Store) -> list[ConversationRow]:
    return await store.read(lambda tx: list(tx.session.exec(select(ConversationRow))))


@pytest.mark.usefixtures("crowd")
async def test_every_view_shows_each_of_its_conversations_once_and_in_order(
    house: House, store: Store, ada: str
) -> None:
    rows = await kept(store)
    views = {
        "open": {r.conversation_id for r in rows if _open(r)},
        "mine": {r.conversation_id for r in rows if _open(r) and r.assignee_id == ada},
        "unassigned": {r.conversation_id for r in rows if _open(r) and r.assignee_id is None},
        "snoozed": {r.conversation_id for r in rows if r.snoozed_until is not None},
        "unreachable": {r.conversation_id for r in rows if r.unreachable and r.state == "open"},
        "resolved": {r.conversation_id for r in rows if r.state == "resolved"},
    }
    for view, expected in views.items():
        shown = await whole(house, ada, Narrowed(view=view))  # type: ignore[arg-type]
        ids = [row.conversation_id for row in shown]
        assert len(ids) == len(set(ids)), view
        assert set(ids) == expected, view
        assert [row.place for row in shown] == sorted(row.place for row in shown), view
        assert expected, f"nothing is {view}"


@pytest.mark.usefixtures("crowd")
async def test_a_view_is_narrowed_by_label_channel_colleague_and_store(
    house: House, store: Store, ada: str
) -> None:
    rows = sorted(await kept(store), key=lambda row: (row.inbox_order, row.conversation_id))
    label = await store.read(lambda tx: tx.session.exec(select(LabelRow)).all()[0].label_id)
    done, still = ([r for r in rows if r.state == "resolved"], [r for r in rows if _open(r)])
    for narrowed, expected in (
        (Narrowed(view="resolved", label_id=label), [r for r in done if label in r.labels]),
        (Narrowed(view="resolved", channel="sms"), [r for r in done if r.last_channel == "sms"]),
        (Narrowed(view="resolved", assignee_id=ada), [r for r in done if r.assignee_id == ada]),
        (Narrowed(view="open", assignee_id=""), [r for r in still if r.assignee_id is None]),
        (Narrowed(view="open", store_id="nobodys"), []),
    ):
        shown = await whole(house, ada, narrowed)
        assert [row.conversation_id for row in shown] == [row.conversation_id for row in expected]


@pytest.mark.usefixtures("crowd")
async def test_mentions_show_each_conversation_once_the_last_named_first(
    house: House, store: Store, ada: str
) -> None:
    mentions = await store.read(
        lambda tx: [row for row in tx.session.exec(select(MentionRow)) if row.agent_id == ada]
    )
    newest: dict[str, int] = {}
    for row in mentions:
        newest[row.conversation_id] = max(row.at, newest.get(row.conversation_id, 0))
    shown = await whole(house, ada, Narrowed(view="mentions"))
    expected = sorted(newest, key=lambda each: (newest[each], each), reverse=True)
    assert [row.conversation_id for row in shown] == expected
    unseen = sum(row.seen_at is None for row in mentions)
    found = (await inboxes.counts(house, ada)).mentions
    assert (found.n, found.more) == (min(unseen, 99), unseen > 99)


async def test_those_of_one_instant_are_not_lost_between_two_pages(
    house: House, store: Store, acme: str, ada: str
) -> None:
    # A first page, a further one, and what is left of a third.
    many = inboxes.INBOX_PAGE + inboxes.FURTHER_PAGE + 7

    def work(tx: Tx) -> None:
        for _ in range(many):
            shopper = people.new_shopper(tx, acme, language="en").shopper_id
            thread.start(tx, acme, shopper)

    await store.write(work)
    assert len({row.inbox_order for row in await kept(store)}) == 1
    shown = await whole(house, ada, Narrowed(view="open"))
    assert len({row.conversation_id for row in shown}) == len(shown) == many
    found = (await inboxes.counts(house, ada)).open
    assert (found.n, found.more) == (inboxes.MOST_COUNTED, True)


@pytest.mark.usefixtures("crowd")
async def test_counts_say_how_many_up_to_a_hundred(house: House, store: Store, ada: str) -> None:
    rows, found = await kept(store), await inboxes.counts(house, ada)
    for view, n in (
        ("open", sum(map(_open, rows))),
        ("mine", sum(_open(row) and row.assignee_id == ada for row in rows)),
        ("unassigned", sum(_open(row) and row.assignee_id is None for row in rows)),
        ("snoozed", sum(row.snoozed_until is not None for row in rows)),
        ("waiting", sum(_open(row) and row.waiting_since is not None for row in rows)),
    ):
        counted = getattr(found, view)
        assert (counted.n, counted.more) == (min(n, 99), n > 99), view


async def test_a_place_that_was_never_given_out_is_refused(house: House, ada: str) -> None:
    with pytest.raises(BadInput):
        await inboxes.page(house, ada, Narrowed(view="open"), "zzzzzzzzzzzzzzz")


@pytest.mark.usefixtures("crowd")
async def test_no_page_sorts_or_looks_at_every_conversation(
    store: Store, acme: str, ada: str
) -> None:
    def plans(tx: Tx) -> list[str]:
        label = tx.session.exec(select(LabelRow)).all()[0].label_id
        if store.dialect != "sqlite":
            # Of so few rows a scan would be cheaper. What it cannot do without is still told.
            for setting in ("enable_seqscan", "enable_sort", "enable_hashjoin"):
                tx.session.connection().execute(text(f"SET LOCAL {setting} = off"))
        asked: list[tuple[Asked, Cursor | None]] = [(_seen_by(ada), None)]
        asked += [
            (Asked(view=view, agent_id=ada, label_id=label_id), after)
            for view in inbox_pages.LANES
            for label_id in (None, label)
            for after in (None, (_middle(view), "m"))
        ]
        return [
            plan_of(
                tx,
                store.dialect,
                inbox_pages.statement_of(each, goes_on=after is not None)
                .limit(51)
                .params(**inbox_pages.values_of(acme, each, after)),
            )
            for each, after in asked
        ]

    run = store.read if store.dialect == "sqlite" else store.write
    for plan in await run(plans):
        assert "Sort" not in plan, plan
        assert "TEMP B-TREE" not in plan, plan
        assert "Seq Scan" not in plan, plan
        assert "SCAN conversation" not in plan, plan


def plan_of(tx: Tx, dialect: str, statement: object) -> str:
    """How the database would answer; the values written out, as a partial index wants them."""
    written = statement.compile(  # type: ignore[attr-defined]
        dialect=tx.session.connection().dialect,
        compile_kwargs={"literal_binds": True},
    )
    sql = str(written).replace("%%", "%")
    connection = tx.session.connection()
    if dialect == "sqlite":
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}").all()
        return "\n".join(str(row[-1]) for row in rows)
    rows = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {sql}").all()
    return json.dumps(rows[0][0])


def _seen_by(agent_id: str) -> Asked:
    return Asked(view="mentions", agent_id=agent_id)


def _open(row: ConversationRow) -> bool:
    return row.state == "open" and row.snoozed_until is None


def _middle(view: str) -> int:
    lane = {"snoozed": SNOOZED, "resolved": RESOLVED, "unreachable": ANSWERED}.get(view, WAITING)
    return lane_begins(lane) + 1
