"""What Ada is about to answer, seen as the mail that would bring it."""

from __future__ import annotations

from gateway.services import answer_previews, own_addresses, shown_names
from tests.integration.town.building import Town
from tests.integration.town.outside import KEY


async def test_it_names_ada_as_the_mail_itself_will(town: Town) -> None:
    await own_addresses.rename(town.house, town.ada.agent_id, "Ada Moreau")
    await shown_names.set_first_names(town.house.store, KEY, first=True)
    await town.vera.writes("Is the blue one back?")
    row = await town.vera.conversation()
    shown = await answer_previews.preview(
        town.house, row.store_id, row.conversation_id, town.ada.agent_id, "It is."
    )
    assert "Ada" in str(shown["from"])
    assert "Moreau" not in str(shown)


async def test_it_tells_nothing_that_only_the_staff_may_read(town: Town) -> None:
    await town.vera.writes("Is the blue one back?")
    await town.ada.answers("She was rude last time.", note=True)
    row = await town.vera.conversation()
    shown = await answer_previews.preview(
        town.house, row.store_id, row.conversation_id, town.ada.agent_id, "It is."
    )
    assert "Is the blue one back?" in str(shown)
    assert "rude" not in str(shown)
