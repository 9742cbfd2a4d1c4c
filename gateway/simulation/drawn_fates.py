"""What becomes of deliveries in a history that is made up, and the record that is kept of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gateway.core.model import DeliveryState
from gateway.simulation import distributions as drawn
from gateway.simulation.outcomes import SOON
from gateway.simulation.replay import outcome_of
from gateway.simulation.story import Recorded, Step

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from gateway.core.model import Send, Side
    from gateway.simulation.story import Course
    from gateway.simulation.world import World


class DrawnFates:
    """Draws courses and keeps what was handed over; ``arrives`` is told of what reached somebody.

    ``bad`` are the addresses that are none.
    """

    def __init__(
        self,
        chance: Random,
        name: str,
        shopper_id: str,
        arrives: Callable[[Recorded, int], None],
    ) -> None:
        self.bad: set[str] = set()
        self.country = ""
        self.recorded: list[Recorded] = []
        self._chance = chance
        self._name = name
        self._shopper_id = shopper_id
        self._arrives = arrives

    def looked_at(self, side: Side, due: int) -> int:
        """Soon: this clockwork is never late."""
        del side
        return due + SOON

    def of(self, send: Send, now: int) -> tuple[Course, Recorded]:
        """What becomes of a delivery, drawn."""
        side: Side = "shopper" if send.person_id == self._shopper_id else "staff"
        course = self._course(send)
        recorded = Recorded(
            delivery_id=f"{self._name}.{len(self.recorded) + 1}",
            side=side,
            person_id=send.person_id,
            address_id=send.address_id,
            channel=send.channel,
            form=send.form,
            seqs=frozenset(send.seqs),
            handed_at=now,
            course=course,
            country=self.country if side == "shopper" else "US",
        )
        self.recorded.append(recorded)
        if side == "shopper" and send.address_id not in self.bad:
            self._arrives(recorded, now + course[-1].after)
        return course, recorded

    def measure(self, world: World) -> None:
        """Write into the record how many SMS each delivery took."""
        lengths = {
            attempt.recorded.delivery_id: sent.segments
            for attempt, sent in zip(
                (each for reach in world.sides for each in reach.attempts),
                outcome_of(world).sent,
                strict=True,
            )
            if attempt.recorded is not None
        }
        self.recorded = [
            replace(each, segments=lengths[each.delivery_id]) for each in self.recorded
        ]

    def _course(self, send: Send) -> Course:
        chance = self._chance
        by_mail = send.channel == "email"
        taken = (drawn.MAIL_TAKEN if by_mail else drawn.SMS_TAKEN).draw(chance)
        accepted = Step(after=taken, state=DeliveryState.ACCEPTED)
        if send.address_id in self.bad:
            lag = (drawn.MAIL_BOUNCES if by_mail else drawn.SMS_ARRIVES).draw(chance)
            state = DeliveryState.BOUNCED if by_mail else DeliveryState.FAILED
            return accepted, Step(after=taken + lag, state=state, condemns=True)
        if by_mail or chance.random() < drawn.NO_RECEIPT:
            return (accepted,)
        lag = drawn.SMS_ARRIVES.draw(chance)
        return accepted, Step(after=taken + lag, state=DeliveryState.DELIVERED)
