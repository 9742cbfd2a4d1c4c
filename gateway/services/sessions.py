"""Who is at the door: shoppers' browsers, agents' consoles, and one-time tickets to a socket."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from gateway.auth.passwords import Passwords
from gateway.auth.tokens import digest, mint
from gateway.clock import DAY, HOUR, MINUTE, SECOND
from gateway.errors import NotSignedIn, TooMany
from gateway.services.house import Change, House
from gateway.services.tongues import LANGUAGES, short
from gateway.store import arrivals, people
from gateway.store import house as houses
from gateway.store.arrivals import Ticket
from gateway.store.tables import (
    AgentRow,
    AgentSessionRow,
    ShopperRow,
    ShopperSessionRow,
    StoreRow,
    TicketRow,
)
from gateway.store.tx import Tx

SHOPPER_SESSION = 90 * DAY
LATECOMERS = MINUTE  #: a session that was replaced serves so much longer
AGENT_SESSION = 12 * HOUR
TICKET = 30 * SECOND
MOST_SIGN_INS = 10  #: tries per e-mail and quarter of an hour
SIGN_IN_WINDOW = 15 * MINUTE
NOT_GOOD = "this ticket is not good any more"
MOST_NEW_SHOPPERS = 600  #: new anonymous shoppers per store and minute


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A shopper's browser let in: its session token, and a ticket for one socket."""

    store_id: str
    shopper_id: str
    session: str
    ticket: str
    known: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """An agent's console session."""

    agent_id: str
    name: str
    token: str
    csrf: str


async def visit(house: House, store_key: str, *sessions: str | None, language: str = "") -> Visit:
    """Let a browser in: an old session is found again, anything else is a new shopper.

    ``sessions`` are the cookie and the panel's own copy; the first that is good counts. A token
    that we did not mint opens nothing: it is treated as none. From now on the shopper is written to
    in ``language`` (a tag), if we speak it.

    Raises:
        NotFound: no store has this key.
        TooMany: too many new shoppers at once for this store.
    """
    fresh, ticket = mint(), mint()

    def enter(change: Change) -> Visit:
        tx = change.tx
        store = houses.store_by_key(tx, store_key)
        held = session_of(tx, store.store_id, sessions)
        session, row = held or (fresh, None)
        shopper_id = row.shopper_id if row else somebody_new(tx, store).shopper_id
        if row is None or is_retired(tx, row):
            # A tab that comes late with what was replaced goes on with a session of its own.
            session = fresh
            begin_session(tx, store.store_id, shopper_id, fresh)
        else:
            row.expires_at = tx.now + SHOPPER_SESSION
            tx.session.add(row)
        if short(language) in LANGUAGES:
            people.speaks(tx, store.store_id, shopper_id, language)
        issue_to_shopper(tx, store.store_id, shopper_id, ticket, session)
        return Visit(
            store_id=store.store_id,
            shopper_id=shopper_id,
            session=session,
            ticket=ticket,
            known=held is not None,
        )

    return await house.change(enter)


def somebody_new(tx: Tx, store: StoreRow) -> ShopperRow:
    """A shopper of whom nothing is known, for a browser without a session.

    Raises:
        TooMany: too many of them at once for this store.
    """
    if people.count(tx, store.store_id, "new_shoppers", MINUTE) > MOST_NEW_SHOPPERS:
        raise TooMany("the chat is very busy; try again in a minute")
    return people.new_shopper(tx, store.store_id, language=store.language)


def issue_to_shopper(tx: Tx, store_id: str, shopper_id: str, ticket: str, session: str) -> None:
    """Let a ticket that was bought with this session open one socket of the shopper's."""
    _issue(tx, ticket, "shopper", store_id, shopper_id, digest(session))


def session_of(
    tx: Tx, store_id: str, sessions: Sequence[str | None]
) -> tuple[str, ShopperSessionRow] | None:
    """The first of these tokens that is good, and whose it is."""
    for token in filter(None, sessions):
        row = people.session_shopper(tx, store_id, digest(token))
        if row is not None:
            return token, row
    return None


