"""WhatsApp: one thread with everything else, free words for a day, a template or another way after.

The town's carrier notes what goes out as free words to whom has not written for a day; the checker
looks for that after every test here.
"""

from __future__ import annotations

import re

import pytest

from gateway.errors import BadInput, Conflict
from gateway.services import (
    addresses,
    explain,
    receive,
    setup,
    uploads,
    whatsapp_templates,
)
from gateway.services.missed_texts import AT_FIRST, take_missed
from gateway.store import house as houses
from gateway.store.tables import AddressRow, ConversationRow
from tests.integration.town.building import DOMAIN, MAILBOX, ORIGIN, Town
from tests.integration.town.leaving import hops, vera_asks_and_leaves
from tests.integration.town.outside import BASE_URL, KEY, NUMBER
from tests.integration.town.test_files import once
from tests.integration.town.test_text_files import drawing
from tests.integration.town.townspeople import VERA_PHONE, Shopper
from tests.unit.files.drawing import photo

HOUR = 3_600
VERA = f"whatsapp:{VERA_PHONE}"
ANSWER, KNOCK, CODE = (f"HX{each * 32}" for each in "abc")
BODIES = {
    "words": (ANSWER, "{{1}} at {{2}} has answered: {{3}}"),
    "knock": (KNOCK, "{{1}} at {{2}} has answered you. Reply Y to read it here."),
    "code": (CODE, "{{1}} is your verification code."),
}


@pytest.fixture(autouse=True)
async def _on_whatsapp(town: Town) -> None:
    """Acme writes by WhatsApp, first of all."""
    await is_on_whatsapp(town, NUMBER)
    await town.policy(ladder=["whatsapp", "sms", "email"])


async def is_on_whatsapp(
    town: Town, number: str | None, *, key: str = KEY, name: str = "Acme"
) -> None:
    await setup.ensure_store(
        town.house.store,
        setup.NewStore(
            key=key,
            name=name,
            origins=(ORIGIN,),
            sms_from=NUMBER if key == KEY else None,
            sms_rates={NUMBER: 0} if key == KEY else {},
            whatsapp_from=number,
            mail_from=MAILBOX,
            mail_domain=DOMAIN,
        ),
    )


async def has_template(town: Town, purpose: str, *, price: int | None = None) -> None:
    sid, body = BODIES[purpose]
    town.carrier.templates[sid] = body
    await whatsapp_templates.put(
        town.house.store,
        KEY,
        purpose=purpose,
        language="en",
        content_sid=sid,
        body=body,
        price=price,
    )


async def writer(town: Town) -> Shopper:
    """Whoever wrote last by WhatsApp."""
    rows = await town.rows(AddressRow)
    mine = [row for row in rows if (row.channel, row.value) == ("whatsapp", VERA_PHONE)]
    return Shopper(town, mine[-1].person_id)


async def verdicts_of(shopper: Shopper) -> dict[str, str]:
    """What the newest decision that weighed the ways says of each, as an agent reads it."""
    row, town = await shopper.conversation(), shopper.town
    weighed = [
        each
        for each in await town.decisions()
        if (each.conversation_id, each.side) == (row.conversation_id, "shopper")
        and "held" not in each.considered
    ]
    why = await explain.decision(town.house, row.store_id, weighed[-1].decision_id)
    return {str(each["channel"]): str(each["sentence"]) for each in why.considered}


async def test_a_whatsapp_message_is_one_thread_with_its_answer(town: Town) -> None:
    assert await town.whatsapp_in(VERA_PHONE, "Is the blue one back?") == 200
    vera = await writer(town)
    await town.ada.answers("Yes, in 38.", vera)
    await town.tick(30)
    (text,) = town.carrier.taken
    assert (text.to, text.sender, text.content_sid) == (VERA, f"whatsapp:{NUMBER}", "")
    assert text.body.startswith("Ada at Acme: Yes, in 38.")
    assert "Reply STOP to end these messages." in text.body
    assert await town.whatsapp_in(VERA_PHONE, "I take it") == 200
    assert await vera.said() == ["Is the blue one back?", "Yes, in 38.", "I take it"]
    assert len(await town.rows(ConversationRow)) == 1


async def test_the_same_webhook_twice_is_one_message(town: Town) -> None:
    for _ in range(2):
        assert await town.whatsapp_in(VERA_PHONE, "Hello?", MessageSid="SM" + "1" * 32) == 200
    assert await (await writer(town)).said() == ["Hello?"]


