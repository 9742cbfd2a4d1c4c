"""The policy document: read with errors that name the field, written back, and its schema."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import date, datetime
from typing import Any

import pytest

from gateway.core.hours import EVERY_DAY, Window
from gateway.core.policy import MINUTE, SECOND, Policy, Rule
from gateway.core.policy_document import document_of, policy_from, schema
from gateway.core.policy_guide import EXAMPLE
from gateway.core.policy_kinds import write_window
from gateway.core.policy_readers import read_window
from gateway.errors import BadPolicy

WHOLE: dict[str, Any] = {
    "gone": 45.5,
    "unfocused": "hidden",
    "ladder": ["email"],
    "staff_ladder": [],
    "on_call": ["ada@acme.test", "ben@acme.test"],
    "prove_first_email": "knock",
    "currency": "EUR",
    "prices": {"sms": {"*": 0.05, "US": 0.0079}, "whatsapp": {}},
    "zone": "Europe/Berlin",
    "hours": ["Mon-Fri 09:00-18:00", "Sat,Sun 10:00-14:00"],
    "holidays": ["2026-12-25"],
    "quiet": {"sms": ["21:00-08:00", "Sun 00:00-24:00"], "email": []},
    "cap": 3,
    "page_groups": {"checkout": ["/checkout", "/cart/*"], "blog": []},
    "rules": [
        {
            "name": "Checkout",
            "where": ["on_page", "hidden"],
            "pages": ["checkout"],
            "known": False,
            "proven": ["sms"],
            "what": ["first_answer"],
            "open": True,
            "delay": 20,
            "longest": 40,
            "ladder": ["sms"],
            "quiet": {},
        },
        {"name": "At night", "side": "staff", "open": False, "delay": 600, "ladder": ["email"]},
    ],
}


def refused(document: Mapping[str, object]) -> BadPolicy:
    with pytest.raises(BadPolicy) as found:
        policy_from(document)
    return found.value


def test_an_empty_document_is_the_default_policy() -> None:
    assert policy_from({}) == Policy()


def test_a_document_reads_back_as_the_policy_it_was_made_from() -> None:
    policy = policy_from(WHOLE)
    assert (policy.gone, policy.ladder) == (45 * SECOND + SECOND // 2, ("email",))
    document = document_of(policy)
    assert set(document) == {each.name for each in fields(Policy)}
    assert policy_from(document) == policy
    assert policy_from(json.loads(json.dumps(document))) == policy
    assert document_of(policy_from(document)) == document


def test_every_kind_of_value_is_read_into_what_the_policy_holds() -> None:
    policy = policy_from(WHOLE)
    assert policy.prices == (("sms", "*", 50_000), ("sms", "US", 7_900))
    assert policy.hours == (
        Window(start=540, end=1080, days=frozenset(range(5))),
        Window(start=600, end=840, days=frozenset({5, 6})),
    )
    assert policy.holidays == {"2026-12-25"}
    sunday = Window(start=0, end=1440, days=frozenset({6}))
    assert policy.quiet == (("sms", (Window(start=1260, end=480), sunday)),)
    assert policy.page_groups == (("checkout", ("/checkout", "/cart/*")), ("blog", ()))
    first, second = policy.rules
    assert first == Rule(
        name="Checkout",
        where=frozenset({"on_page", "hidden"}),
        pages=frozenset({"checkout"}),
        known=False,
        proven=frozenset({"sms"}),
        what=frozenset({"first_answer"}),
        open=True,
        delay=20 * SECOND,
        longest=40 * SECOND,
        ladder=("sms",),
        quiet=(),
    )
    assert (second.side, second.open, second.delay) == ("staff", False, 10 * MINUTE)


def test_a_rule_is_written_with_what_it_says_and_nothing_else() -> None:
    rules = document_of(policy_from(WHOLE))["rules"]
    assert rules[1] == WHOLE["rules"][1]
    assert set(rules[0]) == set(WHOLE["rules"][0])


def test_nothing_said_is_said_by_null_too() -> None:
    rule = {"known": None, "open": None, "delay": None, "longest": None, "ladder": None}
    assert policy_from({"rules": [{**rule, "quiet": None}]}).rules == (Rule(),)


def test_a_toml_file_says_the_same_as_its_json() -> None:
    told = policy_from(
        tomllib.loads("holidays = [2026-12-25, '2026-12-26']\nhours = '09:00-17:00'")
    )
    assert told.holidays == {"2026-12-25", "2026-12-26"}
    assert told.hours == (Window(start=540, end=1020),)


def test_an_empty_ladder_and_no_quiet_hours_are_choices() -> None:
    policy = policy_from({"ladder": [], "quiet": {}})
    assert (policy.ladder, policy.quiet) == ((), ())


@pytest.mark.parametrize(
    ("told", "window"),
    [
        ("21:00-08:00", Window(start=1260, end=480)),
        ("00:00-24:00", Window(start=0, end=1440)),
        ("Mon 00:00-00:00", Window(start=0, end=0, days=frozenset({0}))),
        ("Fri-Mon 09:30-10:00", Window(start=570, end=600, days=frozenset({4, 5, 6, 0}))),
        ("Mon,Wed-Thu 09:00-10:00", Window(start=540, end=600, days=frozenset({0, 2, 3}))),
        ("Mon-Sun 09:00-10:00", Window(start=540, end=600, days=EVERY_DAY)),
        ("Tue-Tue 09:00-10:00", Window(start=540, end=600, days=frozenset({1}))),
    ],
)
def test_a_window_is_read_and_written_back(told: str, window: Window) -> None:
    assert read_window(told, "hours") == window
    assert read_window(write_window(window), "hours") == window


@pytest.mark.parametrize(
    "told",
    [
        *("", "always", "9:00-17:00", "09:00", "09:00-17:00 Mon", "Mon 09:00 - 17:00"),
        *("24:00-08:00", "09:60-10:00", "09:00-10:60", "09:00-24:01", "09:00-99:00"),
        *("mon 09:00-10:00", "Monday 09:00-10:00", "Mon- 09:00-10:00", "-Fri 09:00-10:00"),
        *(", 09:00-10:00", "Mon,, 09:00-10:00", "Mon-Tue-Wed 09:00-10:00", "٠٩:00-10:00"),
    ],
)
def test_what_is_no_window_is_refused(told: str) -> None:
    with pytest.raises(BadPolicy):
        read_window(told, "hours")


@pytest.mark.parametrize(
    ("document", "field"),
    [
        ({"gonne": 30}, "gonne"),
        ({"gone": -1}, "gone"),
        ({"gone": "30"}, "gone"),
        ({"gone": True}, "gone"),
        ({"gone": None}, "gone"),
        ({"gone": float("nan")}, "gone"),
        ({"gone": float("inf")}, "gone"),
        ({"gone": 10**400}, "gone"),
        ({"gone": 10**8}, "gone"),
        ({"longest": 20}, "longest"),
        ({"longest_gone": 20}, "longest_gone"),
        ({"recheck": 0}, "recheck"),
        ({"grace": 0.5}, "grace"),
        ({"backoff_first": 0}, "backoff_first"),
        ({"backoff_first": 60, "backoff_most": 30}, "backoff_most"),
        ({"circuit_first": 60, "circuit_most": 30}, "circuit_most"),
        ({"cap": 0}, "cap"),
        ({"cap": 1.5}, "cap"),
        ({"cap": "6"}, "cap"),
        ({"cap": True}, "cap"),
        ({"cap": 10_000}, "cap"),
        ({"ladder": "sms"}, "ladder"),
        ({"ladder": ["sms", "sms"]}, "ladder"),
        ({"staff_ladder": ["fax"]}, "staff_ladder"),
        ({"ladder": [["sms"]]}, "ladder[0]"),
        ({"prove_first_sms": "guess"}, "prove_first_sms"),
        ({"unfocused": "gone"}, "unfocused"),
        ({"unfocused": ["hidden"]}, "unfocused"),
        ({"on_call": "ada"}, "on_call"),
        ({"on_call": ["ada", 7]}, "on_call[1]"),
        ({"on_call": ["a" * 101]}, "on_call[0]"),
        ({"on_call": ["a\nb"]}, "on_call[0]"),
        ({"on_call": ["a"] * 201}, "on_call"),
        ({"currency": "eur"}, "currency"),
        ({"currency": 978}, "currency"),
        ({"zone": "Berlin"}, "zone"),
        ({"zone": 1}, "zone"),
        ({"hours": 9}, "hours"),
        ({"hours": "nine to five"}, "hours"),
        ({"hours": ["09:00-17:00", "9-5"]}, "hours[1]"),
        ({"hours": ["Mon-Fry 09:00-17:00"]}, "hours[0]"),
        ({"hours": ["09:00-25:00"]}, "hours[0]"),
        ({"holidays": "2026-12-25"}, "holidays"),
        ({"holidays": ["2026-12-25", "25.12.2026"]}, "holidays[1]"),
        ({"holidays": [20261301]}, "holidays[0]"),
        ({"holidays": [datetime(2026, 12, 25, 12)]}, "holidays[0]"),  # noqa: DTZ001  # as TOML has it
        ({"holidays": [date(2026, 12, 25)] * 201}, "holidays"),
        ({"quiet": []}, "quiet"),
        ({"quiet": {"fax": []}}, "quiet.fax"),
        ({"quiet": {7: []}}, "quiet.7"),
        ({"quiet": {"sms": ["late"]}}, "quiet.sms[0]"),
        ({"quiet": {"sms": "late"}}, "quiet.sms"),
        ({"prices": {"fax": {}}}, "prices.fax"),
        ({"prices": {"sms": 0.05}}, "prices.sms"),
        ({"prices": {"sms": {"Germany": 0.05}}}, "prices.sms.Germany"),
        ({"prices": {"sms": {"DE": -0.05}}}, "prices.sms.DE"),
        ({"prices": {"sms": {"DE": "free"}}}, "prices.sms.DE"),
        ({"page_groups": ["/cart"]}, "page_groups"),
        ({"page_groups": {"cart": "/cart"}}, "page_groups.cart"),
        ({"page_groups": {"cart": [1]}}, "page_groups.cart[0]"),
        ({"page_groups": {"a\tb": []}}, "page_groups.a\tb"),
        ({"page_groups": {str(n): [] for n in range(201)}}, "page_groups"),
        ({"rules": {}}, "rules"),
        ({"rules": [{}] * 101}, "rules"),
        ({"rules": ["checkout"]}, "rules[0]"),
        ({"rules": [{}, {}, {"delay": -1}]}, "rules[2].delay"),
        ({"rules": [{"delai": 1}]}, "rules[0].delai"),
        ({"rules": [{"name": 7}]}, "rules[0].name"),
        ({"rules": [{"side": "both"}]}, "rules[0].side"),
        ({"rules": [{"where": ["asleep"]}]}, "rules[0].where"),
        ({"rules": [{"what": "answer"}]}, "rules[0].what"),
        ({"rules": [{"proven": ["chat"]}]}, "rules[0].proven"),
        ({"rules": [{"known": "yes"}]}, "rules[0].known"),
        ({"rules": [{"open": 1}]}, "rules[0].open"),
        ({"rules": [{"ladder": ["chat"]}]}, "rules[0].ladder"),
        ({"rules": [{"quiet": {"sms": ["late"]}}]}, "rules[0].quiet.sms[0]"),
        ({"rules": [{"pages": ["cart"]}]}, "rules[0].pages"),
        ({"rules": [{"delay": 60, "longest": 30}]}, "rules[0].longest"),
        ({"rules": [{"side": "staff", "where": ["gone"]}]}, "rules[0].where"),
        ({"rules": [{"side": "staff", "known": False}]}, "rules[0].known"),
        ({"rules": [{"side": "staff", "what": ["answer"]}]}, "rules[0].what"),
        ({"rules": [{"side": "staff", "proven": ["sms"]}]}, "rules[0].proven"),
        ({"rules": [{"side": "staff", "longest": 60}]}, "rules[0].longest"),
        ({"rules": [{"side": "staff", "quiet": {}}]}, "rules[0].quiet"),
    ],
)
def test_a_wrong_document_is_refused_with_the_field_named(
    document: dict[str, object], field: str
) -> None:
    error = refused(document)
    assert error.details["field"] == field
    assert field in error.message


def test_a_rule_for_the_staff_may_not_name_pages() -> None:
    rules = [{"side": "staff", "pages": ["cart"]}]
    assert (
        refused({"rules": rules, "page_groups": {"cart": []}}).details["field"] == "rules[0].pages"
    )


# The schema, held against the reader by the few keywords that it uses.

TYPES: dict[str, type | tuple[type, ...]] = {
    "array": list,
    "boolean": bool,
    "integer": int,
    "null": type(None),
    "number": (int, float),
    "object": dict,
    "string": str,
}
NOTES = {"$schema", "title", "description", "default", "examples", "format"}


def is_a(value: object, name: str) -> bool:
    if isinstance(value, bool):
        return name == "boolean"
    return isinstance(value, TYPES[name])


def fits(value: Any, shape: Mapping[str, Any]) -> bool:
    """Whether a value is what a schema says; an unknown keyword is an error of this test's."""
    checks: dict[str, Callable[[Any], bool]] = {
        "type": lambda told: any(
            is_a(value, each) for each in ([told] if isinstance(told, str) else told)
        ),
        "enum": lambda told: value in told,
        "minimum": lambda told: value >= told,
        "exclusiveMaximum": lambda told: value < told,
        "maxLength": lambda told: len(value) <= told,
        "pattern": lambda told: re.search(told, value) is not None,
        "maxItems": lambda told: len(value) <= told,
        "uniqueItems": lambda told: len(set(value)) == len(value),
        "items": lambda told: all(fits(each, told) for each in value),
        "propertyNames": lambda told: all(fits(each, told) for each in value),
        "properties": lambda told: all(
            fits(value[each], told[each]) for each in value if each in told
        ),
        "additionalProperties": lambda told: all(
            told is not False and fits(value[each], told)
            for each in value
            if each not in shape.get("properties", {})
        ),
        "anyOf": lambda told: any(fits(value, each) for each in told),
    }
    told = [each for each in shape if each not in NOTES]
    return all(checks[each](shape[each]) for each in sorted(told, key=lambda each: each != "type"))


