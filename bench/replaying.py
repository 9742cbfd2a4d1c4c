"""How many recorded conversations one core replays through a policy in a second, reading included.

The baseline is the reading of the same lines as JSON alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from bench.row import Row, beside
from gateway.core.policy import Policy
from gateway.simulation import generate, history, history_lines
from gateway.simulation.run import Simulation

SEED = 7
MUST = 100_000 / 60  #: a hundred thousand in a minute
AIM = 100_000 / 30


def rows(*, quick: bool) -> Iterator[Row]:
    """Conversations of the default generator, from their lines to the report's sums."""
    count, rounds = (300, 3) if quick else (2_000, 5)
    setting = generate.setting()
    first, *lines = history_lines.written(setting, generate.stories(count, SEED, setting))
    again = history.read_setting(first)

    def replay() -> None:
        simulation = Simulation(again, [("default", Policy())])
        for number, line in enumerate(lines):
            simulation.add(history.read_story(line, number))
        simulation.report()

    took, other = beside(replay, lambda: _only_read(lines), 1, rounds)
    yield Row(
        name="replay through a policy, reading included",
        value=round(count / took),
        unit="conversations/s",
        baseline=round(count / other),
        must=round(MUST),
        aim=round(AIM),
        lower=False,
        rounds=rounds,
    )


def _only_read(lines: Sequence[str]) -> None:
    for line in lines:
        json.loads(line)
