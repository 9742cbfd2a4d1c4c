"""Who may call Twilio's hooks, and what anybody may throw at them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from urllib.parse import urlencode

import anyio
import anyio.from_thread
import anyio.to_thread
import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.types import Message
from structlog.testing import capture_logs

from gateway.auth.passwords import Passwords
from gateway.services.presence import Presences
from gateway.store.tables import InboundRow
from gateway.web.app import MOST_BODY, App, build_app
from tests.integration.town.building import Town
from tests.integration.town.carrier import TOKEN, signed
from tests.integration.town.outside import BASE_URL, KEY, NUMBER
from tests.integration.town.townspeople import VERA_PHONE

PATH = f"/hooks/twilio/{KEY}"
OTHER_TOKEN = "the token before this one"
KEYS = {"key_1": "a shared secret of some length", "key_2": "the next one, of some length"}
FORM = {"MessageSid": "SM1", "From": VERA_PHONE, "To": NUMBER, "Body": "Hi"}
URLENCODED = "application/x-www-form-urlencoded"


def by_key(secret: str) -> str:
    text = f"{BASE_URL}{PATH}/message" + "".join(name + FORM[name] for name in sorted(FORM))
    return base64.b64encode(hmac.digest(secret.encode(), text.encode(), hashlib.sha256)).decode()


async def ready() -> dict[str, str]:
    return {}


def gateway(town: Town) -> App:
    """The town's gateway with two tokens and two shared keys."""
    return build_app(
        town.house,
        Presences(town.house),
        Passwords(),
        twilio_tokens=(TOKEN, OTHER_TOKEN),
        twilio_keys=KEYS,
        ready=ready,
    )


def door(town: Town) -> httpx2.AsyncClient:
    """Its door to the world, where a crash is a 500 as it would be."""
    transport = httpx2.ASGITransport(app=gateway(town), raise_app_exceptions=False)
    return httpx2.AsyncClient(transport=transport, base_url=BASE_URL)


async def knock(town: Town, signature: str, header: str | None = None) -> int:
    more = {} if header is None else {"X-Twilio-Webhooks-Signature-Settings": header}
    async with door(town) as web:
        answer = await web.post(
            f"{PATH}/message", data=FORM, headers={"X-Twilio-Signature": signature, **more}
        )
    return answer.status_code


@pytest.mark.parametrize("token", [TOKEN, OTHER_TOKEN])
async def test_both_tokens_open_while_one_is_being_replaced(town: Town, token: str) -> None:
    assert await knock(town, signed(f"{BASE_URL}{PATH}/message", FORM, token)) == 200


@pytest.mark.parametrize("key", KEYS)
async def test_a_shared_key_opens_under_its_own_name(town: Town, key: str) -> None:
    assert await knock(town, by_key(KEYS[key]), f"key={key},algorithm=HMAC_SHA256") == 200


@pytest.mark.parametrize(
    ("secret", "header"),
    [
        (KEYS["key_1"], "key=key_2,algorithm=HMAC_SHA256"),
        (KEYS["key_1"], "algorithm=HMAC_SHA256"),
        (KEYS["key_1"], "key=key_1,algorithm=HMAC_MD5"),
        (KEYS["key_1"], None),
        (TOKEN, "algorithm=HMAC_SHA256"),
        (TOKEN, "key=,algorithm=HMAC_SHA256"),
        ("", "key=key_9,algorithm=HMAC_SHA256"),
    ],
)
async def test_the_header_chooses_no_weaker_secret(
    town: Town, secret: str, header: str | None
) -> None:
    assert await knock(town, by_key(secret), header) == 403
    assert await town.rows(InboundRow) == []


TYPES = st.sampled_from(
    [URLENCODED, "application/json", "multipart/form-data", "text/plain; charset=utf-16", "", "\\"]
)
BROKEN = st.sampled_from(
    [
        b"%",
        b"%zz=%f",
        b"Body=%00",
        b"Body=%ff%fe",
        b"Body=%ed%a0%80",
        b"\xff\xfe\x00",
        b"MessageSid=SM1&MessageSid=SM2",
        b"&&&==&",
        b"a=1;b=2",
        b"a" * 70_000,
        b"a=1&" * 16_000,
        b"Body=" + b"x" * 63_990,
        json.dumps(FORM).encode(),
        b"[" * 10_000,
    ]
)
HOOKS = st.sampled_from(
    ["message", "status", "status?delivery=%ff", "message?bodySHA256=x", "message?x=%00", ""]
)


