"""One phone behind two stores, or two shoppers behind one phone (behaviours 22 and 24)."""

from __future__ import annotations

from gateway.services import blocking, setup
from gateway.services.blocking import Whose
from gateway.store.tables import ConversationRow
from tests.behaviours import behaviour
from tests.integration.town.building import ORIGIN, Town
from tests.integration.town.carrier import ACCOUNT
from tests.integration.town.outside import BASE_URL, KEY, NUMBER
from tests.integration.town.townspeople import VERA_PHONE, Shopper

DAYS = 24 * 3_600
OTHER_KEY, OTHER_NUMBER = "pk_town_zenith", "+14155550111"
ASKED = "Acme: we are not sure which of our chats this is for. Begin your text with #2 or #1."


async def vera_and_zoe_share(town: Town) -> Shopper:
    """Both proved one number, both were texted there, Zoe last; returns Zoe."""
    zoe = await town.shopper()
    for shopper, words in ((town.vera, "I am Vera"), (zoe, "I am Zoe")):
        await shopper.writes(words)
        await shopper.proves_number(VERA_PHONE)
        await shopper.leaves()
    await town.ada.answers("Hi Vera", town.vera)
    await town.tick(40)
    await town.ada.answers("Hi Zoe", zoe)
    await town.tick(400)
    return zoe


async def conversations_of_nobody(town: Town, *known: Shopper) -> list[ConversationRow]:
    names = {each.shopper_id for each in known}
    return [row for row in await town.rows(ConversationRow) if row.shopper_id not in names]


@behaviour(22)
async def test_one_phone_at_two_stores_is_told_apart_by_the_number_texted(town: Town) -> None:
    await setup.ensure_store(
        town.house.store,
        setup.NewStore(key=OTHER_KEY, name="Zenith", origins=(ORIGIN,), sms_from=OTHER_NUMBER),
    )
    await town.vera.writes("Is it blue?")
    await town.vera.proves_number()
    await town.vera.leaves()
    await town.ada.answers("It is.")
    await town.tick(40)
    form = {
        "MessageSid": f"SM{7:032d}",
        "AccountSid": ACCOUNT,
        "From": VERA_PHONE,
        "To": OTHER_NUMBER,
        "Body": "#1 Is it green at yours?",
        "NumMedia": "0",
    }
    assert await town.post_signed(f"{BASE_URL}/hooks/twilio/{OTHER_KEY}/message", form) == 200
    assert await town.text_in(VERA_PHONE, "Lovely!") == 200
    assert await town.vera.said() == ["Is it blue?", "It is.", "Lovely!"]
    (other,) = [row for row in await town.rows(ConversationRow) if row.store_id != town.store_id]
    said = [row.body for row in await town.entries(other.conversation_id) if row.kind == "message"]
    # Its own first conversation is #1 too, and this number was not texted from it.
    assert said == ["#1 Is it green at yours?"]


@behaviour(22, 24)
async def test_a_code_of_what_the_phone_was_texted_from_goes_there(town: Town) -> None:
    zoe = await vera_and_zoe_share(town)
    assert await town.text_in(VERA_PHONE, "#1 Is it blue?") == 200
    assert await town.vera.said() == ["I am Vera", "Hi Vera", "Is it blue?"]
    assert await zoe.said() == ["I am Zoe", "Hi Zoe"]
    (marked,) = [row for row in await town.vera.events("address") if '"shared"' in row.data]
    assert marked.audience == "staff"
    assert "the text said that it is for this one" in town.data_of(marked)["words"]


async def test_a_code_that_the_phone_was_not_texted_from_is_words(town: Town) -> None:
    zoe = await vera_and_zoe_share(town)
    mia = await town.shopper()
    await mia.writes("I am Mia")
    await town.text_in(VERA_PHONE, "#3 is my size")
    assert (await zoe.said())[-1] == "#3 is my size"
    assert await mia.said() == ["I am Mia"]


async def test_of_one_shopper_a_number_sign_is_words(town: Town) -> None:
    await town.vera.writes("I am Vera")
    await town.vera.proves_number()
    await town.vera.leaves()
    await town.ada.answers("Hi Vera")
    await town.tick(40)
    await town.text_in(VERA_PHONE, "#1 is what I want")
    assert (await town.vera.said())[-1] == "#1 is what I want"


