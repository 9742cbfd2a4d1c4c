"""The console's inbox: its rows, the views that are asked for, and what is done with many at once.

A row's ``place`` is text that compares as the list is ordered, first to last: whoever waits, the
longest first; what is answered, the newest first; what is snoozed, the soonest first; what is
resolved, the newest first; a blocked shopper's. It is also the cursor of a page.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from gateway.protocol.entry import ChannelName, Id, Instant, PresenceName, Wire
from gateway.protocol.forms import RatingFact

MOST_AT_ONCE = 500  #: conversations of one ``bulk``
MOST_LABELS = 20  #: on one conversation

ViewName = Literal[
    "open", "mine", "unassigned", "mentions", "snoozed", "unreachable", "resolved", "blocked"
]
ColourName = Literal["grey", "green", "blue", "violet", "amber", "red"]
Place = Annotated[str, Field(pattern=r"^[0-9a-f]{14}[0-9a-z]{1,40}$")]


class MentionFact(Wire):
    """An agent whom notes of a conversation name; ``place`` orders that agent's mentions.

    The last first, so the greatest place comes first. ``seen``: they had the newest on screen.
    """

    agent_id: str
    place: str
    seen: bool


class InboxRow(Wire):
    """One conversation in the inbox; ``waiting_since`` is set while the shopper is unanswered.

    ``woken``: it was snoozed until a time that has come, and nobody has looked since. ``labels``
    are ids.
    """

    store_id: str
    conversation_id: str
    place: str
    number: int
    shopper: str
    verified: bool
    state: Literal["open", "resolved"]
    preview: str
    last_at: Instant
    waiting_since: Instant | None
    unread: int
    channel: ChannelName
    presence: PresenceName
    assignee_id: str | None
    unreachable: bool
    snoozed_until: Instant | None
    woken: bool
    labels: list[str]
    mentions: list[MentionFact]
    rating: RatingFact | None = None  #: the newest
    blocked: bool = False  #: the shopper is: nothing of it rings or counts


class Narrowed(Wire):
    """A view, and what it is narrowed to; ``assignee_id`` empty: nobody's."""

    view: ViewName
    store_id: Id | None = None
    label_id: Id | None = None
    channel: ChannelName | None = None
    assignee_id: Annotated[str, Field(pattern=r"^[0-9a-z]{0,40}$")] | None = None


class LabelFact(Wire):
    """A label of a store."""

    store_id: str
    label_id: str
    name: str
    colour: ColourName


class Counted(Wire):
    """How many a view has; with ``more`` it is at least so many."""

    n: int
    more: bool


class Which(Wire):
    """A conversation by its names."""

    store_id: Id
    conversation_id: Id


class LeftOut(Wire):
    """A conversation with which something could not be done, and why in words."""

    store_id: str
    conversation_id: str
    number: int | None
    message: str


# --- said by a console ---------------------------------------------------------------------------


class AskInbox(Narrowed):
    """Subscribe to a view and load a page of it; ``after`` is the last page's, to page on."""

    t: Literal["inbox"] = "inbox"
    after: Place | None = None


class AskCounts(Wire):
    """How many does each view have?"""

    t: Literal["counts"] = "counts"


class BulkAct(Wire):
    """What is done with each of a selection.

    ``assign`` names ``agent_id`` (None: nobody), ``label`` what to ``add`` and to ``remove`` (label
    ids), ``snooze`` names ``until`` (None: wake it).
    """

    kind: Literal["assign", "label", "snooze", "resolve", "reopen"]
    agent_id: Id | None = None
    add: Annotated[tuple[Id, ...], Field(max_length=MOST_LABELS)] = ()
    remove: Annotated[tuple[Id, ...], Field(max_length=MOST_LABELS)] = ()
    until: Instant | None = None


class Bulk(Wire):
    """Do the same with each of these; what cannot be done with one is done with the others.

    ``ref`` comes back with the answer.
    """

    t: Literal["bulk"] = "bulk"
    ref: Annotated[str, Field(max_length=64, pattern=r"^[A-Za-z0-9_-]*$")] = ""
    on: Annotated[list[Which], Field(min_length=1, max_length=MOST_AT_ONCE)]
    act: BulkAct


# --- heard by a console --------------------------------------------------------------------------


class InboxPage(Narrowed):
    """A page of a view, in order; it replaces what the client holds unless it asked on."""

    t: Literal["inbox"] = "inbox"
    rows: list[InboxRow]
    after: str | None  #: pass back for the next page; None at the end


class Rows(Wire):
    """Inbox rows that have changed; the client decides whether they belong to the view."""

    t: Literal["rows"] = "rows"
    rows: list[InboxRow]


class Counts(Wire):
    """How many each view has; of mentions, those that the agent has not seen."""

    t: Literal["counts"] = "counts"
    open: Counted
    mine: Counted
    unassigned: Counted
    mentions: Counted
    snoozed: Counted
    unreachable: Counted
    waiting: Counted


class Labels(Wire):
    """Every label of every store, after any change; it replaces what the client holds."""

    t: Literal["labels"] = "labels"
    labels: list[LabelFact]


class BulkDone(Wire):
    """What became of a ``bulk``: with so many it was done, with these not."""

    t: Literal["bulk"] = "bulk"
    ref: str
    done: int
    left_out: list[LeftOut]
