"""Short stories of Vera at the shop, told in seconds from noon."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from gateway.core.model import Address, DeliveryState, Form, Presence
from gateway.core.policy import DAY, SECOND, Policy
from gateway.simulation.replay import Outcome, Sent, replay
from gateway.simulation.story import (
    Agent,
    Event,
    Moved,
    Rang,
    Recorded,
    Said,
    Seen,
    Setting,
    Stands,
    Step,
    Story,
    Whereabouts,
)

if TYPE_CHECKING:
    from gateway.core.model import Side

NOON = 1_767_960_000_000_000  # 2026-01-09 12:00:00 UTC
SUPPORT = frozenset({"support"})
AWAKE = Policy(quiet=())
"""Without quiet hours, for stories that are not about them."""


def at(seconds: float) -> int:
    """An instant."""
    return NOON + round(seconds * SECOND)


def address(channel: str, *, person: str = "vera", proven: bool = True, **facts: object) -> Address:
    """An address that may be used for support."""
    made = Address(
        address_id=f"{person}-{channel}",
        channel=channel,
        consents=SUPPORT,
        proven=proven,
        country="US" if channel == "sms" else "",
        zones=("UTC",) if channel == "sms" else (),
    )
    return replace(made, **facts)  # type: ignore[arg-type]


def agent(name: str, on_call: int, **facts: object) -> Agent:
    """Somebody on call with a mailbox and a phone."""
    made = Agent(
        agent_id=name,
        mailbox=f"{name}@acme.example",
        on_call=on_call,
        stands=tuple(
            Stands(at=0, address=address(channel, person=name)) for channel in ("email", "sms")
        ),
    )
    return replace(made, **facts)  # type: ignore[arg-type]


DESK = Setting(agents=(agent("ada", 1), agent("ben", 2)))


def here(seconds: float, presence: Presence = Presence.READING) -> Whereabouts:
    """Where an agent is from then on."""
    return Whereabouts(at=at(seconds), presence=presence, since=at(seconds))


@dataclass
class Shop:
    """What happens, in order; then ``under`` a policy."""

    setting: Setting = DESK
    events: list[Event] = field(default_factory=list)
    recorded: list[Recorded] = field(default_factory=list)
    elsewhere: list[Rang] = field(default_factory=list)
    zones: tuple[str, ...] = ()
    seq: int = 0

    def has(self, *channels: str, seconds: float = 0, proven: bool = True) -> Shop:
        """Vera has these addresses."""
        for channel in channels:
            self.stands(seconds, address(channel, proven=proven))
        return self

    def stands(self, seconds: float, made: Address, *, proved: bool = False) -> Shop:
        """An address stands so from now on, and what waits is looked at again."""
        self.events.append(Stands(at=at(seconds), address=made, proved=proved, wakes=True))
        return self

    def is_now(self, seconds: float, presence: Presence) -> Shop:
        """Vera's presence."""
        self.events.append(
            Moved(at=at(seconds), presence=presence, since=at(seconds), page="/blue")
        )
        return self

    def asks(self, seconds: float) -> Shop:
        """Vera writes."""
        return self._says(seconds, "shopper", "vera")

    def answers(self, seconds: float, who: str = "ada", *, units: int = 60) -> Shop:
        """An agent answers everything that Vera has asked."""
        seen = self.seq
        self._says(seconds, "staff", who, units)
        self.events.append(Seen(at=at(seconds), side="staff", seq=seen))
        return self

    def sees(self, seconds: float) -> Shop:
        """The panel showed everything."""
        self.events.append(Seen(at=at(seconds), side="shopper", seq=self.seq))
        return self

    def then(self, event: Event) -> Shop:
        """Anything else."""
        self.events.append(event)
        return self

    def really(
        self,
        seconds: float,
        channel: str,
        *course: Step,
        seqs: tuple[int, ...] = (2,),
        side: Side = "shopper",
        segments: int = 0,
    ) -> Shop:
        """What was really handed over."""
        person = "vera" if side == "shopper" else "ada"
        self.recorded.append(
            Recorded(
                delivery_id=f"really-{len(self.recorded)}",
                side=side,
                person_id=person,
                address_id=f"{person}-{channel}",
                channel=channel,
                form=Form.WORDS,
                seqs=frozenset(seqs),
                handed_at=at(seconds),
                course=course,
                country="US",
                segments=segments,
            )
        )
        return self

    def story(self, lasts: float = 2 * DAY / SECOND) -> Story:
        """All of it."""
        return Story(
            conversation_id="c1",
            shopper_id="vera",
            began=NOON,
            ends=at(lasts),
            events=tuple(sorted(self.events, key=lambda each: each.at)),
            zones=self.zones,
            recorded=tuple(self.recorded),
            elsewhere=tuple(self.elsewhere),
        )

    def under(self, policy: Policy = AWAKE) -> Outcome:
        """What a policy makes of it."""
        return replay(self.story(), self.setting, policy)

    def _says(self, seconds: float, side: Side, who: str, units: int = 60) -> Shop:
        self.seq += 1
        self.events.append(
            Said(at=at(seconds), seq=self.seq, side=side, author_id=who, units=units)
        )
        return self


def step(seconds: float, state: DeliveryState, *, condemns: bool = False) -> Step:
    """A delivery enters a state so long after its hand-over."""
    return Step(after=round(seconds * SECOND), state=state, condemns=condemns)


ACCEPTED = step(1, DeliveryState.ACCEPTED)
DELIVERED = step(4, DeliveryState.DELIVERED)


def sent(outcome: Outcome, side: Side = "shopper") -> list[tuple[int, str, str]]:
    """Second, channel and form of what was handed over to a side."""
    return [_told(each) for each in outcome.sent if each.side == side]


def _told(each: Sent) -> tuple[int, str, str]:
    return (each.at - NOON) // SECOND, each.channel, str(each.form)
