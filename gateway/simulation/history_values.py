"""The values of a history's lines, each read from the list that holds it."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, get_args

from gateway.core.hours import Window
from gateway.core.model import Address, DeliveryState, Form, Override, OverrideKind, Presence
from gateway.simulation.story import (
    Acted,
    Assigned,
    Known,
    Moved,
    Opened,
    Overrode,
    Recorded,
    Replied,
    Said,
    Seen,
    Stands,
    Step,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway.core.hours import Windows
    from gateway.core.model import Side
    from gateway.simulation.story import Event

Line = Any  #: what JSON gives; whatever does not fit raises, and the line is named

_STATES: Final = {str(each): each for each in DeliveryState}
PRESENCES: Final = {str(each): each for each in Presence}
_SIDES: Final[dict[str, Side]] = {"shopper": "shopper", "staff": "staff"}
_KINDS: Final[dict[str, OverrideKind]] = {each: each for each in get_args(OverrideKind)}
_FORMS: Final = {str(each): each for each in Form}


def _said(began: int, at: int, seq: int, side: str, author: str, units: int, wide: int) -> Event:
    return Said(
        at=began + at, seq=seq, side=_SIDES[side], author_id=author, units=units, wide=bool(wide)
    )


def _seen(began: int, at: int, side: str, seq: int) -> Event:
    return Seen(at=began + at, side=_SIDES[side], seq=seq)


def _moved(
    began: int, at: int, presence: str, since: int, lost: int | None, page: str | None
) -> Event:
    return Moved(
        at=began + at,
        presence=PRESENCES[presence],
        since=began + since,
        lost_at=None if lost is None else began + lost,
        page=page,
    )


def _acted(began: int, at: int, channel: str, address_id: str | None) -> Event:
    return Acted(at=began + at, channel=channel, address_id=address_id)


def _opened(began: int, at: int, agent_id: str) -> Event:
    return Opened(at=began + at, agent_id=agent_id)


def _assigned(began: int, at: int, agent_id: str | None) -> Event:
    return Assigned(at=began + at, agent_id=agent_id)


def _stands(began: int, at: int, proved: int, wakes: int, *address: Line) -> Event:
    return Stands(
        at=began + at, address=address_of(*address), proved=bool(proved), wakes=bool(wakes)
    )


def _replied(began: int, at: int, side: str, address_id: str, name: str, state: str) -> Event:
    return Replied(
        at=began + at,
        side=_SIDES[side],
        address_id=address_id,
        delivery_id=name,
        state=_STATES[state],
    )


def _known(began: int, at: int, known: int, preference: list[str]) -> Event:
    return Known(at=began + at, known=bool(known), preference=tuple(preference))


def _overrode(
    began: int,
    at: int,
    kind: str,
    seqs: list[int],
    agent_id: str,
    address_id: str | None,
    until: int | None,
    delivery_id: str | None,
) -> Event:
    return Overrode(
        at=began + at,
        override=Override(
            kind=_KINDS[kind],
            seqs=frozenset(seqs),
            at=began + at,
            agent_id=agent_id,
            address_id=address_id,
            until=None if until is None else began + until,
            delivery_id=delivery_id,
        ),
    )


READERS: Final[dict[str, Callable[..., Event]]] = {
    "said": _said,
    "seen": _seen,
    "moved": _moved,
    "acted": _acted,
    "opened": _opened,
    "assigned": _assigned,
    "stands": _stands,
    "replied": _replied,
    "known": _known,
    "overrode": _overrode,
}


def _step(after: int, state: str, condemns: int, refuses: int) -> Step:
    return Step(after=after, state=_STATES[state], condemns=bool(condemns), refuses=bool(refuses))


def recorded(
    began: int,
    name: str,
    side: str,
    person: str,
    address: str,
    channel: str,
    form: str,
    seqs: list[int],
    at: int,
    country: str,
    segments: int,
    along: int,
    course: list[list[Any]],
) -> Recorded:
    """A delivery that was handed over."""
    return Recorded(
        delivery_id=name,
        side=_SIDES[side],
        person_id=person,
        address_id=address,
        channel=channel,
        form=_FORMS[form],
        seqs=frozenset(seqs),
        handed_at=began + at,
        country=country,
        segments=segments,
        along=bool(along),
        course=tuple([_step(*each) for each in course]),
    )


@lru_cache(maxsize=256)
def _purposes(packed: str) -> frozenset[str]:
    return frozenset(packed.split(",")) if packed else frozenset()


def address_of(
    name: str,
    channel: str,
    consents: str,
    proven: int,
    typed_seq: int,
    failed_at: int | None,
    failed_because: str,
    stopped_at: int | None,
    knocked_at: int | None,
    zones: list[str],
    country: str,
    rests_until: int | None,
    typed_also: list[int],
    stopped_here_at: int | None = None,
) -> Address:
    """How an address stands."""
    return Address(
        address_id=name,
        channel=channel,
        consents=_purposes(consents),
        proven=bool(proven),
        typed_seq=typed_seq,
        failed_at=failed_at,
        failed_because=failed_because,
        stopped_at=stopped_at,
        knocked_at=knocked_at,
        zones=tuple(zones),
        country=country,
        rests_until=rests_until,
        typed_also=tuple(typed_also),
        stopped_here_at=stopped_here_at,
    )


def windows_of(found: list[list[Any]]) -> Windows:
    """Hours of the day."""
    return tuple(Window(start=start, end=end, days=frozenset(days)) for start, end, days in found)
