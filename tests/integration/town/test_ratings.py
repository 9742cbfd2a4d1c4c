"""Vera says how it went: once each time that it is resolved, and never because we interrupt her."""

from __future__ import annotations

import re
from urllib.parse import urlencode

import httpx2
import pytest

from gateway.clock import SECOND
from gateway.core.rating import ASKED_FOR, CHANGED_WITHIN
from gateway.errors import BadInput, Conflict, TooMany
from gateway.protocol.frames import Forms
from gateway.services import conversations, forms, own_addresses, preferring, ratings
from gateway.services.ratings import MOST_CHANGES
from gateway.store.tables import RatingRow
from tests.integration.town.building import Town
from tests.integration.town.leaving import vera_asks_and_leaves
from tests.integration.town.outside import BASE_URL, KEY
from tests.integration.town.townspeople import VERA_MAIL

LINK = re.compile(rf"{BASE_URL}(/rate/{KEY}/[0-9a-z-]+)")
FORM = re.compile(r'name="form" value="([^"]+)"')
STARS: dict[str, object] = {"rating": {"steps": 5}}


async def asks(town: Town, **document: object) -> None:
    """The store's forms from now on."""
    await forms.put(town.house.store, KEY, document)


async def shown(town: Town) -> Forms:
    """What Vera's panel is told."""
    found = await forms.now(town.house, town.store_id, town.vera.shopper_id)
    assert found is not None
    return found


async def resolved(town: Town) -> int:
    """Vera asked, Ada answered and resolved it; returns what the panel is asked about."""
    await town.vera.writes("Is the blue one back?")
    return await resolved_again(town)


async def resolved_again(town: Town) -> int:
    await town.ada.answers("Yes, in 38.")
    await town.vera.sees()
    row = await town.vera.conversation()
    await conversations.resolve(town.house, row.store_id, row.conversation_id, town.ada.agent_id)
    asked = (await shown(town)).rating
    assert asked is not None
    return asked.seq


async def rates(town: Town, seq: int, score: int | None, comment: str = "") -> None:
    await ratings.rate(town.house, town.store_id, town.vera.shopper_id, seq, score, comment)


async def test_vera_says_how_it_went_and_only_the_staff_reads_it(town: Town) -> None:
    await asks(town, **STARS)
    seq = await resolved(town)
    await rates(town, seq, 4, "Quick, thank you")
    (entry,) = await town.vera.events("rated")
    assert (entry.audience, entry.side, entry.body) == ("staff", "shopper", "Quick, thank you")
    data = town.data_of(entry)
    assert (data["score"], data["of"], data["seq"], data["changed"]) == (4, 5, seq, False)
    row = await town.vera.conversation()
    assert (row.rating, row.rating_of, row.state) == (4, 5, "resolved")
    assert (await town.vera.reach("staff")).state == "settled"
    (kept,) = await town.rows(RatingRow)
    assert kept.agent_id == town.ada.agent_id


async def test_nothing_is_asked_before_it_is_resolved_or_where_nobody_answered(
    town: Town,
) -> None:
    await asks(town, **STARS)
    await town.vera.writes("Is the blue one back?")
    assert (await shown(town)).rating is None
    row = await town.vera.conversation()
    await conversations.resolve(town.house, row.store_id, row.conversation_id, town.ada.agent_id)
    assert (await shown(town)).rating is None


async def test_a_store_that_asks_nothing_tells_its_panels_nothing(town: Town) -> None:
    assert await forms.now(town.house, town.store_id, town.vera.shopper_id) is None
    await town.vera.writes("Is the blue one back?")
    with pytest.raises(Conflict):
        await rates(town, 3, 5)


async def test_vera_may_change_her_mind_for_a_day(town: Town) -> None:
    await asks(town, **STARS)
    seq = await resolved(town)
    await rates(town, seq, 2)
    town.clock.move_ahead(CHANGED_WITHIN - SECOND)
    asked = (await shown(town)).rating
    assert asked is not None
    assert (asked.score, asked.seq) == (2, seq)
    await rates(town, seq, 5, "It fits!")
    changes = [town.data_of(each)["changed"] for each in await town.vera.events("rated")]
    assert changes == [False, True]
    town.clock.move_ahead(2 * SECOND)
    assert (await shown(town)).rating is None
    with pytest.raises(Conflict, match="more than a day ago"):
        await rates(town, seq, 1)
    assert (await town.vera.conversation()).rating == 5


async def test_the_same_answer_twice_is_one_entry(town: Town) -> None:
    await asks(town, **STARS)
    seq = await resolved(town)
    for _ in range(2):
        await rates(town, seq, 3, "Fine")
    assert len(await town.vera.events("rated")) == 1


async def test_who_would_rather_not_say_is_not_asked_again_until_the_next_time(
    town: Town,
) -> None:
    await asks(town, **STARS)
    await rates(town, await resolved(town), None)
    assert (await shown(town)).rating is None
    assert await town.vera.events("rated") == []
    await town.vera.writes("One more thing")
    seq = await resolved_again(town)
    await rates(town, seq, 5)
    assert [town.data_of(each)["seq"] for each in await town.vera.events("rated")] == [seq]


async def test_a_conversation_that_goes_on_is_not_rated_for_its_past(town: Town) -> None:
    await asks(town, **STARS)
    seq = await resolved(town)
    await town.vera.writes("One more thing")
    with pytest.raises(Conflict, match="has gone on"):
        await rates(town, seq, 1)
    assert await town.rows(RatingRow) == []


async def test_a_step_that_is_none_says_how_many_there_are(town: Town) -> None:
    await asks(town, rating={"steps": 3})
    with pytest.raises(BadInput, match="one of the 3 steps"):
        await rates(town, await resolved(town), 4)


