"""The agents' duty: what they pick, for how long, and its turning by itself.

What a choice comes to is kept in the agent's row, so that everybody reads the same; the clockwork
turns it when its time has come. ``docs/decisions/0028-what-an-agents-duty-says.md`` says what each
duty does.
"""

from __future__ import annotations

from functools import partial

from sqlmodel import col, select

from gateway.clock import DAY
from gateway.core.duty import SCHEDULE, Duty, Picked, Standing, duty_at
from gateway.errors import BadInput
from gateway.services import staff
from gateway.services.house import Change, House
from gateway.services.own_hours import windows_of
from gateway.store import house as houses
from gateway.store import people, reaching
from gateway.store.tables import AgentRow
from gateway.store.tx import Tx, unpack

LONGEST = 14 * DAY  #: of what is picked for a while


async def pick(house: House, agent_id: str, duty: str, until: int | None = None) -> None:
    """Pick a duty, for good or until an instant (microseconds UTC), and tell everybody.

    ``schedule`` is online in the agent's own hours and away outside; it is for good.

    Raises:
        BadInput: the instant is none that can be picked, or there are no hours to go by.
        NotFound: there is no such agent.
    """

    def work(change: Change) -> None:
        row: AgentRow = houses.agent(change.tx, agent_id)
        _refuse(row, duty, until, change.tx.now)
        before = standing(row)
        if until is None:
            row.picked, row.for_now, row.duty_until = duty, "", None
        else:
            row.for_now, row.duty_until = duty, until
        stand(change, row, before)

    await house.change(work, on=agent_id)
    await staff.announce(house)


def standing(row: AgentRow) -> Standing:
    """What was written down last."""
    return Standing(Duty(row.duty), row.duty_until)


def stand(change: Change, row: AgentRow, before: Standing) -> None:
    """Write down what the agent's choice comes to now; where that is news, look at what waits."""
    tx = change.tx
    now = duty_at(_picked(row), tx.now)
    if row.for_now and (row.duty_until is None or row.duty_until <= tx.now):
        row.for_now = ""
    row.duty, row.duty_until = now.duty.value, now.until
    tx.session.add(row)
    if now == before:
        return
    reaching.note_fact(
        tx,
        people.HOUSE,
        row.agent_id,
        "duty",
        duty=now.duty.value,
        was=before.duty.value,
        until=now.until,
    )
    tx.session.flush()
    staff.wake(change)


async def turn(house: House) -> None:
    """Turn whatever duty's time has come; called every few seconds."""

    def due(tx: Tx) -> list[str]:
        return list(
            tx.session.exec(
                select(AgentRow.agent_id).where(col(AgentRow.duty_until) <= tx.now)
            ).all()
        )

    def work(agent_id: str, change: Change) -> None:
        row = houses.agent(change.tx, agent_id)
        # Another gateway may have turned it.
        if row.duty_until is not None and row.duty_until <= change.tx.now:
            stand(change, row, standing(row))

    for agent_id in await house.store.read(due):
        await house.change(partial(work, agent_id), on=agent_id)


def _picked(row: AgentRow) -> Picked:
    return Picked(
        always=row.picked,
        for_now=Duty(row.for_now) if row.for_now else None,
        until=row.duty_until if row.for_now else None,
        windows=windows_of(row.hours),
        zone=row.zone,
    )


def refuse_without_hours(row: AgentRow) -> None:
    """Hours of nobody's zone say nothing.

    Raises:
        BadInput: the agent has no hours, or no zone, to go by.
    """
    if not unpack(row.hours) or not row.zone:
        raise BadInput("to be online by schedule, set your hours and your time zone")


def _refuse(row: AgentRow, duty: str, until: int | None, now: int) -> None:
    if duty == SCHEDULE:
        refuse_without_hours(row)
        if until is not None:
            raise BadInput("a schedule holds until something else is picked")
    if until is not None and not now < until <= now + LONGEST:
        raise BadInput("until must be within the next two weeks")
