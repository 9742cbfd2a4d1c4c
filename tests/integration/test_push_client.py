"""The push channel against a push service on loopback: what is sent, and what each answer means."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from gateway.channels.port import Accepted, Outgoing, Rejected, Subscribed, Unavailable
from gateway.channels.push.client import LEAST_TTL, MOST_TTL, USUAL_TTL, PushChannel
from gateway.channels.push.hosts import PushHosts
from gateway.channels.push.vapid import VapidKey
from gateway.clock import SECOND
from gateway.egress import Egress
from gateway.sandbox.browsers import Browser
from tests.integration.test_egress import Names
from tests.integration.town.moving_clock import MovingClock
from tests.integration.town.push_service import Answers, PushService

CONTACT = "mailto:ops@acme.example"
KEY = VapidKey.make()
WORDS = '{"title":"New reply from Acme"}'


@pytest.fixture
async def service() -> AsyncIterator[PushService]:
    """On loopback, by a clock that stands still."""
    opened = PushService(MovingClock())
    await opened.open()
    yield opened
    await opened.close()


def channel(service: PushService, **more: object) -> PushChannel:
    hosts = PushHosts.named([service.base])
    return PushChannel(CONTACT, hosts, clock=service.clock, **more)  # type: ignore[arg-type]


def to(service: PushService, browser: Browser, **changed: object) -> Outgoing:
    told = browser.subscription(service.base)
    keys = told["keys"]
    assert isinstance(keys, dict)
    plain = Outgoing(
        delivery_id="d1",
        channel="push",
        to=str(told["endpoint"]),
        sender=KEY.public,
        text=WORDS,
        browser=Subscribed(**keys, signing=KEY.private, topic="abc"),
    )
    return replace(plain, **changed)  # type: ignore[arg-type]


async def test_what_is_sent_is_what_push_services_ask_for(service: PushService) -> None:
    vera = service.browser(KEY.public)
    outcome = await channel(service).send(to(service, vera, valid_for=600))
    assert outcome == Accepted()
    (call,), (told,) = service.calls, service.taken
    assert told.payload == WORDS
    assert {name: call.headers[name] for name in ("ttl", "topic", "urgency")} == {
        "ttl": "600",
        "topic": "abc",
        "urgency": "high",
    }
    assert call.headers["content-encoding"] == "aes128gcm"
    assert "cookie" not in call.headers


@pytest.mark.parametrize(
    ("valid_for", "ttl"),
    [(None, USUAL_TTL), (0, USUAL_TTL), (1, LEAST_TTL), (600, 600), (10**9, MOST_TTL)],
)
async def test_a_notification_is_never_dropped_at_once_and_never_kept_for_ever(
    service: PushService, valid_for: int | None, ttl: int
) -> None:
    vera = service.browser(KEY.public)
    await channel(service).send(to(service, vera, valid_for=valid_for))
    assert service.calls[0].headers["ttl"] == str(ttl)


@pytest.mark.parametrize(
    ("status", "blame", "alert", "down"),
    [
        (404, "address", False, False),
        (410, "address", False, False),
        (413, "content", False, False),
        (401, "us", True, True),
        (403, "us", True, True),
        (400, "us", True, False),
        (418, "us", True, False),
    ],
)
async def test_a_refusal_says_whose_fault_it_is(
    service: PushService, status: int, blame: str, alert: bool, down: bool
) -> None:
    service.says(Answers(status))
    outcome = await channel(service).send(to(service, service.browser(KEY.public)))
    assert isinstance(outcome, Rejected)
    assert (outcome.blame, outcome.alert, outcome.down) == (blame, alert, down)
    assert outcome.code == str(status)


@pytest.mark.parametrize("status", [200, 201, 202, 204])
async def test_every_yes_is_a_yes(service: PushService, status: int) -> None:
    service.says(Answers(status))
    assert await channel(service).send(to(service, service.browser(KEY.public))) == Accepted()


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ("30", 30.0),
        ("Fri, 09 Jan 2026 12:01:00 GMT", 60.0),
        ("Fri, 09 Jan 2026 11:00:00 GMT", 0.0),
        ("soon", None),
        ("-5", None),
        ("9" * 40, None),
        ("", None),
    ],
)
async def test_a_busy_service_says_when_to_come_again(
    service: PushService, told: str, seconds: float | None
) -> None:
    service.says(Answers(429, {"Retry-After": told}))
    outcome = await channel(service).send(to(service, service.browser(KEY.public)))
    assert isinstance(outcome, Unavailable)
    assert outcome.retry_after == (None if seconds is None else pytest.approx(seconds, abs=0.1))


@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_a_service_that_is_down_has_taken_nothing(service: PushService, status: int) -> None:
    service.says(Answers(status))
    outcome = await channel(service).send(to(service, service.browser(KEY.public)))
    assert isinstance(outcome, Unavailable)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_never_followed(service: PushService, status: int) -> None:
    vera = service.browser(KEY.public)
    elsewhere = f"{service.base}/push/{service.browser(KEY.public).id}"
    service.says(Answers(status, {"Location": elsewhere}))
    outcome = await channel(service).send(to(service, vera))
    assert isinstance(outcome, Unavailable)
    assert len(service.calls) == 1
    assert service.taken == []


async def test_a_host_that_is_none_of_theirs_is_not_called(service: PushService) -> None:
    strict = PushChannel(CONTACT, PushHosts(), clock=service.clock)
    outcome = await strict.send(to(service, service.browser(KEY.public)))
    assert isinstance(outcome, Rejected)
    assert outcome.blame == "address"
    assert service.calls == []


async def test_a_vendor_s_name_that_leads_into_our_own_network_is_not_called(
    service: PushService,
) -> None:
    inward = Egress(resolve=Names([("127.0.0.1", service.port)]))
    strict = PushChannel(CONTACT, PushHosts(), clock=service.clock, egress=inward)
    there = to(service, service.browser(KEY.public), to="https://fcm.googleapis.com/fcm/send/a")
    outcome = await strict.send(there)
    assert isinstance(outcome, Unavailable)
    assert outcome.code == "address_not_allowed"
    assert service.calls == []


async def test_keys_that_are_none_are_the_browser_s_own_fault(service: PushService) -> None:
    bad = Subscribed(p256dh="A" * 87, auth="A" * 22, signing=KEY.private, topic="abc")
    sent = replace(to(service, service.browser(KEY.public)), browser=bad)
    outcome = await channel(service).send(sent)
    assert isinstance(outcome, Rejected)
    assert (outcome.blame, outcome.code) == ("address", "keys")
    assert service.calls == []


async def test_what_no_push_service_takes_is_not_sent(service: PushService) -> None:
    vera = service.browser(KEY.public)
    outcome = await channel(service).send(to(service, vera, text="x" * 4_000))
    assert isinstance(outcome, Rejected)
    assert outcome.blame == "content"
    assert service.calls == []


async def test_the_service_refuses_another_s_key_and_one_whose_time_is_over(
    service: PushService,
) -> None:
    other = service.browser(VapidKey.make().public)
    await channel(service).send(to(service, other))
    vera = service.browser(KEY.public)
    late = MovingClock(service.clock.now() - 25 * 3_600 * SECOND)
    hosts = PushHosts.named([service.base])
    await PushChannel(CONTACT, hosts, clock=late).send(to(service, vera))
    assert [status for status, _ in service.refused] == [403, 403]
