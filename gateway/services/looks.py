"""How the chat stands on a store's pages, by the store's own setting; a page's tag may differ."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from gateway.errors import BadInput
from gateway.store import house as houses
from gateway.store.tx import Store, Tx

USUAL: Final[dict[str, Any]] = {
    "scheme": "auto",
    "radius": 16,
    "x": 20,
    "y": 20,
    "hide": "",
    "title": "on",
}
MOST_PIXELS: Final = 400
_CHOICES: Final = {
    "scheme": ("auto", "light", "dark"),
    "position": ("left", "right"),
    "title": ("on", "off"),
}
_PATHS: Final = re.compile(r"/[^\s,*]*\*?(?:\s*,\s*/[^\s,*]*\*?)*")
_COLOUR: Final = re.compile(r"#[0-9a-fA-F]{6}")


def read(kept: str) -> dict[str, Any]:
    """What is usual, under what the store has set: ``scheme radius x y hide title position``.

    There is no ``position`` unless it was set: what is usual depends on the language.
    """
    own: dict[str, Any] = json.loads(kept)
    return USUAL | own


async def set_look(store: Store, key: str, told: dict[str, Any]) -> None:
    """Change what is told, and leave all else of a store's look as it is.

    ``told`` may have ``accent`` (``#rrggbb``), ``scheme``, ``position``, ``radius``, ``x``, ``y``
    (pixels), ``hide`` (paths, a star at the end for all that begin so) and ``title`` (``off``:
    unread answers are not counted in the page's title).

    Raises:
        BadInput: one of them is none.
        NotFound: no store has this key.
    """
    look = {name: checked(name, value) for name, value in told.items() if name != "accent"}
    accent = checked("accent", told["accent"]) if "accent" in told else None

    def work(tx: Tx) -> None:
        row = houses.store_by_key(tx, key)
        row.accent = accent or row.accent
        row.look = json.dumps(json.loads(row.look) | look)
        tx.session.add(row)

    await store.write(work)


def checked(name: str, value: Any) -> Any:  # noqa: ANN401  # whatever was typed
    """The value, when it can be one of this name.

    Raises:
        BadInput: it cannot; says what could.
    """
    if name in _CHOICES:
        if value not in _CHOICES[name]:
            raise BadInput(f"{name}: {value!r} is none of {', '.join(_CHOICES[name])}")
    elif name == "accent":
        if not _COLOUR.fullmatch(value):
            raise BadInput(f"accent: {value!r} is no colour; write it like #2f5d50")
    elif name == "hide":
        if value and not _PATHS.fullmatch(value):
            raise BadInput(f"hide: {value!r} are no paths; write them like /checkout*, /cart")
    elif not 0 <= value <= MOST_PIXELS:
        raise BadInput(f"{name}: {value} is not between 0 and {MOST_PIXELS} pixels")
    return value
