"""A whole history under one policy or two, and the report that it ends in."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from gateway.simulation.compare import disagreements
from gateway.simulation.replay import really, replay
from gateway.simulation.story import Said
from gateway.simulation.tally import CURVE, Summary, Tally

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateway.core.policy import Policy
    from gateway.simulation.compare import Disagreement
    from gateway.simulation.story import Setting, Story

REALLY: Final = "really"

MODEL: Final = (
    "Each recorded conversation happens again on a virtual clock; the policy is asked when the"
    " clockwork would ask it, and what it wants sent is handed over at once.",
    "What people did is taken as recorded, at its recorded times: coming back, reading, answering."
    " A message that this policy does not send is not read because of it, and one that it does send"
    " brings nobody back sooner.",
    "A delivery that was really made, to the same address within a minute, goes as it went."
    " Otherwise an address that bounced in the record bounces from then on, and one that was"
    " delivered to is delivered to with the recorded lag.",
    "For an address of which nothing is recorded the channel's observed rate and medians stand in."
    " A knock that the record does not know is not answered.",
    "Conversations do not interrupt each other: what their people got elsewhere is taken as"
    " recorded. Whether a provider was down shows in the deliveries that were made then.",
    "SMS segments of texts that were never sent are reckoned from the lengths of their messages."
    " Codes and the confirmations of STOP are the same under every policy and left out.",
)
"""What the numbers mean; printed with every report."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What came of a simulation: ``summaries`` are what really happened, then each policy.

    ``first_at`` and ``last_at`` are when the first and the last conversation began; ``left_out``
    is how many older ones were not replayed.
    """

    title: str
    conversations: int
    messages: int
    first_at: int
    last_at: int
    left_out: int
    summaries: tuple[Summary, ...]
    examples: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """The report as JSON values; instants are microseconds UTC, spans seconds."""
        return {
            **asdict(self),
            "summaries": [
                asdict(each) | {"cost": each.cost / 1_000_000} for each in self.summaries
            ],
            "curve_seconds": CURVE,
            "model": MODEL,
        }


class Simulation:
    """Policies by name, the one in question first; ``add`` stories one by one, then ``report``."""

    def __init__(
        self, setting: Setting, policies: Sequence[tuple[str, Policy]], *, explain: int = 0
    ) -> None:
        self._setting = setting
        self._policies = [(policy, Tally(name, policy)) for name, policy in policies]
        # Prices change with the policy: what was paid is what the policy of then says, the last.
        self._priced_by = policies[-1][1]
        self._really = Tally(REALLY, self._priced_by)
        self._explain = explain
        self._examples: dict[str, list[str]] = {}
        self._messages = 0
        self._first_at: int | None = None
        self._last_at = 0
        self.conversations = 0

    def add(self, story: Story) -> None:
        """Replay one more conversation."""
        self.conversations += 1
        self._messages += sum(isinstance(event, Said) for event in story.events)
        if self._first_at is None or story.began < self._first_at:
            self._first_at = story.began
        self._last_at = max(self._last_at, story.began)
        then = really(story, self._priced_by)
        self._really.add(story, then)
        for index, (policy, tally) in enumerate(self._policies):
            now = replay(story, self._setting, policy)
            different = disagreements(story.conversation_id, then, now)
            tally.add(story, now, different, len(then.sent))
            if index == 0 and self._explain:
                self._keep(different)

    def report(self, title: str = "", *, left_out: int = 0) -> Report:
        """What has come of it so far."""
        return Report(
            title=title,
            conversations=self.conversations,
            messages=self._messages,
            first_at=self._first_at or 0,
            last_at=self._last_at,
            left_out=left_out,
            summaries=(
                self._really.summary(),
                *(tally.summary() for _, tally in self._policies),
            ),
            examples=tuple(self._mixed()),
        )

    def _keep(self, different: Sequence[Disagreement]) -> None:
        for each in different:
            kept = self._examples.setdefault(each.kind, [])
            if len(kept) < self._explain:
                kept.append(each.sentence())

    def _mixed(self) -> list[str]:
        """As many as were asked for, of every kind in turn."""
        queues = [list(kept) for kept in self._examples.values()]
        found: list[str] = []
        while len(found) < self._explain and any(queues):
            found += [queue.pop(0) for queue in queues if queue]
        return found[: self._explain]
