"""How many SMS a delivery takes, reckoned from the lengths of what it carries.

The words themselves are not in a history. What is put around them is reckoned at its usual length:
names, how to stop and where to choose for a number's first text, the command for a knock.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from gateway.core.model import Form
from gateway.core.segments import segments

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gateway.core.model import Side
    from gateway.simulation.story import Said

MOST_UNITS: Final = 1_600  #: longer ones are cut and say so
KNOCK: Final = 75
FIRST: Final = 155  #: "Ada at Acme: …", how to end these texts, where to choose another way
NOTICE: Final = 40  #: "#1204 Vera: …", and how to answer


def segments_of(said: Iterable[Said], form: Form, side: Side, *, first: bool, most: int) -> int:
    """The parts of one text; ``first``: nothing was sent to this number before.

    One to a shopper that is longer than ``most`` parts brings its beginning and a link.
    """
    if form is Form.KNOCK:
        return _count(KNOCK, wide=False)
    units, wide, between = 0, False, 0
    for each in said:
        units += each.units + between
        wide = wide or each.wide
        between = 1 if side == "shopper" else 3
    if side == "staff":
        units += NOTICE
    elif first:
        units += FIRST
    parts = _count(min(units, MOST_UNITS), wide=wide)
    return min(parts, most) if side == "shopper" else parts


@lru_cache(maxsize=4 * MOST_UNITS)
def _count(units: int, *, wide: bool) -> int:
    return segments(("я" if wide else "x") * units).count
