"""A gateway with ``IMAP_URL``: answers land in their conversation, /readyz says what is wrong."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import anyio
import anyio.lowlevel
import pytest
from prometheus_client import generate_latest
from sqlmodel import col, select

from gateway.errors import Misconfigured
from gateway.services import mailboxes, setup
from gateway.store.tables import EntryRow
from gateway.store.tx import Tx
from tests.integration.imap_desk import DOMAIN, MAILBOX, PATIENCE, letter
from tests.integration.imap_server import PASSWORD, ImapServer, imap_server
from tests.integration.web_gateway import WebGateway, on_air


@pytest.fixture
async def server() -> AsyncIterator[ImapServer]:
    async with imap_server() as running:
        yield running


@contextlib.asynccontextmanager
async def a_gateway(home: Path, server: ImapServer) -> AsyncIterator[WebGateway]:
    """A gateway on the air whose mailbox is read."""
    url = server.url(password="wrong")  # IMAP_PASSWORD wins
    async with on_air(home, imap_url=url, imap_password=PASSWORD) as air:
        await setup.ensure_store(
            air.gateway.house.store,
            setup.NewStore(
                key="pk_shoes", name="Shoes", origins=(), mail_from=MAILBOX, mail_domain=DOMAIN
            ),
        )
        assert air.gateway.mailbox is not None
        async with anyio.create_task_group() as group:
            group.start_soon(air.gateway.mailbox.run)
            yield air
            group.cancel_scope.cancel()


async def messages(air: WebGateway, count: int) -> list[EntryRow]:
    """What shoppers wrote, once there are so many."""

    def look(tx: Tx) -> list[EntryRow]:
        return list(
            tx.session.exec(
                select(EntryRow)
                .where(EntryRow.kind == "message", EntryRow.side == "shopper")
                .order_by(col(EntryRow.at))
            )
        )

    with anyio.fail_after(PATIENCE):
        while True:
            found = await air.gateway.house.store.read(look)
            if len(found) >= count:
                return found
            await air.gateway.house.refresh.wait(PATIENCE)


async def test_an_answer_in_the_mailbox_lands_in_its_conversation(
    tmp_path: Path, server: ImapServer
) -> None:
    async with a_gateway(tmp_path, server) as air:
        await server.idles()
        await server.deliver(letter("Where are they"))
        [first] = await messages(air, 1)
        answer = letter("And my socks", more="In-Reply-To: <Where.are.they@shopper.example>\r\n")
        await server.deliver(answer)
        both = await messages(air, 2)
        assert [each.body for each in both] == ["Where are they", "And my socks"]
        assert {each.conversation_id for each in both} == {first.conversation_id}
        assert {each.channel for each in both} == {"email"}
        text = generate_latest().decode()
        assert "onethread_mailbox_reading 1.0" in text
        assert 'onethread_mailbox_mails_total{outcome="stored"}' in text


async def test_readyz_says_in_words_that_the_password_is_wrong(
    tmp_path: Path, server: ImapServer
) -> None:
    await server.password_is("changed")
    async with a_gateway(tmp_path, server) as air:
        mailbox = air.gateway.mailbox
        assert mailbox is not None
        with anyio.fail_after(PATIENCE):
            while mailbox.state.name != "in_trouble":
                await anyio.lowlevel.checkpoint()
        answer = await air.http.get("/readyz")
        assert answer.status_code == 503
        said = answer.json()["wrong"]["mailbox"]
        assert said.startswith("the mail server refused the user or the password")
        assert MAILBOX not in answer.text


async def test_a_lost_connection_is_told_once_it_has_lasted(
    tmp_path: Path, server: ImapServer
) -> None:
    async with a_gateway(tmp_path, server) as air:
        mailbox = air.gateway.mailbox
        await server.idles()
        await server.stop()
        assert mailbox is not None
        with anyio.fail_after(PATIENCE):
            while mailbox.state.name != "in_trouble":
                await anyio.lowlevel.checkpoint()
        since = mailbox.state.since
        assert mailboxes.wrong_with(mailbox, since) == {}
        assert mailboxes.wrong_with(mailbox, since + mailboxes.UNTOLD) == {
            "mailbox": mailbox.state.words
        }


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("pop3://a:b@mail.example/INBOX", "IMAP_URL has to read"),
        ("imaps://mail.example/INBOX", "IMAP_URL has to read"),
        ("imaps://a@mail.example/INBOX", "no password"),
    ],
)
async def test_a_gateway_does_not_start_with_a_mailbox_that_is_none(
    tmp_path: Path, url: str, words: str
) -> None:
    with pytest.raises(Misconfigured, match=words):
        async with on_air(tmp_path, None, imap_url=url):
            pass
