"""A store with many conversations that never happened: to try the console, and to measure.

Nothing made up has an address and nobody is to be told of it, so no phone rings; what it says of
itself holds as for any other (the fold of its log is its row).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random

from gateway.errors import BadInput, Conflict
from gateway.services import seed_words as words
from gateway.services.seed_draws import draw, lengths, written_id
from gateway.services.seed_rows import Place, rows_of
from gateway.store import house as houses
from gateway.store import labels as label_rows
from gateway.store import seeding
from gateway.store.search_rebuild import rebuild
from gateway.store.tables import LabelRow
from gateway.store.tx import Store, Tx

IN_ONE = 20_000  #: messages of one transaction, about
MOST = 5_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Seeding:
    """What is wanted: ``messages`` altogether, in so many ``conversations``."""

    store_key: str
    conversations: int
    messages: int
    seed: int = 1
    search: bool = False  #: make it searchable, which takes as long again
    into: bool = False  #: also into a store that has conversations


async def seed(store: Store, wanted: Seeding, tell: Callable[[int], None]) -> None:
    """Make them up and keep them, some thousand messages in one transaction.

    ``tell`` is called with how many more conversations are there. Stopped half-way it leaves those
    that were told of, each of them whole.

    Raises:
        BadInput: more conversations than messages, or none at all, or too many.
        Conflict: the store has conversations and ``into`` was not said, or there is no agent.
        NotFound: no store has this key.
    """
    if not 1 <= wanted.conversations <= wanted.messages <= MOST:
        raise BadInput(f"make up 1 to {MOST} messages, and no more conversations than messages")
    place = await store.write(lambda tx: _prepare(tx, wanted))
    chance = Random(place.seed)  # noqa: S311  # nothing here is a secret
    sizes = lengths(wanted.conversations, wanted.messages, chance)
    number = 0
    for some in _batches(sizes):
        rows = [
            row
            for at, length in enumerate(some, start=number)
            for row in rows_of(place, draw(place.seed, at, length, place.now, len(place.agents)))
        ]
        await store.write(lambda tx, rows=rows: seeding.save(tx, rows))  # type: ignore[misc]
        number += len(some)
        tell(len(some))
    if wanted.search:
        await rebuild(store)


def _prepare(tx: Tx, wanted: Seeding) -> Place:
    found = houses.store_by_key(tx, wanted.store_key)
    if not wanted.into and not seeding.is_empty(tx, found.store_id):
        raise Conflict(f"{wanted.store_key} has conversations; to add to them, say --into")
    agents = houses.agents(tx)
    if not agents:
        raise Conflict("nobody is there who could have answered; first: onethread agent add")
    first = seeding.take_numbers(tx, found.store_id, wanted.conversations)
    # Another beginning makes other ids: a store may be seeded twice.
    seed = f"{wanted.seed}:{first}"
    return Place(
        store_id=found.store_id,
        agents=agents,
        labels=_labels(tx, found.store_id, seed),
        first_number=first,
        now=tx.now,
        seed=seed,
    )


def _labels(tx: Tx, store_id: str, seed: str) -> list[str]:
    chance, ids = Random(f"{seed}:labels"), []  # noqa: S311
    for name, colour, _ in words.LABELS:
        row = label_rows.named(tx, store_id, name)
        if row is None:
            row = LabelRow(
                store_id=store_id,
                label_id=written_id(tx.now, chance.getrandbits(82)),
                name=name,
                folded=name,
                colour=colour,
                created_at=tx.now,
            )
            tx.session.add(row)
        ids.append(row.label_id)
    return ids


def _batches(sizes: Sequence[int]) -> Iterator[list[int]]:
    some: list[int] = []
    total = 0
    for each in sizes:
        some.append(each)
        total += each
        if total >= IN_ONE or len(some) >= IN_ONE // 10:
            yield some
            some, total = [], 0
    if some:
        yield some
