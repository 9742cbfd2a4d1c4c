"""A store that texts some countries only: nobody runs up its bill at the other end of the world."""

from __future__ import annotations

import pytest

from gateway.errors import BadInput
from tests.integration.town.building import Town
from tests.integration.town.townspeople import VERA_MAIL, VERA_PHONE

GHANA = "+233241234567"


async def test_no_code_is_texted_to_a_country_that_is_switched_off(town: Town) -> None:
    await town.policy(countries=["US", "CA"])
    await town.vera.writes("Is the blue one back?")
    with pytest.raises(BadInput, match="do not text numbers of this country"):
        await town.vera.leaves_number(GHANA)
    await town.vera.leaves_number(VERA_PHONE)
    await town.tick(30)
    assert [each.to for each in town.carrier.taken] == [VERA_PHONE]


async def test_a_number_that_was_left_before_is_passed_over(town: Town) -> None:
    await town.vera.writes("Is the blue one back?")
    await town.vera.proves_number(GHANA)
    await town.vera.leaves_mailbox()
    await town.vera.leaves()
    await town.policy(countries=["US"])
    await town.ada.answers("Yes, in 38.")
    await town.tick(60)
    assert len(town.post.to(VERA_MAIL)) == 1
    assert len(town.carrier.to(GHANA)) == 1  # the code


async def test_ada_reads_why_nobody_is_texted_there(town: Town) -> None:
    await town.vera.writes("Is the blue one back?")
    await town.vera.proves_number(GHANA)
    await town.vera.leaves()
    await town.policy(countries=["US"])
    await town.ada.answers("Yes, in 38.")
    await town.tick(60)
    (told,) = (await town.vera.why()).considered
    assert told["sentence"] == "SMS to GH is switched off"


async def test_whoever_texts_stop_from_such_a_country_is_told_that_it_was_heard(
    town: Town,
) -> None:
    await town.policy(countries=["US"])
    assert await town.text_in(GHANA, "STOP") == 200
    await town.tick(30)
    assert len(town.carrier.to(GHANA)) == 1
