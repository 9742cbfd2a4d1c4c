"""The states of the panel and of the small pages, one after another in one visit."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from playwright.async_api import Browser, FilePayload, Frame, Page, expect

from tests.e2e.axe import panel_of
from tests.e2e.demo_house import PATIENCE_MS, DemoHouse, agent_opens, answer, fresh_number
from tests.e2e.refusing import UNWANTED, refuse_unwanted
from tests.e2e.test_forms import FORMS, put

LINK: Final = re.compile(r"https?://\S+/(p|t|stop)/\S+/[0-9a-z]{26}[a-z2-7]{16}")
LONG: Final = (
    "I walked to work in them through the whole winter, and they kept dry until last week. " * 6
    + "https://acme.example/a-page-with-an-address-that-is-longer-than-any-panel-is-wide/and/longer"
)


@dataclass(frozen=True, slots=True)
class Look:
    """How somebody looks at it."""

    width: int
    scheme: Literal["light", "dark"]
    language: str

    @property
    def name(self) -> str:
        """``320 dark ar``."""
        return f"{self.width} {self.scheme} {self.language}"


LOOKS: Final = (
    Look(320, "light", "en"),
    Look(320, "dark", "ar"),
    Look(320, "light", "de"),
    Look(390, "dark", "ja"),
    Look(768, "light", "ar"),
    Look(768, "dark", "en"),
    Look(1440, "light", "en"),
    Look(1440, "dark", "ar"),
)


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture."""

    state: str
    file: str


class Camera:
    """Takes the pictures of one visit."""

    def __init__(self, look: Look, out: Path) -> None:
        self._look = look
        self._out = out
        self.shots: list[Shot] = []

    async def take(self, page: Page, state: str) -> None:
        """A picture of what the window shows."""
        for frame in page.frames:
            # A picture of something that is still coming shows nothing that anybody would see.
            await frame.evaluate(
                "() => Promise.allSettled(document.getAnimations().map((each) => each.finished))"
            )
        file = f"{self._look.name}-{len(self.shots):02}-{state}.png".replace(" ", "-")
        await page.screenshot(path=self._out / file, animations="disabled")
        self.shots.append(Shot(state, file))


async def photograph(browser: Browser, house: DemoHouse, look: Look, out: Path) -> list[Shot]:
    """Vera's visit with this look, from the button to the pages behind the links in a text."""
    number, camera = fresh_number(), Camera(look, out)
    context = await browser.new_context(
        viewport={"width": look.width, "height": 720},
        color_scheme=look.scheme,
        locale=look.language,
    )
    await refuse_unwanted(context)
    vera = await context.new_page()
    await vera.goto(house.storefront)
    await expect(vera.locator("onethread-chat button")).to_be_visible(timeout=PATIENCE_MS)
    await camera.take(vera, "button")
    await vera.evaluate("(tag) => Onethread('setLocale', tag)", look.language)
    await vera.evaluate("() => Onethread('open')")
    panel = vera.frame_locator("iframe")
    await expect(panel.locator("textarea")).to_be_visible(timeout=PATIENCE_MS)
    frame = next(each for each in vera.frames if "/widget/panel" in each.url)
    await frame.locator("header p").wait_for()
    await camera.take(vera, "empty")
    await _say(frame, f"Is the blue one back? {number}")
    await camera.take(vera, "one message")
    await _the_sheet(house, vera, frame, camera, number)
    await _an_answer(browser, house, vera, frame, camera, number)
    await context.close()
    await _forms(browser, house, look, camera)
    return camera.shots


async def _forms(browser: Browser, house: DemoHouse, look: Look, camera: Camera) -> None:
    """Somebody else's visit to a store that asks: a question, how it went, the transcript."""
    put(house, FORMS)
    context = await browser.new_context(
        viewport={"width": look.width, "height": 720},
        color_scheme=look.scheme,
        locale=look.language,
    )
    vera = await context.new_page()
    await vera.goto(house.storefront)
    await expect(vera.locator("onethread-chat button")).to_be_visible(timeout=PATIENCE_MS)
    await vera.evaluate("(tag) => Onethread('setLocale', tag)", look.language)
    await vera.evaluate("() => Onethread('open')")
    await expect(vera.frame_locator("iframe").locator("form.asks")).to_be_visible(
        timeout=PATIENCE_MS
    )
    frame = panel_of(vera)
    await frame.locator(".asks input").fill("A-1042")
    await frame.locator(".asks .primary").click()
    await frame.locator(".pick").first.wait_for()
    await frame.locator(".asks .primary").click()
    await frame.locator(".asks .problem").wait_for()
    await camera.take(vera, "question")
    await frame.locator(".pick").first.click()
    await frame.locator(".asks .primary").click()
    words = f"Where is my parcel? {fresh_number()}"
    await _say(frame, words)
    ada = await agent_opens(browser, house, words)
    await answer(ada, "In the box, under the paper.")
    await frame.get_by_text("under the paper").wait_for()
    await ada.get_by_role("button", name="Resolve").first.click()
    await frame.locator(".step").first.wait_for()
    await camera.take(vera, "rating")
    await frame.locator(".step").nth(3).click()
    await frame.locator("textarea.long").wait_for()
    await camera.take(vera, "rating with words")
    await frame.locator(".asks .primary").click()
    await frame.locator(".thanks").wait_for()
    await camera.take(vera, "thanks")
    await frame.locator("header button").first.click()
    await frame.locator(".sheet section.asks").wait_for()
    await camera.take(vera, "transcript")
    await context.close()
    await ada.context.close()
    put(house, {})


