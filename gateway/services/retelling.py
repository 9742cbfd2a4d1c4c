"""Rows of one conversation retold as the story that the simulator replays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, TypeVar

from gateway.clock import DAY
from gateway.core.model import Form, Override, Presence
from gateway.core.segments import plain, segments
from gateway.services.recordings import (
    RANG_NOT,
    Move,
    moves_of,
    rang_of,
    recorded_of,
    replies_of,
    side_of,
)
from gateway.services.standings import Evidence, standings
from gateway.services.teams import told_of, unexplained
from gateway.simulation.story import (
    Acted,
    Assigned,
    Event,
    Known,
    Moved,
    Opened,
    Overrode,
    Said,
    Seen,
    Story,
)
from gateway.store.tables import (
    AddressRow,
    ConsentRow,
    ConversationRow,
    DeliveryRow,
    EntryRow,
    FactRow,
    OverrideRow,
    ShopperRow,
)
from gateway.store.tx import unpack

E = TypeVar("E", bound=Moved | Acted)

LEFT_ALONE = 3 * DAY  #: so long after the last event the story ends


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The rows: ``deliveries`` are this conversation's, ``others`` those of its people elsewhere.

    ``facts`` are the shopper's, ``address_facts`` those about the health of each address; all in
    order of time. ``lost`` is when each gateway lost its people.
    """

    now: int
    conversation: ConversationRow
    shopper: ShopperRow
    entries: Sequence[EntryRow]
    overrides: Sequence[OverrideRow]
    deliveries: Sequence[DeliveryRow]
    others: Sequence[DeliveryRow]
    addresses: Sequence[AddressRow]
    consents: Mapping[str, Sequence[ConsentRow]]
    facts: Sequence[FactRow]
    address_facts: Mapping[str, Sequence[FactRow]]
    lost: Mapping[str, Sequence[int]]


def retold(kept: Kept) -> Story:
    """The story, up to ``LEFT_ALONE`` after the last thing that happened in it."""
    moves = moves_of(kept.entries)
    condemned = {(str(told.get("address")), at) for at, _, told in _told(kept.facts, "failed")}
    recorded = tuple(
        recorded_of(row, moves.get(row.delivery_id, ()), condemned) for row in kept.deliveries
    )
    # What stands earlier in this list happened first where two are of one transaction.
    events = [
        *_presence(kept),
        *_acts(kept),
        *_standings(kept, moves),
        *_known(kept),
        *replies_of(kept.deliveries, moves),
        *_said(kept.entries),
        *_seen(kept),
        *_overrides(kept.overrides),
    ]
    events.sort(key=attrgetter("at"))
    last = max(
        [kept.conversation.last_at, *(each.at for each in events)]
        + [each.handed_at for each in recorded]
        + [each.until for each in kept.overrides if each.until is not None]
    )
    return Story(
        conversation_id=kept.conversation.conversation_id,
        shopper_id=kept.conversation.shopper_id,
        began=kept.conversation.created_at,
        ends=min(kept.now, last + LEFT_ALONE),
        zones=kept.shopper.zones,
        events=tuple(each for each in events if each.at <= kept.now),
        recorded=recorded,
        elsewhere=tuple(rang_of(kept.others, kept.deliveries)),
    )


def _said(entries: Iterable[EntryRow]) -> Iterable[Event]:
    for row in entries:
        if row.taken_back_at is not None:
            continue  # nobody was ever to have it
        if row.kind == "message" and not row.automatic and row.side in ("shopper", "staff"):
            length = segments(plain(row.body or ""))
            yield Said(
                at=row.at,
                seq=row.seq,
                side=side_of(row.side),
                author_id=row.author_id,
                units=length.units,
                wide=length.encoding == "ucs2",
            )
        elif row.event == "assigned":
            yield Assigned(at=row.at, agent_id=unpack(row.data).get("agent_id"))


def _seen(kept: Kept) -> Iterable[Event]:
    """What was seen, answered and opened, of this conversation."""
    for at, kind, told in _told(kept.facts, "seen", "opened"):
        if told.get("conversation") != kept.conversation.conversation_id:
            continue
        if kind == "opened":
            yield Opened(at=at, agent_id=told["agent"])
        else:
            yield Seen(at=at, side=side_of(told["side"]), seq=told["seq"])


