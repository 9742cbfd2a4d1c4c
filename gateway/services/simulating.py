"""What another policy would have done: for the console, and for the command line.

The console asks of a store's own record, a bounded number of conversations, the newest first; the
replay runs in a worker thread in slices, so the event loop goes on serving.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from anyio import to_thread

from gateway.core.policy import Policy
from gateway.core.policy_document import policy_from
from gateway.errors import BadInput
from gateway.services import histories
from gateway.simulation import generate
from gateway.simulation.history import read_setting, read_story
from gateway.simulation.history_lines import written
from gateway.simulation.run import Report, Simulation
from gateway.simulation.story import Setting, Story
from gateway.store import house as houses
from gateway.store.tx import Store, Tx

CURRENT = "current"
PROPOSED = "proposed"
MOST = 2_000  #: conversations that the console's question is answered from
SLICE = 20  #: conversations between two looks at the event loop
STEP = 200  #: conversations between two moves of a progress bar

Told = Callable[[int], None]  #: how much more is done, in whatever a bar was made to count


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """Policies by the names of their columns, the one in question first."""

    policies: tuple[tuple[str, Policy], ...]
    explain: int = 0


async def what_if(
    store: Store,
    store_id: str,
    document: Mapping[str, object],
    since: int,
    *,
    most: int = MOST,
    explain: int = 5,
) -> dict[str, Any]:
    """What a proposed policy would have done since an instant, beside the one in force.

    Returns:
        JSON values (see ``Report.as_json``): ``summaries`` of what really happened, of the
        proposed and of the current policy, ``conversations`` replayed and how many older ones were
        ``left_out``.

    Raises:
        BadPolicy: the document names a wrong field.
        NotFound: there is no such store.
    """
    proposed = policy_from(document)
    current = await in_force(store, store_id)
    proposal = Proposal(policies=((PROPOSED, proposed), (CURRENT, current)), explain=explain)
    report = await of_record(store, store_id, proposal, since, most=most)
    return report.as_json()


async def in_force(store: Store, store_id: str) -> Policy:
    """The policy that a store has now.

    Raises:
        NotFound: there is no such store.
    """

    def load(tx: Tx) -> Policy:
        return houses.policy(tx, houses.store(tx, store_id))

    return await store.read(load)


async def of_record(
    store: Store,
    store_id: str,
    proposal: Proposal,
    since: int,
    *,
    most: int | None = None,
    begins: Callable[[int], Told] | None = None,
) -> Report:
    """Replay what a store has recorded since an instant, newest first.

    ``begins`` is told how many conversations there are and gives what is told of each step.

    Raises:
        NotFound: there is no such store.
    """
    history = await histories.history_of(store, store_id, since, most=most)
    simulation = Simulation(history.setting, proposal.policies, explain=proposal.explain)
    told = begins(len(history.conversation_ids)) if begins is not None else None
    async for stories in history.stories(store):
        for first in range(0, len(stories), SLICE):
            part = stories[first : first + SLICE]
            await to_thread.run_sync(_add_all, simulation, part)
            if told is not None:
                told(len(part))
    return simulation.report(left_out=history.left_out)


def of_file(path: Path, proposal: Proposal, begins: Callable[[int], Told]) -> Report:
    """Replay a history from a file; ``begins`` is told its size in bytes.

    Raises:
        BadInput: it is no history; the message names the line.
        OSError: it cannot be read.
    """
    with path.open("rb") as raw:
        told = begins(path.stat().st_size)
        lines = _lines(raw, told)
        simulation = Simulation(
            read_setting(next(lines, "")), proposal.policies, explain=proposal.explain
        )
        add = simulation.add
        for number, line in enumerate(lines, start=2):
            add(read_story(line, number))
    return simulation.report(path.name)


def of_generated(
    count: int, seed: int, proposal: Proposal, begins: Callable[[int], Told]
) -> Report:
    """Replay a history that is made up; ``begins`` is told how many conversations."""
    setting = generate.setting()
    simulation = Simulation(setting, proposal.policies, explain=proposal.explain)
    for story in _made_up(count, seed, setting, begins(count)):
        simulation.add(story)
    return simulation.report(f"{count:,} made-up conversations, seed {seed}")


def write_generated(count: int, seed: int, path: Path, begins: Callable[[int], Told]) -> None:
    """Write a made-up history to a file that ``of_file`` reads.

    Raises:
        OSError: it cannot be written.
    """
    setting = generate.setting()
    with path.open("w", encoding="utf-8") as file:
        file.writelines(written(setting, _made_up(count, seed, setting, begins(count))))


def _add_all(simulation: Simulation, stories: Sequence[Story]) -> None:
    for story in stories:
        simulation.add(story)


def _lines(raw: IO[bytes], told: Told) -> Iterator[str]:
    read = 0
    for number, line in enumerate(raw, start=1):
        read += len(line)
        if number % STEP == 0:
            told(read)
            read = 0
        try:
            yield line.decode()
        except UnicodeDecodeError:
            raise BadInput(f"line {number} of the history is not UTF-8") from None
    told(read)


def _made_up(count: int, seed: int, setting: Setting, told: Told) -> Iterator[Story]:
    for number, story in enumerate(generate.stories(count, seed, setting), start=1):
        yield story
        if number % STEP == 0:
            told(STEP)
    told(count % STEP)