async def _say(frame: Frame, words: str) -> None:
    await frame.locator("textarea").fill(words)
    await frame.locator("textarea").press("Enter")
    await frame.get_by_text(words[:30]).last.wait_for()


async def _the_sheet(
    house: DemoHouse, vera: Page, frame: Frame, camera: Camera, number: str
) -> None:
    """How to be reached: the form, what it says of a wrong number, the code, what follows."""
    await frame.locator("header button").first.click()
    field = frame.locator('input[type="tel"]')
    await field.wait_for()
    await camera.take(vera, "reach")
    await field.fill("12")
    await field.press("Enter")
    await frame.locator('[aria-invalid="true"]').wait_for()
    await camera.take(vera, "wrong number")
    await field.fill(number)
    await field.press("Enter")
    code = frame.locator('input[autocomplete="one-time-code"]')
    await code.wait_for()
    await camera.take(vera, "code")
    text = (await house.until("the code", lambda: house.texts_to(number)))[0]
    digits = re.search(r"\d{6}", text)
    assert digits is not None
    await code.fill(digits.group())
    await code.press("Enter")
    await code.wait_for(state="detached")
    await camera.take(vera, "settled")
    await vera.keyboard.press("Escape")


async def _an_answer(
    browser: Browser, house: DemoHouse, vera: Page, frame: Frame, camera: Camera, number: str
) -> None:
    """Ada answers at length; then Vera has left, and follows the links in a text."""
    ada = await agent_opens(browser, house, number)
    await answer(ada, "Yes, in 38.")
    await answer(ada, LONG)
    await frame.get_by_text("acme.example").last.wait_for()
    await camera.take(vera, "answered")
    await frame.locator("textarea").fill(LONG)
    await camera.take(vera, "long draft")
    await _say(frame, UNWANTED)
    await frame.locator(".failure").wait_for()
    await camera.take(vera, "refused")
    files: list[FilePayload] = [
        {"name": "receipt.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 "},
        {"name": "empty.txt", "mimeType": "text/plain", "buffer": b""},
    ]
    await frame.locator('input[type="file"]').set_input_files(files)
    await frame.locator(".upload .problem").wait_for()
    await camera.take(vera, "files")
    for _ in range(2):
        await frame.locator(".upload .plain").last.click()
    # What the browser tells a page; a framed page is not told by `set_offline`.
    await frame.evaluate("() => dispatchEvent(new Event('offline'))")
    await frame.locator(".line.shown").wait_for()
    await camera.take(vera, "offline")
    away = vera.url
    language = await frame.evaluate("() => document.documentElement.lang")
    await vera.goto("about:blank")
    await answer(ada, "Shall I put a pair aside?")
    words = "\n".join(await house.until("the text", lambda: house.texts_to(number)[1:]))
    for found in LINK.finditer(words):
        await vera.goto(found.group())
        await camera.take(vera, {"p": "preference", "t": "thread", "stop": "stop"}[found.group(1)])
    await vera.goto(f"{house.told['base_url']}/t/{house.key}/nothing")
    await camera.take(vera, "no such link")
    await vera.goto(away)
    await vera.evaluate("(tag) => Onethread('setLocale', tag)", language)
    await vera.evaluate("() => Onethread('open')")
    panel = vera.frame_locator("iframe")
    await expect(panel.locator("textarea")).to_be_visible(timeout=PATIENCE_MS)
    await expect(panel.locator(".knot").first).to_be_visible(timeout=PATIENCE_MS)
    await camera.take(vera, "by SMS")
    await ada.context.close()
