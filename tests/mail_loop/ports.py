"""Ports that nobody has."""

from __future__ import annotations

import contextlib
import random
import socket


def first_free() -> int:
    """One with room after it, below those that the kernel gives to outgoing connections."""
    draw = random.SystemRandom()
    while True:
        port = draw.randrange(15_000, 32_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def free_ports(count: int) -> tuple[int, ...]:
    """So many different ones."""
    found: set[int] = set()
    while len(found) < count:
        found.add(first_free())
    return tuple(found)
