"""Texts to Vera through a server that speaks as Twilio does, on its good days and its bad ones."""

from __future__ import annotations

import base64
import json
import socket
import subprocess
import sys
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any, cast

import anyio
import pytest
from aiohttp import web

from gateway.channels.port import Accepted, Outcome, Outgoing, Rejected, Unavailable, Unknown
from gateway.channels.twilio.client import TwilioSms
from gateway.channels.twilio.codes import VERDICTS, Effect, rejection
from gateway.errors import Misconfigured

if TYPE_CHECKING:
    import asyncio
    from collections.abc import AsyncIterator, Awaitable, Callable

ACCOUNT = "AC" + "0a" * 16
TOKEN = "the auth token"
SID = "SM" + "1b" * 16
SERVICE = "MG" + "2c" * 16
PATH = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
TIMEOUT = 5.0
SHORT = 0.2
SENT_AT = 1_767_960_000_000_000  # 2026-01-09 12:00:00 UTC, in microseconds

OUTGOING = Outgoing(
    delivery_id="01jd3v0e8zq6w4x2k9n7m5t1ab",
    channel="sms",
    to="+14155550100",
    sender="+14155550199",
    text="Your shoes have left us – 100% & more 👟",
    status_callback="https://shop.example/hooks/twilio/k/status?d=1",
)


def message(**fields: Any) -> dict[str, Any]:
    """One message as Twilio lists it."""
    return {
        "sid": SID,
        "body": OUTGOING.text,
        "to": OUTGOING.to,
        "from": OUTGOING.sender,
        "messaging_service_sid": None,
        "status": "sent",
        "direction": "outbound-api",
        "date_created": when(1),
        "date_sent": when(2),
        "error_code": None,
        **fields,
    }


def when(seconds: float) -> str:
    """An instant so long after the hand-over, as Twilio writes it."""
    return format_datetime(datetime.fromtimestamp(SENT_AT / 1e6, UTC) + timedelta(seconds=seconds))


@dataclass
class Twilio:
    """The provider: its ledger of requests, and how it answers the next."""

    forms: list[dict[str, str]] = field(default_factory=list)
    queries: list[dict[str, str]] = field(default_factory=list)
    requests: list[web.BaseRequest] = field(default_factory=list)
    peers: set[tuple[str, int]] = field(default_factory=set)
    base: str = ""
    answer: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]] | None = None
    listed: list[dict[str, Any]] = field(default_factory=list)

    async def serve(self, request: web.BaseRequest) -> web.StreamResponse:
        self.requests.append(request)
        assert request.transport is not None
        self.peers.add(request.transport.get_extra_info("peername"))
        if request.method == "POST":
            form = await request.post()
            self.forms.append({name: str(value) for name, value in form.items()})
        else:
            self.queries.append(dict(request.query))
        if self.answer is not None:
            return await self.answer(request)
        if request.method == "POST":
            return web.json_response({"sid": SID, "status": "queued"}, status=201)
        return web.json_response({"messages": self.listed, "next_page_uri": None})

    def refuses(self, status: int, code: int | None = None, **headers: str) -> None:
        async def answer(request: web.BaseRequest) -> web.StreamResponse:
            body = {"code": code, "message": "No", "more_info": "", "status": status}
            text = json.dumps(body) if code is not None else "<html>No</html>"
            return web.Response(status=status, text=text, headers=headers)

        self.answer = answer

    def says(self, text: str, status: int = 201) -> None:
        async def answer(request: web.BaseRequest) -> web.StreamResponse:
            return web.Response(status=status, text=text, content_type="application/json")

        self.answer = answer

    def hangs(self) -> None:
        async def answer(request: web.BaseRequest) -> web.StreamResponse:
            await anyio.Event().wait()
            raise AssertionError

        self.answer = answer

    def drops(self) -> None:
        async def answer(request: web.BaseRequest) -> web.StreamResponse:
            cast("asyncio.Transport", request.transport).abort()
            return web.Response()

        self.answer = answer


