"""What a decision tells of itself: verdicts on the addresses, and why an earlier way did not do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.core.delivery import FOREVER, NEVER_SENT
from gateway.core.holds import CARRIES, delivery_facts
from gateway.core.model import Delivery, Form, Message, Reason, Verdict, View
from gateway.core.reasons import reason
from gateway.core.rungs import Option

if TYPE_CHECKING:
    from collections.abc import Sequence


def verdicts(
    options: Sequence[Option], rung: Option | None = None, code: str | None = None
) -> tuple[Verdict, ...]:
    """A verdict on every address; ``code`` is what to call the rung that was stopped at."""
    return tuple([_verdict(each, code if each is rung else None) for each in options])


def hold_verdict(delivery: Delivery, until: int) -> Verdict:
    """The verdict on an address whose delivery holds a message."""
    return Verdict(
        person_id=delivery.person_id,
        address_id=delivery.address_id,
        channel=delivery.channel,
        verdict="held",
        until=None if until == FOREVER else until,
        facts=(("delivery", delivery.delivery_id), ("state", str(delivery.state))),
    )


def escalations(view: View, rung: Option, message: Message) -> tuple[Reason, ...]:
    """What was tried before for this message at other addresses, and so did not do."""
    return tuple(
        [
            reason(
                "escalated" if each.person_id == rung.person.person_id else "next_person",
                delivery_facts(each),
            )
            for each in view.deliveries
            if message.seq in each.seqs
            and each.form in CARRIES
            and each.state not in NEVER_SENT
            and each.address_id != rung.address.address_id
        ]
    )


def why_nothing(view: View, considered: Sequence[Verdict]) -> Reason:
    """Why no way is left for the oldest message."""
    if not view.people:
        return reason("nobody")
    if view.side == "staff" and "told" in {each.verdict for each in considered}:
        return reason("nobody_answered", (("people", len(view.people)),))
    return reason("no_way" if considered else "no_address")


def _verdict(option: Option, code: str | None) -> Verdict:
    return Verdict(
        person_id=option.person.person_id,
        address_id=option.address.address_id,
        channel=option.address.channel,
        verdict=code or _code(option),
        until=option.until,
        facts=option.facts,
    )


def _code(option: Option) -> str:
    if not option.is_open:
        return option.verdict
    return "knock_first" if option.form is Form.KNOCK else "after"
