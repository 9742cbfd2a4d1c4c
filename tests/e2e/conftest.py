"""The whole product, as ``onethread demo`` starts it, and people with browsers."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Iterator

import pytest
from playwright.async_api import Browser, async_playwright

from tests.e2e.demo_house import DemoHouse

# What Playwright passes to switch off, without ThirdPartyStoragePartitioning: the last one wins.
_FEATURES_OFF = (
    "--disable-features=AvoidUnnecessaryBeforeUnloadCheckSync,DestroyProfileOnBrowserClose,"
    "DialMediaRouteProvider,GlobalMediaControls,HttpsUpgrades,LensOverlay,MediaRouter,"
    "PaintHolding,Translate,AutoDeElevate,OptimizationHints"
)
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoHouse]:
    """A demo of its own on free ports, with delays short enough to watch."""
    with DemoHouse(tmp_path_factory.mktemp("demo")) as started:
        yield started


@pytest.fixture(scope="module", params=["defaults", "partitioned"])
async def browser(request: pytest.FixtureRequest) -> AsyncIterator[Browser]:
    """Chromium under Playwright's defaults, and with storage partitioned as people have it."""
    found = shutil.which("chromium")
    if found is None:
        pytest.fail("these tests need Chromium on PATH (`make chromium`)")
    flags = _FLAGS + ([_FEATURES_OFF] if request.param == "partitioned" else [])
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=found, args=flags)
        yield launched
        await launched.close()
