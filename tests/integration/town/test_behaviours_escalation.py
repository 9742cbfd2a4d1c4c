"""A way fails, or says nothing: what is tried next, and what when nothing is left (10 to 13)."""

from __future__ import annotations

from gateway.services import reading, welcome
from tests.behaviours import behaviour
from tests.integration.town.building import Town
from tests.integration.town.carrier import Refuses
from tests.integration.town.leaving import hops, shown_hops, vera_asks_and_leaves
from tests.integration.town.townspeople import VERA_MAIL, VERA_PHONE

DAY = 24 * 3_600
TOO_MANY = Refuses(20429, status=429)


@behaviour(11)
async def test_a_text_that_was_not_delivered_is_followed_by_the_mail_at_once(town: Town) -> None:
    await vera_asks_and_leaves(town, mailbox=True)
    await town.ada.answers("Yes, in 38.")
    await town.tick(31)
    await town.receipt(town.carrier.taken[-1], "undelivered", error=30003)
    await town.tick(1)
    assert await hops(town) == [("sms", "failed"), ("email", "accepted")]
    assert "Yes, in 38." in town.post.to(VERA_MAIL)[0].words


@behaviour(11)
async def test_news_that_comes_after_the_next_way_was_taken_changes_the_ledger_and_nothing_else(
    town: Town,
) -> None:
    await vera_asks_and_leaves(town, mailbox=True)
    await town.ada.answers("Yes, in 38.")
    await town.tick(31)
    text = town.carrier.taken[-1]
    await town.tick(601)
    assert await hops(town) == [("sms", "accepted"), ("email", "accepted")]
    await town.receipt(text, "delivered")
    await town.tick(DAY)
    assert await hops(town) == [("sms", "delivered"), ("email", "accepted")]
    assert (await shown_hops(town))[-1] == ("sms", "delivered")
    assert len(town.carrier.to(VERA_PHONE)) == 2
    assert len(town.post.to(VERA_MAIL)) == 1


@behaviour(12)
async def test_with_no_way_left_vera_is_unreachable_the_answer_stays_unread_and_agents_are_told(
    town: Town,
) -> None:
    await vera_asks_and_leaves(town, mailbox=True)
    await town.ada.comes()
    town.carrier.says(Refuses(21211))
    town.post.says("550 5.1.1 No such mailbox")
    answer = await town.ada.answers("Yes, in 38.")
    await town.tick(DAY)
    assert await hops(town) == [("sms", "failed"), ("email", "failed")]
    assert (await town.vera.reach()).state == "unreachable"
    (row,) = (await welcome.inbox(town.house, town.ada.agent_id, "open", None)).rows
    assert row.unreachable
    why = await town.vera.why()
    assert {str(each["verdict"]) for each in why.considered} == {"failed"}
    # Her next visit finds it, unread.
    conversation = await town.vera.conversation()
    found = await reading.snapshot(
        town.house, town.store_id, conversation.conversation_id, "shopper"
    )
    assert found.conversation.seen_shopper < answer.seq
    assert answer.seq in [each.seq for each in found.entries]


@behaviour(13)
async def test_a_carrier_that_has_too_much_to_do_is_tried_again_with_back_off_before_the_mail(
    town: Town,
) -> None:
    await vera_asks_and_leaves(town, mailbox=True)
    town.carrier.says(TOO_MANY, TOO_MANY)
    await town.ada.answers("Yes, in 38.")
    await town.tick(31)
    assert await hops(town) == [("sms", "deferred")]
    await town.tick(28)
    assert len(await hops(town)) == 1
    await town.tick(3)
    assert await hops(town) == [("sms", "deferred")] * 2
    await town.tick(57)
    assert len(await hops(town)) == 2
    await town.tick(5)
    assert (await hops(town))[2:] == [("sms", "accepted")]
    await town.receipt(town.carrier.taken[-1], "delivered")
    await town.tick(DAY)
    assert len(await hops(town)) == 3
    assert town.post.to(VERA_MAIL) == []


@behaviour(13)
async def test_a_mailbox_that_cannot_take_it_now_is_tried_again_before_the_text(town: Town) -> None:
    await town.policy(ladder=["email", "sms"])
    await vera_asks_and_leaves(town, mailbox=True)
    town.post.says("452 4.2.2 Mailbox full")
    await town.ada.answers("Yes, in 38.")
    await town.tick(31)
    assert await hops(town) == [("email", "deferred")]
    await town.tick(31)
    assert await hops(town) == [("email", "deferred"), ("email", "accepted")]
    await town.tick(DAY)
    assert len(town.post.to(VERA_MAIL)) == 1
    assert len(town.carrier.to(VERA_PHONE)) == 1
