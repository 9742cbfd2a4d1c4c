"""How a conversation went: asked once each time that it is resolved, and never by itself.

Whoever has the panel open is asked there; whoever has left finds a link in the next mail, if the
store wants that. No answer interrupts, reopens or settles anything: it is a row, and an entry that
only staff see.
"""

from __future__ import annotations

from dataclasses import dataclass

from gateway.auth.tokens import seal, sealed
from gateway.clock import DAY, HOUR, SECOND
from gateway.core.forms import Rating
from gateway.core.rating import is_asked, may_change
from gateway.errors import BadInput, Conflict, NotFound, TooMany
from gateway.protocol.forms import MOST_COMMENT, RatingAsked
from gateway.services.house import Change, House
from gateway.services.wire import shopper_name
from gateway.services.words import clean
from gateway.store import forms as form_rows
from gateway.store import house as houses
from gateway.store import people, ratings, thread
from gateway.store.tables import ConversationRow, EntryRow, RatingRow
from gateway.store.thread import Draft
from gateway.store.tx import Store, Tx

LINK, FORM = "rating link", "rating form"
FORM_LASTS = 12 * HOUR  #: a page that stayed open for longer is shown anew before it counts
MOST_CHANGES = 20  #: in an hour, of what is said of one conversation
COUNTED = 90 * DAY  #: what the figures look back on


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What the page behind a link shows; ``asked`` None: it is too late to say anything."""

    store_name: str
    accent: str
    language: str
    asked: RatingAsked | None
    form: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """How so many conversations of an agent's (None: nobody's) went, from 0 (worst) to 1."""

    agent: str | None
    ratings: int
    mean: float


def asked(
    tx: Tx, rating: Rating | None, conversation: ConversationRow | None
) -> RatingAsked | None:
    """What a shopper's newest conversation is asked about; None when nothing is (any more)."""
    if rating is None or conversation is None or conversation.state != "resolved":
        return None
    ended = _ended(tx, conversation)
    if ended is None:
        return None
    row = ratings.rating(tx, conversation.store_id, conversation.conversation_id, ended.seq)
    if not is_asked(conversation.resolved_at, row.at if row else None, tx.now):
        return None
    if row is not None and row.score is None:
        return None  # they would rather not say
    return RatingAsked(
        seq=ended.seq,
        steps=row.steps if row else _steps(tx, conversation, rating),
        comment=rating.comment,
        score=row.score if row else None,
        said=row.comment if row else "",
    )


async def rate(
    house: House, store_id: str, shopper_id: str, seq: int, score: int | None, comment: str
) -> None:
    """A shopper says in the panel how it went, or (None) would rather not; the same is no news.

    Raises:
        BadInput: not one of the steps.
        Conflict: the conversation has gone on, or it is too late.
        TooMany: more changes of mind than a person has.
    """

    def work(change: Change) -> None:
        who = people.now_of(change.tx, store_id, shopper_id)
        last = thread.latest_of(change.tx, store_id, who)
        if last is None:
            raise Conflict("there is no conversation to rate")
        _rate(change, last, seq, score, comment, "chat")

    await house.change(work, on=shopper_id)


def link_to(
    base_url: str, store_key: str, secret: bytes, conversation: ConversationRow, seq: int
) -> str:
    """The page that asks how a conversation went until the entry ``seq`` resolved it."""
    name = conversation.conversation_id
    mark = seal(secret, LINK, conversation.store_id, name, str(seq))
    return f"{base_url.rstrip('/')}/rate/{store_key}/{name}-{seq}-{mark}"


def link_for(
    tx: Tx, base_url: str, store_key: str, secret: bytes, conversation: ConversationRow
) -> str | None:
    """The link for a mail about this conversation; None when nothing is to be asked by mail."""
    if conversation.state != "resolved":
        return None
    rating = form_rows.forms(tx, conversation.store_id).rating
    if rating is None or not rating.by_mail:
        return None
    found = asked(tx, rating, conversation)
    if found is None or found.score is not None:
        return None
    return link_to(base_url, store_key, secret, conversation, found.seq)


async def look(house: House, store_key: str, token: str) -> Shown:
    """What a link shows; looking changes nothing.

    Raises:
        NotFound: no such store or conversation, or a link that we did not make.
    """

    def load(tx: Tx) -> Shown:
        conversation, seq = _read(tx, house, store_key, token)
        store = houses.store(tx, conversation.store_id)
        shopper = people.shopper(tx, store.store_id, conversation.shopper_id)
        found = asked(tx, form_rows.forms(tx, store.store_id).rating, conversation)
        return Shown(
            store_name=store.name,
            accent=store.accent,
            language=(shopper.language if shopper else "") or store.language,
            asked=found if found is not None and found.seq == seq else None,
            form=_form(house, token),
        )

    return await house.store.read(load)


async def rate_by_link(
    house: House, store_key: str, token: str, form: str, score: int, comment: str
) -> None:
    """Whoever has the link says how it went, by the form that its page showed.

    Raises:
        BadInput: not one of the steps.
        Conflict: the conversation has gone on, it is too late, or the page was open for too long.
        NotFound: as ``look``, or a form that this page never had.
        TooMany: as ``rate``.
    """
    at, _, mark = form.partition(".")
    if not sealed(house.secrets, mark, FORM, token, at):
        raise NotFound
    if house.clock.now() >= int(at) * SECOND + FORM_LASTS:
        raise Conflict("this page has been open for too long")
    name = await house.store.read(lambda tx: _read(tx, house, store_key, token)[0].conversation_id)

    def work(change: Change) -> None:
        conversation, seq = _read(change.tx, house, store_key, token)
        _rate(change, conversation, seq, score, comment, "link")

    await house.change(work, on=name)


