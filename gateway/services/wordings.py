"""What a store says in its mails in its own words: the subject, a greeting, a sign-off, the footer.

They are small templates that only insert, choose and compare: no loop, no call, no look inside a
value, so that each is done in time linear to its length and reaches nothing. What comes out is
plain text, which the mail escapes like everything else. One that fails never holds a mail up: ours
stands in, and the log and the console say so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

import structlog
from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, meta, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from gateway.errors import BadInput
from gateway.services.tongues import CATALOGUES, Tongue
from gateway.store.tables import StoreRow
from gateway.store.tx import unpack

log = structlog.get_logger(__name__)

Wording = dict[str, dict[str, str]]  #: language → part → template

MOST: Final = {"subject": 120, "greeting": 300, "sign_off": 300, "footer": 600}
"""Characters of each part, as it is written and as it comes out."""

_ANYBODY: Final = ("store", "number")
NAMES: Final = {
    # One subject stands for the life of a conversation: it names nobody who may change.
    "subject": _ANYBODY,
    "greeting": (*_ANYBODY, "shopper", "agent"),
    "sign_off": (*_ANYBODY, "shopper", "agent"),
    "footer": (*_ANYBODY, "shopper", "agent"),
}
_FILTERS: Final = frozenset({"capitalize", "default", "lower", "title", "trim", "upper"})
_HARMLESS: Final = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Const,
    nodes.Filter,
    nodes.If,
    nodes.CondExpr,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
)
_FAILURES: Final = (TemplateError, TypeError, ValueError)
"""Of what is left, comparing a word with a number is about all that can go wrong."""
_CONTROL: Final = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")

# Autoescape stays off here and nowhere else: what comes out is text, and the page escapes it.
_PLAIN: Final = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)


def checked(document: Mapping[str, Any]) -> Wording:
    """A store's wording as it may be kept: without what is empty.

    Raises:
        BadInput: one of the templates is no good; ``details["field"]`` is ``language.part``.
    """
    found: Wording = {}
    for language, parts in document.items():
        if language not in CATALOGUES or not isinstance(parts, Mapping):
            raise BadInput(f"{language}: mails are not written in this language", field=language)
        for part, template in parts.items():
            field = f"{language}.{part}"
            wrong = _wrong(part, template)
            if wrong:
                raise BadInput(f"{field}: {wrong}", field=field)
            if template.strip():
                found.setdefault(language, {})[part] = template.strip()
    return found


def wording_of(store: StoreRow) -> Wording:
    """What a store keeps, as far as it can be read."""
    try:
        kept = unpack(store.mail_words)
    except ValueError:
        return {}
    return {
        str(language): {str(part): str(template) for part, template in parts.items()}
        for language, parts in (kept.items() if isinstance(kept, dict) else ())
        if isinstance(parts, dict)
    }


def problems(wording: Wording) -> dict[str, str]:
    """What is wrong with each kept template, by ``language.part``; ours stands in for it."""
    return {
        f"{language}.{part}": wrong
        for language, parts in wording.items()
        for part, template in parts.items()
        if (wrong := _wrong(part, template))
    }


def said(wording: Wording, tongue: Tongue, part: str, values: Mapping[str, str]) -> str | None:
    """A part in the store's own words; None when it has none, or none that works."""
    template = wording.get(tongue.language, {}).get(part)
    if not template:
        return None
    try:
        text = None if _wrong(part, template) else _filled(part, template, values)
    except _FAILURES:
        text = None
    if text is None:
        log.warning("mail.wording_failed", field=f"{tongue.language}.{part}")
        return None
    return _tidy(part, text) or None


def _filled(part: str, template: str, values: Mapping[str, str]) -> str:
    found: str = _written(template).render({name: values[name] for name in NAMES[part]})
    return found


def _tidy(part: str, text: str) -> str:
    cut = _CONTROL.sub("", text.replace("\r\n", "\n"))[: MOST[part]].strip()
    return " ".join(cut.split()) if part == "subject" else cut


@lru_cache(maxsize=256)
def _wrong(part: str, template: object) -> str:
    """What is wrong with a template, in words; empty when nothing is."""
    if part not in MOST or not isinstance(template, str):
        return "a mail has no such part"
    if len(template) > MOST[part]:
        return f"at most {MOST[part]} characters, please"
    if part == "subject" and "\n" in template.strip():
        return "a subject is one line"
    try:
        # Before it is compiled, which works out what is constant: that may be a gigabyte of "a".
        wrong = _forbidden(part, _PLAIN.parse(template))
        if wrong:
            return wrong
        _written(template)
    except TemplateSyntaxError as error:
        return f"line {error.lineno}: {error.message}"
    except RecursionError:
        return "this is nested too deeply"
    try:
        _filled(part, template, dict.fromkeys(NAMES[part], "Vera"))
    except _FAILURES as error:
        return f"this does not work: {error}"
    return ""


def _forbidden(part: str, tree: nodes.Template) -> str:
    for node in tree.find_all(nodes.Node):
        if isinstance(node, nodes.Filter):
            if node.name not in _FILTERS:
                return f"line {node.lineno}: there is no filter {node.name} here"
        elif not isinstance(node, _HARMLESS):
            return f"line {node.lineno}: this may insert and choose, and do nothing else"
    unknown = sorted(meta.find_undeclared_variables(tree) - set(NAMES[part]))
    if unknown:
        known = ", ".join(NAMES[part])
        return f"{unknown[0]} is not known here; there are {known}"
    return ""


@lru_cache(maxsize=256)
def _written(template: str) -> Any:  # noqa: ANN401  # jinja2's Template
    return _PLAIN.from_string(template)
