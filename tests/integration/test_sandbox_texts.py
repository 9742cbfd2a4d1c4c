"""The pretend phone company, driven by Twilio's own SDK."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from logging import getLogger
from typing import TYPE_CHECKING, Any

import pytest
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http import AsyncHttpClient
from twilio.http.response import Response
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from tests.integration.test_sandbox_process import (
    ACCOUNT,
    ADA,
    PATIENCE,
    STORE,
    TOKEN,
    VERA,
    Gateway,
    Hook,
    Sandbox,
    running,
    standing_gateway,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

API = "https://api.twilio.com"


class Transport(AsyncHttpClient):  # type: ignore[misc]  # the SDK has no types
    """The SDK's calls, sent to the sandbox."""

    def __init__(self, sandbox: Sandbox) -> None:
        super().__init__(getLogger(__name__), True, None)
        self._http = sandbox.http

    async def request(
        self,
        method: str,
        url: str,
        params: dict[str, object] | None = None,
        data: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - the SDK's signature
        allow_redirects: bool = False,
    ) -> Response:
        target = url.replace(API, str(self._http.base_url).rstrip("/"), 1)
        extra: dict[str, Any] = {"params": params} if params else {}
        answer = await self._http.request(
            method, target, data=data, headers=headers, auth=auth, **extra
        )
        return Response(answer.status_code, answer.text, answer.headers)


@pytest.fixture
async def gateway() -> AsyncIterator[Gateway]:
    async with standing_gateway() as standing:
        yield standing


@pytest.fixture
async def sandbox(tmp_path: Path, gateway: Gateway) -> AsyncIterator[Sandbox]:
    async with running(tmp_path, gateway) as started:
        yield started


@pytest.fixture(scope="module")
async def steady(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Sandbox]:
    """One sandbox for the tests that leave no trace in each other's way."""
    async with (
        standing_gateway() as nobody,
        running(tmp_path_factory.mktemp("steady"), nobody) as started,
    ):
        yield started


@pytest.fixture
def twilio(sandbox: Sandbox) -> Client:
    return client(sandbox)


def client(sandbox: Sandbox) -> Client:
    return Client(ACCOUNT, TOKEN, http_client=Transport(sandbox))


def status_url(gateway: Gateway) -> str:
    return f"{gateway.url}/hooks/twilio/pk_acme/status?delivery=d%2F1"


async def heard(queue: asyncio.Queue[Hook]) -> Hook:
    hook = await asyncio.wait_for(queue.get(), PATIENCE)
    assert RequestValidator(TOKEN).validate(hook.url, hook.fields, hook.signature)
    return hook


async def text(sandbox: Sandbox, number: str, body: str, **more: str) -> dict[str, Any]:
    answer = await sandbox.http.post(f"/api/phones/{number}/send", json={"body": body, **more})
    assert answer.status_code == 200, answer.text
    result: dict[str, Any] = answer.json()
    return result


async def test_vera_reads_a_text_and_the_gateway_hears_it_was_delivered(
    sandbox: Sandbox, twilio: Client, gateway: Gateway
) -> None:
    callback = status_url(gateway)
    sent = await twilio.messages.create_async(
        to=VERA, from_=STORE, body="It is back in 38 €", status_callback=callback
    )
    assert (sent.status, sent.num_segments, sent.error_code) == ("queued", "1", None)
    assert sent.sid.startswith("SM")
    assert len(sent.sid) == 34
    assert sandbox.accepted("sms") == [
        {
            "sid": sent.sid,
            "to": VERA,
            "from": STORE,
            "body": "It is back in 38 €",
            "at": sandbox.accepted("sms")[0]["at"],
            "status_callback": callback,
            "direction": "outbound-api",
        }
    ]
    hooks = [await heard(gateway.statuses) for _ in range(2)]
    assert [hook.url for hook in hooks] == [callback, callback]
    assert {hook.fields["MessageStatus"] for hook in hooks} == {"sent", "delivered"}
    for hook in hooks:
        assert hook.fields == {
            "AccountSid": ACCOUNT,
            "ApiVersion": "2010-04-01",
            "From": STORE,
            "MessageSid": sent.sid,
            "MessageStatus": hook.fields["MessageStatus"],
            "SmsSid": sent.sid,
            "SmsStatus": hook.fields["MessageStatus"],
            "To": VERA,
        }
    shown = await sandbox.arrived(VERA, "It is back in 38 €")
    assert (shown["peer"], shown["sid"]) == (STORE, sent.sid)
    assert (await twilio.messages(sent.sid).fetch_async()).status == "delivered"


async def test_a_text_by_messaging_service_leaves_from_the_stores_number(
    sandbox: Sandbox, twilio: Client, gateway: Gateway
) -> None:
    service = "MG" + "0" * 32
    sent = await twilio.messages.create_async(
        to=VERA,
        messaging_service_sid=service,
        body="Hello",
        status_callback=f"{gateway.url}/hooks/twilio/pk_acme/status",
    )
    assert (sent.status, sent.from_) == ("accepted", None)
    hook = await heard(gateway.statuses)
    assert (hook.fields["From"], hook.fields["MessagingServiceSid"]) == (STORE, service)


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({"to": "5550100123", "from_": STORE, "body": "Hi"}, 21211),
        ({"to": VERA, "from_": "12", "body": "Hi"}, 21212),
        ({"to": VERA, "from_": VERA, "body": "Hi"}, 21266),
        ({"to": VERA, "from_": STORE, "body": ""}, 21602),
        ({"to": VERA, "body": "Hi"}, 21603),
        ({"to": VERA, "from_": STORE, "body": "x" * 1601}, 21617),
        ({"to": VERA, "from_": STORE, "body": "Hi", "status_callback": "here"}, 21609),
    ],
)
async def test_a_wrong_text_is_refused_with_twilios_code(
    steady: Sandbox, wish: dict[str, str], code: int
) -> None:
    before = steady.accepted("sms")
    with pytest.raises(TwilioRestException) as caught:
        await client(steady).messages.create_async(**wish)
    assert (caught.value.status, caught.value.code) == (400, code)
    assert steady.accepted("sms") == before


