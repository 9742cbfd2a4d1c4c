"""The doctor opens the mailbox that is polled, and says what keeps it from being read."""

from __future__ import annotations

import asyncio
import ssl

import anyio
import pytest

from gateway.channels.email.imap_health import look_at_mailbox
from gateway.core.finding import Finding
from gateway.settings import read_settings
from tests.integration.imap_server import CERTIFICATES, Protection, imap_server


async def seen(url: str, *, trusted: bool = True) -> list[Finding]:
    trust = ssl.create_default_context(cafile=CERTIFICATES / "authority.pem" if trusted else None)
    found = await look_at_mailbox(read_settings(imap_url=url), trust=trust)
    for each in found:
        assert "p@ss" not in each.words + each.advice
    return found


@pytest.mark.parametrize("protection", ["tls", "starttls"])
async def test_a_mailbox_that_can_be_read_is_well(protection: Protection) -> None:
    async with imap_server(protection=protection) as server:
        (found,) = await seen(server.url())
    assert (found.level, found.words) == ("ok", "signs in, and the folder opens")


@pytest.mark.parametrize(
    ("change", "says", "advises"),
    [
        ({"password": "wrong"}, "refused the user or the password", "app password"),
        ({"folder": "Nowhere"}, "no such folder", "/INBOX"),
    ],
)
async def test_what_keeps_it_from_being_read_is_said_with_what_to_do(
    change: dict[str, str], says: str, advises: str
) -> None:
    async with imap_server(protection="tls") as server:
        (found,) = await seen(server.url(**change))
    assert found.level == "wrong"
    assert says in found.words
    assert advises in found.advice


async def test_a_certificate_of_nobody_we_trust_names_the_file() -> None:
    async with imap_server(protection="tls") as server:
        (found,) = await seen(server.url(), trusted=False)
    assert found.level == "wrong"
    assert "SSL_CERT_FILE" in found.advice


async def test_a_mailbox_without_tls_or_idle_is_warned_of() -> None:
    async with imap_server(protection="none", idle=False) as server:
        found = await seen(server.url(query="?tls=none"))
    assert [each.level for each in found] == ["ok", "warning", "warning"]


async def test_a_server_that_is_away_says_which_ports_there_are(unused_tcp_port: int) -> None:
    (found,) = await seen(f"imaps://ada:secret@localhost:{unused_tcp_port}/INBOX")
    assert found.level == "wrong"
    assert "993" in found.advice


async def test_a_server_that_says_nothing_is_not_waited_for() -> None:
    async def silent(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await left.wait()
        writer.close()

    left = anyio.Event()
    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    settings = read_settings(imap_url=f"imap://ada:secret@127.0.0.1:{port}/INBOX?tls=none")
    (found,) = await look_at_mailbox(settings, patience=0.2)
    left.set()
    server.close()
    assert (found.level, found.words) == ("wrong", "the mail server does not answer in time")
