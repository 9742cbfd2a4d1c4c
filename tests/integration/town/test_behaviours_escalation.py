"""A way fails, or says nothing: what is tried next, and what when nothing is left (10 to 13)."""

from __future__ import annotations

from gateway.protocol.inbox import Narrowed
from gateway.services import inboxes, reading
from gateway.store.tables import AddressRow
from tests.behaviours import behaviour
from tests.integration.town.building import Town
from tests.integration.town.carrier import Refuses
from tests.integration.town.leaving import hops, shown_hops, vera_asks_and_leaves
from tests.integration.town.letters import bounce, mail
from tests.integration.town.townspeople import VERA_MAIL, VERA_PHONE

DAY = 24 * 3_600
TOO_MANY = Refuses(20429, status=429)


@behaviour(11)
async def test_a_text_that_was_not_delivered_is_followed_by_the_mail_at_once(town: Town) -> None:
    await vera_asks_and_leaves(town, mailbox=True)
    await town.ada.answers("Yes, in 38.")
    await town.tick(31)
    await town.receipt(town.carrier.taken[-1], "undelivered", error=30005)
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
    (row,) = (await inboxes.page(town.house, town.ada.agent_id, Narrowed(view="open"))).rows
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


async def mailbox_is_full(town: Town) -> None:
    """The last mail to Vera comes back, as mail servers do it hours after they took it."""
    full = bounce(town.post.to(VERA_MAIL)[-1], status="4.2.2", words="452 4.2.2 Mailbox full")
    await town.mail_in(full, town.post.to(VERA_MAIL)[-1].back, sender="")
    await town.tick(1)


@behaviour(13)
async def test_a_mail_that_comes_back_for_now_goes_there_again_with_back_off_and_then_by_text(
    town: Town,
) -> None:
    await town.policy(ladder=["email", "sms"], address_after=3)
    await vera_asks_and_leaves(town, mailbox=True)
    await town.ada.answers("Yes, in 38.")
    await town.tick(31)
    assert await hops(town) == [("email", "accepted")]
    await mailbox_is_full(town)
    assert await hops(town) == [("email", "returned")]
    await town.tick(27)
    assert len(await hops(town)) == 1
    await town.tick(4)
    assert await hops(town) == [("email", "returned"), ("email", "accepted")]
    await mailbox_is_full(town)
    await town.tick(57)
    assert len(await hops(town)) == 2
    await town.tick(4)
    assert (await hops(town))[2:] == [("email", "accepted")]
    await mailbox_is_full(town)
    assert await hops(town) == [("email", "returned")] * 3 + [("sms", "accepted")]
    assert "Yes, in 38." in town.carrier.to(VERA_PHONE)[-1]
    assert ("email", "returned") in await shown_hops(town)
    # Vera is shown each way that it went, and no attempt.
    knots = [town.data_of(row)["channel"] for row in await town.vera.events("carried")]
    assert knots == ["email", "sms"]
    assert "it came back for now" in (await town.vera.reasons_of("send"))[-1]
    await town.receipt(town.carrier.taken[-1], "delivered")
    await town.tick(DAY)
    assert len(await hops(town)) == 4
    (mailbox,) = [row for row in await town.rows(AddressRow) if row.value == VERA_MAIL]
    assert mailbox.failed_at is None


@behaviour(13)
async def test_a_mail_that_comes_back_for_now_after_it_was_read_changes_the_ledger_and_nothing_else(
    town: Town,
) -> None:
    await town.policy(ladder=["email", "sms"])
    await vera_asks_and_leaves(town, mailbox=True)
    await town.ada.answers("Yes, in 38.")
    await town.tick(31)
    await town.answers_mail(town.post.to(VERA_MAIL)[0], "Thank you!")
    await town.tick(1)
    assert await hops(town) == [("email", "read")]
    await mailbox_is_full(town)
    await town.tick(DAY)
    assert await hops(town) == [("email", "read")]
    assert await shown_hops(town) == [
        ("email", "queued"),
        ("email", "submitting"),
        ("email", "accepted"),
        ("email", "read"),
    ]


@behaviour(13)
async def test_a_mail_that_is_only_late_or_told_of_in_no_known_form_is_not_sent_again(
    town: Town,
) -> None:
    await town.policy(ladder=["email", "sms"])
    await vera_asks_and_leaves(town, mailbox=True)
    await town.ada.answers("Yes, in 38.")
    await town.tick(31)
    (letter,) = town.post.to(VERA_MAIL)
    late = bounce(letter, action="delayed", status="4.4.1", words="451 4.4.1 No answer from host")
    riddle = mail("Lorem ipsum.", From="MAILER-DAEMON@mx.shopper.example", Subject="Hm")
    for raw in (late, riddle):
        await town.mail_in(raw, letter.back, sender="")
        await town.tick(1)
    await town.tick(DAY)
    assert await hops(town) == [("email", "accepted")]
    assert len(town.post.to(VERA_MAIL)) == 1