async def test_whoever_has_proven_the_number_by_sms_is_the_same_person_by_whatsapp(
    town: Town,
) -> None:
    await vera_asks_and_leaves(town)
    assert await town.whatsapp_in(VERA_PHONE, "I am here now") == 200
    assert await town.vera.said() == ["Is the blue one back?", "I am here now"]
    await town.ada.answers("Yes, in 38.")
    await town.tick(30)
    assert await hops(town) == [("whatsapp", "accepted")]


async def test_a_number_that_was_only_typed_is_no_claim_to_its_whatsapp(town: Town) -> None:
    await town.vera.writes("Is the blue one back?")
    await town.vera.leaves_number()
    await town.tick()
    assert await town.whatsapp_in(VERA_PHONE, "Hello?") == 200
    assert await town.vera.said() == ["Is the blue one back?"]
    assert await (await writer(town)).said() == ["Hello?"]


async def test_a_whatsapp_message_proves_nothing_of_the_number_by_sms(town: Town) -> None:
    assert await town.whatsapp_in(VERA_PHONE, "Hello?") == 200
    vera = await writer(town)
    held = [row for row in await town.rows(AddressRow) if row.person_id == vera.shopper_id]
    (row,) = held
    assert (row.channel, row.proof, row.proven_in) == (
        "whatsapp",
        "message",
        (await vera.conversation()).conversation_id,
    )


async def test_free_words_go_until_the_24_hours_are_over(town: Town) -> None:
    assert await town.whatsapp_in(VERA_PHONE, "Is the blue one back?") == 200
    vera = await writer(town)
    await town.tick(24 * HOUR - 120)
    await town.ada.answers("Yes, in 38.", vera)
    await town.tick(50)
    assert [each.content_sid for each in town.carrier.taken] == [""]


async def test_after_24_hours_a_template_brings_the_words(town: Town) -> None:
    await has_template(town, "words")
    assert await town.whatsapp_in(VERA_PHONE, "Is the blue one back?") == 200
    vera = await writer(town)
    await town.tick(24 * HOUR)
    await town.ada.answers("Yes,\nin 38.", vera)
    await town.tick(60)
    (text,) = town.carrier.taken
    assert text.content_sid == ANSWER
    assert text.body == "Ada at Acme has answered: Yes, in 38."
    assert "Body" not in town.carrier.asked[-1]
    because = (await vera.reasons_of("send"))[-1]
    assert "24 h after" in because
    assert "an approved template brings it" in because


async def test_after_24_hours_without_a_template_the_next_way_is_taken_and_says_why(
    town: Town,
) -> None:
    await vera_asks_and_leaves(town, mailbox=True)
    assert await town.whatsapp_in(VERA_PHONE, "I am here now") == 200
    await town.tick(25 * HOUR)
    await town.ada.answers("Yes, in 38.")
    await town.tick(60)
    assert await hops(town) == [("sms", "accepted")]
    said = (await verdicts_of(town.vera))["whatsapp"]
    assert said.startswith("WhatsApp closed 6")
    assert said.endswith("and no approved template brings this")


async def test_who_can_be_reached_by_whatsapp_alone_is_unreachable_once_it_has_closed(
    town: Town,
) -> None:
    assert await town.whatsapp_in(VERA_PHONE, "Is the blue one back?") == 200
    vera = await writer(town)
    await town.tick(25 * HOUR)
    await town.ada.answers("Yes, in 38.", vera)
    await town.tick(60)
    assert town.carrier.taken == []
    assert (await vera.reach()).state == "unreachable"
    assert await town.whatsapp_in(VERA_PHONE, "Anybody there?") == 200
    await town.tick(60)
    assert [each.body.splitlines()[0] for each in town.carrier.taken] == [
        "Ada at Acme: Yes, in 38."
    ]


async def test_a_window_that_closes_before_the_hand_over_is_looked_at_again(town: Town) -> None:
    """The plan was made a moment before the end; the claim asks again, and nothing free goes."""
    await vera_asks_and_leaves(town)
    assert await town.whatsapp_in(VERA_PHONE, "I am here now") == 200
    await town.tick(24 * HOUR - 120)
    await town.ada.answers("Yes, in 38.")
    await town.look(after=40)
    assert await hops(town) == [("whatsapp", "queued")]
    await town.look(after=60)
    await town.tick()
    assert await hops(town) == [("whatsapp", "superseded"), ("sms", "accepted")]


