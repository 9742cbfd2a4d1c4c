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
CLIENTS = 10  #: a client has a hundred connections, and each call keeps one until it gives up
AT_ONCE = 20  #: texts that are on their way to a phone
PATIENCE = 5.0  #: seconds for a call that never ends; a busy machine may take one to connect
LONG_AGO = 1_700_000_000_000_000


@pytest.fixture
async def gateway() -> AsyncIterator[Gateway]:
    async with standing_gateway() as standing:
        yield standing


@pytest.fixture
async def sandbox(tmp_path: Path, gateway: Gateway) -> AsyncIterator[Sandbox]:
    async with running(tmp_path, gateway) as started:
        yield started


@pytest.fixture
async def twilios(sandbox: Sandbox) -> AsyncIterator[list[TwilioSms]]:
    base = str(sandbox.http.base_url).rstrip("/")
    made = [TwilioSms(ACCOUNT, TOKEN, api_base=base, timeout=PATIENCE) for _ in range(CLIENTS)]
    yield made
    for each in made:
        await each.aclose()


def text(number: int) -> Outgoing:
    return Outgoing(
        delivery_id=f"d{number}",
        channel="sms",
        to=f"+1555020{number:04d}",
        sender=STORE,
        text=f"Answer {number}",
    )


async def test_a_thousand_texts_of_unknown_outcome_are_sent_once_and_found_in_the_list(
    sandbox: Sandbox, twilios: list[TwilioSms]
) -> None:
    limit = anyio.CapacityLimiter(AT_ONCE)
    outcomes: dict[int, Outcome] = {}
    found: dict[int, Accepted | None] = {}

    async def send(number: int) -> None:
        outcomes[number] = await twilios[number % CLIENTS].send(text(number))

    async def find(number: int) -> None:
        async with limit:
            found[number] = await twilios[number % CLIENTS].find(text(number), LONG_AGO)

    await sandbox.http.post("/api/switches", json={"sms": "timeout"})
    async with sandbox.watched() as changes, anyio.create_task_group() as group:
        for number in range(TEXTS):
            if number >= AT_ONCE:
                # One has arrived, and its caller still waits for an answer.
                await anext(changes)
            group.start_soon(send, number)
    assert {type(each) for each in outcomes.values()} == {Unknown}
    await sandbox.http.post("/api/switches", json={"sms": "ok"})
    async with anyio.create_task_group() as group:
        for number in range(TEXTS):
            group.start_soon(find, number)
    ledger = (sandbox.data / "sms.jsonl").read_text().splitlines()
    taken = [line["to"] for line in map(json.loads, ledger) if "direction" in line]
    assert len(taken) == len(set(taken))
    sids = {each.provider_id for each in found.values() if each is not None}
    assert len(sids) >= TEXTS * 99 // 100
