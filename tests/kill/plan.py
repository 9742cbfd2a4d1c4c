"""One run before and after: who does what how often, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from typing_extensions import override

KILLS, SEED = 30, 20_261_121

#: seconds; a shopper who left is texted at once, one who is there not within any run
POLICY: dict[str, object] = {
    "reading": 600,
    "on_page": 600,
    "hidden": 120,
    "gone": 1,
    "elsewhere": 2,
    "longest": 600,
    "longest_gone": 10,
    "grace": 30,
    "linger": 5,
    "spacing": 0,
    "on_unknown": 20,
    "staff_first": 600,
    "staff_first_present": 600,
    "ladder": ["sms"],
    "quiet": {},  # runs at any hour
    "cap": 9_999,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One run. Rates are messages a second and person, spans are seconds.

    ``modes``: how the phone company behaves, drawn anew for each life of the gateway. ``acks``:
    how many messages it acknowledges before it dies, so that a slow machine puts as much at risk
    as a fast one; ``lives``: how long it lives on after that. ``early``: how often it dies before
    it accepts a socket. ``slow``: how long those wait who are slow to come back. ``calm``: how long
    people go on after the last restart.
    """

    kills: int
    seed: int
    here: int = 32
    here_with_phone: int = 6
    here_slow: int = 3
    away: int = 10
    shopper_rate: float = 4.0
    agent_rate: float = 5.0
    text_every: float = 5.0
    modes: tuple[str, ...] = ("ok", "ok", "ok", "slow", "slow", "timeout", "down")
    acks: tuple[int, int] = (5, 60)
    lives: tuple[float, float] = (0.0, 1.5)
    early: float = 0.1
    slow: tuple[float, float] = (4.0, 8.0)
    calm: float = 3.0
    settles: bool = True


@dataclass(slots=True, kw_only=True)
class Report:
    """What came of a run."""

    kills: int = 0
    early: int = 0
    acked: int = 0
    seconds: float = 0.0
    alive: float = 0.0
    lines_lost: int = 0
    settled: float = 0.0
    refused: list[str] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Acknowledged messages a second over everything, dead or alive."""
        return self.acked / self.seconds

    @property
    def rate_alive(self) -> float:
        """The same over the time in which the gateway accepted sockets."""
        return self.acked / self.alive

    @override
    def __str__(self) -> str:
        return (
            f"{self.kills} kills ({self.early} while starting), {self.acked} messages acknowledged"
            f" in {self.seconds:.0f} s: {self.rate:.0f}/s overall, {self.rate_alive:.0f}/s over the"
            f" {self.alive:.0f} s that the gateway was up; {self.lines_lost} lines lost;"
            f" settled in {self.settled:.0f} s"
        )
