"""Files over HTTP: who may bring them, who may see them, and what a browser is told of them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from gateway.clock import DAY, MINUTE
from gateway.services import attachments, uploads
from tests.integration.web_gateway import (
    ACME,
    OTHER,
    PATIENCE,
    Line,
    SignedIn,
    Vera,
    WebGateway,
    cmid,
    on_air,
)
from tests.unit.files.drawing import SCRIPT, huge_png, photo, photo_with_a_place

PDF = b"%PDF-1.7\n" + SCRIPT * 40


@pytest.fixture
async def air(tmp_path: Path) -> AsyncIterator[WebGateway]:
    async with on_air(tmp_path) as running:
        yield running


async def up(
    air: WebGateway, vera: Vera, data: bytes, name: str = "shoe.jpg", **headers: str
) -> httpx2.Response:
    """Vera's panel uploads a file."""
    return await air.http.post(
        "/widget/files",
        params={"key": ACME, "name": name},
        content=data,
        headers={"Origin": air.origin, "X-Onethread-Session": vera.session} | headers,
    )


async def uploaded(air: WebGateway, vera: Vera, data: bytes, name: str = "shoe.jpg") -> Any:
    answer = await up(air, vera, data, name)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def said(line: Line, *files: Any, body: str = "Look") -> dict[str, Any]:
    """A message with these files, as its author hears it back."""
    name = cmid()
    await line.say("send", cmid=name, body=body, attachments=[each["id"] for each in files])
    ack = await line.hear("ack", "error")
    assert ack["t"] == "ack", ack
    return ack


async def links(air: WebGateway, vera: Vera, *files: Any, key: str = ACME) -> dict[str, Any]:
    answer = await air.http.post(
        "/widget/files/links",
        json={"key": key, "session": vera.session, "ids": [each["id"] for each in files]},
        headers={"Origin": air.origin},
    )
    assert answer.status_code == 200, answer.text
    return dict(answer.json()["links"])


async def shown(air: WebGateway, data: bytes, name: str) -> httpx2.Response:
    """What a browser gets that follows the link to a file which Vera sent."""
    vera = await air.vera()
    async with air.tab(vera) as (line, _):
        file = await uploaded(air, vera, data, name)
        await said(line, file)
    return await air.http.get((await links(air, vera, file))[file["id"]]["whole"])


async def store_of(air: WebGateway) -> str:
    async with air.console() as (_, welcome):
        stores: dict[str, str] = welcome["stores"]
    return next(key for key, name in stores.items() if name.startswith("Acme"))


async def test_veras_photo_is_in_her_message_with_its_size_and_without_its_place(
    air: WebGateway,
) -> None:
    vera = await air.vera()
    async with air.tab(vera) as (line, _):
        file = await uploaded(air, vera, photo_with_a_place(), "../../IMG 1.jpg")
        assert (file["name"], file["type"]) == ("IMG 1.jpg", "image/jpeg")
        assert (file["width"], file["height"]) == (800, 1_200)
        await said(line, file, body="")
        entry = (await line.hear("snapshot"))["entries"][-1]
    assert (entry["body"], entry["attachments"]) == ("", [file])
    found = (await links(air, vera, file))[file["id"]]
    whole = await air.http.get(found["whole"])
    assert whole.headers["content-type"] == "image/jpeg"
    assert len(whole.content) == file["size"]
    assert b"Canary" not in whole.content
    small = await air.http.get(found["small"])
    assert small.headers["content-type"] == "image/webp"
    assert len(small.content) < len(whole.content)


async def test_the_inbox_names_a_file_that_came_without_words(air: WebGateway) -> None:
    vera = await air.vera()
    async with air.console() as (console, _), air.tab(vera) as (line, _):
        await console.say("inbox", view="open")
        await console.hear("inbox")
        file = await uploaded(air, vera, photo())
        await said(line, file, body="")
        row = await console.hear("rows")
    assert row["rows"][0]["preview"] == "shoe.jpg"