@pytest.mark.parametrize(
    "document", [{}, document_of(Policy()), WHOLE, document_of(policy_from(WHOLE))]
)
def test_the_schema_takes_what_the_reader_takes(document: dict[str, Any]) -> None:
    assert fits(document, schema())


@pytest.mark.parametrize(
    "document",
    [
        {"gonne": 30},
        {"gone": "30"},
        {"gone": -1},
        {"gone": 10**8},
        {"grace": 0.5},
        {"cap": 0},
        {"ladder": ["fax"]},
        {"ladder": ["sms", "sms"]},
        {"unfocused": "gone"},
        {"currency": "euro"},
        {"quiet": {"fax": []}},
        {"prices": {"sms": {"Germany": 1}}},
        {"rules": [{"delai": 1}]},
        {"rules": [{"delay": "soon"}]},
        {"rules": [{"known": "yes"}]},
        {"on_call": ["a" * 101]},
    ],
)
def test_the_schema_refuses_what_the_reader_refuses(document: dict[str, Any]) -> None:
    refused(document)
    assert not fits(document, schema())


def test_the_schema_tells_of_every_field_its_sentence_and_its_default() -> None:
    told = schema()["properties"]
    assert {each.name for each in fields(Policy)} == set(told)
    written = document_of(Policy())
    for name, shape in told.items():
        assert shape["description"]
        assert shape["default"] == written[name]
    rule = told["rules"]["items"]["properties"]
    assert {each.name for each in fields(Rule)} == set(rule)
    assert "default" not in rule["delay"]
    assert rule["side"]["enum"] == ["shopper", "staff"]
    assert json.loads(json.dumps(schema())) == schema()


def test_the_example_in_the_guide_is_a_policy() -> None:
    document = tomllib.loads(EXAMPLE)
    assert fits(document, schema())
    assert [each.name for each in policy_from(document).rules] == [
        "Checkout",
        "At night by mail",
        "Follow-ups can wait",
    ]
