"""The people, addresses and messages that the tests of ``plan`` are told with.

Vera is the shopper, Ada, Ben and Cy are agents. ``NOON`` is in UTC, on a Thursday.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from gateway.core.model import (
    Address,
    Decision,
    Delivery,
    DeliveryState,
    Form,
    Health,
    Interruption,
    Message,
    Person,
    Presence,
    Send,
    Unreachable,
    View,
    Wait,
)
from gateway.core.policy import DAY, HOUR, SECOND, Policy
from gateway.core.reach import REASONS, VERDICTS, plan

NOON = 1_779_969_600 * SECOND  # 2026-05-28
LONG_AGO = NOON - 24 * HOUR
POLICY = Policy()
HEALTHY = Health()
SUPPORT = frozenset({"support"})

PHONE = Address(address_id="phone", channel="sms", consents=SUPPORT, proven=True)
MAILBOX = Address(address_id="mailbox", channel="email", consents=SUPPORT, proven=True)
TYPED_PHONE = replace(PHONE, proven=False)
BOTH = (PHONE, MAILBOX)
GONE = Person(person_id="vera", presence=Presence.GONE, since=LONG_AGO, addresses=BOTH)


def clock(told: str, zone: str = "UTC", *, again: bool = False) -> int:
    """The instant at which the wall clock there says so; ``again``: for the second time."""
    local = datetime.fromisoformat(told).replace(tzinfo=ZoneInfo(zone), fold=int(again))
    return int(local.timestamp()) * SECOND


def said(seq: int, at: int = NOON, what: str = "answer") -> Message:
    """Ada to Vera."""
    return Message(seq=seq, at=at, author_id="ada", what=what)


def asked(seq: int, at: int = NOON) -> Message:
    """Vera to the staff."""
    return Message(seq=seq, at=at, author_id="vera")


def delivery(
    *seqs: int,
    state: DeliveryState,
    to: Address = PHONE,
    at: int = NOON,
    name: str = "d1",
    form: Form = Form.WORDS,
    **more: object,
) -> Delivery:
    """One attempt to bring these to Vera."""
    taken = state not in (DeliveryState.QUEUED, DeliveryState.SUBMITTING, DeliveryState.UNKNOWN)
    made = Delivery(
        delivery_id=name,
        person_id="vera",
        address_id=to.address_id,
        channel=to.channel,
        form=form,
        state=state,
        seqs=frozenset(seqs),
        queued_at=at,
        handed_at=at,
        accepted_at=at if taken else None,
        state_at=at,
    )
    return replace(made, **more)  # type: ignore[arg-type]  # fields by name


def rang(*ats: int, person: str = "vera", channel: str = "sms") -> tuple[Interruption, ...]:
    """Somebody's phone or mailbox rang at these instants."""
    return tuple(Interruption(person_id=person, channel=channel, at=at) for at in ats)


def vera(**changes: object) -> Person:
    """Vera, who left long ago and has a phone and a mailbox, but for these changes."""
    return replace(GONE, **changes)  # type: ignore[arg-type]  # fields by name


def shop(**changes: object) -> Policy:
    """The default policy but for these changes."""
    return replace(POLICY, **changes)  # type: ignore[arg-type]  # fields by name


def seen_from(
    *messages: Message,
    person: Person = GONE,
    deliveries: tuple[Delivery, ...] = (),
    **more: object,
) -> View:
    """What there is to know of Vera's side."""
    view = View(side="shopper", messages=messages, people=(person,), deliveries=deliveries)
    return replace(view, **more)  # type: ignore[arg-type]  # fields by name


def agent(name: str, *channels: str, **more: object) -> Person:
    """An agent who left an hour ago, with proven addresses of these channels."""
    addresses = tuple(
        Address(address_id=f"{name}-{channel}", channel=channel, consents=SUPPORT, proven=True)
        for channel in channels or ("email", "sms")
    )
    made = Person(person_id=name, presence=Presence.GONE, since=NOON - HOUR, addresses=addresses)
    return replace(made, **more)  # type: ignore[arg-type]  # fields by name


def unanswered(
    *messages: Message,
    people: tuple[Person, ...],
    deliveries: tuple[Delivery, ...] = (),
    **more: object,
) -> View:
    """What there is to know of the staff's side."""
    view = View(side="staff", messages=messages, people=people, deliveries=deliveries)
    return replace(view, **more)  # type: ignore[arg-type]  # fields by name


def decide(view: View, now: int, policy: Policy = POLICY, health: Health = HEALTHY) -> Decision:
    """What ``plan`` says, in codes that are known; and it says the same of the same a day on."""
    found = plan(view, policy, health, now)
    assert {each.code for each in found.because} <= set(REASONS)
    assert {each.verdict for each in found.considered} <= set(VERDICTS)
    if isinstance(found, Unreachable):
        assert isinstance(plan(view, policy, health, now + DAY), Unreachable)
    return found


def sent(view: View, now: int, policy: Policy = POLICY, health: Health = HEALTHY) -> Send:
    """What is sent now."""
    found = decide(view, now, policy, health)
    assert isinstance(found, Send), found
    return found


def waits(view: View, now: int, policy: Policy = POLICY, health: Health = HEALTHY) -> Wait:
    """What is waited for now; an instant before it is over it is waited for still."""
    found = decide(view, now, policy, health)
    assert isinstance(found, Wait), found
    if found.until is not None:
        assert found.until > now
        assert isinstance(decide(view, found.until - 1, policy, health), Wait)
    return found


def lost(view: View, now: int, policy: Policy = POLICY, health: Health = HEALTHY) -> Unreachable:
    """Why no way is left now."""
    found = decide(view, now, policy, health)
    assert isinstance(found, Unreachable), found
    return found


def codes(decision: Decision) -> list[str]:
    """The codes of its reasons."""
    return [each.code for each in decision.because]


def verdict(decision: Decision, address: Address) -> str:
    """What it thought of one address."""
    return next(
        each.verdict for each in decision.considered if each.address_id == address.address_id
    )


def opens(decision: Decision, address: Address) -> int | None:
    """When time alone changes what it thought of one address."""
    return next(each.until for each in decision.considered if each.address_id == address.address_id)
