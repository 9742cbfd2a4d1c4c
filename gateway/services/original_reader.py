"""The child that opens an original for an agent: ``python -m gateway.services.original_reader``.

One line of JSON says what is wanted, the raw mail follows; what comes back is JSON.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from typing import Any

from gateway.channels.email import pictures
from gateway.channels.email.addresses import Mailbox
from gateway.channels.email.html import sanitise, to_text
from gateway.channels.email.mime import Mail, parse
from gateway.files.child import serve

MOST_WORDS = 500_000  #: characters shown; the raw mail is there for more
_MOST_UNREADABLE = 20_000
_MOST_PAGE = 40_000_000


def ask(wanted: str, raw: bytes, *, number: int = 0) -> bytes:
    """A question to this child: ``facts``, ``page``, ``page_with_pictures`` or ``file``."""
    return json.dumps({"wanted": wanted, "number": number}).encode() + b"\n" + raw


def answer(question: bytes) -> dict[str, Any]:
    """What was asked for; empty when the mail does not have it."""
    head, _, raw = question.partition(b"\n")
    asked = json.loads(head)
    mail = parse(raw)
    match asked["wanted"]:
        case "facts":
            return _unreadable(raw) if mail is None else _facts(mail)
        case "page" | "page_with_pictures" as wanted if mail is not None and mail.html:
            own = pictures.addresses_of(mail.attachments)
            shown = sanitise(mail.html, own, from_elsewhere=wanted == "page_with_pictures")
            return {"html": shown.html} if len(shown.html) <= _MOST_PAGE else {}
        case "file" if mail is not None and asked["number"] < len(mail.attachments):
            file = mail.attachments[asked["number"]]
            return {"name": file.name, "data": base64.b64encode(file.data).decode()}
        case _:
            return {}


def _unreadable(raw: bytes) -> dict[str, Any]:
    head = raw[:_MOST_UNREADABLE].decode("utf-8", "replace").replace("\x00", "\ufffd")
    return {"unreadable": True, "text": head}


def _named(boxes: Sequence[Mailbox]) -> str:
    """Names as they are read, for an encoded word may not pass for an address (RFC 2047)."""
    return ", ".join(f"{box.name} <{box.addr}>" if box.name else box.addr for box in boxes)


def _facts(mail: Mail) -> dict[str, Any]:
    words = mail.text if mail.text is not None else to_text(mail.html or "")
    return {
        "unreadable": False,
        "subject": mail.subject,
        "sender": _named((mail.sender,) if mail.sender else ()) or mail.headers.get("From") or "",
        "to": _named(mail.to) or mail.headers.get("To") or "",
        "date": mail.headers.get("Date") or "",
        "text": words[:MOST_WORDS],
        "has_page": mail.html is not None,
        "held_back": sanitise(mail.html).held_back if mail.html else 0,
        "notes": list(mail.notes),
        "files": [
            {
                "number": number,
                "name": file.name,
                "content_type": file.sniffed,
                "size": file.size,
                "inline": file.inline,
            }
            for number, file in enumerate(mail.attachments)
        ],
    }


if __name__ == "__main__":
    serve(answer)
