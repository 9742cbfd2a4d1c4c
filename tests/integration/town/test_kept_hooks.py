"""Webhooks are kept first and understood afterwards: whatever happens between, none is lost."""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from gateway.clock import MINUTE
from gateway.services import kept_hooks, quarantine
from gateway.store.tables import AddressRow, InboundRow, ReceiptRow
from gateway.store.tx import Tx
from tests.integration.town.building import Town
from tests.integration.town.carrier import ACCOUNT
from tests.integration.town.leaving import vera_asks_and_leaves
from tests.integration.town.outside import BASE_URL, KEY, NUMBER
from tests.integration.town.townspeople import VERA_PHONE

MIA_PHONE = "+14155550143"
PLACE = f"{BASE_URL}/hooks/twilio/{KEY}/message"


def text(sid: str, body: str, sender: str = VERA_PHONE) -> dict[str, str]:
    return {"MessageSid": sid, "From": sender, "To": NUMBER, "Body": body, "NumMedia": "0"}


async def said(town: Town) -> list[str | None]:
    return [row.body for row in await town.messages()]


async def spoil(town: Town, sid: str, raw: bytes) -> None:
    """Change a kept form on disk."""

    def work(tx: Tx) -> None:
        row = tx.session.get_one(InboundRow, (town.store_id, sid))
        row.raw = raw
        tx.session.add(row)

    await town.house.store.write(work)


async def test_a_text_that_was_kept_when_the_gateway_died_is_understood_by_the_next(
    town: Town,
) -> None:
    assert await town.post_unread(PLACE, text("SM1", "Hello?")) == 200
    assert await said(town) == []
    await town.restarts(silent=True, away=60)
    await town.tick()
    assert await said(town) == ["Hello?"]
    assert await town.post_signed(PLACE, text("SM1", "Hello?")) == 200
    assert await said(town) == ["Hello?"]


async def test_the_same_webhook_twice_before_it_is_understood_is_one_message(town: Town) -> None:
    for _ in range(2):
        assert await town.post_unread(PLACE, text("SM1", "Hello?")) == 200
    await town.tick()
    assert await said(town) == ["Hello?"]


async def test_what_vera_sent_is_understood_in_the_order_in_which_it_came(town: Town) -> None:
    await vera_asks_and_leaves(town)
    # The ids say nothing of the order.
    for sid, body in (("SM9", "One"), ("SM5", "STOP"), ("SM7", "START"), ("SM1", "Two")):
        assert await town.post_unread(PLACE, text(sid, body)) == 200
    await town.tick()
    assert (await said(town))[1:] == ["One", "Two"]
    (number,) = [row for row in await town.rows(AddressRow) if row.value == VERA_PHONE]
    assert number.stopped_at is None


async def test_a_text_that_cannot_be_understood_holds_up_nobody_and_is_set_aside(
    town: Town,
) -> None:
    await town.post_unread(PLACE, text("SM1", "Hello?"))
    whole = (await town.rows(InboundRow))[0].raw
    await spoil(town, "SM1", b"half of a fo")
    await town.post_unread(PLACE, text("SM2", "Are you open?", MIA_PHONE))
    with capture_logs() as logs:
        for _ in range(kept_hooks.MOST_ATTEMPTS):
            assert await quarantine.listed(town.house.store) == []
            await kept_hooks.understand_due(town.house)
            town.clock.move_ahead(MINUTE)
    assert await said(town) == ["Are you open?"]
    assert [each["event"] for each in logs].count("hook.set_aside") == 1
    (found,) = await quarantine.listed(town.house.store)
    assert (found.sender, found.attempts) == ("••• " + VERA_PHONE[-2:], 3)
    await spoil(town, "SM1", whole)
    await quarantine.release(town.house.store, found.name)
    await town.tick()
    assert await said(town) == ["Are you open?", "Hello?"]


@pytest.mark.parametrize("first", ["delivered", "sent"])
async def test_callbacks_that_waited_count_whichever_is_understood_first(
    town: Town, first: str
) -> None:
    await vera_asks_and_leaves(town)
    await town.ada.answers("Yes, in 38.")
    await town.tick(60)
    sent = town.carrier.taken[-1]
    second = {"delivered": "sent", "sent": "delivered"}[first]
    for status in (first, second, second):
        form = {"MessageSid": sent.sid, "AccountSid": ACCOUNT, "MessageStatus": status}
        assert await town.post_unread(sent.callback, form) == 200
    assert await town.rows(ReceiptRow) == []
    await town.tick()
    assert {row.state for row in await town.rows(ReceiptRow)} == {"delivered", "sent"}
    (row,) = [row for row in await town.vera.deliveries() if row.provider_id == sent.sid]
    assert row.state == "delivered"
    assert await town.rows(InboundRow) == []  # the receipt says all that they said


async def test_a_text_for_a_store_that_is_not_there_is_refused_and_takes_no_other_along(
    town: Town,
) -> None:
    elsewhere = f"{BASE_URL}/hooks/twilio/pk_nobody/message"
    assert await town.post_signed(elsewhere, text("SM1", "Hello?")) == 404
    assert await town.rows(InboundRow) == []
