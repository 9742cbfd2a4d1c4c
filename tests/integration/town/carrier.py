"""A phone company on loopback that speaks as Twilio does, with a ledger and bad days."""

from __future__ import annotations

import base64
import hashlib
import hmac
import itertools
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

import anyio
from aiohttp import web

from gateway.clock import SECOND

if TYPE_CHECKING:
    from gateway.clock import Clock

ACCOUNT = "AC" + "0a" * 16
TOKEN = "the auth token"

PICKED = "+14155550109"  #: what a Messaging Service texts from

HANGS = "hangs"  #: takes the text and never says so
DROPS = "drops"  #: takes the text and hangs up
LOSES = "loses"  #: hangs up and does not take it


@dataclass(frozen=True, slots=True)
class Refuses:
    """An answer other than 201."""

    code: int
    status: int = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One text that the company took."""

    sid: str
    to: str
    sender: str
    body: str
    callback: str
    at: int


@dataclass
class Carrier:
    """The ledger, and what happens to the next requests; without a script it takes everything."""

    clock: Clock
    taken: list[Text] = field(default_factory=list)
    asked: list[dict[str, str]] = field(default_factory=list)  #: every request to send
    script: deque[str | Refuses] = field(default_factory=deque)
    lists: bool = True
    received: list[dict[str, Any]] = field(default_factory=list)  #: texts that came in, as listed
    media: dict[str, tuple[int, bytes]] = field(default_factory=dict)  #: status and bytes, by name
    fetched: list[tuple[str, str]] = field(default_factory=list)  #: name, Authorization
    base: str = ""
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    _port: int = 0
    _runner: web.ServerRunner | None = None
    _site: web.TCPSite | None = None

    async def open(self) -> None:
        """Begin to listen, on the same port as before."""
        if self._runner is None:
            self._runner = web.ServerRunner(
                web.Server(self._serve, handler_cancellation=True), shutdown_timeout=0.05
            )
            await self._runner.setup()
        self._site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await self._site.start()
        self._port = int(self._runner.addresses[0][1])
        self.base = f"http://127.0.0.1:{self._port}"

    async def close(self) -> None:
        """Go away with every connection."""
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()

    def says(self, *acts: str | Refuses) -> None:
        """What happens to the next requests to send."""
        self.script.extend(acts)

    def to(self, number: str) -> list[str]:
        """The bodies that a phone was sent, oldest first."""
        return [each.body for each in self.taken if each.to == number]

    async def _serve(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.method == "GET" and request.path.endswith("/Media.json"):
            named = [{"sid": each, "content_type": "image/jpeg"} for each in self.media]
            return web.json_response({"media_list": named, "next_page_uri": None})
        if request.method == "GET" and "/Media/" in request.path:
            return self._file(request)
        if request.method == "GET":
            return web.json_response({"messages": self._listed(request), "next_page_uri": None})
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.asked.append(form)
        act = self.script.popleft() if self.script else None
        if isinstance(act, Refuses):
            body = {"code": act.code, "message": "No", "more_info": "", "status": act.status}
            return web.json_response(body, status=act.status)
        text = None if act == LOSES else self._take(form)
        if act == HANGS:
            await anyio.Event().wait()
        if text is None or act == DROPS:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        return web.json_response({"sid": text.sid, "status": "queued"}, status=201)

    def _file(self, request: web.BaseRequest) -> web.Response:
        name = request.path.rpartition("/")[2]
        self.fetched.append((name, request.headers.get("Authorization", "")))
        status, data = self.media.get(name, (404, b""))
        return web.Response(status=status, body=data)

    def missed(self, number: str, to: str, body: str, **more: object) -> str:
        """Somebody texts the store and no webhook arrives; returns the sid."""
        sid = f"MM{next(self._numbers):032x}"
        at = format_datetime(datetime.fromtimestamp(self.clock.now() / SECOND, UTC))
        text = {"sid": sid, "account_sid": ACCOUNT, "from": number, "to": to, "body": body}
        about = {"status": "received", "direction": "inbound", "date_created": at, "date_sent": at}
        self.received.append({**text, **about, "num_media": "0", **more})
        return sid

    def _take(self, form: dict[str, str]) -> Text:
        text = Text(
            sid=f"SM{next(self._numbers):032x}",
            to=form["To"],
            sender=form.get("From", PICKED),
            body=form["Body"],
            callback=form.get("StatusCallback", ""),
            at=self.clock.now(),
        )
        self.taken.append(text)
        return text

    def _listed(self, request: web.BaseRequest) -> list[dict[str, Any]]:
        if not self.lists:
            return []
        to = request.query.get("To")
        return [each for each in reversed(self.received) if each["to"] == to] + [
            {
                "sid": each.sid,
                "body": each.body,
                "to": each.to,
                "from": each.sender,
                "messaging_service_sid": None,
                "status": "sent",
                "direction": "outbound-api",
                "date_created": format_datetime(datetime.fromtimestamp(each.at / SECOND, UTC)),
                "date_sent": format_datetime(datetime.fromtimestamp(each.at / SECOND, UTC)),
                "error_code": None,
            }
            for each in self.taken
            if each.to == request.query.get("To")
        ]


def signed(url: str, form: dict[str, str], token: str = TOKEN) -> str:
    """Twilio's signature of a form posted to a URL: twilio.com/docs/usage/webhooks."""
    text = url + "".join(name + form[name] for name in sorted(form))
    return base64.b64encode(hmac.digest(token.encode(), text.encode(), hashlib.sha1)).decode()
