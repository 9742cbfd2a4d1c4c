"""What may have gone out: Ada has it sent once more or by mail, and nobody else ever does."""

from __future__ import annotations

import pytest

from gateway.errors import BadInput, Conflict
from gateway.protocol.frames import Wish
from gateway.services import overriding, receive
from gateway.store.tables import OverrideRow
from tests.behaviours import behaviour
from tests.integration.town import carrier, post_office
from tests.integration.town.building import Town
from tests.integration.town.leaving import hops, vera_asks_and_leaves
from tests.integration.town.test_wishes import address_of, wishes
from tests.integration.town.townspeople import VERA_MAIL, VERA_PHONE

WORDS = "Yes, in 38."


async def lost_text(town: Town, act: str = carrier.LOSES, *, mailbox: bool = True) -> str:
    """Ada's answer may have gone out by text; the delivery's id."""
    await vera_asks_and_leaves(town, mailbox=mailbox)
    town.carrier.lists = False
    town.carrier.says(act)
    await town.ada.answers(WORDS)
    await town.tick(31)
    assert await hops(town) == [("sms", "unknown")]
    return (await town.vera.deliveries())[-1].delivery_id


def once_more(delivery_id: str) -> Wish:
    return Wish(kind="resend", delivery_id=delivery_id)


async def test_ada_has_a_text_sent_once_more_and_the_log_says_that_it_was_her(town: Town) -> None:
    first = await lost_text(town)
    await wishes(town, once_more(first))
    await town.tick(1)
    assert await hops(town) == [("sms", "unknown"), ("sms", "accepted")]
    (words,) = town.carrier.to(VERA_PHONE)[1:]
    assert WORDS in words
    told = town.data_of((await town.vera.events("override"))[0])
    assert (told["kind"], told["agent"], told["delivery_id"]) == ("resend", "Ada", first)
    assert told["channel"] == "sms"
    assert "Ada asked for it once more" in (await town.vera.reasons_of("send"))[-1]
    again = (await town.vera.deliveries())[-1].delivery_id
    assert again != first


@behaviour(38)
async def test_of_two_agents_who_want_it_at_once_each_has_their_will_and_vera_one_text(
    town: Town,
) -> None:
    first = await lost_text(town)
    await wishes(town, once_more(first))
    await wishes(town, once_more(first), whose=town.ben)
    await town.tick(1)
    await wishes(town, once_more(first), whose=town.ben)
    await town.tick(24 * 3_600)
    assert len(await town.rows(OverrideRow)) == 1
    assert len(town.carrier.to(VERA_PHONE)) == 2


async def test_once_more_takes_another_unknown_outcome(town: Town) -> None:
    first = await lost_text(town, mailbox=False)
    town.carrier.says(carrier.LOSES)
    await wishes(town, once_more(first))
    await town.tick(1)
    assert await hops(town) == [("sms", "unknown")] * 2
    await wishes(town, Wish(kind="as_usual"))
    with pytest.raises(Conflict, match="once more already"):
        await wishes(town, once_more(first))
    await town.tick(3_600)
    assert await hops(town) == [("sms", "unknown")] * 2
    await wishes(town, once_more((await town.vera.deliveries())[-1].delivery_id))
    await town.tick(1)
    assert await hops(town) == [("sms", "unknown")] * 2 + [("sms", "accepted")]


async def test_once_more_works_after_everything_else_was_given_up(town: Town) -> None:
    first = await lost_text(town, mailbox=False)
    await town.tick(26 * 3_600)
    assert (await town.vera.reach()).state == "unreachable"
    await wishes(town, once_more(first))
    await town.tick(1)
    assert WORDS in town.carrier.to(VERA_PHONE)[-1]


async def test_a_receipt_before_the_second_goes_out_makes_it_needless(town: Town) -> None:
    first = await lost_text(town, carrier.DROPS)
    await wishes(town, once_more(first))
    await town.look(after=0)
    assert await hops(town) == [("sms", "unknown"), ("sms", "queued")]
    assert await town.receipt(town.carrier.taken[-1], "delivered") == 200
    await town.tick(24 * 3_600)
    assert await hops(town) == [("sms", "delivered"), ("sms", "superseded")]
    with pytest.raises(Conflict, match="known by now"):
        await wishes(town, once_more(first))


async def test_a_late_receipt_of_the_first_is_written_down_and_moves_nothing_else(
    town: Town,
) -> None:
    first = await lost_text(town, carrier.DROPS)
    lost = town.carrier.taken[-1]
    await wishes(town, once_more(first))
    await town.tick(1)
    assert await town.receipt(lost, "delivered") == 200
    assert await town.receipt(town.carrier.taken[-1], "delivered") == 200
    await town.tick(24 * 3_600)
    assert await hops(town) == [("sms", "delivered"), ("sms", "delivered")]
    assert town.post.to(VERA_MAIL) == []