@pytest.fixture
async def twilio() -> AsyncIterator[Twilio]:
    provider = Twilio()
    server = web.ServerRunner(
        web.Server(provider.serve, handler_cancellation=True), shutdown_timeout=0.1
    )
    await server.setup()
    site = web.TCPSite(server, "127.0.0.1", 0)
    await site.start()
    provider.base = f"http://127.0.0.1:{server.addresses[0][1]}"
    yield provider
    await server.cleanup()


@asynccontextmanager
async def sms(base: str, **options: Any) -> AsyncIterator[TwilioSms]:
    channel = TwilioSms(ACCOUNT, TOKEN, api_base=base, **{"timeout": TIMEOUT, **options})
    try:
        yield channel
    finally:
        await channel.aclose()


async def send(twilio: Twilio, outgoing: Outgoing = OUTGOING, **options: Any) -> Outcome:
    async with sms(twilio.base, **options) as channel:
        return await channel.send(outgoing)


async def test_vera_is_texted(twilio: Twilio) -> None:
    assert await send(twilio) == Accepted(provider_id=SID, state="accepted")
    [request] = twilio.requests
    assert (request.method, request.path) == ("POST", PATH)
    assert twilio.forms == [
        {
            "To": OUTGOING.to,
            "From": OUTGOING.sender,
            "Body": OUTGOING.text,
            "StatusCallback": OUTGOING.status_callback,
        }
    ]
    credentials = base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
    assert request.headers["Authorization"] == f"Basic {credentials}"


async def test_a_messaging_service_chooses_the_number(twilio: Twilio) -> None:
    await send(twilio, replace(OUTGOING, sender=SERVICE, status_callback=None))
    assert twilio.forms == [
        {"To": OUTGOING.to, "MessagingServiceSid": SERVICE, "Body": OUTGOING.text}
    ]


async def test_the_base_may_have_a_path_and_a_slash(twilio: Twilio) -> None:
    twilio.base += "/fake/"
    await send(twilio)
    assert twilio.requests[0].path == f"/fake{PATH}"


async def test_the_environment_moves_nothing(
    twilio: Twilio, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("TWILIO_REGION", "TWILIO_EDGE", "TWILIO_ACCOUNT_SID"):
        monkeypatch.setenv(name, "elsewhere")
    assert isinstance(await send(twilio), Accepted)


@pytest.mark.parametrize("code", sorted(VERDICTS))
async def test_a_refusal_means_what_its_code_says(twilio: Twilio, code: int) -> None:
    twilio.refuses(400, code)
    row = VERDICTS[code]
    if row.effect is Effect.RETRY:
        assert await send(twilio) == Unavailable(code=str(code), words=row.words)
    else:
        assert await send(twilio) == rejection(code)
    assert len(twilio.forms) == 1


@pytest.mark.parametrize(
    ("status", "code", "outcome", "blame", "named"),
    [
        (400, 98765, Rejected, "content", "98765"),
        (400, None, Rejected, "content", "400"),
        (401, 20003, Rejected, "us", "20003"),
        (401, None, Rejected, "us", "20003"),
        (401, 70051, Rejected, "us", "20003"),
        (403, None, Rejected, "us", "20003"),
        (404, 20404, Rejected, "us", "20404"),
        (301, None, Rejected, "us", "301"),
        (408, None, Unknown, None, "408"),
        (500, 20500, Unknown, None, "20500"),
        (500, 21610, Unknown, None, "21610"),
        (502, None, Unknown, None, "502"),
        (503, 20503, Unknown, None, "20503"),
        (504, None, Unknown, None, "504"),
    ],
)
async def test_an_answer_means_what_its_status_says(
    twilio: Twilio,
    status: int,
    code: int | None,
    outcome: type[Outcome],
    blame: str | None,
    named: str,
) -> None:
    twilio.refuses(status, code, Location=f"{twilio.base}/elsewhere")
    answer = await send(twilio)
    assert isinstance(answer, outcome)
    assert not isinstance(answer, Accepted)
    assert answer.code == named
    assert blame == (answer.blame if isinstance(answer, Rejected) else None)
    assert len(twilio.requests) == 1


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("7", 7.0), ("0.5", 0.5), ("", None), ("soon", None), ("-1", None), ("nan", None)],
)
async def test_too_many_at_once_are_for_later(
    twilio: Twilio, header: str, seconds: float | None
) -> None:
    twilio.refuses(429, 20429, **{"Retry-After": header})
    assert await send(twilio) == Unavailable(
        code="20429", words="Too many requests at once", retry_after=seconds
    )


