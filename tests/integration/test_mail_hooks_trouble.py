"""Bodies that break off, drip, or come all at once; and what is logged of any of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import anyio
import pytest

from gateway.web import mail_hooks
from tests.integration.test_mail_hooks import KEY, VERA, House, a_house
from tests.integration.web_gateway import PATIENCE
from tests.posting import MAILGUN_KEY, POSTMARK_SECRET, SENDGRID_SECRET, basic


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with a_house(tmp_path) as running:
        yield running


async def begins(
    house: House, length: int, body: bytes
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A post whose head promises more than comes."""
    host, _, port = house.air.origin.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    head = f"POST /hooks/mail/{KEY}/mailgun HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n"
    writer.write(head.encode() + body)
    await writer.drain()
    return reader, writer


async def works(house: House) -> None:
    """A genuine mail is still taken."""
    message_id, raw = house.fresh()
    assert (await house.posts("mailgun", house.request("mailgun", raw))).status_code == 200
    assert len(await house.kept(message_id)) == 1


async def test_a_body_that_breaks_off_leaves_nothing_and_is_no_failure_of_ours(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    _, writer = await begins(house, 1_000, b"half of it")
    writer.close()
    said = ""
    with anyio.fail_after(PATIENCE):
        while "mail_hook.refused" not in said:
            said += capsys.readouterr().out
            await house.air.clock.sleep(0.01)
    assert "http.failed" not in said
    assert await house.count() == 0
    await works(house)


async def test_a_body_that_drips_is_given_up(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail_hooks, "MOST_SECONDS", 0.2)
    reader, writer = await begins(house, 1_000, b"half of it")
    with anyio.fail_after(PATIENCE):
        assert (await reader.readline()).startswith(b"HTTP/1.1 408")
    writer.close()
    await works(house)


async def test_more_than_can_be_held_at_once_is_to_be_tried_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail_hooks, "MOST_IN_HAND", 5_000)
    _, held = await begins(house, 10_000, b"x" * 4_000)
    _, raw = house.fresh("y" * 2_000)
    with anyio.fail_after(PATIENCE):
        # The first body's bytes may arrive after ours; once they have, ours are too many.
        while True:
            answer = await house.posts("mailgun", house.request("mailgun", raw))
            if answer.status_code == 503:
                break
    assert answer.json()["code"] == "storage_refused"
    held.close()
    with anyio.fail_after(PATIENCE):
        while (await house.posts("mailgun", house.request("mailgun", raw))).status_code != 200:
            await house.air.clock.sleep(0.01)
    await works(house)


async def test_a_stranger_with_the_wrong_password_is_answered_before_the_body_is_read(
    house: House,
) -> None:
    host, _, port = house.air.origin.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(
        f"POST /hooks/mail/{KEY}/postmark HTTP/1.1\r\nHost: x\r\n"
        f"Authorization: {basic('a-wrong-password-here')['authorization']}\r\n"
        "Content-Length: 30000000\r\n\r\n".encode()
    )
    with anyio.fail_after(PATIENCE):
        assert (await reader.readline()).startswith(b"HTTP/1.1 401")
    writer.close()


async def test_no_log_holds_an_address_a_word_or_a_secret(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    _, raw = house.fresh("zebracanary")
    _, away = house.fresh("zebracanary", to="lemurcanary@else.example")
    for provider in ("postmark", "mailgun", "sendgrid", "ses"):
        await house.posts(provider, house.request(provider, raw))
        await house.posts(provider, house.request(provider, away, to="lemurcanary@else.example"))
        await house.posts(provider, house.request(provider, raw), key="pk_nobody")
        request = house.request(provider, raw)
        for body in (request.body[:-40], b"", b"zebracanary"):
            await house.air.http.post(
                f"/hooks/mail/{KEY}/{provider}?secret=urlcanary",
                content=body,
                headers=dict(request.headers),
            )
    captured = capsys.readouterr()
    said = captured.out + captured.err
    assert "mail_hook.nobody_here" in said
    assert "mail_hook.refused" in said
    canaries = [VERA, "zebracanary", "lemurcanary", "urlcanary"]
    for each in [*canaries, POSTMARK_SECRET, MAILGUN_KEY, SENDGRID_SECRET]:
        assert each not in said
