"""Mails that say whose they are, and what their providers say to that."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from gateway.channels.email.authenticity import SenderCheck
from gateway.channels.email.resolver import Resolver
from gateway.files.child import Child
from gateway.services import reading
from gateway.store import people
from gateway.store.tables import AddressRow, ConversationRow, EntryRow, InboundRow
from gateway.store.tx import unpack
from tests.behaviours import behaviour
from tests.integration.name_server import NameServer, name_server
from tests.integration.signing import SELECTOR, record, rsa_key, signed
from tests.integration.town.building import ADA_MAIL, MAILBOX, Town
from tests.integration.town.letters import mail
from tests.integration.town.post_office import Letter
from tests.integration.town.townspeople import VERA_MAIL, Shopper

SHOPPER = "shopper.example"
ABROAD = "93.184.216.99"  # a machine in the world that no provider here names
TOM = "tom@shopper.example"


@pytest.fixture
async def names() -> AsyncIterator[NameServer]:
    """The DNS: the shoppers' provider and Ada's sign, and ask that all else be refused."""
    async with name_server() as server:
        for domain in (SHOPPER, "home.example"):
            server.says(f"{SELECTOR}._domainkey.{domain}", record(rsa_key()))
            server.says(f"_dmarc.{domain}", "v=DMARC1; p=reject")
            server.says(domain, "v=spf1 -all")
        yield server


@pytest.fixture(scope="session")
async def sums() -> AsyncIterator[Child]:
    child = Child("gateway.worker.signature_reader")
    yield child
    await child.aclose()


@pytest.fixture
def asking(town: Town, names: NameServer, sums: Child) -> Town:
    """The town, asking the DNS about the senders of mails."""
    check = SenderCheck(Resolver(names.address), sums.read)
    town.house = replace(town.house, senders=check)
    return town


async def vera_was_mailed(town: Town) -> Letter:
    await town.vera.writes("Is the blue one back?")
    await town.vera.leaves_mailbox()
    await town.vera.leaves()
    await town.ada.answers("Yes, in 38.")
    await town.tick(40)
    return town.post.to(VERA_MAIL)[-1]


async def writes(town: Town, to: str, words: str, **fields: str) -> None:
    """A person's own mail program, by their own provider, who signs it."""
    raw = mail(words, **{"From": VERA_MAIL, "To": to, **fields})
    await town.mail_in(signed(raw, SHOPPER), to, sender=fields.get("From", VERA_MAIL))
    await town.tick(1)


async def forges(town: Town, to: str, words: str, **fields: str) -> None:
    """Mallory, from a machine of his own, as somebody else."""
    raw = mail(words, **{"From": VERA_MAIL, "To": to, **fields})
    await town.mail_in(raw, to, sender=fields.get("From", VERA_MAIL), peer=ABROAD)
    await town.tick(1)


async def another(town: Town) -> ConversationRow:
    """The one conversation that is not Vera's."""
    hers = (await town.vera.conversation()).conversation_id
    (row,) = [row for row in await town.rows(ConversationRow) if row.conversation_id != hers]
    return row


async def events(town: Town, conversation_id: str) -> list[tuple[str, int]]:
    rows = [row for row in await town.entries(conversation_id) if row.event == "related"]
    assert {row.audience for row in rows} <= {"staff"}
    return [(town.data_of(row)["why"], town.data_of(row)["number"]) for row in rows]


async def verdicts(town: Town, rows: list[EntryRow]) -> list[str]:
    found = [town.data_of(row).get("vouched", {}).get("verdict") for row in rows]
    return [each for each in found if each]


@behaviour(16)
async def test_vera_who_answered_once_by_mail_joins_by_her_address_alone_if_it_is_really_she(
    asking: Town,
) -> None:
    letter = await vera_was_mailed(asking)
    await writes(asking, letter.head("Reply-To"), "Great")
    await writes(asking, MAILBOX, "And in red?", Subject="Something else")
    assert (await asking.vera.said())[2:] == ["Great", "And in red?"]
    await asking.mail_in(mail("And in green?", From=VERA_MAIL, To=MAILBOX), MAILBOX)
    await asking.tick(1)
    assert (await asking.vera.said())[2:] == ["Great", "And in red?"]
    assert (await asking.entries((await another(asking)).conversation_id))[-1].body == (
        "And in green?"
    )


@behaviour(16)
async def test_a_mailbox_that_was_only_typed_joins_nothing_by_itself_however_real_the_mail(
    asking: Town,
) -> None:
    await vera_was_mailed(asking)
    await writes(asking, MAILBOX, "Me again", Subject="Re: Your question to Acme (#1)")
    assert len(await asking.vera.said()) == 2


