"""The phone company behaving badly, one switch at a time."""

from __future__ import annotations

import asyncio
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


async def test_reject_refuses_with_the_chosen_code(sandbox: Sandbox, twilio: Client) -> None:
    for wish, code in (({"sms": "reject"}, 21211), ({"sms": "reject", "sms_code": 21610}, 21610)):
        await sandbox.switch(**wish)
        with pytest.raises(TwilioRestException) as caught:
            await twilio.messages.create_async(to=VERA, from_=STORE, body="Hi")
        assert (caught.value.status, caught.value.code) == (400, code)
    assert sandbox.ledger("sms") == []


async def test_timeout_takes_the_text_and_never_answers(
    sandbox: Sandbox, twilio: Client, gateway: Gateway
) -> None:
    await sandbox.switch(sms="timeout")
    form = {"To": VERA, "From": STORE, "Body": "Hi", "StatusCallback": status_url(gateway)}
    path = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    answer = asyncio.create_task(
        sandbox.http.post(path, data=form, auth=(ACCOUNT, TOKEN), timeout=None)
    )
    hooks = [await heard(gateway.statuses) for _ in range(2)]
    (line,) = sandbox.accepted("sms")
    assert {hook.fields["MessageSid"] for hook in hooks} == {line["sid"]}
    # However late the machine is, the text has gone by now, and its answer has not come.
    answered, _ = await asyncio.wait({answer}, timeout=0.2)
    assert answered == set()
    answer.cancel()
    await asyncio.wait({answer})
    assert [found.sid for found in await twilio.messages.list_async(to=VERA)] == [line["sid"]]
    await sandbox.arrived(VERA, "Hi")


async def test_bounce_says_undelivered_and_vera_gets_nothing(
    sandbox: Sandbox, twilio: Client, gateway: Gateway
) -> None:
    await sandbox.switch(sms="bounce")
    callback = status_url(gateway)
    sent = await twilio.messages.create_async(
        to=VERA, from_=STORE, body="Hi", status_callback=callback
    )
    hooks = [await heard(gateway.statuses) for _ in range(2)]
    ends = {hook.fields["MessageStatus"]: hook.fields.get("ErrorCode") for hook in hooks}
    assert ends == {"sent": None, "undelivered": "30005"}
    assert (await twilio.messages(sent.sid).fetch_async()).error_code == 30005
    assert (await sandbox.state())["phones"][VERA] == []


async def test_slow_takes_three_seconds_to_answer(sandbox: Sandbox, twilio: Client) -> None:
    await sandbox.switch(sms="slow")
    loop = asyncio.get_running_loop()
    begun = loop.time()
    await twilio.messages.create_async(to=VERA, from_=STORE, body="Hi")
    assert loop.time() - begun >= 3


async def test_down_answers_503_until_the_carrier_is_back(sandbox: Sandbox, twilio: Client) -> None:
    await sandbox.switch(sms="down")
    with pytest.raises(TwilioRestException) as caught:
        await twilio.messages.create_async(to=VERA, from_=STORE, body="Hi")
    assert caught.value.status == 503
    await sandbox.switch(sms="ok")
    await twilio.messages.create_async(to=VERA, from_=STORE, body="Hi again")
    assert [line["body"] for line in sandbox.accepted("sms")] == ["Hi again"]
