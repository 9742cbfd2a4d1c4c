"""Property tests draw the same examples every day, so that a red build means a change.

``ONETHREAD_LONG=1`` draws anew, and more; what it finds becomes a test of its own.

Where tests run side by side, those of one file stay together. So do the browser stories of one
world, and all that looks at the kills: what they share takes longer to start than most of them.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

LONG = os.environ.get("ONETHREAD_LONG") == "1"

settings.register_profile("build", derandomize=True, database=None)
settings.load_profile("default" if LONG else "build")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Say who stays together under ``--dist loadgroup``."""
    for item in items:
        callspec = getattr(item, "callspec", None)
        told_in = callspec.params.get("world") if callspec else None
        group = f"stories in {told_in}" if told_in else item.nodeid.partition("::")[0]
        if group.startswith("tests/kill/"):
            group = "kills"
        item.add_marker(pytest.mark.xdist_group(group))
