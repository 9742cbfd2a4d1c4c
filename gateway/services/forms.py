"""What a store asks its shoppers: its forms as a document, and what they want of one shopper now.

The gateway refuses no message because a question is unanswered: what is needed is held by the
panel, and whoever writes by SMS or mail is asked nothing. Where somebody can be reached is answered
as any address is left (see ``addresses``), never here.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping

from gateway.clock import HOUR
from gateway.core.conversation import reopens
from gateway.core.forms import (
    Answered,
    Question,
    document_of,
    due,
    forms_from,
    read_answer,
    say,
)
from gateway.core.forms import Forms as Asked
from gateway.errors import BadForms, NotFound, TooMany
from gateway.protocol import forms as wire
from gateway.protocol.entry import AnsweredFact
from gateway.protocol.frames import Forms
from gateway.services import ratings, transcripts
from gateway.services.house import Change, House
from gateway.services.policies import OPERATOR
from gateway.services.tongues import catalogues, tongue
from gateway.services.wire import ms
from gateway.services.words import clean
from gateway.store import forms as rows
from gateway.store import house as houses
from gateway.store import people, thread
from gateway.store.tables import ConversationRow, FormAnswerRow, FormsRow, StoreRow
from gateway.store.tx import Store, Tx

MOST_ANSWERS = 60  #: of one shopper in an hour: a person has at most a handful to give
WORDS = catalogues("forms")


def read(raw: bytes, name: str = "") -> dict[str, object]:
    """A file as a document: TOML when its ``name`` ends so, else JSON.

    Raises:
        BadForms: it is neither, or no table.
    """
    kind = "TOML" if name.endswith(".toml") else "JSON"
    try:
        text = raw.decode("utf-8-sig")
        found = tomllib.loads(text) if kind == "TOML" else json.loads(text)
    except (ValueError, RecursionError) as wrong:
        raise BadForms(f"this is not {kind}: {wrong}") from None
    if not isinstance(found, dict):
        raise BadForms("the forms must be one JSON object")
    return found


async def put(store: Store, store_key: str, document: Mapping[str, object]) -> int:
    """Put a document of forms in force; returns its version.

    Raises:
        BadForms: a field is wrong; ``details["field"]`` names it, and the version in force stays.
        NotFound: no store has this key.
    """
    # Not ``pack``: the first language stands in for a missing one, so their order says something.
    told = document_of(forms_from(document))
    written = json.dumps(told, separators=(",", ":"), ensure_ascii=False)

    def work(tx: Tx) -> int:
        store_id = houses.store_by_key(tx, store_key).store_id
        last = rows.newest(tx, store_id)
        version = last.version + 1 if last else 1
        tx.session.add(
            FormsRow(store_id=store_id, version=version, document=written, by=OPERATOR, at=tx.now)
        )
        return version

    return await store.write(work, on=f"forms:{store_key}")


async def shown(store: Store, store_key: str) -> dict[str, object]:
    """The document in force, complete.

    Raises:
        NotFound: no store has this key.
    """

    def load(tx: Tx) -> dict[str, object]:
        return document_of(rows.forms(tx, houses.store_by_key(tx, store_key).store_id))

    return await store.read(load)


async def answer(
    house: House, store_id: str, shopper_id: str, question_id: str, typed: str | None
) -> None:
    """A shopper answers a question of the store's, or (None) would rather not; the newest counts.

    Raises:
        BadInput: this is no answer to it; the message says what would be.
        NotFound: the store asks no such question (any more).
        TooMany: more answers than a person gives.
    """

    def work(change: Change) -> None:
        tx = change.tx
        who = people.now_of(tx, store_id, shopper_id)
        question = _question(rows.forms(tx, store_id), question_id)
        language = tongue(houses.store(tx, store_id).language).language
        said = None if typed is None else clean(typed, may_be_empty=True)
        value = read_answer(question, said, language)
        if people.count(tx, store_id, f"answers:{who}", HOUR) > MOST_ANSWERS:
            raise TooMany("these are too many answers at once; try again later")
        row = tx.session.get(FormAnswerRow, (store_id, who, question_id)) or FormAnswerRow(
            store_id=store_id, shopper_id=who, question_id=question_id, asked="", at=tx.now
        )
        row.asked, row.value, row.at = say(question.ask, language), value, tx.now
        tx.session.add(row)
        last = thread.latest_of(tx, store_id, who)
        if last is not None:
            change.touch(last)

    await house.change(work, on=shopper_id)


async def now(house: House, store_id: str, shopper_id: str) -> Forms | None:
    """What the forms want of a shopper now; None for a store that never had any."""
    return await house.store.read(lambda tx: now_in(tx, store_id, shopper_id))


def now_in(tx: Tx, store_id: str, shopper_id: str, *, shown: bool = True) -> Forms | None:
    """The same in a transaction.

    A store that took its forms away says so where some may be ``shown`` already.
    """
    if not shown and rows.forms(tx, store_id) == Asked():
        return None
    return _now(tx, store_id, people.now_of(tx, store_id, shopper_id))


async def tell_tabs(house: House, store_id: str, shopper_id: str) -> None:
    """Show every tab of a shopper the forms as they are now."""
    found = await now(house, store_id, shopper_id)
    if found is not None:
        house.hub.tell_person("shopper", shopper_id, found)


def answers_of(tx: Tx, store_id: str, shopper_id: str) -> list[AnsweredFact]:
    """What a shopper answered, the newest first, as agents see it."""
    return [
        AnsweredFact(asked=row.asked, value=row.value, at=ms(row.at))
        for row in rows.answers_of(tx, store_id, shopper_id)
    ]


def _now(tx: Tx, store_id: str, shopper_id: str) -> Forms | None:
    if rows.newest(tx, store_id) is None:
        return None
    forms = rows.forms(tx, store_id)
    shopper = people.shopper(tx, store_id, shopper_id)
    store = houses.store(tx, store_id)
    language = tongue(shopper.language if shopper else "", store.language).language
    last = thread.latest_of(tx, store_id, shopper_id)
    return Forms(
        before=forms.before,
        offline=forms.offline == "form",
        questions=[_told(each, language) for each in _due(tx, forms, store, shopper_id, last)],
        rating=ratings.asked(tx, forms.rating, last),
        transcript=transcripts.offered(tx, store, last) if forms.transcript else None,
        words=WORDS[language],
    )


def _due(
    tx: Tx, forms: Asked, store: StoreRow, shopper_id: str, last: ConversationRow | None
) -> tuple[Question, ...]:
    if not forms.questions:
        return ()
    store_id = store.store_id
    within = houses.policy(tx, store).reopen_within
    # What their next message would reopen is the same matter still.
    goes_on = last is not None and (
        last.state == "open" or reopens(last.resolved_at, tx.now, within)
    )
    current = last.conversation_id if last is not None and goes_on else None
    answered = [
        Answered(question_id=row.question_id, value=row.value, at=row.at)
        for row in rows.answers_of(tx, store_id, shopper_id)
    ]
    held = people.addresses_of(tx, store_id, "shopper", shopper_id)
    channels = {row.channel for row in held if row.stopped_at is None and row.failed_at is None}
    since = rows.ended_before(tx, store_id, shopper_id, current)
    return due(forms, answered, channels, since)


def _question(forms: Asked, question_id: str) -> Question:
    for each in forms.questions:
        if each.question_id == question_id:
            return each
    raise NotFound("this store does not ask that any more")


def _told(question: Question, language: str) -> wire.Question:
    return wire.Question(
        id=question.question_id,
        kind=question.kind,
        ask=say(question.ask, language),
        needed=question.needed,
        choices=[say(each, language) for each in question.choices],
    )