async def test_a_window_that_closes_before_the_hand_over_makes_a_template_of_the_words(
    town: Town,
) -> None:
    await has_template(town, "words")
    await vera_asks_and_leaves(town)
    assert await town.whatsapp_in(VERA_PHONE, "I am here now") == 200
    await town.tick(24 * HOUR - 120)
    await town.ada.answers("Yes, in 38.")
    await town.look(after=40)
    await town.look(after=60)
    await town.tick()
    assert await hops(town) == [("whatsapp", "accepted")]
    assert town.carrier.taken[-1].content_sid == ANSWER


async def test_a_read_receipt_says_that_vera_has_read_it(town: Town) -> None:
    assert await town.whatsapp_in(VERA_PHONE, "Is the blue one back?") == 200
    vera = await writer(town)
    await town.ada.answers("Yes, in 38.", vera)
    await town.tick(30)
    (text,) = town.carrier.taken
    for status in ("read", "delivered", "sent"):
        assert await town.receipt(text, status) == 200
    assert [row.state for row in await vera.deliveries()] == ["read"]


async def test_where_whatsapp_says_that_it_has_closed_the_next_way_is_taken_at_once(
    town: Town,
) -> None:
    """63016: what it says counts, whatever we make of her last message."""
    await vera_asks_and_leaves(town)
    assert await town.whatsapp_in(VERA_PHONE, "I am here now") == 200
    await town.ada.answers("Yes, in 38.")
    await town.tick(30)
    assert await town.receipt(town.carrier.taken[-1], "undelivered", error=63016) == 200
    await town.tick(30)
    assert await hops(town) == [("whatsapp", "returned"), ("sms", "accepted")]
    assert (await verdicts_of(town.vera))["whatsapp"].startswith("WhatsApp closed")


async def test_where_whatsapp_says_that_it_has_closed_a_template_brings_the_same_words(
    town: Town,
) -> None:
    await has_template(town, "words")
    assert await town.whatsapp_in(VERA_PHONE, "Is the blue one back?") == 200
    vera = await writer(town)
    await town.ada.answers("Yes, in 38.", vera)
    await town.tick(30)
    assert await town.receipt(town.carrier.taken[-1], "undelivered", error=63016) == 200
    await town.tick(400)
    assert [each.content_sid for each in town.carrier.taken] == ["", ANSWER]


async def test_a_number_that_is_not_on_whatsapp_is_texted_and_never_tried_again(
    town: Town,
) -> None:
    await has_template(town, "words")
    await vera_asks_and_leaves(town)
    assert await town.whatsapp_in(VERA_PHONE, "I am here now") == 200
    await town.ada.answers("Yes, in 38.")
    await town.tick(30)
    assert await town.receipt(town.carrier.taken[-1], "undelivered", error=63003) == 200
    await town.tick(400)
    assert await hops(town) == [("whatsapp", "failed"), ("sms", "accepted")]
    await town.ada.answers("And in 39.")
    await town.tick(400)
    assert [each.to for each in town.carrier.taken][-1] == VERA_PHONE


async def test_a_message_that_quotes_one_of_ours_joins_that_conversation(town: Town) -> None:
    """Two shoppers, one phone: what is quoted says who is meant, whoever was written to last."""
    await vera_asks_and_leaves(town)
    assert await town.whatsapp_in(VERA_PHONE, "I am here now") == 200
    await town.ada.answers("Yes, in 38.")
    await town.tick(30)
    quoted = town.carrier.taken[-1].sid
    tom = await town.shopper()
    await tom.writes("Are you open on Sunday?")
    await tom.proves_number()
    await tom.leaves()
    await town.ada.answers("Yes, from ten.", tom)
    await town.tick(400)
    sent = town.carrier.taken[-1]
    assert sent.to == VERA_PHONE
    assert (
        await town.whatsapp_in(VERA_PHONE, "Keep it for me", OriginalRepliedMessageSid=quoted)
        == 200
    )
    assert (await town.vera.said())[-1] == "Keep it for me"
    assert "Keep it for me" not in await tom.said()


async def test_a_quoted_message_that_went_to_another_number_proves_nothing(town: Town) -> None:
    assert await town.whatsapp_in(VERA_PHONE, "Is the blue one back?") == 200
    vera = await writer(town)
    await town.ada.answers("Yes, in 38.", vera)
    await town.tick(30)
    quoted = town.carrier.taken[-1].sid
    mallory = "+14155550166"
    assert await town.whatsapp_in(mallory, "And?", OriginalRepliedMessageSid=quoted) == 200
    assert "And?" not in await vera.said()


