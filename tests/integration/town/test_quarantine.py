"""Mails that were set aside: seen, read again, or let go; on each kind of database."""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from gateway.clock import MINUTE
from gateway.errors import NotFound
from gateway.files.child import Child
from gateway.services import mails, quarantine
from gateway.services.quarantine import SetAside
from gateway.store.tables import InboundRow
from tests.integration.town.building import MAILBOX, Town
from tests.integration.town.letters import mail
from tests.integration.town.townspeople import VERA_MAIL


async def set_aside(town: Town, words: str = "Is the blue one back?") -> SetAside:
    """Vera writes while the reader is broken, and three tries later her mail is put away."""
    raw = mail(words, From=VERA_MAIL, To=MAILBOX, Subject="Shoes")
    await town.mail_in(raw, MAILBOX)
    broken = Child("tests.no_such_reader")
    for _ in range(mails.MOST_ATTEMPTS):
        await mails.read_due(town.house, broken)
        town.clock.move_ahead(2 * MINUTE)
    await broken.aclose()
    found = await quarantine.listed(town.house.store)
    return found[-1]


async def test_what_was_set_aside_is_told_without_saying_whose_it_is(town: Town) -> None:
    found = await set_aside(town)
    (row,) = await town.rows(InboundRow)
    assert (found.store, found.sender) == ("Acme", "v•••@shopper.example")
    assert (found.attempts, found.size) == (3, len(row.raw))
    assert found.why == "reading it failed three times"
    assert VERA_MAIL not in str(found)
    assert found.came_at == row.received_at


async def test_a_released_mail_becomes_veras_message_once_it_can_be_read(town: Town) -> None:
    found = await set_aside(town)
    with capture_logs() as logs:
        await quarantine.release(town.house.store, found.name)
    (said,) = [each for each in logs if each["event"] == "quarantine.released"]
    assert (said["by"], said["mail"]) == ("operator", found.name)
    assert VERA_MAIL not in str(logs)
    (row,) = await town.rows(InboundRow)
    assert (row.state, row.attempts, row.outcome) == ("stored", 0, "")
    await town.tick(1)
    (message,) = await town.messages()
    assert message.body == "Is the blue one back?"
    assert await quarantine.listed(town.house.store) == []
    with pytest.raises(NotFound):
        await quarantine.release(town.house.store, found.name)


async def test_a_discarded_mail_is_gone_and_does_not_come_again(town: Town) -> None:
    found = await set_aside(town)
    (before,) = await town.rows(InboundRow)
    await quarantine.discard(town.house.store, found.name)
    (row,) = await town.rows(InboundRow)
    assert (row.state, row.outcome, row.raw, row.envelope) == ("done", "discarded", b"", "{}")
    await town.mail_in(before.raw, MAILBOX)
    await town.tick(1)
    assert len(await town.rows(InboundRow)) == 1
    assert await town.messages() == []


async def test_its_bytes_are_as_they_came(town: Town) -> None:
    found = await set_aside(town)
    (row,) = await town.rows(InboundRow)
    assert await quarantine.raw(town.house.store, found.name) == (found, row.raw)
    with pytest.raises(NotFound):
        await quarantine.raw(town.house.store, "000000000000")


async def test_only_the_one_that_is_named_is_released(town: Town) -> None:
    first = await set_aside(town)
    second = await set_aside(town, "And the red one?")
    assert first.name != second.name
    await quarantine.release(town.house.store, second.name)
    assert await quarantine.listed(town.house.store) == [first]
    await town.tick(1)
    assert [each.body for each in await town.messages()] == ["And the red one?"]


async def test_a_mail_that_names_nobody_says_that_and_not_that_reading_failed(town: Town) -> None:
    await town.mail_in(mail("Hello", To=MAILBOX), MAILBOX)
    await town.tick(1)
    (found,) = await quarantine.listed(town.house.store)
    assert (found.why, found.attempts) == ("it does not say who wrote it", 1)