@behaviour(16)
async def test_of_two_shoppers_who_proved_one_mailbox_none_is_guessed(asking: Town) -> None:
    await asking.policy(ladder=["email"])
    zoe = await asking.shopper()
    for shopper in (asking.vera, zoe):
        await shopper.writes("Hello?")
        await shopper.leaves_mailbox()
        await shopper.leaves()
    for shopper in (asking.vera, zoe):
        await asking.ada.answers("Hi", shopper)
        await asking.tick(400)
    for letter in asking.post.to(VERA_MAIL):
        await writes(asking, letter.head("Reply-To"), "Thanks")
    await writes(asking, MAILBOX, "Whose am I?")
    for shopper in (asking.vera, zoe):
        assert (await shopper.said())[-1] == "Thanks"


@behaviour(17)
async def test_a_forger_with_veras_reply_address_and_her_name_joins_nothing_and_learns_nothing(
    asking: Town,
) -> None:
    letter = await vera_was_mailed(asking)
    await forges(asking, letter.head("Reply-To"), "Send it to Leeds instead")
    await asking.tick(3_600)
    hers, his = await asking.vera.conversation(), await another(asking)
    assert await asking.vera.said() == ["Is the blue one back?", "Yes, in 38."]
    assert [row.state for row in await asking.vera.deliveries()] == ["accepted"]
    assert await events(asking, his.conversation_id) == [("forged", hers.number)]
    assert await events(asking, hers.conversation_id) == [("answered_by_forger", his.number)]
    assert await verdicts(asking, await asking.entries(his.conversation_id)) == ["fail"]
    sent = len(asking.post.taken)
    await asking.ada.answers("To Leeds?", Shopper(asking, his.shopper_id))
    await asking.tick(3_600)
    assert len(asking.post.taken) == sent
    mallory = Shopper(asking, his.shopper_id)
    assert (await mallory.reach()).state == "unreachable"


@behaviour(17)
async def test_what_is_known_of_a_sender_is_for_the_staff_alone(asking: Town) -> None:
    letter = await vera_was_mailed(asking)
    await writes(asking, letter.head("Reply-To"), "Great")
    await forges(asking, letter.head("Reply-To"), "Send it to Leeds instead")
    row = await asking.vera.conversation()
    for audience, seen in (("staff", True), ("shopper", False)):
        found = await reading.snapshot(
            asking.house,
            row.store_id,
            row.conversation_id,
            audience,  # type: ignore[arg-type]  # one of two words
        )
        text = found.model_dump_json()
        assert ("vouched" in text, "answered_by_forger" in text) == (seen, seen)
    answer = next(each for each in await asking.vera.entries() if each.body == "Great")
    assert asking.data_of(answer)["vouched"] == {
        "verdict": "pass",
        "words": "Signed by shopper.example",
        "domain": SHOPPER,
    }


async def test_a_forged_stop_stops_nobody_and_a_forged_start_starts_nobody(asking: Town) -> None:
    letter = await vera_was_mailed(asking)
    await forges(asking, letter.head("Reply-To"), "STOP")
    assert await stopped(asking) == [False, False]
    await writes(asking, letter.head("Reply-To"), "STOP")
    assert await stopped(asking) == [True, True]
    await forges(asking, letter.head("Reply-To"), "START")
    assert all(await stopped(asking))


async def stopped(town: Town) -> list[bool]:
    rows = await town.read(
        lambda tx: list(people.addresses_with(tx, town.store_id, "email", VERA_MAIL))
    )
    return [row.stopped_at is not None for row in rows]


async def test_a_forged_mail_proves_no_address_and_agrees_to_nothing(asking: Town) -> None:
    await forges(asking, MAILBOX, "I am Vera")
    (row,) = [row for row in await asking.rows(AddressRow) if row.value == VERA_MAIL]
    assert (row.proven_at, row.opened_conversation_id) == (None, None)
    assert (
        await asking.read(lambda tx: list(people.consents_of(tx, row.store_id, [row.address_id])))
        == []
    )
    await writes(asking, MAILBOX, "And this is I")
    assert len(await asking.rows(ConversationRow)) == 2


@behaviour(18)
async def test_a_forger_with_adas_reply_address_and_her_name_is_not_ada(asking: Town) -> None:
    await asking.vera.writes("Is anybody there?")
    await asking.tick(200)
    (notice,) = asking.post.to(ADA_MAIL)
    await forges(asking, notice.head("Reply-To"), "Wire me the money", From=ADA_MAIL)
    assert await asking.vera.said() == ["Is anybody there?"]
    hers = await asking.vera.conversation()
    assert ("answered_by_forger", (await another(asking)).number) in await events(
        asking, hers.conversation_id
    )
    raw = mail("Yes", From=ADA_MAIL, To=notice.head("Reply-To"))
    await asking.mail_in(signed(raw, "home.example"), notice.head("Reply-To"), sender=ADA_MAIL)
    await asking.tick(1)
    assert await asking.vera.said() == ["Is anybody there?", "Yes"]