def retire(tx: Tx, row: ShopperSessionRow) -> None:
    """Another session has replaced it, and its shopper is still who they were.

    So nothing is gained by holding on to it, and an answer that is lost on its way loses nothing.
    """
    row.expires_at = min(row.expires_at, tx.now + LATECOMERS)
    tx.session.add(row)


def is_retired(tx: Tx, row: ShopperSessionRow) -> bool:
    """Whether a session is about to end, and is not to be made to last."""
    return row.expires_at <= tx.now + LATECOMERS


def begin_session(tx: Tx, store_id: str, shopper_id: str, token: str) -> None:
    """Let a browser that holds this token be the shopper's."""
    tx.session.add(
        ShopperSessionRow(
            store_id=store_id,
            token_hash=digest(token),
            shopper_id=shopper_id,
            expires_at=tx.now + SHOPPER_SESSION,
        )
    )


async def sign_in(house: House, passwords: Passwords, email: str, password: str) -> SignedIn:
    """Check an agent's password and open a console session.

    Raises:
        NotSignedIn: the e-mail and password do not belong together; it does not say which.
        TooMany: too many wrong tries for this e-mail.
    """
    scope = f"sign_in:{digest(email.lower())}"

    def look(change: Change) -> AgentRow | None:
        tries = people.count(change.tx, people.HOUSE, scope, SIGN_IN_WINDOW)
        if tries > MOST_SIGN_INS:
            raise TooMany("too many tries; wait a quarter of an hour")
        return houses.agent_by_email(change.tx, email)

    agent = await house.change(look)
    if not await passwords.matches(agent.password_hash if agent else None, password) or not agent:
        raise NotSignedIn("this e-mail and password do not belong together")
    token, csrf = mint(), secrets.token_urlsafe(16)

    def remember(change: Change) -> None:
        # Whoever knows the password is not the one who guesses.
        people.count_anew(change.tx, people.HOUSE, scope, SIGN_IN_WINDOW)
        change.tx.session.add(
            AgentSessionRow(
                token_hash=digest(token),
                agent_id=agent.agent_id,
                csrf=csrf,
                expires_at=change.tx.now + AGENT_SESSION,
            )
        )

    await house.change(remember)
    return SignedIn(agent_id=agent.agent_id, name=agent.name, token=token, csrf=csrf)


async def console_session(house: House, token: str | None) -> SignedIn:
    """Whose console this is.

    Raises:
        NotSignedIn: no session, or one that has run out.
    """
    found = (
        await house.store.read(lambda tx: houses.session_agent(tx, digest(token)))
        if token
        else None
    )
    if found is None or token is None:
        raise NotSignedIn
    agent, session = found
    return SignedIn(agent_id=agent.agent_id, name=agent.name, token=token, csrf=session.csrf)


async def sign_out(house: House, token: str) -> None:
    """End a console session, and the agent's sockets with it.

    Which socket came of which session is not kept: the agent's other consoles come back at once
    with a ticket of their own session, and this one cannot.
    """

    def forget(change: Change) -> str | None:
        row = change.tx.session.get(AgentSessionRow, digest(token))
        if row is None:
            return None
        change.tx.session.delete(row)
        return row.agent_id

    agent_id = await house.change(forget)
    if agent_id is not None:
        for socket in house.hub.sockets_of("staff", agent_id):
            socket.close(NotSignedIn.close)


async def agent_ticket(house: House, agent_id: str) -> str:
    """A ticket for one console socket."""
    ticket = mint()
    await house.change(lambda change: _issue(change.tx, ticket, "agent", "", agent_id))
    return ticket


async def spend(house: House, ticket: str, kind: str) -> Ticket:
    """Trade a ticket for who it stands for, once.

    Raises:
        NotSignedIn: it was spent, has run out, or was never ours.
    """
    found = await house.store.write_together(arrivals.spend, (digest(ticket), kind))
    if found is None:
        raise NotSignedIn(NOT_GOOD)
    return found


def _issue(
    tx: Tx, ticket: str, kind: str, store_id: str, person_id: str, session_hash: str = ""
) -> None:
    tx.session.add(
        TicketRow(
            token_hash=digest(ticket),
            kind=kind,
            store_id=store_id,
            person_id=person_id,
            session_hash=session_hash,
            expires_at=tx.now + TICKET,
        )
    )