async def test_whatever_a_stranger_throws_is_refused_and_never_a_500(town: Town) -> None:
    async with door(town) as web:

        async def throw(hook: str, body: bytes, kind: str, signature: bytes) -> int:
            headers = {"Content-Type": kind, "X-Twilio-Signature": signature.decode()}
            answer = await web.post(f"{PATH}/{hook}", content=body, headers=headers)
            return answer.status_code

        @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
        @given(HOOKS, BROKEN | st.binary(max_size=200), TYPES, st.binary(max_size=40))
        def attack(hook: str, body: bytes, kind: str, signature: bytes) -> None:
            shown = base64.b64encode(signature)
            status = anyio.from_thread.run(throw, hook, body, kind, shown)
            assert status == (403 if hook else 404)

        await anyio.to_thread.run_sync(attack)
        assert await throw("message", b"x" * (MOST_BODY + 1), URLENCODED, b"") == 413
    assert await town.rows(InboundRow) == []


@pytest.mark.parametrize("path", [f"{PATH}/message", f"{PATH}/status", "/api/login"])
async def test_a_call_that_breaks_off_in_its_body_is_no_failure_of_ours(
    town: Town, path: str
) -> None:
    coming: list[Message] = [
        {"type": "http.request", "body": b"Body=Half of", "more_body": True},
        {"type": "http.disconnect"},
    ]
    answered: list[Message] = []

    async def receive() -> Message:
        return coming.pop(0)

    async def send(message: Message) -> None:
        answered.append(message)

    headers = [(b"origin", BASE_URL.encode()), (b"content-length", b"99")]
    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "raw_path": path.encode(),
        "http_version": "1.1",
        "query_string": b"",
        "headers": headers,
    }
    with capture_logs() as logged:
        await gateway(town)(scope, receive, send)
    assert [each["event"] for each in logged if each["log_level"] == "error"] == []
    assert answered[0]["status"] == 400
    assert await town.rows(InboundRow) == []


HOOKS_OF_TWILIO = st.sampled_from(["message", "status"])
NAMES = st.sampled_from(
    [*FORM, "NumMedia", "MediaUrl0", "OptOutType", "MessageStatus", "ErrorCode", "SmsSid", "é\x00"]
)
VALUES = st.text(max_size=30) | st.sampled_from(
    [*FORM.values(), "STOP", "START", "10", "-1", "9" * 40, "failed", "21610", "\x00", "whatsapp:"]
)


async def test_whatever_twilio_itself_may_sign_is_taken_or_refused_and_never_a_500(
    town: Town,
) -> None:
    async with door(town) as web:

        async def throw(hook: str, form: dict[str, str]) -> int:
            url = f"{BASE_URL}{PATH}/{hook}"
            headers = {"X-Twilio-Signature": signed(url, form)}
            answer = await web.post(url, data=form, headers=headers)
            return answer.status_code

        @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
        @given(HOOKS_OF_TWILIO, st.dictionaries(NAMES, VALUES), st.booleans())
        def odd(hook: str, fields: dict[str, str], complete: bool) -> None:
            form = {**FORM, **fields} if complete else fields
            status = anyio.from_thread.run(throw, hook, form)
            assert status in (200, 403)

        await anyio.to_thread.run_sync(odd)


LENGTHS = {
    "told": [(b"content-length", b"{}")],
    "not told": [],
    "told twice over": [(b"content-length", b"{}"), (b"transfer-encoding", b"chunked")],
    "beyond reading": [(b"content-length", b"9" * 5_000)],
    "no number": [(b"content-length", "¾".encode("latin-1"))],
}


@pytest.mark.parametrize("length", LENGTHS)
async def test_a_hook_answers_alike_however_it_is_told_how_long_the_form_is(
    town: Town, length: str
) -> None:
    """What says its length plainly goes to the hook at once, and all else through Starlette."""
    path, answered = f"{PATH}/message", list[Message]()
    raw = urlencode(FORM).encode()
    pieces: list[Message] = [
        {"type": "http.request", "body": raw[:10], "more_body": True},
        {"type": "http.request", "body": raw[10:]},
    ]

    async def receive() -> Message:
        return pieces.pop(0)

    async def send(message: Message) -> None:
        answered.append(message)

    told = [(name, value.replace(b"{}", b"%d" % len(raw))) for name, value in LENGTHS[length]]
    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "raw_path": path.encode(),
        "http_version": "1.1",
        "query_string": b"",
        "headers": [
            *told,
            (b"x-twilio-signature", signed(f"{BASE_URL}{path}", FORM).encode()),
            (b"x-twilio-signature", b"another that is not looked at"),
        ],
    }
    await gateway(town)(scope, receive, send)
    assert answered[0]["status"] == 200
    assert len(await town.rows(InboundRow)) == 1