@behaviour(22)
async def test_long_after_the_last_text_the_sender_is_asked_and_read_all_the_same(
    town: Town,
) -> None:
    zoe = await vera_and_zoe_share(town)
    town.carrier.taken.clear()
    await town.tick(8 * DAYS)
    assert await town.text_in(VERA_PHONE, "Is it still there?") == 200
    await town.tick()
    assert [text for text in town.carrier.to(VERA_PHONE) if "not sure" in text] == [ASKED]
    assert (await town.vera.said())[-1] == "Hi Vera"
    assert (await zoe.said())[-1] == "Hi Zoe"
    (fresh,) = await conversations_of_nobody(town, town.vera, zoe)
    entries = await town.entries(fresh.conversation_id)
    assert [row.body for row in entries if row.kind == "message"] == ["Is it still there?"]
    related = [town.data_of(row) for row in entries if row.event == "related"]
    assert [(each["number"], each["why"]) for each in related] == [(2, "which"), (1, "which")]
    assert fresh.waiting_since is not None

    # Asked once; what comes without a number stays with what came before it.
    await town.text_in(VERA_PHONE, "Hello?")
    await town.tick()
    assert len([text for text in town.carrier.to(VERA_PHONE) if "not sure" in text]) == 1
    entries = await town.entries(fresh.conversation_id)
    assert [row.body for row in entries if row.kind == "message"][-1] == "Hello?"

    # Said, it goes there, and the staff find what was said before.
    await town.text_in(VERA_PHONE, "#1 Is it still there?")
    assert (await town.vera.said())[-1] == "Is it still there?"
    (found,) = await town.vera.events("related")
    assert town.data_of(found)["number"] == fresh.number
    assert found.audience == "staff"


async def test_how_long_a_text_counts_is_the_stores_own(town: Town) -> None:
    await town.policy(text_counts=30 * DAYS)
    zoe = await vera_and_zoe_share(town)
    await town.tick(8 * DAYS)
    await town.text_in(VERA_PHONE, "Is it still there?")
    assert (await zoe.said())[-1] == "Is it still there?"
    assert await conversations_of_nobody(town, town.vera, zoe) == []


async def test_a_phone_that_said_stop_is_asked_nothing(town: Town) -> None:
    zoe = await vera_and_zoe_share(town)
    await town.tick(8 * DAYS)
    await town.text_in(VERA_PHONE, "STOP")
    await town.tick()
    town.carrier.taken.clear()
    await town.text_in(VERA_PHONE, "Is it still there?")
    await town.tick()
    assert town.carrier.taken == []
    assert (await zoe.said())[-1] == "Is it still there?"


async def blocks(town: Town, shopper: Shopper) -> None:
    whose = Whose(town.store_id, shopper.shopper_id, town.ada.agent_id)
    await blocking.block(town.house, whose, "spam")


async def test_who_shares_a_phone_with_somebody_blocked_is_heard_and_asked(town: Town) -> None:
    zoe = await vera_and_zoe_share(town)
    await blocks(town, town.vera)
    await town.tick(8 * DAYS)
    await town.text_in(VERA_PHONE, "Is it still there?")
    await town.tick()
    (fresh,) = await conversations_of_nobody(town, town.vera, zoe)
    assert fresh.blocked_at is None
    assert town.carrier.to(VERA_PHONE)[-1] == ASKED


async def test_a_phone_whose_people_are_all_blocked_is_asked_nothing(town: Town) -> None:
    zoe = await vera_and_zoe_share(town)
    await blocks(town, town.vera)
    await blocks(town, zoe)
    await town.tick(8 * DAYS)
    await town.text_in(VERA_PHONE, "Is it still there?")
    await town.tick()
    (fresh,) = await conversations_of_nobody(town, town.vera, zoe)
    assert fresh.blocked_at is not None
    assert ASKED not in town.carrier.to(VERA_PHONE)


async def test_a_store_whose_name_holds_braces_asks_all_the_same(town: Town) -> None:
    await vera_and_zoe_share(town)
    await town.tick(8 * DAYS)
    await setup.ensure_store(
        town.house.store,
        setup.NewStore(key=KEY, name="{Acme} {0}", origins=(ORIGIN,), sms_from=NUMBER),
    )
    await town.text_in(VERA_PHONE, "Is it still there?")
    await town.tick()
    assert town.carrier.to(VERA_PHONE)[-1].startswith("{Acme} {0}: we are not sure")
