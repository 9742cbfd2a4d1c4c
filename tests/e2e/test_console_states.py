"""Every screen and state of the console is as it should be for everybody, wide and on a phone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Final

import pytest
from playwright.async_api import Browser, Page

from tests.e2e.axe import violations, widest
from tests.e2e.demo_house import DemoHouse, sign_in
from tests.screens.console import desk
from tests.screens.console_scene import a_day
from tests.screens.console_states import at_work, before_anything, in_a_thread
from tests.screens.states import Look

# What people see and hear is the same on every database.
ONE_WORLD = pytest.mark.parametrize("world", ["sqlite"], indirect=True, scope="session")
pytestmark = [pytest.mark.browser, pytest.mark.timeout(600), ONE_WORLD]


@pytest.fixture(scope="module")
def fresh_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoHouse]:
    """A house to which nobody has written yet: its empty lists are looked at, too."""
    with DemoHouse(tmp_path_factory.mktemp("console")) as started:
        yield started


#: Choices beside each other that reach beyond what they stand in, over what stands there.
SPILT: Final = """() => [...document.querySelectorAll('fieldset:has(> [aria-pressed])')]
  .filter((group) => group.checkVisibility())
  .filter((group) => {
    const [own, around] = [group, group.parentElement].map((one) => one.getBoundingClientRect());
    return own.left < around.left - 1 || own.right > around.right + 1;
  })
  .map((group) => group.getAttribute('aria-label'))"""


class Faults:
    """What axe holds against each state, what is wider than there is room for."""

    def __init__(self) -> None:
        self.found: list[str] = []

    async def look(self, page: Page, state: str) -> None:
        """Note what is wrong now."""
        self.found += [f"{state}: {each}" for each in await violations(page)]
        spilt: list[str] = await page.evaluate(SPILT)
        self.found += [f"{state}: {each} spills over" for each in spilt]
        if (over := await widest(page)) > 0:
            self.found.append(f"{state}: {over} px wider than its window")


#: The whole walk costs most of a minute a look: a daily run takes what is open all day, wide and
#: light; `make long` takes every screen in three looks.
LONG: Final = bool(os.environ.get("ONETHREAD_LONG"))
LOOKS: Final = (Look(1440, "light", "en"), Look(390, "dark", "ar"), Look(768, "dark", "en"))


async def test_ada_finds_every_state_of_her_console_fit_for_everybody(
    fresh_house: DemoHouse, browser: Browser
) -> None:
    faults = Faults()
    for look in LOOKS if LONG else ():
        context = await desk(browser, look)
        await before_anything(fresh_house, await context.new_page(), faults.look)
        await context.close()
    day = await a_day(fresh_house, browser)
    for look in LOOKS if LONG else LOOKS[:1]:
        context = await desk(browser, look)
        page = await context.new_page()
        await sign_in(page, fresh_house, "Ada")
        await (at_work if LONG else in_a_thread)(page, day, faults.look)
        await context.close()
    await day.vera.context.close()
    assert not faults.found, "\n".join(faults.found)
