"""A module can be read in one sitting: 300 lines, 500 with a reason, never more."""

from __future__ import annotations

from pathlib import Path
from statistics import median

GATEWAY = Path(__file__).resolve().parents[2] / "gateway"
USUAL, HARD = 300, 500

# Each longer module, and why it was not cut in two.
LONGER: dict[str, str] = {}


def lengths() -> dict[str, int]:
    """Lines of every module but the migrations, which are history and are never rewritten."""
    return {
        path.relative_to(GATEWAY).as_posix(): len(path.read_text().splitlines())
        for path in sorted(GATEWAY.rglob("*.py"))
        if "versions" not in path.parts
    }


def test_no_module_is_longer_than_it_may_be() -> None:
    found = lengths()
    assert found
    print(f"{len(found)} modules, median {median(found.values()):.0f} lines")
    too_long = {
        name: lines for name, lines in found.items() if lines > (HARD if name in LONGER else USUAL)
    }
    assert not too_long


def test_no_exception_outlives_its_need() -> None:
    found = lengths()
    assert [name for name in LONGER if found.get(name, 0) <= USUAL] == []
