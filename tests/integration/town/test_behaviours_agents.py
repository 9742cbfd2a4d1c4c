"""The agents' side (35 to 39)."""

from __future__ import annotations

from tests.behaviours import behaviour
from tests.integration.town.building import ADA_MAIL, Town
from tests.integration.town.leaving import vera_asks_and_leaves
from tests.integration.town.townspeople import VERA_MAIL, VERA_PHONE

DAY = 24 * 3_600
AWAY = {"Auto-Submitted": "auto-replied", "Subject": "Automatic reply: out of office"}


@behaviour(35)
async def test_while_the_store_is_closed_and_nobody_is_there_a_text_is_taken_all_the_same(
    town: Town,
) -> None:
    await town.policy(
        hours=["Mon-Fri 09:00-10:00"], zone="Europe/London", on_call=["nobody@x.example"]
    )
    assert await town.text_in(VERA_PHONE, "Do you ship to Oslo?") == 200
    await town.tick(DAY)
    assert [row.body for row in await town.messages()] == ["Do you ship to Oslo?"]


@behaviour(39)
async def test_with_both_away_both_are_reached_and_nothing_automatic_answers_the_automatic(
    town: Town,
) -> None:
    await vera_asks_and_leaves(town, number=False, mailbox=True)
    await town.tick(130)
    (notice,) = town.post.to(ADA_MAIL)
    await town.answers_mail(notice, "Yes, in 38.")
    await town.tick(60)
    (letter,) = town.post.to(VERA_MAIL)
    assert letter.words.startswith("Yes, in 38.")
    for each in (letter, notice, letter, notice):
        await town.answers_mail(each, "I am away until Monday.", **AWAY)
        await town.tick(1_000)
    await town.tick(DAY)
    assert town.post.taken == [notice, letter]
    assert await town.vera.said() == ["Is the blue one back?", "Yes, in 38."]
