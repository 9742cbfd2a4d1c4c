"""Rows as they go over the wire; here, and only here, microseconds become milliseconds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final, Literal, cast
from urllib.parse import urlsplit

from gateway.clock import MILLISECOND
from gateway.core.consent_sentences import ANYWHERE, COUNTRIES, group_of, newest
from gateway.core.consent_sentences import Sentence as Agreed
from gateway.core.inbox_order import place_of
from gateway.core.policy import TEXTS
from gateway.protocol.entry import (
    AddressFact,
    Attachment,
    Author,
    Entry,
    Head,
    Sentence,
)
from gateway.protocol.forms import RatingFact
from gateway.protocol.inbox import InboxRow, MentionFact
from gateway.services.places import prefixes_of
from gateway.store.arrivals import Guest
from gateway.store.attachments import IN_DATA
from gateway.store.inbox import Known
from gateway.store.tables import (
    AddressRow,
    ConversationRow,
    EntryRow,
    MentionRow,
    ShopperRow,
    StoreRow,
)
from gateway.store.tx import unpack
from gateway.store.written import Written

Audience = Literal["shopper", "staff"]
NO_FACES: Final[Mapping[str, str]] = MappingProxyType({})
NAMELESS = "Shopper"  #: whoever has told no name
NO_DATA: Final = "{}"
NO_LABELS: Final = "[]"
MOST_SHOWN = 4  #: characters: of what is no longer nothing is shown


def ms(at: int) -> int:
    """Microseconds as the wire's milliseconds."""
    return at // MILLISECOND


def ms_or_none(at: int | None) -> int | None:
    """The same for an instant that may be missing."""
    return None if at is None else ms(at)


def path_to_face(face_id: str | None) -> str | None:
    """Where an agent's picture is, by the name that it is kept under."""
    return f"/faces/{face_id}" if face_id else None


def entry_for(
    audience: Audience, row: EntryRow | Written, faces: Mapping[str, str] = NO_FACES
) -> Entry:
    """An entry as one audience sees it: staff see every seq, so their ``prev`` is the seq before.

    What a shopper sees of an agent is the name and the face, never more (behaviour 37); ``faces``
    names the pictures by agent.
    """
    # Most entries have none, and reading JSON twice costs as much as the rest of one.
    data: dict[str, Any] = {} if row.data == NO_DATA else unpack(row.data)
    files = data.pop(IN_DATA, ())
    return Entry(
        id=row.entry_id,
        seq=row.seq,
        prev=row.prev if audience == "shopper" else row.seq - 1,
        at=ms(row.at),
        kind=cast("Any", row.kind),
        author=_author(
            row.side,
            row.author_id,
            row.author_name,
            faces.get(row.author_id) if row.side == "staff" else None,
        ),
        channel=cast("Any", row.channel),
        body=row.body,
        event=row.event,
        data=data if row.kind == "event" or audience == "staff" else {},
        cmid=row.cmid,
        original=audience == "staff" and row.channel == "email" and row.inbound_key is not None,
        automatic=bool(row.automatic),
        edited=row.edited_at is not None,
        taken_back=row.taken_back_at is not None,
        attachments=[attachment_of(each) for each in files] if row.taken_back_at is None else [],
    )


def is_alike(row: EntryRow | Written) -> bool:
    """Whether both audiences see an entry as the same, so that it need be written only once."""
    return (
        row.audience == "all"
        and row.prev == row.seq - 1
        and row.data == NO_DATA
        and row.channel != "email"
    )


@lru_cache(maxsize=256)  # few people write a thread, or many at one moment
def _author(side: str, author_id: str, name: str, face_id: str | None) -> Author:
    return Author(side=cast("Any", side), id=author_id, name=name, face=path_to_face(face_id))


def attachment_of(fact: dict[str, Any]) -> Attachment:
    """A file, by what the store tells of it."""
    return Attachment(**fact)


def head_of(row: ConversationRow | Guest) -> Head:
    """A conversation without its entries."""
    return Head(
        store_id=row.store_id,
        conversation_id=cast("str", row.conversation_id),
        number=row.number,
        state=cast("Any", row.state),
        last_seq=row.last_seq,
        seen_shopper=row.seen_shopper,
        seen_staff=row.seen_staff,
        assignee_id=row.assignee_id,
    )


