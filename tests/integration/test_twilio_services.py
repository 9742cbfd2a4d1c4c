"""What the doctor sees of a Messaging Service, asked of a server that speaks as Twilio does."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web

from gateway.channels.twilio.health import PATIENT, Account, Sender, look_at_twilio
from gateway.core.finding import Finding

ACCOUNT, SERVICE = "AC" + "0a" * 16, "MG" + "0b" * 16
NUMBER = "+14155550100"
WEBHOOK = "https://chat.acme.example/hooks/twilio/pk_acme/message"


@dataclass
class Twilio:
    """One account with one Messaging Service (twilio.com/docs/messaging/api/service-resource)."""

    service: dict[str, Any] | None = None
    numbers: list[str] = field(default_factory=lambda: [NUMBER])
    codes: list[str] = field(default_factory=list)
    sms_url: str = ""
    base: str = ""

    async def serve(self, request: web.BaseRequest) -> web.Response:
        """Whatever is asked for by its path."""
        home = f"/v1/Services/{SERVICE}"
        numbers = [{"phone_number": each, "sid": "PN1"} for each in self.numbers]
        codes = [{"short_code": each, "sid": "SC1"} for each in self.codes]
        owned = {"phone_number": NUMBER, "sms_url": self.sms_url, "sms_method": "POST"}
        answers: dict[str, Any] = {
            f"/2010-04-01/Accounts/{ACCOUNT}.json": {"status": "active", "type": "Full"},
            f"/2010-04-01/Accounts/{ACCOUNT}/IncomingPhoneNumbers.json": {
                "incoming_phone_numbers": [owned]
            },
            f"{home}/PhoneNumbers": {"phone_numbers": numbers, "meta": {"key": "phone_numbers"}},
            f"{home}/ShortCodes": {"short_codes": codes, "meta": {"key": "short_codes"}},
        }
        if self.service is not None:
            answers[home] = self.service
        if request.path not in answers:
            return web.json_response({"code": 20404, "message": "No", "status": 404}, status=404)
        return web.json_response(answers[request.path])

    async def said(self) -> Finding:
        """What the doctor says of the service."""
        account = Account(sid=ACCOUNT, token="the token", api_base=self.base)
        sender = Sender(store_key="pk_acme", number=SERVICE, webhook=WEBHOOK)
        own, service = await look_at_twilio(account, (sender,))
        assert own.level == "ok"
        return service


def calling(url: str, *, on_number: bool = False) -> dict[str, Any]:
    return {
        "sid": SERVICE,
        "inbound_request_url": url,
        "inbound_method": "POST",
        "use_inbound_webhook_on_number": on_number,
    }


@pytest.fixture
async def twilio() -> AsyncIterator[Twilio]:
    """It listens on loopback."""
    told = Twilio()
    runner = web.ServerRunner(web.Server(told.serve))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    told.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield told
    await runner.cleanup()


async def test_a_service_that_has_numbers_and_calls_us_is_good(twilio: Twilio) -> None:
    twilio.service = calling(WEBHOOK + PATIENT)
    found = await twilio.said()
    assert (found.level, found.words) == ("ok", "it is ours and calls us")


async def test_a_service_of_short_codes_alone_is_good_too(twilio: Twilio) -> None:
    twilio.service, twilio.numbers, twilio.codes = calling(WEBHOOK + PATIENT), [], ["72345"]
    assert (await twilio.said()).level == "ok"


@pytest.mark.parametrize(("url", "calls"), [("", "nobody"), ("https://x.example/", "another")])
async def test_a_service_that_calls_somebody_else_is_wrong(
    twilio: Twilio, url: str, calls: str
) -> None:
    twilio.service = calling(url)
    found = await twilio.said()
    assert (found.level, calls in found.words) == ("wrong", True)
    assert f"{WEBHOOK}{PATIENT}" in found.advice


async def test_a_service_without_a_number_cannot_text(twilio: Twilio) -> None:
    twilio.service, twilio.numbers = calling(WEBHOOK + PATIENT), []
    found = await twilio.said()
    assert (found.level, "no number" in found.words) == ("wrong", True)


async def test_a_service_that_is_not_there_is_wrong(twilio: Twilio) -> None:
    found = await twilio.said()
    assert (found.level, "no Messaging Service" in found.words) == ("wrong", True)


async def test_a_service_may_leave_texts_to_its_numbers(twilio: Twilio) -> None:
    twilio.service, twilio.sms_url = calling("", on_number=True), WEBHOOK + PATIENT
    assert (await twilio.said()).level == "ok"
    twilio.sms_url = ""
    found = await twilio.said()
    assert (found.level, NUMBER in found.about) == ("wrong", True)


async def test_a_webhook_that_is_tried_once_only_is_doubtful(twilio: Twilio) -> None:
    twilio.service = calling(WEBHOOK)
    assert (await twilio.said()).level == "warning"
