"""The one long run that several tests look at."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.kill import builds
from tests.kill.evidence import Evidence, read
from tests.kill.load import run
from tests.kill.plan import KILLS, SEED, Plan, Report


@pytest.fixture(scope="session")
async def thirty_kills(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Report]:
    """The house as it is, after thirty kills."""
    data = tmp_path_factory.mktemp("kill")
    return data, await run(builds.GOOD, data, Plan(kills=KILLS, seed=SEED))


@pytest.fixture(scope="session")
def evidence(thirty_kills: tuple[Path, Report]) -> Evidence:
    """What they left."""
    return read(thirty_kills[0])
