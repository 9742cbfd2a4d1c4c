"""Who is at the door: shoppers' browsers, agents' consoles, and one-time tickets to a socket."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from gateway.auth.passwords import Passwords
from gateway.auth.tokens import digest, mint
from gateway.clock import DAY, HOUR, MINUTE, SECOND
from gateway.errors import NotSignedIn, TooMany
from gateway.services.house import Change, House
from gateway.store import house as houses
from gateway.store import people
from gateway.store.tables import AgentRow, AgentSessionRow, ShopperSessionRow, TicketRow
from gateway.store.tx import Tx

SHOPPER_SESSION = 90 * DAY
AGENT_SESSION = 12 * HOUR
TICKET = 30 * SECOND
MOST_SIGN_INS = 10  #: tries per e-mail and quarter of an hour
SIGN_IN_WINDOW = 15 * MINUTE
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


async def visit(house: House, store_key: str, *sessions: str | None) -> Visit:
    """Let a browser in: an old session is found again, anything else is a new shopper.

    ``sessions`` are the cookie and the panel's own copy; the first that is good counts. A token
    that we did not mint opens nothing: it is treated as none.

    Raises:
        NotFound: no store has this key.
        TooMany: too many new shoppers at once for this store.
    """
    fresh, ticket = mint(), mint()

    def enter(change: Change) -> Visit:
        tx = change.tx
        store = houses.store_by_key(tx, store_key)
        held = ((token, _session(tx, store.store_id, token)) for token in sessions if token)
        session, found = next((pair for pair in held if pair[1] is not None), (fresh, None))
        if found is not None:
            found.expires_at = tx.now + SHOPPER_SESSION
            tx.session.add(found)
            shopper_id = found.shopper_id
        else:
            if people.count(tx, store.store_id, "new_shoppers", MINUTE) > MOST_NEW_SHOPPERS:
                raise TooMany("the chat is very busy; try again in a minute")
            shopper_id = people.new_shopper(tx, store.store_id, language=store.language).shopper_id
            begin_session(tx, store.store_id, shopper_id, fresh)
        _issue(tx, ticket, "shopper", store.store_id, shopper_id)
        return Visit(
            store_id=store.store_id,
            shopper_id=shopper_id,
            session=session,
            ticket=ticket,
            known=found is not None,
        )

    return await house.change(enter)


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


async def spend(house: House, ticket: str, kind: str) -> TicketRow:
    """Trade a ticket for who it stands for, once.

    Raises:
        NotSignedIn: it was spent, has run out, or was never ours.
    """
    row = await house.change(lambda change: houses.spend_ticket(change.tx, digest(ticket), kind))
    if row is None:
        raise NotSignedIn("this ticket is not good any more")
    return row


def _session(tx: Tx, store_id: str, token: str) -> ShopperSessionRow | None:
    return people.session_shopper(tx, store_id, digest(token))


def _issue(tx: Tx, ticket: str, kind: str, store_id: str, person_id: str) -> None:
    tx.session.add(
        TicketRow(
            token_hash=digest(ticket),
            kind=kind,
            store_id=store_id,
            person_id=person_id,
            expires_at=tx.now + TICKET,
        )
    )
