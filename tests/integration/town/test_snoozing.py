"""A conversation that is laid aside comes back at its time, or as soon as its shopper writes."""

from __future__ import annotations

import pytest

from gateway.clock import DAY, HOUR, MILLISECOND, SECOND
from gateway.errors import BadInput, Stale
from gateway.protocol.inbox import BulkAct, BulkDone, Narrowed, Which
from gateway.services import bulk, conversations, inboxes, merging, receive, snoozes
from gateway.services.house import Change
from gateway.store.tables import ConversationRow
from gateway.store.tx import unpack
from tests.integration.town.building import ADA_MAIL, BEN_MAIL, Town
from tests.integration.town.townspeople import VERA_MAIL


async def acts(town: Town, act: BulkAct, *rows: ConversationRow) -> BulkDone:
    """Ada does something with these conversations in the console."""
    on = [Which(store_id=row.store_id, conversation_id=row.conversation_id) for row in rows]
    return await bulk.bulk(town.house, town.ada.agent_id, on, act)


async def snoozes_hers(town: Town, span: int) -> int:
    """Ada snoozes Vera's conversation for so long; returns until when, in microseconds."""
    until = (town.clock.now() + span) // MILLISECOND
    done = await acts(town, BulkAct(kind="snooze", until=until), await town.vera.conversation())
    assert done.left_out == []
    return until * MILLISECOND


async def shown(town: Town, view: str) -> list[int]:
    """The numbers of the conversations in a view of Ada's."""
    page = await inboxes.page(
        town.house, town.ada.agent_id, Narrowed.model_validate({"view": view})
    )
    return [row.number for row in page.rows]


async def test_what_is_snoozed_leaves_the_open_ones_and_comes_back_unread_at_its_time(
    town: Town,
) -> None:
    await town.vera.writes("The parcel is promised for Tuesday")
    await town.ada.answers("Then let us wait for Tuesday")
    number = (await town.vera.conversation()).number
    await snoozes_hers(town, 2 * DAY)
    assert (await shown(town, "open"), await shown(town, "snoozed")) == ([], [number])
    town.clock.move_ahead(2 * DAY - SECOND)
    await snoozes.wake_due(town.house)
    assert await shown(town, "open") == []
    town.clock.move_ahead(SECOND)
    await snoozes.wake_due(town.house)
    assert (await shown(town, "open"), await shown(town, "snoozed")) == ([number], [])
    page = await inboxes.page(town.house, town.ada.agent_id, Narrowed(view="open"))
    assert page.rows[0].woken
    assert [unpack(row.data) for row in await town.vera.events("woken")] == [{"why": "time"}]
    await town.ada.opens()
    page = await inboxes.page(town.house, town.ada.agent_id, Narrowed(view="open"))
    assert not page.rows[0].woken


async def test_a_snooze_that_ran_out_while_no_gateway_ran_ends_when_one_does(town: Town) -> None:
    await town.vera.writes("The parcel is promised for Tuesday")
    await snoozes_hers(town, HOUR)
    await town.restarts(silent=True, away=7_200.0)
    await snoozes.wake_due(town.house)
    assert await shown(town, "open") == [(await town.vera.conversation()).number]


async def test_vera_writes_and_her_snoozed_conversation_is_there_at_once(town: Town) -> None:
    await town.vera.writes("The parcel is promised for Tuesday")
    await snoozes_hers(town, 2 * DAY)
    await town.vera.writes("It came today!")
    row = await town.vera.conversation()
    assert (row.snoozed_until, row.unread) == (None, 2)
    assert await shown(town, "open") == [row.number]
    assert [unpack(each.data) for each in await town.vera.events("woken")] == [{"why": "message"}]
    town.clock.move_ahead(2 * DAY)
    await snoozes.wake_due(town.house)
    assert len(await town.vera.events("woken")) == 1


async def test_what_vera_asked_before_she_signed_in_wakes_what_it_becomes_part_of(
    town: Town,
) -> None:
    await town.vera.writes("The parcel is promised for Tuesday")
    await snoozes_hers(town, 2 * DAY)
    elder, browser = await town.vera.conversation(), await town.shopper()
    await browser.writes("Do you have it in blue?")
    people = (town.vera.shopper_id, browser.shopper_id)

    def sign_in(change: Change) -> None:
        merging.merge(change, town.store_id, elder=people[0], younger=people[1])

    await town.house.change(sign_in, on=people)
    assert await shown(town, "open") == [elder.number]
    assert [unpack(row.data) for row in await town.vera.events("woken")] == [{"why": "message"}]