async def test_after_a_week_nobody_is_asked_any_more(town: Town) -> None:
    await asks(town, **STARS)
    await resolved(town)
    town.clock.move_ahead(ASKED_FOR)
    assert (await shown(town)).rating is None


async def mailed_link(town: Town) -> str:
    """The path of the one link that asks."""
    words = await mailed(town)
    found = LINK.search(words)
    assert found is not None, words
    return found.group(1)


async def mailed(town: Town) -> str:
    """Vera left; Ada answered and resolved; what her mail then says."""
    await vera_asks_and_leaves(town, number=False, mailbox=True)
    await preferring.prefer(town.house, town.store_id, town.vera.shopper_id, ["email"], "widget")
    await town.ada.answers("Yes, in 38.")
    row = await town.vera.conversation()
    await conversations.resolve(town.house, row.store_id, row.conversation_id, town.ada.agent_id)
    await town.tick(40)
    return town.post.to(VERA_MAIL)[-1].words


async def posts(town: Town, path: str, **form: str) -> httpx2.Response:
    return await town.web.post(
        path,
        content=urlencode(form),
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )


async def test_who_has_left_finds_the_question_in_the_next_mail(town: Town) -> None:
    await asks(town, rating={"steps": 2, "by_mail": True})
    path = await mailed_link(town)
    page = await town.web.get(path)
    assert "How did it go?" in page.text
    assert "script" not in page.text
    assert await town.rows(RatingRow) == []
    form = FORM.findall(page.text)[0]
    answer = await posts(town, path, form=form, score="2", comment="<b>Great</b>")
    assert answer.status_code == 303
    (entry,) = await town.vera.events("rated")
    assert (entry.body, town.data_of(entry)["via"]) == ("<b>Great</b>", "link")
    again = await town.web.get(path + "?done")
    assert "You can change this for a day" in again.text
    assert "&lt;b&gt;Great&lt;/b&gt;" in again.text


async def test_a_form_without_a_pick_says_so_and_keeps_the_comment(town: Town) -> None:
    await asks(town, rating={"steps": 2, "by_mail": True})
    path = await mailed_link(town)
    form = FORM.findall((await town.web.get(path)).text)[0]
    answer = await posts(town, path, form=form, comment="It came late")
    assert answer.status_code == 400
    assert "Please pick one." in answer.text
    assert "It came late" in answer.text
    assert await town.rows(RatingRow) == []


async def test_a_link_that_is_not_ours_or_too_late_shows_nothing(town: Town) -> None:
    await asks(town, rating={"steps": 2, "by_mail": True})
    path = await mailed_link(town)
    assert (await town.web.get(path[:-1] + "_")).status_code == 404
    assert (await posts(town, path, form="1.aaaaaaaaaaaaaaaa", score="2")).status_code == 404
    town.clock.move_ahead(ASKED_FOR)
    assert "Nothing to answer here any more" in (await town.web.get(path)).text


async def test_no_mail_asks_unless_the_store_wants_that(town: Town) -> None:
    await asks(town, **STARS)
    assert LINK.search(await mailed(town)) is None


async def test_the_figures_name_who_had_the_conversation(town: Town) -> None:
    await asks(town, rating={"steps": 5})
    await rates(town, await resolved(town), 5)
    await town.vera.writes("One more thing")
    await rates(town, await resolved_again(town), 3)
    (figure,) = await ratings.figures(town.house.store, KEY)
    assert (figure.agent, figure.ratings, figure.mean) == ("Ada", 2, 0.75)


async def test_agents_of_one_name_are_counted_apart(town: Town) -> None:
    await asks(town, **STARS)
    await own_addresses.rename(town.house, town.ben.agent_id, "Ada")
    await rates(town, await resolved(town), 5)
    await town.vera.writes("One more thing")
    row = await town.vera.conversation()
    await conversations.assign(
        town.house, row.store_id, row.conversation_id, town.ada.agent_id, town.ben.agent_id
    )
    await rates(town, await resolved_again(town), 1)
    found = await ratings.figures(town.house.store, KEY)
    assert sorted((each.agent, each.mean) for each in found) == [("Ada", 0.0), ("Ada", 1.0)]


async def test_three_of_five_stays_that_when_the_store_has_other_steps_by_then(town: Town) -> None:
    await asks(town, **STARS)
    seq = await resolved(town)
    town.clock.move_ahead(SECOND)
    await asks(town, rating={"steps": 3})
    await rates(town, seq, 3)
    asked = (await shown(town)).rating
    assert asked is not None
    assert (asked.score, asked.steps) == (3, 5)
    assert (await town.vera.conversation()).rating_of == 5


async def test_who_would_not_say_in_the_chat_may_by_the_link(town: Town) -> None:
    await asks(town, rating={"steps": 2, "by_mail": True})
    path = await mailed_link(town)
    form = FORM.findall((await town.web.get(path)).text)[0]
    asked = (await shown(town)).rating
    assert asked is not None
    await rates(town, asked.seq, None)
    assert (await posts(town, path, form=form, score="2")).status_code == 303
    (entry,) = await town.vera.events("rated")
    assert town.data_of(entry)["via"] == "link"


async def test_a_mind_that_changes_all_the_time_is_not_written_down_for_ever(town: Town) -> None:
    await asks(town, **STARS)
    seq = await resolved(town)
    for n in range(MOST_CHANGES):
        await rates(town, seq, 1 + n % 5)
    with pytest.raises(TooMany):
        await rates(town, seq, 5, "And another thing")
    assert len(await town.vera.events("rated")) == MOST_CHANGES
