"""What a proposed policy would have made of the last days, for the console: two columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gateway.clock import DAY
from gateway.services import simulating
from gateway.services.house import House
from gateway.services.wire import ms

EXAMPLES = 5


async def what_if(
    house: House, store_id: str, document: Mapping[str, object], days: int
) -> dict[str, object]:
    """The record of the last ``days``, gone through by the policy in force and by the proposed one.

    Returns:
        ``conversations``, ``left_out`` (older ones that were too many), ``since`` (ms),
        ``examples`` in words, and ``policies``: ``current`` and ``proposed``, see ``_column``.

    Raises:
        BadPolicy: the document names a wrong field.
        NotFound: there is no such store.
    """
    since = house.clock.now() - days * DAY
    found = await simulating.what_if(house.store, store_id, document, since, explain=EXAMPLES)
    by_name = {each["name"]: each for each in found["summaries"]}
    return {
        "conversations": found["conversations"],
        "left_out": found["left_out"],
        "since": ms(since),
        "policies": {
            name: _column(by_name[name]) for name in (simulating.CURRENT, simulating.PROPOSED)
        },
        "examples": list(found["examples"]),
    }


def _column(summary: Mapping[str, Any]) -> dict[str, object]:
    """``interruptions`` of shoppers and ``notices`` of agents by channel, cost in ``currency``.

    Times are those of messages to shoppers who were not there to see them at once.
    """
    away = summary["away"]
    return {
        "interruptions": summary["interruptions"],
        "notices": summary["notices"],
        "segments": summary["segments"],
        "cost": summary["cost"],
        "currency": summary["currency"],
        "reached_p50_ms": _ms(away["median"]),
        "reached_p90_ms": _ms(away["p90"]),
        "never_reached": away["never"],
    }


def _ms(seconds: float | None) -> int | None:
    return None if seconds is None else round(seconds * 1_000)
