"""Ada writes now what shall be sent later: it goes once, unless somebody wrote since."""

from __future__ import annotations

import asyncio
import json

import pytest

from gateway.clock import DAY, HOUR, MILLISECOND, MINUTE
from gateway.errors import BadInput, CmidConflict, Conflict, Forbidden
from gateway.files.shelf import Kept
from gateway.protocol.frames import Later, Wish
from gateway.services import (
    attachments,
    changing,
    conversations,
    feed,
    merging,
    scheduled_sends,
    scheduling,
)
from gateway.services.scheduling import Wanted, frame_of
from gateway.store.attachments import ids_of
from gateway.store.tables import AttachmentRow, DraftRow, MentionRow, ScheduledRow
from gateway.store.tx import Tx
from tests.integration.town.building import Town
from tests.integration.town.leaving import vera_asks_and_leaves
from tests.integration.town.townspeople import VERA_PHONE, Agent, Shopper

WORDS = "Did the blue ones fit?"


def after(town: Town, span: int) -> int:
    return (town.clock.now() + span) // MILLISECOND


async def schedules(
    town: Town,
    words: str = WORDS,
    *,
    span: int = 2 * HOUR,
    whom: Shopper | None = None,
    cmid: str | None = None,
    resolves: bool = False,
    wish: Wish | None = None,
    files: tuple[str, ...] = (),
) -> str:
    row = await (whom or town.vera).conversation()
    return await scheduling.schedule(
        town.house,
        row.store_id,
        row.conversation_id,
        town.ada.agent_id,
        Wanted(body=words, due_at=after(town, span), seen_seq=row.last_seq, resolves=resolves),
        cmid=cmid or town.cmid(),
        wish=wish,
        attachments=files,
    )


async def shown(town: Town) -> list[Later]:
    row = await town.vera.conversation()
    return (await town.read(lambda tx: frame_of(tx, row))).messages


async def changes(
    town: Town, scheduled_id: str, words: str, *, span: int = HOUR, by: Agent | None = None
) -> None:
    row = await town.vera.conversation()
    await scheduling.change(
        town.house,
        row.store_id,
        scheduled_id,
        (by or town.ada).agent_id,
        Wanted(body=words, due_at=after(town, span), seen_seq=row.last_seq),
    )


async def sends_now(town: Town, scheduled_id: str, *, by: Agent | None = None) -> None:
    row = await town.vera.conversation()
    agent = by or town.ada
    await scheduling.send_now(
        town.house, row.store_id, scheduled_id, agent.agent_id, seen_seq=row.last_seq
    )


async def test_what_ada_wrote_for_later_is_no_entry_before_its_time_and_one_after(
    town: Town,
) -> None:
    await town.vera.writes("They came, thank you.")
    await schedules(town)
    await town.tick(2 * 3_600 - 60)
    assert await town.vera.said() == ["They came, thank you."]
    (waiting,) = await shown(town)
    assert (waiting.body, waiting.agent, waiting.state) == (WORDS, "Ada", "waiting")
    await town.tick(120)
    assert await town.vera.said() == ["They came, thank you.", WORDS]
    assert await shown(town) == []
    sent = (await town.vera.entries())[-1]
    assert (sent.author_id, sent.kind) == (town.ada.agent_id, "message")
    assert "scheduled_at" in town.data_of(sent)
    # The answer answers: nobody is rung for what it was written to.
    assert (await town.vera.reach("staff")).state == "settled"


async def test_it_reaches_vera_who_is_away_like_any_answer(town: Town) -> None:
    await vera_asks_and_leaves(town)
    await schedules(town, span=HOUR)
    await town.tick(3_600)
    assert len(town.carrier.to(VERA_PHONE)) == 1
    await town.tick(600)
    assert WORDS in town.carrier.to(VERA_PHONE)[-1]


async def test_however_many_workers_try_it_is_sent_once(town: Town) -> None:
    await town.vera.writes("They came, thank you.")
    await schedules(town)
    town.clock.move_ahead(3 * HOUR)
    await asyncio.gather(*(scheduled_sends.send_due(town.house) for _ in range(5)))
    assert (await town.vera.said()).count(WORDS) == 1


async def test_a_gateway_that_was_down_at_its_time_sends_it_when_it_is_back(town: Town) -> None:
    await town.vera.writes("They came, thank you.")
    await schedules(town, span=10 * MINUTE)
    await town.restarts(silent=True, away=3_600)
    await town.tick(1)
    assert (await town.vera.said()).count(WORDS) == 1


async def test_the_same_request_again_is_the_same_message_even_after_it_was_sent(
    town: Town,
) -> None:
    await town.vera.writes("They came, thank you.")
    first = await schedules(town, cmid="later-000001", span=HOUR)
    assert await schedules(town, cmid="later-000001", span=HOUR) == first
    assert len(await town.rows(ScheduledRow)) == 1
    await town.tick(2 * 3_600)
    assert await schedules(town, cmid="later-000001", span=HOUR) == first
    assert (await town.vera.said()).count(WORDS) == 1


