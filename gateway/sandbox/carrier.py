"""The phone company: carries texts from the account to handsets, and back to the webhook."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal

import structlog

from gateway.sandbox import forms, twiml
from gateway.sandbox.account import Account, Direction, Text, new_sid
from gateway.sandbox.faults import Fault
from gateway.sandbox.whatsapp import OUTSIDE, Windows, bare, is_whatsapp
from gateway.sandbox.world import PhoneText, World

if TYPE_CHECKING:
    from collections.abc import Sequence

    from anyio.abc import TaskGroup

    from gateway.sandbox.album import Album, Picture
    from gateway.sandbox.ledger import Ledger
    from gateway.sandbox.options import Options
    from gateway.sandbox.wall_clock import WallClock
    from gateway.sandbox.webhooks import Answer, Webhooks

OptOut = Literal["STOP", "START", "HELP"]

KEYWORDS: Final[dict[str, OptOut]] = {
    **dict.fromkeys(("STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT"), "STOP"),
    **dict.fromkeys(("START", "YES", "UNSTOP"), "START"),
    **dict.fromkeys(("HELP", "INFO"), "HELP"),
}
"""Words that Twilio's default handling knows, alone in a text and in any case."""

_CONFIRMATIONS: Final[dict[OptOut, str]] = {
    "STOP": "You will get no more texts from this number. Reply START to get them again.",
    "START": "You get texts from this number again. Reply STOP to end them.",
    "HELP": "Reply STOP to get no more texts from this number.",
}
_UNKNOWN_DESTINATION: Final = 30005
NOT_FETCHED: Final = 11200  # a picture of the text could not be retrieved
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a caller of the API wants sent."""

    to: str
    sender: str
    service: str | None
    body: str
    callback: str | None
    template: bool = False
    media: tuple[str, ...] = ()  #: where its pictures are to be fetched


class Carrier:
    """Takes texts in, lets time pass, and tells both ends."""

    def __init__(
        self,
        options: Options,
        *,
        world: World,
        account: Account,
        ledger: Ledger,
        webhooks: Webhooks,
        clock: WallClock,
        tasks: TaskGroup,
        album: Album,
        base: str,
    ) -> None:
        self._album = album
        self._base = base
        self._options = options
        self._world = world
        self._account = account
        self._ledger = ledger
        self._webhooks = webhooks
        self._clock = clock
        self._tasks = tasks
        self._stopped: set[tuple[str, str]] = set()
        self._windows = Windows()

    def accept(self, order: Order, *, direction: Direction = "outbound-api") -> Text:
        """Take a text into the ledger and set it on its way.

        Raises:
            Fault: 21610 when this phone has stopped this sender.
            OSError: when the ledger cannot take it; nothing was kept.
        """
        if (order.to, order.sender) in self._stopped:
            raise Fault(21610)
        now = self._clock.now()
        text = Text(
            sid=new_sid(),
            account=self._account.sid,
            to=order.to,
            sender=order.sender,
            service=order.service,
            body=order.body,
            direction=direction,
            status="accepted" if order.service else "queued",
            callback=order.callback,
            created=now,
            updated=now,
        )
        self._ledger.append(forms.line(text))
        self._account.put(text)
        switches = self._world.switches
        bounce = switches.sms == "bounce"
        error = (switches.sms_code or _UNKNOWN_DESTINATION) if bounce else None
        if not order.template and self._windows.shuts_out(order.to, order.sender, now):
            error = OUTSIDE
        self._tasks.start_soon(self._carry, text, error, order.media)
        return text

    async def text_from_phone(
        self,
        number: str,
        to: str,
        body: str,
        media: tuple[Picture, ...] = (),
        quoted: str | None = None,
    ) -> tuple[str, Answer]:
        """Bring a phone's text to the webhook; return its sid and what came of it.

        Both ends are of WhatsApp or neither; by WhatsApp it may quote another by its sid.

        Raises:
            OSError: when the ledger cannot take it; nothing was sent.
        """
        now = self._clock.now()
        text = Text(
            sid=new_sid(),
            account=self._account.sid,
            to=to,
            sender=number,
            body=body,
            direction="inbound",
            status="received",
            created=now,
            updated=now,
            sent=now,
            media=tuple(each.sid for each in media),
        )
        for each in media:
            self._album.put(each)
        self._log_event(text, "received", to=to, sender=number, body=body, media=len(media))
        self._account.put(text)
        shown = PhoneText(
            sid=text.sid,
            direction="out",
            peer=bare(to),
            body=body,
            status="sending",
            at=now,
            media=tuple((each.sid, each.kind) for each in media),
            channel=forms.channel_of(number),
        )
        self._world.put_text(bare(number), shown)
        by_whatsapp = is_whatsapp(number)
        if by_whatsapp:
            self._windows.open(number, to, now)
        heeds = self._options.carrier_opt_out and not by_whatsapp
        opt_out = self._keyword(number, to, body) if heeds else None
        fields = [*forms.inbound(text, opt_out), *forms.named(self._base, text, media)]
        fields += forms.of_whatsapp(text, quoted) if by_whatsapp else []
        answer = await self._webhooks.post(self._options.sms_webhook, fields)
        self._log_event(text, "webhook", status=answer.status, attempts=answer.attempts)
        status = "delivered" if answer.taken else "failed"
        self._world.put_text(bare(number), replace(shown, status=status))
        if answer.taken:
            self._answer_in_twiml(text, answer.body)
        return text.sid, answer

    def _answer_in_twiml(self, text: Text, document: str) -> None:
        try:
            bodies = twiml.messages(document)
        except ValueError:
            _log.warning("twiml_unreadable", sid=text.sid)
            return
        for body in bodies:
            order = Order(to=text.sender, sender=text.to, service=None, body=body, callback=None)
            try:
                self.accept(order, direction="outbound-reply")
            except Fault as fault:
                _log.info("reply_refused", sid=text.sid, code=fault.code)

    def _keyword(self, number: str, to: str, body: str) -> OptOut | None:
        meaning = KEYWORDS.get(body.strip().upper())
        pair = (number, to)
        if meaning == "START" and pair not in self._stopped:
            return None  # a plain "yes" in a conversation opens nothing that was not closed
        if meaning is None:
            return None
        if meaning == "STOP":
            self._stopped.add(pair)
        elif meaning == "START":
            self._stopped.discard(pair)
        self._hand(number, to, new_sid(), _CONFIRMATIONS[meaning])
        return meaning

    async def _carry(self, text: Text, error: int | None, media: tuple[str, ...]) -> None:
        """Walk a text through its life; ``error`` is why it will not arrive."""
        delay = self._options.receipt_delay
        await self._clock.passes(delay / 3)
        found = [await self._webhooks.fetch(each) for each in media]
        shown = [each for each in found if each is not None]
        for each in shown:
            self._album.put(each)
        text = replace(text, media=tuple(each.sid for each in shown))
        if len(shown) < len(media):
            error = NOT_FETCHED
        now = self._clock.now()
        if error in (OUTSIDE, NOT_FETCHED):
            self._advance(replace(text, status="failed", error=error, updated=now))
            return
        text = self._advance(replace(text, status="sent", sent=now, updated=now))
        await self._clock.passes(delay * 2 / 3)
        now = self._clock.now()
        if error is not None:
            self._advance(replace(text, status="undelivered", error=error, updated=now))
            return
        self._hand(text.to, text.sender, text.sid, text.body, shown)
        self._advance(replace(text, status="delivered", updated=now))

    def read(self, number: str) -> int:
        """Let somebody open WhatsApp: all that came there is read; return how much that was."""
        unread = [
            each
            for each in self._world.texts(number)
            if (each.channel, each.direction, each.status) == ("whatsapp", "in", "delivered")
        ]
        for shown in unread:
            self._world.put_text(number, replace(shown, status="read"))
            text = self._account.get(shown.sid)
            if text is not None:
                self._advance(replace(text, status="read", updated=self._clock.now()))
        return len(unread)

    def _hand(
        self, number: str, sender: str, sid: str, body: str, media: Sequence[Picture] = ()
    ) -> None:
        text = PhoneText(
            sid=sid,
            direction="in",
            peer=bare(sender),
            body=body,
            status="delivered",
            at=self._clock.now(),
            media=tuple((each.sid, each.kind) for each in media),
            channel=forms.channel_of(number),
        )
        self._world.put_text(bare(number), text)

    def _advance(self, text: Text) -> Text:
        self._account.put(text)
        self._log_event(text, text.status, error_code=text.error)
        if text.callback is not None:
            # Each on its own: like Twilio's, callbacks of one text may overtake each other.
            self._tasks.start_soon(self._call_back, text.callback, text)
        return text

    async def _call_back(self, url: str, text: Text) -> None:
        answer = await self._webhooks.post(url, forms.status(text))
        self._log_event(
            text, "callback", callback=text.status, status=answer.status, attempts=answer.attempts
        )

    def _log_event(self, text: Text, event: str, **details: object) -> None:
        renamed = {"from" if key == "sender" else key: value for key, value in details.items()}
        self._ledger.append({"sid": text.sid, "event": event, "at": self._clock.now(), **renamed})
