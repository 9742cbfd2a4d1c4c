"""The kinds of value that a policy's fields hold: how each is read, written back and described."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from gateway.core.hours import EVERY_DAY, Window, Windows, is_zone
from gateway.core.policy import CHANNELS, SECOND, WHAT, WHERE
from gateway.errors import BadPolicy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MOST_SECONDS: Final = 10**8  # three years
MOST_COUNT: Final = 10_000
MOST_LISTED: Final = 200
MOST_NAME: Final = 100
MOST_PRICE: Final = 1_000
MILLIONTHS: Final = 1_000_000

_WINDOW = re.compile(r"(?:(\S+) )?(\d\d):(\d\d)-(\d\d):(\d\d)")
_WINDOW_SHAPE = {"type": "string", "examples": ["Mon-Fri 09:00-18:00", "21:00-08:00"]}
_WINDOWS_SHAPE = {"type": "array", "items": _WINDOW_SHAPE}
_CHANNELS_SHAPE = {
    "type": "array",
    "items": {"enum": list(CHANNELS)},
    "uniqueItems": True,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind: ``read(value, field, metadata)``, ``write(value)``, and its JSON Schema."""

    read: Callable[[object, str, Mapping[str, Any]], Any]
    write: Callable[[Any], object]
    shape: Mapping[str, Any]


def at(path: str, name: str) -> str:
    """The name of a field within another."""
    return f"{path}.{name}" if path else name


def wrong(field: str, must: str) -> BadPolicy:
    """What to raise for a value that this field cannot have."""
    return BadPolicy(f"{field} must be {must}", field=field)


def read_window(text: str, field: str) -> Window:
    """``Mon-Fri 09:00-18:00``, ``Sat,Sun 10:00-14:00`` or, for every day, ``21:00-08:00``.

    Raises:
        BadPolicy: it is none of these.
    """
    found = _WINDOW.fullmatch(text)
    if found is None:
        raise wrong(field, f"like 'Mon-Fri 09:00-18:00', not {text[:MOST_NAME]!r}")
    days, *digits = found.groups()
    hour, minute, until_hour, until_minute = map(int, digits)
    start, end = hour * 60 + minute, until_hour * 60 + until_minute
    if minute > 59 or until_minute > 59 or start >= 1440 or end > 1440:
        raise wrong(field, f"between 00:00 and 24:00, not {text!r}")
    return Window(start=start, end=end, days=_days(days, field) if days else EVERY_DAY)


def write_window(window: Window) -> str:
    """The text that ``read_window`` reads back."""
    clock = "{:02}:{:02}-{:02}:{:02}".format(*divmod(window.start, 60), *divmod(window.end, 60))
    if window.days == EVERY_DAY:
        return clock
    return ",".join(DAYS[day] for day in sorted(window.days)) + " " + clock


def _days(text: str, field: str) -> frozenset[int]:
    found: set[int] = set()
    for part in text.split(","):
        first, _, last = part.partition("-")
        if first not in DAYS or (last or first) not in DAYS:
            raise wrong(field, f"days like Mon-Fri or Sat,Sun, not {text[:MOST_NAME]!r}")
        begin, end = DAYS.index(first), DAYS.index(last or first)
        found.update((begin + step) % 7 for step in range((end - begin) % 7 + 1))
    return frozenset(found)


