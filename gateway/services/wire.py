"""Rows as they go over the wire; here, and only here, microseconds become milliseconds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
from gateway.store.attachments import IN_DATA, facts_of
from gateway.store.tables import (
    AddressRow,
    ConversationRow,
    EntryRow,
    MentionRow,
    PresenceRow,
    ShopperRow,
    StoreRow,
)
from gateway.store.tx import unpack
from gateway.store.written import Written

Audience = Literal["shopper", "staff"]
NO_FACES: Final[Mapping[str, str]] = MappingProxyType({})
VISITOR = "Visitor"
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
    data: dict[str, Any] = unpack(row.data)
    data.pop(IN_DATA, None)
    return Entry(
        id=row.entry_id,
        seq=row.seq,
        prev=row.prev if audience == "shopper" else row.seq - 1,
        at=ms(row.at),
        kind=cast("Any", row.kind),
        author=Author(
            side=cast("Any", row.side),
            id=row.author_id,
            name=row.author_name,
            face=path_to_face(faces.get(row.author_id)) if row.side == "staff" else None,
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
        attachments=[attachment_of(each) for each in facts_of(row)],
    )


def attachment_of(fact: dict[str, Any]) -> Attachment:
    """A file, by what the store tells of it."""
    return Attachment(**fact)


def head_of(row: ConversationRow) -> Head:
    """A conversation without its entries."""
    return Head(
        store_id=row.store_id,
        conversation_id=row.conversation_id,
        number=row.number,
        state=cast("Any", row.state),
        last_seq=row.last_seq,
        seen_shopper=row.seen_shopper,
        seen_staff=row.seen_staff,
        assignee_id=row.assignee_id,
    )


def shopper_name(shopper: ShopperRow | None, number: int) -> str:
    """What to call a shopper: their name, or the number of their conversation."""
    return (shopper.name if shopper else "") or visitor(number)


def visitor(number: int) -> str:
    """What to call a shopper of whom no name is known."""
    return f"{VISITOR} #{number}"


def inbox_row(
    row: ConversationRow,
    shopper: ShopperRow | None,
    presence: PresenceRow | None,
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
        presence=cast("Any", presence.presence if presence else "gone"),
        assignee_id=row.assignee_id,
        unreachable=bool(row.unreachable),
        snoozed_until=ms_or_none(row.snoozed_until),
        woken=row.woken_at is not None,
        labels=unpack(row.labels),
        mentions=[
            MentionFact(
                agent_id=each.agent_id,
                place=place_of(each.at, each.conversation_id),
                seen=each.seen_at is not None,
            )
            for each in mentions
        ],
        rating=rating_of(row),
    )


def rating_of(row: ConversationRow) -> RatingFact | None:
    """How a conversation went, as its shopper said last."""
    if row.rating is None or row.rating_of is None:
        return None
    return RatingFact(score=row.rating, steps=row.rating_of)


def masked(channel: str, value: str) -> str:
    """An address that its owner recognises and nobody else learns.

    Whoever knows a browser's endpoint can take it from its owner: of that only the vendor is told.
    """
    if channel == "push":
        return urlsplit(value).hostname or ""
    if channel in TEXTS:
        return "••• " + value[-2:]
    if channel == "app":  # a shop's own name for somebody, which may be as short as 7
        return "••• " + value[-2:] if len(value) > MOST_SHOWN else "•••"
    local, _, domain = value.partition("@")
    return f"{local[:1]}•••@{domain}"


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
        code_sent=code_sent,
        sentence=sentence,
        consented_at=ms_or_none(consented_at),
    )
