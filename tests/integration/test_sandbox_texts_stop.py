"""Who answers STOP: the gateway, or the carrier when it is told to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from twilio.base.exceptions import TwilioRestException

from tests.integration.test_sandbox_process import (
    STORE,
    VERA,
    Gateway,
    Sandbox,
    running,
    standing_gateway,
)
from tests.integration.test_sandbox_texts import client, heard, text

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


async def test_stop_is_the_gateways_own_matter_by_default(
    sandbox: Sandbox, twilio: Client, gateway: Gateway
) -> None:
    await text(sandbox, VERA, "STOP")
    assert (await heard(gateway.hooks)).fields.get("OptOutType") is None
    await twilio.messages.create_async(to=VERA, from_=STORE, body="You will hear no more.")
    await sandbox.arrived(VERA, "You will hear no more.")
    assert len((await sandbox.state())["phones"][VERA]) == 2


async def test_the_carrier_keeps_a_stop_until_start_when_it_is_told_to(
    tmp_path: Path, gateway: Gateway
) -> None:
    async with running(tmp_path / "more", gateway, "--carrier-opt-out") as sandbox:
        twilio = client(sandbox)
        for word, meaning in (("yes", None), ("stop me", None), (" Unsubscribe ", "STOP")):
            await text(sandbox, VERA, word)
            assert (await heard(gateway.hooks)).fields.get("OptOutType") == meaning
        with pytest.raises(TwilioRestException) as caught:
            await twilio.messages.create_async(to=VERA, from_=STORE, body="Sale!")
        assert caught.value.code == 21610
        await twilio.messages.create_async(to=VERA, from_="+15550100002", body="Another sender")
        await text(sandbox, VERA, "start", to=STORE)
        assert (await heard(gateway.hooks)).fields["OptOutType"] == "START"
        await twilio.messages.create_async(to=VERA, from_=STORE, body="Welcome back")
        await sandbox.arrived(VERA, "Welcome back")
        bodies = [shown["body"] for shown in (await sandbox.state())["phones"][VERA]]
        assert sum("Reply START" in body for body in bodies) == 1
        assert sum("Reply STOP" in body for body in bodies) == 1
