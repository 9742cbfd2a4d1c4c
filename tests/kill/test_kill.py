"""Thirty kills under load, judged by a checker that knows nothing of the gateway.

The same checker has to find what is wrong with builds that are broken on purpose.
"""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.behaviours import behaviour
from tests.kill import builds
from tests.kill.builds import TOP
from tests.kill.load import run
from tests.kill.plan import KILLS, Plan, Report

pytestmark = pytest.mark.timeout(600)  #: each run is some lives of a gateway, on a busy machine
HERE = Path(__file__).parent
INDEPENDENT = ("checker", "evidence", "talk_checks", "reach_checks")
LEAST_ACKED = 25 * KILLS  #: in each life about so much, however slow the machine


def checked(data: Path) -> dict[str, Any]:
    """What the checker finds, in a process of its own that sees no installed package."""
    answer = subprocess.run(
        [sys.executable, "-S", "-m", "tests.kill.checker", str(data)],
        cwd=TOP,
        capture_output=True,
        text=True,
        check=False,
    )
    print(answer.stdout, answer.stderr)
    told: dict[str, Any] = json.loads(answer.stdout.splitlines()[-1])
    assert answer.returncode == bool(told["findings"])
    return told


@behaviour(8, 33)
@pytest.mark.timeout(1_200)
def test_thirty_kills_lose_nothing_double_nothing_and_keep_the_order(
    thirty_kills: tuple[Path, Report],
) -> None:
    data, report = thirty_kills
    told = checked(data)
    assert told["findings"] == {}
    counts = told["counts"]
    assert report.kills == KILLS
    assert report.refused == []
    assert report.acked >= LEAST_ACKED
    # What was to be put at risk was there to be lost.
    assert counts["acknowledged_again"] > 0
    assert counts["texts_in_taken"] > KILLS
    assert counts["receipts_taken"] > KILLS
    assert counts["deliveries_delivered"] > 0


async def test_a_build_that_acknowledges_before_the_commit_is_found(tmp_path: Path) -> None:
    broken = builds.ack_before_commit(tmp_path / "build")
    plan = Plan(
        kills=3,
        seed=1,
        here=10,
        here_with_phone=0,
        here_slow=0,
        away=0,
        early=0,
        acks=(10, 20),
        settles=False,
    )
    await run(broken, tmp_path, plan)
    assert checked(tmp_path)["findings"].get("lost", 0) > 0


async def test_a_build_without_unique_cmids_is_found(tmp_path: Path) -> None:
    broken = builds.no_unique_cmid(tmp_path / "build")
    plan = Plan(
        kills=2,
        seed=2,
        here=10,
        here_with_phone=0,
        here_slow=0,
        away=0,
        early=0,
        acks=(40, 60),
        settles=False,
    )
    await run(broken, tmp_path, plan)
    assert set(checked(tmp_path)["findings"]) == {"doubled"}


async def test_a_build_that_sends_again_without_knowing_is_found(tmp_path: Path) -> None:
    broken = builds.blind_resend(tmp_path / "build")
    # The carrier takes each text and never answers: the call gives up after ten seconds.
    plan = Plan(
        kills=1,
        seed=3,
        here=4,
        here_with_phone=0,
        here_slow=0,
        away=4,
        agent_rate=0.5,
        modes=("timeout",),
        early=0,
        acks=(0, 5),
        calm=20,
        settles=False,
    )
    await run(broken, tmp_path, plan)
    assert checked(tmp_path)["findings"].get("texted_twice", 0) > 0


async def test_a_build_that_takes_a_restart_for_a_departure_is_found(tmp_path: Path) -> None:
    broken = builds.restart_is_leaving(tmp_path / "build")
    # Whoever is slow stays away long enough for the text to go out.
    plan = Plan(
        kills=2,
        seed=4,
        here=10,
        away=0,
        modes=("ok",),
        early=0,
        acks=(80, 120),
        slow=(8, 12),
        calm=12,
        settles=False,
    )
    await run(broken, tmp_path, plan)
    assert checked(tmp_path)["findings"].get("disturbed", 0) > 0


@pytest.mark.parametrize("module", INDEPENDENT)
def test_the_checker_knows_nothing_of_the_gateway(module: str) -> None:
    imported: set[str] = set()
    for node in ast.walk(ast.parse((HERE / f"{module}.py").read_text())):
        if isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level
            imported |= {f"{node.module}.{alias.name}" for alias in node.names}
    own = tuple(f"tests.kill.{each}" for each in INDEPENDENT)
    others = {name for name in imported if not name.startswith(own)}
    assert {name.partition(".")[0] for name in others} <= sys.stdlib_module_names
