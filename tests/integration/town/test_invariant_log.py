"""No echo, and the log says it all (invariants 11 and 12)."""

from __future__ import annotations

from dataclasses import replace

from gateway.core.log import Entry, fold
from gateway.services import conversations
from gateway.store.tables import ConversationRow
from tests.behaviours import behaviour
from tests.integration.town.building import ADA_MAIL, MAILBOX, Town
from tests.integration.town.checker import folded_entry
from tests.integration.town.letters import bounce, mail
from tests.integration.town.townspeople import VERA_MAIL, VERA_PHONE

OUT_OF_OFFICE = {
    "Auto-Submitted": "auto-replied",
    "X-Autoreply": "yes",
    "Subject": "Automatic reply: out of office",
}


async def vera_was_mailed(town: Town) -> None:
    await town.vera.writes("Is the blue one back?")
    await town.vera.leaves_mailbox()
    await town.vera.leaves()
    await town.ada.answers("Yes, in 38.")
    await town.tick(40)


# --- 11. no echo ---------------------------------------------------------------------------------


@behaviour(20)
async def test_an_automatic_reply_is_no_message_settles_nothing_and_is_not_answered(
    town: Town,
) -> None:
    await vera_was_mailed(town)
    (letter,) = town.post.to(VERA_MAIL)
    before = await town.vera.reach("staff")
    for _ in range(3):
        await town.answers_mail(letter, "I am away until Monday.", **OUT_OF_OFFICE)
        await town.tick(1_000)
    assert await town.vera.said() == ["Is the blue one back?", "Yes, in 38."]
    assert (await town.vera.reach("staff")).head_seq == before.head_seq
    assert [row.state for row in await town.vera.deliveries()] == ["accepted"]
    assert len(town.post.taken) == 1


@behaviour(20)
async def test_an_automatic_reply_to_a_resolved_conversation_leaves_it_resolved(
    town: Town,
) -> None:
    await vera_was_mailed(town)
    row = await town.vera.conversation()
    await conversations.resolve(town.house, row.store_id, row.conversation_id, town.ada.agent_id)
    await town.answers_mail(town.post.to(VERA_MAIL)[0], "I am away.", **OUT_OF_OFFICE)
    await town.mail_in(mail("I am away.", From=VERA_MAIL, **OUT_OF_OFFICE), MAILBOX)
    await town.tick(1)
    assert [each.state for each in await town.rows(ConversationRow)] == ["resolved"]


async def test_adas_automatic_reply_is_no_answer_to_vera(town: Town) -> None:
    await town.vera.writes("Is anybody there?")
    await town.tick(130)
    await town.answers_mail(town.post.to(ADA_MAIL)[0], "I am on holiday.", **OUT_OF_OFFICE)
    await town.tick(600)
    assert await town.vera.said() == ["Is anybody there?"]
    assert len(town.post.taken) == 2  # Ben is told all the same


async def test_a_bounce_is_a_receipt_and_no_message(town: Town) -> None:
    await vera_was_mailed(town)
    (letter,) = town.post.to(VERA_MAIL)
    for _ in range(2):
        await town.mail_in(bounce(letter), letter.back, sender="")
        await town.tick(1)
    assert await town.vera.said() == ["Is the blue one back?", "Yes, in 38."]
    assert [row.state for row in await town.vera.deliveries()] == ["bounced"]
    assert len(await town.rows(ConversationRow)) == 1


async def test_a_forged_bounce_for_somebody_elses_mail_changes_nothing(town: Town) -> None:
    await vera_was_mailed(town)
    (letter,) = town.post.to(VERA_MAIL)
    forged = replace(letter, back=f"b+{'0' * 42}@acme.example")
    await town.mail_in(bounce(forged), forged.back, sender="")
    await town.tick(1)
    assert [row.state for row in await town.vera.deliveries()] == ["accepted"]


# --- 12. fold(log) == conversation row -----------------------------------------------------------


async def test_the_log_folds_to_the_row_at_every_step_of_a_long_conversation(town: Town) -> None:
    async def agrees() -> None:
        row = await town.vera.conversation()
        told = fold(folded_entry(entry) for entry in await town.vera.entries())
        sent = await town.vera.deliveries() + await town.vera.deliveries("staff")
        assert (told.state, told.resolved_at, told.assignee_id, told.last_seq, told.last_all) == (
            row.state,
            row.resolved_at,
            row.assignee_id,
            row.last_seq,
            row.last_all,
        )
        assert told.deliveries == {each.delivery_id: each.state for each in sent}

    await town.vera.writes("Is the blue one back?")
    await agrees()
    await town.tick(130)
    await agrees()
    row = await town.vera.conversation()
    ids = (town.house, row.store_id, row.conversation_id)
    await conversations.assign(*ids, town.ada.agent_id, town.ben.agent_id)
    await agrees()
    await town.vera.proves_number()
    await town.vera.leaves()
    await town.ada.answers("Yes, in 38.")
    await town.look(after=31)
    await agrees()
    await town.tick(1)
    await town.receipt(town.carrier.taken[-1], "delivered")
    await agrees()
    await conversations.assign(*ids, town.ada.agent_id, None)
    await conversations.resolve(*ids, town.ada.agent_id)
    await agrees()
    await conversations.reopen(*ids, town.ben.agent_id)
    await agrees()
    await conversations.resolve(*ids, town.ben.agent_id)
    await town.text_in(VERA_PHONE, "One more thing")
    await agrees()
    assert (await town.vera.conversation()).state == "open"


@behaviour(41)
async def test_an_erasure_of_every_word_leaves_seqs_and_fold_as_they_were(town: Town) -> None:
    await vera_was_mailed(town)
    log = await town.vera.entries()
    for entry in log:
        entry.body = None
    told = fold(folded_entry(entry) for entry in log)
    assert told == fold(folded_entry(entry) for entry in await town.vera.entries())
    assert told.last_seq == len(log)
    assert "body" not in Entry.__slots__
