"""Answers by mail, and mails that belong to a conversation without saying so."""

from __future__ import annotations

import pytest

from gateway.channels.email import tokens
from gateway.channels.email.listener import Envelope
from gateway.errors import StorageRefused
from gateway.services import mail_intake
from gateway.store.tables import ConversationRow, InboundRow
from tests.behaviours import behaviour
from tests.integration.town.building import MAILBOX, Town
from tests.integration.town.letters import mail
from tests.integration.town.post_office import Letter
from tests.integration.town.townspeople import VERA_MAIL

HERS = "mia@shopper.example"


async def vera_was_mailed(town: Town) -> Letter:
    await town.vera.writes("Is the blue one back?")
    await town.vera.leaves_mailbox()
    await town.vera.leaves()
    await town.ada.answers("Yes, in 38.")
    await town.tick(40)
    (letter,) = town.post.to(VERA_MAIL)
    return letter


async def test_the_mail_is_from_ada_at_the_store_and_answers_go_to_the_conversation(
    town: Town,
) -> None:
    letter = await vera_was_mailed(town)
    assert letter.head("From") == "Ada at Acme <hello@acme.example>"
    assert letter.words.startswith("Yes, in 38.")
    assert letter.head("Reply-To").startswith("r+")
    assert letter.back.startswith("b+")


async def test_a_mail_whose_recipient_is_ours_no_more_is_not_said_to_be_taken(town: Town) -> None:
    envelope = Envelope(
        sender=VERA_MAIL, recipients=("gone@elsewhere.example",), raw=mail("Hi"), peer="192.0.2.1"
    )
    with pytest.raises(StorageRefused):
        await mail_intake.keep(town.house, envelope)


async def test_a_stop_that_is_only_quoted_stops_nothing(town: Town) -> None:
    letter = await vera_was_mailed(town)
    await town.answers_mail(letter, "> STOP\r\n", Subject="About the blue one")
    await town.tick(1)
    assert (await town.vera.said())[-1] == "About the blue one"
    await town.answers_mail(letter, "STOP\r\n")
    await town.tick(1)
    assert (await town.vera.said())[-1] == "About the blue one"
    assert len(await town.vera.events("consent")) == 1


@behaviour(15)
async def test_vera_answers_with_the_whole_mail_below_and_only_her_words_are_shown(
    town: Town,
) -> None:
    letter = await vera_was_mailed(town)
    quoted = "\r\n".join(f"> {line}" for line in letter.words.splitlines())
    await town.answers_mail(
        letter, f"Great, 38 please.\r\n\r\nOn Fri, Ada at Acme wrote:\r\n{quoted}"
    )
    await town.tick(1)
    assert (await town.vera.said())[-1] == "Great, 38 please."
    answer = (await town.vera.entries())[-1]
    assert (answer.channel, answer.side) == ("email", "shopper")


async def test_an_answer_by_mail_makes_its_delivery_read_and_moves_no_seen(town: Town) -> None:
    letter = await vera_was_mailed(town)
    await town.answers_mail(letter, "Great")
    await town.tick(1)
    assert [row.state for row in await town.vera.deliveries()] == ["read"]
    assert (await town.vera.conversation()).seen_shopper == 0
    await town.tick(24 * 3_600)
    assert len(town.post.to(VERA_MAIL)) == 1


async def test_an_answer_to_the_stores_own_address_is_known_by_what_it_replies_to(
    town: Town,
) -> None:
    letter = await vera_was_mailed(town)
    for n, field in enumerate(("In-Reply-To", "References")):
        raw = mail(
            f"Answer {n}",
            **{"From": VERA_MAIL, "To": MAILBOX, field: letter.head("Message-ID")},
        )
        await town.mail_in(raw, MAILBOX)
        await town.tick(1)
    assert (await town.vera.said())[2:] == ["Answer 0", "Answer 1"]


async def test_a_mail_that_only_names_the_subject_proves_nothing(town: Town) -> None:
    letter = await vera_was_mailed(town)
    raw = mail("Me again", From=VERA_MAIL, To=MAILBOX, Subject=f"Re: {letter.head('Subject')}")
    await town.mail_in(raw, MAILBOX)
    await town.tick(1)
    assert await town.vera.said() == ["Is the blue one back?", "Yes, in 38."]
    assert len(await town.rows(ConversationRow)) == 2


