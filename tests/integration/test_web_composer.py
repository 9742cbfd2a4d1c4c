"""The composer's HTTP and frames: messages for later, the look as a mail, drafts on two devices."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.web_gateway import ADA, BEN, WebGateway, cmid, on_air

HOUR_MS = 3_600_000


@pytest.fixture
async def air(tmp_path: Path) -> AsyncIterator[WebGateway]:
    async with on_air(tmp_path) as started:
        yield started


async def vera_asks(air: WebGateway) -> dict[str, Any]:
    """Vera writes; returns where."""
    async with air.tab() as (vera, _):
        await vera.say("send", cmid=cmid(), body="Is the *blue* one back?")
        ack = await vera.hear("ack")
    async with air.console() as (ada, _):
        await ada.say("inbox", view="open")
        (row,) = (await ada.hear("inbox"))["rows"]
    assert row["conversation_id"] == ack["conversation_id"]
    found: dict[str, Any] = row
    return found


def at(row: dict[str, Any], rest: str) -> str:
    return f"/api/stores/{row['store_id']}/conversations/{row['conversation_id']}/{rest}"


def which(row: dict[str, Any]) -> dict[str, str]:
    return {"store_id": row["store_id"], "conversation_id": row["conversation_id"]}


async def test_ada_keeps_a_message_for_later_changes_its_time_and_sends_it_at_once(
    air: WebGateway,
) -> None:
    row = await vera_asks(air)
    ada = await air.sign_in(ADA)
    async with air.console(BEN) as (ben, _):
        await ben.say("open", **which(row))
        message: dict[str, Any] = {
            "cmid": cmid(),
            "body": "Yes, in 38.",
            "due_at": air.clock.now() // 1000 + HOUR_MS,
            "seen_seq": 9,
        }
        kept = await air.http.post(at(row, "later"), json=message, headers=ada.headers)
        assert kept.status_code == 201, kept.text
        while not (told := (await ben.hear("scheduled"))["messages"]):
            pass
        assert (told[0]["body"], told[0]["agent"], told[0]["state"]) == (
            "Yes, in 38.",
            "Ada",
            "waiting",
        )
        place = f"/api/stores/{row['store_id']}/later/{kept.json()['scheduled_id']}"
        changed = {
            "body": "Yes, in 38!",
            "due_at": message["due_at"] + HOUR_MS,
            "seen_seq": 9,
        }
        assert (await air.http.put(place, json=changed, headers=ada.headers)).status_code == 200
        now = await air.http.post(f"{place}/now", json={"seen_seq": 9}, headers=ada.headers)
        assert now.status_code == 200, now.text
        while (entry := (await ben.hear("entry"))["entry"])["kind"] != "message":
            pass
        assert (entry["body"], entry["author"]["name"]) == ("Yes, in 38!", "Ada")
    gone = await air.http.delete(place, headers=ada.headers)
    assert (gone.status_code, gone.json()["code"]) == (409, "conflict")


async def test_a_message_for_later_needs_words_and_a_time_to_come(air: WebGateway) -> None:
    row = await vera_asks(air)
    ada = await air.sign_in(ADA)
    good = {"cmid": cmid(), "body": "Yes.", "due_at": air.clock.now() // 1000, "seen_seq": 1}
    for wrong in ({"body": ""}, {"body": "  "}, {"due_at": 1}, {"cmid": "x"}):
        answer = await air.http.post(at(row, "later"), json={**good, **wrong}, headers=ada.headers)
        assert answer.status_code == 400, answer.text
    assert (await air.http.post(at(row, "later"), json=good)).status_code == 401


async def test_an_answer_is_seen_as_the_mail_that_would_bring_it(air: WebGateway) -> None:
    row = await vera_asks(air)
    ada = await air.sign_in(ADA)
    answer = await air.http.post(
        at(row, "preview"), json={"body": "Yes <b>in</b> *38*."}, headers=ada.headers
    )
    assert answer.status_code == 200, answer.text
    shown = answer.json()
    assert "&lt;b&gt;in&lt;/b&gt; <strong>38</strong>." in shown["html"]
    assert "Is the *blue* one back?" in shown["html"]
    assert "Yes <b>in</b> *38*." in shown["text"]
    assert "Ada" in shown["from"]
    assert (
        await air.http.post(at(row, "preview"), json={"body": " "}, headers=ada.headers)
    ).status_code == 400


async def test_what_ada_begins_at_her_desk_stands_on_her_phone(air: WebGateway) -> None:
    row = await vera_asks(air)
    async with air.console() as (desk, _), air.console() as (phone, _):
        await phone.say("open", **which(row))
        first = [await phone.hear("draft") for _ in range(2)]
        assert {(each["kind"], each["body"]) for each in first} == {("answer", ""), ("note", "")}
        await desk.say("draft", **which(row), kind="answer", body="Yes, in")
        told = await phone.hear("draft")
        assert (told["kind"], told["body"], told["elsewhere"]) == ("answer", "Yes, in", True)
        await desk.say("open", **which(row))
        mine = {each["kind"]: each for each in [await desk.hear("draft") for _ in range(2)]}
        assert (mine["answer"]["body"], mine["answer"]["elsewhere"]) == ("Yes, in", False)
        await desk.say(
            "send", **which(row), cmid=cmid(), body="Yes, in 38.", seen_seq=9, resolve=True
        )
        assert (await phone.hear("draft"))["body"] == ""
        assert "resolved" in json.dumps([(await phone.hear("entry"))["entry"] for _ in range(2)])


async def test_ben_whom_ada_names_in_a_note_is_told_wherever_he_is(air: WebGateway) -> None:
    row = await vera_asks(air)
    async with air.console() as (ada, _), air.console(BEN) as (ben, welcome):
        await ada.say(
            "send",
            **which(row),
            cmid=cmid(),
            body="@Ben do you know?",
            note=True,
            seen_seq=9,
            mentions=[welcome["agent"]["agent_id"]],
        )
        told = await ben.hear("mentioned")
        assert (told["by"], told["about"], told["number"]) == ("Ada", "note", row["number"])
