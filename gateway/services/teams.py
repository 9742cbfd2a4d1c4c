"""What all conversations of a history share, read back: agents, doors, outages and rates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import median
from typing import TypedDict

from sqlmodel import col, func, select

from gateway.core.duty import Duty, Standing, told_from
from gateway.core.model import Presence
from gateway.services.circuits import ADDRESS, CHANNEL
from gateway.services.own_hours import windows_of
from gateway.services.standings import STOPPED_HERE, Evidence, Told, standings
from gateway.simulation.outcomes import USUAL
from gateway.simulation.story import Acted, Agent, Rate, Setting, Stands, Whereabouts
from gateway.store import house as houses
from gateway.store import people
from gateway.store.tables import AddressRow, AgentRow, DeliveryRow, FactRow
from gateway.store.tx import Tx, unpack

SAMPLE = 2_000
_BAD = ("failed", "bounced")


def setting_of(tx: Tx, store_id: str, since: int) -> Setting:
    """Everything but the conversations, from ``since`` on."""
    nodes = _facts(tx, people.HOUSE, since, kinds=("node",))
    return Setting(
        agents=tuple(_agent(tx, row, since, nodes) for row in houses.agents(tx)),
        accepting=_accepting(tx, nodes),
        outages=tuple(_outages(_facts(tx, store_id, since, kinds=("circuit",)))),
        rates=tuple(_rates(tx, store_id, since)),
    )


def losses(tx: Tx, since: int) -> dict[str, list[int]]:
    """When each gateway lost its people, oldest first."""
    found: dict[str, list[int]] = {}
    for row in _facts(tx, people.HOUSE, since, kinds=("node",)):
        if not unpack(row.data)["accepting"]:
            found.setdefault(row.person_id, []).append(row.at)
    return found


def _facts(tx: Tx, store_id: str, since: int, *, kinds: Sequence[str]) -> Sequence[FactRow]:
    return tx.session.exec(
        select(FactRow)
        .where(FactRow.store_id == store_id, col(FactRow.kind).in_(kinds), FactRow.at >= since)
        .order_by(col(FactRow.at), col(FactRow.fact_id))
    ).all()


def _accepting(tx: Tx, nodes: Iterable[FactRow]) -> tuple[tuple[int, int | None], ...]:
    """Spans in which some gateway accepted sockets.

    A gateway that began before anything was kept of it is taken to have done so always.
    """
    spans: list[tuple[int, int | None]] = []
    begun: dict[str, int] = {}
    for row in nodes:
        told = unpack(row.data)
        if told["accepting"]:
            begun[row.person_id] = told["since"]
        else:
            spans.append((begun.pop(row.person_id, 0), told["since"]))
    spans += [(start, None) for start in begun.values()]
    return tuple(sorted(spans, key=lambda each: each[0])) or ((0, None),)


def _outages(facts: Iterable[FactRow]) -> Iterable[tuple[str, int, int]]:
    """(channel, from, until); one that ended early ends where that was noticed."""
    under_way: dict[str, tuple[int, int]] = {}
    for row in facts:
        if not row.person_id.startswith(CHANNEL):
            continue
        channel = row.person_id.removeprefix(CHANNEL)
        if channel in under_way:
            start, until = under_way.pop(channel)
            yield channel, start, min(until, row.at)
        until = unpack(row.data)["until"]
        if until:
            under_way[channel] = (row.at, until)
    for channel, (start, until) in under_way.items():
        yield channel, start, until


def _agent(tx: Tx, row: AgentRow, since: int, nodes: Iterable[FactRow]) -> Agent:
    facts = tx.session.exec(
        select(FactRow)
        .where(
            FactRow.store_id == people.HOUSE, FactRow.person_id == row.agent_id, FactRow.at >= since
        )
        .order_by(col(FactRow.at), col(FactRow.fact_id))
    ).all()
    return Agent(
        agent_id=row.agent_id,
        mailbox=row.email.lower(),
        on_call=row.on_call,
        zones=(row.zone,) if row.zone else (),
        awake=windows_of(row.hours),
        stands=tuple(_stands(tx, row, since, facts)),
        whereabouts=tuple(_whereabouts(tx, row, since, facts, nodes)),
        acts=tuple(_acts(tx, row, facts)),
    )


def _stands(tx: Tx, row: AgentRow, since: int, facts: Sequence[FactRow]) -> list[Stands]:
    rows = people.addresses_of(tx, people.HOUSE, "staff", row.agent_id)
    evidence = people.consents_of(tx, people.HOUSE, [each.address_id for each in rows])
    resting = tx.session.exec(
        select(FactRow)
        .where(
            FactRow.store_id == people.HOUSE,
            col(FactRow.person_id).in_([ADDRESS + each.address_id for each in rows]),
            FactRow.at >= since,
        )
        .order_by(col(FactRow.at))
    ).all()
    found: list[Stands] = []
    for each in rows:
        own = [fact for fact in facts if unpack(fact.data).get("address") == each.address_id]
        rests = [fact for fact in resting if fact.person_id == ADDRESS + each.address_id]
        found += standings(
            Evidence(
                row=each,
                consents=[one for one in evidence if one.address_id == each.address_id],
                told=told_of([*own, *rests]),
                failed_at=unexplained(each, own),
            ),
            since,
        )
    # Nothing waits for an agent's address alone, so nothing is woken by how it stands.
    bare = [Stands(at=each.at, address=each.address) for each in found]
    return sorted(bare, key=lambda each: each.at)


def unexplained(row: AddressRow, facts: Iterable[FactRow]) -> int | None:
    """When an address failed, if no fact was kept of that."""
    return None if any(each.kind == "failed" for each in facts) else row.failed_at


def told_of(facts: Iterable[FactRow]) -> list[Told]:
    """Facts about one address, in order of time."""
    found = [
        Told(at=each.at, kind=each.kind, data=unpack(each.data))
        for each in facts
        if each.kind in ("proven", "failed", "circuit", STOPPED_HERE)
    ]
    return sorted(found, key=lambda each: each.at)


def _whereabouts(
    tx: Tx, row: AgentRow, since: int, facts: Sequence[FactRow], nodes: Iterable[FactRow]
) -> list[Whereabouts]:
    """Presence and switch whenever one of them changed, or a gateway lost sight."""
    news = [each for each in facts if each.kind in ("presence", "duty")]
    news += [each for each in nodes if not unpack(each.data)["accepting"]]
    duties = [unpack(each.data) for each in facts if each.kind == "duty"]
    # Before the first turn that is kept it was what that turned from; until when is not known.
    stood = Standing(Duty(duties[0]["was"] if duties else row.duty), None)
    stood = stood if duties else Standing(stood.duty, row.duty_until)
    presence, began, lost_at, node = Presence.GONE, 0, None, ""
    seen = people.presence(tx, people.HOUSE, "staff", row.agent_id)
    if seen is not None and not any(each.kind == "presence" for each in facts):
        presence, began, lost_at = Presence(seen.presence), seen.since, seen.lost_at
    found = [Whereabouts(at=since, presence=presence, since=began, lost_at=lost_at, **_duty(stood))]
    for each in sorted(news, key=lambda one: one.at):
        told = unpack(each.data)
        if each.kind == "duty":
            stood = Standing(Duty(told["duty"]), told["until"])
        elif each.kind == "presence":
            presence, began = Presence(told["presence"]), told["since"]
            lost_at, node = told["lost"], told["node"]
        elif each.person_id == node and presence is not Presence.GONE and lost_at is None:
            lost_at = each.at
        else:
            continue
        found.append(
            Whereabouts(at=each.at, presence=presence, since=began, lost_at=lost_at, **_duty(stood))
        )
    return found


class _OfDuty(TypedDict):
    on_duty: bool
    told_from: int | None


def _duty(stood: Standing) -> _OfDuty:
    return _OfDuty(on_duty=stood.duty is Duty.ONLINE, told_from=told_from(stood))


def _acts(tx: Tx, row: AgentRow, facts: Sequence[FactRow]) -> list[Acted]:
    found = [
        Acted(at=each.at, channel=told["channel"], address_id=told["address"])
        for each in facts
        if each.kind == "act"
        for told in (unpack(each.data),)
    ]
    last = people.act(tx, people.HOUSE, "staff", row.agent_id)
    if last is not None and not found:
        found.append(Acted(at=last.at, channel=last.channel, address_id=last.address_id))
    return found


def _rates(tx: Tx, store_id: str, since: int) -> Iterable[Rate]:
    """What each channel's deliveries came to; the usual where nothing was sent."""
    counts: dict[str, dict[str, int]] = {}
    for channel, state, number in tx.session.exec(
        select(DeliveryRow.channel, DeliveryRow.state, func.count())
        .where(
            DeliveryRow.store_id == store_id,
            col(DeliveryRow.handed_at) >= since,
            DeliveryRow.content_rejected == 0,
        )
        .group_by(col(DeliveryRow.channel), col(DeliveryRow.state))
    ):
        counts.setdefault(channel, {})[state] = number
    for channel, by_state in counts.items():
        usual = USUAL.get(channel, USUAL["sms"])
        total = sum(by_state.values())
        accepted, delivered, failed = (
            _lag(tx, store_id, since, channel, states)
            for states in (("accepted", "sent"), ("delivered", "read"), _BAD)
        )
        yield Rate(
            channel=channel,
            bad=sum(by_state.get(each, 0) for each in _BAD) / total,
            accepted_after=usual.accepted_after if accepted is None else accepted,
            delivered_after=usual.delivered_after if delivered is None else delivered,
            failed_after=usual.failed_after if failed is None else failed,
        )


def _lag(tx: Tx, store_id: str, since: int, channel: str, states: Sequence[str]) -> int | None:
    """The median from hand-over to one of these states, of a sample."""
    spans = tx.session.exec(
        select(col(DeliveryRow.state_at) - col(DeliveryRow.handed_at))
        .where(
            DeliveryRow.store_id == store_id,
            DeliveryRow.channel == channel,
            col(DeliveryRow.state).in_(states),
            col(DeliveryRow.handed_at) >= since,
        )
        .limit(SAMPLE)
    ).all()
    return round(median(spans)) if spans else None