async def test_a_wrong_token_is_refused(sandbox: Sandbox) -> None:
    stranger = Client(ACCOUNT, "another token", http_client=Transport(sandbox))
    with pytest.raises(TwilioRestException) as caught:
        await stranger.messages.create_async(to=VERA, from_=STORE, body="Hi")
    assert (caught.value.status, caught.value.code) == (401, 20003)
    with pytest.raises(TwilioException, match="20003"):
        await stranger.messages.list_async()


@pytest.mark.parametrize(
    ("body", "parts"),
    [
        ("a" * 160, "1"),
        ("a" * 161, "2"),
        ("€" * 80, "1"),
        ("€" * 81, "2"),
        ("ж" * 70, "1"),
        ("ж" * 71, "2"),
        ("a" * 152 + "€" * 77, "3"),
        ("😀" * 35, "1"),
        ("😀" * 67, "3"),
    ],
)
async def test_the_parts_of_a_text_are_counted_as_they_go_on_the_air(
    steady: Sandbox, body: str, parts: str
) -> None:
    sent = await client(steady).messages.create_async(to=VERA, from_=STORE, body=body)
    assert sent.num_segments == parts


async def test_a_listing_finds_what_was_sent_to_vera_page_by_page(
    sandbox: Sandbox, twilio: Client
) -> None:
    for number in range(5):
        await twilio.messages.create_async(to=VERA, from_=STORE, body=f"Text {number}")
    await twilio.messages.create_async(to=ADA, from_=STORE, body="For Ada")
    hour = timedelta(hours=1)
    now = datetime.fromtimestamp(sandbox.accepted("sms")[0]["at"] // 1_000_000, tz=UTC)
    listed = await twilio.messages.list_async(to=VERA, date_sent_after=now - hour, page_size=2)
    assert [found.body for found in listed] == [f"Text {number}" for number in (4, 3, 2, 1, 0)]
    assert await twilio.messages.list_async(to=VERA, date_sent_after=now + hour) == []
    assert await twilio.messages.list_async(to=VERA, date_sent_before=now - hour) == []
    assert len(await twilio.messages.list_async(date_sent=now.date())) == 6
    assert len(await twilio.messages.list_async(from_=ADA)) == 0
    with pytest.raises(TwilioRestException) as caught:
        await twilio.messages("SM" + "0" * 32).fetch_async()
    assert caught.value.status == 404


async def test_vera_answers_and_reads_what_the_webhook_said(
    sandbox: Sandbox, twilio: Client, gateway: Gateway
) -> None:
    other = "+15550100002"
    await twilio.messages.create_async(to=VERA, from_=other, body="From the other number")
    await sandbox.arrived(VERA, "From the other number")
    gateway.answers = [(200, "<Response><Message>Thank &amp; you</Message></Response>")]
    result = await text(sandbox, VERA, "Perfect, thx 👍")
    assert (result["status_code"], result["attempts"]) == (200, 1)
    hook = await heard(gateway.hooks)
    assert hook.fields.keys() >= {"FromCity", "FromCountry", "ToZip", "ApiVersion", "SmsStatus"}
    asked = ("MessageSid", "SmsSid", "SmsMessageSid", "From", "To", "Body", "NumMedia")
    assert [hook.fields[name] for name in asked] == [
        *[result["sid"]] * 3,
        VERA,
        other,
        "Perfect, thx 👍",
        "0",
    ]
    assert "OptOutType" not in hook.fields
    assert (await sandbox.arrived(VERA, "Thank & you"))["peer"] == other
    (inbound,) = await twilio.messages.list_async(from_=VERA)
    assert (inbound.sid, inbound.direction, inbound.status) == (
        result["sid"],
        "inbound",
        "received",
    )


async def test_a_failing_webhook_is_tried_again_as_the_same_call(
    sandbox: Sandbox, gateway: Gateway
) -> None:
    gateway.answers = [(500, "")]
    result = await text(sandbox, VERA, "Hello?")
    assert (result["status_code"], result["attempts"]) == (200, 2)
    first, second = await heard(gateway.hooks), await heard(gateway.hooks)
    assert first.idempotency == second.idempotency
    assert first.fields == second.fields
    await text(sandbox, VERA, "Another one")
    assert (await heard(gateway.hooks)).idempotency != first.idempotency


async def test_a_webhook_that_refuses_is_not_tried_again_and_vera_sees_it(
    sandbox: Sandbox, gateway: Gateway
) -> None:
    gateway.answers = [(403, "")]
    result = await text(sandbox, VERA, "Hello?", to=STORE)
    assert (result["status_code"], result["attempts"]) == (403, 1)
    assert [shown["status"] for shown in (await sandbox.state())["phones"][VERA]] == ["failed"]


@pytest.mark.parametrize("wish", [{}, {"body": " "}, {"body": "Hi", "to": "the store"}])
async def test_a_phone_cannot_send_nonsense(steady: Sandbox, wish: dict[str, str]) -> None:
    answer = await steady.http.post(f"/api/phones/{VERA}/send", json=wish)
    assert answer.status_code == 400
    texts = (await steady.state())["phones"][VERA]
    assert [shown for shown in texts if shown["direction"] == "out"] == []
