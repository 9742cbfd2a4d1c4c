"""How many texts leave in a second by the real path: claim, render, the SDK's call, commit.

The baseline sends the same texts, already written, by the same channel and its pooled connections
to the same sink, as many at once, and keeps nothing of them.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Iterator, Sequence
from functools import partial
from statistics import median

import anyio
import uvloop
from sqlmodel import col, func, select

from bench import mail_house, text_sink
from bench.crowd import Pattern
from bench.hook_load import ACCOUNT, OURS, PUBLIC, TOKEN
from bench.row import Row
from gateway.channels.port import Accepted, Channel, Outgoing
from gateway.clock import SystemClock
from gateway.core.consent_sentences import newest
from gateway.files.child import Child
from gateway.services import claiming, handover, receive
from gateway.services.addresses import PURPOSES
from gateway.services.house import Change, House
from gateway.services.presence import Presences
from gateway.services.setup import NewStore, ensure_store, set_policy
from gateway.store import people
from gateway.store.tables import AddressRow, DeliveryRow
from gateway.store.tables.reaching import IS_LIVE
from gateway.store.tx import Tx
from gateway.worker.clockwork import Clockwork
from gateway.worker.dispatcher import AT_ONCE

MUST = 0.5  #: of the bare channel's
AIM = 0.8
LOOK = 0.02  #: seconds between looks whether all have left
ANSWER = "Your parcel left our warehouse on Tuesday and should be with you tomorrow before noon."
_PHONES = itertools.count(2_000_000, 10_000)  #: those between are for the copies of each


def rows(*, quick: bool) -> Iterator[Row]:
    """Texts per second, committed, while the clockwork runs as it does in ``serve``."""
    count, rounds = (60, 2) if quick else (250, 7)
    with text_sink.running() as port:
        taken = uvloop.run(_rounds(port, count, rounds))
    ours, bare = (median(count / took for took in each) for each in zip(*taken, strict=True))
    yield Row(
        name="texts out: claim, submit, the SDK's call, commit",
        value=round(ours, 1),
        unit="texts/s",
        baseline=round(bare, 1),
        must=round(bare * MUST, 1),
        aim=round(bare * AIM, 1),
        lower=False,
        rounds=rounds,
        database="sqlite",
    )


async def _rounds(port: int, count: int, rounds: int) -> list[tuple[float, float]]:
    clock = SystemClock()
    settings = {
        "public_url": PUBLIC,
        "twilio_account_sid": ACCOUNT,
        "twilio_auth_token": TOKEN,
        "twilio_api_base": f"http://127.0.0.1:{port}",
    }
    async with mail_house.opened(clock, **settings) as (gateway, store_id, ada):
        house, found = gateway.house, []
        origins = ("https://acme.example",)
        # A rate of 0 leaves the line to Twilio: what a network takes is not what is measured.
        new = NewStore(key="acme", name="Acme", origins=origins, sms_from=OURS, sms_rates={OURS: 0})
        await ensure_store(house.store, new)
        await set_policy(house.store, "acme", {"quiet": {}})
        await _waiting_texts(house, clock, store_id, ada, count)
        texts = await _one_by_one(house)
        if len(texts) != count:
            raise RuntimeError(f"{len(texts)} of {count} texts were queued")
        for _ in range(rounds):
            await _waiting_texts(house, clock, store_id, ada, count)
            ours = await _by_the_clockwork(house)
            found.append((ours, await _bare(house.channels["sms"], texts)))
        taken = await house.store.read(_taken)
        if taken != count * (rounds + 1):
            raise RuntimeError(f"of {count * (rounds + 1)} texts {taken} were taken")
        return found


async def _waiting_texts(
    house: House, clock: SystemClock, store_id: str, ada: str, count: int
) -> None:
    """So many shoppers asked, proved a number and went; Ada has answered each, and it is queued."""
    one = partial(_asked_and_answered, store_id=store_id, ada=ada)
    await mail_house.nobody_is_there(house, clock, one, count)


def _asked_and_answered(change: Change, *, store_id: str, ada: str) -> Pattern:
    tx = change.tx
    vera = people.new_shopper(tx, store_id, language="en", name="Vera")
    conversation, _ = receive.conversation_for(change, store_id, vera.shopper_id)
    asked = receive.shopper_writes(change, conversation, mail_house.QUESTION)
    phone = AddressRow(
        store_id=store_id,
        address_id=tx.new_id(),
        side="shopper",
        person_id=vera.shopper_id,
        channel="sms",
        value=f"+1415{next(_PHONES)}",
        proven_at=tx.now,
        proof="code",
        created_at=tx.now,
    )
    tx.session.add(phone)
    sentence = newest("sms", "en")
    people.record_consent(
        tx,
        phone,
        purposes=PURPOSES,
        granted=True,
        source="widget",
        sentence_id=sentence.id,
        sentence=sentence.text,
    )
    receive.agent_writes(change, conversation, ada, "Ada", ANSWER)
    receive.answered(change, conversation, asked.seq)
    return Pattern(
        store_id=store_id,
        shopper_id=vera.shopper_id,
        conversation_id=conversation.conversation_id,
        address_id=phone.address_id,
    )


async def _one_by_one(house: House) -> list[Outgoing]:
    """Hand over what is queued and keep the texts: the baseline's, and a warm engine."""
    texts = []
    while queued := await claiming.waiting(house):
        for claimed in await claiming.claim_all(house, queued):
            texts.append(claimed.outgoing)
            await handover.hand_over(house, claimed)
    return texts


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


def _taken(tx: Tx) -> int:
    taken = select(func.count()).select_from(DeliveryRow).where(DeliveryRow.state == "accepted")
    return tx.session.exec(taken).one()


async def _bare(channel: Channel, texts: Sequence[Outgoing]) -> float:
    waiting = list(texts)
    begun = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for _ in range(AT_ONCE):
            group.create_task(_sender(channel, waiting))
    return time.perf_counter() - begun


async def _sender(channel: Channel, waiting: list[Outgoing]) -> None:
    while waiting:
        outcome = await channel.send(waiting.pop())
        if not isinstance(outcome, Accepted):
            raise TypeError(f"the sink said {outcome}")
