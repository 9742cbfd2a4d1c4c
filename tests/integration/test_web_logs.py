"""What people say and what opens doors is in no log, not even at the most talkative level."""

from __future__ import annotations

import contextlib
import json
import urllib.error
import urllib.request
from dataclasses import replace
from pathlib import Path
from typing import Any

import anyio
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from tests.e2e.demo_house import DemoHouse, fresh_number
from tests.e2e.schema_client import Client
from tests.e2e.served import ACME, EMAIL, KEY, PASSWORD, Served, serve
from tests.integration.web_gateway import cmid

PATIENCE = 40.0
SENDERS = replace(ACME, sms_from="+14155550100", mail_from="support@acme.example")
QUESTION, ANSWER, NOTE = "zebracanary", "giraffecanary", "ocelotcanary"
TEXTED, MAILED, REPLIED = "lemurcanary", "okapicanary", "bisoncanary"
FORGED = "tapircanary"
PAGE = "https://shop.example/?token=urlcanary"
MAILBOX = "mailcanary@shopper.example"
pytestmark = pytest.mark.timeout(180)


def ask(request: urllib.request.Request | str) -> int:
    """The status of an answer."""
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def unheard(log: str, canaries: set[str]) -> None:
    """The log says something, and none of these."""
    assert len(canaries) > 5
    assert all(len(each) > 5 for each in canaries)
    assert [each for each in canaries if each.lower() in log.lower()] == []


def doors(*clients: Client) -> set[str]:
    """What opens something: sessions, cookies, tokens."""
    found = {each.session for each in clients if each.session}
    for each in clients:
        found |= {value.rpartition("=")[2] for value in each.signed.values()}
    return found


async def vera_asks(vera: Client, key: str, value: str, channel: str) -> None:
    """Vera comes from a page, asks, and leaves an address."""
    welcome = await vera.come(key)
    await vera.say("tab", panel=True, visible=True, focus=True, url=PAGE, title="titlecanary")
    await vera.say("send", cmid=f"cmid-{channel}-{key}", body=QUESTION)
    await vera.hear("snapshot")
    mine = [each for each in welcome["sentences"] if each["channel"] == channel and each["home"]]
    (sentence,) = [each["id"] for each in mine]
    await vera.say("leave_address", channel=channel, value=value, sentence_id=sentence)
    await vera.hear("addresses")


async def ada_opens(ada: Client) -> dict[str, Any]:
    await ada.come()
    await ada.say("inbox", view="open")
    # Who has waited longest stands first; she takes whoever came last.
    row = max((await ada.hear("inbox"))["rows"], key=lambda each: each["last_at"])
    where = {"store_id": row["store_id"], "conversation_id": row["conversation_id"]}
    await ada.say("open", **where, resume=None)
    await ada.hear("snapshot")
    return where


async def ada_says(ada: Client, where: dict[str, Any], body: str, *, note: bool = False) -> None:
    seen = ada.log[-1]["seq"]
    await ada.say("send", **where, cmid=cmid(), body=body, note=note, seen_seq=seen)
    told = await ada.hear("ack", "error")
    assert told["t"] == "ack", told


async def delivery(ada: Client, *states: str, channel: str) -> None:
    """Wait until a delivery by this channel has come to one of these states."""

    def came(entry: dict[str, Any]) -> bool:
        data = entry["data"]
        return bool(
            entry["event"] == "delivery" and data["channel"] == channel and data["state"] in states
        )

    while not any(came(entry) for entry in ada.log):
        await ada.hear("entry")


async def err(served: Served | str, key: str) -> None:
    """Everything that a client can do wrong, with words in it."""
    origin = served if isinstance(served, str) else served.origin
    socket = origin.replace("http", "ws", 1)
    own = {"Origin": origin}
    for raw in (
        json.dumps({"t": "send", "cmid": FORGED, "body": [FORGED]}),
        json.dumps({"t": FORGED}),
        b"\xff" + FORGED.encode(),
        FORGED * 10_000,
    ):
        vera = Client(origin, "shopper")
        await vera.come(key)
        assert vera.socket is not None
        await vera.socket.send(raw)
        await vera.socket.close()
    with contextlib.suppress(ConnectionClosed):
        async with connect(
            f"{socket}/ws/shopper?ticket={FORGED}", additional_headers=own, proxy=None
        ) as bad:
            # Text that is not UTF-8: the server's own library sees it first.
            await bad.send(b"\xff" + FORGED.encode(), text=True)
            await bad.recv()
    for path, body in (
        (f"/hooks/twilio/{key}/message", f"Body={FORGED}&From=%2B1{FORGED}"),
        ("/api/login", json.dumps({"email": f"{FORGED}@x.example", "password": FORGED})),
        ("/api/login", FORGED),
        ("/widget/session", json.dumps({"key": key, "session": FORGED})),
    ):
        request = urllib.request.Request(origin + path, body.encode(), headers=own)
        ask(request)
    assert ask(f"{origin}/widget/config?key={FORGED}") == 404
    assert ask(f"{origin}/{FORGED}") == 404


