"""Vera has the conversation sent to her mailbox: all that she may see of it, and nothing else."""

from __future__ import annotations

import re

import pytest

from gateway.clock import SECOND
from gateway.core.model import DeliveryState
from gateway.errors import BadInput, Conflict, NotFound, TooMany
from gateway.protocol.frames import Forms
from gateway.services import conversations, explain, forms, transcripts
from gateway.services.addresses import MOST_TRIES
from gateway.services.thread_links import thread_link
from gateway.store.tables import AddressRow, DeliveryRow
from tests.integration.town.building import Town
from tests.integration.town.outside import BASE_URL, KEY
from tests.integration.town.post_office import Letter
from tests.integration.town.test_merging import is_somebody_else, signs_in
from tests.integration.town.townspeople import VERA_MAIL

CODE = re.compile(r"\b([0-9]{6})\b")


async def offers(town: Town) -> None:
    await forms.put(town.house.store, KEY, {"transcript": True})


async def shown(town: Town) -> Forms:
    found = await forms.now(town.house, town.store_id, town.vera.shopper_id)
    assert found is not None
    return found


async def asks(town: Town, address_id: str) -> None:
    await transcripts.ask(town.house, town.store_id, town.vera.shopper_id, address_id)


async def talks(town: Town) -> str:
    """Vera and Ada wrote to each other, and Vera left a mailbox; returns the address's id."""
    await offers(town)
    await town.vera.returns()
    await town.vera.writes("Is the <b>blue</b> one back?")
    address_id = await town.vera.leaves_mailbox()
    await town.ada.answers("Yes, in 38.")
    await town.ada.answers("She bought the red one in May", note=True)
    await town.vera.sees()
    return address_id


async def proves(town: Town, address_id: str) -> None:
    """The code that came by mail, typed into the panel."""
    await asks(town, address_id)
    await town.tick()
    found = CODE.search(town.post.to(VERA_MAIL)[-1].words)
    assert found is not None
    await town.vera.types_code(address_id, found.group(1))


async def sent(town: Town) -> Letter:
    address_id = await talks(town)
    await proves(town, address_id)
    await asks(town, address_id)
    await town.tick()
    return town.post.to(VERA_MAIL)[-1]


def html_of(letter: Letter) -> str:
    body = letter.mail.get_body(("html",))
    assert body is not None
    return str(body.get_content())


async def test_a_typed_mailbox_is_proven_by_a_code_before_anything_is_sent_there(
    town: Town,
) -> None:
    address_id = await talks(town)
    await asks(town, address_id)
    await town.tick()
    (letter,) = town.post.to(VERA_MAIL)
    assert "blue" not in letter.words
    assert "is your code for the chat" in letter.words
    offered = (await shown(town)).transcript
    assert offered is not None
    assert (offered.address_id, offered.proven, offered.to) == (
        address_id,
        False,
        "v•••@shopper.example",
    )
    # Asked again while the code is under way, no second one goes out.
    await asks(town, address_id)
    await town.tick()
    assert len(town.post.to(VERA_MAIL)) == 1


async def test_the_transcript_has_every_message_and_no_note(town: Town) -> None:
    letter = await sent(town)
    html = html_of(letter)
    for words in ("Yes, in 38.", "blue"):
        assert words in letter.words
        assert words in html
    assert "red one" not in letter.words + html
    assert "&lt;b&gt;blue&lt;/b&gt;" in html
    assert "<b>blue</b>" not in html
    assert letter.head("Subject") == "Our conversation #1 at Acme"
    assert letter.head("Auto-Submitted") == "auto-replied"
    assert town.ada.mailbox not in letter.words + html
    assert town.ada.phone not in letter.words + html


async def test_it_is_a_delivery_of_its_own_that_says_who_asked(town: Town) -> None:
    await sent(town)
    row = (await town.vera.deliveries())[-1]
    assert (row.form, row.state, row.seqs, row.channel) == (
        "transcript",
        "accepted",
        "[]",
        "email",
    )
    assert "blue" not in row.content
    assert row.decision_id is not None
    why = await explain.decision(town.house, town.store_id, row.decision_id)
    assert why.sentence == (
        "Goes by e-mail to v•••@shopper.example because Shopper #1 asked for the whole"
        " conversation."
    )
    assert await town.vera.events("carried") == []


async def test_once_in_ten_minutes_is_enough(town: Town) -> None:
    await sent(town)
    offered = (await shown(town)).transcript
    assert offered is not None
    assert offered.sent_at is not None
    assert offered.address_id is not None
    with pytest.raises(TooMany, match="ten minutes"):
        await asks(town, offered.address_id)
    town.clock.move_ahead(transcripts.SPACING)
    await asks(town, offered.address_id)
    await town.tick()
    assert len(town.post.to(VERA_MAIL)) == 3


async def test_her_answer_to_it_joins_the_conversation(town: Town) -> None:
    letter = await sent(town)
    await town.answers_mail(letter, "And in 39?")
    await town.tick()
    assert (await town.vera.said())[-1] == "And in 39?"


