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
def panel_assets() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The panel's scripts and styles, by Vite's manifest.

    Raises:
        Misconfigured: the front ends were never built.
    """
    home = STATIC / "widget" / ".vite" / "manifest.json"
    if not home.exists():
        raise Misconfigured("the widget is not built: install the package, or run `make setup`")
    manifest: dict[str, Any] = json.loads(home.read_text())
    entry = manifest[PANEL_ENTRY]
    scripts = (f"/widget/{entry['file']}",)
    return scripts, tuple(f"/widget/{each}" for each in entry.get("css", ()))