async def test_ada_snoozes_for_longer_and_only_the_later_time_counts(town: Town) -> None:
    await town.vera.writes("The parcel is promised for Tuesday")
    await snoozes_hers(town, HOUR)
    until = await snoozes_hers(town, DAY)
    town.clock.move_ahead(2 * HOUR)
    await snoozes.wake_due(town.house)
    assert (await town.vera.conversation()).snoozed_until == until


async def test_resolving_ends_the_snooze_and_a_resolved_one_cannot_be_snoozed(town: Town) -> None:
    await town.vera.writes("The parcel is promised for Tuesday")
    await snoozes_hers(town, DAY)
    row = await town.vera.conversation()
    await conversations.resolve(town.house, row.store_id, row.conversation_id, town.ada.agent_id)
    assert await shown(town, "resolved") == [row.number]
    act = BulkAct(kind="snooze", until=(town.clock.now() + DAY) // MILLISECOND)
    (left,) = (await acts(town, act, await town.vera.conversation())).left_out
    assert (left.number, "resolved" in left.message) == (row.number, True)


@pytest.mark.parametrize("span", [-HOUR, 400 * DAY])
async def test_a_time_that_is_past_or_years_away_is_refused(town: Town, span: int) -> None:
    await town.vera.writes("Hello")
    act = BulkAct(kind="snooze", until=(town.clock.now() + span) // MILLISECOND)
    (left,) = (await acts(town, act, await town.vera.conversation())).left_out
    assert "within a year" in left.message
    assert (await town.vera.conversation()).snoozed_until is None


async def test_of_a_selection_the_one_that_cannot_be_reopened_is_named_and_the_others_are(
    town: Town,
) -> None:
    first = await town.vera.writes("My first order")
    row = await town.vera.conversation()
    await acts(town, BulkAct(kind="resolve"), row)
    town.clock.move_ahead(60 * DAY)
    await town.vera.writes("Another matter")
    jonas = await town.shopper()
    await jonas.writes("Is the blue one back?")
    hers, his = row, await jonas.conversation()
    await acts(town, BulkAct(kind="resolve"), his)
    done = await acts(town, BulkAct(kind="reopen"), hers, his)
    assert done.done == 1
    assert [each.number for each in done.left_out] == [hers.number]
    assert "goes on in" in done.left_out[0].message
    assert (await jonas.conversation()).state == "open"
    assert first.conversation_id == hers.conversation_id


async def test_a_whole_selection_is_given_to_ben_and_each_log_says_so(town: Town) -> None:
    shoppers = [await town.shopper() for _ in range(60)]
    for shopper in shoppers:
        await shopper.writes("Hello")
    rows = [await shopper.conversation() for shopper in shoppers]
    ben = town.ben.agent_id
    done = await acts(town, BulkAct(kind="assign", agent_id=ben), *rows, rows[0])
    assert (done.done, done.left_out) == (60, [])
    for shopper in shoppers:
        assert (await shopper.conversation()).assignee_id == ben
        assert len(await shopper.events("assigned")) == 1


async def test_an_act_on_what_is_not_there_names_it(town: Town) -> None:
    await town.vera.writes("Hello")
    row = await town.vera.conversation()
    on = [
        Which(store_id=row.store_id, conversation_id="nowhere"),
        Which(store_id="nobodys", conversation_id=row.conversation_id),
        Which(store_id=row.store_id, conversation_id=row.conversation_id),
    ]
    done = await bulk.bulk(town.house, town.ada.agent_id, on, BulkAct(kind="resolve"))
    assert done.done == 1
    assert {(each.store_id, each.conversation_id) for each in done.left_out} == {
        (row.store_id, "nowhere"),
        ("nobodys", row.conversation_id),
    }


# --- with an answer ------------------------------------------------------------------------------


async def answers_and_snoozes(town: Town, until: int, *, seen: int | None = None) -> receive.Stored:
    row = await town.vera.conversation()
    return await receive.from_agent(
        town.house,
        row.store_id,
        row.conversation_id,
        town.ada.agent_id,
        cmid="a-snoozing-0001",
        body="Then let us wait for Tuesday",
        seen_seq=row.last_seq if seen is None else seen,
        snooze_until=until,
    )


async def test_an_answer_that_snoozes_does_both_once_and_vera_is_answered(town: Town) -> None:
    await town.vera.writes("The parcel is promised for Tuesday")
    until = town.clock.now() + 2 * DAY
    assert not (await answers_and_snoozes(town, until)).dup
    assert (await answers_and_snoozes(town, until)).dup
    row = await town.vera.conversation()
    assert row.snoozed_until == until - until % MILLISECOND
    assert (row.waiting_since, (await town.vera.reach("staff")).state) == (None, "settled")
    assert await shown(town, "snoozed") == [row.number]
    assert len(await town.vera.events("snoozed")) == 1


async def test_an_answer_that_cannot_snooze_is_not_sent_either(town: Town) -> None:
    await town.vera.writes("The parcel is promised for Tuesday")
    with pytest.raises(BadInput, match="time to come"):
        await answers_and_snoozes(town, town.clock.now() - 1)
    assert await town.vera.said() == ["The parcel is promised for Tuesday"]


async def test_what_vera_wrote_meanwhile_is_not_laid_aside_unseen(town: Town) -> None:
    first = await town.vera.writes("The parcel is promised for Tuesday")
    await town.vera.writes("It came today!")
    with pytest.raises(Stale, match="shopper"):
        await answers_and_snoozes(town, town.clock.now() + DAY, seen=first.seq)
    assert (await town.vera.conversation()).snoozed_until is None


# --- who is told of it ---------------------------------------------------------------------------


async def test_while_it_is_snoozed_nobodys_phone_rings_for_it_and_at_its_time_the_ladder_goes_on(
    town: Town,
) -> None:
    await town.vera.writes("Is anybody there?")
    await town.tick(60)
    await snoozes_hers(town, 3 * HOUR)
    await town.tick(3 * 3_600 - 5)
    assert town.post.taken == []
    assert "the conversation is snoozed" in (await town.vera.why("staff")).sentence
    reach = await town.vera.reach("staff")
    assert (reach.state, reach.due_at) == (
        "waiting",
        (await town.vera.conversation()).snoozed_until,
    )
    await town.tick(10)
    await snoozes.wake_due(town.house)
    await town.tick(1)
    assert [letter.to for letter in town.post.taken] == [ADA_MAIL]


async def test_a_colleague_who_was_told_is_the_last_one_while_it_is_snoozed(town: Town) -> None:
    await town.vera.writes("Is anybody there?")
    await town.tick(125)
    assert [letter.to for letter in town.post.taken] == [ADA_MAIL]
    await snoozes_hers(town, DAY)
    await town.tick(3_600)
    assert [letter.to for letter in town.post.taken] == [ADA_MAIL]


async def test_vera_writes_again_and_the_ladder_begins_with_what_she_wrote(town: Town) -> None:
    await town.vera.writes("Is anybody there?")
    await snoozes_hers(town, DAY)
    await town.tick(3_600)
    assert town.post.taken == []
    await town.vera.writes("It is urgent now!")
    await town.tick(125)
    (notice,) = town.post.taken
    assert (notice.to, "urgent" in notice.words) == (ADA_MAIL, True)


async def test_ada_wakes_it_again_and_ben_is_told_after_her(town: Town) -> None:
    await town.vera.writes("Is anybody there?")
    await snoozes_hers(town, DAY)
    await town.tick(3_600)
    await acts(town, BulkAct(kind="snooze"), await town.vera.conversation())
    await town.tick(1)
    assert [letter.to for letter in town.post.taken] == [ADA_MAIL]
    await town.tick(601)
    assert [letter.to for letter in town.post.taken] == [ADA_MAIL, BEN_MAIL]


async def test_what_had_reached_nobody_is_left_alone_too_and_is_no_alarm_meanwhile(
    town: Town,
) -> None:
    await town.vera.writes("Is anybody there?")
    await town.tick(24 * 3_600)
    assert (await town.vera.conversation()).unreachable
    await snoozes_hers(town, HOUR)
    await town.tick(1)
    row = await town.vera.conversation()
    assert (row.unreachable, (await town.vera.reach("staff")).state) == (0, "waiting")
    await town.tick(3_601)
    assert (await town.vera.conversation()).unreachable


async def test_what_waits_for_vera_is_brought_to_her_all_the_same(town: Town) -> None:
    await town.vera.writes("The parcel is promised for Tuesday")
    await town.vera.leaves_mailbox(VERA_MAIL)
    await town.vera.leaves()
    await town.ada.answers("Then let us wait for Tuesday")
    await snoozes_hers(town, 2 * DAY)
    await town.tick(120)
    assert [letter.to for letter in town.post.taken] == [VERA_MAIL]
