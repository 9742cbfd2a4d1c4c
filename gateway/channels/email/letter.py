"""A delivery as SMTP carries it: envelope and bytes, or why it cannot be written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from gateway.channels.email.compose import compose
from gateway.channels.email.mailbox import mailbox
from gateway.channels.port import Rejected
from gateway.errors import BadInput

if TYPE_CHECKING:
    from gateway.channels.port import Outgoing


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One envelope and what is in it; ``sender`` is empty for mail that must not bounce."""

    sender: str
    recipient: str
    raw: bytes
    smtputf8: bool


def write(outgoing: Outgoing, *, date: int) -> Letter | Rejected:
    """Write a delivery; ``date`` is microseconds UTC. What is malformed says whose fault it is."""
    try:
        recipient = mailbox(outgoing.to, field="to")
        back = outgoing.envelope_from
        sender = ""
        if back is None or back:
            sender = mailbox(back or outgoing.sender, field="sender").address
        return Letter(
            sender=sender,
            recipient=recipient.address,
            raw=compose(outgoing, date=date).removesuffix(b"\r\n") + b"\r\n",
            smtputf8=recipient.needs_smtputf8 or not sender.isascii(),
        )
    except BadInput as error:
        return Rejected(blame=_blame(error), code="unwritable", words=error.message)


def _blame(error: BadInput) -> Literal["address", "content", "us"]:
    match error.details.get("field"):
        case "to":
            return "address"
        case "sender" | "reply_to":
            return "us"
        case _:
            return "content"
