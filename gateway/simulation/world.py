"""A tiny world in which one story happens again under another policy.

It keeps what the live product keeps (seen, presence, deliveries, the reach row of each side) and
asks ``plan`` exactly when the clockwork would: when a row is due after a message, at
``Wait.until``, and when the wake rule says so. A ``Send`` is handed over at once.
"""

from __future__ import annotations

from heapq import heappop, heappush
from typing import TYPE_CHECKING, Final

from gateway.core.conversation import (
    due_after_message,
    paused_until,
    pull_due,
    pull_due_lost,
    reach_after,
    what_of,
)
from gateway.core.delivery import ENDED_BADLY, FOREVER
from gateway.core.model import (
    Act,
    DeliveryState,
    Form,
    Message,
    ReachState,
    Send,
    View,
)
from gateway.core.reach import plan
from gateway.simulation.deliveries import as_replayed, handed_over, move
from gateway.simulation.reaches import NEVER, Reach
from gateway.simulation.shopper import Shopper
from gateway.simulation.story import (
    Acted,
    Assigned,
    Known,
    Moved,
    Opened,
    Overrode,
    Replied,
    Said,
    Seen,
    Stands,
    Step,
)
from gateway.simulation.team import team_of

if TYPE_CHECKING:
    from gateway.core.model import Override, Person
    from gateway.core.policy import Policy
    from gateway.simulation.deliveries import Attempt
    from gateway.simulation.outcomes import Fates
    from gateway.simulation.story import Event, Setting, Story

TAKEN: Final = frozenset({DeliveryState.ACCEPTED, DeliveryState.SENT})


