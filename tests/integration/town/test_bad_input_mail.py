"""Mails that nobody should have sent."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiosmtplib

from gateway.channels.email.listener import Listener
from gateway.services import mail_intake, originals, unreadable_mails
from gateway.store.tables import ConversationRow, InboundRow
from tests.behaviours import behaviour
from tests.integration.town.building import ADA_MAIL, MAILBOX, Town
from tests.integration.town.letters import mail
from tests.integration.town.townspeople import VERA_MAIL


async def vera_was_mailed(town: Town) -> None:
    await town.vera.writes("Is the blue one back?")
    await town.vera.leaves_mailbox()
    await town.vera.leaves()
    await town.ada.answers("Yes, in 38.")
    await town.tick(40)


async def test_a_strangers_mail_opens_a_conversation_of_an_unverified_shopper(
    town: Town,
) -> None:
    await town.mail_in(
        mail("Hello?", From="Mia <mia@shopper.example>", To=MAILBOX, Subject="Shoes"),
        MAILBOX,
        sender="mia@shopper.example",
    )
    await town.tick(1)
    (row,) = await town.rows(ConversationRow)
    assert row.subject == "Shoes"
    assert [each.body for each in await town.messages()] == ["Hello?"]
    assert town.post.taken == []


@behaviour(17)
async def test_veras_reply_address_in_a_strangers_hands_joins_nothing_and_staff_see_a_note(
    town: Town,
) -> None:
    await vera_was_mailed(town)
    (letter,) = town.post.to(VERA_MAIL)
    await town.answers_mail(letter, "Send it to me instead", sender="mallory@evil.example")
    await town.tick(3_600)
    assert await town.vera.said() == ["Is the blue one back?", "Yes, in 38."]
    hers, his = sorted(await town.rows(ConversationRow), key=lambda row: row.number)
    assert his.shopper_id != hers.shopper_id
    log = await town.entries(his.conversation_id)
    (note,) = [row for row in log if row.event == "related"]
    assert note.audience == "staff"
    assert town.data_of(note)["number"] == hers.number
    assert [row.state for row in await town.vera.deliveries() if row.form == "words"] == [
        "accepted"
    ]
    assert town.post.to("mallory@evil.example") == []


async def test_a_forged_reply_token_names_nothing(town: Town) -> None:
    await vera_was_mailed(town)
    (letter,) = town.post.to(VERA_MAIL)
    local, _, domain = letter.head("Reply-To").partition("@")
    forged = f"{local[:-1]}{'a' if local[-1] != 'a' else 'b'}@{domain}"
    await town.mail_in(mail("Hi", From=VERA_MAIL, To=forged), forged)
    await town.tick(1)
    assert await town.vera.said() == ["Is the blue one back?", "Yes, in 38."]


async def test_a_mail_for_somebody_else_is_not_ours(town: Town) -> None:
    assert (
        await town.mail_in(mail("Hi", From=VERA_MAIL, To="x@other.example"), "x@other.example")
        == []
    )
    assert await town.rows(InboundRow) == []


@asynccontextmanager
async def listening(town: Town) -> AsyncIterator[Listener]:
    """The real mail listener in front of this house."""
    listener = Listener(
        "127.0.0.1",
        0,
        accepts=lambda recipient: mail_intake.accepts(town.house, recipient),
        store=lambda envelope: mail_intake.keep(town.house, envelope),
        clock=town.clock,
    )
    await listener.start()
    try:
        yield listener
    finally:
        await listener.stop()


async def send(listener: Listener, raw: bytes, to: str, sender: str = VERA_MAIL) -> None:
    client = aiosmtplib.SMTP(
        hostname="127.0.0.1", port=listener.port, use_tls=False, start_tls=False
    )
    async with client:
        await client.sendmail(sender, [to], raw)


def nested(parts: int) -> bytes:
    """Boxes within boxes, with one word inside the last."""
    head = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n)
        for n in range(parts)
    )
    return (
        b"From: vera@shopper.example\r\nMessage-ID: <nested@shopper.example>\r\n"
        b"MIME-Version: 1.0\r\n" + head + b"Content-Type: text/plain\r\n\r\nHello\r\n"
    )


BROKEN = {
    "nested": nested(1_000),
    "no head": b"\x80\x81\x82\r\n\r\nnothing\r\n",
    "noise": bytes(range(1, 10)) + bytes(range(14, 256)) * 20 + b"\r\n",
}


async def test_mails_that_cannot_be_read_are_kept_raw_and_shown_and_the_listener_lives(
    town: Town,
) -> None:
    await vera_was_mailed(town)
    reply_to = town.post.to(VERA_MAIL)[0].head("Reply-To")
    async with listening(town) as listener:
        for raw in BROKEN.values():
            await send(listener, raw, reply_to)
        await town.tick(1)
        kept = sorted(await town.rows(InboundRow), key=lambda row: row.received_at)
        assert [_lines(row.raw) for row in kept] == [_lines(raw) for raw in BROKEN.values()]
        shown = [row for row in await town.vera.entries() if row.inbound_key is not None]
        assert [row.body for row in shown] == [unreadable_mails.UNREADABLE] * len(BROKEN)
        for row in shown:
            original = await originals.mail(
                town.house, row.store_id, row.conversation_id, row.entry_id
            )
            assert original.unreadable
        await send(listener, mail("Still there?", From=VERA_MAIL, To=reply_to), reply_to)
        await town.tick(1)
        assert (await town.vera.said())[-1] == "Still there?"


def _lines(raw: bytes) -> list[bytes]:
    """A mail as SMTP carries it: every line end is one."""
    return raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n").strip().split(b"\n")


CHARSETS = {
    "unknown": (b"x-nobody-knows", "Grüße".encode(), "Grüße"),
    "wrong": (b"us-ascii", "Grüße".encode("cp1252"), "Grüße"),
    "no charset at all": (b"unicode_escape", b"\\u0000 Hello", "\\u0000 Hello"),
    "with a NUL": (b"utf-8", b"Hel\x00lo", "Hel\ufffdlo"),
    "with half a character": (b"utf-8", b"Hel\xed\xa0\xbdlo", "Helí\u00a0½lo"),
}


async def test_a_mail_in_whatever_charset_becomes_words(town: Town) -> None:
    for n, (charset, body, _) in enumerate(CHARSETS.values()):
        raw = b"From: mia%d@shopper.example\r\nMessage-ID: <c%d@shopper.example>\r\n" % (
            n,
            n,
        ) + b"Content-Type: text/plain; charset=%s\r\n\r\n%s\r\n" % (charset, body)
        await town.mail_in(raw, MAILBOX, sender=f"mia{n}@shopper.example")
        await town.tick(1)
    assert [row.body for row in await town.messages()] == [each[2] for each in CHARSETS.values()]


MIME = {
    "no last boundary": (
        b'multipart/alternative; boundary="b"',
        b"--b\r\nContent-Type: text/plain\r\n\r\nHello\r\n",
    ),
    "a boundary that never comes": (b'multipart/mixed; boundary="b"', b"Hello\r\n"),
    "no boundary": (b"multipart/mixed", b"Hello\r\n"),
    "broken base64": (
        b"text/plain\r\nContent-Transfer-Encoding: base64",
        b"SGVsbG8=!!!!\xff\r\n",
    ),
    "broken quoted-printable": (
        b"text/plain\r\nContent-Transfer-Encoding: quoted-printable",
        b"Hello=\r\n=ZZ=",
    ),
}


async def test_broken_mime_is_kept_raw_and_something_is_shown(town: Town) -> None:
    for n, (kind, body) in enumerate(MIME.values()):
        raw = b"From: mia%d@shopper.example\r\nMessage-ID: <m%d@shopper.example>\r\n" % (
            n,
            n,
        ) + b"Content-Type: %s\r\n\r\n%s" % (kind, body)
        await town.mail_in(raw, MAILBOX, sender=f"mia{n}@shopper.example")
        await town.tick(1)
        kept = max(await town.rows(InboundRow), key=lambda row: row.received_at)
        assert (kept.raw, kept.state) == (raw, "done")
    shown = await town.messages()
    assert len(shown) == len(MIME)
    assert all(row.body for row in shown)


async def test_a_mail_that_nobody_sent_is_set_aside_with_its_bytes(town: Town) -> None:
    await town.mail_in(mail("Hello", To=MAILBOX), MAILBOX, sender="")
    await town.tick(1)
    (kept,) = await town.rows(InboundRow)
    assert kept.state in ("quarantined", "done")
    assert await town.messages() == []
    assert kept.raw


async def test_two_mails_with_long_ids_that_differ_at_the_end_are_two_messages(
    town: Town,
) -> None:
    for end in ("a", "b"):
        name = "x" * 950 + end
        raw = mail(f"Mail {end}", **{"From": VERA_MAIL, "Message-ID": f"<{name}@shopper.example>"})
        await town.mail_in(raw, MAILBOX)
        await town.tick(1)
    assert [row.body for row in await town.messages()] == ["Mail a", "Mail b"]


async def test_a_mail_whose_id_is_in_another_script_is_taken(town: Town) -> None:
    name = "".join(chr(0x4E00 + (n * 7_919) % 20_000) for n in range(880))
    raw = mail("Hello", **{"From": VERA_MAIL, "Message-ID": f"<{name}@shopper.example>"})
    await town.mail_in(raw, MAILBOX)
    await town.tick(1)
    assert [row.body for row in await town.messages()] == ["Hello"]


async def test_an_agents_mail_address_as_a_strangers_from_speaks_for_nobody(town: Town) -> None:
    await town.vera.writes("Hello?")
    await town.mail_in(mail("I am Ada", From=ADA_MAIL, To=MAILBOX), MAILBOX, sender=ADA_MAIL)
    await town.tick(1)
    assert await town.vera.said() == ["Hello?"]