@pytest.mark.parametrize(
    ("data", "name", "kind", "how"),
    [
        (photo(kind="PNG"), "shoe.png", "image/png", "inline"),
        (PDF, "order.pdf", "application/pdf", "attachment"),
        (b"size,stock\n38,2\n", "sizes.csv", "text/csv", "attachment"),
        (b"<html>" + SCRIPT, "photo.png", "application/octet-stream", "attachment"),
        (b"<svg>" + SCRIPT + b"</svg>", "a.svg", "application/octet-stream", "attachment"),
        (b"GIF89a/*" + SCRIPT, "a.gif", "application/octet-stream", "attachment"),
        (huge_png(), "a.png", "application/octet-stream", "attachment"),
        (photo()[:3_000], "cut.jpg", "application/octet-stream", "attachment"),
        (b"PK\x03\x04" + bytes(500), "bomb.docx", "application/octet-stream", "attachment"),
    ],
    ids=["png", "pdf", "csv", "html", "svg", "gif-script", "huge", "cut", "zip"],
)
async def test_only_a_picture_that_we_drew_is_shown_and_nothing_runs(
    air: WebGateway, data: bytes, name: str, kind: str, how: str
) -> None:
    found = await shown(air, data, name)
    assert found.status_code == 200
    assert found.headers["content-type"].partition(";")[0] == kind
    assert found.headers["content-disposition"].startswith(f'{how}; filename="')
    assert found.headers["x-content-type-options"] == "nosniff"
    assert found.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert found.headers["cross-origin-resource-policy"] == "same-origin"
    assert found.headers["cache-control"].startswith("private, max-age=")
    assert "set-cookie" not in found.headers
    if how == "inline":
        assert SCRIPT not in found.content
    else:
        assert found.content == data


async def test_a_link_is_good_for_ten_minutes_at_most_and_then_for_nobody(air: WebGateway) -> None:
    vera = await air.vera()
    async with air.tab(vera) as (line, _):
        file = await uploaded(air, vera, PDF)
        await said(line, file)
    link = (await links(air, vera, file))[file["id"]]["whole"]
    assert (await air.http.get(link)).status_code == 200
    air.clock.move_ahead(10 * MINUTE)
    assert (await air.http.get(link)).status_code == 404
    fresh = (await links(air, vera, file))[file["id"]]["whole"]
    assert (await air.http.get(fresh)).status_code == 200


async def test_whatever_is_wrong_with_a_link_reads_the_same(air: WebGateway) -> None:
    vera = await air.vera()
    async with air.tab(vera) as (line, _):
        file = await uploaded(air, vera, PDF)
        await said(line, file)
    link = (await links(air, vera, file))[file["id"]]["whole"]
    wrong = [
        link[:-1] + ("a" if link[-1] != "a" else "b"),
        link.replace(".shopper.", ".staff."),
        link.replace(".whole.", ".small."),
        link.replace(file["id"], "0" * 26),
        "/files/x",
        "/files/" + "." * 200,
    ]
    answers = [await air.http.get(each) for each in wrong]
    assert [each.status_code for each in answers] == [404] * len(wrong)
    assert len({each.text for each in answers}) == 1


async def test_a_strangers_files_and_a_file_that_was_never_sent_get_no_link(
    air: WebGateway,
) -> None:
    vera, mallory = await air.vera(), await air.vera()
    async with air.tab(vera) as (line, _):
        sent, unsent = await uploaded(air, vera, PDF), await uploaded(air, vera, PDF)
        await said(line, sent)
    assert await links(air, mallory, sent) == {}
    assert list(await links(air, vera, sent, unsent)) == [sent["id"]]
    other = await air.vera(OTHER)
    assert await links(air, other, sent, key=OTHER) == {}


async def test_nobody_sends_a_file_that_somebody_else_brought_nor_one_twice(
    air: WebGateway,
) -> None:
    vera, mallory = await air.vera(), await air.vera()
    file = await uploaded(air, vera, PDF)
    async with air.tab(mallory) as (line, _):
        await line.say("send", cmid=cmid(), body="Mine", attachments=[file["id"]])
        assert (await line.hear("error"))["code"] == "bad_input"
    async with air.tab(vera) as (line, _):
        await said(line, file)
        await line.say("send", cmid=cmid(), body="Again", attachments=[file["id"]])
        assert (await line.hear("error"))["code"] == "bad_input"
        await line.say("send", cmid=cmid(), body="", attachments=[])
        assert (await line.hear("error"))["code"] == "bad_frame"


async def test_the_same_message_again_is_one_and_with_other_files_an_error(
    air: WebGateway,
) -> None:
    vera = await air.vera()
    async with air.tab(vera) as (line, _):
        one, two = await uploaded(air, vera, PDF), await uploaded(air, vera, photo())
        name = cmid()
        frame = {"cmid": name, "body": "Look", "attachments": [one["id"]]}
        for dup in (False, True):
            await line.say("send", **frame)
            assert (await line.hear("ack"))["dup"] is dup
        await line.say("send", **(frame | {"attachments": [two["id"]]}))
        assert (await line.hear("error"))["code"] == "cmid_conflict"
        await said(line, two)


