"""The line over the composer: ``plan`` asked what would become of an answer written now.

A forecast, not a decision: it is asked again after every change, stored nowhere, and says what
happens in turn while nobody does anything.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import cast

from gateway.clock import DAY
from gateway.core.model import (
    IN_SIGHT,
    Delivery,
    DeliveryState,
    Form,
    Health,
    Interruption,
    Message,
    Override,
    Send,
    Unreachable,
    View,
    Wait,
)
from gateway.core.policy import Policy
from gateway.core.reach import plan
from gateway.protocol.entry import ChannelName, PresenceName, Step, Way
from gateway.protocol.frames import Route
from gateway.services.circuits import health_of
from gateway.services.explain import CHANNELS, span
from gateway.services.sentences import Told
from gateway.services.sentences import verdict as said
from gateway.services.threads import view_of
from gateway.services.wire import masked, ms, ms_or_none, shopper_name
from gateway.store import house as houses
from gateway.store import messages, people
from gateway.store.tables import ConversationRow, PresenceRow
from gateway.store.tx import Tx

WAITS = 6  #: looked through for one step; each is a window that ends
STEPS = 3
_NO_GATEWAY = "nobody can connect just now, so it is not known who is there"


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """What comes in turn: (instant, ``Send``), and whether it ends with no way left."""

    sends: tuple[tuple[int, Send], ...]
    lost: bool


def route_of(tx: Tx, row: ConversationRow, seen: PresenceRow | None) -> Route:
    """Where an answer written now would go, when, and what each address is good for."""
    policy = houses.policy(tx, houses.store(tx, row.store_id))
    health = health_of(tx, row.store_id)
    view = _asked(tx, row, policy)
    found = foresee(view, policy, health, tx.now)
    presence = cast("PresenceName", seen.presence if seen else "gone")
    shopper = people.shopper(tx, row.store_id, row.shopper_id)
    steps = [_step(tx, row.store_id, at, send) for at, send in found.sends]
    in_chat = presence in IN_SIGHT and not (seen and seen.lost_at)
    channel: ChannelName | None = "chat" if in_chat else steps[0].channel if steps else None
    return Route(
        conversation_id=row.conversation_id,
        channel=channel,
        at=None if in_chat or not steps else steps[0].at,
        presence=presence,
        sentence=_sentence(seen, shopper_name(shopper, row.number), steps, found, tx.now),
        steps=steps,
        ways=_ways(tx, row, view, policy, health),
    )


def foreseen(tx: Tx, row: ConversationRow) -> tuple[int, str] | None:
    """When and how what is unread now will go, before anything has been decided of it."""
    policy = houses.policy(tx, houses.store(tx, row.store_id))
    view = view_of(tx, row, "shopper", policy)
    found = foresee(view, policy, health_of(tx, row.store_id), tx.now)
    if not found.sends:
        return None
    at, send = found.sends[0]
    return at, f"Goes by {_step(tx, row.store_id, at, send).sentence}"


def foresee(view: View, policy: Policy, health: Health, now: int) -> Forecast:
    """Ask ``plan`` again and again on a clock of its own, as though nothing else happened.

    Each delivery is taken to be accepted and never confirmed, which is what makes the next step.
    """
    sends: list[tuple[int, Send]] = []
    for _ in range(STEPS * WAITS):
        decision = plan(view, policy, health, now)
        if isinstance(decision, Unreachable):
            return Forecast(sends=tuple(sends), lost=True)
        if isinstance(decision, Wait) and decision.until is not None:
            now = decision.until
            continue
        if not isinstance(decision, Send) or len(sends) == STEPS:
            break
        sends.append((now, decision))
        view = _after(view, decision, now)
    return Forecast(sends=tuple(sends), lost=False)


def _asked(tx: Tx, row: ConversationRow, policy: Policy) -> View:
    view = view_of(tx, row, "shopper", policy)
    first = messages.last_before(tx, row, row.last_seq + 1, written_by="staff") is None
    probe = Message(
        seq=row.last_seq + 1, at=tx.now, author_id="", what="first_answer" if first else "answer"
    )
    # Only the new message: what is under way already goes its own way.
    return replace(
        view,
        messages=(probe,),
        deliveries=tuple(each for each in view.deliveries if each.accepted_at is not None),
        overrides=(),
    )


def _after(view: View, send: Send, now: int) -> View:
    carried = Delivery(
        delivery_id=f"forecast-{len(view.deliveries)}",
        person_id=send.person_id,
        address_id=send.address_id,
        channel=send.channel,
        form=send.form,
        state=DeliveryState.ACCEPTED,
        seqs=frozenset(send.seqs),
        queued_at=now,
        handed_at=now,
        accepted_at=now,
        state_at=now,
    )
    rang = Interruption(person_id=send.person_id, channel=send.channel, at=now)
    return replace(
        view,
        deliveries=(*view.deliveries, carried),
        interruptions=tuple(each for each in (*view.interruptions, rang) if each.at > now - DAY),
    )


def _step(tx: Tx, store_id: str, at: int, send: Send) -> Step:
    address = people.address(tx, store_id, send.address_id)
    to = masked(address.channel, address.value) if address else ""
    knock = send.form is Form.KNOCK
    words = f"{CHANNELS[send.channel]} to {to}"
    return Step(
        channel=cast("ChannelName", send.channel),
        to=to,
        at=ms(at),
        form="knock" if knock else "words",
        sentence=f"a text to {to}, which asks first" if knock else words,
    )


def _ways(tx: Tx, row: ConversationRow, view: View, policy: Policy, health: Health) -> list[Way]:
    """Every address, and whether *send now* by it would go out: ``plan`` is asked for each."""
    found = []
    shopper = people.shopper(tx, row.store_id, row.shopper_id)
    for address in view.people[0].addresses:
        wish = Override(
            kind="now",
            seqs=frozenset({view.messages[0].seq}),
            at=tx.now,
            address_id=address.address_id,
        )
        decision = plan(replace(view, overrides=(wish,)), policy, health, tx.now)
        chosen = isinstance(decision, Send) and decision.address_id == address.address_id
        verdict = next(
            (each for each in decision.considered if each.address_id == address.address_id), None
        )
        code = "open" if chosen else verdict.verdict if verdict else "no_gateway"
        until = verdict.until if verdict and not chosen else None
        told = Told(
            who=shopper_name(shopper, row.number),
            at=tx.now,
            facts=dict(verdict.facts if verdict else ()) | {"channel": address.channel},
            until=until,
            zone=(shopper.zone or None) if shopper else None,
            cap=policy.cap,
        )
        stored = people.address(tx, row.store_id, address.address_id)
        found.append(
            Way(
                address_id=address.address_id,
                channel=cast("ChannelName", address.channel),
                to=masked(stored.channel, stored.value) if stored else "",
                verdict=code,
                sentence=_NO_GATEWAY if verdict is None else "" if chosen else said(code, told),
                until=ms_or_none(until),
            )
        )
    return found


def _sentence(
    seen: PresenceRow | None, who: str, steps: list[Step], found: Forecast, now: int
) -> str:
    where = _where(seen, who, now)
    later = _later(steps, ms(now))
    if seen is not None and seen.presence in IN_SIGHT and seen.lost_at is None:
        unread = f"; unread, {later}" if later else ""
        return f"{where}: your answer appears in the chat{unread}."
    if later:
        return f"{where}; {later}."
    if found.lost:
        return f"{where}, and left no way to be reached; your answer waits in the chat."
    return f"{where}; your answer waits in the chat."


def _later(steps: list[Step], now: int) -> str:
    def when(step: Step) -> str:
        return f"{step.sentence} in {span((step.at - now) * 1_000)}"

    return ", then ".join(when(step) for step in steps)


def _where(seen: PresenceRow | None, who: str, now: int) -> str:
    if seen is None:
        return f"{who} is not on the page"
    if seen.lost_at is not None:
        return f"The connection to {who} was lost"
    here: dict[str, str] = {
        "reading": f"{who} is reading",
        "on_page": f"{who} is on the page",
        "hidden": f"{who} has the page in another tab",
    }
    return here.get(seen.presence, f"{who} left {span(now - seen.since)} ago")
