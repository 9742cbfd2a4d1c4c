"""The templates that WhatsApp has approved for a store: put in, looked at, and filled in.

What stands for ``{{1}}`` and the others is the same for every store: for ``words`` and ``knock``
who answers, the store, and (``words``) what they say; for ``code`` the digits and the store.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from gateway.core.segments import beginning
from gateway.errors import BadInput, NotFound
from gateway.services.tongues import short
from gateway.store import house as houses
from gateway.store import whatsapps as rows
from gateway.store.tables import WhatsappTemplateRow
from gateway.store.tables.whatsapp import PURPOSES
from gateway.store.tx import Store, Tx

MOST = 1_024
"""Characters of a template when it is filled in."""

NEEDS = {"words": "3", "code": "1"}  #: a template that leaves this out would bring nothing
TAKES = {"words": ("1", "2", "3"), "knock": ("1", "2"), "code": ("1", "2")}
NOTHING = "-"
_ANY_NUMBER_OF_PARTS = 100

_SID = re.compile(r"HX[0-9a-f]{32}")
_PLACE = re.compile(r"\{\{(\w+)\}\}")
_LANGUAGE = re.compile(r"[a-z]{2,3}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A template with what it says this time; ``text`` is what the reader sees."""

    content_sid: str
    variables: tuple[tuple[str, str], ...]
    text: str


def filled(row: WhatsappTemplateRow, values: Sequence[str], rest: str = "") -> Filled:
    """Fill in, in order; the last value gives way where all would be too long.

    ``rest`` is where the whole is to be read then. WhatsApp refuses line breaks and runs of spaces
    in what is filled in, and empty values.
    """
    given = {str(place): _in_line(each) or NOTHING for place, each in enumerate(values, start=1)}
    named = [each for each in TAKES[row.purpose] if f"{{{{{each}}}}}" in row.body]
    last = str(len(values))
    if last in named:
        room = MOST - len(_said(row.body, given | {last: ""}))
        if len(given[last]) > room:
            tail = f"… {rest}" if rest else "…"
            given[last] = beginning(given[last], tail, most=_ANY_NUMBER_OF_PARTS, longest=room)
    return Filled(
        content_sid=row.content_sid,
        variables=tuple((each, given[each]) for each in named),
        text=_said(row.body, given),
    )


async def put(
    store: Store,
    store_key: str,
    *,
    purpose: str,
    language: str,
    content_sid: str,
    body: str,
    price: int | None = None,
) -> None:
    """Let a store use a template; there is one for each purpose and language.

    Raises:
        BadInput: no purpose, language or SID, or a body that does not say what it is for.
        NotFound: no store has this key.
    """
    _check(purpose, language, content_sid, body)

    def work(tx: Tx) -> None:
        store_id = houses.store_by_key(tx, store_key).store_id
        key = (store_id, purpose, short(language))
        row = tx.session.get(WhatsappTemplateRow, key) or WhatsappTemplateRow(
            store_id=store_id, purpose=purpose, language=key[2], content_sid="", body=""
        )
        row.content_sid, row.body, row.price = content_sid, body, price
        tx.session.add(row)

    await store.write(work)


async def remove(store: Store, store_key: str, *, purpose: str, language: str) -> None:
    """Use it no more.

    Raises:
        NotFound: there is none.
    """

    def work(tx: Tx) -> None:
        store_id = houses.store_by_key(tx, store_key).store_id
        row = tx.session.get(WhatsappTemplateRow, (store_id, purpose, short(language)))
        if row is None:
            raise NotFound("this store has no such template")
        tx.session.delete(row)

    await store.write(work)


async def all_of(store: Store, store_key: str) -> Sequence[WhatsappTemplateRow]:
    """Those of a store.

    Raises:
        NotFound: no store has this key.
    """
    return await store.read(
        lambda tx: rows.templates_of(tx, houses.store_by_key(tx, store_key).store_id)
    )


def _check(purpose: str, language: str, content_sid: str, body: str) -> None:
    if purpose not in PURPOSES:
        raise BadInput(f"a template is for one of {', '.join(PURPOSES)}")
    if not _LANGUAGE.fullmatch(short(language)):
        raise BadInput("a language is written like en or de")
    if not _SID.fullmatch(content_sid):
        raise BadInput("the SID of a template is HX and 32 digits from 0 to f")
    places = _PLACE.findall(body)
    strange = [each for each in places if each not in TAKES[purpose]]
    if strange:
        raise BadInput(f"nothing stands for {{{{{strange[0]}}}}} in a template for {purpose}")
    if purpose in NEEDS and NEEDS[purpose] not in places:
        raise BadInput(f"a template for {purpose} needs {{{{{NEEDS[purpose]}}}}}")
    if not body.strip() or len(body) > MOST:
        raise BadInput(f"a template says something, in at most {MOST} characters")


def _in_line(words: str) -> str:
    return " ".join(words.split())


def _said(body: str, given: dict[str, str]) -> str:
    return _PLACE.sub(lambda place: given.get(place[1], place[0]), body)
