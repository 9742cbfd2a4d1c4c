"""What a process holds: memory, descriptors, tasks. Linux tells it in ``/proc``."""

from __future__ import annotations

import asyncio
import gc
import os
import resource
from dataclasses import dataclass
from pathlib import Path

_PAGE = resource.getpagesize()


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Bytes, and counts."""

    proportional: int  #: bytes; pages that processes share are counted in parts (PSS)
    resident: int  #: bytes (RSS)
    descriptors: int
    tasks: int


def held_here() -> Held:
    """What this process holds, garbage aside; call it on the loop whose tasks count."""
    gc.collect()
    whole = Path("/proc/self/smaps_rollup").read_text()
    pss = next(line for line in whole.splitlines() if line.startswith("Pss:"))
    return Held(
        proportional=int(pss.split()[1]) * 1_024,
        resident=int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE,
        descriptors=len(os.listdir("/proc/self/fd")),
        tasks=len(asyncio.all_tasks()),
    )


def let_many_files_be_open() -> int:
    """Raise this process's limit as far as it may, for its children too; what that is."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard
