"""Pictures of an answer go along with a text where networks carry them, and as links elsewhere."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest

from gateway.clock import SECOND
from gateway.services import enclosures, receive, setup, uploads
from gateway.store.tables import CountRow, DeliveryRow
from gateway.store.tx import unpack
from tests.integration.town.building import ORIGIN, Town
from tests.integration.town.leaving import vera_asks_and_leaves
from tests.integration.town.outside import KEY
from tests.integration.town.test_files import PDF, once
from tests.unit.files.drawing import photo

GERMAN, DIETER = "+4930901820", "+4915112345678"


async def answers_with(town: Town, words: str, *files: tuple[str, bytes]) -> None:
    """Ada answers with files."""
    kept = [
        await uploads.by_agent(town.house, town.store_id, town.ada.agent_id, name, once(data))
        for name, data in files
    ]
    row = await town.vera.conversation()
    await receive.from_agent(
        town.house,
        row.store_id,
        row.conversation_id,
        town.ada.agent_id,
        cmid=town.cmid(),
        body=words,
        seen_seq=row.last_seq,
        attachments=[each.id for each in kept],
    )
    await town.tick(400)


def media(town: Town) -> list[str]:
    """The addresses that the last text named."""
    found = town.carrier.asked_lists[-1].get("MediaUrl", [])
    return list(found)


async def test_a_picture_goes_along_and_its_link_is_not_in_the_words(town: Town) -> None:
    await vera_asks_and_leaves(town)
    await answers_with(town, "This one.", ("blue.jpg", photo()))
    (url,) = media(town)
    body = town.carrier.taken[-1].body
    assert "This one." in body
    assert "blue.jpg" not in body
    assert "/files/" not in body
    assert (await town.web.get(urlsplit(url).path)).content[:3] == b"\xff\xd8\xff"


async def test_its_link_ends_soon_after_the_text_has(town: Town) -> None:
    await vera_asks_and_leaves(town)
    await answers_with(town, "This one.", ("blue.jpg", photo()))
    (url,) = media(town)
    validity = int(town.carrier.asked[-1]["ValidityPeriod"])
    assert (await town.web.get(urlsplit(url).path)).status_code == 200
    await town.tick(validity + enclosures.FETCHED_WITHIN / SECOND + 2)
    assert (await town.web.get(urlsplit(url).path)).status_code == 404


async def test_what_is_no_picture_stays_a_link(town: Town) -> None:
    await vera_asks_and_leaves(town)
    await answers_with(town, "These.", ("label.pdf", PDF), ("blue.jpg", photo()))
    assert len(media(town)) == 1
    assert re.search(r"label\.pdf: https://\S+/files/", town.carrier.taken[-1].body)


async def test_a_picture_without_words_is_a_text_of_its_own(town: Town) -> None:
    await vera_asks_and_leaves(town)
    await town.ada.answers("Yes, in 38.")
    await town.tick(400)
    await town.text_in("+14155550142", "Show me")
    await answers_with(town, "", ("blue.jpg", photo()))
    assert len(media(town)) == 1
    assert "Body" not in town.carrier.asked[-1]


async def test_no_more_than_ten_go_along(town: Town) -> None:
    await vera_asks_and_leaves(town)
    for _ in range(2):
        files = [(f"{number}.jpg", photo()) for number in range(6)]
        kept = [
            await uploads.by_agent(town.house, town.store_id, town.ada.agent_id, name, once(data))
            for name, data in files
        ]
        row = await town.vera.conversation()
        await receive.from_agent(
            town.house,
            row.store_id,
            row.conversation_id,
            town.ada.agent_id,
            cmid=town.cmid(),
            body="These.",
            seen_seq=row.last_seq,
            attachments=[each.id for each in kept],
        )
    await town.tick(400)
    assert len(media(town)) == enclosures.MOST_SHOWN
    assert town.carrier.taken[-1].body.count("/files/") == 2


async def test_where_networks_carry_none_there_are_links(town: Town) -> None:
    await town.vera.writes("Gibt es den blauen wieder?")
    await town.vera.proves_number(DIETER)
    await town.vera.leaves()
    await answers_with(town, "Dieser.", ("blau.jpg", photo()))
    assert media(town) == []
    assert "/files/" in town.carrier.taken[-1].body


async def test_a_number_of_another_country_sends_links(town: Town) -> None:
    new = setup.NewStore(key=KEY, name="Acme", origins=(ORIGIN,), sms_from=GERMAN)
    await setup.ensure_store(town.house.store, new)
    await vera_asks_and_leaves(town)
    await answers_with(town, "This one.", ("blue.jpg", photo()))
    assert media(town) == []


async def test_a_store_may_do_without(town: Town) -> None:
    await town.policy(mms_countries=[])
    await vera_asks_and_leaves(town)
    await answers_with(town, "This one.", ("blue.jpg", photo()))
    assert media(town) == []
    assert "blue.jpg: https://" in town.carrier.taken[-1].body


async def test_it_costs_what_a_text_with_pictures_costs(town: Town) -> None:
    await town.policy(prices={"sms": {"*": 0.01}, "mms": {"*": 0.07}}, spend_a_day=100)
    await vera_asks_and_leaves(town)
    before = {row.scope: row.n for row in await town.rows(CountRow) if row.scope == "spent"}
    await answers_with(town, "This one.", ("blue.jpg", photo()))
    after = {row.scope: row.n for row in await town.rows(CountRow) if row.scope == "spent"}
    assert after["spent"] - before.get("spent", 0) == 70_000
    (row,) = [row for row in await town.rows(DeliveryRow) if unpack(row.content).get("media")]
    assert row.state == "accepted"


@pytest.mark.parametrize(
    ("base_url", "reachable"),
    [
        ("https://chat.acme.example", True),
        ("https://8.8.8.8", True),
        ("http://chat.acme.example", False),
        ("https://localhost:8080", False),
        ("https://127.0.0.1", False),
        ("https://10.0.0.7", False),
        ("https://shop.internal", False),
    ],
)
def test_twilio_fetches_only_what_the_world_can(base_url: str, reachable: bool) -> None:
    assert enclosures.can_be_fetched(base_url) is reachable