async def test_an_answer_that_never_comes_leaves_it_unknown(twilio: Twilio) -> None:
    twilio.hangs()
    answer = await send(twilio, timeout=SHORT)
    assert isinstance(answer, Unknown)
    assert answer.code == "lost"
    assert len(twilio.forms) == 1


async def test_a_line_that_breaks_after_the_request_leaves_it_unknown(twilio: Twilio) -> None:
    twilio.drops()
    assert isinstance(await send(twilio), Unknown)
    assert len(twilio.forms) == 1


async def test_a_kept_connection_that_breaks_leaves_it_unknown(twilio: Twilio) -> None:
    """The library repeats some requests by itself on a kept connection; a POST it may not."""
    async with sms(twilio.base) as channel:
        assert isinstance(await channel.send(OUTGOING), Accepted)
        twilio.drops()
        assert isinstance(await channel.send(OUTGOING), Unknown)
    assert len(twilio.forms) == 2


@pytest.mark.parametrize(
    "body",
    ["", "not json", "[]", "null", "7", "{}", '{"sid": null}', '{"sid": "'],
)
async def test_a_yes_that_cannot_be_read_leaves_it_unknown(twilio: Twilio, body: str) -> None:
    twilio.says(body)
    assert isinstance(await send(twilio), Unknown)


async def test_where_nobody_listens_nothing_was_sent() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        async with sms(f"http://127.0.0.1:{free.getsockname()[1]}") as channel:
            answer = await channel.send(OUTGOING)
    assert answer == Unavailable(code="not_connected", words="Twilio cannot be reached")


async def test_a_handshake_that_stalls_was_sent_nothing() -> None:
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen()
        async with sms(f"https://127.0.0.1:{mute.getsockname()[1]}", timeout=SHORT) as channel:
            answer = await channel.send(OUTGOING)
    assert answer == Unavailable(code="not_connected", words="Twilio cannot be reached")


async def test_a_server_without_tls_was_sent_nothing(twilio: Twilio) -> None:
    async with sms(twilio.base.replace("http:", "https:")) as channel:
        assert isinstance(await channel.send(OUTGOING), Unavailable)
    assert twilio.forms == []


@pytest.mark.parametrize(
    "change", [{"text": "half \ud83d"}, {"text": "nul \x00"}, {"to": "+1\ud83d"}]
)
async def test_what_cannot_be_encoded_is_not_sent(twilio: Twilio, change: dict[str, str]) -> None:
    answer = await send(twilio, replace(OUTGOING, **change))  # type: ignore[arg-type]
    assert isinstance(answer, Rejected)
    assert (answer.blame, answer.code) == ("content", "encoding")
    assert twilio.requests == []


async def test_texts_share_a_connection(twilio: Twilio) -> None:
    async with sms(twilio.base) as channel:
        for _ in range(5):
            await channel.send(OUTGOING)
    assert len(twilio.forms) == 5
    assert len(twilio.peers) == 1


async def test_many_first_texts_at_once_all_go(twilio: Twilio) -> None:
    outcomes: list[Outcome] = []
    async with sms(twilio.base) as channel:

        async def one(n: int) -> None:
            outcomes.append(await channel.send(replace(OUTGOING, text=f"text {n}")))

        async with anyio.create_task_group() as texts:
            for n in range(10):
                texts.start_soon(one, n)
    assert outcomes == [Accepted(provider_id=SID)] * 10
    assert sorted(form["Body"] for form in twilio.forms) == sorted(f"text {n}" for n in range(10))


