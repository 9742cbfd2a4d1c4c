"""The house: its clock floor and epoch, stores, policies, agents, sessions, tickets and nodes."""

from __future__ import annotations

from gateway.store.tables.columns import Row, integer, key, one_of, raw, text


class HouseRow(Row, table=True):
    """The one installation; a restored backup gets a new ``epoch``."""

    __tablename__ = "house"
    house_id: str = key(default="house")
    epoch: int = integer()
    clock_floor: int = integer()
    created_at: int = integer()


class StoreRow(Row, table=True):
    """One storefront; ``origins`` is a JSON list, ``next_number`` numbers its conversations.

    A number that is typed without a country is one of ``region`` (ISO 3166). ``mail_words`` is what
    the store says in its mails in its own words: JSON, language → part → template. ``look`` is how
    the chat stands on the store's pages, JSON: see ``services/looks``. With ``first_names`` they
    are told no more of an agent's name than how it begins.
    """

    __tablename__ = "store"
    store_id: str = key()
    key: str = text(unique=True)
    name: str = text()
    accent: str = text(default="#2f5d50")
    language: str = text(default="en")
    region: str = text(default="US")
    greeting: str = text(default="")
    look: str = text(default="{}")
    first_names: int = integer(default=0)
    origins: str = text(default="[]")
    sms_from: str | None = text(default=None)
    whatsapp_from: str | None = text(default=None, unique=True)
    mail_from: str | None = text(default=None)
    mail_domain: str | None = text(default=None)
    mail_words: str = text(default="{}")
    next_number: int = integer(default=1)
    policy_version: int = integer(default=1)
    created_at: int = integer()


class StoreLogoRow(Row, table=True):
    """What a store's mails bear at their top: a PNG of our own making, ``width`` by ``height``."""

    __tablename__ = "store_logo"
    store_id: str = key()
    png: bytes = raw()
    width: int = integer()
    height: int = integer()


class PolicyRow(Row, table=True):
    """Every version of a store's policy; ``document`` is JSON, ``by`` an agent or the operator."""

    __tablename__ = "policy"
    store_id: str = key()
    version: int = integer(primary_key=True)
    document: str = text()
    by: str = text(default="")
    at: int = integer()


class AgentRow(Row, table=True):
    """Somebody who supports; ``on_call`` is their place in the on-call order, 0 for none.

    ``hours`` are those in which they may be told, a JSON list of windows in their ``zone``; empty:
    any. An ``owner`` may change a store's policy. ``picked`` is what they chose for good,
    ``for_now`` what holds instead for a while; ``duty`` is what follows from both, and
    ``duty_until`` when time alone turns it. ``face`` names their picture, empty for none.
    """

    __tablename__ = "agent"
    __table_args__ = (
        one_of("duty", "online", "away", "do_not_disturb"),
        one_of("picked", "online", "away", "do_not_disturb", "schedule"),
        one_of("for_now", "", "online", "away", "do_not_disturb"),
    )
    agent_id: str = key()
    email: str = text(unique=True)
    name: str = text()
    password_hash: str = text()
    duty: str = text(default="online")
    picked: str = text(default="online")
    for_now: str = text(default="")
    duty_until: int | None = integer(default=None)
    face: str = text(default="")
    on_call: int = integer(default=0)
    hours: str = text(default="[]")
    zone: str = text(default="")
    owner: int = integer(default=0)
    created_at: int = integer()


class FaceRow(Row, table=True):
    """An agent's picture, a JPEG of our own making, under a name that cannot be guessed.

    The name says nothing of whose it is; the same bytes (``digest``, SHA-256) keep theirs.
    """

    __tablename__ = "face"
    face_id: str = key()
    agent_id: str = text(unique=True)
    digest: str = text()
    jpeg: bytes = raw()
    created_at: int = integer()


class AgentSessionRow(Row, table=True):
    """A signed-in console; the token itself is only in the cookie."""

    __tablename__ = "agent_session"
    token_hash: str = key()
    agent_id: str = text(index=True)
    csrf: str = text()
    expires_at: int = integer()


class TicketRow(Row, table=True):
    """Buys one socket, once; ``store_id`` is empty for an agent's.

    ``session_hash`` names the shopper's session that it was bought with.
    """

    __tablename__ = "ticket"
    __table_args__ = (one_of("kind", "shopper", "agent"),)
    token_hash: str = key()
    kind: str = text()
    store_id: str = text(default="")
    person_id: str = text()
    session_hash: str = text(default="")
    expires_at: int = integer(index=True)


class NodeRow(Row, table=True):
    """A gateway process; presence that it saw counts only while its lease runs."""

    __tablename__ = "node"
    node_id: str = key()
    accepting_since: int = integer()
    lease_until: int = integer()
    ended_at: int | None = integer(default=None)


class CommitMarkRow(Row, table=True):
    """How often a writer's slot has committed: tells what a lost COMMIT's answer was."""

    __tablename__ = "commit_mark"
    slot: str = key()
    n: int = integer()