async def test_when_vera_writes_meanwhile_it_is_held_and_ada_is_told(town: Town) -> None:
    await town.vera.writes("They came, thank you.")
    row = await town.vera.conversation()
    console = await town.follows("staff", town.ada.agent_id, row.conversation_id)
    await schedules(town)
    await town.vera.writes("They are too small!")
    await town.tick(3 * 3_600)
    assert WORDS not in await town.vera.said()
    (held,) = await shown(town)
    assert (held.state, held.because) == ("held", "shopper")
    (event,) = await town.vera.events("held")
    assert event.audience == "staff"
    told = json.loads(await console.until('"mentioned"'))
    assert (told["about"], told["seq"]) == ("held", event.seq)
    (mention,) = await town.rows(MentionRow)
    assert (mention.agent_id, mention.seen_at) == (town.ada.agent_id, None)


async def test_what_was_held_goes_once_ada_has_looked_and_wants_it_all_the_same(
    town: Town,
) -> None:
    await town.vera.writes("They came, thank you.")
    later = await schedules(town)
    await town.vera.writes("They are too small!")
    await town.tick(3 * 3_600)
    await sends_now(town, later)
    await town.tick(1)
    assert (await town.vera.said())[-1] == WORDS
    with pytest.raises(Conflict, match="sent already"):
        await scheduling.cancel(town.house, town.store_id, later, town.ada.agent_id)


async def test_an_answer_of_bens_holds_it_too_and_one_of_adas_own_does_not(town: Town) -> None:
    await town.vera.writes("They came, thank you.")
    await schedules(town)
    await town.ada.answers("Glad to hear it.")
    await schedules(town, "And the laces?")
    await town.tick(3 * 3_600)
    assert (await town.vera.said())[-2:] == [WORDS, "And the laces?"]
    await schedules(town, "One more thing.")
    await town.ben.answers("I am Ben.")
    await town.tick(3 * 3_600)
    (held,) = await shown(town)
    assert (held.body, held.because) == ("One more thing.", "colleague")


async def test_ada_changes_words_and_time_and_ben_may_only_cancel(town: Town) -> None:
    await town.vera.writes("They came, thank you.")
    later = await schedules(town, "Did teh blue ones fit?", span=10 * HOUR)
    with pytest.raises(Forbidden):
        await changes(town, later, "Mine now.", by=town.ben)
    with pytest.raises(Forbidden):
        await sends_now(town, later, by=town.ben)
    await changes(town, later, WORDS)
    await town.tick(2 * 3_600)
    assert (await town.vera.said())[-1] == WORDS


async def test_what_ben_cancels_is_adas_draft_again(town: Town) -> None:
    await town.vera.writes("They came, thank you.")
    later = await schedules(town)
    await scheduling.cancel(town.house, town.store_id, later, town.ben.agent_id)
    (draft,) = await town.rows(DraftRow)
    assert (draft.agent_id, draft.body) == (town.ada.agent_id, WORDS)
    await town.tick(3 * 3_600)
    assert WORDS not in await town.vera.said()
    with pytest.raises(Conflict, match="cancelled"):
        await changes(town, later, "After all.")


async def test_it_opens_a_resolved_conversation_again_or_resolves_an_open_one(town: Town) -> None:
    await town.vera.writes("They came, thank you.")
    await schedules(town, span=HOUR)
    row = await town.vera.conversation()
    await conversations.resolve(town.house, row.store_id, row.conversation_id, town.ada.agent_id)
    await town.tick(2 * 3_600)
    assert (await town.vera.conversation()).state == "open"
    await schedules(town, "Bye!", span=HOUR, resolves=True)
    await town.tick(2 * 3_600)
    row = await town.vera.conversation()
    assert (row.state, (await town.vera.said())[-1]) == ("resolved", "Bye!")


async def test_a_wish_that_cannot_be_followed_any_more_holds_it_with_the_reason(
    town: Town,
) -> None:
    await town.vera.writes("They came, thank you.")
    await schedules(town, wish=Wish(kind="now", address_id="nobodys"))
    await town.tick(3 * 3_600)
    assert WORDS not in await town.vera.said()
    (held,) = await shown(town)
    assert (held.state, held.because) == ("held", "refused")
    assert held.why


async def test_what_was_to_be_said_in_a_thread_that_went_on_elsewhere_is_held_there(
    town: Town,
) -> None:
    await town.vera.writes("They came, thank you.")
    other = await town.shopper()
    await other.writes("It is me, at work.")
    await schedules(town, whom=other)
    await town.house.change(
        lambda change: merging.merge(
            change, town.store_id, elder=town.vera.shopper_id, younger=other.shopper_id
        )
    )
    await town.tick(3 * 3_600)
    (held,) = await shown(town)
    assert (held.state, held.because, held.body) == ("held", "refused", WORDS)


