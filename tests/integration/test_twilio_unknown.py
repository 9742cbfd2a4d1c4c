"""A thousand texts that nobody knows the fate of: none is sent twice, and nearly all are found."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import anyio
import pytest

from gateway.channels.port import Accepted, Outcome, Outgoing, Unknown
from gateway.channels.twilio.client import TwilioSms
from tests.integration.test_sandbox_process import (
    ACCOUNT,
    STORE,
    TOKEN,
    Gateway,
    Sandbox,
    running,
    standing_gateway,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

TEXTS = 1_000
AT_ONCE = 100
PATIENCE = 1.5  #: seconds for a call that never ends; the sandbox takes a text in milliseconds
LONG_AGO = 1_700_000_000_000_000


@pytest.fixture
async def gateway() -> AsyncIterator[Gateway]:
    async with standing_gateway() as standing:
        yield standing


@pytest.fixture
async def sandbox(tmp_path: Path, gateway: Gateway) -> AsyncIterator[Sandbox]:
    async with running(tmp_path, gateway) as started:
        yield started


def text(number: int) -> Outgoing:
    return Outgoing(
        delivery_id=f"d{number}",
        channel="sms",
        to=f"+1555020{number:04d}",
        sender=STORE,
        text=f"Answer {number}",
    )


async def test_a_thousand_texts_of_unknown_outcome_are_sent_once_and_found_in_the_list(
    sandbox: Sandbox,
) -> None:
    base = str(sandbox.http.base_url).rstrip("/")
    twilio = TwilioSms(ACCOUNT, TOKEN, api_base=base, timeout=PATIENCE)
    limit = anyio.CapacityLimiter(AT_ONCE)
    outcomes: dict[int, Outcome] = {}
    found: dict[int, Accepted | None] = {}

    async def send(number: int) -> None:
        async with limit:
            outcomes[number] = await twilio.send(text(number))

    async def find(number: int) -> None:
        async with limit:
            found[number] = await twilio.find(text(number), LONG_AGO)

    await sandbox.http.post("/api/switches", json={"sms": "timeout"})
    async with anyio.create_task_group() as group:
        for number in range(TEXTS):
            group.start_soon(send, number)
    assert all(isinstance(each, Unknown) for each in outcomes.values())
    await sandbox.http.post("/api/switches", json={"sms": "ok"})
    async with anyio.create_task_group() as group:
        for number in range(TEXTS):
            group.start_soon(find, number)
    await twilio.aclose()
    ledger = (sandbox.data / "sms.jsonl").read_text().splitlines()
    taken = [line["to"] for line in map(json.loads, ledger) if "direction" in line]
    assert len(taken) == len(set(taken))
    sids = {each.provider_id for each in found.values() if each is not None}
    assert len(sids) >= TEXTS * 99 // 100
