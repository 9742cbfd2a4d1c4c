"""Canned replies: words that a store, or one agent, uses again and again.

Variables such as ``{{shopper.first_name}}`` are filled in by the console as the words are put into
the composer, so that an agent reads what they send; nothing is filled in here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from gateway.auth.identity import storable
from gateway.errors import BadInput, Conflict, Forbidden, NotFound
from gateway.protocol.entry import MOST_BODY
from gateway.services.house import Change, House
from gateway.services.tongues import LANGUAGES, tongue
from gateway.services.wire import ms
from gateway.services.words import clean
from gateway.store import house as houses
from gateway.store import writing
from gateway.store.tables import CannedRow
from gateway.store.tx import Tx, pack, unpack

MOST = 500  #: of a store, and of an agent's own in it
MOST_BYTES = 1_000_000  #: of their words, together: a console fetches them all at once
MOST_NAME = 80  #: characters
_SHORTCUT = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A canned reply as somebody wants it; ``bodies`` by language, ``own``: nobody else's."""

    shortcut: str
    name: str
    bodies: Mapping[str, str]
    own: bool
    resolves: bool = False


async def look(house: House, store_id: str, agent_id: str) -> dict[str, object]:
    """The store's canned replies, this agent's own, and all that is needed to change them.

    Raises:
        NotFound: there is no such store.
    """

    def load(tx: Tx) -> dict[str, object]:
        store = houses.store(tx, store_id)
        return {
            "store": store.name,
            "language": tongue(store.language).language,
            "languages": list(LANGUAGES),
            "may_change": bool(houses.agent(tx, agent_id).owner),
            "canned": [_fact(row) for row in writing.canned_for(tx, store_id, agent_id)],
        }

    return await house.store.read(load)


async def add(house: House, store_id: str, agent_id: str, wanted: Wanted) -> str:
    """A new one; returns its id.

    Raises:
        BadInput: ``details["field"]`` names what is wrong.
        Conflict: the shortcut is taken, or there are as many as there may be.
        Forbidden: the store's are for an owner to change.
        NotFound: there is no such store.
    """
    _check(wanted)

    def work(change: Change) -> str:
        tx = change.tx
        houses.store(tx, store_id)
        whose = _whose(tx, agent_id, own=wanted.own)
        held = writing.canned_for(tx, store_id, agent_id)
        if sum(row.agent_id == whose for row in held) >= MOST:
            raise Conflict(f"at most {MOST} canned replies are kept; remove some")
        row = CannedRow(
            store_id=store_id,
            canned_id=tx.new_id(),
            agent_id=whose,
            shortcut="",
            name="",
            version=0,
            changed_at=0,
            changed_by="",
        )
        _put(tx, row, agent_id, wanted)
        return row.canned_id

    return await house.change(work, on=f"canned:{store_id}")


async def change(
    house: House, store_id: str, canned_id: str, agent_id: str, wanted: Wanted, *, version: int
) -> None:
    """Change one; ``version`` is the one that its editor began from.

    Raises:
        BadInput, Forbidden: as for a new one.
        Conflict: the shortcut is taken, or somebody changed it meanwhile.
        NotFound: it is not there.
    """
    _check(wanted)

    def work(change: Change) -> None:
        row = _to_change(change.tx, store_id, canned_id, agent_id)
        if row.version != version:
            raise Conflict("somebody else changed this canned reply meanwhile")
        row.agent_id = _whose(change.tx, agent_id, own=wanted.own)
        _put(change.tx, row, agent_id, wanted)

    await house.change(work, on=f"canned:{store_id}")


async def remove(house: House, store_id: str, canned_id: str, agent_id: str) -> None:
    """Forget one.

    Raises:
        Forbidden: it is the store's, and the agent no owner.
        NotFound: it is not there.
    """

    def work(change: Change) -> None:
        change.tx.session.delete(_to_change(change.tx, store_id, canned_id, agent_id))

    await house.change(work, on=f"canned:{store_id}")


def _check(wanted: Wanted) -> None:
    if not _SHORTCUT.fullmatch(wanted.shortcut):
        raise BadInput(
            "a shortcut is made of small letters, digits, - and _, at most 32", field="shortcut"
        )
    name = wanted.name.strip()
    if not name or len(name) > MOST_NAME or not storable(name):
        raise BadInput(f"a name has 1 to {MOST_NAME} characters", field="name")
    if not wanted.bodies:
        raise BadInput("a canned reply needs some words", field="bodies")
    for language, body in wanted.bodies.items():
        if language not in LANGUAGES:
            raise BadInput("this language is not spoken here", field="bodies")
        if len(body) > MOST_BODY:
            raise BadInput(f"at most {MOST_BODY} characters", field=f"bodies.{language}")
        try:
            clean(body)
        except BadInput as wrong:
            raise BadInput(wrong.message, field=f"bodies.{language}") from None


def _whose(tx: Tx, agent_id: str, *, own: bool) -> str:
    """Whose own it is to be; empty for the store's.

    Raises:
        Forbidden: the store's are for an owner to change.
    """
    if own:
        return agent_id
    if not houses.agent(tx, agent_id).owner:
        raise Forbidden("only an owner may change the store's canned replies")
    return ""


def _to_change(tx: Tx, store_id: str, canned_id: str, agent_id: str) -> CannedRow:
    row = writing.canned(tx, store_id, canned_id)
    if not row.agent_id:
        _whose(tx, agent_id, own=False)
    elif row.agent_id != agent_id:
        # A colleague's own is nobody's business: it reads as though it were not there.
        raise NotFound("this canned reply is not there any more")
    return row


def _put(tx: Tx, row: CannedRow, agent_id: str, wanted: Wanted) -> None:
    taken = writing.by_shortcut(tx, row.store_id, row.agent_id, wanted.shortcut)
    if taken is not None and taken.canned_id != row.canned_id:
        raise Conflict(f"/{wanted.shortcut} is taken by another canned reply", field="shortcut")
    bodies = pack(dict(wanted.bodies))
    _refuse_too_much(tx, row, bodies)
    row.shortcut, row.name = wanted.shortcut, wanted.name.strip()
    row.bodies, row.resolves = bodies, int(wanted.resolves)
    row.version, row.changed_at, row.changed_by = row.version + 1, tx.now, agent_id
    tx.session.add(row)
    tx.session.flush()


def _refuse_too_much(tx: Tx, row: CannedRow, bodies: str) -> None:
    others = (
        len(each.bodies.encode())
        for each in writing.canned_for(tx, row.store_id, row.agent_id)
        if each.agent_id == row.agent_id and each.canned_id != row.canned_id
    )
    if sum(others) + len(bodies.encode()) > MOST_BYTES:
        raise BadInput(
            "the words of all canned replies together are too long; shorten or remove some",
            field="bodies",
        )


def _fact(row: CannedRow) -> dict[str, object]:
    return {
        "canned_id": row.canned_id,
        "own": bool(row.agent_id),
        "shortcut": row.shortcut,
        "name": row.name,
        "bodies": unpack(row.bodies),
        "resolves": bool(row.resolves),
        "version": row.version,
        "changed_at": ms(row.changed_at),
    }
