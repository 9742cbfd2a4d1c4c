"""What a store's pages tell of a shopper: claims of who they are, attributes, and what they did.

None of it is proven: whoever runs the page can say anything. So agents are shown it as what was
said, and nothing else reads it: it merges nobody, reveals nothing and is no address to write to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from gateway.auth.identity import storable
from gateway.clock import DAY, MILLISECOND, MINUTE
from gateway.errors import BadInput, Conflict, NotSignedIn, TooMany
from gateway.protocol.entry import IdentityFact, TrackedFact, TraitFact
from gateway.services.house import Change, House
from gateway.services.sessions import session_of
from gateway.services.wire import ms
from gateway.store import house as houses
from gateway.store import identities, merging, people, thread, traits
from gateway.store.tables import ToldRow, TrackedRow, TraitRow
from gateway.store.tx import Tx, pack, unpack

MOST_NAME = 64  #: characters
MOST_VALUE = 500  #: characters
MOST_TRAITS = 20  #: of each kind, per shopper
MOST_DATA = 20  #: fields of one event
MOST_EVENTS = 50  #: kept per shopper
MOST_AT_ONCE = 50  #: things told in one post
MOST_IDS = 500  #: ids kept per shopper: ten full posts
MOST_POSTS = 60  #: per shopper and minute
OLDEST = 7 * DAY  #: a page that comes back after longer does not say when it was

PROOF = "signature"  #: how an address is proven that the store signed for

Value = str | int | float | bool | None
Kind = Literal["claim", "set"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One thing that a page tells, under an id of its own; ``at`` in milliseconds since 1970."""

    told_id: str
    at: int | None = None
    track: str | None = None
    data: Mapping[str, Value] = field(default_factory=dict)
    set: Mapping[str, Value] | None = None


def claim(change: Change, store_id: str, shopper_id: str, claims: Mapping[str, Value]) -> None:
    """Remember what was said of who they are; None takes a claim back.

    Raises:
        BadInput: too many, or too long.
    """
    _put(change.tx, store_id, shopper_id, "claim", claims)
    refresh(change, store_id, shopper_id)


async def tell(house: House, store_key: str, *sessions: str | None, told: Sequence[Told]) -> None:
    """Remember what a page tells of the shopper of this browser, each thing once.

    ``sessions`` as for ``sessions.visit``. Of a post that is over a bound nothing is kept.

    Raises:
        BadInput: too many, or too long.
        NotFound: no store has this key.
        NotSignedIn: the browser has no session, or it has ended.
        TooMany: too many posts in this minute.
    """

    def whose(tx: Tx) -> tuple[str, str]:
        store_id = houses.store_by_key(tx, store_key).store_id
        held = session_of(tx, store_id, sessions)
        if held is None:
            raise NotSignedIn("this session is over; open the chat again")
        return store_id, held[1].shopper_id

    def work(change: Change) -> None:
        if whose(change.tx) != (store_id, shopper_id):
            raise Conflict("this browser was identified meanwhile; tell it again")
        _tell(change, store_id, shopper_id, told)

    store_id, shopper_id = await house.store.read(whose)
    await house.change(work, on=shopper_id)


def _tell(change: Change, store_id: str, shopper_id: str, told: Sequence[Told]) -> None:
    tx = change.tx
    if people.count(tx, store_id, f"told:{shopper_id}", MINUTE) > MOST_POSTS:
        raise TooMany("too much was told at once; go on in a minute")
    if len(told) > MOST_AT_ONCE:
        raise BadInput(f"tell at most {MOST_AT_ONCE} things at once")
    for place, each in enumerate(told):
        if not storable(each.told_id):
            raise BadInput("id: it cannot contain control characters")
        if traits.is_told(tx, store_id, shopper_id, each.told_id):
            continue
        tx.session.add(
            ToldRow(store_id=store_id, shopper_id=shopper_id, told_id=each.told_id, at=tx.now)
        )
        if each.set is not None:
            _put(tx, store_id, shopper_id, "set", each.set)
        else:
            _track(tx, store_id, shopper_id, each, place)
        tx.session.flush()
    traits.keep_newest(tx, store_id, shopper_id, tracked=MOST_EVENTS, told=MOST_IDS)
    refresh(change, store_id, shopper_id)


