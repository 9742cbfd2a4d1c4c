"""What a write or read function is given, and the store's two verbs."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from sqlmodel import Session

from gateway.store.ids import new_id

if TYPE_CHECKING:
    from gateway.store.known import Known

T = TypeVar("T")
I = TypeVar("I")  # noqa: E741
On = str | tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Tx:
    """One item of work inside a transaction; ``now`` is the database's time, microseconds UTC.

    ``known`` is what was loaded by set for it: statements answer from it what it covers.
    """

    session: Session
    now: int
    known: Known | None = None

    def new_id(self) -> str:
        """A fresh id, ordered by time."""
        return new_id(self.now)

    def with_known(self, known: Known) -> Tx:
        """The same transaction for one who has loaded what the statements will ask for.

        From here on no statement sends what has changed first: one for all of them is a fraction
        of one for each. What has to be seen by another statement is flushed by whoever wrote it.
        """
        self.session.autoflush = False
        return replace(self, known=known)

    def flush(self) -> None:
        """Send what has changed to the database; what was loaded by set is also saved by set."""
        if self.known is None:
            self.session.flush()


class Store(Protocol):
    """Transactions over one database.

    ``fn`` is synchronous, touches only its ``Tx`` and what it was made with, may run again after a
    failed attempt, and never calls ``write``. ``write`` returns after the commit is on disk.
    """

    dialect: str

    async def write(self, fn: Callable[[Tx], T], *, on: On = None) -> T:
        """Run ``fn`` in a transaction, alone on each name in ``on`` (a conversation, a person).

        Raises:
            StorageRefused: the database cannot take it now (full disk, I/O error, gone).
        """
        ...

    async def write_together(
        self, fn: Callable[[Tx, Sequence[I]], Sequence[T]], item: I, *, on: On = None
    ) -> T:
        """Hand ``item`` in with all that wait for the same ``fn``: one transaction, one call.

        ``fn`` gives a result for each item, in order. When it raises, it is called again for each
        alone, so that one of them spoils it for no other.

        Raises:
            StorageRefused: as ``write``.
        """
        ...

    async def read(self, fn: Callable[[Tx], T]) -> T:
        """Run ``fn`` on one consistent snapshot; it must not write, nor lock rows."""
        ...

    async def aclose(self) -> None:
        """Finish what was taken and let the connections go."""
        ...


# Made once: json.dumps makes one for each call.
_ENCODER = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, sort_keys=True)


def pack(value: object) -> str:
    """JSON text for a column, compact and stable."""
    return _ENCODER.encode(value)


def unpack(text: str) -> Any:  # noqa: ANN401  # whatever pack was given
    """Read a JSON column back."""
    return {} if text == "{}" else json.loads(text)  # nearly every message's
