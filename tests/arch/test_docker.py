"""The image's recipe, its compose file and its start script, without an engine."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

TOP = Path(__file__).resolve().parents[2]
DOCKER = TOP / "docker"
SECRETS = re.compile(r"secret|password|token|key", re.IGNORECASE)


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile as pairs of instruction and argument, its continued lines joined."""
    text = re.sub(r"^\s*#.*\n", "", (DOCKER / "Dockerfile").read_text(), flags=re.MULTILINE)
    lines = text.replace("\\\n", " ").splitlines()
    pairs = [line.strip().partition(" ") for line in lines if line.strip()]
    return [(word.upper(), rest.strip()) for word, _, rest in pairs]


def last_stage() -> list[tuple[str, str]]:
    """What the image is made of; the stages before it are thrown away."""
    steps = instructions()
    starts = [index for index, (word, _) in enumerate(steps) if word == "FROM"]
    assert len(starts) >= 2
    return steps[starts[-1] :]


def arguments_of(word: str, steps: list[tuple[str, str]]) -> list[str]:
    return [argument for name, argument in steps if name == word]


def compose() -> dict[str, Any]:
    document = yaml.safe_load((DOCKER / "compose.yaml").read_text())
    assert isinstance(document, dict)
    return document


def test_every_base_image_is_pinned_to_a_release() -> None:
    for image in arguments_of("FROM", instructions()):
        name, _, tag = image.split()[0].partition(":")
        assert re.match(r"\d+\.\d+", tag), f"{name} floats"
    assert "ADD" not in dict(instructions())


def test_the_image_holds_only_what_the_constraints_pin() -> None:
    installs = [line for line in arguments_of("RUN", instructions()) if "pip install" in line]
    assert installs
    assert all("--require-hashes" in line or "--no-deps" in line for line in installs)
    assert any("--require-hashes -r docker/constraints.txt" in line for line in installs)
    assert not [line for line in arguments_of("RUN", last_stage()) if "install" in line]


def test_the_container_runs_as_nobody_in_particular_and_says_how_it_is() -> None:
    steps = last_stage()
    (user,) = arguments_of("USER", steps)
    assert int(user) >= 10_000
    (health,) = arguments_of("HEALTHCHECK", steps)
    assert "/healthz" in health
    assert arguments_of("VOLUME", steps) == ["/data"]
    order = [name for name, _ in steps]
    assert order.index("USER") > max(i for i, name in enumerate(order) if name in {"RUN", "COPY"})


def test_no_secret_is_baked_into_the_image() -> None:
    steps = instructions()
    assert not [line for line in arguments_of("ENV", steps) if SECRETS.search(line)]
    assert not arguments_of("ARG", steps)
    left_out = (TOP / ".dockerignore").read_text().splitlines()
    assert "*" in left_out
    assert "docker/*.env" in left_out


def test_everything_that_the_image_copies_is_there() -> None:
    for line in arguments_of("COPY", instructions()):
        parts = [part for part in line.split() if not part.startswith("--chmod")]
        if parts[0].startswith("--from"):
            continue
        for source in parts[:-1]:
            assert (TOP / source).exists(), source
            allowed = {f"!{source}", f"!{source.partition('/')[0]}"}
            assert allowed & set((TOP / ".dockerignore").read_text().splitlines()), source


def test_compose_starts_one_node_that_keeps_its_data() -> None:
    document = compose()
    assert list(document["services"]) == ["onethread"]
    node = document["services"]["onethread"]
    assert not node["image"].endswith(":latest")
    assert ":" in node["image"]
    assert (DOCKER / node["build"]["context"] / node["build"]["dockerfile"]).is_file()
    assert node["env_file"]
    assert "environment" not in node
    name, _, place = node["volumes"][0].partition(":")
    assert name in document["volumes"]
    assert place == "/data"
    assert node["cap_drop"] == ["ALL"]


def test_compose_opens_no_port_to_the_world() -> None:
    ports = compose()["services"]["onethread"]["ports"]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_every_requirement_has_its_pin() -> None:
    project = tomllib.loads((TOP / "pyproject.toml").read_text())["project"]
    wanted = {
        "constraints.txt": project["dependencies"],
        "constraints-dev.txt": [
            *project["dependencies"],
            *project["optional-dependencies"]["dev"],
        ],
    }
    for file, requirements in wanted.items():
        pinned = set(re.findall(r"^([a-z0-9-]+)==", (DOCKER / file).read_text(), re.MULTILINE))
        names = {re.split(r"[\[<>=;! ]", each)[0].lower() for each in requirements}
        assert not names - pinned, f"{file} lacks {names - pinned}: run `make constraints`"


def test_the_developers_pins_are_the_image_s() -> None:
    pins = [
        dict(re.findall(r"^([a-z0-9-]+)==([^ ;]+)", (DOCKER / file).read_text(), re.MULTILINE))
        for file in ("constraints.txt", "constraints-dev.txt")
    ]
    assert pins[0]
    assert pins[0].items() <= pins[1].items()


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    """A program called `onethread` that writes down how it was called, and by which process."""
    program = tmp_path / "onethread"
    program.write_text(
        f"#!{sys.executable}\n"
        "import os, sys\n"
        f"with open({str(tmp_path / 'calls')!r}, 'a') as calls:\n"
        "    print(os.getpid(), *sys.argv[1:], file=calls)\n"
        "sys.exit(int(os.environ.get('UPGRADE_FAILS', 0)) if sys.argv[1] == 'db' else 0)\n"
    )
    program.chmod(0o755)
    return tmp_path


def start(notebook: Path, **environment: str) -> tuple[int, int, list[str]]:
    """Run the start script: its process, its exit code, and what it called."""
    process = subprocess.Popen(
        [str(DOCKER / "start.sh"), "--log-level", "debug"],
        env={"PATH": f"{notebook}:{os.environ['PATH']}", **environment},
    )
    code = process.wait(timeout=30)
    return process.pid, code, (notebook / "calls").read_text().splitlines()


def test_the_container_upgrades_its_database_then_becomes_the_gateway(notebook: Path) -> None:
    process, code, calls = start(notebook)
    assert code == 0
    upgrade, serve = calls
    assert upgrade.split()[1:] == ["db", "upgrade"]
    # The same process: signals of the engine reach the gateway itself.
    assert serve.split() == [str(process), "serve", "--log-level", "debug"]


def test_the_container_does_not_serve_on_a_database_that_it_could_not_upgrade(
    notebook: Path,
) -> None:
    _, code, calls = start(notebook, UPGRADE_FAILS="3")
    assert code == 3
    assert len(calls) == 1
