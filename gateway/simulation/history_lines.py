"""A history written down: the other half of ``history``, value by value."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from gateway.simulation.history import VERSION
from gateway.simulation.story import (
    Acted,
    Assigned,
    Known,
    Moved,
    Opened,
    Overrode,
    Replied,
    Said,
    Seen,
    Stands,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gateway.core.hours import Windows
    from gateway.core.model import Address
    from gateway.simulation.story import Agent, Event, Recorded, Setting, Story


def written(setting: Setting, stories: Iterable[Story]) -> Iterator[str]:
    """The lines of a history, each with its end."""
    yield _packed(
        {
            "onethread_history": VERSION,
            "agents": [_agent(each) for each in setting.agents],
            "accepting": setting.accepting,
            "rates": [asdict(each) for each in setting.rates],
            "outages": setting.outages,
        }
    )
    for story in stories:
        yield _packed(_story(story))


def _packed(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False) + "\n"


def _story(story: Story) -> list[Any]:
    began = story.began
    return [
        story.conversation_id,
        story.shopper_id,
        began,
        story.ends,
        story.zones,
        _windows(story.awake),
        [_event(each, began) for each in story.events],
        [_recorded(each, began) for each in story.recorded],
        [(each.person_id, each.channel, each.at, each.until) for each in story.elsewhere],
    ]


def _event(event: Event, began: int) -> list[Any]:
    at = event.at - began
    match event:
        case Said():
            sides = [event.seq, event.side, event.author_id]
            return ["said", at, *sides, event.units, int(event.wide)]
        case Seen():
            return ["seen", at, event.side, event.seq]
        case Moved():
            lost = None if event.lost_at is None else event.lost_at - began
            return ["moved", at, event.presence, event.since - began, lost, event.page]
        case Acted():
            return ["acted", at, event.channel, event.address_id]
        case Opened():
            return ["opened", at, event.agent_id]
        case Assigned():
            return ["assigned", at, event.agent_id]
        case Stands():
            address = _address(event.address)
            return ["stands", at, int(event.proved), int(event.wakes), *address]
        case Replied():
            names = [event.side, event.address_id, event.delivery_id]
            return ["replied", at, *names, event.state]
        case Known():
            return ["known", at, int(event.known), event.preference]
        case Overrode():
            made = event.override
            until = None if made.until is None else made.until - began
            return [
                "overrode",
                at,
                made.kind,
                sorted(made.seqs),
                made.agent_id,
                made.address_id,
                until,
                made.delivery_id,
            ]


def _recorded(each: Recorded, began: int) -> list[Any]:
    return [
        each.delivery_id,
        each.side,
        each.person_id,
        each.address_id,
        each.channel,
        each.form,
        sorted(each.seqs),
        each.handed_at - began,
        each.country,
        each.segments,
        int(each.along),
        [(one.after, one.state, int(one.condemns), int(one.refuses)) for one in each.course],
    ]


def _address(each: Address) -> list[Any]:
    return [
        each.address_id,
        each.channel,
        ",".join(sorted(each.consents)),
        int(each.proven),
        each.typed_seq,
        each.failed_at,
        each.failed_because,
        each.stopped_at,
        each.knocked_at,
        each.zones,
        each.country,
        each.rests_until,
        each.typed_also,
        each.stopped_here_at,
    ]


def _windows(windows: Windows) -> list[Any]:
    return [(each.start, each.end, sorted(each.days)) for each in windows]


def _agent(each: Agent) -> dict[str, Any]:
    return {
        "agent_id": each.agent_id,
        "mailbox": each.mailbox,
        "on_call": each.on_call,
        "stands": [(one.at, *_address(one.address)) for one in each.stands],
        "zones": each.zones,
        "awake": _windows(each.awake),
        "whereabouts": [
            (one.at, one.presence, one.since, one.lost_at, int(one.on_duty), one.told_from)
            for one in each.whereabouts
        ],
        "acts": [(one.at, one.channel, one.address_id) for one in each.acts],
    }
