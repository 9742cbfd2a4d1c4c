"""Who is shopping, by the store's signature or by what somebody says; and somebody else after that.

The signature makes a shopper *known* by (store, ``sub``): whichever browser brings it is theirs. An
anonymous shopper who is signed for becomes that shopper, or is merged into them. One who was signed
for as somebody else is a second person at the same browser: nothing of theirs goes along. What is
said without a signature moves nobody anywhere (invariant 10).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

from gateway.auth.identity import Signed, read
from gateway.auth.tokens import digest, mint
from gateway.clock import MINUTE, SECOND
from gateway.errors import BadInput, Conflict, NotSignedIn, TooMany
from gateway.services import merging, traits
from gateway.services.addresses import normal
from gateway.services.house import Change, House
from gateway.services.identity_learning import learn
from gateway.services.identity_secrets import secrets_of
from gateway.services.sessions import (
    Visit,
    begin_session,
    issue_to_shopper,
    retire,
    session_of,
    somebody_new,
)
from gateway.services.traits import Value
from gateway.store import house as houses
from gateway.store import identities, people
from gateway.store import traits as trait_rows
from gateway.store.tables import IdentityRow, StoreRow
from gateway.store.tx import Tx

MOST_TIMES = 60  #: that one shopper is identified per minute
TRIES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class _Door:
    """Who stands there: a session that is good, whose it is, and whose the ``sub`` is."""

    store_id: str
    session: str | None
    shopper_id: str | None
    known_id: str | None

    @property
    def session_hash(self) -> str:
        """The session as it is stored."""
        return digest(self.session or "")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entered:
    """Who came in; ``ended``: the former shopper and the hash of its one session, None for all."""

    visit: Visit
    ended: tuple[str, str | None] | None


async def identify(
    house: House,
    store_key: str,
    *sessions: str | None,
    token: str,
    claims: Mapping[str, Value] | None = None,
) -> Visit:
    """Let a browser be the shopper for whom the store signed; its session is another from now on.

    ``sessions`` as for ``sessions.visit``. ``claims`` stay what they are without a token: said.

    Raises:
        NotSignedIn: the token is not good; nothing has changed.
        NotFound: no store has this key.
        TooMany: too often in this minute.
    """
    signed = await house.store.read(lambda tx: _checked(tx, house, store_key, token))
    fresh = (mint(), mint())
    for _ in range(TRIES):
        door = await house.store.read(lambda tx: _door(tx, store_key, sessions, signed.sub))
        work = partial(
            _enter, store_key=store_key, door=door, signed=signed, claims=claims, fresh=fresh
        )
        entered = await house.change(work, on=_alone_on(door, signed))
        if entered is not None:
            if entered.ended is not None:
                _close(house, *entered.ended)
            return entered.visit
    raise Conflict("this browser is being identified elsewhere at this moment; try again")


async def claim(
    house: House, store_key: str, *sessions: str | None, claims: Mapping[str, Value]
) -> Visit:
    """Remember what somebody says of themselves; it proves nothing, and they stay who they were.

    Raises:
        BadInput: too many claims, or too long ones.
        NotFound: no store has this key.
        TooMany: too often in this minute.
    """
    session, ticket = mint(), mint()

    def whose(tx: Tx) -> str | None:
        store_id = houses.store_by_key(tx, store_key).store_id
        held = session_of(tx, store_id, sessions)
        return held[1].shopper_id if held else None

    def work(change: Change) -> Visit:
        tx = change.tx
        store = houses.store_by_key(tx, store_key)
        held = session_of(tx, store.store_id, sessions)
        shopper_id = held[1].shopper_id if held else somebody_new(tx, store).shopper_id
        _within_rate(tx, store.store_id, shopper_id)
        traits.claim(change, store.store_id, shopper_id, claims)
        if held is not None:
            retire(tx, held[1])
        return _let_in(tx, store.store_id, shopper_id, session, ticket, known=held is not None)

    return await house.change(work, on=await house.store.read(whose))


async def reset(house: House, store_key: str, *sessions: str | None) -> None:
    """End this browser's sessions: whoever comes next is somebody new and sees nothing.

    Raises:
        NotFound: no store has this key.
    """

    def work(change: Change) -> list[tuple[str, str]]:
        tx = change.tx
        store_id = houses.store_by_key(tx, store_key).store_id
        found = []
        for token in filter(None, sessions):
            row = people.session_shopper(tx, store_id, digest(token))
            if row is not None:
                found.append((row.shopper_id, row.token_hash))
                identities.end_session(tx, store_id, row.token_hash)
        return found

    for shopper_id, session_hash in await house.change(work):
        _close(house, shopper_id, session_hash)


def _checked(tx: Tx, house: House, store_key: str, token: str) -> Signed:
    """What the store says, with its addresses in their one spelling."""
    store = houses.store_by_key(tx, store_key)
    keys = secrets_of(house.secrets, identities.secret_of(tx, store.store_id))
    signed = read(keys, token, audience=store.key, now=tx.now // SECOND)
    try:
        return replace(
            signed,
            email=normal("email", signed.email) if signed.email else None,
            phone=normal("sms", signed.phone, store.region) if signed.phone else None,
        )
    except BadInput as wrong:
        raise NotSignedIn(f"email, phone: {wrong.message}") from None


def _door(tx: Tx, store_key: str, sessions: tuple[str | None, ...], sub: str) -> _Door:
    store_id = houses.store_by_key(tx, store_key).store_id
    held = session_of(tx, store_id, sessions)
    known = identities.identity(tx, store_id, sub)
    return _Door(
        store_id=store_id,
        session=held[0] if held else None,
        shopper_id=held[1].shopper_id if held else None,
        known_id=known.shopper_id if known else None,
    )


def _alone_on(door: _Door, signed: Signed) -> tuple[str, ...]:
    names = [f"identity:{door.store_id}:{signed.sub}", door.shopper_id, door.known_id]
    if signed.jti:
        names.append(f"identity token:{door.store_id}:{signed.jti}")
    return tuple(each for each in names if each)


def _enter(
    change: Change,
    store_key: str,
    door: _Door,
    signed: Signed,
    claims: Mapping[str, Value] | None,
    fresh: tuple[str, str],
) -> _Entered | None:
    """None when somebody else came through this door since it was looked at."""
    tx, (session, ticket) = change.tx, fresh
    store = houses.store_by_key(tx, store_key)
    if _door(tx, store_key, (door.session,), signed.sub) != door:
        return None
    _spend(tx, door.store_id, signed)
    shopper_id, ended = _become(change, store, door, signed)
    _within_rate(tx, door.store_id, shopper_id)
    learn(change, door.store_id, shopper_id, signed)
    if claims:
        traits.claim(change, door.store_id, shopper_id, claims)
    visit = _let_in(tx, door.store_id, shopper_id, session, ticket, known=True)
    return _Entered(visit=visit, ended=ended)


def _become(
    change: Change, store: StoreRow, door: _Door, signed: Signed
) -> tuple[str, tuple[str, str | None] | None]:
    """Who this browser is from now on, and whose sessions have ended for it."""
    tx, here = change.tx, door.shopper_id
    if here is not None and here == door.known_id:
        row = people.session_shopper(tx, store.store_id, door.session_hash)
        if row is not None:
            retire(tx, row)
        return here, None
    anonymous = here is not None and identities.identity_of(tx, store.store_id, here) is None
    if here is not None:
        # Whoever else holds a session of an anonymous shopper has not shown to be this person, and
        # a session that somebody planted here must not become theirs.
        if anonymous:
            identities.end_sessions(tx, store.store_id, here)
        else:
            identities.end_session(tx, store.store_id, door.session_hash)
    ended = (here, None if anonymous else door.session_hash) if here is not None else None
    if door.known_id is not None:
        if here is not None and anonymous:
            trait_rows.hand_over(tx, store.store_id, elder=door.known_id, younger=here)
            merging.merge(change, store.store_id, elder=door.known_id, younger=here)
        return door.known_id, ended
    shopper_id = here if here is not None and anonymous else somebody_new(tx, store).shopper_id
    tx.session.add(
        IdentityRow(
            store_id=store.store_id,
            sub=signed.sub,
            shopper_id=shopper_id,
            created_at=tx.now,
            signed_at=tx.now,
        )
    )
    return shopper_id, ended


def _let_in(
    tx: Tx, store_id: str, shopper_id: str, session: str, ticket: str, *, known: bool
) -> Visit:
    begin_session(tx, store_id, shopper_id, session)
    issue_to_shopper(tx, store_id, shopper_id, ticket, session)
    return Visit(
        store_id=store_id, shopper_id=shopper_id, session=session, ticket=ticket, known=known
    )


def _spend(tx: Tx, store_id: str, signed: Signed) -> None:
    if signed.jti and not identities.spend_token(
        tx, store_id, digest(signed.jti), signed.until * SECOND
    ):
        raise NotSignedIn("jti: this token was used already")


def _within_rate(tx: Tx, store_id: str, shopper_id: str) -> None:
    if people.count(tx, store_id, f"identify:{shopper_id}", MINUTE) > MOST_TIMES:
        raise TooMany("identified too often; go on in a minute")


def _close(house: House, shopper_id: str, session_hash: str | None) -> None:
    """End the sockets of one session (None: of all); a tab that may come back does so at once."""
    for socket in house.hub.sockets_of("shopper", shopper_id):
        if session_hash is None or socket.session == session_hash:
            socket.close(NotSignedIn.close)
