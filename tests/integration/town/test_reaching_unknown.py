"""Nobody knows whether it went out: it is found out, or another way is taken; never by guess."""

from __future__ import annotations

from tests.integration.town import carrier, post_office
from tests.integration.town.building import Town
from tests.integration.town.leaving import hops, vera_asks_and_leaves
from tests.integration.town.townspeople import VERA_MAIL


async def test_a_text_of_unknown_outcome_is_told_by_the_callback_and_not_sent_again(
    town: Town,
) -> None:
    await vera_asks_and_leaves(town, mailbox=True)
    town.carrier.says(carrier.DROPS)
    await town.ada.answers("Yes, in 38.")
    await town.tick(31)
    assert await hops(town) == [("sms", "unknown")]
    assert await town.receipt(town.carrier.taken[-1], "delivered") == 200
    assert await hops(town) == [("sms", "delivered")]
    await town.tick(24 * 3_600)
    assert len(town.carrier.asked) == 2
    assert town.post.to(VERA_MAIL) == []


async def test_a_text_of_unknown_outcome_is_found_in_the_list_and_not_sent_again(
    town: Town,
) -> None:
    await vera_asks_and_leaves(town, mailbox=True)
    town.carrier.says(carrier.HANGS)
    await town.ada.answers("Yes, in 38.")
    await town.tick(31)
    assert await hops(town) == [("sms", "unknown")]
    await town.tick(61)
    assert await hops(town) == [("sms", "sent")]
    assert (await town.vera.deliveries())[-1].provider_id == town.carrier.taken[-1].sid
    assert len(town.carrier.asked) == 2


async def test_a_text_that_stays_unknown_is_followed_by_a_mail_and_never_sent_again(
    town: Town,
) -> None:
    await vera_asks_and_leaves(town, mailbox=True)
    town.carrier.lists = False
    town.carrier.says(carrier.LOSES)
    await town.ada.answers("Yes, in 38.")
    await town.tick(31)
    await town.tick(14 * 60)
    assert await hops(town) == [("sms", "unknown")]
    await town.tick(2 * 60)
    assert await hops(town) == [("sms", "unknown"), ("email", "accepted")]
    assert "nobody knows whether it arrived" in (await town.vera.reasons_of("send"))[-1]
    await town.tick(24 * 3_600)
    assert len(town.carrier.asked) == 2
    assert len(town.post.to(VERA_MAIL)) == 1


async def test_a_mail_of_unknown_outcome_goes_out_once_more_under_the_same_id(
    town: Town,
) -> None:
    await vera_asks_and_leaves(town, number=False, mailbox=True)
    town.post.says(post_office.DROPS, post_office.DROPS)
    await town.ada.answers("Yes, in 38.")
    await town.tick(31)
    assert await hops(town) == [("email", "unknown")]
    await town.tick(48 * 3_600)
    first, second = town.post.to(VERA_MAIL)
    assert first.head("Message-ID") == second.head("Message-ID")
    assert first.words == second.words
    assert await hops(town) == [("email", "unknown")] * 2
    assert (await town.vera.reach()).state == "unreachable"


async def test_a_worker_that_dies_in_the_middle_leaves_an_unknown_outcome(town: Town) -> None:
    await vera_asks_and_leaves(town)
    town.carrier.lists = False
    await town.ada.answers("Yes, in 38.")
    await town.look(after=31)
    await town.claim_and_die()
    await town.tick(59)
    assert await hops(town) == [("sms", "submitting")]
    await town.tick(2)
    assert await hops(town) == [("sms", "unknown")]
    await town.tick(24 * 3_600)
    assert len(town.carrier.asked) == 1


async def test_a_gateway_that_owns_its_file_knows_at_once_that_nobody_will_tell_the_outcome(
    town: Town,
) -> None:
    await vera_asks_and_leaves(town)
    town.carrier.lists = False
    await town.ada.answers("Yes, in 38.")
    await town.look(after=31)
    await town.claim_and_die()
    await town.restarts(silent=True)
    await town.tick(1)
    alone = town.house.store.dialect == "sqlite"
    # On PostgreSQL another process may be in the middle of this call: only its lease tells.
    assert await hops(town) == [("sms", "unknown" if alone else "submitting")]
    await town.tick(24 * 3_600)
    assert len(town.carrier.asked) == 1
