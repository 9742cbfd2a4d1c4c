"""WhatsApp at the sandbox's phone company: apart from texts, read receipts, 24 hours, templates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from twilio.base.exceptions import TwilioRestException

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
from tests.integration.test_sandbox_texts import client, heard, status_url

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from twilio.rest import Client

ENDS = {"to": f"whatsapp:{VERA}", "from_": f"whatsapp:{STORE}"}


@pytest.fixture
async def gateway() -> AsyncIterator[Gateway]:
    async with standing_gateway() as standing:
        yield standing


@pytest.fixture
async def sandbox(tmp_path: Path, gateway: Gateway) -> AsyncIterator[Sandbox]:
    async with running(tmp_path, gateway) as started:
        yield started


@pytest.fixture
def twilio(sandbox: Sandbox) -> Client:
    return client(sandbox)


async def writes(sandbox: Sandbox, body: str, **more: object) -> None:
    wish = {"to": STORE, "body": body, "channel": "whatsapp", **more}
    answer = await sandbox.http.post(f"/api/phones/{VERA}/send", json=wish)
    assert answer.status_code == 200, answer.text


async def template(sandbox: Sandbox, body: str) -> str:
    wish = {"friendly_name": "answer", "language": "en", "types": {"twilio/text": {"body": body}}}
    made = await sandbox.http.post("/v1/Content", json=wish, auth=(ACCOUNT, TOKEN))
    assert made.status_code == 201, made.text
    return str(made.json()["sid"])


async def fails(gateway: Gateway, twilio: Client, body: str) -> str:
    """Send free words; returns the error that the callback tells of."""
    callback = status_url(gateway)
    await twilio.messages.create_async(body=body, status_callback=callback, **ENDS)
    fields = (await heard(gateway.statuses)).fields
    assert fields["MessageStatus"] == "failed"
    return fields["ErrorCode"]


async def test_vera_writes_by_whatsapp_and_the_webhook_says_so(
    sandbox: Sandbox, gateway: Gateway
) -> None:
    await writes(sandbox, "Is it back?", quoted="SM" + "0" * 32)
    fields = (await heard(gateway.hooks)).fields
    assert fields["From"] == f"whatsapp:{VERA}"
    assert fields["To"] == f"whatsapp:{STORE}"
    assert fields["WaId"] == VERA.removeprefix("+")
    assert fields["OriginalRepliedMessageSid"] == "SM" + "0" * 32


async def test_a_phone_shows_whatsapp_apart_from_texts(sandbox: Sandbox, twilio: Client) -> None:
    await writes(sandbox, "Is it back?")
    await twilio.messages.create_async(body="It is, by WhatsApp.", **ENDS)
    await twilio.messages.create_async(to=VERA, from_=STORE, body="It is, by SMS.")
    assert (await sandbox.arrived(VERA, "It is, by WhatsApp."))["channel"] == "whatsapp"
    assert (await sandbox.arrived(VERA, "It is, by SMS."))["channel"] == "sms"


async def test_vera_opens_whatsapp_and_the_sender_is_told_that_she_has_read_it(
    sandbox: Sandbox, twilio: Client, gateway: Gateway
) -> None:
    await writes(sandbox, "Is it back?")
    await heard(gateway.hooks)
    callback = status_url(gateway)
    sent = await twilio.messages.create_async(body="It is.", status_callback=callback, **ENDS)
    await sandbox.arrived(VERA, "It is.")
    answer = await sandbox.http.post(f"/api/phones/{VERA}/read", json={})
    assert answer.json() == {"read": 1}
    told = {(await heard(gateway.statuses)).fields["MessageStatus"] for _ in range(3)}
    assert told == {"sent", "delivered", "read"}
    assert (await twilio.messages(sent.sid).fetch_async()).status == "read"
    assert (await sandbox.http.post(f"/api/phones/{VERA}/read", json={})).json() == {"read": 0}


async def test_free_words_to_whom_has_not_written_fail_with_63016(
    sandbox: Sandbox, twilio: Client, gateway: Gateway
) -> None:
    assert await fails(gateway, twilio, "Hello?") == "63016"
    assert (await sandbox.state())["phones"][VERA] == []


async def test_a_day_after_her_message_free_words_fail_and_a_template_arrives(
    tmp_path: Path, gateway: Gateway
) -> None:
    clock = tmp_path / "clock"
    async with running(tmp_path / "moved", gateway, "--clock", str(clock)) as sandbox:
        twilio = client(sandbox)
        await writes(sandbox, "Is it back?")
        await heard(gateway.hooks)
        moved = await sandbox.http.post("/api/clock", json={"seconds": 86_400})
        assert moved.status_code == 200, moved.text
        assert await fails(gateway, twilio, "It is.") == "63016"
        sid = await template(sandbox, "{{1}} at {{2}}: {{3}}")
        variables = '{"1": "Ada", "2": "Acme", "3": "It is."}'
        await twilio.messages.create_async(content_sid=sid, content_variables=variables, **ENDS)
        assert (await sandbox.arrived(VERA, "Ada at Acme: It is."))["channel"] == "whatsapp"


@pytest.mark.parametrize(
    ("variables", "code"),
    [
        ('{"1": "Ada"}', 21656),
        ('{"1": "Ada", "2": "two\\nlines"}', 21656),
        ('{"1": "Ada", "2": ""}', 21656),
        ("none", 21656),
    ],
)
async def test_a_template_is_refused_with_what_whatsapp_does_not_take(
    sandbox: Sandbox, twilio: Client, variables: str, code: int
) -> None:
    sid = await template(sandbox, "{{1}}: {{2}}")
    with pytest.raises(TwilioRestException) as refused:
        await twilio.messages.create_async(content_sid=sid, content_variables=variables, **ENDS)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"content_sid": "HX" + "0" * 32}, 21655),
        ({"body": "Hello?", "from_": STORE}, 21910),
        ({"body": "Hello?", "from_": "whatsapp:+14155550177"}, 63007),
    ],
)
async def test_what_no_whatsapp_sender_can_send_is_refused(
    twilio: Client, fields: dict[str, str], code: int
) -> None:
    with pytest.raises(TwilioRestException) as refused:
        await twilio.messages.create_async(**ENDS | fields)
    assert refused.value.code == code
