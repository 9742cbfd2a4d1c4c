"""A query with its names looked up in each store, and where a page of answers ends."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, tzinfo
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from gateway.clock import SECOND
from gateway.core.folding import fold, tokens
from gateway.errors import BadInput
from gateway.store import house as houses
from gateway.store import search
from gateway.store.search_filters import Asked, Spot
from gateway.store.tx import Tx

_DIGITS: Final = re.compile(r"[0-9]{1,19}")


def asked_of(tx: Tx, asked: Asked, name: str, zone: tzinfo) -> Asked | None:
    """The query with its names looked up in a store of this name; None: it has no answer there."""
    query, store_id, agent_id = asked.query, asked.store_id, asked.me
    if query.store is not None and not _begins(name, query.store):
        return None
    labels = []
    held = search.labels_of(tx, store_id) if query.labels else ()
    for wanted in query.labels:
        ids = [row.label_id for row in held if fold(row.name).startswith(wanted)]
        if not ids:
            return None
        labels.append(tuple(ids))
    assignees: tuple[str, ...] | None = None
    if query.assignee == "me":
        assignees = (agent_id,)
    elif query.assignee not in (None, "none"):
        assignees = tuple(
            row.agent_id for row in houses.agents(tx) if _begins(row.name, query.assignee)
        )
        if not assignees:
            return None
    found = replace(
        asked,
        since=_midnight(query.since, zone),
        until=_midnight(query.before, zone),
        labels=tuple(labels),
        assignees=assignees,
    )
    if query.number is None:
        return found
    named = search.numbered(tx, found, query.number)
    return None if named is None else replace(found, conversation_id=named)


def _begins(name: str, wanted: str | None) -> bool:
    """Whether a name, or one of its words, begins with what was typed."""
    folded = fold(name)
    return folded.startswith(wanted or "") or any(
        each.startswith(wanted or "") for each in tokens(name)
    )


def _midnight(day: date | None, zone: tzinfo) -> int | None:
    """When a day begins, in microseconds; before 1970 that began then, and none after 2111."""
    if day is None:
        return None
    if not 1970 < day.year < 2112:  # beyond these it stands nowhere in ``core.inbox_order``
        day = date(1970, 1, 2) if day.year <= 1970 else date(2111, 12, 31)
    begins = datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
    return int(begins.timestamp()) * SECOND


def zone_of(name: str) -> tzinfo:
    """A time zone by its name.

    Raises:
        BadInput: there is none.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadInput("there is no such time zone") from None


def written(spot: Spot | None) -> str | None:
    """Where a page ends, for whoever asks for the next."""
    return None if spot is None else f"{spot.place}.{spot.about}.{spot.seq}"


def spot_of(written: str) -> Spot:
    """Where a page ended, read back.

    Raises:
        BadInput: no page could have ended there.
    """
    place, _, rest = written.partition(".")
    about, _, seq = rest.rpartition(".")
    numbers = [int(each) for each in (place, seq) if _DIGITS.fullmatch(each)]
    if len(numbers) < 2 or max(numbers) >= 1 << 63 or not (about.isascii() and about.isalnum()):
        raise BadInput("no page ended there")
    return Spot(numbers[0], about, numbers[1])
