"""How the values of a policy document are read: each into what ``policy`` holds, or an error.

Every reader takes the value, the name of its field as the document's author would say it
(``rules[2].delay``, ``quiet.sms``) and the field's metadata, and raises ``BadPolicy`` naming it.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from gateway.core.hours import EVERY_DAY, Window, Windows, is_zone
from gateway.core.policy import CHANNELS, MMS, SECOND
from gateway.errors import BadPolicy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MOST_SECONDS: Final = 10**8  # three years
MOST_COUNT: Final = 10_000
MOST_LISTED: Final = 200
MOST_NAME: Final = 100
MOST_PRICE: Final = 1_000
MOST_MONEY: Final = 1_000_000
MILLIONTHS: Final = 1_000_000

Quiet = tuple[tuple[str, Windows], ...]

_WINDOW = re.compile(r"(?:(\S+) )?([0-9]{2}):([0-9]{2})-([0-9]{2}):([0-9]{2})")


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


def _days(text: str, field: str) -> frozenset[int]:
    found: set[int] = set()
    for part in text.split(","):
        first, dash, last = part.partition("-")
        last = last if dash else first
        if first not in DAYS or last not in DAYS:
            raise wrong(field, f"days like Mon-Fri or Sat,Sun, not {text[:MOST_NAME]!r}")
        begin, end = DAYS.index(first), DAYS.index(last)
        found.update((begin + step) % 7 for step in range((end - begin) % 7 + 1))
    return frozenset(found)


def _number(value: object, field: str, must: str, most: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < most:
        raise wrong(field, must)
    return value


def read_span(value: object, field: str, facts: Mapping[str, Any]) -> int:
    """Seconds, whole or not, into microseconds; at least the field's ``least``."""
    span = round(_number(value, field, "a number of seconds, 0 or more", MOST_SECONDS) * SECOND)
    if span < facts.get("least", 0):
        raise wrong(field, f"at least {facts['least'] / SECOND:g} s")
    return span


def read_count(value: object, field: str, _: Mapping[str, Any]) -> int:
    """A whole number, 1 or more."""
    number = _number(value, field, "a whole number, 1 or more", MOST_COUNT)
    if number < 1 or number != int(number):
        raise wrong(field, "a whole number, 1 or more")
    return int(number)


def read_choice(value: object, field: str, facts: Mapping[str, Any]) -> str:
    """One of the field's ``of``."""
    if not isinstance(value, str) or value not in facts["of"]:
        raise wrong(field, f"one of {', '.join(facts['of'])}")
    return value


def read_text(value: object, field: str, _: Mapping[str, Any]) -> str:
    """A short text on one line."""
    if not isinstance(value, str) or len(value) > MOST_NAME or not value.isprintable():
        raise wrong(field, f"a text of at most {MOST_NAME} characters")
    return value


def read_flag(value: object, field: str, _: Mapping[str, Any]) -> bool | None:
    """True, false, or nothing said."""
    if value is not None and not isinstance(value, bool):
        raise wrong(field, "true or false")
    return value


def read_texts(value: object, field: str, _: Mapping[str, Any]) -> tuple[str, ...]:
    """A list of short texts."""
    if not isinstance(value, list | tuple | set | frozenset) or len(value) > MOST_LISTED:
        raise wrong(field, f"a list of at most {MOST_LISTED} texts")
    return tuple(read_text(each, f"{field}[{index}]", {}) for index, each in enumerate(value))


def read_set(value: object, field: str, facts: Mapping[str, Any]) -> frozenset[str]:
    """The same without order."""
    return frozenset(read_texts(value, field, facts))


def read_set_of(
    allowed: tuple[str, ...],
) -> Callable[[object, str, Mapping[str, Any]], frozenset[str]]:
    """A reader of a list of these words."""

    def read(value: object, field: str, facts: Mapping[str, Any]) -> frozenset[str]:
        found = read_set(value, field, facts)
        if not found <= set(allowed):
            raise wrong(field, f"a list of {', '.join(allowed)}")
        return found

    return read


