"""Where the pictures of texts are fetched from, and who is shown the account's password."""

from __future__ import annotations

import base64
import ipaddress
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from gateway.channels.twilio.media import MOST_BYTES, TwilioMedia, is_taken
from gateway.egress import Egress, NotAllowed, NotFetched, Place
from tests.integration.far_side import FarSide, far_side

API, CDN, OTHER = "api.twilio.com", "mms.twiliocdn.com", "other.example"
PICTURE = f"https://{API}/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME1"
PASSWORD = "authorization: basic " + base64.b64encode(b"AC1:token").decode().lower()


@pytest.fixture
async def side(tmp_path: Path) -> AsyncIterator[FarSide]:
    async with far_side(tmp_path, API, CDN, OTHER) as serving:
        yield serving


def media(side: FarSide) -> TwilioMedia:
    """The files of account AC1, whose hosts all stand on this machine."""

    async def resolve(host: str, port: int) -> Sequence[Place]:
        return [("127.0.0.1", side.port)]

    home = ipaddress.ip_network("127.0.0.1/32")
    egress = Egress(also=[home], tls=side.trusted, resolve=resolve)
    return TwilioMedia("AC1", "token", api_base=None, egress=egress)


def path(url: str) -> str:
    return "/" + url.split("/", 3)[3]


async def test_the_api_gets_the_password_and_the_network_that_serves_the_bytes_does_not(
    side: FarSide,
) -> None:
    side.says(path(PICTURE), b"", 307, f"Location: https://{CDN}/bytes")
    side.says("/bytes", b"picture")
    assert await media(side).fetch(PICTURE) == b"picture"
    api, cdn = (head.lower() for head in side.heads)
    assert PASSWORD in api
    assert "authorization" not in cdn


@pytest.mark.parametrize("location", [f"https://{OTHER}/bytes", f"https://evil{CDN}.example/bytes"])
async def test_a_redirect_to_another_house_is_not_followed(side: FarSide, location: str) -> None:
    side.says(path(PICTURE), b"", 302, f"Location: {location}")
    with pytest.raises(NotAllowed):
        await media(side).fetch(PICTURE)
    assert len(side.heads) == 1


@pytest.mark.parametrize(
    "url",
    [
        f"https://{OTHER}/ME1",
        "https://eviltwiliocdn.com/ME1",
        f"http://{API}/ME1",
        "https://api.twilio.com@other.example/ME1",
        "",
    ],
)
async def test_only_twilios_own_hosts_are_called(side: FarSide, url: str) -> None:
    with pytest.raises(NotAllowed):
        await media(side).fetch(url)
    assert side.connections == 0


@pytest.mark.parametrize(("status", "body"), [(404, b"no"), (401, b"no"), (200, b"")])
async def test_what_is_not_there_is_not_fetched(side: FarSide, status: int, body: bytes) -> None:
    side.says(path(PICTURE), body, status)
    with pytest.raises(NotFetched):
        await media(side).fetch(PICTURE)


async def test_five_megabytes_are_the_most(side: FarSide) -> None:
    side.says(path(PICTURE), b"x" * MOST_BYTES)
    assert len(await media(side).fetch(PICTURE)) == MOST_BYTES
    side.says(path(PICTURE), b"x" * (MOST_BYTES + 1))
    with pytest.raises(NotFetched, match="large"):
        await media(side).fetch(PICTURE)


@pytest.mark.parametrize(
    ("kind", "taken"),
    [
        ("image/jpeg", True),
        ("Image/PNG; x=y", True),
        ("video/mp4", True),
        ("application/pdf", True),
        ("text/vcard", True),
        ("text/html", False),
        ("application/zip", False),
        ("", False),
    ],
)
def test_what_phones_send_is_taken(kind: str, taken: bool) -> None:
    assert is_taken(kind) is taken
