"""Accessibility as axe-core finds it, in any state of any page or frame."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from playwright.async_api import Frame, Page

SCRIPT = Path(__file__).resolve().parents[2] / "widget/node_modules/axe-core/axe.min.js"
#: WCAG 2.2 A and AA, and what axe's authors advise beyond
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_RUN = """async (rules) => {
  // What is fading in has not its colours yet.
  await Promise.all(document.getAnimations().map((one) => one.finished.catch(() => {})));
  const { passes, violations } = await axe.run(document, {
    runOnly: rules, resultTypes: ["violations"],
  });
  if (passes.length < 5) throw new Error("axe looked at nothing");
  return violations.flatMap((one) => one.nodes.map(
    (node) => `${one.id}: ${node.html.slice(0, 200)} | ${node.failureSummary}`,
  ));
}"""


@cache
def _script() -> str:
    return SCRIPT.read_text()


async def violations(place: Page | Frame) -> list[str]:
    """What axe holds against a page or frame as it is now, one line for each element."""
    if not await place.evaluate("() => 'axe' in window"):
        await place.evaluate(_script())
    found: list[str] = await place.evaluate(_RUN, RULES)
    return found


def panel_of(page: Page) -> Frame:
    """The frame that the panel is in, which only then can be looked into."""
    return next(each for each in page.frames if "/widget/panel" in each.url)


async def widest(place: Page | Frame) -> Any:
    """By how many pixels it is wider than its window: nobody scrolls sideways to read."""
    return await place.evaluate(
        "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