def shopper_name(shopper: ShopperRow | Known | None, number: int) -> str:
    """What to call a shopper: their name, or the number of their conversation."""
    return (shopper.name if shopper else "") or visitor(number)


def visitor(number: int) -> str:
    """What to call a shopper of whom no name is known."""
    return f"{NAMELESS} #{number}"


def inbox_row(
    row: ConversationRow,
    shopper: Known | None,
    mentions: Sequence[MentionRow] = (),
) -> InboxRow:
    """One line of the inbox."""
    return InboxRow(
        store_id=row.store_id,
        conversation_id=row.conversation_id,
        place=place_of(row.inbox_order, row.conversation_id),
        number=row.number,
        shopper=shopper_name(shopper, row.number),
        verified=bool(shopper and shopper.verified),
        state=cast("Any", row.state),
        preview=row.preview,
        last_at=ms(row.last_at),
        waiting_since=ms_or_none(row.waiting_since),
        unread=row.unread,
        channel=cast("Any", row.last_channel),
        presence=cast("Any", (shopper and shopper.presence) or "gone"),
        assignee_id=row.assignee_id,
        unreachable=bool(row.unreachable),
        snoozed_until=ms_or_none(row.snoozed_until),
        woken=row.woken_at is not None,
        labels=unpack(row.labels) if row.labels != NO_LABELS else [],
        mentions=[
            MentionFact(
                agent_id=each.agent_id,
                place=place_of(each.at, each.conversation_id),
                seen=each.seen_at is not None,
            )
            for each in mentions
        ],
        rating=rating_of(row),
        blocked=row.blocked_at is not None,
    )


def rating_of(row: ConversationRow) -> RatingFact | None:
    """How a conversation went, as its shopper said last."""
    if row.rating is None or row.rating_of is None:
        return None
    return RatingFact(score=row.rating, steps=row.rating_of)


def masked(channel: str, value: str, *, abroad: bool = False) -> str:
    """An address that its owner recognises and nobody else learns.

    ``abroad`` is where a link may be read by whoever it was forwarded to: not even the domain
    of a mailbox is told.

    Whoever knows a browser's endpoint can take it from its owner: of that only the vendor is told.
    """
    if channel == "push":
        return urlsplit(value).hostname or ""
    if channel in TEXTS:
        return "••• " + value[-2:]
    if channel == "app":  # a shop's own name for somebody, which may be as short as 7
        return "••• " + value[-2:] if len(value) > MOST_SHOWN else "•••"
    local, _, domain = value.partition("@")
    return f"{local[:1]}•••@{'•••' if abroad else domain}"


def sentence_of(store: StoreRow, channel: str, language: str) -> Agreed:
    """The sentence for a channel where nobody has typed a number yet."""
    return newest(channel, language, group_of(store.region))


def sentences_for(store: StoreRow, channels: frozenset[str], language: str) -> list[Sentence]:
    """The consent sentences to show, by the countries of the numbers that may be typed."""
    found: dict[str, Sentence] = {}
    home = group_of(store.region)
    for channel in ("sms", "whatsapp", "email"):
        for group in (ANYWHERE, *COUNTRIES) if channel in channels else ():
            sentence = newest(channel, language, group)
            if sentence.countries != group:
                continue
            found[sentence.id] = Sentence(
                id=sentence.id,
                channel=cast("Any", channel),
                text=sentence.text.format(store=store.name),
                prefixes=prefixes_of(COUNTRIES[group]) if group else [],
                home=sentence == newest(channel, language, home),
            )
    return list(found.values())


def address_fact(
    row: AddressRow,
    *,
    consented: bool,
    whole: bool,
    code_sent: bool = False,
    sentence: str | None = None,
    consented_at: int | None = None,
) -> AddressFact:
    """An address, ``whole`` for agents and masked for its owner's screen."""
    return AddressFact(
        address_id=row.address_id,
        channel=cast("Any", row.channel),
        value=row.value if whole and row.channel != "push" else masked(row.channel, row.value),
        proven=row.proven_at is not None,
        consented=consented,
        stopped=row.stopped_at is not None,
        failed=row.failed_because or None,
        failed_at=ms_or_none(row.failed_at) if whole else None,
        proven_at=ms_or_none(row.proven_at) if whole else None,
        code_sent=code_sent,
        sentence=sentence,
        consented_at=ms_or_none(consented_at),
    )
