"""The question that the command line asks of the simulator, and where its answer is looked for."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path

from gateway.clock import Clock
from gateway.core.policy import Policy
from gateway.core.policy_document import policy_from
from gateway.errors import BadInput, NotFound
from gateway.services import histories, setup, simulating
from gateway.services.simulating import CURRENT, Proposal, Told
from gateway.services.starters import starter
from gateway.simulation.run import Report
from gateway.store.tx import Store

DEFAULT = "default"
SECOND = 1_000_000
UNITS = {"d": 86_400, "h": 3_600, "m": 60}


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What was asked: which policies, and of which history.

    ``generate`` makes so many conversations up, ``history`` names a file; else it is the record of
    the store with this key, ``since`` so long ago.
    """

    policy: str = ""
    against: str = ""
    since: str = "30d"
    store_key: str | None = None
    history: Path | None = None
    generate: int = 0
    seed: int = 1
    out: Path | None = None
    explain: int = 0


async def answer(
    asked: Question,
    opened: Callable[[], AbstractAsyncContextManager[Store]],
    clock: Clock,
    begins: Callable[[int], Told],
) -> Report | None:
    """Replay what is asked for; None when a history was only written.

    Raises:
        BadInput: the question does not hold together, or the history is none.
        BadPolicy: a policy names a wrong field.
        NotFound: no such policy or store.
        OSError: a file cannot be read or written.
    """
    _check(asked)
    since = span_of(asked.since)
    names = [each for each in (asked.policy, asked.against) if each]
    policies = [(_title(name), named(name)) for name in names]
    if asked.out is not None:
        simulating.write_generated(asked.generate, asked.seed, asked.out, begins)
        if not policies:
            return None
    source = asked.out or asked.history
    if source is None and not asked.generate:
        async with opened() as store:
            store_id = await histories.store_named(store, asked.store_key)
            current = await simulating.in_force(store, store_id)
            proposal = _proposal(policies, current, CURRENT, asked.explain)
            return await simulating.of_record(
                store, store_id, proposal, clock.now() - since, begins=begins
            )
    proposal = _proposal(policies, Policy(), DEFAULT, asked.explain)
    if source is not None:
        return simulating.of_file(source, proposal, begins)
    return simulating.of_generated(asked.generate, asked.seed, proposal, begins)


def named(name: str) -> Policy | None:
    """The policy that a word on the command line means; None for the one in force.

    A file (``.toml``, else JSON), the name of a starter, or ``default``.

    Raises:
        BadPolicy: the file names a wrong field.
        NotFound: it is none of these.
        OSError: the file cannot be read.
    """
    if name == CURRENT:
        return None
    if name == DEFAULT:
        return Policy()
    path = Path(name)
    if path.suffix or path.exists():
        return policy_from(setup.read_policy(path.read_bytes(), path.name))
    try:
        return policy_from(starter(name).document)
    except NotFound as unknown:
        raise NotFound(f"{name!r} is no file, and {unknown.message}") from None


def span_of(text: str) -> int:
    """``30d``, ``12h`` or ``90m`` in microseconds.

    Raises:
        BadInput: it is no such span.
    """
    number, unit = text[:-1], text[-1:]
    if not (number.isascii() and number.isdigit() and unit in UNITS and len(number) <= 4):
        raise BadInput(f"{text!r} is no span of time; write it like 30d, 12h or 90m")
    return int(number) * UNITS[unit] * SECOND


def _check(asked: Question) -> None:
    if asked.history is not None and asked.generate:
        raise BadInput("a history is either read or made up: leave out --history or --generate")
    if asked.out is not None and not asked.generate:
        raise BadInput("only what is made up is written: --out needs --generate")
    if not asked.policy and (asked.out is None or asked.against):
        raise BadInput("say which policy to try: --policy FILE")


def _title(name: str) -> str:
    return Path(name).name


def _proposal(
    policies: list[tuple[str, Policy | None]], current: Policy, called: str, explain: int
) -> Proposal:
    """Where no store stands behind a history, the policy in force is the default one."""
    return Proposal(
        policies=tuple(
            (called, current) if policy is None else (name, policy) for name, policy in policies
        ),
        explain=explain,
    )
