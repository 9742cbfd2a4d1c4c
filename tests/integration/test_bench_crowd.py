"""What the bench multiplies is what the gateway would have written, on both databases."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from sqlalchemy import text

from bench import crowd_house
from bench.checking import findings
from bench.crowd import admit, multiply
from bench.held import held_here
from bench.mail_house import waiting_letters
from gateway.channels.email.letter import Letter, write
from gateway.clock import SystemClock
from gateway.services import claiming, nodes, reading, receive, sessions
from gateway.store.tx import Tx

NUMBERS = text("SELECT number FROM conversation ORDER BY number")
WAITING = text("SELECT count(*) FROM reach WHERE side = 'shopper' AND state = 'waiting'")


def numbers(tx: Tx) -> list[int]:
    return [each[0] for each in tx.session.execute(NUMBERS)]


def waiting(tx: Tx) -> int:
    return int(tx.session.execute(WAITING).scalar_one())


async def test_each_of_a_crowd_has_the_conversation_that_vera_has(
    empty_database_url: str, tmp_path: Path
) -> None:
    async with crowd_house.opened(tmp_path, empty_database_url) as (house, vera, ada):
        await multiply(house, vera, 1, 3)
        hers = await reading.snapshot(house, vera.store_id, vera.conversation_id, "shopper")
        for number in (1, 2, 3):
            other = vera.conversation(number)
            theirs = await reading.snapshot(house, vera.store_id, other, "shopper")
            assert [each.body for each in theirs.entries] == [each.body for each in hers.entries]
        assert await house.store.read(numbers) == [1, 2, 3, 4]
        assert await house.store.read(waiting) == 4
        assert await house.store.read(partial(findings, written=0)) == []
        (one,) = await admit(house, vera, [2], 2, ada)
        assert (await sessions.spend(house, one["shopper"][1], "shopper")).person_id == (
            vera.shopper(2)
        )
        assert (await sessions.spend(house, one["agent"][0], "agent")).person_id == ada


async def test_a_shopper_of_a_crowd_writes_on_in_their_own_conversation(
    empty_database_url: str, tmp_path: Path
) -> None:
    async with crowd_house.opened(tmp_path, empty_database_url) as (house, vera, _):
        await multiply(house, vera, 1, 2)
        stored = await receive.from_shopper(
            house, vera.store_id, vera.shopper(1), cmid="m00000-00000000", body="Any news?"
        )
        assert stored.conversation_id == vera.conversation(1)
        assert await house.store.read(partial(findings, written=1)) == []


async def test_each_of_those_who_left_is_written_to_at_a_mailbox_of_their_own(
    empty_database_url: str, tmp_path: Path
) -> None:
    clock = SystemClock()
    async with crowd_house.opened(tmp_path, empty_database_url, clock) as (house, vera, ada):
        await nodes.begin_node(house)
        await waiting_letters(house, clock, vera.store_id, ada, 5)
        claimed = await claiming.claim_all(house, await claiming.waiting(house, limit=10))
        letters = [write(each.outgoing, date=clock.now()) for each in claimed]
        assert len(letters) == 5
        assert len({each.recipient for each in letters if isinstance(each, Letter)}) == 5
        assert await house.store.read(partial(findings, written=0)) == []


async def test_a_process_says_what_it_holds() -> None:
    before = held_here()
    kept = bytearray(32 << 20)
    kept[::4_096] = b"x" * len(kept[::4_096])
    after = held_here()
    assert after.resident - before.resident > 30 << 20
    assert after.proportional - before.proportional > 30 << 20
    assert after.descriptors >= 3
    assert after.tasks >= 1