async def test_mails_of_one_conversation_are_one_thread_in_the_mail_program(town: Town) -> None:
    first = await vera_was_mailed(town)
    await town.answers_mail(first, "Which colours?", **{"Message-ID": "<hers@shopper.example>"})
    await town.tick(1)
    await town.ada.answers("Blue and red.")
    await town.tick(20)
    _, second = town.post.to(VERA_MAIL)
    assert second.head("In-Reply-To") == "<hers@shopper.example>"
    assert first.head("Message-ID") in second.head("References")
    assert second.head("Subject") == f"Re: {first.head('Subject')}"
    assert second.words.startswith("Blue and red.")


@behaviour(16)
async def test_mia_who_came_by_mail_is_answered_by_mail_and_goes_on_without_any_token(
    town: Town,
) -> None:
    raw = mail("Do you ship to Oslo?", From=HERS, To=MAILBOX, Subject="Oslo")
    await town.mail_in(raw, MAILBOX, sender=HERS)
    await town.tick(1)
    (row,) = await town.rows(ConversationRow)
    mia = type(town.vera)(town, row.shopper_id)
    await town.ada.answers("We do.", mia)
    await town.tick(20)
    (letter,) = town.post.to(HERS)
    assert letter.head("Subject") == "Re: Oslo"
    await town.mail_in(mail("By when?", From=HERS, To=MAILBOX), MAILBOX, sender=HERS)
    await town.tick(1)
    assert await mia.said() == ["Do you ship to Oslo?", "We do.", "By when?"]


async def test_a_read_receipt_marks_the_mail_read_and_is_no_message(town: Town) -> None:
    letter = await vera_was_mailed(town)
    raw = (
        f"From: {VERA_MAIL}\r\nTo: {letter.head('Reply-To')}\r\n"
        "Message-ID: <mdn@shopper.example>\r\nMIME-Version: 1.0\r\n"
        "Content-Type: multipart/report; report-type=disposition-notification;"
        ' boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nYour mail was displayed.\r\n"
        "--b\r\nContent-Type: message/disposition-notification\r\n\r\n"
        f"Final-Recipient: rfc822; {VERA_MAIL}\r\n"
        f"Original-Message-ID: {letter.head('Message-ID')}\r\n"
        "Disposition: manual-action/MDN-sent-manually; displayed\r\n\r\n--b--\r\n"
    ).encode()
    await town.mail_in(raw, letter.head("Reply-To"))
    await town.tick(1)
    assert [row.state for row in await town.vera.deliveries()] == ["read"]
    assert await town.vera.said() == ["Is the blue one back?", "Yes, in 38."]


async def test_our_own_mail_that_a_relay_renamed_and_sent_back_is_nobodys_words(town: Town) -> None:
    letter = await vera_was_mailed(town)
    renamed = letter.mail.as_bytes().replace(
        letter.head("Message-ID").encode(), b"<0100-4c6f7065@relay.example>"
    )
    for n, raw in enumerate((letter.mail.as_bytes(), renamed)):
        await town.mail_in(raw, MAILBOX, sender=f"sent-on-{n}@relay.example")
        await town.tick(1)
    assert [row.outcome for row in await town.rows(InboundRow)] == ["own_mail"] * 2
    assert await town.vera.said() == ["Is the blue one back?", "Yes, in 38."]
    assert len(await town.rows(ConversationRow)) == 1


async def test_an_agent_of_another_shop_that_runs_onethread_too_is_heard(town: Town) -> None:
    theirs, secret, payload = "in.lamps.example", b"a secret of theirs", "0" * 26
    raw = mail(
        "Do you sell lamps by the dozen?",
        **{
            "From": "Noor at Lamps <hello@lamps.example>",
            "To": MAILBOX,
            "Reply-To": tokens.reply_address(secret, domain=theirs, payload=payload),
            "Message-ID": tokens.message_id(payload, theirs),
        },
    )
    await town.mail_in(raw, MAILBOX, sender=f"b+x@{theirs}")
    await town.tick(1)
    (row,) = await town.rows(ConversationRow)
    noor = type(town.vera)(town, row.shopper_id)
    assert await noor.said() == ["Do you sell lamps by the dozen?"]


