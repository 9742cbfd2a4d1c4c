"""Property tests draw the same examples every day, so that a red build means a change.

``ONETHREAD_LONG=1`` draws anew, and more; what it finds becomes a test of its own.
"""

from __future__ import annotations

import os

from hypothesis import settings

LONG = os.environ.get("ONETHREAD_LONG") == "1"

settings.register_profile("build", derandomize=True, database=None)
settings.load_profile("default" if LONG else "build")
