"""The guide to the policy is made from the fields, and the committed page is the guide."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

from gateway.core.policy import Policy, Rule
from gateway.core.policy_guide import SECTIONS, guide

PAGE = Path(__file__).resolve().parents[3] / "docs" / "policy.md"
WRITE = "python -c 'from gateway.core.policy_guide import guide; print(guide(), end=\"\")'"


def test_the_page_is_what_the_fields_say() -> None:
    assert PAGE.read_text() == guide(), f"write it anew: {WRITE} > docs/policy.md"


def test_every_field_is_told_once_with_its_sentence_in_the_section_it_belongs_to() -> None:
    lines = guide().splitlines()
    for model in (Policy, Rule):
        for each in fields(model):
            rows = [line for line in lines if line.startswith(f"| `{each.name}` |")]
            told = [row for row in rows if each.metadata["says"] in row]
            assert len(told) == 1, each.name
    titles = [line.removeprefix("## ") for line in lines if line.startswith("## ")]
    assert titles[: len(SECTIONS)] == [title for _, title in SECTIONS]
    assert {name for name, _ in SECTIONS} <= {each.name for each in fields(Policy)}


def test_defaults_are_told_in_units_that_people_use() -> None:
    rows = {
        line.split("|")[1].strip(): line.split("|")[2].strip()
        for line in guide().splitlines()
        if line.startswith("| `") and line.count("|") == 4
    }
    assert rows["`reading`"] == "10 min"
    assert rows["`gone`"] == "30 s"
    assert rows["`grace`"] == "90 s"
    assert rows["`stale_after`"] == "24 h"
    assert rows["`text_counts`"] == "7 days"
    assert rows["`cap`"] == "`6`"
    assert rows["`hours`"] == "none"
    assert rows["`rules`"] == "none"
    assert rows["`prices`"] == "`sms`: `*`: `0.01`"
    assert rows["`ladder`"] == "`push`, `sms`, `email`"


def test_what_people_ask_is_answered() -> None:
    for question in (
        "What is hidden?",
        "When is a socket half-open?",
        "How long does a last act count?",
        "a follow-up?",
    ):
        assert question in guide()
