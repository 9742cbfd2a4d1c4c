"""What a browser is told to show beside its windows, and when it makes a sound."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import anyio
from playwright.async_api import BrowserContext, Page

from tests.e2e.demo_house import PATIENCE_MS

# The browser's own constructors are still called; they tell of it besides.
_TELLS = """
globalThis.shownNotices = [];
globalThis.Notification = class extends Notification {
  constructor(title, options) {
    super(title, options);
    shownNotices.push(this);
    noticed({ title: this.title, body: this.body });
  }
};
globalThis.OscillatorNode = class extends OscillatorNode {
  start(when) {
    super.start(when);
    sounded();
  }
};
"""
_PRESS = """(words) => shownNotices.findLast(({ body }) => body.includes(words))
  .dispatchEvent(new Event('click'))"""


@dataclass(frozen=True, slots=True)
class Notice:
    """What was shown, and by which tab."""

    title: str
    body: str
    tab: Page


class Desktop:
    """The notifications of all tabs of one browser, in order, and how many notes it played."""

    def __init__(self) -> None:
        self.notices: list[Notice] = []
        self.notes = 0
        self._news = anyio.Event()

    async def watch(self, context: BrowserContext) -> None:
        """Before the browser has its first page; it may notify."""
        await context.grant_permissions(["notifications"])
        await context.expose_binding("noticed", self._noticed)
        await context.expose_function("sounded", self._sounded)
        await context.add_init_script(_TELLS)

    async def notice(self, words: str) -> Notice:
        """The one whose body says this, once it is shown."""
        with anyio.fail_after(PATIENCE_MS / 1000):
            while True:
                for each in self.notices:
                    if words in each.body:
                        return each
                await self._news.wait()

    async def press(self, notice: Notice) -> None:
        """Tell the page what a desktop tells it when somebody presses its notification."""
        await notice.tab.evaluate(_PRESS, notice.body)

    def _noticed(self, source: Mapping[str, Any], told: Mapping[str, str]) -> None:
        self.notices.append(Notice(told["title"], told["body"], source["page"]))
        self._news.set()
        self._news = anyio.Event()

    def _sounded(self) -> None:
        self.notes += 1
