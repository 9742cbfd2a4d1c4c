"""The front ends are built when their sources changed, and only then."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from docker.frontends import fits

SCRIPT = Path(__file__).resolve().parents[2] / "docker" / "frontends.py"
BUILD = """
import fs from "node:fs";
if (fs.existsSync("broken")) process.exit(4);
fs.mkdirSync(process.argv[2], { recursive: true });
fs.appendFileSync(process.argv[2] + "/built", "once more\\n");
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A tree with both front ends, each of one file and no packages."""
    (tmp_path / "docker").mkdir()
    shutil.copy(SCRIPT, tmp_path / "docker")
    for name, output in (("widget", "widget"), ("agents_console", "console")):
        folder = tmp_path / name
        folder.mkdir()
        build = f"node build.mjs ../gateway/static/{output}"
        package = {"name": name, "version": "1.0.0", "scripts": {"build": build}}
        lock = {"name": name, "version": "1.0.0", "lockfileVersion": 3, "packages": {"": {}}}
        (folder / "package.json").write_text(json.dumps(package))
        (folder / "package-lock.json").write_text(json.dumps(lock))
        (folder / "build.mjs").write_text(BUILD)
    return tmp_path


def run(tree: Path, *arguments: str, path: str | None = None) -> int:
    return subprocess.run(
        [sys.executable, str(tree / "docker" / "frontends.py"), *arguments],
        env={**os.environ, "PATH": os.environ["PATH"] if path is None else path},
        capture_output=True,
        check=False,
    ).returncode


def times_built(tree: Path) -> tuple[int, int]:
    """How often the widget and the console were built."""
    widget, console = (tree / f"gateway/static/{name}/built" for name in ("widget", "console"))
    return len(widget.read_text().splitlines()), len(console.read_text().splitlines())


def test_a_front_end_is_built_once_until_its_sources_change(tree: Path) -> None:
    assert run(tree, "build") == 0
    assert run(tree, "build") == 0
    assert times_built(tree) == (1, 1)
    (tree / "agents_console" / "inbox.ts").write_text("export const open = 1;\n")
    assert run(tree, "build") == 0
    assert times_built(tree) == (1, 2)
    # The console is made of the widget's link too.
    (tree / "widget" / "link.ts").write_text("export const link = 1;\n")
    (tree / "widget" / "node_modules" / "touched").write_text("not a source")
    assert run(tree, "build") == 0
    assert times_built(tree) == (2, 3)


def test_what_is_built_needs_no_node(tree: Path) -> None:
    assert run(tree, "build") == 0
    assert run(tree, "ready", path="/nonexistent") == 0
    assert run(tree, "build", path="/nonexistent") == 0
    shutil.rmtree(tree / "gateway/static/console")
    assert run(tree, "build") == 0
    assert times_built(tree) == (1, 1)


def test_a_build_that_fails_is_said_and_tried_again(tree: Path) -> None:
    (tree / "widget" / "broken").touch()
    assert run(tree, "build") != 0
    (tree / "widget" / "broken").unlink()
    assert run(tree, "build") == 0
    assert times_built(tree) == (1, 1)


def test_a_front_end_that_nobody_has_begun_is_skipped(tree: Path) -> None:
    (tree / "agents_console" / "package.json").unlink()
    assert run(tree, "build") == 0
    assert run(tree, "npm", "agents_console", "test") == 0
    assert not (tree / "gateway/static/console").exists()


@pytest.mark.parametrize("version", ["v20.19.0", "v20.20.2", "v22.12.0", "v24.1.0"])
def test_a_node_that_vite_runs_on_fits(version: str) -> None:
    assert fits(version + "\n")


@pytest.mark.parametrize(
    "version", ["v18.20.4", "v20.18.3", "v21.7.3", "v22.11.0", "", "nvm: help"]
)
def test_another_node_does_not_fit(version: str) -> None:
    assert not fits(version)
