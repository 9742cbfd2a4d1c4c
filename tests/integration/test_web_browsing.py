"""Ada finds her way in a long conversation: every file of it, and what was written on a day."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from gateway.clock import DAY, MILLISECOND
from gateway.files.shelf import Kept
from gateway.protocol.entry import MOST_ATTACHED
from gateway.services import attachments, browsing, changing, receive
from gateway.store import house as houses
from gateway.store.tx import Tx
from tests.integration.web_gateway import ACME, OTHER, WebGateway, cmid, on_air


@pytest.fixture
async def air(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[WebGateway]:
    async with on_air(tmp_path_factory.mktemp("web")) as running:
        yield running


class Talk:
    """A conversation between Vera and Ada, and the console's view of it."""

    def __init__(self, air: WebGateway, store_id: str, shopper_id: str, ada: str) -> None:
        self.air, self.store_id, self.shopper_id, self.ada = air, store_id, shopper_id, ada
        self.conversation_id = ""
        self.headers: dict[str, str] = {}

    async def bring(self, owner: str, *names: str) -> list[str]:
        """Files as they are kept after an upload."""

        def work(tx: Tx) -> list[str]:
            kept = [
                Kept(
                    digest="d" * 64,
                    small=None,
                    name=name,
                    kind="image/png" if name.endswith("png") else "text/csv",
                    size=100,
                    width=40 if name.endswith("png") else None,
                    height=30 if name.endswith("png") else None,
                )
                for name in names
            ]
            return [attachments.add(tx, self.store_id, owner, each).attachment_id for each in kept]

        return await self.air.gateway.house.store.write(work)

    async def vera(self, words: str, *names: str) -> receive.Stored:
        found = await self.bring(attachments.by_shopper(self.shopper_id), *names)
        stored = await receive.from_shopper(
            self.air.gateway.house,
            self.store_id,
            self.shopper_id,
            cmid=cmid(),
            body=words,
            attachments=found,
        )
        self.conversation_id = stored.conversation_id
        return stored

    async def notes(self, words: str, *names: str) -> receive.Stored:
        found = await self.bring(attachments.by_agent(self.ada), *names)
        return await receive.from_agent(
            self.air.gateway.house,
            self.store_id,
            self.conversation_id,
            self.ada,
            cmid=cmid(),
            body=words,
            seen_seq=99,
            note=True,
            attachments=found,
        )

    async def asks(self, what: str, **params: Any) -> httpx2.Response:
        place = f"/api/stores/{self.store_id}/conversations/{self.conversation_id}"
        return await self.air.http.get(f"{place}/{what}", params=params, headers=self.headers)


@pytest.fixture
async def talk(air: WebGateway) -> Talk:
    vera = await air.vera()
    store = await air.gateway.house.store.read(lambda tx: houses.store_by_key(tx, ACME))
    ada = await air.gateway.house.store.read(lambda tx: houses.agents(tx)[0].agent_id)
    found = Talk(air, store.store_id, vera.shopper_id, ada)
    found.headers = (await air.sign_in()).headers
    return found


async def test_every_file_is_there_with_who_sent_it_and_the_newest_is_first(talk: Talk) -> None:
    first = await talk.vera("Look", "shoe.png", "sizes.csv")
    await talk.vera("No file here")
    note = await talk.notes("For us alone", "order.csv")
    found = (await talk.asks("files")).json()
    assert found["before"] is None
    told = [
        (each["file"]["name"], each["seq"], each["side"], each["note"]) for each in found["files"]
    ]
    assert told == [
        ("order.csv", note.seq, "staff", True),
        ("shoe.png", first.seq, "shopper", False),
        ("sizes.csv", first.seq, "shopper", False),
    ]
    assert found["files"][0]["author"] == "Ada"
    assert found["files"][1]["file"]["width"] == 40
    assert found["files"][2]["at"] == first.at // MILLISECOND


async def test_what_was_taken_back_is_in_no_gallery(talk: Talk) -> None:
    await talk.vera("Look", "shoe.png")
    note = await talk.notes("Wrong one", "order.csv")
    await changing.take_back(
        talk.air.gateway.house, talk.store_id, talk.conversation_id, talk.ada, seq=note.seq
    )
    files = (await talk.asks("files")).json()["files"]
    assert [each["file"]["name"] for each in files] == ["shoe.png"]


async def test_many_files_come_page_by_page_and_none_is_left_out_or_doubled(talk: Talk) -> None:
    names = [f"{n:03}.csv" for n in range(browsing.PAGE + MOST_ATTACHED + 3)]
    for start in range(0, len(names), MOST_ATTACHED):
        await talk.vera("More", *names[start : start + MOST_ATTACHED])
    first = (await talk.asks("files")).json()
    assert len(first["files"]) == browsing.PAGE
    rest = (await talk.asks("files", before=first["before"])).json()
    assert rest["before"] is None
    found = [each["file"]["name"] for each in [*first["files"], *rest["files"]]]
    assert sorted(found) == names
    assert found.index(names[-1]) < found.index(names[MOST_ATTACHED]) < found.index(names[0])


async def test_a_day_leads_to_its_first_words_or_the_next_ones_and_after_the_end_to_the_last(
    talk: Talk,
) -> None:
    clock = talk.air.clock
    early = await talk.vera("Is the blue one back?")
    await talk.vera("In 38")
    clock.move_ahead(3 * DAY)
    late = await talk.notes("Asked the supplier")
    talk.headers = (await talk.air.sign_in()).headers
    for begins, row, over in [
        (early.at - DAY, early, False),
        (early.at + DAY, late, False),
        (late.at + DAY, late, True),
    ]:
        told = (await talk.asks("day", begins=begins // MILLISECOND)).json()
        assert told == {"seq": row.seq, "at": row.at // MILLISECOND, "over": over}


@pytest.mark.parametrize(
    ("what", "params"),
    [
        ("day", {}),
        ("day", {"begins": "tomorrow"}),
        ("day", {"begins": "9" * 40}),
        ("files", {"before": "1"}),
        ("files", {"before": "1.x'--"}),
        ("files", {"before": "99999999999.abc"}),
    ],
)
async def test_what_makes_no_sense_is_refused(talk: Talk, what: str, params: Any) -> None:
    await talk.vera("Hello")
    answer = await talk.asks(what, **params)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_input")


async def test_only_who_is_signed_in_looks_and_only_in_the_conversations_own_store(
    talk: Talk,
) -> None:
    await talk.vera("Look", "shoe.png")
    other = await talk.air.gateway.house.store.read(lambda tx: houses.store_by_key(tx, OTHER))
    own, talk.store_id = talk.store_id, other.store_id
    assert (await talk.asks("files")).status_code == 404
    assert (await talk.asks("day", begins=0)).status_code == 404
    talk.store_id, talk.headers = own, {}
    assert (await talk.asks("files")).status_code == 401
    assert (await talk.asks("day", begins=0)).status_code == 401
