"""A phone of the sandbox sends a picture, and who has the account's password gets it."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest

from gateway.channels.port import NotListed
from gateway.channels.twilio.listing import TwilioListing
from gateway.channels.twilio.media import TwilioMedia
from gateway.egress import NotFetched
from tests.integration.test_sandbox_process import (
    ACCOUNT,
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
