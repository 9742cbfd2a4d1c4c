"""A policy put in force: what waits is looked at again, and each version is kept as it was."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlmodel import select

from gateway.clock import DAY, HOUR
from gateway.core.policy import Policy
from gateway.errors import BadPolicy, NotFound
from gateway.services import policies, setup
from gateway.store import house as houses
from gateway.store import people, thread
from gateway.store.tables import AgentRow, FactRow, PolicyRow, ReachRow
from gateway.store.tx import Store, Tx, unpack

KEY = "pk_acme"
TOMORROW = 24 * HOUR


@pytest.fixture
async def store_id(store: Store) -> str:
    """Acme, on a fresh database of each kind."""
    new = setup.NewStore(key=KEY, name="Acme", origins=("https://acme.example",))
    return await setup.ensure_store(store, new)


async def conversation(
    store: Store, store_id: str, state: str, *, due_in: int | None = None, age: int = 0
) -> str:
    """Vera has an unread answer whose reaching stands so; ``age`` is that of the last message."""

    def work(tx: Tx) -> str:
        shopper = people.new_shopper(tx, store_id, language="en")
        row = thread.start(tx, store_id, shopper.shopper_id)
        row.last_at = tx.now - age
        reach = tx.session.get_one(ReachRow, (store_id, row.conversation_id, "shopper"))
        reach.head_seq, reach.state = 1, state
        reach.due_at = None if due_in is None else tx.now + due_in
        tx.session.add_all([row, reach])
        return row.conversation_id

    return await store.write(work)


async def reach_of(store: Store, store_id: str, conversation_id: str) -> tuple[str, int | None]:
    def look(tx: Tx) -> tuple[str, int | None]:
        row = tx.session.get_one(ReachRow, (store_id, conversation_id, "shopper"))
        return row.state, None if row.due_at is None else row.due_at - tx.now

    return await store.read(look)


async def test_what_waits_for_vera_is_looked_at_again_at_once(store: Store, store_id: str) -> None:
    waiting = await conversation(store, store_id, "waiting", due_in=TOMORROW)
    settled = await conversation(store, store_id, "settled")
    carried = await conversation(store, store_id, "carried")
    await setup.set_policy(store, KEY, {"gone": 10})
    state, due_in = await reach_of(store, store_id, waiting)
    assert (state, due_in is not None and due_in <= 0) == ("waiting", True)
    assert await reach_of(store, store_id, settled) == ("settled", None)
    assert await reach_of(store, store_id, carried) == ("carried", None)


async def test_what_was_given_up_yesterday_is_tried_again_and_last_months_is_not(
    store: Store, store_id: str
) -> None:
    lately = await conversation(store, store_id, "unreachable", age=20 * HOUR)
    long_ago = await conversation(store, store_id, "unreachable", age=30 * DAY)
    await setup.set_policy(store, KEY, {"ladder": ["email"]})
    assert (await reach_of(store, store_id, lately))[0] == "waiting"
    assert await reach_of(store, store_id, long_ago) == ("unreachable", None)


async def test_another_stores_shoppers_are_left_alone(store: Store, store_id: str) -> None:
    other = setup.NewStore(key="pk_other", name="Other", origins=("https://other.example",))
    other_id = await setup.ensure_store(store, other)
    waiting = await conversation(store, other_id, "waiting", due_in=TOMORROW)
    await setup.set_policy(store, KEY, {"gone": 10})
    state, due_in = await reach_of(store, other_id, waiting)
    assert due_in is not None
    assert (state, due_in > HOUR) == ("waiting", True)


async def test_each_version_is_kept_with_who_put_it_in_force(store: Store, store_id: str) -> None:
    assert await setup.set_policy(store, KEY, {"gone": 10}) == 2
    assert await setup.set_policy(store, KEY, {"gone": 20}) == 3

    def look(tx: Tx) -> tuple[Policy, list[tuple[int, str, int]], list[dict[str, object]]]:
        row = houses.store(tx, store_id)
        kept = tx.session.exec(select(PolicyRow).order_by("version")).all()
        facts = tx.session.exec(select(FactRow).where(FactRow.kind == "policy")).all()
        return (
            houses.policy(tx, row),
            [(each.version, each.by, unpack(each.document)["gone"]) for each in kept],
            [unpack(each.data) for each in facts],
        )

    policy, kept, facts = await store.read(look)
    assert policy.gone == 20_000_000
    assert kept == [(2, policies.OPERATOR, 10), (3, policies.OPERATOR, 20)]
    assert {each["version"] for each in facts} == {2, 3}


async def test_a_wrong_document_is_refused_whole_and_the_old_policy_stays(
    store: Store, store_id: str
) -> None:
    await setup.set_policy(store, KEY, {"gone": 10})
    with pytest.raises(BadPolicy) as refused:
        await setup.set_policy(store, KEY, {"gone": 20, "ladder": ["pigeon"]})
    assert refused.value.details["field"] == "ladder"
    assert (await setup.policy_of(store, KEY))["gone"] == 10


async def test_a_document_that_could_not_be_read_back_never_gets_in_force(
    store: Store, store_id: str
) -> None:
    # TOML can say an instant where a day is meant.
    noon = datetime.fromisoformat("2026-12-25T12:00:00")
    with pytest.raises(BadPolicy):
        await setup.set_policy(store, KEY, {"holidays": [noon]})
    assert await setup.policy_of(store, KEY) == policies.normal({})


async def test_the_first_page_group_stays_the_first(store: Store, store_id: str) -> None:
    groups = {"shoes": ["/shoes/*"], "everything": ["/*"], "about": ["/about"]}
    await setup.set_policy(store, KEY, {"page_groups": groups})
    found = await store.read(lambda tx: houses.policy(tx, houses.store(tx, store_id)))
    assert [name for name, _ in found.page_groups] == ["shoes", "everything", "about"]


async def test_a_policy_for_a_store_that_is_not_there_is_refused(store: Store) -> None:
    with pytest.raises(NotFound):
        await setup.set_policy(store, "pk_nobody", {})


async def test_the_first_agent_of_a_house_owns_it_and_the_second_does_not(store: Store) -> None:
    for email in ("ada@acme.example", "ben@acme.example"):
        await setup.add_agent(store, email=email, name=email, password="correct horse battery")
    owners = await store.read(
        lambda tx: {row.email: row.owner for row in tx.session.exec(select(AgentRow)).all()}
    )
    assert owners == {"ada@acme.example": 1, "ben@acme.example": 0}
