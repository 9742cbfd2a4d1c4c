"""What the store asks Vera before or after she writes, and what it makes of her answers."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from gateway.clock import HOUR
from gateway.errors import BadForms, BadInput, NotFound, TooMany
from gateway.protocol.frames import Forms
from gateway.services import conversations, feed, forms, merging
from gateway.services.forms import MOST_ANSWERS
from gateway.services.house import Change
from gateway.store import people
from gateway.store.tables import FormAnswerRow, FormsRow
from tests.integration.town.building import Town
from tests.integration.town.outside import KEY
from tests.integration.town.test_merging import signs_in

ORDER = {"id": "order", "kind": "text", "ask": "Which order is it?", "again": True}
TOPIC = {
    "id": "topic",
    "kind": "choice",
    "ask": {"en": "What is it about?", "de": "Worum geht es?"},
    "choices": [{"en": "Returns", "de": "Retoure"}, {"en": "Other", "de": "Anderes"}],
    "needed": True,
}
MAIL = {"id": "mail", "kind": "email", "ask": "Where can we write to?"}


async def asks(town: Town, *questions: Mapping[str, object]) -> None:
    await forms.put(town.house.store, KEY, {"questions": list(questions)})


async def shown(town: Town) -> Forms:
    found = await forms.now(town.house, town.store_id, town.vera.shopper_id)
    assert found is not None
    return found


async def left(town: Town) -> list[str]:
    """The questions that Vera still has before her."""
    return [each.id for each in (await shown(town)).questions]


async def answers(town: Town, question: str, typed: str | None) -> None:
    await forms.answer(town.house, town.store_id, town.vera.shopper_id, question, typed)


async def resolves(town: Town) -> None:
    row = await town.vera.conversation()
    await conversations.resolve(town.house, row.store_id, row.conversation_id, town.ada.agent_id)


async def test_a_wrong_document_names_its_field_and_the_old_one_stays(town: Town) -> None:
    await asks(town, ORDER)
    with pytest.raises(BadForms, match=r"questions\[0\]\.kind must be one of") as wrong:
        await asks(town, {**ORDER, "kind": "essay"})
    assert wrong.value.details["field"] == "questions[0].kind"
    assert await left(town) == ["order"]
    (kept,) = await town.rows(FormsRow)
    assert kept.version == 1


async def test_every_version_is_kept_and_the_newest_is_in_force(town: Town) -> None:
    await asks(town, ORDER)
    await asks(town, TOPIC)
    assert [row.version for row in await town.rows(FormsRow)] == [1, 2]
    assert await left(town) == ["topic"]
    found = await forms.shown(town.house.store, KEY)
    assert found["questions"] == [{**TOPIC, "again": False}]


async def test_answers_are_asked_for_one_after_the_other_and_kept(town: Town) -> None:
    await asks(town, ORDER, TOPIC)
    assert await left(town) == ["order", "topic"]
    await answers(town, "order", "  A-1042 \n")
    assert await left(town) == ["topic"]
    await answers(town, "topic", "Returns")
    assert await left(town) == []
    kept = {row.question_id: row.value for row in await town.rows(FormAnswerRow)}
    assert kept == {"order": "A-1042", "topic": "Returns"}


async def test_a_german_shopper_is_asked_in_german_and_the_agent_reads_one_language(
    town: Town,
) -> None:
    await asks(town, TOPIC)
    await town.house.store.write(
        lambda tx: people.speaks(tx, town.store_id, town.vera.shopper_id, "de-AT")
    )
    (question,) = (await shown(town)).questions
    assert (question.ask, question.choices) == ("Worum geht es?", ["Retoure", "Anderes"])
    assert (await shown(town)).words["skip"] == "Überspringen"
    await answers(town, "topic", "Retoure")
    (kept,) = await town.rows(FormAnswerRow)
    assert (kept.asked, kept.value) == ("What is it about?", "Returns")


async def test_a_wrong_answer_says_what_is_wrong_and_nothing_is_lost(town: Town) -> None:
    await asks(town, ORDER, TOPIC)
    await answers(town, "order", "A-1042")
    for typed, words in ((None, "please answer"), ("Refunds", "pick one"), (" ", "write")):
        with pytest.raises(BadInput, match=words):
            await answers(town, "topic", typed)
    with pytest.raises(NotFound):
        await answers(town, "shoe_size", "38")
    assert await left(town) == ["topic"]
    (kept,) = await town.rows(FormAnswerRow)
    assert kept.value == "A-1042"


async def test_who_would_rather_not_say_is_not_asked_again(town: Town) -> None:
    await asks(town, ORDER)
    await answers(town, "order", None)
    assert await left(town) == []


async def test_a_message_is_taken_whatever_is_unanswered(town: Town) -> None:
    await asks(town, TOPIC)
    await town.vera.writes("Is the blue one back?")
    assert await town.vera.said() == ["Is the blue one back?"]
    assert await left(town) == ["topic"]


async def test_a_mailbox_is_left_with_consent_and_that_answers_the_question(
    town: Town,
) -> None:
    await asks(town, MAIL)
    with pytest.raises(BadInput, match="leave this as an address"):
        await answers(town, "mail", "vera@shopper.example")
    await town.vera.writes("Is the blue one back?")
    await town.vera.leaves_mailbox()
    assert await left(town) == []
    assert await town.rows(FormAnswerRow) == []


async def test_some_questions_are_asked_anew_in_the_next_conversation(town: Town) -> None:
    await asks(town, ORDER, TOPIC)
    await town.vera.writes("Is the blue one back?")
    await answers(town, "order", "A-1042")
    await answers(town, "topic", "Returns")
    await resolves(town)
    # What she writes now would still belong to the same matter.
    assert await left(town) == []
    town.clock.move_ahead(30 * 24 * HOUR)
    assert await left(town) == ["order"]


async def test_agents_see_the_answers_beside_the_conversation(town: Town) -> None:
    await asks(town, ORDER, TOPIC)
    await answers(town, "order", "<i>A-1042</i>")
    await town.vera.writes("Is the blue one back?")
    row = await town.vera.conversation()
    console = await town.follows("staff", town.ada.agent_id, row.conversation_id)
    await answers(town, "topic", "Other")
    await feed.refresh(town.house, row.store_id, row.conversation_id)
    frame = json.loads(await console.until('"t":"shopper"'))
    told = [(each["asked"], each["value"]) for each in frame["shopper"]["answers"]]
    assert told == [("What is it about?", "Other"), ("Which order is it?", "<i>A-1042</i>")]


async def test_more_answers_than_a_person_gives_are_refused(town: Town) -> None:
    await asks(town, ORDER)
    for _ in range(MOST_ANSWERS):
        await answers(town, "order", "A-1042")
    with pytest.raises(TooMany):
        await answers(town, "order", "A-1042")


async def test_the_forms_are_told_over_the_socket_and_to_every_tab(town: Town) -> None:
    await asks(town, ORDER)
    await town.vera.writes("Is the blue one back?")
    tab = await town.vera.tab()
    await answers(town, "order", "A-1042")
    await forms.tell_tabs(town.house, town.store_id, town.vera.shopper_id)
    frame = json.loads(await tab.until('"t":"forms"'))
    assert (frame["questions"], frame["before"]) == ([], True)


async def test_a_store_that_takes_its_forms_away_says_so_to_an_open_panel(town: Town) -> None:
    assert await forms.now(town.house, town.store_id, town.vera.shopper_id) is None
    await asks(town, ORDER)
    assert await left(town) == ["order"]
    await forms.put(town.house.store, KEY, {})
    # One that is opened now has nothing to take back, and fetches nothing for it.
    who = (town.store_id, town.vera.shopper_id)
    opened = await town.house.store.read(lambda tx: forms.now_in(tx, *who, shown=False))
    assert opened is None
    found = await shown(town)
    assert (found.questions, found.rating, found.transcript, found.offline) == (
        [],
        None,
        None,
        False,
    )


async def test_what_was_answered_before_a_merge_is_not_asked_again(town: Town) -> None:
    await asks(town, ORDER)
    phone = await town.shopper()
    await forms.answer(town.house, town.store_id, phone.shopper_id, "order", "A-7")
    both = (town.vera.shopper_id, phone.shopper_id)

    def merge(change: Change) -> None:
        merging.merge(change, town.store_id, elder=both[0], younger=both[1])

    await town.house.change(merge, on=both)
    assert await left(town) == []
    # Her other browser may not know yet who she is by now.
    await forms.answer(town.house, town.store_id, phone.shopper_id, "order", "A-8")
    told = await town.read(lambda tx: forms.answers_of(tx, town.store_id, both[0]))
    assert [each.value for each in told] == ["A-8"]


async def test_a_thread_that_goes_on_in_another_has_not_ended(town: Town) -> None:
    await asks(town, ORDER)
    await town.vera.writes("Is the blue one back?")
    phone = await town.shopper()
    await phone.writes("In 38, please")
    await forms.answer(town.house, town.store_id, phone.shopper_id, "order", "A-7")
    town.clock.move_ahead(HOUR)
    await signs_in(town, phone)
    assert await left(town) == []
