"""A small fuzzer that is led by coverage: what reaches new lines is kept and changed further.

``sys.settrace`` tells which lines of our own modules ran, and after which; nothing else is needed.
"""

from __future__ import annotations

import random
import sys
import time
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from types import CodeType, FrameType
from typing import Any

MOST_BYTES = 24_000
#: lines of Python that one byte may cost, and what a small input may cost all the same
LINES_PER_BYTE, LINES_AT_ALL = 300, 200_000
SLOW = 1.0  #: seconds without tracing, for at most ``MOST_BYTES``

Check = Callable[[bytes], None]
Edges = set[tuple[int, int]]


@dataclass(slots=True)
class Finding:
    """An input that did what no input may do, and what that was."""

    data: bytes
    what: str


@dataclass(slots=True)
class Run:
    """What a run came to."""

    tried: int = 0
    kept: int = 0
    edges: int = 0
    findings: list[Finding] = field(default_factory=list)


class Tracer:
    """Which lines of our modules one input reaches."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._ours: dict[CodeType, int] = {}
        self._edges: Edges = set()
        self._lines = 0

    def run(self, check: Check, data: bytes) -> tuple[Edges, int]:
        """Run a check; the pairs of lines that followed each other, and how many lines ran."""
        self._edges, self._lines = set(), 0
        sys.settrace(self._called)
        try:
            check(data)
        finally:
            sys.settrace(None)
        return self._edges, self._lines

    def _called(self, frame: FrameType, _event: str, _argument: Any) -> Any:
        code = frame.f_code
        number = self._ours.get(code)
        if number is None:
            ours = self._folder in code.co_filename
            number = self._ours[code] = len(self._ours) + 1 if ours else 0
        if not number:
            return None
        base, last = number << 20, 0

        def line(frame: FrameType, event: str, _argument: Any) -> Any:
            nonlocal last
            if event == "line":
                self._lines += 1
                here = frame.f_lineno
                self._edges.add((base + last, here))
                last = here
            return line

        return line


class Fuzzer:
    """Changes seeds for some time and keeps what leads somewhere new."""

    def __init__(
        self, check: Check, seeds: Iterable[bytes], words: Iterable[bytes], folder: str, seed: int
    ) -> None:
        self._check = check
        self._dice = random.Random(seed)  # noqa: S311  # repeatable, not secret
        self._words = tuple(words)
        self._tracer = Tracer(folder)
        self._seen: Edges = set()
        self._kept: list[bytes] = []
        self._known: set[str] = set()
        self.run = Run()
        for each in seeds:
            self._try(each[:MOST_BYTES])
        if not self._kept:
            self._kept.append(b"")

    def go(self, seconds: float) -> Run:
        """Fuzz for so long."""
        ends = time.perf_counter() + seconds
        while time.perf_counter() < ends:
            # Young ones lead further than old ones.
            at = max(self._dice.randrange(len(self._kept)) for _ in range(2))
            self._try(self._changed(self._kept[at]))
        self.run.kept, self.run.edges = len(self._kept), len(self._seen)
        return self.run

    def _try(self, data: bytes) -> None:
        self.run.tried += 1
        try:
            edges, lines = self._tracer.run(self._check, data)
        except Exception as error:  # whatever it is, it must not be
            self._found(data, "".join(traceback.format_exception(error)[-4:]))
            return
        if lines > LINES_PER_BYTE * len(data) + LINES_AT_ALL:
            self._found(data, f"{lines:,} lines for {len(data):,} bytes")
        if edges <= self._seen:
            return
        self._seen |= edges
        self._kept.append(data)
        began = time.process_time()
        self._check(data)
        took = time.process_time() - began
        if took > SLOW:
            self._found(data, f"{took:.1f} s for {len(data):,} bytes")

    def _found(self, data: bytes, what: str) -> None:
        kind = what.strip().rsplit("\n", 1)[-1][:60]
        if kind not in self._known:
            self._known.add(kind)
            self.run.findings.append(Finding(data, what))

    def _changed(self, data: bytes) -> bytes:
        for _ in range(self._dice.choice((1, 1, 2, 4))):
            start = self._dice.randrange(len(data) + 1)
            end = min(len(data), start + self._dice.choice((1, 1, 4, 16, 64, 400)))
            data = self._one_change(data, start, end)
        return data[:MOST_BYTES]

    def _one_change(self, data: bytes, start: int, end: int) -> bytes:
        head, middle, tail = data[:start], data[start:end], data[end:]
        match self._dice.randrange(7):
            case 0:
                return head + tail
            case 1:
                return head + self._dice.choice(self._words) + data[start:]
            case 2:
                return head + self._dice.randbytes(len(middle)) + tail
            case 3:
                return head + middle * self._dice.choice((2, 3, 50, 1_000)) + tail
            case 4:
                other = self._dice.choice(self._kept)
                return head + other[self._dice.randrange(len(other) + 1) :]
            case 5:
                word = self._dice.choice(self._words)
                return head + word + tail
            case _:
                line = data.find(b"\n", start) + 1
                last = data.find(b"\n", line) + 1
                return data[:line] + data[last:] + data[line:last]
