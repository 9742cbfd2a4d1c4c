"""The mail reader that runs in a child process: bytes in, JSON out (see ``files.child``)."""

from __future__ import annotations

from typing import Any

from gateway.channels.email.addresses import normalise, parse_mailbox
from gateway.channels.email.bounces import classify
from gateway.channels.email.claims import results_on_top, signatures_in
from gateway.channels.email.enclosed import enclosed
from gateway.channels.email.mime import parse
from gateway.channels.email.quoting import newly_typed, visible_reply

MOST_RECIPIENTS = 20  #: of To and Cc, passed on


def answer(raw: bytes) -> dict[str, Any]:
    """What the intake needs of a mail, as JSON values; ``unreadable`` when it cannot be read.

    ``verdict`` is set for what no person wrote (bounces, automatic replies, read receipts).
    ``results`` and ``signatures`` are what the mail says of its sender, for ``claims``.
    """
    verdict = classify(raw)
    mail = parse(raw)
    found: dict[str, Any] = {"verdict": None, "unreadable": mail is None}
    if verdict is not None:
        found["verdict"] = {
            "kind": verdict.kind,
            "reason": verdict.reason,
            "recipient": verdict.recipient,
            "message_ids": list(verdict.message_ids),
            "understood": verdict.understood,
        }
    if mail is not None:
        sender = mail.sender
        back = parse_mailbox(mail.headers.get("reply-to") or "")
        found |= {
            "from": normalise(sender.addr) if sender else None,
            "reply_to": back.addr if back else None,
            "name": sender.name if sender else "",
            "subject": mail.subject,
            "message_id": mail.message_id,
            "in_reply_to": [mail.in_reply_to] if mail.in_reply_to else [],
            "references": list(mail.references),
            "typed": newly_typed(mail.text, mail.html),
            "visible": visible_reply(mail.text, mail.html),
            "recipients": [each.addr for each in (*mail.to, *mail.cc)][:MOST_RECIPIENTS],
            "results": results_on_top(mail.headers),
            "signatures": [[each.domain, each.selector] for each in signatures_in(mail.headers)],
        }
        if verdict is None:
            found |= enclosed(mail)
    return found
