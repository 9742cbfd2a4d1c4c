"""An outcome and its receipts come in any order and number, and every order ends alike.

Through the service that takes them, on a real store: what is drawn is the order, and what has to
come of it is told by the ranks alone (invariant 8).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import col, select

from gateway.channels.port import Accepted, Outcome, Rejected, Unavailable, Unknown
from gateway.core.delivery import RANK
from gateway.core.model import DeliveryState
from gateway.files.child import Child
from gateway.services import handover, receipts
from gateway.services.receipts import Receipt
from gateway.store.migrate import upgrade
from gateway.store.sqlite import SqliteStore
from gateway.store.tables import DeliveryRow, EntryRow
from gateway.store.tx import Tx
from tests.integration.town.building import Town, open_town
from tests.integration.town.checker import faults
from tests.integration.town.moving_clock import MovingClock
from tests.integration.town.outside import KEY

FEW = settings(
    max_examples=20,
    deadline=None,
    # One town for all: each example is a shopper of its own in it.
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)

OUTCOMES: Final[dict[str, Callable[[str], Outcome]]] = {
    "accepted": lambda name: Accepted(provider_id=name),
    "unknown": lambda name: Unknown(code="lost", words="No answer"),
    "deferred": lambda name: Unavailable(code="busy", words="Not now"),
    "failed": lambda name: Rejected(blame="content", code="no", words="Not this"),
}
"""What the call itself may have come to, and the state that each means."""

TOLD = {"sms": ("sent", "failed", "delivered", "read"), "email": ("returned", "bounced", "read")}
"""What each kind of provider may tell afterwards."""


@pytest.fixture(scope="module")
async def town(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    """A house on SQLite, with its clock moved by hand."""
    path: Path = tmp_path_factory.mktemp("receipts") / "onethread.db"
    await upgrade(f"sqlite:///{path}")
    clock, child = MovingClock(), Child("gateway.worker.mail_reader")
    store = SqliteStore(path, clock)
    try:
        async with open_town(store, clock, child) as built:
            await built.policy(prove_first_sms="straight")
            yield built
            assert await faults(built) == []
    finally:
        await child.aclose()
        await store.aclose()


@dataclass(frozen=True, slots=True)
class Story:
    """States by how they came, by the call (once) or by a receipt; and receipts that come again."""

    order: Sequence[tuple[str, bool]]
    again: Sequence[tuple[str, bool]]


@st.composite
def stories(draw: st.DrawFn, channel: str) -> Story:
    told = [(state, False) for state in draw(st.lists(st.sampled_from(TOLD[channel]), max_size=6))]
    outcome = draw(st.sampled_from(sorted(OUTCOMES)))
    order = draw(st.permutations([(outcome, True), *told]))
    return Story(order, draw(st.permutations(told)))


@FEW
@given(story=stories("sms"))
async def test_a_text_s_every_order_ends_where_the_highest_rank_is(
    town: Town, story: Story
) -> None:
    await ends_alike(town, "sms", story)


@FEW
@given(story=stories("email"))
async def test_a_mail_s_every_order_ends_where_the_highest_rank_is(
    town: Town, story: Story
) -> None:
    await ends_alike(town, "email", story)


async def ends_alike(town: Town, channel: str, story: Story) -> None:
    """The highest rank decides, and what comes twice changes nothing."""
    delivery_id = await under_way(town, channel)
    await comes(town, channel, delivery_id, story.order)
    expected = max((DeliveryState(state) for state, _ in story.order), key=RANK.__getitem__)
    before = await what_is_kept(town, delivery_id)
    assert before[0] == expected
    assert before[1]
    await comes(town, channel, delivery_id, story.again)
    assert await what_is_kept(town, delivery_id) == before


async def under_way(town: Town, channel: str) -> str:
    """A delivery whose provider is being called: claimed, and no outcome yet."""
    shopper, number = await town.shopper(), next(town.numbers)
    await shopper.writes("Is the blue one back?")
    if channel == "sms":
        await shopper.leaves_number(f"+1415666{number:04d}")
    else:
        await shopper.leaves_mailbox(f"vera{number}@shopper.example")
    await shopper.leaves()
    await town.hand_over_all()
    await town.ada.answers("Yes, in 38.", shopper)
    await town.look(after=31)
    await town.claim_and_die()
    (row,) = [each for each in await shopper.deliveries() if each.form == "words"]
    assert row.state == "submitting"
    return str(row.delivery_id)


async def comes(
    town: Town, channel: str, delivery_id: str, order: Sequence[tuple[str, bool]]
) -> None:
    """Outcome and receipts reach the services in this order."""
    name = f"{channel}-{delivery_id}"
    for state, by_the_call in order:
        if by_the_call:
            outcome = OUTCOMES[state](name)
            await handover.record(town.house, town.store_id, delivery_id, outcome)
        else:
            told = Receipt(
                key=f"{name}:{state}", state=state, provider_id=name, delivery_id=delivery_id
            )
            await receipts.take(town.house, KEY, told)


async def what_is_kept(town: Town, delivery_id: str) -> tuple[str, list[int]]:
    """The delivery's state, and the entries that tell of it."""

    def look(tx: Tx) -> tuple[str, list[int]]:
        row = tx.session.get(DeliveryRow, (town.store_id, delivery_id))
        assert row is not None
        told = tx.session.exec(
            select(EntryRow.seq).where(
                EntryRow.conversation_id == row.conversation_id,
                col(EntryRow.data).contains(delivery_id),
            )
        )
        return row.state, sorted(told)

    return await town.read(look)
