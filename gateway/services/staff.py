"""The agents as everybody sees them: who is on, who is connected, and the presence switch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from sqlmodel import col, update

from gateway.protocol.entry import Colleague
from gateway.protocol.frames import Colleagues, Staff
from gateway.services.house import Change, House
from gateway.store import house as houses
from gateway.store import people
from gateway.store.tables import AgentRow, ReachRow
from gateway.store.tx import Tx


def colleagues(tx: Tx, connected: frozenset[str]) -> list[Colleague]:
    """Every agent, on call first."""
    return [
        Colleague(
            agent_id=row.agent_id,
            name=row.name,
            duty=cast("Any", row.duty),
            connected=row.agent_id in connected or is_there(tx, row.agent_id),
        )
        for row in houses.agents(tx)
    ]


def is_there(tx: Tx, agent_id: str) -> bool:
    """Whether an agent's console is open somewhere in the house."""
    seen = people.presence(tx, people.HOUSE, "staff", agent_id)
    return seen is not None and seen.presence != "gone" and seen.lost_at is None


def who_answers(team: Sequence[Colleague]) -> list[Colleague]:
    """Those whom a shopper may expect an answer from now."""
    return [each for each in team if each.connected and each.duty == "online"]


def somebody_answers(tx: Tx) -> bool:
    """Whether an agent who may answer has a console open."""
    return any(row.duty == "online" and is_there(tx, row.agent_id) for row in houses.agents(tx))


async def set_duty(house: House, agent_id: str, duty: str) -> None:
    """Flip an agent's presence switch, and tell colleagues and shoppers."""

    def work(change: Change) -> None:
        row: AgentRow = houses.agent(change.tx, agent_id)
        row.duty = duty
        change.tx.session.add(row)
        change.tx.session.exec(
            update(ReachRow)
            .where(col(ReachRow.side) == "staff", col(ReachRow.state) == "waiting")
            .values(due_at=change.tx.now)
        )
        change.work = True

    await house.change(work, on=agent_id)
    await announce(house)


async def announce(house: House) -> None:
    """Tell everybody connected who is on."""
    connected = house.hub.staff_ids
    team = await house.store.read(lambda tx: colleagues(tx, connected))
    house.hub.tell_staff(Colleagues(colleagues=team))
    house.hub.tell_shoppers(Staff(staff=who_answers(team)))
