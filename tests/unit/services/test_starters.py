"""Ada begins from a starter: each is a policy, says why, and is in what Ada installs."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

from gateway.core.policy import CHANNELS, Policy
from gateway.core.policy_document import document_of, policy_from
from gateway.errors import BadPolicy, NotFound
from gateway.services import setup
from gateway.services.starters import Starter, starter, starters

TOP = Path(__file__).resolve().parents[3]
HOME = resources.files("gateway.services.starters")
NAMES = ["north_america", "europe", "latin_america", "asia", "no_paid_channels"]


def test_ada_is_offered_every_starter_that_there_is() -> None:
    assert [each.name for each in starters()] == NAMES
    files = {each.name for each in HOME.iterdir() if each.name.endswith(".toml")}
    assert files == {f"{name}.toml" for name in NAMES}


@pytest.mark.parametrize("each", starters(), ids=NAMES)
def test_a_starter_is_a_policy_that_ada_could_put_in_force(each: Starter) -> None:
    policy = policy_from(each.document)
    assert policy_from(document_of(policy)) == policy
    assert policy != Policy()
    assert each.title
    assert each.says.endswith(".")


@pytest.mark.parametrize("each", starters(), ids=NAMES)
def test_a_starter_leaves_phones_alone_at_night_on_every_channel_that_rings(each: Starter) -> None:
    policy = policy_from(each.document)
    quiet = dict(policy.quiet)
    rings = {name for name in policy.ladder if name != "email"}
    assert rings <= set(quiet)


@pytest.mark.parametrize("name", NAMES)
def test_a_starter_says_why_above_each_thing_that_it_sets(name: str) -> None:
    text = (HOME / f"{name}.toml").read_text(encoding="utf-8")
    paragraphs = [part for part in text.split("\n\n") if part.strip()]
    assert [part for part in paragraphs if not part.lstrip().startswith("#")] == []


def test_whatsapp_comes_first_of_what_costs_where_it_rules_and_nowhere_else() -> None:
    ladders = {each.name: policy_from(each.document).ladder for each in starters()}
    assert {
        name: next(way for way in ladder if way != "push") for name, ladder in ladders.items()
    } == {
        "north_america": "sms",
        "europe": "whatsapp",
        "latin_america": "whatsapp",
        "asia": "whatsapp",
        "no_paid_channels": "email",
    }


@pytest.mark.parametrize("each", starters(), ids=NAMES)
def test_a_starter_offers_a_browser_before_any_text_is_paid_for(each: Starter) -> None:
    ladder = policy_from(each.document).ladder
    assert "push" in ladder
    assert "sms" not in ladder[: ladder.index("push")]


def test_nothing_that_costs_is_on_the_ladder_of_the_store_that_pays_for_nothing() -> None:
    policy = policy_from(starter("no_paid_channels").document)
    used = {*policy.ladder, *policy.staff_ladder}
    used |= {name for rule in policy.rules for name in rule.ladder or ()}
    assert used <= {"push", "email"}
    assert all(policy.price(channel, "US") == 0 for channel in CHANNELS)


def test_an_unknown_starter_is_answered_with_those_that_there_are() -> None:
    with pytest.raises(NotFound, match="north_america, europe"):
        starter("atlantis")


def test_the_starters_are_in_the_wheel() -> None:
    shipped = {each.distribution_path for each in WheelBuilder(str(TOP)).recurse_project_files()}
    assert {f"gateway/services/starters/{name}.toml" for name in NAMES} <= shipped


def test_a_policy_file_is_read_as_what_its_name_says() -> None:
    toml = b'\xef\xbb\xbfgone = 45\nholidays = [2026-12-25]\nhours = ["Mon-Fri 09:00-18:00"]\n'
    read = policy_from(setup.read_policy(toml, "acme.toml"))
    assert read.gone == 45_000_000
    assert read.holidays == {"2026-12-25"}
    assert setup.read_policy(b'{"gone": 45}', "acme.json") == {"gone": 45}
    assert setup.read_policy(b'{"gone": 45}') == {"gone": 45}


@pytest.mark.parametrize(
    ("raw", "name", "says"),
    [
        (b"gone: 45", "acme.toml", "not TOML"),
        (b"gone = 45", "acme.json", "not JSON"),
        (b"\xff\xfe", "acme.json", "not JSON"),
        (b"[]", "acme.json", "one JSON object"),
    ],
)
def test_a_file_that_is_no_policy_is_refused_in_one_line(raw: bytes, name: str, says: str) -> None:
    with pytest.raises(BadPolicy, match=re.escape(says)) as refused:
        setup.read_policy(raw, name)
    assert "\n" not in refused.value.message