async def test_a_closed_channel_sends_nothing(twilio: Twilio) -> None:
    async with sms(twilio.base) as channel:
        await channel.send(OUTGOING)
    await channel.aclose()
    assert isinstance(await channel.send(OUTGOING), Unavailable)
    assert await channel.find(OUTGOING, SENT_AT) is None
    assert len(twilio.requests) == 1


@pytest.mark.parametrize(
    "base",
    ["ftp://x", "api.twilio.com", "http://", "http://x:99999", "http://x:y", "http://x?y", "//x"],
)
def test_a_base_that_is_no_address_is_refused(base: str) -> None:
    with pytest.raises(Misconfigured):
        TwilioSms(ACCOUNT, TOKEN, api_base=base)


@pytest.mark.parametrize(("account", "token"), [("", TOKEN), (ACCOUNT, "")])
def test_a_missing_credential_is_refused(account: str, token: str) -> None:
    with pytest.raises(Misconfigured):
        TwilioSms(account, token, api_base=None)


def test_the_sdk_is_not_imported_before_it_is_needed() -> None:
    code = (
        "import sys, gateway.channels.twilio.client, gateway.channels.twilio.signature,"
        " gateway.channels.twilio.webhooks\n"
        "print([name for name in ('twilio', 'aiohttp', 'requests') if name in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


# What became of it


async def find(twilio: Twilio, outgoing: Outgoing = OUTGOING, **options: Any) -> Accepted | None:
    async with sms(twilio.base, **options) as channel:
        return await channel.find(outgoing, SENT_AT)


async def test_a_text_of_unknown_outcome_is_found(twilio: Twilio) -> None:
    twilio.listed = [message(status="delivered")]
    assert await find(twilio) == Accepted(provider_id=SID, state="delivered")
    [query] = twilio.queries
    assert query["To"] == OUTGOING.to
    assert query["From"] == OUTGOING.sender
    assert query["DateSent>"] == "2026-01-09T11:59:59Z"
    assert twilio.requests[0].path == PATH


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("queued", "accepted"),
        ("sent", "sent"),
        ("undelivered", "failed"),
        ("read", "read"),
        ("new", "accepted"),
    ],
)
async def test_it_is_found_in_the_state_it_is_in(twilio: Twilio, status: str, state: str) -> None:
    twilio.listed = [message(status=status)]
    assert await find(twilio) == Accepted(provider_id=SID, state=state)


async def test_a_service_s_text_is_found_by_the_service(twilio: Twilio) -> None:
    twilio.listed = [message(messaging_service_sid=SERVICE, **{"from": "+14155550111"})]
    found = await find(twilio, replace(OUTGOING, sender=SERVICE))
    assert found == Accepted(provider_id=SID, state="sent")
    assert "From" not in twilio.queries[0]


@pytest.mark.parametrize(
    "other",
    [
        {"body": OUTGOING.text + " "},
        {"body": None},
        {"to": "+14155550101"},
        {"from": "+14155550198"},
        {"date_created": when(-2)},
        {"date_created": None, "date_sent": when(-60)},
    ],
)
async def test_another_text_is_not_taken_for_it(twilio: Twilio, other: dict[str, Any]) -> None:
    twilio.listed = [message(**other)]
    assert await find(twilio) is None
    twilio.listed.append(message())
    assert await find(twilio) == Accepted(provider_id=SID, state="sent")


async def test_two_alike_prove_nothing(twilio: Twilio) -> None:
    twilio.listed = [message(), message(sid="SM" + "3d" * 16)]
    assert await find(twilio) is None


async def test_a_search_that_fails_has_found_nothing(twilio: Twilio) -> None:
    troubles: tuple[Callable[[], None], ...] = (
        lambda: twilio.refuses(500, 20500),
        lambda: twilio.refuses(429, 20429),
        lambda: twilio.refuses(401, 20003),
        twilio.drops,
        lambda: twilio.says("not json", 200),
        lambda: twilio.says("[]", 200),
        lambda: twilio.says('{"messages": 7}', 200),
    )
    for trouble in troubles:
        trouble()
        assert await find(twilio) is None
    twilio.hangs()
    assert await find(twilio, timeout=SHORT) is None
