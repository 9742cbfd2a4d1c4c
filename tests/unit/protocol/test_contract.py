"""The committed schema, the frames it is made from, and the examples that both languages read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import TypeAdapter, ValidationError

from gateway.protocol import frames, session
from gateway.protocol.schema import HOME, contract, main

CORPUS = Path(__file__).resolve().parents[2] / "corpus" / "frames"
UNIONS: dict[str, TypeAdapter[Any]] = {
    "shopper_says": session.shopper_says,
    "agent_says": session.agent_says,
    "shopper_hears": TypeAdapter(frames.ShopperHears),
    "agent_hears": TypeAdapter(frames.AgentHears),
}
GOLDEN = sorted(CORPUS.glob("*.json"))
README = (HOME.parent / "README.md").read_text()


def names(union: str) -> set[str]:
    """The ``t`` of every frame of a union, as the schema has them."""
    schema = json.loads(HOME.read_text())
    return set(schema["properties"][union]["discriminator"]["mapping"])


def test_the_committed_schema_is_what_the_frames_say() -> None:
    assert HOME.read_text() == contract()


def test_drift_is_told_with_what_to_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "schema.json"
    monkeypatch.setattr("gateway.protocol.schema.HOME", home)
    monkeypatch.setattr("sys.argv", ["schema", "--check"])
    assert main() == 1
    assert "make schema" in capsys.readouterr().err
    monkeypatch.setattr("sys.argv", ["schema"])
    assert main() == 0
    monkeypatch.setattr("sys.argv", ["schema", "--check"])
    assert main() == 0
    home.write_text(home.read_text() + " ")
    assert main() == 1


def test_no_object_of_the_contract_takes_what_it_does_not_declare() -> None:
    schema = json.loads(HOME.read_text())
    assert schema["$defs"]
    for name, each in schema["$defs"].items():
        assert each["additionalProperties"] is False, name


def test_there_are_golden_frames() -> None:
    assert {"shopper_first_message", "shopper_says"} <= {path.stem for path in GOLDEN}


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_golden_frames_are_frames_whole_and_in_the_gateways_own_spelling(path: Path) -> None:
    golden = json.loads(path.read_text())
    adapter = UNIONS[golden["union"]]
    assert golden["frames"]
    for held in golden["frames"]:
        frame = adapter.validate_json(json.dumps(held), strict=True)
        said = json.loads(frame.model_dump_json())
        if golden["union"].endswith("_hears"):
            assert said == held  # the gateway leaves no field out
        else:
            assert said == said | held


@pytest.mark.parametrize("union", UNIONS)
def test_a_frame_with_one_field_more_is_no_frame(union: str) -> None:
    adapter = UNIONS[union]
    for path in GOLDEN:
        golden = json.loads(path.read_text())
        for held in golden["frames"] if golden["union"] == union else ():
            with pytest.raises(ValidationError):
                adapter.validate_json(json.dumps(held | {"admin": True}))


@pytest.mark.parametrize("union", UNIONS)
def test_the_page_in_prose_tells_every_frame(union: str) -> None:
    assert names(union)
    untold = {name for name in names(union) if f"`{name}`" not in README}
    assert not untold


def test_the_page_in_prose_shows_only_frames_that_are_frames() -> None:
    """Lines of the example conversation: an arrow, who speaks, and the frame."""
    shown = 0
    for line in README.splitlines():
        for arrow, union in (
            ("Vera  →", "shopper_says"),
            ("Vera  ←", "shopper_hears"),
            ("Ada   →", "agent_says"),
            ("Ada   ←", "agent_hears"),
        ):
            if line.startswith(arrow):
                UNIONS[union].validate_json(line.removeprefix(arrow).strip(), strict=True)
                shown += 1
    assert shown >= 15


def test_the_page_in_prose_tells_every_close_code_and_limit() -> None:
    codes = {value for name, value in vars(session).items() if name.startswith("CLOSE_")}
    assert len(codes) >= 7
    assert not {code for code in codes if str(code) not in README}
    for limit in (session.MOST_BYTES, session.MOST_MISTAKES, int(session.BURST)):
        assert f"{limit:,}" in README.replace("_", ",")


def test_every_union_is_told_apart_by_t_alone() -> None:
    for union in (
        frames.ShopperSays,
        frames.ShopperHears,
        frames.AgentSays,
        frames.AgentHears,
    ):
        kinds = get_args(get_args(union)[0])
        assert len({kind.model_fields["t"].default for kind in kinds}) == len(kinds)