def _number(value: object, field: str, must: str, most: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < most:
        raise wrong(field, must)
    return value


def _span(value: object, field: str, facts: Mapping[str, Any]) -> int:
    span = round(_number(value, field, "a number of seconds, 0 or more", MOST_SECONDS) * SECOND)
    if span < facts.get("least", 0):
        raise wrong(field, "at least one second")
    return span


def _maybe_span(value: object, field: str, facts: Mapping[str, Any]) -> int | None:
    return None if value is None else _span(value, field, facts)


def _count(value: object, field: str, _: Mapping[str, Any]) -> int:
    number = _number(value, field, "a whole number, 1 or more", MOST_COUNT)
    if number < 1 or number != int(number):
        raise wrong(field, "a whole number, 1 or more")
    return int(number)


def _choice(value: object, field: str, facts: Mapping[str, Any]) -> str:
    if not isinstance(value, str) or value not in facts["of"]:
        raise wrong(field, f"one of {', '.join(facts['of'])}")
    return value


def _text(value: object, field: str, _: Mapping[str, Any]) -> str:
    if not isinstance(value, str) or len(value) > MOST_NAME or not value.isprintable():
        raise wrong(field, f"a text of at most {MOST_NAME} characters")
    return value


def _flag(value: object, field: str, _: Mapping[str, Any]) -> bool | None:
    if value is not None and not isinstance(value, bool):
        raise wrong(field, "true or false")
    return value


def _texts(value: object, field: str) -> tuple[str, ...]:
    if not isinstance(value, list | tuple | set | frozenset) or len(value) > MOST_LISTED:
        raise wrong(field, f"a list of at most {MOST_LISTED} texts")
    return tuple(_text(each, f"{field}[{index}]", {}) for index, each in enumerate(value))


def _listed(allowed: tuple[str, ...]) -> Callable[[object, str, Mapping[str, Any]], Any]:
    def read(value: object, field: str, _: Mapping[str, Any]) -> frozenset[str]:
        found = frozenset(_texts(value, field))
        if not found <= set(allowed):
            raise wrong(field, f"a list of {', '.join(allowed)}")
        return found

    return read


def _ladder(value: object, field: str, _: Mapping[str, Any]) -> tuple[str, ...]:
    rungs = _texts(value, field)
    if len(set(rungs)) != len(rungs) or not set(rungs) <= set(CHANNELS):
        raise wrong(field, f"a list of channels, once each: {', '.join(CHANNELS)}")
    return rungs


def _maybe_ladder(value: object, field: str, facts: Mapping[str, Any]) -> tuple[str, ...] | None:
    return None if value is None else _ladder(value, field, facts)


def _zone(value: object, field: str, _: Mapping[str, Any]) -> str:
    if not isinstance(value, str) or not is_zone(value):
        raise wrong(field, "the name of a time zone, like Europe/Berlin")
    return value


def _currency(value: object, field: str, _: Mapping[str, Any]) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[A-Z]{3}", value):
        raise wrong(field, "three capital letters, like EUR")
    return value


def _windows(value: object, field: str, _: Mapping[str, Any]) -> Windows:
    told = (value,) if isinstance(value, str) else _texts(value, field)
    return tuple(read_window(each, field) for each in told)


def _dates(value: object, field: str, _: Mapping[str, Any]) -> frozenset[str]:
    if not isinstance(value, list | tuple | set | frozenset):
        raise wrong(field, "a list of days, like 2026-12-25")
    found = set()
    for index, each in enumerate(value):
        try:  # TOML has dates of its own, JSON has not
            found.add((each if isinstance(each, date) else date.fromisoformat(each)).isoformat())
        except (TypeError, ValueError):
            raise wrong(f"{field}[{index}]", "a day, like 2026-12-25") from None
    return frozenset(found)


def _table(value: object, field: str, keys: tuple[str, ...] | None = None) -> dict[str, object]:
    if not isinstance(value, dict) or len(value) > MOST_LISTED:
        raise wrong(field, "a table")
    for name in value:
        if keys is not None and name not in keys:
            raise BadPolicy(
                f"{field} knows no {name!r}: {', '.join(keys)}", field=f"{field}.{name}"
            )
        _text(name, field, {})
    return value


def _quiet(value: object, field: str, _: Mapping[str, Any]) -> tuple[tuple[str, Windows], ...]:
    table = _table(value, field, CHANNELS)
    return tuple(
        (name, _windows(table[name], at(field, name), {}))
        for name in sorted(table)
        if table[name] != []
    )


def _maybe_quiet(
    value: object, field: str, facts: Mapping[str, Any]
) -> tuple[tuple[str, Windows], ...] | None:
    return None if value is None else _quiet(value, field, facts)


def _prices(value: object, field: str, _: Mapping[str, Any]) -> tuple[tuple[str, str, int], ...]:
    found = []
    for channel, countries in _table(value, field, CHANNELS).items():
        where = at(field, channel)
        for country, price in _table(countries, where).items():
            if not re.fullmatch(r"\*|[A-Z]{2}", country):
                raise wrong(at(where, country), "named by a country like DE, or *")
            number = _number(price, at(where, country), "a price, 0 or more", MOST_PRICE)
            found.append((channel, country, round(number * MILLIONTHS)))
    return tuple(sorted(found))


def _page_groups(
    value: object, field: str, _: Mapping[str, Any]
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    table = _table(value, field)
    return tuple((name, _texts(table[name], at(field, name))) for name in table)


def _same(value: object) -> object:
    return value


def _seconds(value: int | None) -> float | int | None:
    if value is None:
        return None
    return value // SECOND if value % SECOND == 0 else value / SECOND


def _sorted(value: Any) -> object:  # noqa: ANN401  # a set of texts
    return sorted(value)


def _write_windows(value: Windows) -> object:
    return [write_window(each) for each in value]


def _write_quiet(value: tuple[tuple[str, Windows], ...] | None) -> object:
    return None if value is None else {name: _write_windows(windows) for name, windows in value}


def _write_prices(value: tuple[tuple[str, str, int], ...]) -> object:
    found: dict[str, dict[str, float]] = {}
    for channel, country, price in value:
        found.setdefault(channel, {})[country] = price / MILLIONTHS
    return found


def _write_groups(value: tuple[tuple[str, tuple[str, ...]], ...]) -> object:
    return {name: list(paths) for name, paths in value}


def _write_list(value: tuple[str, ...] | None) -> object:
    return None if value is None else list(value)


_TEXT = {"type": "string", "maxLength": MOST_NAME}
_TEXTS = {"type": "array", "items": _TEXT}
_SECONDS = {"type": "number", "minimum": 0, "exclusiveMaximum": MOST_SECONDS}
_QUIET = {"type": "object", "propertyNames": {"enum": list(CHANNELS)}}
_QUIET_SHAPE = _QUIET | {"additionalProperties": _WINDOWS_SHAPE}

KINDS: Final = MappingProxyType(
    {
        "span": Kind(read=_span, write=_seconds, shape=_SECONDS),
        "maybe_span": Kind(read=_maybe_span, write=_seconds, shape=_SECONDS),
        "count": Kind(read=_count, write=_same, shape={"type": "integer", "minimum": 1}),
        "choice": Kind(read=_choice, write=_same, shape={"type": "string"}),
        "name": Kind(read=_text, write=_same, shape=_TEXT),
        "names": Kind(read=lambda value, field, _: _texts(value, field), write=list, shape=_TEXTS),
        "name_set": Kind(
            read=lambda value, field, _: frozenset(_texts(value, field)),
            write=_sorted,
            shape=_TEXTS,
        ),
        "flag": Kind(read=_flag, write=_same, shape={"type": "boolean"}),
        "where": Kind(
            read=_listed(WHERE),
            write=_sorted,
            shape={"type": "array", "items": {"enum": list(WHERE)}},
        ),
        "what": Kind(
            read=_listed(WHAT),
            write=_sorted,
            shape={"type": "array", "items": {"enum": list(WHAT)}},
        ),
        "channel_set": Kind(read=_listed(CHANNELS), write=_sorted, shape=_CHANNELS_SHAPE),
        "ladder": Kind(read=_ladder, write=_write_list, shape=_CHANNELS_SHAPE),
        "maybe_ladder": Kind(read=_maybe_ladder, write=_write_list, shape=_CHANNELS_SHAPE),
        "zone": Kind(read=_zone, write=_same, shape={"type": "string"}),
        "currency": Kind(
            read=_currency, write=_same, shape={"type": "string", "pattern": "^[A-Z]{3}$"}
        ),
        "windows": Kind(read=_windows, write=_write_windows, shape=_WINDOWS_SHAPE),
        "dates": Kind(
            read=_dates,
            write=_sorted,
            shape={"type": "array", "items": {"type": "string", "format": "date"}},
        ),
        "quiet": Kind(read=_quiet, write=_write_quiet, shape=_QUIET_SHAPE),
        "maybe_quiet": Kind(read=_maybe_quiet, write=_write_quiet, shape=_QUIET_SHAPE),
        "prices": Kind(
            read=_prices,
            write=_write_prices,
            shape={
                "type": "object",
                "propertyNames": {"enum": list(CHANNELS)},
                "additionalProperties": {
                    "type": "object",
                    "additionalProperties": {"type": "number", "minimum": 0},
                },
            },
        ),
        "page_groups": Kind(
            read=_page_groups,
            write=_write_groups,
            shape={"type": "object", "additionalProperties": _TEXTS},
        ),
    }
)
