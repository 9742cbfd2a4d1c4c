"""A history read from a file: a line of JSON for the setting, then one for each conversation.

Values stand in lists, in the order of their fields; instants of a conversation count from when it
began. ``history_lines`` writes what this reads.
"""

from __future__ import annotations

import json
from typing import Any, Final

from gateway.errors import BadInput
from gateway.simulation.history_values import (
    PRESENCES,
    READERS,
    address_of,
    recorded,
    windows_of,
)
from gateway.simulation.story import Acted, Agent, Rang, Rate, Setting, Stands, Story, Whereabouts

VERSION: Final = 1


def read_setting(line: str) -> Setting:
    """The first line of a file.

    Raises:
        BadInput: it is none that this version wrote.
    """
    try:
        found = json.loads(line)
        if found["onethread_history"] != VERSION:
            raise BadInput("this history was written by another version")
        return Setting(
            agents=tuple(_agent(each) for each in found["agents"]),
            accepting=tuple((start, end) for start, end in found["accepting"]),
            rates=tuple(Rate(**each) for each in found["rates"]),
            outages=tuple((channel, start, until) for channel, start, until in found["outages"]),
        )
    except (ValueError, TypeError, LookupError):
        raise BadInput("this is no history: its first line does not say so") from None


def read_story(line: str, number: int) -> Story:
    """Any other line of a file; ``number`` is what an error calls it.

    Raises:
        BadInput: the line holds no story.
    """
    try:
        name, shopper, began, ends, zones, awake, events, sent, elsewhere = json.loads(line)
        return Story(
            conversation_id=name,
            shopper_id=shopper,
            began=began,
            ends=ends,
            zones=tuple(zones),
            awake=windows_of(awake) if awake else (),
            events=tuple([READERS[each[0]](began, *each[1:]) for each in events]),
            recorded=tuple([recorded(began, *each) for each in sent]),
            elsewhere=tuple(
                [
                    Rang(person_id=person, channel=channel, at=at, until=until)
                    for person, channel, at, until in elsewhere
                ]
            ),
        )
    except (ValueError, TypeError, LookupError):
        raise BadInput(f"line {number} of the history holds no conversation") from None


def _agent(found: dict[str, Any]) -> Agent:
    return Agent(
        agent_id=found["agent_id"],
        mailbox=found["mailbox"],
        on_call=found["on_call"],
        stands=tuple(Stands(at=at, address=address_of(*each)) for at, *each in found["stands"]),
        zones=tuple(found["zones"]),
        awake=windows_of(found["awake"]),
        whereabouts=tuple(
            Whereabouts(
                at=at,
                presence=PRESENCES[presence],
                since=since,
                lost_at=lost_at,
                on_duty=bool(on_duty),
                told_from=told_from,
            )
            for at, presence, since, lost_at, on_duty, told_from in found["whereabouts"]
        ),
        acts=tuple(
            Acted(at=at, channel=channel, address_id=address_id)
            for at, channel, address_id in found["acts"]
        ),
    )
