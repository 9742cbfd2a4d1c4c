"""Property tests draw the same examples every day, so that a red build means a change.

``ONETHREAD_LONG=1`` draws anew, and more; what it finds becomes a test of its own.

Where tests run side by side, those of one file stay together. So do the browser stories of one
world, and all that looks at the kills: what they share takes longer to start than most of them.
"""

from __future__ import annotations

import gc
import os
from typing import TYPE_CHECKING, Final

import pytest
import structlog
from hypothesis import settings
from typing_extensions import override
from xdist.scheduler import LoadScopeScheduling

if TYPE_CHECKING:
    from collections.abc import Generator

    from xdist.remote import Producer

LONG = os.environ.get("ONETHREAD_LONG") == "1"
WORLDS: Final = ("sqlite", "postgresql-partitioned")
#: what takes longest begins first, so that nobody waits for it in the end
LONGEST: Final = ("tests/kill", "tests/e2e", "tests/integration/race", "tests/integration/test_re")

settings.register_profile("build", derandomize=True, database=None)
settings.load_profile("default" if LONG else "build")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest."""

    def place(item: pytest.Item) -> int:
        found = (at for at, start in enumerate(LONGEST) if item.nodeid.startswith(start))
        return next(found, len(LONGEST))

    items.sort(key=place)


@pytest.fixture(autouse=True)
def logging_as_before() -> Generator[None]:
    """What a test starts may set the log up, and the next ones look for more than warnings."""
    before = structlog.get_config()
    yield
    structlog.configure(**before)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Find the tests without a walk through them, set them aside, and collect what they leave.

    Thousands are found before the first runs, and stay: to walk them again and again took a third
    of the finding, in each worker, and more in every full collection after it. Where tests are
    dealt to workers, the process that deals finds none, and collects all along.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    """Deal by what stays together.

    By the name alone: pytest 9.2 ignores what xdist 3.8 adds to a name for its groups.
    """
    return _Together(config, log)


class _Together(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    @override
    def _split_scope(self, nodeid: str) -> str:
        file, _, test = nodeid.partition("::")
        if file.startswith("tests/kill/"):
            return "kills"
        if file.startswith("tests/e2e/"):
            told_in = test.partition("[")[2].removesuffix("]")
            world = next((each for each in WORLDS if each in told_in), None)
            return f"stories in {world}" if world else file
        return file
