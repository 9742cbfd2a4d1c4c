"""The post office behaving badly, one switch at a time."""

from __future__ import annotations

import asyncio
from email import message_from_string, policy
from typing import TYPE_CHECKING

import aiosmtplib
import pytest

from tests.integration.test_sandbox_mail import BOUNCES, LONG_ID, letter, mailbox, send, taken
from tests.integration.test_sandbox_process import (
    PATIENCE,
    SUPPORT,
    VERA_MAIL,
    Gateway,
    Sandbox,
    running,
    standing_gateway,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@pytest.fixture
async def gateway() -> AsyncIterator[Gateway]:
    async with standing_gateway() as standing:
        yield standing


@pytest.fixture
async def sandbox(tmp_path: Path, gateway: Gateway) -> AsyncIterator[Sandbox]:
    async with running(tmp_path, gateway) as started:
        yield started


async def test_reject_refuses_the_recipient(sandbox: Sandbox) -> None:
    await sandbox.switch(mail="reject")
    with pytest.raises(aiosmtplib.SMTPRecipientsRefused) as caught:
        await send(sandbox, letter())
    (refused,) = caught.value.recipients
    assert refused.code == 550
    assert refused.message.startswith("5.1.1 ")
    assert sandbox.ledger("mail") == []


async def test_timeout_keeps_the_mail_and_drops_the_connection(sandbox: Sandbox) -> None:
    await sandbox.switch(mail="timeout")
    with pytest.raises(aiosmtplib.SMTPServerDisconnected):
        await send(sandbox, letter())
    assert [line["message_id"] for line in sandbox.accepted("mail")] == [LONG_ID]
    assert len(await mailbox(sandbox)) == 1
    await sandbox.switch(mail="ok")
    await send(sandbox, letter())
    assert len(sandbox.accepted("mail")) == 2


async def test_bounce_sends_a_report_to_the_envelope_sender(
    sandbox: Sandbox, gateway: Gateway
) -> None:
    await sandbox.switch(mail="bounce")
    assert (await send(sandbox, letter())).endswith("queued")
    sender, recipients, report = await taken(gateway)
    assert (sender, recipients) == ("", [BOUNCES])
    assert report.get_content_type() == "multipart/report"
    assert report.get_param("report-type") == "delivery-status"
    assert report["Auto-Submitted"] == "auto-replied"
    notice, status, headers = report.iter_parts()
    assert VERA_MAIL in notice.get_content()
    assert status.get_content_type() == "message/delivery-status"
    server, address = status.iter_parts()
    assert server["Reporting-MTA"].startswith("dns; ")
    assert address["Final-Recipient"] == f"rfc822; {VERA_MAIL}"
    assert (address["Action"], address["Status"]) == ("failed", "5.1.1")
    assert headers.get_content_type() == "text/rfc822-headers"
    original = message_from_string(headers.get_content(), policy=policy.default)
    assert original["Message-ID"] == LONG_ID
    assert original["Subject"] == "Is the blue one back? – yes"
    assert await mailbox(sandbox) == []
    assert len(sandbox.accepted("mail")) == 1


async def test_a_bounce_of_a_bounce_is_nobodys_mail(sandbox: Sandbox, gateway: Gateway) -> None:
    await sandbox.switch(mail="bounce")
    await send(sandbox, letter(), sender="")
    await send(sandbox, letter(message_id="<second@acme.example>"))
    sender, recipients, report = await taken(gateway)
    assert (sender, recipients) == ("", [BOUNCES])
    assert b"<second@acme.example>" in report.as_bytes()
    assert gateway.mails.empty()


async def test_slow_takes_three_seconds_to_answer(sandbox: Sandbox) -> None:
    await sandbox.switch(mail="slow")
    loop = asyncio.get_running_loop()
    begun = loop.time()
    await send(sandbox, letter())
    assert loop.time() - begun >= 3


async def test_down_says_421_to_new_and_to_open_connections(sandbox: Sandbox) -> None:
    client = aiosmtplib.SMTP(
        hostname="127.0.0.1", port=sandbox.smtp_port, start_tls=False, timeout=PATIENCE
    )
    async with client:
        await client.ehlo()
        assert client.esmtp_extensions["size"] == str(25 * 1024 * 1024)
        await sandbox.switch(mail="down")
        with pytest.raises(aiosmtplib.SMTPResponseException) as caught:
            await client.mail(SUPPORT)
        assert caught.value.code == 421
        with pytest.raises(aiosmtplib.SMTPConnectResponseError) as refused:
            await send(sandbox, letter())
        assert refused.value.code == 421
        assert not client.is_connected
    await sandbox.switch(mail="ok")
    await send(sandbox, letter())
    assert len(sandbox.accepted("mail")) == 1


async def test_a_mail_that_no_mailbox_could_show_is_refused_and_the_office_stays_open(
    sandbox: Sandbox,
) -> None:
    broken = b"From: \xff <@\r\nSubject: =?x?q?=\r\nMessage-ID: <<>\r\n\r\nx"
    client = aiosmtplib.SMTP(
        hostname="127.0.0.1", port=sandbox.smtp_port, start_tls=False, timeout=PATIENCE
    )
    async with client:
        await client.mail(SUPPORT)
        await client.rcpt(VERA_MAIL)
        with pytest.raises(aiosmtplib.SMTPDataError) as caught:
            await client.data(broken)
    assert caught.value.code == 554
    await send(sandbox, letter())
    assert [line["message_id"] for line in sandbox.ledger("mail")] == [LONG_ID]
