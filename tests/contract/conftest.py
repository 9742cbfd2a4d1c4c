"""The providers, each well and with nobody's messages when a test begins."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.contract.providers import PhoneCompany, Provider, Relay, Sandboxed, StoresApp, Vendor
from tests.integration.test_sandbox_process import Sandbox, running, standing_gateway

PROVIDERS = {
    "mail over SMTP": "relay",
    "mail to the sandbox": "sandbox_mail",
    "texts to the sandbox": "sandbox_texts",
    "whatsapp to the sandbox": "sandbox_whatsapp",
    "texts to the towns' carrier": "carrier",
    "a store's app": "app",
    "a browser's push service": "push",
}


@pytest.fixture(scope="session")
async def sandbox(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Sandbox]:
    """One process for all tests; each looks only at what came in its own time."""
    async with (
        standing_gateway() as gateway,
        running(tmp_path_factory.mktemp("sandbox"), gateway) as running_one,
    ):
        yield running_one


@pytest.fixture(params=list(PROVIDERS.values()), ids=list(PROVIDERS))
async def provider(request: pytest.FixtureRequest, sandbox: Sandbox) -> AsyncIterator[Provider]:
    """One of them; what was left open is closed after the test."""
    built = _built(request.param, sandbox)
    match built:
        case Relay(office=office):
            await office.open()
        case PhoneCompany(company=company):
            await company.open()
        case StoresApp(service=service):
            await service.open()
        case Vendor():
            await built.opens()
        case Sandboxed():
            await built.begins()
    try:
        yield built
    finally:
        await built.is_well()
        for channel in built.channels:
            await channel.aclose()
        match built:
            case Relay(office=office):
                await office.close()
            case PhoneCompany(company=company):
                await company.close()
            case StoresApp(service=service):
                await service.close()
            case Vendor(service=push):
                await push.close()
            case _:
                pass


def _built(which: str, sandbox: Sandbox) -> Provider:
    match which:
        case "relay":
            return Relay(kind="email", names_it=True)
        case "carrier":
            return PhoneCompany(kind="sms", names_it=True)
        case "app":
            return StoresApp(kind="app", names_it=False)
        case "push":
            return Vendor(kind="push", names_it=False)
        case "sandbox_mail":
            return Sandboxed(kind="email", names_it=False, sandbox=sandbox)
        case "sandbox_whatsapp":
            return Sandboxed(kind="whatsapp", names_it=True, sandbox=sandbox)
        case _:
            return Sandboxed(kind="sms", names_it=True, sandbox=sandbox)
