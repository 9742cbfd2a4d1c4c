"""Whoever is blocked may write on: it is kept, rings nobody, and nothing is brought to them."""

from __future__ import annotations

import pytest

from gateway.clock import HOUR, MILLISECOND
from gateway.core.model import Presence
from gateway.errors import BadInput, Blocked, NotFound
from gateway.protocol.entry import BlockedFact
from gateway.protocol.inbox import Counts, Narrowed
from gateway.services import (
    blocking,
    conversations,
    expected,
    inboxes,
    nodes,
    reaching,
    receive,
    scheduled_sends,
    scheduling,
)
from gateway.services.blocking import Whose
from gateway.store import people
from gateway.store.tables import ConversationRow, DeliveryRow, EntryRow
from tests.integration.town.building import ADA_PHONE, BEN_PHONE, MAILBOX, Town
from tests.integration.town.letters import mail
from tests.integration.town.townspeople import VERA_MAIL, VERA_PHONE, Shopper

OTTO_PHONE = "+14155550188"
SPAMMER = "otto@spam.example"


def whose(town: Town, shopper: Shopper | None = None) -> Whose:
    return Whose(town.store_id, (shopper or town.vera).shopper_id, town.ada.agent_id)


async def blocks(town: Town, because: str = "spam", shopper: Shopper | None = None) -> None:
    """Ada has had enough."""
    await blocking.block(town.house, whose(town, shopper), because)


async def shown(town: Town, view: str) -> list[int]:
    """The numbers of the conversations in a view of Ada's."""
    asked = Narrowed.model_validate({"view": view})
    return [row.number for row in (await inboxes.page(town.house, town.ada.agent_id, asked)).rows]


async def counted(town: Town) -> Counts:
    return await inboxes.counts(town.house, town.ada.agent_id)


def rung(town: Town) -> int:
    """How often anybody on call was told of anything."""
    phones = sum(len(town.carrier.to(each)) for each in (ADA_PHONE, BEN_PHONE))
    return phones + sum(len(town.post.to(each.mailbox)) for each in (town.ada, town.ben))


async def spams(town: Town, words: str) -> None:
    """A mail from a mailbox that nobody knew."""
    raw = mail(words, From=SPAMMER, To=MAILBOX)
    await town.mail_in(raw, MAILBOX, sender=SPAMMER)
    await town.tick()


async def test_what_a_blocked_shopper_writes_is_kept_and_rings_nobody(town: Town) -> None:
    await town.vera.writes("Buy cheap watches")
    await blocks(town)
    stored = await town.vera.writes("Buy them now")
    await town.tick(4 * 3_600)
    assert rung(town) == 0
    assert await town.vera.said() == ["Buy cheap watches", "Buy them now"]
    assert stored.conversation_id == (await town.vera.conversation()).conversation_id
    assert (await town.vera.reach("staff")).state == "unreachable"
    assert "blocked" in (await town.vera.why("staff")).sentence


async def test_it_leaves_every_view_for_that_of_the_blocked_and_nothing_moves_it_there(
    town: Town,
) -> None:
    otto = await town.shopper()
    await otto.writes("Is it in stock?")
    first = (await otto.conversation()).number
    await town.vera.writes("Buy cheap watches")
    number = (await town.vera.conversation()).number
    await blocks(town)
    town.clock.move_ahead(HOUR)
    await blocks(town, "abuse", otto)
    await town.vera.writes("Buy them now")
    assert await shown(town, "blocked") == [first, number]
    for view in ("open", "mine", "unassigned", "snoozed", "unreachable", "resolved"):
        assert await shown(town, view) == []
    told = await counted(town)
    assert (told.open.n, told.unassigned.n, told.waiting.n, told.unreachable.n) == (0, 0, 0, 0)


async def test_what_is_resolved_stays_aside_though_the_shopper_writes_again(town: Town) -> None:
    await town.vera.writes("Buy cheap watches")
    row = await town.vera.conversation()
    await conversations.resolve(town.house, row.store_id, row.conversation_id, town.ada.agent_id)
    await blocks(town)
    await town.vera.writes("Buy them now")
    await town.tick(3_600)
    assert await shown(town, "open") == []
    assert await shown(town, "blocked") == [row.number]
    assert rung(town) == 0