async def test_when_nothing_can_be_delivered_the_log_names_nobody(tmp_path: Path) -> None:
    secrets = {
        "SECRET_KEY": "secretcanary-" + "s" * 32,
        "SMTP_PASSWORD": "smtpcanary",
        "TWILIO_AUTH_TOKEN": "tokencanary",
        "TWILIO_AUTH_TOKEN_OTHER": "othercanary",
    }
    nowhere = {
        "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
        "TWILIO_API_BASE": "http://127.0.0.1:1",
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": "1",
        "SMTP_USERNAME": "usercanary",
        "SMTP_TLS": "none",
        "LOG_LEVEL": "debug",
    }
    number = "+14155550142"
    async with serve(tmp_path, SENDERS, **secrets, **nowhere) as served:
        vera, ada = Client(served.origin, "shopper"), Client(served.origin, "agent")
        ada.sign_in(EMAIL, PASSWORD)
        with anyio.fail_after(PATIENCE):
            await vera_asks(vera, KEY, number, "sms")
            where = await ada_opens(ada)
            await ada_says(ada, where, NOTE, note=True)
            await ada_says(ada, where, ANSWER)
            await delivery(ada, "deferred", "failed", "unknown", channel="sms")
            await err(served, KEY)
            await hang_up(vera, ada)
    said = {QUESTION, ANSWER, NOTE, FORGED, number, number[2:], EMAIL, PASSWORD, "urlcanary",
            "titlecanary", "usercanary"}  # fmt: skip
    unheard(served.log.read_text(), said | set(secrets.values()) | doors(vera, ada))


async def test_when_all_goes_well_the_log_names_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOG_LEVEL", "debug")
    number = fresh_number()
    with DemoHouse(tmp_path, {"gone": 0.2, "linger": 0.2}) as house:
        origin = str(house.told["base_url"])
        agent = house.agent("Ada")
        vera, ada = Client(origin, "shopper"), Client(origin, "agent")
        ada.sign_in(agent["email"], agent["password"])
        with anyio.fail_after(PATIENCE * 2):
            await vera_asks(vera, house.key, number, "sms")
            where = await ada_opens(ada)
            (code,) = await house.until("the code", lambda: house.texts_to(number))
            digits = "".join(each for each in code if each.isdigit())[:6]
            held = next(each for each in vera.heard[::-1] if each["t"] == "addresses")
            await vera.say("give_code", address_id=held["addresses"][0]["address_id"], code=digits)
            await vera.hear("addresses")
            assert vera.socket is not None
            await vera.socket.close()
            await ada_says(ada, where, ANSWER)
            await delivery(ada, "delivered", channel="sms")
            house.post(f"/api/phones/{number}/send", {"body": TEXTED})
            while (await ada.hear("entry"))["entry"]["body"] != TEXTED:
                pass
            walt = Client(origin, "shopper")
            await vera_asks(walt, house.key, MAILBOX, "email")
            assert walt.socket is not None
            await walt.socket.close()
            ada.log = []
            await hang_up(ada)
            where = await ada_opens(ada)
            await ada_says(ada, where, MAILED)
            (mail,) = await house.until("the mail", lambda: house.mails_to(MAILBOX))
            reply = {"id": mail["id"], "text": REPLIED}
            house.post(f"/api/mailboxes/{MAILBOX}/reply", reply)
            while (await ada.hear("entry"))["entry"]["body"] != REPLIED:
                pass
            await err(origin, house.key)
            await hang_up(ada)
        log = house.log()
    said = {QUESTION, ANSWER, TEXTED, MAILED, REPLIED, FORGED, MAILBOX, number, number[1:],
            "urlcanary", "titlecanary", agent["password"]}  # fmt: skip
    unheard(log, said | doors(vera, walt, ada))


async def hang_up(*clients: Client) -> None:
    for each in clients:
        assert each.socket is not None
        await each.socket.close()
