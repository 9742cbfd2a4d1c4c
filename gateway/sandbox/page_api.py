"""What the page with the phones and mailboxes, and a checker, can see and do."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from email.utils import parseaddr
from pathlib import Path
from typing import TYPE_CHECKING, Final

import anyio
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from gateway.errors import BadInput, NotFound
from gateway.sandbox import letters
from gateway.sandbox.album import pictures
from gateway.sandbox.asked import json_of
from gateway.sandbox.options import E164
from gateway.sandbox.whatsapp import PREFIX

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from email.message import EmailMessage

    from starlette.requests import Request

    from gateway.sandbox.album import Album
    from gateway.sandbox.carrier import Carrier
    from gateway.sandbox.courier import Courier
    from gateway.sandbox.ledger import Ledger
    from gateway.sandbox.wall_clock import WallClock
    from gateway.sandbox.world import World

_PAGE: Final = Path(__file__).parent / "page"
_LONGEST_TEXT: Final = 1_600
_HEARTBEAT: Final = 15.0

_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        # A mail's own styles: its frame inherits this policy, and the page itself sets no markup.
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: http://127.0.0.1:* http://localhost:*",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
_HEADERS: Final = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": _POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class PageApi:
    """JSON in and out; ``about`` tells the page who is who and where the shop is."""

    def __init__(
        self,
        *,
        about: Mapping[str, object],
        store_number: str,
        world: World,
        carrier: Carrier,
        album: Album,
        courier: Courier,
        ledger: Ledger,
        clock: WallClock,
    ) -> None:
        self._about = dict(about)
        self._store_number = store_number
        self._world = world
        self._carrier = carrier
        self._album = album
        self._courier = courier
        self._ledger = ledger
        self._clock = clock

    def routes(self) -> list[BaseRoute]:
        """Return the routes, for the application."""
        return [
            Route("/", self.index),
            Route("/healthz", self.healthz),
            Route("/api/state", self.state),
            Route("/api/events", self.events),
            Route("/api/switches", self.switches, methods=["POST"]),
            Route("/api/clock", self.move_clock, methods=["POST"]),
            Route("/api/phones/{number}/send", self.send_text, methods=["POST"]),
            Route("/api/phones/{number}/read", self.read_whatsapp, methods=["POST"]),
            Route("/api/media/{sid}", self.picture),
            Route("/api/mailboxes/{address}/reply", self.reply, methods=["POST"]),
            Route("/api/mailboxes/{address}/send", self.send_mail, methods=["POST"]),
            Mount("/page", StaticFiles(directory=_PAGE)),
        ]

    async def index(self, request: Request) -> Response:
        """Serve the page."""
        return FileResponse(_PAGE / "index.html", headers=_HEADERS)

    async def healthz(self, request: Request) -> Response:
        """Say that the process lives."""
        return JSONResponse({"status": "ok"})

    async def state(self, request: Request) -> Response:
        """Tell everything."""
        told = {**self._about, **self._world.snapshot(), "clock": self._clock.shown()}
        return JSONResponse(told)

    async def events(self, request: Request) -> Response:
        """Stream changes as server-sent events.

        First ``hello``, after which ``/api/state`` misses nothing; then each change as ``change``.
        """
        headers = {"Cache-Control": "no-store"}
        return StreamingResponse(self._changes(), headers=headers, media_type="text/event-stream")

    async def switches(self, request: Request) -> Response:
        """Set switches and return them all."""
        return JSONResponse(asdict(self._world.switch(await json_of(request))))

    async def move_clock(self, request: Request) -> Response:
        """Move time ahead, here and in the gateway, and return what it is then."""
        self._clock.move(await json_of(request))
        shown = self._clock.shown()
        self._world.tell({"kind": "clock", "clock": shown})
        return JSONResponse(shown)

    async def send_text(self, request: Request) -> Response:
        """Text the store from a phone; answers once the webhook has answered, or never will.

        With ``channel`` ``whatsapp`` it goes that way, and may quote a message (``quoted``: a sid).
        """
        number = request.path_params["number"]
        wish = await json_of(request)
        to = wish.get("to") or self._world.last_to_text(number) or self._store_number
        media = pictures(wish)
        body = _words(wish, "body", blank=bool(media))
        if len(body) > _LONGEST_TEXT:
            raise BadInput(f"A text has at most {_LONGEST_TEXT} characters.")
        if not isinstance(to, str) or not E164.fullmatch(number) or not E164.fullmatch(to):
            raise BadInput("A number looks like +15550100123.")
        ends, quoted = _ends(number, to, wish), wish.get("quoted")
        if quoted is not None and not isinstance(quoted, str):
            raise BadInput("quoted is the sid of a message.")
        sid, answer = await self._carrier.text_from_phone(*ends, body, media, quoted)
        outcome = {"sid": sid, "status_code": answer.status, "attempts": answer.attempts}
        return JSONResponse(outcome)

    async def read_whatsapp(self, request: Request) -> Response:
        """Open WhatsApp on a phone: what came there is read, and its senders are told."""
        await json_of(request)
        return JSONResponse({"read": self._carrier.read(request.path_params["number"])})

    async def picture(self, request: Request) -> Response:
        """Show a picture on the phone that sent it."""
        found = self._album.get(request.path_params["sid"])
        if found is None:
            raise NotFound("There is no such picture.")
        return Response(found.data, media_type=found.kind, headers=_HEADERS)

    async def reply(self, request: Request) -> Response:
        """Answer a received mail, quoting it; returns the gateway's SMTP reply."""
        address = _address(request)
        wish = await json_of(request)
        original = self._world.letter(address, _words(wish, "id"))
        if original.direction != "in":
            raise BadInput("This mail was written here.")
        text = _words(wish, "text")
        mail = letters.answer(original, sender=address, text=text, at=self._clock.now())
        return await self._post(address, mail)

    async def send_mail(self, request: Request) -> Response:
        """Write a new mail; returns the gateway's SMTP reply."""
        address = _address(request)
        wish = await json_of(request)
        headers = wish.get("headers") or {}
        if not isinstance(headers, dict) or not all(isinstance(v, str) for v in headers.values()):
            raise BadInput("headers maps names to text.")
        mail = letters.write(
            sender=address,
            to=_words(wish, "to"),
            subject=_words(wish, "subject", blank=True),
            text=_words(wish, "text", blank=True),
            headers=headers,
            at=self._clock.now(),
        )
        return await self._post(address, mail)

    async def _post(self, address: str, mail: EmailMessage) -> Response:
        recipient = parseaddr(str(mail["To"]))[1]
        if "@" not in recipient:
            raise BadInput("A mail goes to an address with an @.")
        raw = mail.as_bytes()
        now = self._clock.now()
        letter = letters.read(raw, direction="out", status="sending", at=now)
        line = {"message_id": letter.message_id, "to": recipient, "from": address}
        self._ledger.append({**line, "event": "posted", "text": letter.text, "at": now})
        self._world.put_letter(address, letter)
        reply = await self._courier.carry(sender=address, recipient=recipient, raw=raw)
        status = "sent" if reply.taken else "failed"
        self._world.put_letter(address, replace(letter, status=status))
        self._ledger.append({**line, "event": status, "code": reply.code, "at": self._clock.now()})
        outcome = {"id": letter.id, "message_id": letter.message_id, "taken": reply.taken}
        return JSONResponse({**outcome, **asdict(reply)})

    async def _changes(self) -> AsyncIterator[bytes]:
        with self._world.watch() as changes:
            yield b"event: hello\ndata: {}\n\n"
            while True:
                change = None
                with anyio.move_on_after(_HEARTBEAT):
                    try:
                        change = await changes.receive()
                    except anyio.EndOfStream:
                        return
                if change is None:
                    yield b": still here\n\n"
                else:
                    yield f"event: change\ndata: {json.dumps(change)}\n\n".encode()


def _ends(number: str, to: str, wish: Mapping[str, object]) -> tuple[str, str]:
    match wish.get("channel", "sms"):
        case "sms":
            return number, to
        case "whatsapp":
            return PREFIX + number, PREFIX + to
        case _:
            raise BadInput("channel is sms or whatsapp.")


def _words(wish: Mapping[str, object], name: str, *, blank: bool = False) -> str:
    value = wish.get(name, "" if blank else None)
    if not isinstance(value, str) or not (blank or value.strip()):
        raise BadInput(f"{name} is missing.")
    return value


def _address(request: Request) -> str:
    address = str(request.path_params["address"])
    if parseaddr(address)[1] != address or "@" not in address:
        raise BadInput("A mailbox goes by its address.")
    return address
