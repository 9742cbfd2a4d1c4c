"""What the database says after a load: nothing lost, nothing doubled, nothing out of order.

Of deliveries: none carried what another had carried, and a provider's name belongs to one alone.
Plain SQL: the gateway's own reading might be wrong in the same way as its writing.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeVar, cast

from sqlalchemy import text

from gateway import bootstrap
from gateway.clock import SystemClock
from gateway.settings import read_settings
from gateway.store.tx import Tx

T = TypeVar("T")
APART = 1_000_000  #: the first number of each round of a load is a multiple of this
_ENTRIES = text(
    "SELECT conversation_id, seq, prev, audience, author_id, cmid FROM entry"
    " ORDER BY conversation_id, seq"
)
_HEADS = text("SELECT conversation_id, last_seq, last_all FROM conversation")
_CARRIED = text(
    "SELECT conversation_id, person_id, seqs, provider_id, message_id FROM delivery"
    " WHERE form = 'words'"
    " AND state IN ('accepted', 'sent', 'answered', 'delivered', 'read', 'unknown')"
)

Entry = tuple[str, int, int, str, str, str | None]
Carried = tuple[str, str, str, str | None, str | None]


@dataclass(slots=True)
class Log:
    """One conversation, as far as it was read."""

    last_seq: int = 0
    last_all: int = 0
    named: int = 0  #: messages whose names a load has numbered
    numbers: dict[str, int] = field(default_factory=dict)  #: by author, the last one

    def wrong(self, entry: Entry) -> list[str]:
        """Read the next entry; what is not as it has to be."""
        name, seq, prev, audience, author_id, cmid = entry
        found = []
        if seq != self.last_seq + 1:
            found.append(f"{name}: {seq} follows {self.last_seq}")
        if prev != self.last_all:
            found.append(f"{name}: {seq} names {prev}, not {self.last_all}")
        self.last_seq, self.last_all = seq, seq if audience == "all" else self.last_all
        number = (cmid or "").rpartition("-")[2]
        if number.isdecimal():
            self.named += 1
            at, last = int(number), self.numbers.get(author_id)
            if last is not None and at <= last:
                found.append(f"{name}: {cmid} stands after number {last}")
            elif last is not None and at != last + 1 and at % APART:
                found.append(f"{name}: between the numbers {last} and {at} something is lost")
            self.numbers[author_id] = at
        return found


def wrong_in(
    entries: Iterable[Entry], heads: Mapping[str, tuple[int, int]], written: int
) -> list[str]:
    """What is not as it has to be, a sentence each.

    ``entries`` come conversation by conversation, by seq. ``heads``: what each conversation's row
    says of its last seq, and of the last that everybody may see. ``written``: how many messages
    with numbered names (``…-00000001``) were acknowledged.
    """
    logs: dict[str, Log] = {}
    found = []
    for entry in entries:
        found += logs.setdefault(entry[0], Log()).wrong(entry)
    for name, head in heads.items():
        log = logs.get(name, Log())
        if head != (log.last_seq, log.last_all):
            found.append(f"{name} says {head}, its log ends at {(log.last_seq, log.last_all)}")
    named = sum(each.named for each in logs.values())
    if named != written:
        found.append(f"{written} messages were acknowledged, {named} are kept")
    return found


def doubled_in(carried: Iterable[Carried]) -> list[str]:
    """What deliveries that went out, or may have, brought twice, a sentence each.

    Of each: conversation, person, the seqs it carried (JSON), the provider's id and a mail's.
    """
    brought: Counter[tuple[str, str, int]] = Counter()
    named: Counter[str] = Counter()
    for name, person_id, seqs, *ids in carried:
        brought.update((name, person_id, seq) for seq in json.loads(seqs))
        named.update(filter(None, ids))
    twice = [
        f"{name}: {seq} went to {who} {n} times" for (name, who, seq), n in brought.items() if n > 1
    ]
    return twice + [f"{each} names {n} deliveries" for each, n in named.items() if n > 1]


def findings(tx: Tx, written: int) -> list[str]:
    """Both, of a whole database."""
    entries = cast("Iterable[Entry]", tx.session.execute(_ENTRIES))
    carried = cast("Iterable[Carried]", tx.session.execute(_CARRIED))
    return wrong_in(entries, heads(tx), written) + doubled_in(carried)


async def check(home: Path, url: str, written: int) -> None:
    """Look through the database of a gateway that has ended.

    Raises:
        RuntimeError: something is lost, doubled or out of order.
    """
    refuse(await asked(home, url, partial(findings, written=written)))


def refuse(found: Sequence[str]) -> None:
    """Let no figure stand beside these findings.

    Raises:
        RuntimeError: there are some.
    """
    if found:
        raise RuntimeError(f"{len(found)} findings, such as: {'; '.join(found[:5])}")


def heads(tx: Tx) -> dict[str, tuple[int, int]]:
    """By conversation: its last seq, and the last that everybody may see."""
    return {each[0]: (each[1], each[2]) for each in tx.session.execute(_HEADS)}


async def asked(home: Path, url: str, load: Callable[[Tx], T]) -> T:
    """What the database of a gateway that has ended answers."""
    given = {"database_url": url} if url else {}
    async with bootstrap.opened(read_settings(data=home, **given), SystemClock()) as store:
        return await store.read(load)