async def figures(store: Store, store_key: str) -> list[Figure]:
    """How the last ninety days went, by who had the conversations, the most rated first.

    Raises:
        NotFound: no store has this key.
    """

    def load(tx: Tx) -> list[Figure]:
        store_id = houses.store_by_key(tx, store_key).store_id
        names = {row.agent_id: row.name for row in houses.agents(tx)}
        counts: dict[str | None, tuple[int, float]] = {}
        for agent_id, steps, n, total in ratings.figures(tx, store_id, tx.now - COUNTED):
            who = agent_id if agent_id in names else None
            held, mean = counts.get(who, (0, 0.0))
            counts[who] = (held + n, mean + (total - n) / (steps - 1))
        return sorted(
            (
                Figure(agent=names.get(who or ""), ratings=n, mean=sum_ / n)
                for who, (n, sum_) in counts.items()
            ),
            key=lambda each: -each.ratings,
        )

    return await store.read(load)


def _rate(
    change: Change, found: ConversationRow, seq: int, score: int | None, comment: str, via: str
) -> None:
    tx = change.tx
    conversation = thread.take(tx, found.store_id, found.conversation_id)
    rating = form_rows.forms(tx, conversation.store_id).rating
    ended = _ended(tx, conversation)
    if rating is None or conversation.state != "resolved" or ended is None or ended.seq != seq:
        raise Conflict("this conversation has gone on since", why="gone_on")
    row = ratings.rating(tx, conversation.store_id, conversation.conversation_id, seq)
    _refuse_late(conversation, row, tx.now)
    steps = row.steps if row else _steps(tx, conversation, rating)
    if score is not None and not 1 <= score <= steps:
        raise BadInput(f"pick one of the {steps} steps")
    said = clean(comment, may_be_empty=True).strip()[:MOST_COMMENT] if rating.comment else ""
    if row is not None and (row.score, row.comment) == (score, said):
        return
    if row is not None and row.score is not None and score is None:
        return  # what was said stands
    if people.count(tx, found.store_id, f"ratings:{found.conversation_id}", HOUR) > MOST_CHANGES:
        raise TooMany("these are too many changes at once; try again later")
    first = row is None or row.score is None
    row = row or RatingRow(
        store_id=conversation.store_id,
        conversation_id=conversation.conversation_id,
        resolved_seq=seq,
        shopper_id=conversation.shopper_id,
        agent_id=conversation.assignee_id or (ended.author_id if ended.side == "staff" else None),
        steps=steps,
        at=tx.now,
        changed_at=tx.now,
    )
    row.score, row.comment = score, said if score is not None else ""
    row.via, row.changed_at = via, tx.now
    tx.session.add(row)
    if score is not None:
        _tell(change, conversation, row, changed=not first)


def _refuse_late(conversation: ConversationRow, row: RatingRow | None, now: int) -> None:
    if row is not None and not may_change(row.at, now):
        raise Conflict("this was said more than a day ago", why="late")
    if row is None and not is_asked(conversation.resolved_at, None, now):
        raise Conflict("this conversation ended too long ago", why="late")


def _steps(tx: Tx, conversation: ConversationRow, rating: Rating) -> int:
    # Those of when it ended: a panel that shows five would else have its third taken as of three.
    then = form_rows.forms_at(tx, conversation.store_id, conversation.resolved_at or tx.now).rating
    return (then or rating).steps


def _tell(change: Change, conversation: ConversationRow, row: RatingRow, *, changed: bool) -> None:
    shopper = people.shopper(change.tx, conversation.store_id, conversation.shopper_id)
    conversation.rating, conversation.rating_of = row.score, row.steps
    change.append(
        conversation,
        Draft(
            kind="event",
            side="shopper",
            author_id=conversation.shopper_id,
            author_name=shopper_name(shopper, conversation.number),
            audience="staff",
            body=row.comment or None,
            event="rated",
            data={
                "score": row.score,
                "of": row.steps,
                "seq": row.resolved_seq,
                "changed": changed,
                "via": row.via,
            },
        ),
    )


def _ended(tx: Tx, conversation: ConversationRow) -> EntryRow | None:
    """The entry that resolved it; None when nobody had answered: there is nothing to rate."""
    name = (conversation.store_id, conversation.conversation_id)
    entry = ratings.resolved_by(tx, *name)
    if entry is None or not ratings.was_answered(tx, *name, entry.seq):
        return None
    return entry


def _read(tx: Tx, house: House, store_key: str, token: str) -> tuple[ConversationRow, int]:
    store = houses.store_by_key(tx, store_key)
    name, _, rest = token.partition("-")
    seq, _, mark = rest.partition("-")
    if not sealed(house.secrets, mark, LINK, store.store_id, name, seq):
        raise NotFound
    conversation = tx.session.get(ConversationRow, (store.store_id, name))
    if conversation is None or conversation.continued_in is not None:
        raise NotFound
    return conversation, int(seq)


def _form(house: House, token: str) -> str:
    """A mark that only this page carries: what follows links by itself sends no form back."""
    at = str(house.clock.now() // SECOND)
    return f"{at}.{seal(house.secrets[0], FORM, token, at)}"