def read_ladder(value: object, field: str, facts: Mapping[str, Any]) -> tuple[str, ...]:
    """Channels in the order in which they are tried; none at all is a choice."""
    rungs = read_texts(value, field, facts)
    if len(set(rungs)) != len(rungs) or not set(rungs) <= set(CHANNELS):
        raise wrong(field, f"a list of channels, once each: {', '.join(CHANNELS)}")
    return rungs


def read_zone(value: object, field: str, _: Mapping[str, Any]) -> str:
    """The IANA name of a time zone."""
    if not isinstance(value, str) or not is_zone(value):
        raise wrong(field, "the name of a time zone, like Europe/Berlin")
    return value


def read_currency(value: object, field: str, _: Mapping[str, Any]) -> str:
    """Three capital letters, ISO 4217."""
    if not isinstance(value, str) or not re.fullmatch(r"[A-Z]{3}", value):
        raise wrong(field, "three capital letters, like EUR")
    return value


def read_countries(value: object, field: str, facts: Mapping[str, Any]) -> frozenset[str]:
    """Countries by their two capital letters, ISO 3166."""
    found = read_set(value, field, facts)
    if not all(re.fullmatch(r"[A-Z]{2}", each) for each in found):
        raise wrong(field, "a list of countries like DE")
    return found


def read_windows(value: object, field: str, facts: Mapping[str, Any]) -> Windows:
    """A list of windows; a single one may stand alone."""
    if isinstance(value, str):
        return (read_window(value, field),)
    told = read_texts(value, field, facts)
    return tuple(read_window(each, f"{field}[{index}]") for index, each in enumerate(told))


def read_dates(value: object, field: str, _: Mapping[str, Any]) -> frozenset[str]:
    """A list of days, ``2026-12-25``."""
    if not isinstance(value, list | tuple | set | frozenset) or len(value) > MOST_LISTED:
        raise wrong(field, f"a list of at most {MOST_LISTED} days, like 2026-12-25")
    return frozenset(_day(each, f"{field}[{index}]") for index, each in enumerate(value))


def _day(value: object, field: str) -> str:
    # TOML has dates of its own, and instants, which Python takes to be dates too.
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    try:
        return date.fromisoformat(str(value)).isoformat()
    except ValueError:
        raise wrong(field, "a day, like 2026-12-25") from None


def _table(value: object, field: str, keys: tuple[str, ...] | None = None) -> dict[str, object]:
    if not isinstance(value, dict) or len(value) > MOST_LISTED:
        raise wrong(field, f"a table of at most {MOST_LISTED} names")
    for name in value:
        where = at(field, str(name))
        if keys is not None and name not in keys:
            raise BadPolicy(f"{where} is unknown; there are {', '.join(keys)}", field=where)
        read_text(name, where, {})
    return value


def read_quiet(value: object, field: str, facts: Mapping[str, Any]) -> Quiet:
    """Windows by channel."""
    table = _table(value, field, CHANNELS)
    read = [(name, read_windows(table[name], at(field, name), facts)) for name in sorted(table)]
    return tuple((name, windows) for name, windows in read if windows)


def read_prices(
    value: object, field: str, _: Mapping[str, Any]
) -> tuple[tuple[str, str, int], ...]:
    """Prices by channel and country, into millionths."""
    found = []
    for channel, countries in _table(value, field, (*CHANNELS, MMS)).items():
        for country, price in _table(countries, at(field, channel)).items():
            where = at(at(field, channel), country)
            if not re.fullmatch(r"\*|[A-Z]{2}", country):
                raise wrong(where, "named by a country like DE, or *")
            number = _number(price, where, "a price, 0 or more", MOST_PRICE)
            found.append((channel, country, round(number * MILLIONTHS)))
    return tuple(sorted(found))


def read_money(value: object, field: str, _: Mapping[str, Any]) -> int | None:
    """An amount into millionths, or nothing said."""
    if value is None:
        return None
    return round(_number(value, field, "an amount, 0 or more", MOST_MONEY) * MILLIONTHS)


def read_page_groups(
    value: object, field: str, facts: Mapping[str, Any]
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Paths by the name of their group."""
    table = _table(value, field)
    return tuple((name, read_texts(table[name], at(field, name), facts)) for name in table)
