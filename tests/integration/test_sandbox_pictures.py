"""A phone of the sandbox sends a picture, and who has the account's password gets it."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import anyio
import pytest

from gateway.channels.port import NotListed
from gateway.channels.twilio.listing import TwilioListing
from gateway.channels.twilio.media import TwilioMedia
from gateway.egress import NotFetched
from tests.integration.test_sandbox_process import (
    ACCOUNT,
    PATIENCE,
    STORE,
    TOKEN,
    VERA,
    Gateway,
    Sandbox,
    running,
    standing_gateway,
)
from tests.integration.test_sandbox_texts import heard

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

DATA = b"\xff\xd8\xff a picture, as far as a phone company cares"
PICTURE = {"type": "image/jpeg", "data": base64.b64encode(DATA).decode()}


@pytest.fixture
async def gateway() -> AsyncIterator[Gateway]:
    async with standing_gateway() as standing:
        yield standing


@pytest.fixture
async def sandbox(tmp_path: Path, gateway: Gateway) -> AsyncIterator[Sandbox]:
    async with running(tmp_path, gateway) as started:
        yield started


def base(sandbox: Sandbox) -> str:
    return str(sandbox.http.base_url).rstrip("/")


async def test_a_picture_is_named_in_the_webhook_and_fetched_with_the_password(
    sandbox: Sandbox, gateway: Gateway
) -> None:
    wish = {"body": "", "media": [PICTURE, PICTURE]}
    answer = await sandbox.http.post(f"/api/phones/{VERA}/send", json=wish)
    assert answer.status_code == 200, answer.text
    fields = (await heard(gateway.hooks)).fields
    assert (fields["NumMedia"], fields["MediaContentType1"]) == ("2", "image/jpeg")
    url = fields["MediaUrl0"]
    assert await TwilioMedia(ACCOUNT, TOKEN, api_base=base(sandbox)).fetch(url) == DATA
    with pytest.raises(NotFetched, match="401"):
        await TwilioMedia(ACCOUNT, "wrong", api_base=base(sandbox)).fetch(url)
    with pytest.raises(NotFetched, match="404"):
        await TwilioMedia(ACCOUNT, TOKEN, api_base=base(sandbox)).fetch(url + "0")


async def test_what_the_account_lists_is_what_the_webhook_said(
    sandbox: Sandbox, gateway: Gateway
) -> None:
    wish = {"body": "Look", "media": [PICTURE]}
    await sandbox.http.post(f"/api/phones/{VERA}/send", json=wish)
    fields = (await heard(gateway.hooks)).fields
    (listed,) = await TwilioListing(ACCOUNT, TOKEN, api_base=base(sandbox)).received(STORE, 0)
    assert listed.key == fields["MessageSid"]
    assert dict(listed.fields).items() <= fields.items()
    with pytest.raises(NotListed):
        await TwilioListing(ACCOUNT, "wrong", api_base=base(sandbox)).received(STORE, 0)


async def test_the_phone_shows_what_it_sent(sandbox: Sandbox) -> None:
    await sandbox.http.post(f"/api/phones/{VERA}/send", json={"body": "Look", "media": [PICTURE]})
    (text,) = (await sandbox.state())["phones"][VERA]
    ((sid, kind),) = text["media"]
    shown = await sandbox.http.get(f"/api/media/{sid}")
    assert (text["body"], kind, shown.content) == ("Look", "image/jpeg", DATA)
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert (await sandbox.http.get("/api/media/ME0")).status_code == 404


@pytest.mark.parametrize(
    "media",
    [
        "picture",
        [{}],
        ["x"],
        [{"type": "text/html", "data": "YQ=="}],
        [{"type": "image/png", "data": "%"}],
        [{"type": "image/png", "data": ""}],
        [PICTURE] * 11,
    ],
)
async def test_what_no_phone_sends_is_refused(sandbox: Sandbox, media: object) -> None:
    wish = {"body": "Look", "media": media}
    answer = await sandbox.http.post(f"/api/phones/{VERA}/send", json=wish)
    assert answer.status_code == 400
    assert (await sandbox.state())["phones"][VERA] == []


async def test_a_picture_of_the_store_is_fetched_and_shown_on_the_phone(sandbox: Sandbox) -> None:
    sid = await sent_by_vera(sandbox)
    order = {"To": VERA, "From": STORE, "MediaUrl": f"{base(sandbox)}/api/media/{sid}"}
    (text,) = await on_the_phone(sandbox, order, "delivered")
    ((shown, kind),) = text["media"]
    assert kind == "image/jpeg"
    assert (await sandbox.http.get(f"/api/media/{shown}")).content == DATA


async def test_a_picture_that_is_not_there_fails_the_text(sandbox: Sandbox) -> None:
    order = {
        "To": VERA,
        "From": STORE,
        "Body": "Look",
        "MediaUrl": f"{base(sandbox)}/api/media/ME0",
    }
    assert await on_the_phone(sandbox, order, "failed") == []


@pytest.mark.parametrize(
    ("media", "code"),
    [(["ftp://acme.example/1.jpg"], 21620), (["https://acme.example/1"] * 11, 21623)],
)
async def test_pictures_that_no_text_brings_are_refused(
    sandbox: Sandbox, media: list[str], code: int
) -> None:
    answer = await sandbox.http.post(
        messages_of(sandbox),
        data={"To": VERA, "From": STORE, "MediaUrl": media},
        auth=(ACCOUNT, TOKEN),
    )
    assert (answer.status_code, answer.json()["code"]) == (400, code)


def messages_of(sandbox: Sandbox) -> str:
    """Where the account's texts are sent."""
    return f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"


async def sent_by_vera(sandbox: Sandbox) -> str:
    """The sid of a picture that is kept."""
    wish = {"body": "", "media": [PICTURE]}
    assert (await sandbox.http.post(f"/api/phones/{VERA}/send", json=wish)).status_code == 200
    (text,) = (await sandbox.state())["phones"][VERA]
    return str(text["media"][0][0])


async def on_the_phone(
    sandbox: Sandbox, order: dict[str, str], status: str
) -> list[dict[str, Any]]:
    """Send a text by the API, wait for what becomes of it, and look at the phone."""
    answer = await sandbox.http.post(messages_of(sandbox), data=order, auth=(ACCOUNT, TOKEN))
    assert answer.status_code == 201, answer.text
    address = f"/2010-04-01/Accounts/{ACCOUNT}/Messages/{answer.json()['sid']}.json"
    with anyio.fail_after(PATIENCE):
        while (await sandbox.http.get(address, auth=(ACCOUNT, TOKEN))).json()["status"] != status:
            await anyio.lowlevel.checkpoint()
    texts: list[dict[str, Any]] = (await sandbox.state())["phones"][VERA]
    return [each for each in texts if each["direction"] == "in"]
