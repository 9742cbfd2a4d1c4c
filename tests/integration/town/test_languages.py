"""What Vera agrees to, and what is brought to her, is said in the language that her panel spoke."""

from __future__ import annotations

from gateway.services import sessions
from gateway.services.tongues import CATALOGUES
from tests.integration.town.building import Town
from tests.integration.town.outside import KEY
from tests.integration.town.townspeople import VERA_MAIL, Shopper


async def comes(town: Town, language: str, session: str | None = None) -> sessions.Visit:
    """Vera's panel asks to be let in."""
    return await sessions.visit(town.house, KEY, session, language=language)


async def agrees_in(town: Town, visit: sessions.Visit) -> set[str]:
    """The languages of the sentences that she is shown."""
    welcome = await town.welcome(visit.shopper_id)
    return {each.id.split(".")[2] for each in welcome.sentences}


async def test_what_vera_agrees_to_is_in_her_language_where_there_is_a_sentence(
    town: Town,
) -> None:
    german = await comes(town, "de-AT")
    assert await agrees_in(town, german) == {"de"}
    # She comes back, and the shop's page is Japanese by now: nobody wrote that sentence.
    japanese = await comes(town, "ja", german.session)
    assert japanese.shopper_id == german.shopper_id
    assert await agrees_in(town, japanese) == {"en"}


async def test_a_language_that_we_do_not_speak_leaves_vera_with_what_she_had(town: Town) -> None:
    french = await comes(town, "fr")
    again = await comes(town, "tlh", french.session)
    assert await agrees_in(town, again) == {"fr"}
    assert await agrees_in(town, await comes(town, "tlh")) == {"en"}


async def test_a_mail_is_in_the_language_that_the_panel_spoke_last(town: Town) -> None:
    visit = await comes(town, "de")
    await comes(town, "it-CH", visit.session)
    vera = Shopper(town, visit.shopper_id)
    await vera.writes("È tornato quello blu?")
    await vera.leaves_mailbox()
    await vera.leaves()
    await town.ada.answers("Sì.", vera)
    await town.tick(40)
    assert CATALOGUES["it"]["continue"] in town.post.to(VERA_MAIL)[-1].words
