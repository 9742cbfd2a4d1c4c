"""For whom a mail from a mailbox is: it keeps no envelope, only what servers wrote in its head."""

from __future__ import annotations

from gateway.channels.email.addresses import parse_list, parse_mailbox
from gateway.channels.email.head import MOST_HEAD, head_of
from gateway.channels.email.tokens import split

#: where mail servers leave the address that a mail was delivered for, the surest first
FOR_WHOM = ("Delivered-To", "X-Original-To", "Envelope-To", "To", "Cc")
MOST_NAMED = 100  #: addresses that are looked at in one head


def with_line_ends(raw: bytes) -> bytes:
    """The mail with CRLF line ends; only what has not one of them is changed."""
    return raw if b"\r\n" in raw[:MOST_HEAD] else raw.replace(b"\n", b"\r\n")


def named_in(raw: bytes) -> tuple[str, ...]:
    """Everybody whom the head names as a recipient.

    Reply addresses come first, in the order of ``FOR_WHOM``, since the first is the one that is
    answered. The others are sorted: a server may hand out one copy for each of them, which differ
    in nothing but this order and have to be known as one mail.
    """
    head = head_of(raw)
    found = dict.fromkeys(
        box.addr.lower()
        for name in FOR_WHOM
        for value in head.all(name)
        for box in parse_list(value)
    )
    named = list(found)[:MOST_NAMED]
    signed = [each for each in named if split(each) is not None]
    return (*signed, *sorted(each for each in named if each not in signed))


def sender_in(raw: bytes) -> str:
    """The envelope's sender as the delivering server noted it (RFC 5321 section 4.4); or empty."""
    box = parse_mailbox(head_of(raw).get("Return-Path") or "")
    return box.addr if box is not None else ""
