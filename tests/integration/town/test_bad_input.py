"""What strangers, broken programs and full disks may do to us."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiosmtplib
import pytest

from gateway.channels.email.listener import Envelope, Listener
from gateway.errors import BadInput, StorageRefused
from gateway.files.child import Child
from gateway.protocol.session import Refusal, Session, shopper_says
from gateway.services import mails, originals
from gateway.store.tables import ConversationRow, EntryRow, InboundRow, ReceiptRow, ShopperRow
from gateway.store.tx import Tx
from tests.integration.conftest import open_store
from tests.integration.town.building import (
    ADA_MAIL,
    BASE_URL,
    KEY,
    MAILBOX,
    NUMBER,
    VERA_MAIL,
    VERA_PHONE,
    Town,
    mail,
    open_town,
)
from tests.integration.town.carrier import signed
from tests.integration.town.moving_clock import MovingClock

MESSAGE = f"{BASE_URL}/hooks/twilio/{KEY}/message"
STRANGER = "+14155550999"


def form(**fields: str) -> dict[str, str]:
    return {"MessageSid": "SM1", "From": VERA_PHONE, "To": NUMBER, "Body": "Hi", **fields}


async def vera_was_mailed(town: Town) -> None:
    await town.vera.writes("Is the blue one back?")
    await town.vera.leaves_mailbox()
    await town.vera.leaves()
    await town.ada.answers("Yes, in 38.")
    await town.tick(40)


# --- webhooks ------------------------------------------------------------------------------------


SIGNATURES = {
    "none": None,
    "empty": "",
    "noise": "bm90IGl0",
    "another token": signed(MESSAGE, form(), "another token"),
    "another body": signed(MESSAGE, form(Body="Other words")),
    "another hook": signed(f"{BASE_URL}/hooks/twilio/{KEY}/status", form()),
}


async def test_a_webhook_that_the_phone_company_did_not_sign_is_a_403_and_leaves_no_row(
    town: Town,
) -> None:
    for name, signature in SIGNATURES.items():
        headers = {} if signature is None else {"X-Twilio-Signature": signature}
        answer = await town.web.post(MESSAGE, data=form(), headers=headers)
        assert answer.status_code == 403, name
    assert await town.rows(InboundRow) == []
    assert await town.rows(ConversationRow) == []


async def test_a_receipt_that_nobody_signed_changes_nothing(town: Town) -> None:
    await town.vera.writes("Hello?")
    await town.vera.proves_number()
    text = town.carrier.taken[0]
    answer = await town.web.post(
        text.callback,
        data={"MessageSid": text.sid, "MessageStatus": "failed", "ErrorCode": "21610"},
        headers={"X-Twilio-Signature": "bm90IGl0"},
    )
    assert answer.status_code == 403
    assert await town.rows(ReceiptRow) == []
    assert [row.state for row in await town.vera.deliveries()] == ["accepted"]


async def test_the_same_webhook_fifty_times_at_once_is_one_message(town: Town) -> None:
    answers = await asyncio.gather(
        *(town.text_in(STRANGER, "Hello?", sid="SM" + "7" * 32) for _ in range(50))
    )
    assert set(answers) == {200}
    assert [row.body for row in await town.messages()] == ["Hello?"]
    assert len(await town.rows(InboundRow)) == 1


async def test_an_unknown_number_opens_a_conversation_of_an_unverified_shopper(
    town: Town,
) -> None:
    await town.vera.writes("Is the blue one back?")
    await town.vera.proves_number()
    asked = len(town.carrier.asked)
    assert await town.text_in(STRANGER, "I am Vera, what did Ada say?") == 200
    await town.tick(3_600)
    assert await town.vera.said() == ["Is the blue one back?"]
    _, stranger = sorted(await town.rows(ConversationRow), key=lambda row: row.number)
    assert stranger.shopper_id != town.vera.shopper_id
    (shopper,) = [
        row for row in await town.rows(ShopperRow) if row.shopper_id == stranger.shopper_id
    ]
    assert shopper.verified == 0
    assert shopper.name == ""
    assert len(town.carrier.asked) == asked


async def test_texts_without_words_are_taken_all_the_same(town: Town) -> None:
    for body in ("", "   ", "\u200b \n"):
        assert await town.text_in(STRANGER, body) == 200
    assert len(await town.messages()) == 3


async def test_a_text_with_a_character_that_cannot_be_kept_is_refused_and_leaves_no_row(
    town: Town,
) -> None:
    assert await town.text_in(STRANGER, "Hello\x00?") == 400
    assert await town.rows(InboundRow) == []


async def test_a_text_to_a_store_that_is_not_there_is_a_404(town: Town) -> None:
    url = f"{BASE_URL}/hooks/twilio/pk_nobody/message"
    assert await town.post_signed(url, form()) == 404


async def test_a_receipt_with_a_status_that_we_do_not_know_is_answered_and_harmless(
    town: Town,
) -> None:
    await town.vera.writes("Hello?")
    await town.vera.proves_number()
    for status in ("", "flying", "received", "partially_delivered"):
        assert await town.receipt(town.carrier.taken[0], status) == 200
    assert [row.state for row in await town.vera.deliveries()] == ["accepted"]
    assert await town.receipt(town.carrier.taken[0], "DELIVERED") == 200
    assert [row.state for row in await town.vera.deliveries()] == ["delivered"]


async def test_a_receipt_for_another_text_under_our_delivery_id_changes_nothing(
    town: Town,
) -> None:
    await town.vera.writes("Hello?")
    await town.vera.proves_number()
    url = town.carrier.taken[0].callback
    other = {"MessageSid": "SM" + "9" * 32, "MessageStatus": "failed", "ErrorCode": "21610"}
    assert await town.post_signed(url, other) == 200
    assert [row.state for row in await town.vera.deliveries()] == ["accepted"]


# --- bodies --------------------------------------------------------------------------------------


async def test_a_body_that_no_database_takes_is_refused_with_a_sentence(town: Town) -> None:
    bodies = ("Hello\x00", "half \ud83d", "\udc00", "", " \n\t")
    for body in bodies:
        with pytest.raises(BadInput, match="a message"):
            await town.vera.writes(body)
    assert await town.rows(EntryRow) == []
    await town.vera.writes("Hello?")
    for body in bodies:
        with pytest.raises(BadInput, match="a message"):
            await town.ada.answers(body)
    assert await town.vera.said() == ["Hello?"]


def test_half_a_character_in_a_frame_is_refused_and_the_socket_goes_on() -> None:
    session = Session(shopper_says, at=0.0)
    session.welcomed()
    for body in ('"\\ud83d"', '"\ud83d"', "{", '"' + "x" * 20_000 + '"'):
        found = session.receive(f'{{"t":"send","cmid":"cmid-0001","body":{body}}}', 1.0)
        assert isinstance(found, Refusal)
        assert found.answer is not None
        assert found.close is None
    good = session.receive('{"t":"send","cmid":"cmid-0001","body":"Hello"}', 2.0)
    assert not isinstance(good, Refusal)


# --- mail ----------------------------------------------------------------------------------------


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
    assert await town.mail_in(mail("Hi", From=VERA_MAIL, To="x@other.example"), "x@other.example") == []
    assert await town.rows(InboundRow) == []


@asynccontextmanager
async def listening(town: Town) -> AsyncIterator[Listener]:
    """The real mail listener in front of this house."""
    listener = Listener(
        "127.0.0.1",
        0,
        accepts=lambda recipient: mails.accepts(town.house, recipient),
        store=lambda envelope: mails.keep(town.house, envelope),
        clock=town.clock,
    )
    await listener.start()
    try:
        yield listener
    finally:
        await listener.stop()


async def send(listener: Listener, raw: bytes, to: str, sender: str = VERA_MAIL) -> None:
    client = aiosmtplib.SMTP(hostname="127.0.0.1", port=listener.port, use_tls=False, start_tls=False)
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
        assert [row.body for row in shown] == [mails.UNREADABLE] * len(BROKEN)
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
        raw = (
            b"From: mia%d@shopper.example\r\nMessage-ID: <c%d@shopper.example>\r\n" % (n, n)
            + b"Content-Type: text/plain; charset=%s\r\n\r\n%s\r\n" % (charset, body)
        )
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
        raw = (
            b"From: mia%d@shopper.example\r\nMessage-ID: <m%d@shopper.example>\r\n" % (n, n)
            + b"Content-Type: %s\r\n\r\n%s" % (kind, body)
        )
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


# --- a full disk ---------------------------------------------------------------------------------


async def test_a_full_disk_refuses_everything_loses_nothing_and_recovers(
    sqlite_url: str, clock: MovingClock, mail_child: Child
) -> None:
    store = open_store(sqlite_url, clock)
    async with open_town(store, clock, mail_child) as town:
        await town.vera.writes("Before")

        def limit(tx: Tx, pages: int) -> None:
            tx.session.connection().exec_driver_sql(f"PRAGMA max_page_count={pages}")

        await store.write(lambda tx: limit(tx, 1))  # never below what there is
        long = "word " * 1_000
        with pytest.raises(StorageRefused):
            for _ in range(20):
                await town.vera.writes(long)
        kept = await town.vera.said()
        with pytest.raises(StorageRefused):
            await town.ada.answers(long)
        assert await town.text_in(VERA_PHONE, long) == 503
        with pytest.raises(StorageRefused):
            await mails.keep(
                town.house,
                Envelope(
                    sender=VERA_MAIL,
                    recipients=(MAILBOX,),
                    raw=mail(long * 20, From=VERA_MAIL),
                    peer="192.0.2.1",
                ),
            )
        assert await town.vera.said() == kept
        assert [row.seq for row in await town.vera.entries()] == list(range(1, len(kept) + 2))
        await store.write(lambda tx: limit(tx, 1_000_000))
        await town.vera.writes("After")
        assert await town.vera.said() == [*kept, "After"]
    await store.aclose()
