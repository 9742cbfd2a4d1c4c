"""Each test gets a town of its own on each kind of database, and a checker looks at what is left.

The checker reads only the database and the providers' ledgers.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from gateway.files.child import Child
from gateway.store.tx import Store
from tests.integration.town.building import Town, open_town
from tests.integration.town.checker import faults
from tests.integration.town.moving_clock import MovingClock


@pytest.fixture
def clock() -> MovingClock:
    """A clock that the test moves; the store tells time by it too."""
    return MovingClock()


@pytest.fixture(scope="session")
async def mail_child() -> AsyncIterator[Child]:
    """The process that reads mails, started once: it takes a second to import."""
    child = Child("gateway.worker.mail_reader")
    yield child
    await child.aclose()


@pytest.fixture
async def town(store: Store, clock: MovingClock, mail_child: Child) -> AsyncIterator[Town]:
    """A house with Ada and Ben on call, Vera in the shop, and providers on loopback."""
    async with open_town(store, clock, mail_child) as built:
        yield built
        if not built.unchecked:
            await built.tick()
            assert await faults(built) == []