@pytest.mark.parametrize("second", [carrier.LOSES, None])
async def test_a_listed_text_is_not_taken_for_the_other_that_says_the_same(
    town: Town, second: str | None
) -> None:
    first = await lost_text(town)
    town.carrier.lists = True
    if second is not None:
        town.carrier.says(second)
    await wishes(town, once_more(first))
    await town.tick(1)
    await town.tick(120)
    states = dict(zip(("first", "second"), await hops(town), strict=True))
    assert states["first"] == ("sms", "unknown")
    assert states["second"] == ("sms", "accepted" if second is None else "unknown")


async def test_a_text_that_hangs_once_more_is_not_taken_for_the_first(town: Town) -> None:
    first = await lost_text(town)
    town.carrier.lists = True
    town.carrier.says(carrier.HANGS)
    await wishes(town, once_more(first))
    await town.tick(1)
    await town.tick(120)
    assert await hops(town) == [("sms", "unknown")] * 2
    assert await town.receipt(town.carrier.taken[-1], "delivered") == 200
    assert await hops(town) == [("sms", "unknown"), ("sms", "delivered")]


async def test_by_mail_instead_goes_before_the_unknown_outcome_is_given_up(town: Town) -> None:
    first = await lost_text(town)
    mailbox = await address_of(town, "email")
    await wishes(town, Wish(kind="now", address_id=mailbox))
    await town.tick(1)
    assert town.post.to(VERA_MAIL) == [], "a wish that names no delivery waits"
    wish = Wish(kind="now", address_id=mailbox, delivery_id=first)
    await wishes(town, wish)
    await wishes(town, wish, whose=town.ben)
    await town.tick(1)
    assert await hops(town) == [("sms", "unknown"), ("email", "accepted")]
    assert WORDS in town.post.to(VERA_MAIL)[0].words
    await town.tick(24 * 3_600)
    assert len(town.carrier.to(VERA_PHONE)) == 1
    assert len(await town.rows(OverrideRow)) == 2


async def test_a_mail_goes_once_more_under_the_id_that_it_had(town: Town) -> None:
    await vera_asks_and_leaves(town, number=False, mailbox=True)
    town.post.says(post_office.DROPS)
    await town.ada.answers(WORDS)
    await town.tick(31)
    await wishes(town, once_more((await town.vera.deliveries())[-1].delivery_id))
    await town.tick(1)
    first, second = town.post.to(VERA_MAIL)
    assert first.head("Message-ID") == second.head("Message-ID")
    assert await hops(town) == [("email", "unknown"), ("email", "accepted")]


@behaviour(27)
async def test_nothing_goes_once_more_to_where_vera_has_said_stop(town: Town) -> None:
    first = await lost_text(town)
    await town.text_in(VERA_PHONE, "STOP")
    await town.tick(1)
    texts = len(town.carrier.to(VERA_PHONE))
    await wishes(town, once_more(first))
    await town.tick(1)
    assert len(town.carrier.to(VERA_PHONE)) == texts
    await town.tick(24 * 3_600)
    assert len(town.carrier.to(VERA_PHONE)) == texts


async def test_it_wakes_nobody_at_night(town: Town) -> None:
    first = await lost_text(town, mailbox=False)
    await town.policy(quiet={"sms": ["04:00-06:00"]})
    await wishes(town, once_more(first))
    await town.tick(1_800)
    assert await hops(town) == [("sms", "unknown")]
    await town.tick(2 * 3_600)
    assert await hops(town) == [("sms", "unknown"), ("sms", "accepted")]


async def test_a_wish_about_what_it_cannot_be_about_is_refused_and_leaves_no_trace(
    town: Town,
) -> None:
    first = await lost_text(town)
    row = await town.vera.conversation()
    code = (await town.vera.deliveries())[0]
    mailbox = await address_of(town, "email")
    assert code.form == "code"
    for wish in (
        Wish(kind="resend"),
        Wish(kind="resend", delivery_id="nobodys"),
        Wish(kind="resend", delivery_id=code.delivery_id),
        Wish(kind="now", delivery_id=first),
        Wish(kind="now", address_id=mailbox, delivery_id="nobodys"),
    ):
        with pytest.raises(BadInput):
            await wishes(town, wish)
    with pytest.raises(BadInput, match="did not carry"):
        await receive.from_agent(
            town.house,
            row.store_id,
            row.conversation_id,
            town.ada.agent_id,
            cmid=town.cmid(),
            body="And in 39.",
            seen_seq=row.last_seq,
            wish=once_more(first),
        )
    await town.vera.sees()
    with pytest.raises(Conflict, match="seen everything"):
        await overriding.override(
            town.house, row.store_id, row.conversation_id, town.ada.agent_id, once_more(first)
        )
    assert await town.rows(OverrideRow) == []
