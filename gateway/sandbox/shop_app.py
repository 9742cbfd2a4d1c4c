"""The shop's own server and app: takes the gateway's calls, shows them, and lets its user answer.

It speaks as ``docs/app-channel.md`` tells others to: signatures both ways, each id once, a receipt
when a notification is on the phone, another when it is opened.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import uuid
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Final

import aiohttp
import structlog
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from gateway.clock import SECOND
from gateway.errors import BadInput, NotFound
from gateway.sandbox.asked import json_of
from gateway.sandbox.silence import silence
from gateway.sandbox.switches import SLOW

if TYPE_CHECKING:
    from collections.abc import Mapping

    from anyio.abc import TaskGroup
    from starlette.requests import Request

    from gateway.clock import Clock
    from gateway.sandbox.ledger import Ledger
    from gateway.sandbox.world import World

USER: Final = "customer-4711"  #: whoever is signed in at the shop
SENTENCE: Final = "Acme Shoes may notify me in its app when somebody answers."
FRESH: Final = 300  #: seconds around our clock
_TIMEOUT: Final = aiohttp.ClientTimeout(total=10)
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A notification on the phone; ``state`` is ``shown`` or ``read``, ``at`` microseconds UTC."""

    id: str
    user: str
    title: str
    words: str
    url: str
    unread: int
    state: str
    at: int


class ShopApp:
    """The routes under ``/app`` and ``/api/app``; the app switch decides how it behaves.

    ``token`` is the secret shared with the gateway, which knows it as ``whsec_`` and base64.
    """

    def __init__(
        self,
        *,
        token: str,
        hooks: str,
        world: World,
        ledger: Ledger,
        session: aiohttp.ClientSession,
        clock: Clock,
        tasks: TaskGroup,
    ) -> None:
        self._key = token.encode()
        self._hooks = hooks
        self._world = world
        self._ledger = ledger
        self._session = session
        self._clock = clock
        self._tasks = tasks

    def routes(self) -> list[Route]:
        """Return the routes, for the application."""
        return [
            Route("/app/notify", self.notify, methods=["POST"]),
            Route("/api/app/{id}/read", self.read, methods=["POST"]),
            Route("/api/app/answer", self.answer, methods=["POST"]),
            Route("/api/app/unlink", self.unlink, methods=["POST"]),
        ]

    async def notify(self, request: Request) -> Response:
        """The gateway tells of an answer: 202 once it is known here, shown or not."""
        body = await request.body()
        if not self._is_gateway(request.headers, body):
            return Response("This was not signed with our secret.", 401)
        mode = self._world.switches.app
        if mode == "down":
            return Response("Come again later.", 503)
        told = json.loads(body)
        if told["kind"] == "ping":
            return Response(status_code=204)
        if mode == "reject":
            return Response("There is no such user.", 410)
        if told["id"] not in self._world.notices:
            self._take(told, shows=mode != "bounce")
        if mode == "timeout":
            return await silence(request)
        if mode == "slow":
            await self._clock.sleep(SLOW)
        return Response(status_code=202)

    async def read(self, request: Request) -> Response:
        """The user opens a notification."""
        notice = self._notice(request.path_params["id"])
        if notice.state != "read":
            self._world.put_notice(replace(notice, state="read"))
            await self._say("POST", "receipt", {"delivery": notice.id, "state": "read"})
        return JSONResponse(asdict(self._notice(notice.id)))

    async def answer(self, request: Request) -> Response:
        """The user answers from a notification, or writes by themselves."""
        wish = await json_of(request)
        text, named = wish.get("text"), wish.get("id")
        if not isinstance(text, str) or not text.strip():
            raise BadInput("text is missing.")
        said = {"user": USER, "text": text, "id": f"sandbox-{uuid.uuid4().hex}"}
        if named is not None:
            said["in_reply_to"] = self._notice(str(named)).id
        return await self._passed_on(await self._say("POST", "message", said))

    async def link(self, request: Request) -> Response:
        """The shop's page says who is chatting; who is signed in there, this server knows."""
        shopper = (await json_of(request)).get("shopper")
        said = {"shopper": shopper, "user": USER, "consent": True, "sentence": SENTENCE}
        return await self._passed_on(await self._say("POST", "user", said))

    async def unlink(self, request: Request) -> Response:
        """The user switches it off in the app."""
        await json_of(request)
        return await self._passed_on(await self._say("DELETE", "user", {"user": USER}))

    def _take(self, told: Mapping[str, object], *, shows: bool) -> None:
        now = self._clock.now()
        self._ledger.append({**told, "at": now})
        if not shows:
            said = {"delivery": told["id"], "state": "failed", "words": "Notifications are off."}
            self._tasks.start_soon(self._say, "POST", "receipt", said)
            return
        self._world.put_notice(
            Notice(
                id=str(told["id"]),
                user=str(told["user"]),
                title=str(told["title"]),
                words=str(told.get("words", "")),
                url=str(told["url"]),
                unread=int(str(told["unread"])),
                state="shown",
                at=now,
            )
        )
        said = {"delivery": told["id"], "state": "delivered"}
        self._tasks.start_soon(self._say, "POST", "receipt", said)

    def _notice(self, name: str) -> Notice:
        found = self._world.notices.get(name)
        if found is None:
            raise NotFound("The app has no such notification.")
        return found

    async def _say(
        self, method: str, path: str, said: Mapping[str, object]
    ) -> tuple[int, dict[str, object]]:
        body, name = json.dumps(said).encode(), f"msg_{uuid.uuid4().hex}"
        at = str(self._clock.now() // SECOND)
        headers = {
            "Content-Type": "application/json",
            "webhook-id": name,
            "webhook-timestamp": at,
            "webhook-signature": self._sign(name, at, body),
        }
        try:
            async with self._session.request(
                method, f"{self._hooks}/{path}", data=body, headers=headers, timeout=_TIMEOUT
            ) as answer:
                return answer.status, await answer.json()
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as failure:
            _log.info("app_hook_lost", path=path, failure=type(failure).__name__)
            return 502, {"message": "The gateway does not answer."}

    async def _passed_on(self, answer: tuple[int, dict[str, object]]) -> Response:
        status, said = answer
        return JSONResponse(said, status)

    def _is_gateway(self, headers: Mapping[str, str], body: bytes) -> bool:
        name, at = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
        if not at.isdecimal() or abs(int(at) - self._clock.now() // SECOND) > FRESH:
            return False
        good = self._sign(name, at, body)
        given = headers.get("webhook-signature", "").split()
        return any(hmac.compare_digest(good.encode(), each.encode()) for each in given)

    def _sign(self, name: str, at: str, body: bytes) -> str:
        mac = hmac.digest(self._key, f"{name}.{at}.".encode() + body, hashlib.sha256)
        return f"v1,{base64.b64encode(mac).decode()}"