class World:
    """One story, one policy; ``take`` events in order of time and ``advance`` between them."""

    def __init__(self, story: Story, setting: Setting, policy: Policy, fates: Fates) -> None:
        self.story = story
        self.policy = policy
        self.fates = fates
        self.decisions = 0
        self.team = team_of(setting)
        self.shopper = Shopper(policy)
        self.sides = (Reach("shopper"), Reach("staff"))
        self.said: dict[int, Said] = {}
        self._moves: list[tuple[int, int, Attempt, Step]] = []
        self._numbers = 0
        self._paused: dict[str, tuple[int, int]] = {}
        self._assignee: str | None = None
        self._overrides: tuple[Override, ...] = ()
        self._asked_at: int | None = None
        self._answered_at: int | None = None

    def next_at(self) -> int:
        """When something happens by itself; ``NEVER`` when nothing does."""
        shopper, staff = self.sides
        moves = self._moves[0][0] if self._moves else NEVER
        return min(moves, self._look(shopper), self._look(staff))

    def advance(self, to: int) -> None:
        """Let everything happen that is due before ``to``."""
        shopper, staff = self.sides
        # Nothing is looked at before it is due: mostly that says enough.
        while shopper.due < to or staff.due < to or self._moves:
            if self.next_at() >= to:
                return
            self.step()

    def step(self) -> None:
        """Let the next thing happen."""
        shopper, staff = self.sides
        looks = self._look(shopper), self._look(staff)
        if self._moves and self._moves[0][0] <= min(looks):
            at, _, attempt, step = heappop(self._moves)
            self._move(attempt, step, at)
        elif looks[0] <= looks[1]:
            self._ask(shopper, looks[0])
        else:
            self._ask(staff, looks[1])

    def _look(self, reach: Reach) -> int:
        """When the clockwork comes to look at a side."""
        if reach.due != reach.looked_for:
            reach.looked_for = reach.due
            reach.look = (
                NEVER if reach.due == NEVER else self.fates.looked_at(reach.side, reach.due)
            )
        return reach.look

    # --- what the record tells -------------------------------------------------------------------

    def take(self, event: Event) -> None:
        """Something happened, as it did."""
        shopper, staff = self.sides
        match event:
            case Said():
                self._said(event)
            case Seen():
                reach = shopper if event.side == "shopper" else staff
                if reach.sees(event.seq) and reach.head > reach.seen:
                    reach.wake(event.at)
            case Moved():
                self._moved(event)
            case Acted():
                self.shopper.acts(
                    Act(channel=event.channel, at=event.at, address_id=event.address_id)
                )
            case Stands():
                self.shopper.stands(event.address, proved=event.proved)
                if event.wakes:
                    shopper.wake(event.at)
            case Replied():
                self._replied(event)
            case Opened():
                self._opened(event)
            case Assigned():
                self._assignee = event.agent_id
                staff.wake(event.at)
            case Known():
                self.shopper.known = event
                self.shopper.changed()
                shopper.wake(event.at)
            case Overrode():
                self._overrides += as_replayed(event.override, shopper.attempts)
                shopper.wake(event.at)

    def _said(self, said: Said) -> None:
        shopper, staff = self.sides
        self.said[said.seq] = said
        reach = staff if said.side == "shopper" else shopper
        what = "answer"
        if said.side == "staff":
            what = what_of(said.at, self._answered_at, self._asked_at, self.policy)
        reach.messages.append(
            Message(seq=said.seq, at=said.at, author_id=said.author_id, what=what)
        )
        reach.head = said.seq
        if reach.shortest is None:
            reach.shortest = due_after_message(self.policy, reach.side, 0)
        # A row that does not wait has no due time, which here is ``NEVER``.
        reach.due = min(reach.due, said.at + reach.shortest)
        reach.state = ReachState.WAITING
        if said.side == "staff":
            self._answered_at = said.at
            return
        self._asked_at = said.at
        shopper.wake(said.at)
        self._mind_turns(staff, said.at)

    def _moved(self, moved: Moved) -> None:
        shopper, was = self.sides[0], self.shopper.moved
        self.shopper.moved = moved
        self.shopper.changed()
        if was is None or shopper.state is not ReachState.WAITING:
            return
        if moved.lost_at is not None:
            accepting = self.team.accepting_since(moved.at)
            shopper.due = pull_due_lost(
                shopper.due, moved.lost_at, self.policy, accepting_since=accepting
            )
        elif (was.presence, was.lost_at) != (moved.presence, None):
            shopper.due = max(
                moved.at,
                pull_due(shopper.due, moved.presence, moved.since, self.policy, was=was.presence),
            )

    def _opened(self, opened: Opened) -> None:
        staff = self.sides[1]
        if staff.head <= staff.seen:
            return
        before = self._paused.get(opened.agent_id)
        again = before is not None and before[0] == staff.seen
        until = paused_until(opened.at, self.policy, paused_before=again)
        if until is not None:
            self._paused[opened.agent_id] = (staff.seen, until)
            staff.wake(opened.at)

    def _replied(self, replied: Replied) -> None:
        reach = self.sides[0] if replied.side == "shopper" else self.sides[1]
        found = [
            each
            for each in reach.attempts
            if each.recorded is not None and each.recorded.delivery_id == replied.delivery_id
        ]
        found = found or [
            each
            for each in reach.attempts
            if each.delivery.address_id == replied.address_id and each.delivery.state in TAKEN
        ]
        step = Step(after=0, state=replied.state)
        for each in found:
            self._move(each, step, replied.at)

    # --- what the policy makes of it -------------------------------------------------------------

    def _ask(self, reach: Reach, now: int) -> None:
        held = None if self._overrides else reach.held_until(self.policy, now)
        if held is not None:
            carried = held == FOREVER
            reach.state = ReachState.CARRIED if carried else ReachState.WAITING
            reach.due = NEVER if carried else held
            return
        accepting = self.team.accepting_since(now)
        again = None if accepting is not None else self.team.accepting_next(now)
        if again is not None:
            # Gateway and clockwork are one process mostly: with the doors shut nobody looks.
            reach.due = again
            return
        self.decisions += 1
        decision = plan(self._view(reach, now, accepting), self.policy, self.team.health(now), now)
        reach.state, due = reach_after(decision, now)
        # A wait that ends now would be asked again without end; the clock has moved on by then.
        reach.due = NEVER if due is None else max(due, now + 1)
        if isinstance(decision, Send):
            self._hand_over(reach, decision, now)
        elif reach.side == "staff":
            self._mind_turns(reach, now)

    def _mind_turns(self, staff: Reach, now: int) -> None:
        turns = [self.team.next_peace(now)]
        if staff.state is ReachState.WAITING:
            turns.append(self.team.next_turn(now))
        staff.due = min(staff.due, *(each for each in turns if each is not None), NEVER)

    def _view(self, reach: Reach, now: int, accepting_since: int | None) -> View:
        is_staff = reach.side == "staff"
        people = self._people(reach, now)
        return View(
            side=reach.side,
            messages=tuple(reach.messages),
            people=people,
            deliveries=tuple([each.delivery for each in reach.attempts]),
            interruptions=reach.interruptions(self.story.elsewhere, people, now),
            overrides=() if is_staff else self._overrides,
            accepting_since=accepting_since,
            agent_present=is_staff and self.team.somebody_answers(now),
        )

    def _people(self, reach: Reach, now: int) -> tuple[Person, ...]:
        if reach.side == "shopper":
            return (self.shopper.person(self.story),)
        paused = {
            agent_id: until
            for agent_id, (seen, until) in self._paused.items()
            if seen == reach.seen
        }
        return self.team.people(self.policy, self._assignee, now, paused)

    def _hand_over(self, reach: Reach, send: Send, now: int) -> None:
        course, recorded = self.fates.of(send, now)
        self._numbers += 1
        attempt = handed_over(reach.side, self._numbers, send, now, recorded)
        reach.attempts.append(attempt)
        if send.form is Form.KNOCK:
            self.shopper.knocked(send.address_id, now)
        for step in course:
            self._numbers += 1
            heappush(self._moves, (now + step.after, self._numbers, attempt, step))

    def _move(self, attempt: Attempt, step: Step, at: int) -> None:
        if step.condemns and attempt.side == "shopper":
            self.shopper.fails(attempt.delivery.address_id, at)
        if not move(attempt, step, at):
            return
        if attempt.delivery.form is Form.KNOCK and step.state in ENDED_BADLY:
            self.shopper.knocked(attempt.delivery.address_id, None)
        reach = self.sides[0] if attempt.side == "shopper" else self.sides[1]
        reach.wake(at)