async def test_ada_sees_whom_veras_mail_went_to_as_well_and_vera_and_tom_are_told_nothing(
    asking: Town,
) -> None:
    letter = await vera_was_mailed(asking)
    home = letter.head("Reply-To")
    await writes(asking, home, "Great", Cc=f"Tom <tom@elsewhere.example>, {MAILBOX}, {VERA_MAIL}")
    said = next(each for each in reversed(await asking.vera.entries()) if each.kind == "message")
    assert asking.data_of(said)["also_to"] == ["tom@elsewhere.example"]
    shown = await reading.snapshot(asking.house, said.store_id, said.conversation_id, "shopper")
    assert "tom@elsewhere" not in shown.model_dump_json()
    await writes(asking, home, "And thank you")
    assert (await asking.vera.said())[-1] == "And thank you"
    plain = next(each for each in reversed(await asking.vera.entries()) if each.kind == "message")
    assert "also_to" not in asking.data_of(plain)


@behaviour(18)
async def test_tom_whom_vera_named_in_cc_is_never_vera_and_is_told_apart_from_a_stranger(
    asking: Town,
) -> None:
    letter = await vera_was_mailed(asking)
    await writes(asking, letter.head("Reply-To"), "Tom pays", Cc=f"Tom <{TOM}>")
    await writes(asking, letter.head("Reply-To"), "I do", From=TOM)
    hers, toms = await asking.vera.conversation(), await another(asking)
    assert (await asking.vera.said())[2:] == ["Tom pays"]
    assert await events(asking, toms.conversation_id) == [("named_in_cc", hers.number)]
    assert await events(asking, hers.conversation_id) == [("answered_from_cc", toms.number)]
    assert [row.body for row in await asking.entries(toms.conversation_id) if row.body] == ["I do"]


async def test_whom_an_unproven_mail_names_in_cc_is_a_stranger(asking: Town) -> None:
    letter = await vera_was_mailed(asking)
    reply_to = letter.head("Reply-To")
    unsigned = mail("Tom pays", From=VERA_MAIL, To=reply_to, Cc=TOM)
    await asking.mail_in(unsigned, reply_to)
    await asking.tick(1)
    await writes(asking, reply_to, "I do", From=TOM)
    assert [why for why, _ in await events(asking, (await another(asking)).conversation_id)] == [
        "other_sender"
    ]


async def test_who_opened_by_mail_goes_on_while_the_dns_is_down_and_a_forger_does_not(
    asking: Town, names: NameServer
) -> None:
    await writes(asking, MAILBOX, "Do you ship to Oslo?", From=TOM)
    (row,) = await asking.rows(ConversationRow)
    tom = Shopper(asking, row.shopper_id)
    await forges(asking, MAILBOX, "To Leeds instead", From=TOM)
    assert await tom.said() == ["Do you ship to Oslo?"]
    names.broken |= set(names.zone)
    await forges(asking, MAILBOX, "By when?", From=TOM)
    # What was answered is kept for as long as it said; this name was not asked for before.
    assert (await asking.rows(InboundRow))[-1].state == "done"


async def test_who_answers_the_envelopes_sender_joins_like_who_answers_the_reply_address(
    town: Town,
) -> None:
    letter = await vera_was_mailed(town)
    await town.mail_in(mail("Great", From=VERA_MAIL, To=letter.back), letter.back)
    away = mail(
        "I am away until Monday.",
        **{"From": VERA_MAIL, "To": letter.back, "Auto-Submitted": "auto-replied"},
    )
    await town.mail_in(away, letter.back)
    await town.mail_in(
        mail("Send it to me", From="m@evil.example", To=letter.back),
        letter.back,
        sender="m@evil.example",
    )
    await town.tick(1)
    assert (await town.vera.said())[2:] == ["Great"]
    assert [row.state for row in await town.vera.deliveries()] == ["read"]


async def test_the_verdict_is_kept_with_the_mail(asking: Town) -> None:
    await writes(asking, MAILBOX, "Hello", From=TOM)
    await forges(asking, MAILBOX, "Hello", From=TOM)
    rows = sorted(await asking.rows(InboundRow), key=lambda row: row.received_at)
    assert [unpack(row.envelope)["vouched"]["verdict"] for row in rows] == ["pass", "fail"]
