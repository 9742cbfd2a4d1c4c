"""Somebody moves time ahead on the page with the phones, or a script does."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
from playwright.async_api import Browser, Locator, Page, async_playwright, expect

from gateway.clock import DAY, HOUR, MINUTE, SECOND, ClockFile, SystemClock
from tests.integration.test_sandbox_process import (
    ACCOUNT,
    PATIENCE,
    STORE,
    SUPPORT,
    TOKEN,
    VERA,
    VERA_MAIL,
    Gateway,
    Sandbox,
    running,
    standing_gateway,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
WEEK = 7 * DAY


@pytest.fixture
async def gateway() -> AsyncIterator[Gateway]:
    async with standing_gateway() as standing:
        yield standing


@pytest.fixture
def file(tmp_path: Path) -> ClockFile:
    return ClockFile(tmp_path / "clock")


@pytest.fixture
async def sandbox(tmp_path: Path, gateway: Gateway) -> AsyncIterator[Sandbox]:
    async with running(tmp_path, gateway, "--clock", str(tmp_path / "clock")) as started:
        yield started


async def move(sandbox: Sandbox, wish: dict[str, object]) -> httpx2.Response:
    return await sandbox.http.post("/api/clock", json=wish)


async def text(sandbox: Sandbox, to: str, body: str) -> str:
    path = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    form = {"To": to, "From": STORE, "Body": body}
    answer = await sandbox.http.post(path, data=form, auth=(ACCOUNT, TOKEN))
    assert answer.status_code == 201
    return str(answer.json()["date_created"])


async def test_a_script_moves_time_and_everybody_goes_by_it(
    sandbox: Sandbox, file: ClockFile
) -> None:
    machine = SystemClock().now()
    async with sandbox.watched() as changes:
        answer = await move(sandbox, {"seconds": 90.5})
        change = await asyncio.wait_for(anext(changes), PATIENCE)
    assert answer.status_code == 200
    moved = answer.json()
    assert change == {"kind": "clock", "clock": moved}
    assert moved["ahead"] == file.read() == 90_500_000
    assert 0 <= moved["now"] - machine - 90_500_000 < MINUTE
    assert (await move(sandbox, {"seconds": 3_600})).json()["ahead"] == 90_500_000 + HOUR
    assert file.read() == 90_500_000 + HOUR
    shown = (await sandbox.state())["clock"]
    assert shown["moves"]
    assert shown["now"] >= moved["now"] + HOUR
    await text(sandbox, VERA, "How late is it?")
    arrived = await sandbox.arrived(VERA, "How late is it?")
    assert arrived["at"] > shown["now"]
    letter = {"to": SUPPORT, "subject": "Late", "text": "Is it?"}
    await sandbox.http.post(f"/api/mailboxes/{VERA_MAIL}/send", json=letter)
    assert (await sandbox.state())["mailboxes"][VERA_MAIL][0]["at"] > shown["now"]


async def test_it_can_be_moved_to_an_instant(sandbox: Sandbox) -> None:
    wanted = SystemClock().now() + 9 * HOUR
    moved = (await move(sandbox, {"at": wanted})).json()
    assert 0 <= moved["now"] - wanted < MINUTE
    again = await move(sandbox, {"at": wanted})
    assert again.status_code == 400
    assert "ahead only" in again.json()["message"]


@pytest.mark.parametrize(
    "wish",
    [
        "{}",
        '{"seconds": 0}',
        '{"seconds": -30}',
        '{"seconds": 1e-9}',
        '{"seconds": NaN}',
        '{"seconds": 1e999}',
        '{"seconds": 2678401}',
        '{"seconds": true}',
        '{"seconds": "30"}',
        '{"seconds": 30, "at": 1}',
        '{"at": 1}',
        '{"at": 1e18}',
        '{"at": 4102444800000000}',
        '{"hours": 1}',
    ],
)
async def test_a_move_back_or_to_nowhere_is_refused(
    sandbox: Sandbox, file: ClockFile, wish: str
) -> None:
    plain = {"Content-Type": "application/json"}
    answer = await sandbox.http.post("/api/clock", content=wish, headers=plain)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_input")
    assert file.read() == 0
    assert (await sandbox.state())["clock"]["ahead"] == 0


async def test_another_site_cannot_move_time(sandbox: Sandbox, file: ClockFile) -> None:
    plain = {"Content-Type": "text/plain"}
    forged = await sandbox.http.post("/api/clock", content='{"seconds": 30}', headers=plain)
    assert forged.status_code == 400
    assert file.read() == 0


async def test_it_is_as_late_after_a_new_start_as_before(
    tmp_path: Path, gateway: Gateway, file: ClockFile
) -> None:
    file.raise_to(HOUR)
    flag = ("--clock", str(tmp_path / "clock"))
    async with running(tmp_path, gateway, *flag) as sandbox:
        assert (await sandbox.state())["clock"]["ahead"] == HOUR
        before = (await move(sandbox, {"seconds": 30})).json()
    async with running(tmp_path, gateway, *flag) as sandbox:
        after = (await sandbox.state())["clock"]
    assert after["ahead"] == before["ahead"] == HOUR + 30 * SECOND
    assert after["now"] > before["now"]


async def test_without_a_shared_file_nobody_can_move_time(tmp_path: Path, gateway: Gateway) -> None:
    async with running(tmp_path, gateway) as sandbox:
        answer = await move(sandbox, {"seconds": 30})
        shown = (await sandbox.state())["clock"]
    assert answer.status_code == 400
    assert "--clock" in answer.json()["message"]
    assert not shown["moves"]
    assert shown["ahead"] == 0


async def test_a_file_that_holds_something_else_is_named_and_nothing_starts(
    tmp_path: Path, gateway: Gateway, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "clock").write_text("soon")
    with pytest.raises(json.JSONDecodeError):
        async with running(tmp_path, gateway, "--clock", str(tmp_path / "clock")):
            pass
    complaint = capfd.readouterr().err
    assert complaint.startswith("sandbox: ")
    assert "how far the clock runs ahead" in complaint
    assert "Traceback" not in complaint


async def test_a_receipt_that_is_due_by_the_new_time_comes_at_once(
    tmp_path: Path, gateway: Gateway
) -> None:
    flags = ("--clock", str(tmp_path / "clock"), "--receipt-delay", "3000")
    async with running(tmp_path, gateway, *flags) as sandbox:
        await text(sandbox, VERA, "Slow boat")
        await move(sandbox, {"seconds": 1_100})
        events: list[dict[str, Any]] = []
        async with asyncio.timeout(PATIENCE), sandbox.watched() as changes:
            await move(sandbox, {"seconds": 1})
            assert (await anext(changes))["kind"] == "clock"
            # The first third has passed: it is sent, and no more than that.
            assert sandbox.ledger("sms")[-1]["event"] == "sent"
            assert (await sandbox.state())["phones"][VERA] == []
            await move(sandbox, {"seconds": 2_000})
            events += [await anext(changes), await anext(changes)]
        assert [event["kind"] for event in events] == ["clock", "text"]
        assert events[1]["text"]["body"] == "Slow boat"


@pytest.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        yield started
        await started.close()


@dataclass(frozen=True)
class Desk:
    """The page, and what stands behind it."""

    page: Page
    sandbox: Sandbox
    time: Locator


@pytest.fixture
async def desk(
    browser: Browser, tmp_path: Path, gateway: Gateway, file: ClockFile
) -> AsyncIterator[Desk]:
    """The page on a small screen in Lagos, an hour east of UTC all year, on a Monday at ten."""
    machine = SystemClock().now()
    monday = (machine // WEEK + 1) * WEEK + 4 * DAY + 9 * HOUR  # 1970 began on a Thursday
    file.raise_to(monday - machine)
    async with running(tmp_path, gateway, "--clock", str(tmp_path / "clock")) as sandbox:
        context = await browser.new_context(
            viewport={"width": 320, "height": 640}, timezone_id="Africa/Lagos"
        )
        page = await context.new_page()
        page.set_default_timeout(PATIENCE * 1000)
        await page.goto(f"http://127.0.0.1:{sandbox.port}/")
        await expect(page.get_by_role("status")).to_have_text("Live")
        yield Desk(page, sandbox, page.get_by_role("region", name="Time in the demo"))
        await context.close()


@pytest.mark.browser
async def test_the_page_says_how_late_it_is_and_moves_time_by_a_click(
    desk: Desk, file: ClockFile
) -> None:
    page, start = desk.page, file.read()
    await expect(desk.time).to_contain_text(re.compile(r"It is Monday 10:0\d:\d\d in the demo"))
    await page.get_by_role("button", name="+1 h").click()
    await expect(desk.time).to_contain_text("It is Monday 11:0")
    await expect(desk.time.get_by_text("Time has moved. It is Monday 11:0")).to_be_attached()
    await page.get_by_role("button", name="+5 min").click()
    await expect(
        desk.time.get_by_text(re.compile("Time has moved. It is Monday 11:0[5-9]"))
    ).to_be_attached()
    async with desk.sandbox.watched() as changes:
        await page.get_by_role("button", name="+30 s").click()
        await asyncio.wait_for(anext(changes), PATIENCE)
    assert file.read() == start + HOUR + 5 * MINUTE + 30 * SECOND
    await page.get_by_role("button", name="today 21:00").click()
    await expect(desk.time).to_contain_text("It is Monday 21:00")
    await expect(page.get_by_role("button", name="tomorrow 21:00")).to_be_visible()


@pytest.mark.browser
async def test_the_keyboard_alone_moves_time_to_the_next_morning(desk: Desk) -> None:
    page = desk.page
    await page.get_by_role("button", name="today 21:00").focus()
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("button", name="tomorrow 08:00")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(desk.time).to_contain_text("It is Tuesday 08:00")
    await page.keyboard.press("Tab")
    await expect(page.get_by_label("min", exact=True)).to_be_focused()
    await page.keyboard.type("90")
    await page.keyboard.press("Enter")
    await expect(desk.time).to_contain_text("It is Tuesday 09:30")


@pytest.mark.browser
async def test_what_came_today_came_on_another_day_once_it_is_tomorrow(desk: Desk) -> None:
    await text(desk.sandbox, VERA, "Ada has answered you.")
    log = desk.page.get_by_role("region", name="Shopper's phone").get_by_role("log")
    await expect(log.get_by_role("time")).to_have_text(re.compile(r"^10:0\d$"))
    await move(desk.sandbox, {"seconds": 24 * 3_600})
    await expect(desk.time).to_contain_text("It is Tuesday 10:0")
    await expect(log.get_by_role("time")).not_to_have_text(re.compile(":"))


@pytest.mark.browser
async def test_a_move_that_is_refused_says_why(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "clock").write_text("soon")
    await desk.page.get_by_role("button", name="+1 h").click()
    await expect(desk.page.get_by_role("alert").first).to_contain_text("how far the clock runs")
    await expect(desk.time).to_contain_text("It is Monday 10:0")


@pytest.mark.browser
async def test_the_clock_is_no_wider_than_a_small_screen_nor_there_when_it_cannot_be_moved(
    desk: Desk, tmp_path: Path, gateway: Gateway
) -> None:
    page = desk.page
    assert await page.evaluate("document.documentElement.scrollWidth") == 320
    async with running(tmp_path / "other", gateway) as sandbox:
        await page.goto(f"http://127.0.0.1:{sandbox.port}/")
        await expect(page.get_by_role("status")).to_have_text("Live")
        await expect(desk.time).to_be_hidden()
