"""A phone company on loopback that speaks as Twilio does, with a ledger and bad days."""

from __future__ import annotations

import base64
import hashlib
import hmac
import itertools
import json
import re
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

import anyio
from aiohttp import web

from gateway.clock import DAY, SECOND

if TYPE_CHECKING:
    from gateway.clock import Clock

ACCOUNT = "AC" + "0a" * 16
TOKEN = "the auth token"

PICKED = "+14155550109"  #: what a Messaging Service texts from

HANGS = "hangs"  #: takes the text and never says so
SLOW = "slow"  #: takes the text and says so once ``answers`` is set
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
    content_sid: str = ""
    outside: bool = False  #: free words by WhatsApp to whom had not written for a day


@dataclass
class Carrier:
    """The ledger, and what happens to the next requests; without a script it takes everything."""

    clock: Clock
    taken: list[Text] = field(default_factory=list)
    asked: list[dict[str, str]] = field(default_factory=list)  #: every request to send
    pools: dict[str, list[str]] = field(default_factory=dict)  #: by Messaging Service
    asked_for_pools: list[str] = field(default_factory=list)
    asked_lists: list[dict[str, list[str]]] = field(default_factory=list)  #: with repeated fields
    refused: list[tuple[int, str]] = field(default_factory=list)  #: code, StatusCallback
    script: deque[str | Refuses] = field(default_factory=deque)
    answers: anyio.Event = field(default_factory=anyio.Event)
    lists: bool = True
    received: list[dict[str, Any]] = field(default_factory=list)  #: texts that came in, as listed
    media: dict[str, tuple[int, bytes]] = field(default_factory=dict)  #: status and bytes, by name
    fetched: list[tuple[str, str]] = field(default_factory=list)  #: name, Authorization
    heard: dict[tuple[str, str], int] = field(default_factory=dict)  #: WhatsApp: from, to → at
    templates: dict[str, str] = field(default_factory=dict)  #: WhatsApp: the approved, by SID
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
        if request.method == "GET" and request.path.startswith("/v1/Services/"):
            return self._pool(request)
        if request.method == "GET":
            return web.json_response({"messages": self._listed(request), "next_page_uri": None})
        posted = await request.post()
        form = {name: str(value) for name, value in posted.items()}
        self.asked.append(form)
        self.asked_lists.append({name: list(map(str, posted.getall(name))) for name in posted})
        act = self.script.popleft() if self.script else None
        if isinstance(act, Refuses):
            self.refused.append((act.code, form.get("StatusCallback", "")))
            body = {"code": act.code, "message": "No", "more_info": "", "status": act.status}
            return web.json_response(body, status=act.status)
        text = None if act == LOSES else self._take(form)
        if act == SLOW:
            await self.answers.wait()
        if act == HANGS:
            await anyio.Event().wait()
        if text is None or act == DROPS:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        return web.json_response({"sid": text.sid, "status": "queued"}, status=201)

    def _pool(self, request: web.BaseRequest) -> web.Response:
        """A Messaging Service's numbers: twilio.com/docs/messaging/api/phonenumber-resource."""
        _, _, _, service, what = request.path.split("/")
        self.asked_for_pools.append(f"{service}/{what}")
        if service not in self.pools:
            body = {"code": 20404, "message": "No", "more_info": "", "status": 404}
            return web.json_response(body, status=404)
        key, name, short = {
            "PhoneNumbers": ("phone_numbers", "phone_number", False),
            "ShortCodes": ("short_codes", "short_code", True),
        }[what]
        found = [{name: each} for each in self.pools[service] if (each[0] != "+") is short]
        return web.json_response({key: found, "meta": {"key": key, "next_page_url": None}})

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
        to, sender, content_sid = form["To"], form.get("From", PICKED), form.get("ContentSid", "")
        by_whatsapp = to.startswith("whatsapp:") and not content_sid
        heard_at = self.heard.get((to, sender), -DAY)
        text = Text(
            sid=f"SM{next(self._numbers):032x}",
            to=to,
            sender=sender,
            body=self._filled(form) if content_sid else form.get("Body", ""),
            callback=form.get("StatusCallback", ""),
            at=self.clock.now(),
            content_sid=content_sid,
            outside=by_whatsapp and self.clock.now() >= heard_at + DAY,
        )
        self.taken.append(text)
        return text

    def _filled(self, form: dict[str, str]) -> str:
        """What a template says: its text, each place filled in (docs/content/using-variables)."""
        values = json.loads(form["ContentVariables"])
        said = self.templates[form["ContentSid"]]
        return re.sub(r"\{\{(\d+)\}\}", lambda place: str(values[place[1]]), said)

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
