"""Ada's picture: where it is shown, to whom, and how it goes away again."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest

from gateway.errors import BadInput, NotFound
from gateway.files.blobs import TooLarge
from gateway.services import (
    conversations,
    faces,
    own_addresses,
    reading,
    shown_names,
    staff,
)
from gateway.store import house as houses
from tests.integration.town.building import Town
from tests.integration.town.leaving import vera_asks_and_leaves
from tests.integration.town.outside import KEY
from tests.integration.town.test_letters import html_of
from tests.unit.files.drawing import SCRIPT, photo

ADDRESS = re.compile(r"/faces/[0-9a-f]{32}")


async def sent(data: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(data), 65_536):
        yield data[start : start + 65_536]


async def keeps_a_picture(town: Town, data: bytes | None = None) -> str:
    """Ada uploads one; where it is."""
    await faces.keep(town.house, town.ada.agent_id, sent(photo() if data is None else data))
    return await path_of_ada(town)


async def path_of_ada(town: Town) -> str:
    team = await town.read(lambda tx: staff.colleagues(tx, frozenset()))
    (found,) = [each.face for each in team if each.name == "Ada"]
    return found or ""


async def test_everybody_sees_the_same_picture_at_the_same_address(town: Town) -> None:
    await town.ada.comes()
    await town.vera.writes("Is the blue one back?")
    path = await keeps_a_picture(town)
    assert ADDRESS.fullmatch(path)
    assert town.ada.agent_id not in path
    greeting = await town.welcome(town.vera.shopper_id)
    assert [each.face for each in greeting.staff] == [path]
    tab = await town.vera.tab()
    await town.ada.answers("It is.")
    assert path in await tab.until("It is.")
    row = await town.vera.conversation()
    for audience in ("shopper", "staff"):
        found = await reading.snapshot(
            town.house,
            row.store_id,
            row.conversation_id,
            audience,
        )
        assert [each.author.face for each in found.entries if each.body == "It is."] == [path]
        assert {each.author.face for each in found.entries if each.author.name != "Ada"} == {None}
    assert (await faces.look(town.house, path.rpartition("/")[2])).startswith(b"\xff\xd8")


async def test_the_same_picture_again_keeps_its_address_and_another_takes_it_away(
    town: Town,
) -> None:
    first = await keeps_a_picture(town)
    assert await keeps_a_picture(town) == first
    second = await keeps_a_picture(town, photo(500, 500, kind="PNG"))
    assert second != first
    with pytest.raises(NotFound):
        await faces.look(town.house, first.rpartition("/")[2])


async def test_a_picture_that_is_taken_away_is_gone_everywhere(town: Town) -> None:
    path = await keeps_a_picture(town)
    await faces.remove(town.house, town.ada.agent_id)
    assert await path_of_ada(town) == ""
    with pytest.raises(NotFound):
        await faces.look(town.house, path.rpartition("/")[2])


async def test_what_is_no_picture_changes_nothing(town: Town) -> None:
    path = await keeps_a_picture(town)
    with pytest.raises(BadInput, match="no picture"):
        await keeps_a_picture(town, SCRIPT * 100)
    with pytest.raises(TooLarge, match="5 MB"):
        await keeps_a_picture(town, b"\xff\xd8\xff" + bytes(faces.MOST_BYTES))
    assert await path_of_ada(town) == path


async def test_a_mail_brings_adas_face_along_and_loads_nothing(town: Town) -> None:
    await vera_asks_and_leaves(town, number=False, mailbox=True)
    await keeps_a_picture(town)
    await town.ada.answers("It is back.")
    await town.tick(60)
    (letter,) = [each for each in town.post.taken if "It is back." in each.words]
    page = html_of(letter)
    (source,) = re.findall(r'<img src="([^"]*)"', page)
    assert source == "cid:face0"
    assert 'alt="A"' in page
    pictures = [part for part in letter.mail.walk() if part.get_content_type() == "image/jpeg"]
    assert [part["Content-ID"] for part in pictures] == ["<face0>"]
    row = await town.read(lambda tx: houses.agent(tx, town.ada.agent_id))
    assert pictures[0].get_payload(decode=True) == await faces.look(town.house, row.face)
    assert "/faces/" not in page


async def test_a_store_may_show_its_shoppers_first_names_only(town: Town) -> None:
    ada = town.ada.agent_id
    await own_addresses.rename(town.house, ada, "Ada Moreau")
    await shown_names.set_first_names(town.house.store, KEY, first=True)
    await town.ada.comes()
    await town.vera.writes("Is the blue one back?")
    tab = await town.vera.tab()
    greeting = await town.welcome(town.vera.shopper_id)
    assert [each.name for each in greeting.staff] == ["Ada"]
    await town.ada.answers("It is.")
    row = await town.vera.conversation()
    await conversations.resolve(town.house, row.store_id, row.conversation_id, ada)
    await tab.until('"resolved"')
    assert not any("Moreau" in frame for frame in tab.heard)
    team = await town.read(lambda tx: staff.colleagues(tx, frozenset()))
    assert "Ada Moreau" in [each.name for each in team]
    await shown_names.set_first_names(town.house.store, KEY, first=False)
    await town.ada.answers("Anything else?")
    assert "Ada Moreau" in await tab.until("Anything else?")
