"""The policy as a document: read with an error that names the field, written back, and its schema.

gone = 30                                  # spans are seconds
ladder = ["sms", "email"]
hours = ["Mon-Fri 09:00-18:00", "Sat 10:00-14:00"]
quiet = { sms = ["21:00-08:00"] }
prices = { sms = { "*" = 0.05, US = 0.0079 } }
page_groups = { checkout = ["/checkout", "/cart/*"] }
rules = [{ name = "Checkout", pages = ["checkout"], delay = 20 }]
"""

from __future__ import annotations

from dataclasses import MISSING, Field, fields
from typing import TYPE_CHECKING, Any, Final, TypeVar

from gateway.core.policy import SECOND, Policy, Rule
from gateway.core.policy_kinds import KINDS, Kind
from gateway.core.policy_readers import at
from gateway.errors import BadPolicy

if TYPE_CHECKING:
    from collections.abc import Mapping

T = TypeVar("T", Policy, Rule)

MOST_RULES: Final = 100
NOT_SHORTER: Final = (
    ("longest", "gone"),
    ("longest_gone", "gone"),
    ("backoff_most", "backoff_first"),
    ("circuit_most", "circuit_first"),
)
"""Fields of which the first must be at least the second."""


def policy_from(document: Mapping[str, object]) -> Policy:
    """Read a policy document; fields that it leaves out keep their default.

    Raises:
        BadPolicy: an unknown field or a bad value; the message and ``details["field"]`` name it.
    """
    policy = _read(Policy, document, "")
    for longer, shorter in NOT_SHORTER:
        if getattr(policy, longer) < getattr(policy, shorter):
            raise BadPolicy(f"{longer} must not be shorter than {shorter}", field=longer)
    groups = {name for name, _ in policy.page_groups}
    for index, rule in enumerate(policy.rules):
        _check(rule, f"rules[{index}]", groups)
    return policy


def document_of(policy: Policy) -> dict[str, Any]:
    """The document that ``policy_from`` reads back to the same policy."""
    return _written(policy) | {"rules": [_written(rule, short=True) for rule in policy.rules]}


def schema() -> dict[str, Any]:
    """The document's JSON Schema (draft 2020-12), with every default and sentence."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Policy",
        "type": "object",
        "additionalProperties": False,
        "properties": {each.name: _schema_of(each) for each in fields(Policy)},
    }


def _read(model: type[T], document: Mapping[str, object], path: str) -> T:
    known = {each.name: each for each in fields(model)}
    changes: dict[str, Any] = {}
    for name, value in document.items():
        where = at(path, str(name))
        if name not in known:
            raise BadPolicy(f"the policy has no field {where!r}", field=where)
        if known[name].metadata["kind"] == "rules":
            changes[name] = _rules(value, where)
        else:
            changes[name] = _kind(known[name]).read(value, where, known[name].metadata)
    return model(**changes)


def _rules(value: object, where: str) -> tuple[Rule, ...]:
    if not isinstance(value, list | tuple) or len(value) > MOST_RULES:
        raise BadPolicy(f"{where} must be a list of at most {MOST_RULES} tables", field=where)
    found = []
    for index, each in enumerate(value):
        if not isinstance(each, dict):
            raise BadPolicy(f"{where}[{index}] must be a table", field=f"{where}[{index}]")
        found.append(_read(Rule, each, f"{where}[{index}]"))
    return tuple(found)


def _check(rule: Rule, where: str, groups: set[str]) -> None:
    """What one field cannot know of the others."""
    unknown = sorted(rule.pages - groups)
    if unknown:
        raise BadPolicy(
            f"{where}.pages names {unknown[0]!r}, which page_groups does not",
            field=f"{where}.pages",
        )
    if rule.side == "staff":
        for name in ("where", "pages", "known", "proven", "what", "longest", "quiet"):
            if getattr(rule, name) not in (None, frozenset()):
                raise BadPolicy(
                    f"{where}.{name} says something of shoppers, and the rule is for the staff",
                    field=f"{where}.{name}",
                )
    if rule.delay is not None and rule.longest is not None and rule.longest < rule.delay:
        raise BadPolicy(
            f"{where}.longest must not be shorter than its delay", field=f"{where}.longest"
        )


def _written(value: Policy | Rule, *, short: bool = False) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for each in fields(value):
        held = getattr(value, each.name)
        if each.metadata["kind"] == "rules" or (short and held == each.default):
            continue
        found[each.name] = _kind(each).write(held)
    return found


def _kind(each: Field[Any]) -> Kind:
    return KINDS[each.metadata["kind"]]


def _schema_of(each: Field[Any]) -> dict[str, Any]:
    told: dict[str, Any] = {"description": each.metadata["says"]}
    if each.metadata["kind"] == "rules":
        rows = {one.name: _schema_of(one) for one in fields(Rule)}
        row = {"type": "object", "additionalProperties": False, "properties": rows}
        return told | {"type": "array", "maxItems": MOST_RULES, "items": row, "default": []}
    kind = _kind(each)
    shape = dict(kind.shape)
    if each.metadata["kind"] == "choice":
        shape["enum"] = list(each.metadata["of"])
    if each.metadata["kind"] == "span":
        shape["minimum"] = each.metadata["least"] / SECOND
    is_told = each.default is not None or each.metadata["kind"] == "money"
    if each.default is not MISSING and is_told:
        told["default"] = kind.write(each.default)
    return told | shape
