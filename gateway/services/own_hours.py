"""An agent's own hours, from the JSON that they are kept in."""

from __future__ import annotations

from functools import lru_cache

from gateway.core.hours import Windows
from gateway.core.policy_readers import read_window
from gateway.store.tx import unpack


@lru_cache(maxsize=1024)
def windows_of(hours: str) -> Windows:
    """The windows of the week that a row's ``hours`` say; none: any time."""
    return tuple(read_window(text, "hours") for text in unpack(hours))
