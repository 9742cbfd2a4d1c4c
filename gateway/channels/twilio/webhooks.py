"""Twilio's form posts as facts. Pure; whether they are genuine is ``signature``'s business.

Fields: twilio.com/docs/messaging/guides/webhook-request and .../track-outbound-message-status.
New ones appear without notice, so unknown fields are no error.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from urllib.parse import unquote_plus

from gateway.channels.twilio.codes import verdict
from gateway.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_MEDIA = 10

STATES: dict[str, str] = {
    "accepted": "accepted",
    "scheduled": "accepted",
    "queued": "accepted",
    "sending": "accepted",
    "sent": "sent",
    "delivered": "delivered",
    "undelivered": "failed",
    "failed": "failed",
    "canceled": "failed",
    "read": "read",
}
"""Twilio's message status as a delivery state. ``partially_delivered``, ``receiving`` and
``received`` are left out: they say nothing of one outgoing text."""

_SID = re.compile(r"[A-Za-z0-9]{1,64}")
_ADDRESS = re.compile(r"(?! )[^\x00-\x1f\x7f-\xa0\ud800-\udfff]{1,128}(?<! )")
_UNKEEPABLE = re.compile(r"[\x00\ud800-\udfff]")
_WHATSAPP = "whatsapp:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """One attachment, still at Twilio; the type is what Twilio says it is."""

    url: str
    content_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundText:
    """A text that somebody sent to one of our numbers.

    ``from_`` and ``to`` come without the ``whatsapp:`` prefix; ``channel`` tells. ``opt_out_type``
    is set when Twilio has already handled STOP, START or HELP itself.
    """

    sid: str
    account_sid: str
    channel: Literal["sms", "whatsapp"]
    from_: str
    to: str
    body: str
    num_media: int = 0
    media: tuple[Media, ...] = ()
    opt_out_type: Literal["STOP", "START", "HELP"] | None = None
    messaging_service_sid: str | None = None
    replied_to_sid: str | None = None
    profile_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TextReceipt:
    """What became of a text of ours.

    ``state`` is a delivery state, ``None`` for a status that we do not know; ``status`` is
    Twilio's own word. ``words`` explain the error code to an agent.
    """

    sid: str
    account_sid: str
    status: str
    state: str | None
    error_code: int | None = None
    words: str | None = None


def pairs_of(raw: bytes) -> list[tuple[str, str]]:
    """Every pair of a form, blank values too; whatever the bytes are.

    As ``urllib.parse.parse_qsl`` reads it, which takes twice as long over fields that are plain.
    """
    return [
        (_plain(name), _plain(value))
        for part in raw.decode("utf-8", "replace").split("&")
        if part
        for name, _, value in (part.partition("="),)
    ]


def _plain(text: str) -> str:
    return unquote_plus(text) if "%" in text or "+" in text else text


def parse_message(pairs: Iterable[tuple[str, str]]) -> InboundText:
    """Read the form of an inbound text.

    Raises:
        BadInput: no sid, sender or recipient; a field given twice with different values.
    """
    form = _form(pairs)
    sender, recipient = _address(form, "From"), _address(form, "To")
    num_media = min(_number(form.get("NumMedia")) or 0, MAX_MEDIA)
    return InboundText(
        sid=_sid(form, "MessageSid", "SmsMessageSid", "SmsSid"),
        account_sid=_text(form, "AccountSid") or "",
        channel="whatsapp" if sender.startswith(_WHATSAPP) else "sms",
        from_=sender.removeprefix(_WHATSAPP),
        to=recipient.removeprefix(_WHATSAPP),
        body=_text(form, "Body") or _button(form),
        num_media=num_media,
        media=tuple(_media(form, num_media)),
        opt_out_type=_opt_out(form.get("OptOutType", "")),
        messaging_service_sid=_text(form, "MessagingServiceSid"),
        replied_to_sid=_text(form, "OriginalRepliedMessageSid"),
        profile_name=_text(form, "ProfileName"),
    )


def parse_status(pairs: Iterable[tuple[str, str]]) -> TextReceipt:
    """Read the form of a status callback; a status that we do not know is no error.

    Raises:
        BadInput: no sid, or a field given twice with different values.
    """
    form = _form(pairs)
    status = (_text(form, "MessageStatus") or _text(form, "SmsStatus") or "").lower()
    error_code = _number(form.get("ErrorCode")) or None
    return TextReceipt(
        sid=_sid(form, "MessageSid", "SmsSid"),
        account_sid=_text(form, "AccountSid") or "",
        status=status,
        state=STATES.get(status),
        error_code=error_code,
        words=verdict(error_code).words if error_code else None,
    )


def _form(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    form: dict[str, str] = {}
    for name, value in pairs:
        if form.setdefault(name, value) != value:
            raise BadInput(f"{name[:64]!r} is given twice")
    return form


def _sid(form: dict[str, str], *names: str) -> str:
    sid = next((form[name] for name in names if form.get(name)), "")
    if not _SID.fullmatch(sid):
        raise BadInput(f"{names[0]} is missing")
    return sid


def _address(form: dict[str, str], name: str) -> str:
    # A plus sign that nobody encoded arrives as a leading space; a name ("ACME Shop") may hold one.
    address = form.get(name, "")
    if not _ADDRESS.fullmatch(address):
        raise BadInput(f"{name} is missing")
    return address


def _text(form: dict[str, str], name: str) -> str | None:
    # No database takes a NUL or half a pair; the rest of what somebody wrote is not lost for it.
    return _UNKEEPABLE.sub("\ufffd", form.get(name, "")) or None


def _button(form: dict[str, str]) -> str:
    """What stands on a button that was pressed instead of writing, else what it stands for."""
    return _text(form, "ButtonText") or _text(form, "ButtonPayload") or ""


def _media(form: dict[str, str], count: int) -> Iterable[Media]:
    for n in range(count):
        if url := _text(form, f"MediaUrl{n}"):
            yield Media(url=url, content_type=_text(form, f"MediaContentType{n}") or "")


def _opt_out(value: str) -> Literal["STOP", "START", "HELP"] | None:
    match value.upper():
        case "STOP":
            return "STOP"
        case "START":
            return "START"
        case "HELP":
            return "HELP"
        case _:
            return None


def _number(value: str | None) -> int | None:
    if value is None or not (value.isascii() and value.isdecimal()) or len(value) > 9:
        return None
    return int(value)
