"""The pure heart knows Python and itself: no library, no loop, no clock, no chance, no log."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

CORE = Path(__file__).resolve().parents[2] / "gateway" / "core"
ITS_OWN = ("gateway.core", "gateway.errors")
# Standard, but they wait, tell time, draw lots, speak or look around.
IMPURE = {
    *("asyncio", "concurrent", "multiprocessing", "queue", "sched", "signal", "threading", "time"),
    *("random", "secrets"),
    *("logging", "warnings"),
    *("http", "os", "pathlib", "shutil", "socket", "sqlite3", "subprocess", "tempfile", "urllib"),
}


def imported(tree: ast.Module) -> list[str]:
    """Every module that the source imports, at its top or anywhere inside."""
    names: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names.append("gateway.core" if node.level else str(node.module))
    return names


def complaints(source: str) -> list[str]:
    """What in the source does not belong in the core."""
    tree = ast.parse(source)
    found = []
    for name in imported(tree):
        if any(name == own or name.startswith(f"{own}.") for own in ITS_OWN):
            continue
        top = name.partition(".")[0]
        if top not in sys.stdlib_module_names or top in IMPURE:
            found.append(f"imports {name}")
    found += [
        f"waits, in line {node.lineno}"
        for node in ast.walk(tree)
        if isinstance(node, ast.AsyncFunctionDef | ast.Await)
    ]
    return found


def test_the_core_is_pure() -> None:
    modules = sorted(CORE.rglob("*.py"))
    assert modules
    found = {str(each.relative_to(CORE)): complaints(each.read_text()) for each in modules}
    assert not {name: what for name, what in found.items() if what}


@pytest.mark.parametrize(
    "source",
    [
        "import pydantic",
        "from gateway.clock import Clock",
        "def f():\n    import time",
        "from os import environ",
        "import logging.handlers",
        "async def f(): ...",
    ],
)
def test_an_impurity_is_seen(source: str) -> None:
    assert len(complaints(source)) == 1


def test_what_the_core_needs_is_let_through() -> None:
    assert not complaints("from zoneinfo import ZoneInfo\nfrom gateway.core.model import Side\n")
