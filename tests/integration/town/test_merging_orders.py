"""Whatever Vera and Ada do, in whatever order, before, between and after merges: one thread.

After each run the checker reads the database and the providers' ledgers; it knows of links.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.services import merging, reading
from gateway.services.house import Change
from gateway.store.tables import ConversationRow
from tests.integration.town.building import Town
from tests.integration.town.checker import faults
from tests.integration.town.townspeople import Shopper

ACTS = (
    "elder writes",
    "younger writes",
    "Ada answers the elder",
    "Ada answers the younger",
    "elder sees",
    "younger sees",
    "elder leaves",
    "younger leaves",
    "a minute passes",
    "an hour passes",
    "the last text fails",
    "the last text arrives",
    "STOP",
    "merge",
    "unmerge",
)


class Pair:
    """Two shoppers of one town, who may be one person."""

    def __init__(self, town: Town, elder: Shopper, younger: Shopper, number: str) -> None:
        self.town, self.elder, self.younger, self.number = town, elder, younger, number
        self.merged = False
        self.thread: ConversationRow | None = None

    async def act(self, name: str) -> None:
        """Let one thing happen; what makes no sense now does not."""
        acts: dict[str, Callable[[], Awaitable[object]]] = {
            "elder writes": lambda: self.elder.writes("Where is it?"),
            "younger writes": lambda: self.younger.writes("Is it blue?"),
            "Ada answers the elder": lambda: self.town.ada.answers("On its way.", self.elder),
            "Ada answers the younger": lambda: self.town.ada.answers("It is.", self._younger()),
            "elder sees": self.elder.sees,
            "younger sees": self._younger_sees,
            "elder leaves": self.elder.leaves,
            "younger leaves": self.younger.leaves,
            "a minute passes": lambda: self.town.tick(60),
            "an hour passes": lambda: self.town.tick(3_600),
            "the last text fails": lambda: self._receipt("undelivered", error=30_005),
            "the last text arrives": lambda: self._receipt("delivered"),
            "STOP": lambda: self.town.text_in(self.number, "STOP"),
            "merge": self._merge,
            "unmerge": self._unmerge,
        }
        await acts[name]()

    def _younger(self) -> Shopper:
        return self.elder if self.merged else self.younger

    async def _younger_sees(self) -> None:
        """Merged, a tab of before may still tell of the younger's log."""
        if not self.merged:
            await self.younger.sees()
        elif self.thread is not None:
            which = self.thread
            await reading.seen_by_shopper(
                self.town.house, which.store_id, which.conversation_id, which.last_seq
            )

    async def _receipt(self, status: str, *, error: int | None = None) -> None:
        texts = [each for each in self.town.carrier.taken if each.to == self.number]
        if texts:
            await self.town.receipt(texts[-1], status, error=error)

    async def _merge(self) -> None:
        if self.merged:
            return
        self.thread = await self.younger.conversation()
        names = (self.elder.shopper_id, self.younger.shopper_id)

        def work(change: Change) -> None:
            merging.merge(change, self.town.store_id, elder=names[0], younger=names[1])

        await self.town.house.change(work, on=names)
        self.merged = True

    async def _unmerge(self) -> None:
        if not self.merged or self.thread is None:
            return
        which = self.thread.conversation_id

        def work(change: Change) -> None:
            merging.unmerge(change, self.town.store_id, which)

        await self.town.house.change(work, on=(self.elder.shopper_id, self.younger.shopper_id))
        self.merged = False


async def meet(town: Town) -> Pair:
    """Somebody with a number that is proven, and a browser that left a mailbox; both asked."""
    n = next(town.numbers)
    elder, younger = await town.shopper(), await town.shopper()
    number = f"+1415555{n % 10_000:04d}"
    await elder.writes("Where is my order?")
    await elder.proves_number(number)
    await younger.writes("Do you have it in blue?")
    await younger.leaves_mailbox(f"browser{n}@shopper.example")
    return Pair(town, elder, younger, number)


SOME = st.lists(st.sampled_from(ACTS), max_size=5)
ORDERS = st.one_of(
    st.builds(lambda before, after: [*before, "merge", *after], SOME, SOME),
    st.builds(
        lambda before, one, after: [*before, "merge", *one, "unmerge", *after], SOME, SOME, SOME
    ),
)


@pytest.mark.timeout(240)  # a dozen stories in one
@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(acts=ORDERS)
async def test_every_order_keeps_the_invariants(town: Town, acts: list[str]) -> None:
    await town.policy(cap=1_000)
    pair = await meet(town)
    for act in acts:
        await pair.act(act)
    await town.tick()
    assert await faults(town) == []
    if pair.merged and pair.thread is not None:
        which = pair.thread.conversation_id
        (younger,) = [
            row for row in await town.rows(ConversationRow) if row.conversation_id == which
        ]
        elder = await pair.elder.conversation()
        assert (younger.continued_in, younger.state) == (elder.conversation_id, "resolved")
