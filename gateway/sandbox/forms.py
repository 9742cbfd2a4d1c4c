"""What the phone company writes down and posts: ledger lines, and the forms of its webhooks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from gateway.sandbox import segments
from gateway.sandbox.account import API_VERSION, Text
from gateway.sandbox.whatsapp import bare, is_whatsapp

if TYPE_CHECKING:
    from gateway.sandbox.album import Picture
    from gateway.sandbox.carrier import OptOut


def line(text: Text) -> dict[str, object]:
    """The line of the ledger for a text that was accepted."""
    return {
        "sid": text.sid,
        "to": text.to,
        "from": text.sender,
        "body": text.body,
        "at": text.created,
        "status_callback": text.callback,
        "direction": text.direction,
    }


def status(text: Text) -> list[tuple[str, str]]:
    """What a status callback posts."""
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


def channel_of(address: str) -> Literal["sms", "whatsapp"]:
    """By what a text goes, by either of its ends."""
    return "whatsapp" if is_whatsapp(address) else "sms"


def of_whatsapp(text: Text, quoted: str | None) -> list[tuple[str, str]]:
    """What the webhook posts besides for a message by WhatsApp."""
    fields = [("WaId", bare(text.sender).removeprefix("+")), ("ProfileName", "Somebody")]
    if quoted is not None:
        fields += [("OriginalRepliedMessageSid", quoted), ("OriginalRepliedMessageSender", text.to)]
    return fields


def named(base: str, text: Text, media: tuple[Picture, ...]) -> list[tuple[str, str]]:
    """Where the pictures of a text are, as the webhook names them."""
    place = f"{base}/{API_VERSION}/Accounts/{text.account}/Messages/{text.sid}/Media"
    fields = []
    for number, each in enumerate(media):
        fields.append((f"MediaUrl{number}", f"{place}/{each.sid}"))
        fields.append((f"MediaContentType{number}", each.kind))
    return fields


def inbound(text: Text, opt_out: OptOut | None) -> list[tuple[str, str]]:
    """What the webhook posts for a text that came in."""
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
