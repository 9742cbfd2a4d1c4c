"""How many letters leave in a second by the real path: claim, render, SMTP, commit.

The baseline sends the same letters, already written, over as many connections of a bare
aiosmtplib to the same sink, and keeps nothing of them.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence
from statistics import median

import aiosmtplib
import anyio
import uvloop
from sqlmodel import col, select

from bench import mail_house, mail_sink
from bench.row import Row
from gateway.channels.email.letter import Letter, write
from gateway.clock import SystemClock
from gateway.files.child import Child
from gateway.services import claiming, handover
from gateway.services.house import House
from gateway.services.presence import Presences
from gateway.store.tables import DeliveryRow
from gateway.store.tables.reaching import IS_LIVE
from gateway.store.tx import Tx
from gateway.worker.clockwork import Clockwork
from gateway.worker.dispatcher import AT_ONCE

MUST = 0.5  #: of the bare client's
AIM = 0.8
LOOK = 0.02  #: seconds between looks whether all have left


def rows(*, quick: bool) -> Iterator[Row]:
    """Letters per second, committed, while the clockwork runs as it does in ``serve``."""
    count, rounds = (60, 2) if quick else (250, 7)
    with mail_sink.running() as port:
        taken = uvloop.run(_rounds(port, count, rounds))
    ours, bare = (median(count / took for took in each) for each in zip(*taken, strict=True))
    yield Row(
        name="mail out: claim, submit, SMTP, commit",
        value=round(ours, 1),
        unit="letters/s",
        baseline=round(bare, 1),
        must=round(bare * MUST, 1),
        aim=round(bare * AIM, 1),
        lower=False,
        rounds=rounds,
        database="sqlite",
    )


async def _rounds(port: int, count: int, rounds: int) -> list[tuple[float, float]]:
    clock = SystemClock()
    async with mail_house.opened(clock, smtp_host="127.0.0.1", smtp_port=port) as opened:
        gateway, store_id, ada = opened
        house, found = gateway.house, []
        await mail_house.waiting_letters(house, clock, store_id, ada, count)
        letters = await _one_by_one(house, clock)
        if len(letters) != count:
            raise RuntimeError(f"{len(letters)} of {count} letters were queued")
        for _ in range(rounds):
            await mail_house.waiting_letters(house, clock, store_id, ada, count)
            found.append((await _by_the_clockwork(house), await _bare(port, letters)))
        return found


async def _one_by_one(house: House, clock: SystemClock) -> list[Letter]:
    """Hand over what is queued and keep the letters: the baseline's, and a warm engine."""
    letters = []
    while queued := await claiming.waiting(house):
        for claimed in await claiming.claim_all(house, queued):
            letter = write(claimed.outgoing, date=clock.now())
            assert isinstance(letter, Letter)
            letters.append(letter)
            await handover.hand_over(house, claimed)
    return letters


async def _by_the_clockwork(house: House) -> float:
    child = Child("gateway.worker.mail_reader")
    clockwork = Clockwork(house, Presences(house), child)
    begun = time.perf_counter()
    async with anyio.create_task_group() as group:
        group.start_soon(clockwork.run)
        while await house.store.read(_under_way):
            await house.clock.sleep(LOOK)
        took = time.perf_counter() - begun
        group.cancel_scope.cancel()
    await child.aclose()
    return took


def _under_way(tx: Tx) -> bool:
    """By an index: to count them through the whole table cost a tenth of what was measured."""
    waits = col(DeliveryRow.state).in_(("queued", "submitting"))
    left = select(DeliveryRow.delivery_id).where(IS_LIVE, waits).limit(1)
    return tx.session.exec(left).first() is not None


async def _bare(port: int, letters: Sequence[Letter]) -> float:
    waiting = list(letters)
    begun = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for _ in range(AT_ONCE):
            group.create_task(_sender(port, waiting))
    return time.perf_counter() - begun


async def _sender(port: int, waiting: list[Letter]) -> None:
    async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False) as client:
        while waiting:
            letter = waiting.pop()
            await client.sendmail(letter.sender, [letter.recipient], letter.raw)
