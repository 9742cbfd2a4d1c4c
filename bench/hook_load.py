"""A phone company's webhooks, many at once: ``python -m bench.hook_load PORT FIRST COUNT PHONES``.

A process of its own and as thin as can be: every request is written and signed before the clock
starts. It prints how many seconds it took until the last 200, and fails when a server says anything
else. ``FIRST`` numbers the texts, so that no two rounds bring the same one.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import sys
import time
from collections.abc import Iterator, Sequence
from urllib.parse import urlencode

import uvloop

CONNECTIONS = 32
TOKEN = "the auth token of the bench"  # noqa: S105 - of no account
ACCOUNT = "AC" + "0" * 32
OURS = "+14155550100"
PUBLIC = "https://chat.acme.example"
PATH = "/hooks/twilio/acme/message"
WORDS = "Hello, where is my order 4711? It should have been here on Monday."


def phone(number: int) -> str:
    """One of the phones that text in."""
    return f"+1415556{number:04}"


def webhook(number: int, sender: str) -> bytes:
    """A whole request as Twilio sends it: twilio.com/docs/messaging/guides/webhook-request."""
    sid = f"SM{number:032x}"
    form = {
        "ToCountry": "US",
        "SmsMessageSid": sid,
        "NumMedia": "0",
        "SmsSid": sid,
        "SmsStatus": "received",
        "FromCountry": "US",
        "Body": f"{WORDS} ({number})",
        "To": OURS,
        "NumSegments": "1",
        "MessageSid": sid,
        "AccountSid": ACCOUNT,
        "From": sender,
        "ApiVersion": "2010-04-01",
    }
    told = PUBLIC + PATH + "".join(name + form[name] for name in sorted(form))
    signature = base64.b64encode(hmac.digest(TOKEN.encode(), told.encode(), hashlib.sha1)).decode()
    body = urlencode(form).encode()
    head = (
        f"POST {PATH} HTTP/1.1\r\nHost: chat.acme.example\r\n"
        "Content-Type: application/x-www-form-urlencoded; charset=utf-8\r\n"
        f"X-Twilio-Signature: {signature}\r\nUser-Agent: TwilioProxy/1.1\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def load(port: int, requests: Sequence[bytes]) -> float:
    """Bring these over kept connections; seconds."""
    waiting = iter(requests)
    begun = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for _ in range(CONNECTIONS):
            group.create_task(_bring(port, waiting))
    return time.perf_counter() - begun


async def _bring(port: int, waiting: Iterator[bytes]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for request in waiting:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(f"was told {head[:60]!r}")
        length = next(
            int(line.partition(b":")[2])
            for line in head.lower().split(b"\r\n")
            if line.startswith(b"content-length")
        )
        await reader.readexactly(length)
    writer.close()
    await writer.wait_closed()


if __name__ == "__main__":
    port, first, count, phones = map(int, sys.argv[1:])
    texts = [webhook(each, phone(each % phones)) for each in range(first, first + count)]
    print(uvloop.run(load(port, texts)))
