"""The phone company: carries texts from the account to handsets, and back to the webhook."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal

import structlog

from gateway.sandbox import segments, twiml
from gateway.sandbox.account import API_VERSION, Account, Direction, Text, new_sid
from gateway.sandbox.faults import Fault
from gateway.sandbox.world import PhoneText, World

if TYPE_CHECKING:
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
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a caller of the API wants sent."""

    to: str
    sender: str
    service: str | None
    body: str
    callback: str | None


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
        self._ledger.append(_line(text))
        self._account.put(text)
        switches = self._world.switches
        bounce = switches.sms == "bounce"
        error = (switches.sms_code or _UNKNOWN_DESTINATION) if bounce else None
        self._tasks.start_soon(self._carry, text, error)
        return text

    async def text_from_phone(
        self, number: str, to: str, body: str, media: tuple[Picture, ...] = ()
    ) -> tuple[str, Answer]:
        """Bring a phone's text to the webhook; return its sid and what came of it.

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
            peer=to,
            body=body,
            status="sending",
            at=now,
            media=tuple((each.sid, each.kind) for each in media),
        )
        self._world.put_text(number, shown)
        opt_out = self._keyword(number, to, body) if self._options.carrier_opt_out else None
        fields = [*_inbound(text, opt_out), *_named(self._base, text, media)]
        answer = await self._webhooks.post(self._options.sms_webhook, fields)
        self._log_event(text, "webhook", status=answer.status, attempts=answer.attempts)
        status = "delivered" if answer.taken else "failed"
        self._world.put_text(number, replace(shown, status=status))
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

    async def _carry(self, text: Text, error: int | None) -> None:
        """Walk a text through its life; ``error`` is why it will not arrive."""
        delay = self._options.receipt_delay
        await self._clock.passes(delay / 3)
        now = self._clock.now()
        text = self._advance(replace(text, status="sent", sent=now, updated=now))
        await self._clock.passes(delay * 2 / 3)
        now = self._clock.now()
        if error is not None:
            self._advance(replace(text, status="undelivered", error=error, updated=now))
            return
        self._hand(text.to, text.sender, text.sid, text.body)
        self._advance(replace(text, status="delivered", updated=now))

    def _hand(self, number: str, sender: str, sid: str, body: str) -> None:
        text = PhoneText(
            sid=sid,
            direction="in",
            peer=sender,
            body=body,
            status="delivered",
            at=self._clock.now(),
        )
        self._world.put_text(number, text)

    def _advance(self, text: Text) -> Text:
        self._account.put(text)
        self._log_event(text, text.status, error_code=text.error)
        if text.callback is not None:
            # Each on its own: like Twilio's, callbacks of one text may overtake each other.
            self._tasks.start_soon(self._call_back, text.callback, text)
        return text

    async def _call_back(self, url: str, text: Text) -> None:
        answer = await self._webhooks.post(url, _status(text))
        self._log_event(
            text, "callback", callback=text.status, status=answer.status, attempts=answer.attempts
        )

    def _log_event(self, text: Text, event: str, **details: object) -> None:
        renamed = {"from" if key == "sender" else key: value for key, value in details.items()}
        self._ledger.append({"sid": text.sid, "event": event, "at": self._clock.now(), **renamed})


def _line(text: Text) -> dict[str, object]:
    return {
        "sid": text.sid,
        "to": text.to,
        "from": text.sender,
        "body": text.body,
        "at": text.created,
        "status_callback": text.callback,
        "direction": text.direction,
    }


def _status(text: Text) -> list[tuple[str, str]]:
    fields = [
        ("AccountSid", text.account),
        ("ApiVersion", API_VERSION),
        ("From", text.sender),
        ("MessageSid", text.sid),
        ("MessageStatus", text.status),
        ("SmsSid", text.sid),
        ("SmsStatus", text.status),
        ("To", text.to),
    ]
    if text.service is not None:
        fields.append(("MessagingServiceSid", text.service))
    if text.error is not None:
        fields.append(("ErrorCode", str(text.error)))
    return fields


def _named(base: str, text: Text, media: tuple[Picture, ...]) -> list[tuple[str, str]]:
    place = f"{base}/{API_VERSION}/Accounts/{text.account}/Messages/{text.sid}/Media"
    fields = []
    for number, each in enumerate(media):
        fields.append((f"MediaUrl{number}", f"{place}/{each.sid}"))
        fields.append((f"MediaContentType{number}", each.kind))
    return fields


def _inbound(text: Text, opt_out: OptOut | None) -> list[tuple[str, str]]:
    places = [f"{end}{part}" for end in ("From", "To") for part in ("City", "State", "Zip")]
    fields = [
        ("AccountSid", text.account),
        ("ApiVersion", API_VERSION),
        ("Body", text.body),
        ("From", text.sender),
        ("FromCountry", ""),
        ("MessageSid", text.sid),
        ("NumMedia", str(len(text.media))),
        ("NumSegments", str(segments.count(text.body))),
        ("SmsMessageSid", text.sid),
        ("SmsSid", text.sid),
        ("SmsStatus", "received"),
        ("To", text.to),
        ("ToCountry", ""),
        *((place, "") for place in places),
    ]
    if opt_out is not None:
        fields.append(("OptOutType", opt_out))
    return fields
