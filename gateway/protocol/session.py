"""One socket's conversation with us, without the socket: text in, frames or refusals out.

The session checks form, order, rate and heartbeat. It knows no store and no clock: the caller hands
in seconds on the monotonic hand.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter, ValidationError

from gateway.protocol.entry import CMID, Wire
from gateway.protocol.frames import AgentSays, Failed, Ping, Pong, ShopperSays

F = TypeVar("F")

MOST_BYTES = 65_536  #: one frame; the server refuses larger ones before they get here (1009)
HEARTBEAT = 20.0  #: seconds between pings, unless a shorter silence asks for more of them
SILENCE = 45.0  #: nothing heard for so long: the socket is half-open; a store may say otherwise
LEAST_SILENCE = 3.0  #: or a ping could not be asked and answered between two ticks
BEATS = 2.25  #: heartbeats in a silence: one pong may be lost, and the second may be late
LATE = 5.0  #: a tick that comes so long after the one before: we were stopped, nobody else
HELLO_WITHIN = 5.0
BURST = 40.0  #: frames at once
PER_SECOND = 15.0  #: frames over time; a person types far slower
MOST_MISTAKES = 10  #: refused frames before the socket is closed
MOST_NAME = 40  #: characters of a frame's name that are said back

CLOSE_NORMAL = 1000
CLOSE_POLICY = 1008
CLOSE_RESTART = 1012
CLOSE_NO_TICKET = 4401
CLOSE_SLOW = 4008
CLOSE_SILENT = 4009
CLOSE_TOO_FAST = 4429

shopper_says: TypeAdapter[Any] = TypeAdapter(ShopperSays)
agent_says: TypeAdapter[Any] = TypeAdapter(AgentSays)


class Stage(StrEnum):
    """Where the session stands."""

    NEW = "new"  #: connected, no hello yet
    LIVE = "live"  #: hello accepted


@dataclass(frozen=True, slots=True)
class Refusal:
    """A frame that goes no further: what to answer, and whether to close."""

    answer: Failed | None
    close: int | None = None


class Session(Generic[F]):
    """The rules of one socket."""

    __slots__ = (
        "_deaf",
        "_filled_at",
        "_mistakes",
        "_opened_at",
        "_per_second",
        "_pinged_at",
        "_pings",
        "_says",
        "_silence",
        "_ticked_at",
        "_tokens",
        "heard_at",
        "heartbeat",
        "stage",
    )

    def __init__(self, says: TypeAdapter[F], *, at: float, per_second: float = PER_SECOND) -> None:
        """``per_second``: frames that a client may send over time, and ``BURST`` at once."""
        self._says = says
        self.stage = Stage.NEW
        self.heard_at = at  #: the last sign of life
        self.heartbeat = HEARTBEAT
        self._silence = SILENCE
        self._opened_at = at
        self._ticked_at = at
        self._pinged_at = at
        self._deaf = 0.0  #: seconds since the last sign of life in which nobody here listened
        self._pings = 0
        self._mistakes = 0
        self._per_second = per_second
        self._tokens = BURST
        self._filled_at = at

    def receive(self, text: str | bytes, at: float) -> F | Refusal | None:
        """Take one frame; None for a pong.

        Malformed: a typed error, and after too many of them the end. Out of order: the end.
        """
        self.heard_at, self._deaf = at, 0.0
        if not self._within_rate(at):
            return Refusal(None, CLOSE_TOO_FAST)
        if isinstance(text, bytes):
            return self._refuse("bad_frame", "frames are text, not bytes")
        if len(text) > MOST_BYTES:
            return self._refuse("too_large", f"a frame may have {MOST_BYTES} bytes")
        try:
            # Strict, as schema.json says it: "1" is no number and 1 is not true.
            frame = self._says.validate_json(text, strict=True)
        except ValidationError as wrong:
            return self._refuse("bad_frame", _in_words(wrong), text)
        is_hello = getattr(frame, "t", "") == "hello"
        if is_hello != (self.stage is Stage.NEW):
            return Refusal(None, CLOSE_NO_TICKET if not is_hello else CLOSE_POLICY)
        return None if isinstance(frame, Pong) else frame

    def welcomed(self, silence: float = SILENCE) -> None:
        """The ticket was good: from now on everything but hello is allowed.

        ``silence``: seconds without any frame after which the socket counts as half-open.
        """
        self.stage = Stage.LIVE
        self._silence = max(silence, LEAST_SILENCE)
        self.heartbeat = min(HEARTBEAT, self._silence / BEATS)

    def tick(self, at: float, *, now: int, listening: bool = True) -> Ping | Refusal | None:
        """What time alone demands at ``at``: a ping, or the end of a silent socket.

        ``now``: the same instant as clients count it, milliseconds UTC; a ping tells it.

        Only silence that we listened to is the client's. What it says waits unread while a frame
        before it is still being handled (not ``listening``), and while this process was stopped:
        then the tick itself is late. Or a slow database would be thousands of shoppers leaving.
        """
        since, self._ticked_at = at - self._ticked_at, at
        if not listening or since >= LATE:
            self._deaf += since
        if self.stage is Stage.NEW:
            late = listening and at - self._opened_at >= HELLO_WITHIN
            return Refusal(None, CLOSE_NO_TICKET) if late else None
        if at - self.heard_at - self._deaf >= self._silence:
            return Refusal(None, CLOSE_SILENT)
        if at - self._pinged_at >= self.heartbeat:
            self._pinged_at = at
            self._pings += 1
            return Ping(n=self._pings, at=now)
        return None

    def _within_rate(self, at: float) -> bool:
        self._tokens = min(BURST, self._tokens + (at - self._filled_at) * self._per_second)
        self._filled_at = at
        self._tokens -= 1
        return self._tokens >= 0

    def _refuse(self, code: str, message: str, text: str = "") -> Refusal:
        self._mistakes += 1
        if self.stage is Stage.NEW:
            return Refusal(None, CLOSE_NO_TICKET)
        close = CLOSE_POLICY if self._mistakes >= MOST_MISTAKES else None
        about, cmid = _which(text)
        return Refusal(Failed(code=code, message=message, about=about, cmid=cmid), close)


def _which(text: str) -> tuple[str | None, str | None]:
    """What a refused frame called itself, as far as it can be read.

    Without its ``cmid`` a client would send a message that is too long again on every reconnect.
    """
    try:
        frame = json.loads(text)
    except (ValueError, RecursionError):
        return None, None
    if not isinstance(frame, dict):
        return None, None
    name, cmid = frame.get("t"), frame.get("cmid")
    return (
        name if isinstance(name, str) and name.isascii() and len(name) <= MOST_NAME else None,
        cmid if isinstance(cmid, str) and re.fullmatch(CMID, cmid) else None,
    )


def _in_words(wrong: ValidationError) -> str:
    """The first thing wrong, without the value: it may be somebody's words."""
    first = wrong.errors(include_input=False, include_url=False)[0]
    if first["type"] in ("union_tag_invalid", "union_tag_not_found"):
        return "t: no frame that is sent here has this name"
    where = ".".join(str(part) for part in first["loc"])
    return f"{where}: {first['msg']}" if where else first["msg"]


def encode(frame: Wire) -> str:
    """One frame as text."""
    return frame.model_dump_json()
