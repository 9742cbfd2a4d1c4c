"""Somebody at the console with a keyboard and no mouse: what they press, and what had the focus."""

from __future__ import annotations

from typing import Any, Self

from playwright.async_api import Browser, BrowserContext, Page, expect

from tests.e2e.demo_house import PATIENCE_MS, DemoHouse

#: Said of a browser in which a hand went anywhere but to the keys.
_POINTED = """
for (const kind of ['pointerdown', 'pointermove', 'mousedown', 'mousemove', 'wheel', 'touchstart'])
  addEventListener(kind, (event) => pointed(`${kind} at ${location.href}`), { capture: true });
"""

# Where the focus is, and whether anybody can see that it is there, once what follows is drawn.
_STANDS = """async () => {
  const drawing = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  for (let frame = 0; frame < 30 && stands() !== 'seen'; frame += 1) await drawing();
  return stands();
  function stands() {
  const element = document.activeElement;
  if (!element || element === document.body) return 'nowhere';
  const drawn = (each) => {
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(each);
    const outlined = outlineStyle !== 'none' && parseFloat(outlineWidth) > 0;
    return outlined || boxShadow !== 'none';
  };
  const name = element.id || element.getAttribute('aria-label') || element.textContent;
  const frame = element.closest('.write, .find, .search-field, .palette, .dialog');
  return drawn(element) || (frame && drawn(frame)) ? 'seen' : `unseen on ${name}`;
  }
}"""

_NAME = """() => {
  const element = document.activeElement;
  return element?.getAttribute('aria-label') ?? element?.textContent ?? '';
}"""

# Which key leads from where the focus is to the row that says this; none when it is there.
_TOWARDS = """(words) => {
  const rows = [...document.querySelectorAll('.row-item')];
  const wanted = rows.find((row) => row.textContent.includes(words));
  const here = document.activeElement?.closest('.row-item');
  const place = (row) => Number(row?.getAttribute('aria-posinset') ?? 0);
  return wanted === here ? '' : place(wanted) < place(here) ? 'k' : 'j';
}"""


class Hands:
    """One agent's browser, driven by keys; what is looked at may be looked at by anybody."""

    def __init__(self, page: Page, pointed: list[str]) -> None:
        self.page = page
        self.pointed = pointed  #: what a mouse or a finger did
        self.typed = ""
        self.lost: list[str] = []  #: after which key the focus was nowhere, or not to be seen

    @classmethod
    async def sit_down(cls, browser: Browser, house: DemoHouse, name: str) -> Self:
        """A browser of one's own, signed in by keyboard."""
        context = await browser.new_context(
            viewport={"width": 1440, "height": 900}, locale="en-GB", timezone_id="UTC"
        )
        pointed: list[str] = []
        await _witness(context, pointed)
        hands = cls(await context.new_page(), pointed)
        agent = house.agent(name)
        await hands.page.goto(house.console)
        email = hands.page.get_by_role("textbox", name="E-mail")
        await expect(email).to_be_focused(timeout=PATIENCE_MS)
        await hands.page.keyboard.type(agent["email"])
        await hands.page.keyboard.press("Tab")
        await hands.page.keyboard.type(agent["password"])
        await hands.page.keyboard.press("Enter")
        await expect(hands.list).to_be_visible(timeout=PATIENCE_MS)
        return hands

    @property
    def list(self) -> Any:
        return self.page.get_by_label("Conversations", exact=True)

    @property
    def thread(self) -> Any:
        return self.page.get_by_role("log", name="Conversation")

    async def press(self, *keys: str) -> None:
        """Press one key after the other; after each the focus has to be somewhere to be seen."""
        for key in keys:
            await self.page.keyboard.press(key)
            stands = await self.page.evaluate(_STANDS)
            if stands != "seen":
                self.lost.append(f"{key} after {self.typed!r}: {stands}")

    async def walk(self, key: str, name: str) -> None:
        """Press a key until what is called so has the focus."""
        for _ in range(20):
            await self.press(key)
            if name in await self.page.evaluate(_NAME):
                return
        raise AssertionError(f"{key} does not lead to {name!r}")

    async def type(self, words: str) -> None:
        """Type into whatever has the focus."""
        self.typed = words
        await self.page.keyboard.type(words)

    async def palette(self, words: str) -> None:
        """Do what the palette's first line says for these letters."""
        await self.page.keyboard.press("Control+k")
        field = self.page.get_by_role("combobox", name="What would you like to do?")
        await expect(field).to_be_focused()
        await self.type(words)
        await expect(self.page.get_by_role("option").first).to_contain_text(words)
        await self.press("Enter")
        await expect(field).to_be_hidden()

    async def stand_at(self, words: str) -> None:
        """Go along the list to the conversation whose row says this."""
        await expect(self.list.get_by_text(words).first).to_be_attached(timeout=PATIENCE_MS)
        for _ in range(60):  # more than any list of these stories is long
            key = await self.page.evaluate(_TOWARDS, words)
            if not key:
                return
            await self.press(key)
        raise AssertionError(f"no row says {words!r}")

    async def open(self, words: str) -> None:
        """Open the conversation whose row says this."""
        await self.stand_at(words)
        await self.press("Enter")
        await expect(self.thread.get_by_text(words).first).to_be_visible(timeout=PATIENCE_MS)

    async def mark(self, *rows: str) -> None:
        """Mark those whose rows say these."""
        for words in rows:
            await self.stand_at(words)
            await self.press("x")

    async def answer(self, words: str, send: str = "Enter") -> None:
        """Write an answer in the open conversation, and go back to the list."""
        await self.press("r")
        box = self.page.get_by_role("textbox", name="Write an answer")
        await expect(box).to_be_focused()
        await self.type(words)
        await self.press(send)
        await expect(self.thread.get_by_text(words).first).to_be_visible(timeout=PATIENCE_MS)
        await self.press("Escape")


async def _witness(context: BrowserContext, pointed: list[str]) -> None:
    """Hear of every pointer; a rehearsal shows that one would be heard of."""

    def hear(what: str) -> None:
        pointed.append(what)

    await context.expose_function("pointed", hear)
    await context.add_init_script(_POINTED)
    elsewhere = await context.new_page()
    await elsewhere.goto("data:text/html,<p>")
    await elsewhere.mouse.click(5, 5)
    # What is heard of last has been said last.
    await elsewhere.evaluate("() => pointed('no more')")
    await elsewhere.close()
    assert {each.split()[0] for each in pointed} >= {"pointerdown", "mousemove"}, pointed
    pointed.clear()