def _presence(kept: Kept) -> Iterable[Event]:
    """Where the shopper was: from the last word before the conversation on."""
    found: list[Moved] = []
    facts = list(_told(kept.facts, "presence"))
    for index, (at, _, told) in enumerate(facts):
        moved = Moved(
            at=at,
            presence=Presence(told["presence"]),
            since=told["since"],
            lost_at=told["lost"],
            page=told["page"],
        )
        found.append(moved)
        until = facts[index + 1][0] if index + 1 < len(facts) else kept.now
        lost = [each for each in kept.lost.get(told["node"], ()) if at < each < until]
        if lost and moved.presence is not Presence.GONE and moved.lost_at is None:
            found.append(
                Moved(
                    at=lost[0],
                    presence=moved.presence,
                    since=moved.since,
                    lost_at=lost[0],
                    page=moved.page,
                )
            )
    return _from_the_last_before(found, kept.conversation.created_at)


def _acts(kept: Kept) -> Iterable[Event]:
    found = [
        Acted(at=at, channel=told["channel"], address_id=told["address"])
        for at, _, told in _told(kept.facts, "act")
    ]
    return _from_the_last_before(found, kept.conversation.created_at)


def _known(kept: Kept) -> Iterable[Event]:
    """Since when they were proven to be who they are, and what they liked best."""
    liked: list[tuple[int, tuple[str, ...]]] = [
        (at, tuple(told["channels"])) for at, _, told in _told(kept.facts, "preference")
    ]
    proofs = [at for at, _, _ in _told(kept.facts, "proven")]
    proofs += [row.proven_at for row in kept.addresses if row.proven_at is not None]
    began = kept.conversation.created_at
    known_from = min(proofs, default=began if kept.shopper.verified else None)
    # What they said before the first change that was kept is not known; nothing is likeliest.
    first = () if liked else tuple(unpack(kept.shopper.preference))
    preference, known = first, False
    moments = {began, *(at for at, _ in liked), *([known_from] if known_from is not None else ())}
    for at in sorted(moments):
        known = known_from is not None and at >= known_from
        preference = next((what for when, what in reversed(liked) if when <= at), first)
        yield Known(at=at, known=known, preference=preference)


def _standings(kept: Kept, moves: Mapping[str, Sequence[Move]]) -> Iterable[Event]:
    own = {at for row in kept.deliveries for at, _ in moves.get(row.delivery_id, ())}
    began = kept.conversation.created_at
    for row in kept.addresses:
        facts = [each for each in kept.facts if unpack(each.data).get("address") == row.address_id]
        # What this conversation's deliveries found out is found out again.
        told = [each for each in facts if not (each.kind == "failed" and each.at in own)]
        yield from standings(
            Evidence(
                row=row,
                consents=kept.consents.get(row.address_id, ()),
                told=told_of([*told, *kept.address_facts.get(row.address_id, ())]),
                knocks=[
                    each.handed_at
                    for each in kept.others
                    if each.address_id == row.address_id
                    and each.form == Form.KNOCK
                    and each.handed_at is not None
                    and each.state not in RANG_NOT
                ],
                failed_at=unexplained(row, facts),
                conversation_id=kept.conversation.conversation_id,
                typed_seq=_typed_seq(kept, row),
            ),
            began,
        )


def _typed_seq(kept: Kept, row: AddressRow) -> int:
    """The last seq of this conversation when the address was typed, in whichever it was."""
    if row.typed_conversation_id is None:
        return 0
    if row.typed_conversation_id == kept.conversation.conversation_id:
        return row.typed_seq
    return max((each.seq for each in kept.entries if each.at <= row.created_at), default=0)


def _overrides(rows: Iterable[OverrideRow]) -> Iterable[Event]:
    for row in rows:
        if row.side == "shopper":
            yield Overrode(
                at=row.at,
                override=Override(
                    kind=row.kind,  # type: ignore[arg-type]  # the column's CHECK
                    seqs=frozenset(unpack(row.seqs)),
                    at=row.at,
                    agent_id=row.agent_id,
                    address_id=row.address_id,
                    until=row.until,
                    delivery_id=row.delivery_id,
                ),
            )


def _told(facts: Iterable[FactRow], *kinds: str) -> Iterable[tuple[int, str, dict[str, Any]]]:
    for row in facts:
        if row.kind in kinds:
            yield row.at, row.kind, unpack(row.data)


def _from_the_last_before(found: Sequence[E], began: int) -> list[E]:
    before = [each for each in found if each.at < began]
    return [*before[-1:], *(each for each in found if each.at >= began)]