async def test_a_mail_to_several_of_our_addresses_is_one_message(town: Town) -> None:
    letter = await vera_was_mailed(town)
    reply_to = letter.head("Reply-To")
    await town.mail_in(mail("Thanks", From=VERA_MAIL), reply_to, MAILBOX)
    await town.tick(1)
    assert (await town.vera.said())[2:] == ["Thanks"]
    assert len(await town.rows(ConversationRow)) == 1


@pytest.mark.parametrize("reply_address_first", [True, False])
async def test_an_answer_to_all_that_comes_once_for_each_of_our_domains_is_one_message(
    town: Town, reply_address_first: bool
) -> None:
    letter = await vera_was_mailed(town)
    ours = [letter.head("Reply-To"), MAILBOX]
    fields = {
        "From": VERA_MAIL,
        "To": ours[0],
        "Cc": MAILBOX,
        "Message-ID": "<all@shopper.example>",
    }
    for recipient in ours if reply_address_first else ours[::-1]:
        await town.mail_in(mail("Thanks, all", **fields), recipient)
        await town.tick(1)
    assert (await town.vera.said())[2:] == ["Thanks, all"]
    assert len(await town.rows(ConversationRow)) == 1


async def test_a_program_that_gives_all_its_mails_one_message_id_loses_none(town: Town) -> None:
    letter = await vera_was_mailed(town)
    reply_to, broken = (
        letter.head("Reply-To"),
        {"From": VERA_MAIL, "Message-ID": "<1@till.example>"},
    )
    first = mail("Which colours?", **broken, Date="Fri, 09 Jan 2026 12:00:00 +0000")
    second = mail("And in 39?", **broken, Date="Fri, 09 Jan 2026 12:07:00 +0000")
    for raw in (first, second, first, second):
        await town.mail_in(raw, reply_to)
        await town.tick(1)
    assert (await town.vera.said())[2:] == ["Which colours?", "And in 39?"]


async def test_a_mail_without_a_date_is_known_again_by_its_words(town: Town) -> None:
    letter = await vera_was_mailed(town)
    head = f"From: {VERA_MAIL}\r\nMessage-ID: <1@till.example>\r\n\r\n"
    for words in ("Which colours?", "And in 39?", "Which colours?"):
        await town.mail_in(f"{head}{words}\r\n".encode(), letter.head("Reply-To"))
        await town.tick(1)
    assert (await town.vera.said())[2:] == ["Which colours?", "And in 39?"]


async def test_a_copy_that_a_scanner_wrote_its_line_under_is_the_same_mail(town: Town) -> None:
    letter = await vera_was_mailed(town)
    same = {"From": VERA_MAIL, "Message-ID": "<all@shopper.example>"}
    await town.mail_in(mail("Thanks", **same), letter.head("Reply-To"))
    await town.mail_in(mail("Thanks\r\n\r\nVirus-free.", **same), MAILBOX)
    await town.tick(1)
    assert (await town.vera.said())[2:] == ["Thanks"]
    assert len(await town.rows(InboundRow)) == 1


@pytest.mark.parametrize(
    "message_id",
    [
        b"<a\x00b@shopper.example>",
        b"<\xff\xfe@shopper.example>",
        b"<a\xed\xa0\x80@x.example>",
        b"<" * 5_000,
    ],
    ids=["nul", "no text", "half a character", "endless"],
)
async def test_whatever_bytes_a_message_id_has_the_mail_is_kept(
    town: Town, message_id: bytes
) -> None:
    letter = await vera_was_mailed(town)
    head = f"From: {VERA_MAIL}\r\nDate: Fri, 09 Jan 2026 12:00:00 +0000\r\n".encode()
    raw = head + b"Message-ID: " + message_id + b"\r\n\r\nWhich colours?\r\n"
    for _ in range(2):
        await town.mail_in(raw, letter.head("Reply-To"))
        await town.tick(1)
    assert (await town.vera.said())[2:] == ["Which colours?"]
