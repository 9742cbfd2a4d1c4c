"""The kinds of value that a policy's fields hold: how each is read, written back and described."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, TypeVar

from gateway.core import policy_readers as reading
from gateway.core.hours import EVERY_DAY, Window, Windows
from gateway.core.policy import CHANNELS, SECOND, WHAT, WHERE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gateway.core.policy_readers import Quiet

T = TypeVar("T")
Shape = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind: ``read(value, field, metadata)``, ``write(value)``, and its JSON Schema."""

    read: Callable[[object, str, Mapping[str, Any]], Any]
    write: Callable[[Any], object]
    shape: Mapping[str, Any]


def write_window(window: Window) -> str:
    """The text that ``read_window`` reads back."""
    clock = "{:02}:{:02}-{:02}:{:02}".format(*divmod(window.start, 60), *divmod(window.end, 60))
    if window.days == EVERY_DAY:
        return clock
    return ",".join(reading.DAYS[day] for day in sorted(window.days)) + " " + clock


def _same(value: object) -> object:
    return value


def _seconds(value: int) -> object:
    return value // SECOND if value % SECOND == 0 else value / SECOND


def _windows(value: Windows) -> object:
    return [write_window(each) for each in value]


def _quiet(value: Quiet) -> object:
    return {name: _windows(windows) for name, windows in value}


def _prices(value: tuple[tuple[str, str, int], ...]) -> object:
    found: dict[str, dict[str, float]] = {}
    for channel, country, price in value:
        found.setdefault(channel, {})[country] = price / reading.MILLIONTHS
    return found


def _groups(value: tuple[tuple[str, tuple[str, ...]], ...]) -> object:
    return {name: list(paths) for name, paths in value}


def _money(value: int | None) -> object:
    return None if value is None else value / reading.MILLIONTHS


def _maybe(kind: Kind) -> Kind:
    """The same, or nothing: a condition or a change that a rule does without."""

    def read(value: object, field: str, facts: Mapping[str, Any]) -> object:
        return None if value is None else kind.read(value, field, facts)

    shape = {"anyOf": [dict(kind.shape), {"type": "null"}]}
    return Kind(read=read, write=kind.write, shape=shape)


def _list_of(item: Shape) -> Shape:
    return {"type": "array", "maxItems": reading.MOST_LISTED, "items": item}


_TEXT: Final[Shape] = {"type": "string", "maxLength": reading.MOST_NAME}
_CHANNELS = _list_of({"enum": list(CHANNELS)}) | {"uniqueItems": True}
_WINDOWS = _list_of({"type": "string", "examples": ["Mon-Fri 09:00-18:00", "21:00-08:00"]})
_BY_CHANNEL: Final[Shape] = {"type": "object", "propertyNames": {"enum": list(CHANNELS)}}

_SPAN = Kind(
    read=reading.read_span,
    write=_seconds,
    shape={"type": "number", "minimum": 0, "exclusiveMaximum": reading.MOST_SECONDS},
)
_COUNT = Kind(
    read=reading.read_count,
    write=_same,
    shape={"type": "integer", "minimum": 1, "exclusiveMaximum": reading.MOST_COUNT},
)
_LADDER = Kind(read=reading.read_ladder, write=list, shape=_CHANNELS)
_QUIET = Kind(
    read=reading.read_quiet,
    write=_quiet,
    shape=_BY_CHANNEL | {"additionalProperties": _WINDOWS},
)
_PRICE: Final[Shape] = {"type": "number", "minimum": 0, "exclusiveMaximum": reading.MOST_PRICE}
_PRICES = Kind(
    read=reading.read_prices,
    write=_prices,
    shape=_BY_CHANNEL
    | {
        "additionalProperties": {
            "type": "object",
            "propertyNames": {"pattern": r"^(\*|[A-Z]{2})$"},
            "additionalProperties": _PRICE,
        }
    },
)


def _words(allowed: tuple[str, ...]) -> Kind:
    shape = _list_of({"enum": list(allowed)})
    return Kind(read=reading.read_set_of(allowed), write=sorted, shape=shape)


KINDS: Final = MappingProxyType(
    {
        "span": _SPAN,
        "maybe_span": _maybe(_SPAN),
        "count": _COUNT,
        "choice": Kind(read=reading.read_choice, write=_same, shape={"type": "string"}),
        "name": Kind(read=reading.read_text, write=_same, shape=_TEXT),
        "names": Kind(read=reading.read_texts, write=list, shape=_list_of(_TEXT)),
        "name_set": Kind(read=reading.read_set, write=sorted, shape=_list_of(_TEXT)),
        "flag": Kind(read=reading.read_flag, write=_same, shape={"type": ["boolean", "null"]}),
        "where": _words(WHERE),
        "what": _words(WHAT),
        "channel_set": _words(CHANNELS),
        "ladder": _LADDER,
        "maybe_ladder": _maybe(_LADDER),
        "zone": Kind(read=reading.read_zone, write=_same, shape={"type": "string"}),
        "currency": Kind(
            read=reading.read_currency,
            write=_same,
            shape={"type": "string", "pattern": "^[A-Z]{3}$"},
        ),
        "money": Kind(
            read=reading.read_money,
            write=_money,
            shape={
                "anyOf": [
                    {"type": "number", "minimum": 0, "exclusiveMaximum": reading.MOST_MONEY},
                    {"type": "null"},
                ]
            },
        ),
        "countries": Kind(
            read=reading.read_countries,
            write=sorted,
            shape=_list_of({"type": "string", "pattern": "^[A-Z]{2}$"}),
        ),
        "windows": Kind(read=reading.read_windows, write=_windows, shape=_WINDOWS),
        "dates": Kind(
            read=reading.read_dates,
            write=sorted,
            shape=_list_of({"type": "string", "format": "date"}),
        ),
        "quiet": _QUIET,
        "maybe_quiet": _maybe(_QUIET),
        "prices": _PRICES,
        "page_groups": Kind(
            read=reading.read_page_groups,
            write=_groups,
            shape={"type": "object", "additionalProperties": _list_of(_TEXT)},
        ),
    }
)