def refresh(change: Change, store_id: str, shopper_id: str) -> None:
    """Consoles that show this shopper look again."""
    row = thread.latest_of(change.tx, store_id, shopper_id)
    if row is not None:
        change.touch(row)


def identity_fact(tx: Tx, store_id: str, shopper_id: str) -> IdentityFact:
    """Who a shopper is by their store's word, and what else is said of them.

    What was told of somebody whom an agent merged into them stays theirs, and is shown with it.
    """
    row = identities.identity_of(tx, store_id, shopper_id)
    all_names = merging.shoppers_before(tx, store_id, shopper_id)
    tracked = [each for name in all_names for each in traits.last_tracked_of(tx, store_id, name)]
    said = [each for name in all_names for each in traits.shown_of(tx, store_id, name)]
    tracked.sort(key=lambda each: (each.told_at, each.place), reverse=True)
    return IdentityFact(
        sub=row.sub if row else None,
        signed_at=ms(row.signed_at) if row else None,
        vouched=[
            each.address_id
            for each in people.addresses_of(tx, store_id, "shopper", shopper_id)
            if each.proof == PROOF
        ],
        claims=_facts(said, "claim"),
        attributes=_facts(said, "set"),
        tracked=[
            TrackedFact(name=each.name, data=_shown(unpack(each.data)), at=ms(each.at))
            for each in tracked[:MOST_EVENTS]
        ],
    )


def _put(tx: Tx, store_id: str, shopper_id: str, kind: Kind, values: Mapping[str, Value]) -> None:
    _check(values)
    held = {row.name: row for row in traits.traits_of(tx, store_id, shopper_id, kind)}
    for name, value in values.items():
        row = held.pop(name, None)
        if value is None:
            if row is not None:
                tx.session.delete(row)
            continue
        row = row or TraitRow(
            store_id=store_id, shopper_id=shopper_id, kind=kind, name=name, value="", at=0
        )
        row.value, row.at = pack(value), tx.now
        tx.session.add(row)
    tx.session.flush()
    if len(traits.traits_of(tx, store_id, shopper_id, kind)) > MOST_TRAITS:
        raise BadInput(f"at most {MOST_TRAITS} attributes are kept; set one to null to drop it")


def _track(tx: Tx, store_id: str, shopper_id: str, told: Told, place: int) -> None:
    if not told.track or len(told.track) > MOST_NAME or not storable(told.track):
        raise BadInput(f"track: a name has 1 to {MOST_NAME} characters")
    if len(told.data) > MOST_DATA:
        raise BadInput(f"data: at most {MOST_DATA} fields")
    _check(told.data)
    # A browser's clock may say anything: never later than now, nor as though it were long ago.
    said = tx.now if told.at is None else told.at * MILLISECOND
    tx.session.add(
        TrackedRow(
            store_id=store_id,
            tracked_id=tx.new_id(),
            shopper_id=shopper_id,
            name=told.track,
            data=pack(dict(told.data)),
            at=min(tx.now, max(said, tx.now - OLDEST)),
            told_at=tx.now,
            place=place,
        )
    )


def _check(values: Mapping[str, Value]) -> None:
    for name, value in values.items():
        if not 0 < len(name) <= MOST_NAME or not storable(name):
            raise BadInput(f"a name has 1 to {MOST_NAME} characters")
        if len(str(value)) > MOST_VALUE:
            raise BadInput(f"a value has at most {MOST_VALUE} characters")


def facts(tx: Tx, store_id: str, shopper_ids: Sequence[str], kind: Kind) -> list[TraitFact]:
    """What was told of somebody under each of these ids; of two values the later counts."""
    return _facts(
        [row for each in shopper_ids for row in traits.shown_of(tx, store_id, each)], kind
    )


def _facts(said: Sequence[TraitRow], kind: Kind) -> list[TraitFact]:
    rows = (row for row in said if row.kind == kind)
    latest = {row.name: row for row in sorted(rows, key=lambda row: row.at)}
    return [
        TraitFact(name=row.name, value=_words(unpack(row.value)), at=ms(row.at))
        for _, row in sorted(latest.items())
    ]


def _shown(data: Mapping[str, Value]) -> dict[str, str]:
    return {name: _words(value) for name, value in data.items() if value is not None}


def _words(value: Value) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