async def test_uploads_are_for_the_panel_and_for_who_is_known_alone(air: WebGateway) -> None:
    vera = await air.vera()
    assert (await up(air, vera, PDF, Origin="https://shop.example")).status_code == 403
    assert (await up(air, vera, PDF, **{"X-Onethread-Session": "guessed"})).status_code == 401
    elsewhere = await air.vera(OTHER)
    assert (await up(air, elsewhere, PDF)).status_code == 401


async def test_a_page_whose_session_is_over_gets_no_links_and_no_error(air: WebGateway) -> None:
    vera = await air.vera()
    kept = (await up(air, vera, PDF)).json()
    answer = await air.http.post(
        "/widget/files/links",
        json={"key": ACME, "session": "over", "ids": [kept["id"]]},
        headers={"Origin": air.origin},
    )
    assert (answer.status_code, answer.json()["links"]) == (200, {})


async def test_a_shopper_uploads_ten_files_an_hour(air: WebGateway) -> None:
    vera = await air.vera()
    answers = [await up(air, vera, PDF) for _ in range(uploads.MOST_FILES + 1)]
    assert [each.status_code for each in answers] == [201] * uploads.MOST_FILES + [429]
    assert answers[-1].json()["why"] == "many_files"
    air.clock.move_ahead(60 * MINUTE)
    assert (await up(air, vera, PDF)).status_code == 201


async def test_a_file_past_the_limit_is_refused_and_leaves_nothing(
    air: WebGateway, tmp_path: Path
) -> None:
    vera = await air.vera()

    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(26):
            yield bytes(1_000_000)

    answer = await air.http.post(
        "/widget/files",
        params={"key": ACME, "name": "film.mov"},
        content=chunks(),
        headers={"Origin": air.origin, "X-Onethread-Session": vera.session},
    )
    assert answer.status_code == 413
    assert [each for each in (tmp_path / "files").rglob("*") if each.is_file()] == []


async def test_an_upload_that_breaks_off_leaves_nothing(air: WebGateway, tmp_path: Path) -> None:
    vera = await air.vera()
    host, _, port = air.origin.removeprefix("http://").partition(":")
    _, writer = await asyncio.open_connection(host, int(port))
    head = (
        f"POST /widget/files?key={ACME}&name=a HTTP/1.1\r\nHost: {host}\r\n"
        f"Origin: {air.origin}\r\nX-Onethread-Session: {vera.session}\r\n"
        "Content-Length: 9000000\r\n\r\n"
    )
    writer.write(head.encode() + bytes(3_000_000))
    await writer.drain()
    place = tmp_path / "files" / ".new"
    async with asyncio.timeout(PATIENCE):
        while not list(place.glob("*")):
            await asyncio.to_thread(place.exists)
        writer.close()
        await writer.wait_closed()
        while list(place.glob("*")):
            await asyncio.to_thread(place.exists)


async def test_ranges_serve_players_and_several_at_once_serve_nobody(air: WebGateway) -> None:
    vera = await air.vera()
    async with air.tab(vera) as (line, _):
        film = b"\x00\x00\x00\x18ftypisom" + bytes(range(256)) * 100
        file = await uploaded(air, vera, film, "film.mp4")
        await said(line, file)
    link = (await links(air, vera, file))[file["id"]]["whole"]
    part = await air.http.get(link, headers={"Range": "bytes=100-199"})
    assert (part.status_code, part.content) == (206, film[100:200])
    assert part.headers["content-range"] == f"bytes 100-199/{len(film)}"
    many = "bytes=" + ",".join(f"{n}-" for n in range(90))
    whole = await air.http.get(link, headers={"Range": many})
    assert (whole.status_code, whole.content) == (200, film)
    assert (await air.http.get(link, headers={"Range": "bytes=999999-"})).status_code == 416
    assert (await air.http.get(link, headers={"Range": "lines=1"})).status_code in (200, 400)
    head = await air.http.head(link)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(film))