async def test_a_copied_transcript_says_nothing_to_whoever_else_answers_it(town: Town) -> None:
    """Without the token in the address the reference alone leads there, and it was not theirs."""
    letter = await sent(town)
    await town.answers_mail(letter, "Let me in", sender="mallory@else.example")
    await town.tick()
    assert "Let me in" not in await town.vera.said()


async def test_nobody_else_can_have_it_sent(town: Town) -> None:
    address_id = await talks(town)
    ben = await town.shopper()
    await ben.writes("Hello")
    with pytest.raises(NotFound):
        await transcripts.ask(town.house, town.store_id, ben.shopper_id, address_id)


async def test_an_address_that_said_stop_gets_none(town: Town) -> None:
    await town.answers_mail(await sent(town), "STOP")
    await town.tick()
    town.clock.move_ahead(transcripts.SPACING)
    rows = await town.rows(AddressRow)
    (address_id,) = [row.address_id for row in rows if row.value == VERA_MAIL]
    with pytest.raises(BadInput, match="asked us to stop"):
        await asks(town, address_id)
    offered = (await shown(town)).transcript
    assert offered is not None
    assert offered.address_id is None


async def test_an_agent_sends_it_to_a_proven_mailbox_alone(town: Town) -> None:
    address_id = await talks(town)
    row = await town.vera.conversation()
    name = (row.store_id, row.conversation_id, town.ada.agent_id)
    with pytest.raises(Conflict, match="no proven"):
        await transcripts.send(town.house, *name)
    await proves(town, address_id)
    assert await transcripts.send(town.house, *name) == "v•••@shopper.example"
    await town.tick()
    assert "Yes, in 38." in town.post.to(VERA_MAIL)[-1].words
    delivery = (await town.vera.deliveries())[-1]
    why = await explain.decision(town.house, town.store_id, delivery.decision_id or "")
    assert "because Ada asked for the whole conversation to be sent" in why.sentence
    with pytest.raises(TooMany):
        await transcripts.send(town.house, *name)


async def test_what_was_not_taken_is_tried_again_as_it_is_then(town: Town) -> None:
    address_id = await talks(town)
    await proves(town, address_id)
    town.post.says("451 4.3.0 Try again")
    await asks(town, address_id)
    await town.tick()
    assert (await town.vera.deliveries())[-2].state == DeliveryState.DEFERRED
    await town.ada.answers("It is on the shelf.")
    await town.vera.sees()
    await town.tick(60)
    assert "It is on the shelf." in town.post.to(VERA_MAIL)[-1].words
    found = [each for each in await town.rows(DeliveryRow) if each.form == "transcript"]
    assert len({each.decision_id for each in found}) == 1


async def test_its_button_opens_the_conversation(town: Town) -> None:
    letter = await sent(town)
    row = (await town.vera.deliveries())[-1]
    link = thread_link(
        BASE_URL,
        KEY,
        town.house.secrets[0],
        store_id=town.store_id,
        delivery_id=row.delivery_id,
    )
    assert link in letter.words
    page = await town.web.get(link.removeprefix(BASE_URL))
    assert page.status_code == 200


async def test_it_can_be_asked_for_after_the_end_too(town: Town) -> None:
    address_id = await talks(town)
    await proves(town, address_id)
    row = await town.vera.conversation()
    await conversations.resolve(town.house, row.store_id, row.conversation_id, town.ada.agent_id)
    town.clock.move_ahead(3_600 * SECOND)
    await asks(town, address_id)
    await town.tick()
    assert "Yes, in 38." in town.post.to(VERA_MAIL)[-1].words
    assert (await town.vera.conversation()).state == "resolved"


async def test_a_code_that_was_mistyped_too_often_is_followed_by_another(town: Town) -> None:
    address_id = await talks(town)
    await asks(town, address_id)
    await town.tick()
    for _ in range(MOST_TRIES):
        with pytest.raises(BadInput, match="not the code"):
            await town.vera.types_code(address_id, "0000")
    await proves(town, address_id)
    assert len(town.post.to(VERA_MAIL)) == 2


async def test_what_waits_for_the_mail_server_does_not_go_to_somebody_else_meanwhile(
    town: Town,
) -> None:
    await offers(town)
    await town.vera.writes("Is the blue one back?")
    row = await town.vera.conversation()
    mila = await town.shopper()
    await mila.writes("Where is my parcel?")
    going = await mila.conversation()
    address_id = await mila.leaves_mailbox()
    await transcripts.ask(town.house, town.store_id, mila.shopper_id, address_id)
    await town.tick()
    code = CODE.search(town.post.to(VERA_MAIL)[-1].words)
    assert code is not None
    await mila.types_code(address_id, code.group(1))
    await signs_in(town, mila)
    await transcripts.send(town.house, row.store_id, row.conversation_id, town.ada.agent_id)
    await is_somebody_else(town, going)
    await town.tick()
    assert len(town.post.to(VERA_MAIL)) == 1
    (found,) = [each for each in await town.rows(DeliveryRow) if each.form == "transcript"]
    assert found.state == DeliveryState.WITHDRAWN
