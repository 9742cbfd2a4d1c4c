"""The built front ends, as the wheel carries them."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from gateway.errors import Misconfigured

STATIC = Path(str(files("gateway"))) / "static"
PANEL_ENTRY = "panel/main.tsx"


@cache
def words_assets(language: str) -> tuple[str, str]:
    """The files of one of our languages: the panel's words, and those of its parts."""
    panel, parts = (
        f"/widget/{_manifest()[f'panel/words/{folder}{language}.json']['file']}"
        for folder in ("", "parts/")
    )
    return panel, parts


@cache
def panel_assets() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The panel's scripts and styles, by Vite's manifest.

    Raises:
        Misconfigured: the front ends were never built.
    """
    manifest = _manifest()
    entry = manifest[PANEL_ENTRY]
    # What the entry imports is asked for beside it, not after it.
    chunks = [*(manifest[each] for each in entry.get("imports", ())), entry]
    return (
        tuple(f"/widget/{chunk['file']}" for chunk in chunks),
        tuple(f"/widget/{sheet}" for chunk in chunks for sheet in chunk.get("css", ())),
    )


def _manifest() -> dict[str, Any]:
    home = STATIC / "widget" / ".vite" / "manifest.json"
    if not home.exists():
        raise Misconfigured("the widget is not built: install the package, or run `make setup`")
    found: dict[str, Any] = json.loads(home.read_text())
    return found
