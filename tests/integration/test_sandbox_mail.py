"""The pretend post office, driven by a real mail client and a real mail server."""

from __future__ import annotations

import asyncio
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

import aiosmtplib
import pytest

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

BOUNCES = "bounce+d1@acme.example"
LONG_ID = f"<{'a1b2c3d4e5' * 9}@acme.example>"


@pytest.fixture
async def gateway() -> AsyncIterator[Gateway]:
    async with standing_gateway() as standing:
        yield standing


@pytest.fixture
async def sandbox(tmp_path: Path, gateway: Gateway) -> AsyncIterator[Sandbox]:
    async with running(tmp_path, gateway) as started:
        yield started


def letter(**headers: str) -> EmailMessage:
    mail = EmailMessage(policy=policy.SMTP.clone(max_line_length=998))
    mail["From"] = f'"Ada at Acme" <{SUPPORT}>'
    mail["To"] = VERA_MAIL
    mail["Subject"] = headers.pop("subject", "Is the blue one back? – yes")
    mail["Message-ID"] = headers.pop("message_id", LONG_ID)
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content("Yes, Vera!\n\nIt is back in 38 – shall I keep one?\n")
    mail.add_alternative("<p>Yes, <b>Vera</b>!</p>", subtype="html")
    return mail


async def send(
    sandbox: Sandbox, mail: EmailMessage, to: str = VERA_MAIL, *, sender: str = BOUNCES
) -> str:
    _, answer = await aiosmtplib.send(
        mail,
        sender=sender,
        recipients=[to],
        hostname="127.0.0.1",
        port=sandbox.smtp_port,
        start_tls=False,
        local_hostname="gateway.example",
        timeout=PATIENCE,
    )
    return answer


async def mailbox(sandbox: Sandbox, address: str = VERA_MAIL) -> list[dict[str, Any]]:
    letters: list[dict[str, Any]] = (await sandbox.state())["mailboxes"].get(address, [])
    return letters


async def taken(gateway: Gateway) -> tuple[str, list[str], EmailMessage]:
    mail = await asyncio.wait_for(gateway.mails.get(), PATIENCE)
    parsed = message_from_bytes(mail.raw, policy=policy.default)
    return mail.sender, mail.recipients, parsed


def part(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content())


async def test_vera_gets_a_mail_and_the_ledger_has_its_envelope(sandbox: Sandbox) -> None:
    await send(sandbox, letter(Reply_To="conv+1.abc@in.acme.example"), "Vera@Shopper.example")
    (found,) = await mailbox(sandbox)
    assert found["direction"] == "in"
    assert found["from"] == f"Ada at Acme <{SUPPORT}>"
    assert found["subject"] == "Is the blue one back? – yes"
    assert found["text"].startswith("Yes, Vera!\n\nIt is back")
    assert "<b>Vera</b>" in found["html"]
    assert (found["message_id"], found["in_reply_to"]) == (LONG_ID, None)
    assert found["headers"]["Reply-To"] == found["reply_to"] == "conv+1.abc@in.acme.example"
    (line,) = sandbox.ledger("mail")
    assert {name: line[name] for name in ("message_id", "to", "from", "subject")} == {
        "message_id": LONG_ID,
        "to": "Vera@Shopper.example",
        "from": BOUNCES,
        "subject": "Is the blue one back? – yes",
    }
    assert line["text"] == found["text"]


async def test_a_mail_to_somebody_else_opens_their_mailbox(sandbox: Sandbox) -> None:
    await send(sandbox, letter(), "osei@elsewhere.example")
    assert len(await mailbox(sandbox, "osei@elsewhere.example")) == 1
    assert await mailbox(sandbox) == []


async def test_veras_reply_quotes_the_mail_and_keeps_the_thread(
    sandbox: Sandbox, gateway: Gateway
) -> None:
    await send(
        sandbox,
        letter(
            Reply_To="conv+1.abc@in.acme.example",
            In_Reply_To="<first@acme.example>",
            References="<root@acme.example> <first@acme.example>",
        ),
    )
    (original,) = await mailbox(sandbox)
    answer = await sandbox.http.post(
        f"/api/mailboxes/{VERA_MAIL}/reply",
        json={"id": original["id"], "text": "Yes please 👍\n<3"},
    )
    assert (answer.json()["code"], answer.json()["taken"]) == (250, True)
    sender, recipients, mail = await taken(gateway)
    assert (sender, recipients) == (VERA_MAIL, ["conv+1.abc@in.acme.example"])
    assert mail["Subject"] == "Re: Is the blue one back? – yes"
    assert mail["In-Reply-To"] == LONG_ID
    assert mail["References"].split() == ["<root@acme.example>", "<first@acme.example>", LONG_ID]
    assert parsedate_to_datetime(mail["Date"]).tzinfo is not None
    lines = part(mail, "plain").splitlines()
    assert lines[:3] == ["Yes please 👍", "<3", ""]
    assert lines[3].startswith("On ")
    assert lines[3].endswith(f" Ada at Acme <{SUPPORT}> wrote:")
    assert lines[4:] == [
        "",
        "> Yes, Vera!",
        ">",
        "> It is back in 38 – shall I keep one?",
    ]
    html = part(mail, "html")
    assert "Yes please 👍<br>&lt;3" in html
    assert "<b>Vera</b>" in html[html.index('<blockquote class="gmail_quote"') :]
    assert [kept["status"] for kept in await mailbox(sandbox)] == ["received", "sent"]


