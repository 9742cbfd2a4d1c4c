"""Ada answers with a picture and a document; Vera sees the one and saves the other."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from playwright.async_api import Browser, FilePayload, expect

from tests.e2e.demo_house import (
    PATIENCE_MS,
    DemoHouse,
    agent_opens,
    fresh_number,
    open_widget,
    write,
)

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

SIZES = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def picture() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (640, 360), "#2f5d50").save(made, "PNG")
    return made.getvalue()


async def test_a_picture_is_seen_in_the_panel_and_a_document_is_saved_from_it(
    house: DemoHouse, browser: Browser
) -> None:
    tail = fresh_number()[1:]
    vera = await (await browser.new_context()).new_page()
    panel = await open_widget(vera, house)
    await write(panel, f"Have you a size chart? {tail}")
    ada = await agent_opens(browser, house, f"Have you a size chart? {tail}")
    await ada.locator('input[type="file"]').set_input_files(
        [
            FilePayload(name="boots.png", mimeType="image/png", buffer=picture()),
            FilePayload(name="sizes.pdf", mimeType="application/pdf", buffer=SIZES),
        ]
    )
    box = ada.get_by_role("textbox", name="Write an answer")
    await box.fill("Here they are.")
    await expect(ada.get_by_text("sizes.pdf")).to_be_visible(timeout=PATIENCE_MS)
    send = ada.get_by_role("button", name="Send", exact=True)
    await expect(send).to_be_enabled(timeout=PATIENCE_MS)
    await send.click()

    shown = panel.get_by_role("img", name="boots.png")
    await expect(shown).to_be_visible(timeout=PATIENCE_MS)
    await expect(shown).to_have_js_property("complete", True, timeout=PATIENCE_MS)
    await expect(shown).not_to_have_js_property("naturalWidth", 0, timeout=PATIENCE_MS)
    async with vera.expect_download(timeout=PATIENCE_MS) as saving:
        await panel.get_by_role("link", name="sizes.pdf").click()
    assert (await saving.value).suggested_filename == "sizes.pdf"

    await vera.context.close()
    thread = ada.get_by_role("log", name="Conversation")
    await expect(thread.get_by_role("img", name="boots.png")).to_be_visible()
    await ada.context.close()
