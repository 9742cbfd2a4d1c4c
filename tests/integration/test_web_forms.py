"""A store's forms over a shopper's socket, and an agent who sends a transcript over HTTP.

What becomes of an answer, a rating and a transcript is walked in ``town/test_forms.py``,
``town/test_ratings.py`` and ``town/test_transcripts.py``.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from gateway.services import forms
from gateway.store import house as houses
from gateway.store.tx import Tx
from tests.integration.web_gateway import ACME, WebGateway, cmid, on_air

ORDER = {"id": "order", "kind": "text", "ask": "Which order is it?"}


@pytest.fixture(scope="module")
async def air(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[WebGateway]:
    async with on_air(tmp_path_factory.mktemp("forms")) as started:
        await forms.put(
            started.gateway.house.store,
            ACME,
            {"questions": [ORDER], "rating": {"steps": 2}, "transcript": True},
        )
        yield started


def _stores(tx: Tx) -> dict[str, str]:
    return {row.key: row.store_id for row in houses.stores(tx)}


async def test_the_forms_come_after_the_welcome_and_after_each_answer(air: WebGateway) -> None:
    async with air.tab() as (line, _):
        first = await line.hear("forms")
        assert [each["ask"] for each in first["questions"]] == [ORDER["ask"]]
        assert first["words"]["rate"] == "How did it go?"
        assert (first["rating"], first["transcript"]) == (None, None)
        await line.say("answer", question="order", value="A-1042")
        assert (await line.hear("forms"))["questions"] == []


async def test_every_tab_is_told_what_one_of_them_answered(air: WebGateway) -> None:
    vera = await air.vera()
    again = await air.vera(session=vera.session)
    async with air.tab(vera) as (one, _), air.tab(again) as (other, _):
        for each in (one, other):
            await each.hear("forms")
        await one.say("answer", question="order", value=None)
        assert (await other.hear("forms"))["questions"] == []


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ({"t": "answer", "question": "order", "value": "  "}, "bad_input"),
        ({"t": "answer", "question": "shoe_size", "value": "38"}, "not_found"),
        ({"t": "answer", "question": "order", "value": "x" * 501}, "bad_frame"),
        ({"t": "rate", "seq": 3, "score": 2, "comment": ""}, "conflict"),
        ({"t": "rate", "seq": 3, "score": 6, "comment": ""}, "bad_frame"),
        ({"t": "transcript", "address_id": "06gzz"}, "bad_input"),
    ],
)
async def test_what_is_refused_names_its_frame_and_the_socket_lives(
    air: WebGateway, frame: dict[str, object], code: str
) -> None:
    async with air.tab() as (line, _):
        await line.say(str(frame["t"]), **{k: v for k, v in frame.items() if k != "t"})
        error = await line.hear("error")
        assert (error["code"], error["about"]) == (code, frame["t"])
        await line.say("ask_forms")
        assert (await line.hear("forms"))["t"] == "forms"


async def test_a_transcript_is_sent_by_who_is_signed_in_and_shows_the_token(
    air: WebGateway,
) -> None:
    async with air.tab() as (line, welcome):
        await line.say("send", cmid=cmid(), body="Is the blue one back?", attachments=[])
        ack = await line.hear("ack")
    store_id = (await air.gateway.house.store.read(_stores))[ACME]
    path = f"/api/stores/{store_id}/conversations/{ack['conversation_id']}/transcript"
    assert (await air.http.post(path)).status_code == 401
    ada = await air.sign_in()
    assert (await air.http.post(path, headers={"Cookie": ada.cookie})).status_code == 403
    answer = await air.http.post(path, headers=ada.headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    elsewhere = path.replace(ack["conversation_id"], "06gnone")
    assert (await air.http.post(elsewhere, headers=ada.headers)).status_code == 404
    assert welcome["conversation_id"] is None