async def test_its_files_wait_with_it_and_go_with_it(town: Town) -> None:
    await town.vera.writes("Which size is it?")
    kept = Kept(
        digest="0" * 64,
        small=None,
        name="sizes.pdf",
        kind="application/pdf",
        size=9,
        width=None,
        height=None,
    )
    owner = attachments.by_agent(town.ada.agent_id)
    chart = await town.house.store.write(
        lambda tx: attachments.add(tx, town.store_id, owner, kept).attachment_id
    )
    await schedules(town, "Here is the chart.", span=5 * DAY, files=(chart,))
    await town.tick(3 * 24 * 3_600)
    await attachments.sweep(town.house)
    assert len(await town.rows(AttachmentRow)) == 1
    await town.tick(3 * 24 * 3_600)
    assert ids_of((await town.vera.entries())[-1]) == [chart]


async def test_an_instant_that_is_past_or_far_away_is_refused(town: Town) -> None:
    await town.vera.writes("They came, thank you.")
    for span in (-HOUR, 31 * DAY):
        with pytest.raises(BadInput, match="30 days"):
            await schedules(town, span=span)
    assert await town.rows(ScheduledRow) == []


async def test_every_console_that_shows_the_thread_shows_what_waits(town: Town) -> None:
    await town.vera.writes("They came, thank you.")
    row = await town.vera.conversation()
    console = await town.follows("staff", town.ben.agent_id, row.conversation_id)
    await schedules(town)
    await feed.refresh(town.house, row.store_id, row.conversation_id)
    assert WORDS in await console.until('"scheduled"')


async def test_what_vera_wrote_while_ada_pressed_send_now_is_not_answered_unseen(
    town: Town,
) -> None:
    await town.vera.writes("They came, thank you.")
    later = await schedules(town)
    seen = (await town.vera.conversation()).last_seq
    await town.vera.writes("They are too small!")
    await scheduling.send_now(town.house, town.store_id, later, town.ada.agent_id, seen_seq=seen)
    await town.tick(1)
    (held,) = await shown(town)
    assert (held.state, held.because) == ("held", "shopper")
    assert (await town.vera.reach("staff")).state != "settled"


async def test_one_that_nobody_can_send_is_held_and_stands_before_no_other(town: Town) -> None:
    walt = await town.shopper()
    for who in (town.vera, walt):
        await who.writes("They came, thank you.")
    broken = await schedules(town, span=HOUR)

    def breaks(tx: Tx) -> None:
        row = tx.session.get(ScheduledRow, (town.store_id, broken))
        assert row is not None
        row.wish = "no wish at all"
        tx.session.add(row)

    await town.house.store.write(breaks)
    await schedules(town, span=2 * HOUR, whom=walt)
    town.clock.move_ahead(3 * HOUR)
    await scheduled_sends.send_due(town.house)
    assert WORDS in await walt.said()
    (held,) = await shown(town)
    assert (held.state, held.because, held.body) == ("held", "refused", WORDS)
    assert held.why


async def test_what_was_sent_at_once_under_its_cmid_is_not_sent_again(town: Town) -> None:
    await town.vera.writes("They came, thank you.")
    await schedules(town, cmid="later-000001", span=HOUR)
    await schedules(town, "And the laces?", cmid="later-000002", span=HOUR)
    await town.ada.answers(WORDS, cmid="later-000001")
    await town.ada.answers("Never mind the laces.", cmid="later-000002")
    await town.tick(2 * 3_600)
    assert (await town.vera.said())[1:] == [WORDS, "Never mind the laces."]
    (held,) = await shown(town)
    assert (held.body, held.because) == ("And the laces?", "refused")
    with pytest.raises(CmidConflict):
        await schedules(town, "Something else", cmid="later-000001")
    await town.ada.answers("One more thing.", cmid="later-000003")
    with pytest.raises(CmidConflict):
        await schedules(town, "One more thing.", cmid="later-000003")


async def test_a_cmid_that_was_cancelled_or_had_other_words_keeps_nothing_in_silence(
    town: Town,
) -> None:
    await town.vera.writes("They came, thank you.")
    later = await schedules(town, cmid="later-000001")
    with pytest.raises(CmidConflict):
        await schedules(town, "Something else", cmid="later-000001")
    await scheduling.cancel(town.house, town.store_id, later, town.ada.agent_id)
    with pytest.raises(CmidConflict):
        await schedules(town, cmid="later-000001")


async def test_what_was_sent_and_taken_back_is_kept_nowhere(town: Town) -> None:
    await town.vera.writes("They came, thank you.")
    await schedules(town, span=HOUR)
    await town.tick(3_600)
    row = await town.vera.conversation()
    sent = (await town.vera.entries())[-1]
    assert sent.body == WORDS
    await changing.take_back(
        town.house, row.store_id, row.conversation_id, town.ada.agent_id, seq=sent.seq
    )
    assert [each.body for each in await town.rows(ScheduledRow)] == [""]