async def agent_up(air: WebGateway, signed: SignedIn, store_id: str, data: bytes) -> Any:
    answer = await air.http.post(
        f"/api/stores/{store_id}/files",
        params={"name": "label.pdf"},
        content=data,
        headers=signed.headers,
    )
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_adas_file_reaches_vera_and_the_file_of_a_note_never_does(air: WebGateway) -> None:
    vera, store_id = await air.vera(), await store_of(air)
    signed = await air.sign_in()
    label = await agent_up(air, signed, store_id, PDF)
    secret = await agent_up(air, signed, store_id, PDF + b"internal")
    async with air.tab(vera) as (line, _), air.console() as (console, _):
        ack = await said(line)
        await line.hear("snapshot")
        where = {"store_id": store_id, "conversation_id": ack["conversation_id"]}
        await console.say("open", **where)
        await console.hear("snapshot")
        for note, file in ((True, secret), (False, label)):
            await console.say(
                "send",
                **where,
                cmid=cmid(),
                body="",
                attachments=[file["id"]],
                note=note,
                seen_seq=ack["seq"],
            )
            await console.hear("ack")
        entry = (await line.hear("entry"))["entry"]
        while entry["author"]["side"] != "staff":
            entry = (await line.hear("entry"))["entry"]
        assert [each["id"] for each in entry["attachments"]] == [label["id"]]
    assert list(await links(air, vera, label, secret)) == [label["id"]]
    for file in (label, secret):
        path = f"/api/stores/{store_id}/files/{file['id']}"
        answer = await air.http.get(path, headers=signed.headers, follow_redirects=True)
        assert answer.status_code == 200
        assert answer.content.startswith(b"%PDF")
        assert (await air.http.get(path)).status_code == 401
    led = await air.http.get(f"/api/stores/{store_id}/files/{secret['id']}", headers=signed.headers)
    for_shopper = led.headers["location"].replace(".staff.", ".shopper.")
    assert (await air.http.get(for_shopper)).status_code == 404


async def test_the_file_of_a_message_that_was_taken_back_is_gone_with_it(air: WebGateway) -> None:
    vera, store_id = await air.vera(), await store_of(air)
    signed = await air.sign_in()
    label = await agent_up(air, signed, store_id, PDF)
    path = f"/api/stores/{store_id}/files/{label['id']}"
    async with air.tab(vera) as (line, _), air.console() as (console, _):
        ack = await said(line)
        where = {"store_id": store_id, "conversation_id": ack["conversation_id"]}
        await console.say("open", **where)
        await console.hear("snapshot")
        words = {"cmid": cmid(), "body": "Here", "attachments": [label["id"]]}
        await console.say("send", **where, **words, seen_seq=ack["seq"])
        seq = (await console.hear("ack"))["seq"]
        link = (await air.http.get(path, headers=signed.headers)).headers["location"]
        assert (await air.http.get(link)).status_code == 200
        await console.say("take_back", **where, seq=seq)
        while (await console.hear("entry"))["entry"]["event"] != "taken_back":
            pass
        await console.say("open", **where)
        entries = (await console.hear("snapshot"))["entries"]
    assert [each["attachments"] for each in entries if each["seq"] == seq] == [[]]
    assert (await air.http.get(link)).status_code == 404
    assert (await air.http.get(path, headers=signed.headers)).status_code == 404
    assert await links(air, vera, label) == {}


async def test_an_upload_of_an_agent_needs_the_consoles_token(air: WebGateway) -> None:
    store_id, signed = await store_of(air), await air.sign_in()
    path = f"/api/stores/{store_id}/files"
    headers = signed.headers | {"X-Onethread-CSRF": "guessed"}
    assert (await air.http.post(path, content=PDF, headers=headers)).status_code == 403
    assert (await air.http.post(path, content=PDF)).status_code == 401
    nowhere = await air.http.post("/api/stores/0/files", content=PDF, headers=signed.headers)
    assert nowhere.status_code == 404


async def test_what_nobody_sent_is_swept_after_a_day_and_what_was_sent_stays(
    air: WebGateway, tmp_path: Path
) -> None:
    vera = await air.vera()
    async with air.tab(vera) as (line, _):
        sent, unsent = await uploaded(air, vera, PDF), await uploaded(air, vera, photo())
        await said(line, sent)
        same = await uploaded(air, vera, PDF)
        air.clock.move_ahead(DAY + MINUTE)
        await attachments.sweep(air.gateway.house)
        await line.say("send", cmid=cmid(), body="Late", attachments=[same["id"]])
        assert (await line.hear("error"))["code"] == "bad_input"
    left = [each for each in (tmp_path / "files").rglob("*") if each.is_file()]
    assert [each.read_bytes() for each in left] == [PDF]
    link = (await links(air, vera, sent, unsent))[sent["id"]]["whole"]
    assert (await air.http.get(link)).content == PDF


async def test_a_bad_question_about_links_is_refused(air: WebGateway) -> None:
    vera = await air.vera()
    for ids in ([1], ["../x"], ["a"] * 101, "a"):
        answer = await air.http.post(
            "/widget/files/links",
            content=json.dumps({"key": ACME, "session": vera.session, "ids": ids}),
            headers={"Origin": air.origin},
        )
        assert answer.status_code == 400