async def test_a_button_says_what_stands_on_it(town: Town) -> None:
    said = {"ButtonText": "Yes, please", "ButtonPayload": "yes"}
    assert await town.whatsapp_in(VERA_PHONE, "", **said) == 200
    assert await (await writer(town)).said() == ["Yes, please"]


async def test_a_stop_by_whatsapp_ends_whatsapp_alone_and_is_confirmed_there(town: Town) -> None:
    await vera_asks_and_leaves(town)
    assert await town.whatsapp_in(VERA_PHONE, "I am here now") == 200
    assert await town.whatsapp_in(VERA_PHONE, "STOP") == 200
    await town.tick(30)
    assert town.carrier.taken[-1].to == VERA
    assert "no more messages from us here" in town.carrier.taken[-1].body
    await town.ada.answers("Yes, in 38.")
    await town.tick(400)
    assert await hops(town) == [("sms", "accepted")]
    held = {
        row.channel: row.stopped_at
        for row in await town.rows(AddressRow)
        if row.value == VERA_PHONE
    }
    assert held["sms"] is None
    assert held["whatsapp"] is not None


async def test_vera_leaves_her_number_for_whatsapp_and_the_code_comes_as_a_template(
    town: Town,
) -> None:
    await has_template(town, "code")
    await has_template(town, "words")
    await town.vera.writes("Is the blue one back?")
    address_id = await leaves_for_whatsapp(town)
    await town.tick()
    (text,) = town.carrier.taken
    assert (text.to, text.content_sid) == (VERA, CODE)
    await town.vera.types_code(address_id, town.code_at(VERA))
    await town.vera.leaves()
    await town.ada.answers("Yes, in 38.")
    await town.tick(60)
    assert town.carrier.taken[-1].body == "Ada at Acme has answered: Yes, in 38."


async def test_a_number_that_nobody_proved_is_asked_by_a_template(town: Town) -> None:
    for purpose in BODIES:
        await has_template(town, purpose)
    await town.vera.writes("Is the blue one back?")
    await leaves_for_whatsapp(town)
    await town.tick()
    await town.vera.leaves()
    await town.ada.answers("Yes, in 38.")
    await town.tick(400)
    assert town.carrier.taken[-1].content_sid == KNOCK
    assert await town.whatsapp_in(VERA_PHONE, "Y") == 200
    await town.tick(60)
    # Her Y has opened the window: these are free words.
    assert town.carrier.taken[-1].content_sid == ""
    assert town.carrier.taken[-1].body.startswith("Ada at Acme: Yes, in 38.")


async def test_the_panel_offers_whatsapp_only_where_a_template_can_bring_the_code(
    town: Town,
) -> None:
    async def offered() -> list[str]:
        told = await town.welcome(town.vera.shopper_id)
        return list(dict.fromkeys(each.channel for each in told.sentences))

    assert "whatsapp" not in await offered()
    await town.vera.writes("Is the blue one back?")
    with pytest.raises(BadInput, match="cannot be agreed to"):
        await leaves_for_whatsapp(town)
    await has_template(town, "code")
    assert await offered() == ["sms", "whatsapp", "email"]


async def test_a_template_costs_what_the_store_says_it_does(town: Town) -> None:
    await has_template(town, "words", price=80_000)
    await town.policy(prices={"whatsapp": {"*": 0.005}}, spend_a_day=0.1)
    assert await town.whatsapp_in(VERA_PHONE, "Is the blue one back?") == 200
    vera = await writer(town)
    await town.tick(25 * HOUR)
    await town.ada.answers("Yes, in 38.", vera)
    await town.tick(60)
    assert await town.receipt(town.carrier.taken[-1], "delivered") == 200
    await town.ada.answers("And in 39.", vera)
    await town.tick(600)
    assert len(town.carrier.taken) == 1
    assert "what this may cost today is spent" in (await verdicts_of(vera))["whatsapp"]


async def test_a_message_whose_webhook_was_missed_opens_the_window_when_it_was_written(
    town: Town,
) -> None:
    await vera_asks_and_leaves(town)
    town.carrier.missed(VERA, f"whatsapp:{NUMBER}", "I am here now")
    await town.tick(23 * HOUR + 1_800)
    assert await take_missed(town.house, AT_FIRST)
    assert (await town.vera.said())[-1] == "I am here now"
    await town.tick(HOUR)
    await town.ada.answers("Yes, in 38.")
    await town.tick(60)
    assert await hops(town) == [("sms", "accepted")]