async def test_another_conversation_that_they_begin_is_blocked_from_its_first_word(
    town: Town,
) -> None:
    await town.vera.writes("Buy cheap watches")
    row = await town.vera.conversation()
    await conversations.resolve(town.house, row.store_id, row.conversation_id, town.ada.agent_id)
    await blocks(town)
    town.clock.move_ahead(90 * 24 * HOUR)
    await nodes.keep_node(town.house)
    stored = await town.vera.writes("Buy them now")
    assert stored.conversation_id != row.conversation_id
    assert len(await shown(town, "blocked")) == 2
    assert await shown(town, "open") == []
    await town.tick(3_600)
    assert rung(town) == 0


async def test_the_thread_and_the_panel_say_who_blocked_them_since_when_and_why(
    town: Town,
) -> None:
    await town.vera.writes("Buy cheap watches")
    at = town.clock.now()
    await blocks(town, "  spam,\n again ")
    (event,) = await town.vera.events("blocked")
    assert (event.author_name, event.audience) == ("Ada", "staff")
    assert town.data_of(event) == {"because": "spam, again"}
    fact = await town.read(
        lambda tx: blocking.fact_of(tx, people.shopper(tx, town.store_id, town.vera.shopper_id))
    )
    assert fact == BlockedFact(since=at // MILLISECOND, by="Ada", because="spam, again")


async def test_blocked_again_they_are_blocked_as_they_were(town: Town) -> None:
    await town.vera.writes("Buy cheap watches")
    await blocks(town)
    town.clock.move_ahead(HOUR)
    await blocks(town, "abuse")
    assert len(await town.vera.events("blocked")) == 1


async def test_what_was_queued_for_them_does_not_go_out(town: Town) -> None:
    await town.vera.writes("Where is my order?")
    await town.vera.proves_number()
    await town.ada.answers("On its way.")
    await town.vera.leaves()
    town.clock.move_ahead(40_000_000)
    await nodes.keep_node(town.house)
    await reaching.look_at_due(town.house)
    sent = len(town.carrier.to(VERA_PHONE))
    (queued,) = [row for row in await town.vera.deliveries() if row.state == "queued"]
    await blocks(town)
    await town.tick(3_600)
    assert len(town.carrier.to(VERA_PHONE)) == sent
    rows = {row.delivery_id: row.state for row in await town.rows(DeliveryRow)}
    assert rows[queued.delivery_id] == "withdrawn"
    assert "blocked" in (await town.vera.why()).sentence


async def test_ada_is_asked_before_she_writes_to_them_and_it_is_brought_nowhere(
    town: Town,
) -> None:
    await town.vera.writes("Where is my order?")
    await town.vera.proves_number()
    await blocks(town)
    with pytest.raises(Blocked, match="spam"):
        await town.ada.answers("Please stop.")
    await town.ada.answers("A note is for colleagues.", note=True)
    row = await town.vera.conversation()
    await receive.from_agent(
        town.house,
        row.store_id,
        row.conversation_id,
        town.ada.agent_id,
        cmid=town.cmid(),
        body="Please stop.",
        seen_seq=row.last_seq,
        anyway=True,
    )
    await town.vera.leaves()
    sent = len(town.carrier.to(VERA_PHONE))
    await town.tick(3_600)
    assert len(town.carrier.to(VERA_PHONE)) == sent
    assert (await town.vera.reach()).state == "unreachable"
    assert "Please stop." in await town.vera.said()


async def test_a_message_for_later_is_held_once_they_are_blocked(town: Town) -> None:
    await town.vera.writes("Where is my order?")
    row = await town.vera.conversation()
    wanted = scheduling.Wanted(
        body="It has come.",
        due_at=(town.clock.now() + HOUR) // MILLISECOND,
        seen_seq=row.last_seq,
    )
    await scheduling.schedule(
        town.house,
        row.store_id,
        row.conversation_id,
        town.ada.agent_id,
        wanted,
        cmid=town.cmid(),
    )
    await blocks(town)
    town.clock.move_ahead(2 * HOUR)
    await nodes.keep_node(town.house)
    await scheduled_sends.send_due(town.house)
    (held,) = await town.vera.events("held")
    assert town.data_of(held)["because"] == "blocked"
    assert "It has come." not in await town.vera.said()


async def test_unblocked_they_wait_for_an_answer_to_what_came_meanwhile(town: Town) -> None:
    await town.vera.writes("Buy cheap watches")
    number = (await town.vera.conversation()).number
    await blocks(town)
    await town.vera.writes("Sorry, that was my son")
    await town.vera.leaves()
    await town.tick(3_600)
    assert rung(town) == 0
    await blocking.unblock(town.house, whose(town))
    assert (await shown(town, "open"), await shown(town, "blocked")) == ([number], [])
    await town.tick(3_600)
    assert rung(town) > 0
    (event,) = await town.vera.events("unblocked")
    assert (event.author_name, event.audience) == ("Ada", "staff")


async def test_texts_from_a_number_that_they_have_proven_are_theirs_and_ring_nobody(
    town: Town,
) -> None:
    await town.text_in(OTTO_PHONE, "Buy cheap watches")
    await town.tick()
    (row,) = await town.rows(ConversationRow)
    otto = Shopper(town, row.shopper_id)
    await blocks(town, "spam", otto)
    before = rung(town)
    await town.text_in(OTTO_PHONE, "Buy them now")
    await town.tick(3_600)
    assert await otto.said() == ["Buy cheap watches", "Buy them now"]
    assert rung(town) == before
    assert await shown(town, "open") == []


async def test_a_mail_from_a_mailbox_of_theirs_that_opens_another_thread_is_blocked(
    town: Town,
) -> None:
    await spams(town, "Buy cheap watches")
    (row,) = await town.rows(ConversationRow)
    await blocks(town, "spam", Shopper(town, row.shopper_id))
    before = rung(town)
    town.clock.move_ahead(90 * 24 * HOUR)
    await nodes.keep_node(town.house)
    await spams(town, "Buy them now")
    await town.tick(3_600)
    said = {each.body for each in await town.rows(EntryRow) if each.kind == "message"}
    assert said == {"Buy cheap watches", "Buy them now"}
    assert await shown(town, "open") == []
    assert rung(town) == before


async def test_a_mailbox_that_they_only_typed_may_be_anybodys_and_blocks_nobody(
    town: Town,
) -> None:
    otto = await town.shopper()
    await otto.writes("Buy cheap watches")
    await otto.leaves_mailbox(VERA_MAIL)
    await blocks(town, "spam", otto)
    await town.mail_in(mail("Where is my order?", From=VERA_MAIL, To=MAILBOX), MAILBOX)
    await town.tick()
    rows = await town.rows(ConversationRow)
    (hers,) = [row for row in rows if row.shopper_id != otto.shopper_id]
    assert await shown(town, "open") == [hers.number]


async def test_the_panel_promises_a_blocked_shopper_no_answer_within_minutes(town: Town) -> None:
    await town.vera.writes("Buy cheap watches")
    await town.vera.is_now(Presence.READING)
    await blocks(town)
    await town.tick(600)
    row = await town.vera.conversation()
    assert await town.read(lambda tx: expected.is_unheard(tx, row.store_id, row.conversation_id))


@pytest.mark.parametrize("because", ["", "   ", "x" * 201])
async def test_a_reason_is_said_in_a_few_words(town: Town, because: str) -> None:
    await town.vera.writes("Hello")
    with pytest.raises(BadInput):
        await blocks(town, because)
    assert await shown(town, "blocked") == []


async def test_nobody_blocks_somebody_who_is_not_there(town: Town) -> None:
    with pytest.raises(NotFound):
        await blocking.block(town.house, Whose(town.store_id, "nobody", town.ada.agent_id), "spam")
