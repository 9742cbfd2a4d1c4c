"""An outcome and its receipts come in any order and number, and every order ends alike.

Through the service that takes them, on a real store: what is drawn is the order, and what has to
come of it is told by the ranks alone (invariant 8).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import col, select

from gateway.channels.port import Accepted, Outcome, Rejected, Unavailable, Unknown
from gateway.channels.push.client import PushChannel
from gateway.channels.push.hosts import PushHosts
from gateway.clock import DAY, SECOND
from gateway.core.delivery import RANK
from gateway.core.model import DeliveryState
from gateway.files.child import Child
from gateway.sandbox.browsers import Browser
from gateway.services import app_setup, app_users, handover, push_keys, receipts
from gateway.services.receipts import Receipt
from gateway.services.subscriptions import Subscription, subscribe
from gateway.store.migrate import upgrade
from gateway.store.sqlite import SqliteStore
from gateway.store.tables import AddressRow, DeliveryRow, EntryRow
from gateway.store.tx import Tx
from tests.integration.town.building import Town, open_town
from tests.integration.town.checker import faults
from tests.integration.town.moving_clock import MovingClock
from tests.integration.town.outside import KEY, NUMBER
from tests.integration.town.test_whatsapp import is_on_whatsapp
from tests.integration.town.townspeople import Shopper

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

TOLD = {
    "sms": ("sent", "failed", "delivered", "read"),
    "whatsapp": ("sent", "failed", "delivered", "read"),
    "email": ("returned", "bounced", "read"),
    "app": ("failed", "delivered", "read"),
    "push": ("delivered",),
}
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
            await built.policy(
                prove_first_sms="straight", ladder=["app", "push", "whatsapp", "sms", "email"]
            )
            await notifies_browsers(built)
            await is_on_whatsapp(built, NUMBER)
            await app_setup.name(
                store, built.house.secrets, KEY, url="https://app.acme.example/onethread"
            )
            yield built
            assert await faults(built) == []
    finally:
        await child.aclose()
        await store.aclose()


async def notifies_browsers(town: Town) -> None:
    """Push services are never called here: each delivery is claimed, and told of by hand."""
    channel = PushChannel("mailto:ops@acme.example", PushHosts(), clock=town.clock)
    town.house = replace(town.house, channels={**town.house.channels, "push": channel})
    await push_keys.turn_on(town.house.store, town.house.secrets[0], KEY)


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
@given(story=stories("whatsapp"))
async def test_a_whatsapp_message_s_every_order_ends_where_the_highest_rank_is(
    town: Town, story: Story
) -> None:
    await ends_alike(town, "whatsapp", story)


@FEW
@given(story=stories("email"))
async def test_a_mail_s_every_order_ends_where_the_highest_rank_is(
    town: Town, story: Story
) -> None:
    await ends_alike(town, "email", story)


@FEW
@given(story=stories("app"))
async def test_an_app_s_every_order_ends_where_the_highest_rank_is(
    town: Town, story: Story
) -> None:
    await ends_alike(town, "app", story)


@FEW
@given(story=stories("push"))
async def test_a_notification_s_every_order_ends_where_the_highest_rank_is(
    town: Town, story: Story
) -> None:
    await ends_alike(town, "push", story)


@pytest.mark.parametrize(("channel", "state"), [("sms", "delivered"), ("email", "bounced")])
async def test_a_receipt_that_comes_twice_and_three_days_late_counts_once(
    town: Town, channel: str, state: str
) -> None:
    delivery_id = await under_way(town, channel)
    await comes(town, channel, delivery_id, [("accepted", True)])
    await town.look(after=3 * DAY / SECOND)
    await comes(town, channel, delivery_id, [(state, False)])
    once = await what_is_kept(town, delivery_id)
    assert once[0] == state
    await comes(town, channel, delivery_id, [(state, False), (state, False)])
    assert await what_is_kept(town, delivery_id) == once


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
    number = next(town.numbers)
    if channel == "whatsapp":
        shopper = await writes_by_whatsapp(town, f"+1415777{number:04d}")
    else:
        shopper = await town.shopper()
        await shopper.writes("Is the blue one back?")
    if channel == "sms":
        await shopper.leaves_number(f"+1415666{number:04d}")
    elif channel == "app":
        await is_a_user(town, shopper, f"customer-{number}")
    elif channel == "push":
        await lets_a_browser_be_notified(town, shopper)
    elif channel == "email":
        await shopper.leaves_mailbox(f"vera{number}@shopper.example")
    await shopper.leaves()
    await town.hand_over_all()
    await town.ada.answers("Yes, in 38.", shopper)
    await town.look(after=31)
    await town.claim_and_die()
    (row,) = [each for each in await shopper.deliveries() if each.form == "words"]
    assert row.state == "submitting"
    return str(row.delivery_id)


async def writes_by_whatsapp(town: Town, number: str) -> Shopper:
    """Somebody whom the store knows by nothing else."""
    assert await town.whatsapp_in(number, "Is the blue one back?") == 200
    (row,) = [each for each in await town.rows(AddressRow) if each.value == number]
    return Shopper(town, row.person_id)


async def lets_a_browser_be_notified(town: Town, shopper: Shopper) -> None:
    """The panel has said so."""
    told = Browser.subscribed("").subscription("https://fcm.googleapis.com")
    keys = told["keys"]
    assert isinstance(keys, dict)
    given = Subscription(endpoint=str(told["endpoint"]), **keys)
    await subscribe(town.house, town.store_id, shopper.shopper_id, given, "push.support.en.1")


async def is_a_user(town: Town, shopper: Shopper, user: str) -> None:
    """The store's server has said so."""
    await town.house.change(
        lambda change: app_users.link_user(
            change, town.store_id, shopper.shopper_id, user, sentence="Acme may notify me."
        )
    )


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
