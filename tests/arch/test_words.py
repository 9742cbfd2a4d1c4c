"""What things may be called, and what may not be tracked."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
GATEWAY = TOP / "gateway"

# `demo` starts it and `cli` offers its options; to everyone else it is a provider like any other.
MAY_SAY_SANDBOX = ("sandbox/", "cli/", "demo.py", "demo/")
# Other people's word: Jinja's module, and the directive of Content-Security-Policy.
OTHERS_SANDBOX = re.compile(
    r"jinja2\.sandbox|SandboxedEnvironment|Content-Security-Policy.*sandbox|sandbox allow-"
)
VAGUE = {"utils", "util", "helpers", "helper", "manager", "managers", "common", "misc"}
BUILT = {"static", "build", "dist", "node_modules"}


def tracked() -> list[Path]:
    """Every file that is in Git or would be added to it, by its path from the top."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=TOP,
        capture_output=True,
        text=True,
        check=True,
    )
    names = [Path(name) for name in listed.stdout.split("\0") if name]
    assert Path("pyproject.toml") in names
    return names


def test_the_gateway_does_not_know_that_it_may_be_talking_to_a_sandbox() -> None:
    guilty = []
    for path in sorted(GATEWAY.rglob("*.py")):
        name = path.relative_to(GATEWAY).as_posix()
        if name.startswith(MAY_SAY_SANDBOX):
            continue
        for number, line in enumerate(path.read_text().splitlines(), start=1):
            if "sandbox" in OTHERS_SANDBOX.sub("", line).lower():
                guilty.append(f"{name}:{number}: {line.strip()}")
    assert not guilty


def test_no_module_has_a_name_that_says_nothing() -> None:
    sources = [path for path in tracked() if path.suffix in {".py", ".ts", ".tsx"}]
    assert not [str(path) for path in sources if VAGUE & {*path.parts[:-1], path.stem}]


def test_nothing_that_is_built_is_tracked() -> None:
    assert not [str(path) for path in tracked() if BUILT & set(path.parts[:-1])]


def test_no_lock_file_says_where_packages_come_from() -> None:
    locks = [path for path in tracked() if path.name == "package-lock.json"]
    assert locks
    assert not [str(path) for path in locks if '"resolved"' in (TOP / path).read_text()]
    pins = sorted((TOP / "docker").glob("constraints*.txt"))
    assert pins
    address = re.compile(r"https?:|file:|--(extra-)?index-url|--find-links")
    assert not [path.name for path in pins if address.search(path.read_text())]
