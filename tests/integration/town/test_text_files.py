"""Pictures that come with a text: fetched after the webhook was answered, and in its message."""

from __future__ import annotations

import base64
import io

import pytest
from PIL import Image

from gateway.clock import SECOND
from gateway.services.text_files import BACKOFF, LOST, MOST_ATTEMPTS
from gateway.store.attachments import facts_of
from gateway.store.tables import AddressRow, EntryRow, InboundRow
from tests.integration.town.building import Town
from tests.integration.town.carrier import ACCOUNT, TOKEN
from tests.integration.town.leaving import vera_asks_and_leaves
from tests.integration.town.townspeople import VERA_PHONE

ALL_TRIES = sum(BACKOFF) / SECOND + 1
PASSWORD = "Basic " + base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
SID = "MM" + "5" * 32


def drawing(colour: str = "navy") -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (32, 24), colour).save(data, "JPEG")
    return data.getvalue()


def with_files(town: Town, *names: str, kind: str = "image/jpeg") -> dict[str, str]:
    """The fields of a text that names these files of the phone company."""
    fields = {"NumMedia": str(len(names))}
    for number, name in enumerate(names):
        place = f"/2010-04-01/Accounts/{ACCOUNT}/Messages/{SID}/Media/{name}"
        fields[f"MediaUrl{number}"] = town.carrier.base + place
        fields[f"MediaContentType{number}"] = kind
    return fields


async def last(town: Town) -> EntryRow:
    return (await town.messages())[-1]


async def test_a_text_with_a_picture_is_one_message_with_both(town: Town) -> None:
    await vera_asks_and_leaves(town)
    town.carrier.media["ME1"] = 200, drawing()
    assert await town.text_in(VERA_PHONE, "This one", **with_files(town, "ME1")) == 200
    assert town.carrier.fetched == []
    await town.tick(1)
    entry = await last(town)
    (file,) = facts_of(entry)
    assert (entry.body, entry.channel) == ("This one", "sms")
    assert (file["type"], file["width"], file["height"]) == ("image/jpeg", 32, 24)
    assert town.carrier.fetched == [("ME1", PASSWORD)]
    assert await town.vera.said() == ["Is the blue one back?", "This one"]


async def test_pictures_without_words_are_a_message_too(town: Town) -> None:
    town.carrier.media |= {"ME1": (200, drawing()), "ME2": (200, drawing("red"))}
    await town.text_in(VERA_PHONE, "", **with_files(town, "ME1", "ME2"))
    await town.tick(1)
    entry = await last(town)
    assert entry.body == "[2 files]"
    assert len(facts_of(entry)) == 2


async def test_a_picture_that_is_not_there_yet_is_fetched_later(town: Town) -> None:
    await town.text_in(VERA_PHONE, "This one", **with_files(town, "ME1"))
    await town.tick(1)
    assert await town.messages() == []
    town.carrier.media["ME1"] = 200, drawing()
    await town.tick(BACKOFF[0] / SECOND)
    assert len(facts_of(await last(town))) == 1
    assert len(town.carrier.fetched) == 2


async def test_after_the_last_try_the_words_come_without_it_and_say_so(town: Town) -> None:
    town.carrier.media |= {"ME1": (200, drawing()), "ME2": (500, b"")}
    await town.text_in(VERA_PHONE, "These two", **with_files(town, "ME1", "ME2"))
    await town.tick(ALL_TRIES)
    entry = await last(town)
    assert entry.body == f"These two\n\n{LOST}"
    assert len(facts_of(entry)) == 1
    assert [name for name, _ in town.carrier.fetched].count("ME2") == MOST_ATTEMPTS
    await town.tick(3_600)
    assert len(await town.messages()) == 1


@pytest.mark.parametrize(
    "url",
    [
        "https://api.twilio.com.evil.example/ME1",
        "http://127.0.0.1:9/ME1",
        "http://169.254.169.254/latest/meta-data",
        "https://user:secret@api.twilio.com/ME1",
        "file:///etc/passwd",
        "https://[::1",
        "ME1",
    ],
)
async def test_a_picture_from_elsewhere_is_not_asked_for(town: Town, url: str) -> None:
    fields = {**with_files(town, "ME1"), "MediaUrl0": url}
    await town.text_in(VERA_PHONE, "This one", **fields)
    await town.tick(1)
    assert (await last(town)).body == f"This one\n\n{LOST}"
    assert town.carrier.fetched == []


async def test_a_program_is_not_fetched_and_what_only_claims_to_be_a_picture_is_a_download(
    town: Town,
) -> None:
    await town.text_in(VERA_PHONE, "1", **with_files(town, "ME1", kind="application/x-msdownload"))
    await town.tick(1)
    assert (await last(town)).body == f"1\n\n{LOST}"
    assert town.carrier.fetched == []
    town.carrier.media["ME2"] = 200, b"MZ\x00\x01 this is no picture\xff"
    await town.text_in(VERA_PHONE, "2", **with_files(town, "ME2"))
    await town.tick(1)
    (file,) = facts_of(await last(town))
    assert file["type"] == "application/octet-stream"


async def test_a_picture_that_is_too_large_is_given_up(town: Town) -> None:
    town.carrier.media["ME1"] = 200, b"x" * 5_000_001
    await town.text_in(VERA_PHONE, "Large", **with_files(town, "ME1"))
    await town.tick(ALL_TRIES)
    assert (await last(town)).body == f"Large\n\n{LOST}"


async def test_the_same_webhook_twice_brings_the_picture_once(town: Town) -> None:
    town.carrier.media["ME1"] = 200, drawing()
    for _ in range(2):
        await town.text_in(VERA_PHONE, "This one", sid=SID, **with_files(town, "ME1"))
    await town.tick(1)
    await town.text_in(VERA_PHONE, "This one", sid=SID, **with_files(town, "ME1"))
    await town.tick(1)
    assert len(await town.messages()) == 1
    assert len(await town.rows(InboundRow)) == 1


async def test_a_stop_with_a_picture_does_not_wait_for_it(town: Town) -> None:
    await vera_asks_and_leaves(town)
    await town.text_in(VERA_PHONE, "STOP", **with_files(town, "ME1"))
    (number,) = [row for row in await town.rows(AddressRow) if row.value == VERA_PHONE]
    assert number.stopped_at is not None
    await town.tick(1)
    assert town.carrier.fetched == []