async def test_the_ids_of_a_reply_are_not_folded_into_encoded_words(
    sandbox: Sandbox, gateway: Gateway
) -> None:
    await send(sandbox, letter())
    (original,) = await mailbox(sandbox)
    wish = {"id": original["id"], "text": "Yes"}
    await sandbox.http.post(f"/api/mailboxes/{VERA_MAIL}/reply", json=wish)
    raw = (await asyncio.wait_for(gateway.mails.get(), PATIENCE)).raw
    assert f"In-Reply-To: {LONG_ID}\r\n".encode() in raw


async def test_without_reply_to_the_answer_goes_to_the_author(
    sandbox: Sandbox, gateway: Gateway
) -> None:
    await send(sandbox, letter(subject="Re: Your order"))
    (original,) = await mailbox(sandbox)
    wish = {"id": original["id"], "text": "Thanks"}
    await sandbox.http.post(f"/api/mailboxes/{VERA_MAIL}/reply", json=wish)
    _, recipients, mail = await taken(gateway)
    assert recipients == [SUPPORT]
    assert mail["Subject"] == "Re: Your order"


async def test_vera_writes_first_with_headers_of_her_own(
    sandbox: Sandbox, gateway: Gateway
) -> None:
    wish = {
        "to": f"Acme <{SUPPORT}>",
        "subject": "Größe 38?",
        "text": "Hallo",
        "headers": {"Auto-Submitted": "auto-replied", "Message-ID": "<mine@shopper.example>"},
    }
    answer = await sandbox.http.post(f"/api/mailboxes/{VERA_MAIL}/send", json=wish)
    assert answer.json()["message_id"] == "<mine@shopper.example>"
    sender, recipients, mail = await taken(gateway)
    assert (sender, recipients) == (VERA_MAIL, [SUPPORT])
    assert (mail["Subject"], mail["Auto-Submitted"]) == ("Größe 38?", "auto-replied")
    assert mail.get_all("Message-ID") == ["<mine@shopper.example>"]


@pytest.mark.parametrize(
    "wish",
    [
        {"to": "nobody", "subject": "x", "text": "x"},
        {"to": SUPPORT, "subject": "x\r\nBcc: all@acme.example", "text": "x"},
        {"to": SUPPORT, "subject": "x", "text": "x", "headers": {"Content-Type": "text/evil"}},
        {"to": SUPPORT, "subject": "x", "text": "x", "headers": {"X-One": 1}},
    ],
)
async def test_a_mail_that_cannot_be_is_refused_and_not_sent(
    sandbox: Sandbox, gateway: Gateway, wish: dict[str, object]
) -> None:
    answer = await sandbox.http.post(f"/api/mailboxes/{VERA_MAIL}/send", json=wish)
    assert answer.status_code == 400
    assert gateway.mails.empty()
    assert await mailbox(sandbox) == []


async def test_the_gateways_reply_is_told_and_only_a_4xx_is_tried_again(
    sandbox: Sandbox, gateway: Gateway
) -> None:
    gateway.replies = ["451 4.3.0 Not now", "250 Ok", "550 5.7.1 Never"]
    outcomes = []
    for subject in ("One", "Two"):
        wish = {"to": SUPPORT, "subject": subject, "text": "Hi"}
        answer = await sandbox.http.post(f"/api/mailboxes/{VERA_MAIL}/send", json=wish)
        outcomes.append((answer.json()["code"], answer.json()["attempts"]))
    assert outcomes == [(250, 2), (550, 1)]
    assert [kept["status"] for kept in await mailbox(sandbox)] == ["sent", "failed"]


async def test_a_letter_that_is_not_there_cannot_be_answered(sandbox: Sandbox) -> None:
    wish = {"id": "none", "text": "Hi"}
    answer = await sandbox.http.post(f"/api/mailboxes/{VERA_MAIL}/reply", json=wish)
    assert answer.status_code == 404