async def test_a_picture_by_whatsapp_is_one_message_with_its_words(town: Town) -> None:
    town.carrier.media["ME1"] = (200, drawing())
    url = f"{town.carrier.base}/2010-04-01/Accounts/AC/Messages/SM/Media/ME1"
    more = {"NumMedia": "1", "MediaUrl0": url, "MediaContentType0": "image/jpeg"}
    assert await town.whatsapp_in(VERA_PHONE, "This one", **more) == 200
    await town.tick(5)
    (entry,) = [row for row in await (await writer(town)).entries() if row.kind == "message"]
    assert entry.body == "This one"
    assert entry.channel == "whatsapp"
    assert "1.jpeg" in str(entry.data)


async def test_adas_one_picture_goes_along_with_its_words_and_two_go_as_links(town: Town) -> None:
    assert await town.whatsapp_in(VERA_PHONE, "Is the blue one back?") == 200
    vera = await writer(town)
    await sends(town, vera, "This one", photo())
    await town.tick(30)
    assert town.carrier.asked[-1]["MediaUrl"].startswith(f"{BASE_URL}/files/")
    assert town.carrier.taken[-1].body.startswith("Ada at Acme: This one\nReply STOP")
    await sends(town, vera, "Or these", photo(), photo())
    await town.tick(400)
    assert "MediaUrl" not in town.carrier.asked[-1]
    assert town.carrier.taken[-1].body.count(f"{BASE_URL}/files/") == 2


async def sends(town: Town, whom: Shopper, words: str, *files: bytes) -> None:
    kept = [
        await uploads.by_agent(town.house, town.store_id, town.ada.agent_id, f"{n}.jpg", once(each))
        for n, each in enumerate(files)
    ]
    row = await whom.conversation()
    await receive.from_agent(
        town.house,
        row.store_id,
        row.conversation_id,
        town.ada.agent_id,
        cmid=town.cmid(),
        body=words,
        seen_seq=row.last_seq,
        note=False,
        attachments=[each.id for each in kept],
    )


async def test_an_answer_too_long_for_one_message_brings_its_beginning_and_a_link(
    town: Town,
) -> None:
    await has_template(town, "words")
    assert await town.whatsapp_in(VERA_PHONE, "Is the blue one back?") == 200
    vera = await writer(town)
    await town.ada.answers("It is back. " * 200, vera)
    await town.tick(30)
    assert len(town.carrier.taken[-1].body) <= 1_600
    assert "Read it all: https://" in town.carrier.taken[-1].body
    await town.tick(25 * HOUR)
    await town.ada.answers("It is back. " * 200, vera)
    await town.tick(400)
    assert len(town.carrier.taken[-1].body) <= 1_024
    assert "It is back... https://" in town.carrier.taken[-1].body


async def test_two_stores_cannot_write_by_whatsapp_from_one_number(town: Town) -> None:
    with pytest.raises(Conflict, match="is the WhatsApp number of Acme"):
        await is_on_whatsapp(town, NUMBER, key="pk_town_zenith", name="Zenith")
    with pytest.raises(BadInput, match="write by WhatsApp from"):
        await is_on_whatsapp(town, "Acme")
    await is_on_whatsapp(town, f"whatsapp:{NUMBER}")
    store = await town.read(lambda tx: houses.store_by_key(tx, KEY))
    assert store.whatsapp_from == NUMBER


@pytest.mark.parametrize(
    ("purpose", "sid", "body", "wrong"),
    [
        ("words", ANSWER, "You have an answer.", "needs {{3}}"),
        ("code", CODE, "Here is your code.", "needs {{1}}"),
        ("knock", KNOCK, "Read {{3}}", "nothing stands for {{3}}"),
        ("knock", "HX1", "Reply Y.", "HX and 32"),
        ("news", KNOCK, "Sale!", "is for one of"),
        ("knock", KNOCK, " ", "says something"),
    ],
)
async def test_a_template_that_could_not_be_sent_is_refused_when_it_is_put_in(
    town: Town, purpose: str, sid: str, body: str, wrong: str
) -> None:
    with pytest.raises(BadInput, match=re.escape(wrong)):
        await whatsapp_templates.put(
            town.house.store, KEY, purpose=purpose, language="en", content_sid=sid, body=body
        )


async def leaves_for_whatsapp(town: Town) -> str:
    return await addresses.leave(
        town.house,
        town.store_id,
        town.vera.shopper_id,
        channel="whatsapp",
        typed=VERA_PHONE,
        sentence_id="whatsapp.support.en.1",
    )
