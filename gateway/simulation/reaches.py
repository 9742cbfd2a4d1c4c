"""The reach row of one side in a replayed world."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gateway.core.delivery import ENDED_BADLY, FOREVER, LIVE, NEVER_SENT, held_until
from gateway.core.model import Form, Interruption, Message, ReachState
from gateway.core.policy import DAY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateway.core.model import Person, Side
    from gateway.core.policy import Policy
    from gateway.simulation.deliveries import Attempt
    from gateway.simulation.story import Rang

RANG_NOT: Final = ENDED_BADLY | NEVER_SENT
NEVER: Final = 2**63 - 1


class Reach:
    """One side: what it has not seen (staff: answered), its row, and what was sent to it."""

    __slots__ = (
        "attempts",
        "due",
        "head",
        "look",
        "looked_for",
        "messages",
        "seen",
        "shortest",
        "side",
        "state",
    )

    def __init__(self, side: Side) -> None:
        self.side = side
        self.head = 0
        self.seen = 0
        self.state = ReachState.SETTLED
        self.due = NEVER
        self.look = NEVER  #: when the clockwork comes to look, being due at ``looked_for``
        self.looked_for = NEVER
        self.shortest: int | None = None  #: the least that a message waits; asked for once
        self.messages: list[Message] = []
        self.attempts: list[Attempt] = []

    def interruptions(
        self, elsewhere: Sequence[Rang], people: Sequence[Person], now: int
    ) -> tuple[Interruption, ...]:
        """What rang for these people within a day, here and by other conversations."""
        found = [
            each.interruption
            for each in self.attempts
            if each.delivery.state not in RANG_NOT and each.interruption.at > now - DAY
        ]
        if elsewhere:
            ids = {each.person_id for each in people}
            found += [
                Interruption(person_id=each.person_id, channel=each.channel, at=each.at)
                for each in elsewhere
                if now - DAY < each.at <= now
                and each.person_id in ids
                and (each.until is None or now < each.until)
            ]
        return tuple(found)

    def held_until(self, policy: Policy, now: int) -> int | None:
        """Until when deliveries of words keep everything back; ``plan`` would say just that.

        None when something is not held, or when it takes more to know: a knock, the staff's ladder.
        """
        if self.side == "staff" or not self.attempts:
            return None
        ends = dict.fromkeys([each.seq for each in self.messages], 0)
        for attempt in self.attempts:
            delivery = attempt.delivery
            if delivery.form is not Form.WORDS:
                return None
            if delivery.state in LIVE:
                return FOREVER
            until = held_until(delivery, policy)
            if until is not None and until > now:
                for seq in delivery.seqs:
                    if seq in ends and ends[seq] < until:
                        ends[seq] = until
        soonest = min(ends.values(), default=0)
        return soonest if soonest > now else None

    def wake(self, at: int) -> None:
        """Look again, if anything is open."""
        if self.head > self.seen:
            self.state, self.due = ReachState.WAITING, min(self.due, at)

    def sees(self, seq: int) -> bool:
        """Everything up to ``seq`` is seen; whether that is news."""
        upto = min(seq, self.head)
        if upto <= self.seen:
            return False
        self.seen = upto
        self.messages = [each for each in self.messages if each.seq > upto]
        if upto == self.head:
            self.state, self.due = ReachState.SETTLED, NEVER
        return True
