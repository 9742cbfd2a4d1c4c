"""A query with its names looked up in each store, and where a page of answers ends."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, tzinfo
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from gateway.clock import SECOND
from gateway.core.folding import fold, tokens
from gateway.core.search_query import Query
from gateway.errors import BadInput
from gateway.store import house as houses
from gateway.store import search
from gateway.store.search import Asked, Spot
from gateway.store.tables import StoreRow
from gateway.store.tx import Tx

_DIGITS: Final = re.compile(r"[0-9]{1,19}")


def asked_of(
    tx: Tx,
    store: StoreRow,
    agent_id: str,
    query: Query,
    zone: tzinfo,
) -> Asked | None:
    """The query with its names looked up in a store; None when it cannot have any answer there."""
    if query.store is not None and not _begins(store.name, query.store):
        return None
    labels = []
    held = search.labels_of(tx, store.store_id) if query.labels else ()
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
    found = Asked(
        store_id=store.store_id,
        me=agent_id,
        query=query,
        since=_midnight(query.since, zone),
        until=_midnight(query.before, zone),
        labels=tuple(labels),
        assignees=assignees,
    )
    if query.number is None:
        return found
    named = search.numbered(tx, store.store_id, query.number)
    return None if named is None else replace(found, conversation_id=named)


def _begins(name: str, wanted: str | None) -> bool:
    """Whether a name, or one of its words, begins with what was typed."""
    folded = fold(name)
    return folded.startswith(wanted or "") or any(
        each.startswith(wanted or "") for each in tokens(name)
    )


def _midnight(day: date | None, zone: tzinfo) -> int | None:
    """When a day begins, in microseconds; a day before 1970 began then."""
    if day is None:
        return None
    if not 1970 < day.year < 9999:  # beyond these a zone's offset may lead out of the calendar
        day = date(1970, 1, 2) if day.year <= 1970 else date(9998, 12, 31)
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
