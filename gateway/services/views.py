"""Rows folded into the frozen ``View`` that ``plan`` decides on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gateway.clock import DAY
from gateway.core.consent import may
from gateway.core.conversation import what_of
from gateway.core.delivery import ENDED_BADLY
from gateway.core.duty import Duty, Standing, told_from
from gateway.core.holds import CARRIES
from gateway.core.model import (
    Act,
    Address,
    Delivery,
    DeliveryState,
    Form,
    Interruption,
    Message,
    Override,
    Person,
    Presence,
    Side,
    View,
)
from gateway.core.policy import Policy
from gateway.services.circuits import ADDRESS
from gateway.services.evidence import rows_for
from gateway.services.own_hours import windows_of
from gateway.services.places import country_of, page_group, zones_of
from gateway.services.spending import spent_today
from gateway.services.staff import somebody_answers
from gateway.services.whatsapp_window import opened
from gateway.store import house as houses
from gateway.store import messages, people, reaching, thread
from gateway.store.messages import Heading
from gateway.store.stops import stops_of
from gateway.store.tables import (
    AddressRow,
    AgentRow,
    CircuitRow,
    ConversationRow,
    DeliveryRow,
    PresenceRow,
    ReachRow,
)
from gateway.store.tx import Tx, unpack


def view_of(tx: Tx, conversation: ConversationRow, side: Side, policy: Policy) -> View:
    """Everything that may be known of one side of a conversation."""
    reach = reaching.reach(tx, conversation, side)
    rows = messages.after(
        tx,
        conversation.store_id,
        conversation.conversation_id,
        reach.seen_seq,
        written_by="staff" if side == "shopper" else "shopper",
    )
    attempts = reaching.deliveries_of(tx, conversation.store_id, conversation.conversation_id, side)
    persons = (
        (_shopper(tx, conversation, policy),)
        if side == "shopper"
        else tuple(_agent(tx, row, reach) for row in _team(tx, conversation, policy))
    )
    return View(
        side=side,
        messages=_messages(tx, conversation, side, rows, policy),
        people=persons,
        deliveries=tuple(delivery_of(row) for row in attempts if row.form in CARRIES),
        interruptions=_interruptions(tx, conversation.store_id, side, persons),
        overrides=overrides_of(tx, conversation, side),
        accepting_since=houses.accepting_since(tx),
        agent_present=side == "staff" and somebody_answers(tx),
        spent=(
            spent_today(tx, conversation.store_id, conversation.shopper_id, policy)
            if side == "shopper"
            else None
        ),
        blocked_at=conversation.blocked_at,
    )


def _messages(
    tx: Tx, conversation: ConversationRow, side: Side, rows: Sequence[Heading], policy: Policy
) -> tuple[Message, ...]:
    """Unread messages; what each is to the shopper is looked up only if a rule asks for it."""
    if side == "staff" or not rows or not any(rule.what for rule in policy.rules):
        return tuple(Message(seq=r.seq, at=r.at, author_id=r.author_id) for r in rows)
    asked, answered = (
        messages.last_before(tx, conversation, rows[0].seq, written_by=who)
        for who in ("shopper", "staff")
    )
    asks = messages.after(
        tx,
        conversation.store_id,
        conversation.conversation_id,
        rows[0].seq,
        written_by="shopper",
    )
    found = []
    for row in rows:
        asked = max((each.at for each in asks if each.seq < row.seq), default=asked)
        what = what_of(row.at, answered, asked, policy)
        found.append(Message(seq=row.seq, at=row.at, author_id=row.author_id, what=what))
        answered = row.at
    return tuple(found)


def overrides_of(tx: Tx, conversation: ConversationRow, side: Side) -> tuple[Override, ...]:
    """What agents decided for messages to one side, oldest first."""
    return tuple(
        Override(
            kind=row.kind,  # type: ignore[arg-type]  # the column's CHECK
            seqs=frozenset(unpack(row.seqs)),
            at=row.at,
            agent_id=row.agent_id,
            address_id=row.address_id,
            until=row.until,
            delivery_id=row.delivery_id,
        )
        for row in reaching.overrides_of(tx, conversation, side)
    )


def delivery_of(row: DeliveryRow) -> Delivery:
    """One attempt as reaching cares for it."""
    return Delivery(
        delivery_id=row.delivery_id,
        person_id=row.person_id,
        address_id=row.address_id,
        channel=row.channel,
        form=Form(row.form),
        state=DeliveryState(row.state),
        seqs=frozenset(unpack(row.seqs)),
        queued_at=row.queued_at,
        handed_at=row.handed_at,
        accepted_at=row.accepted_at,
        state_at=row.state_at,
        attempt=row.attempt,
        content_rejected=bool(row.content_rejected),
    )


def _shopper(tx: Tx, conversation: ConversationRow, policy: Policy) -> Person:
    store_id, shopper_id = conversation.store_id, conversation.shopper_id
    row = people.shopper(tx, store_id, shopper_id)
    seen = people.presence(tx, store_id, "shopper", shopper_id)
    held = people.addresses_of(tx, store_id, "shopper", shopper_id)
    addresses = _addresses(tx, held, conversation)
    return Person(
        person_id=shopper_id,
        **_whereabouts(tx, store_id, "shopper", shopper_id),  # type: ignore[arg-type]
        addresses=opened(tx, store_id, row.language if row else "", addresses),
        known=bool(row and row.verified),
        page=page_group(seen.url if seen else None, policy),
        zones=row.zones if row else (),
        preference=tuple(unpack(row.preference)) if row else (),
    )


def _team(tx: Tx, conversation: ConversationRow, policy: Policy) -> Sequence[AgentRow]:
    """The assigned agent first, then those on call, in order; nobody else is told.

    Who is on call, and in which order, the store's policy says, else the house.
    """
    order = {mailbox.lower(): place for place, mailbox in enumerate(policy.on_call, start=1)}
    team = [
        (row.agent_id != conversation.assignee_id, place, row)
        for row in houses.agents(tx)
        for place in (order.get(row.email, 0) if order else row.on_call,)
        if place > 0 or row.agent_id == conversation.assignee_id
    ]
    team.sort(key=lambda each: each[:2])
    return [row for _, _, row in team]


def _agent(tx: Tx, row: AgentRow, reach: ReachRow) -> Person:
    pauses = unpack(reach.pauses)
    paused = pauses.get(row.agent_id)
    return Person(
        person_id=row.agent_id,
        **_whereabouts(tx, people.HOUSE, "staff", row.agent_id),  # type: ignore[arg-type]
        addresses=_addresses(tx, people.addresses_of(tx, people.HOUSE, "staff", row.agent_id)),
        zones=(row.zone,) if row.zone else (),
        awake=windows_of(row.hours),
        paused_until=paused[1] if paused and paused[0] == reach.seen_seq else None,
        told_from=told_from(Standing(Duty(row.duty), row.duty_until)),
    )


def _whereabouts(tx: Tx, store_id: str, side: str, person_id: str) -> dict[str, object]:
    seen: PresenceRow | None = people.presence(tx, store_id, side, person_id)
    act = people.act(tx, store_id, side, person_id)
    return {
        "presence": Presence(seen.presence) if seen else Presence.GONE,
        "since": seen.since if seen else 0,
        "lost_at": seen.lost_at if seen else None,
        "last_act": Act(channel=act.channel, at=act.at, address_id=act.address_id) if act else None,
    }


def _addresses(
    tx: Tx, rows: Sequence[AddressRow], conversation: ConversationRow | None = None
) -> tuple[Address, ...]:
    if not rows:
        return ()
    ids = [row.address_id for row in rows]
    evidence = people.consents_of(tx, rows[0].store_id, ids)
    knocks = _knocks(tx, rows)
    scopes = [ADDRESS + each for each in ids]
    health = {each.scope: each for each in reaching.circuits(tx, rows[0].store_id, scopes)}
    stops = stops_of(tx, conversation) if conversation else {}
    return tuple(
        Address(
            address_id=row.address_id,
            channel=row.channel,
            consents=may(rows_for([e for e in evidence if e.address_id == row.address_id])),
            proven=people.is_proven(row, conversation.conversation_id if conversation else None),
            typed_seq=_typed_seq(tx, row, conversation),
            failed_at=row.failed_at,
            failed_because=row.failed_because,
            stopped_at=row.stopped_at,
            stopped_here_at=stops.get(row.address_id),
            knocked_at=knocks.get(row.address_id),
            zones=zones_of(row.channel, row.value),
            country=country_of(row.channel, row.value),
            rests_until=_rests_until(health.get(ADDRESS + row.address_id)),
        )
        for row in rows
    )


def _rests_until(circuit: CircuitRow | None) -> int | None:
    return circuit.open_until if circuit and circuit.open_until else None


def _typed_seq(tx: Tx, row: AddressRow, conversation: ConversationRow | None) -> int:
    """The last seq of *this* conversation when the address was typed, in whichever it was."""
    if conversation is None or row.typed_conversation_id is None:
        return 0
    if people.is_proven(row, conversation.conversation_id):
        return 0
    if row.typed_conversation_id == conversation.conversation_id:
        return row.typed_seq
    return thread.seq_at(tx, conversation.store_id, conversation.conversation_id, row.created_at)


def _knocks(tx: Tx, rows: Sequence[AddressRow]) -> dict[str, int]:
    sent = reaching.knocks_to(tx, rows[0].store_id, [row.address_id for row in rows])
    return {
        each.address_id: each.handed_at
        for each in sent
        if each.handed_at is not None and each.state not in ENDED_BADLY
    }


def _interruptions(
    tx: Tx, store_id: str, side: Side, persons: Sequence[Person]
) -> tuple[Interruption, ...]:
    # Agents serve every store, and have one phone for all of them.
    stores = [store_id] if side == "shopper" else houses.store_ids(tx)
    rows = reaching.interruptions(
        tx, stores, [person.person_id for person in persons], tx.now - DAY
    )
    # A digest rings once, whatever it tells of.
    rang: Mapping[str, DeliveryRow] = {
        row.batch_id or row.delivery_id: row
        for row in rows
        if row.state not in ENDED_BADLY and row.form in CARRIES
    }
    return tuple(
        Interruption(person_id=row.person_id, channel=row.channel, at=row.handed_at)
        for row in rang.values()
        if row.handed_at is not None
    )
