"""Which number a text comes from: Vera's phone shows one conversation, not one per number."""

from __future__ import annotations

import pytest

from gateway.errors import BadInput, Conflict
from gateway.services import senders, setup
from gateway.store import house as houses
from gateway.store.tables import InboundRow
from tests.integration.town.building import ADA_PHONE, ORIGIN, Town
from tests.integration.town.carrier import ACCOUNT, Refuses
from tests.integration.town.leaving import hops, vera_asks_and_leaves
from tests.integration.town.outside import BASE_URL, KEY, NUMBER
from tests.integration.town.townspeople import VERA_PHONE

GERMAN, BRITISH, SERVICE = "+4930901820", "+442079460100", "MG" + "0b" * 16
DIETER = "+4915112345678"
OTHER_KEY = "pk_town_zenith"


async def has(town: Town, *numbers: str, key: str = KEY, name: str = "Acme") -> None:
    """The store texts from these numbers, the first being the usual one."""
    await setup.ensure_store(
        town.house.store,
        setup.NewStore(
            key=key,
            name=name,
            origins=(ORIGIN,),
            sms_from=numbers[0] if numbers else None,
            sms_also=numbers[1:],
            mail_from="hello@acme.example",
            mail_domain="acme.example",
        ),
    )


async def texts_from(town: Town, number: str) -> list[str]:
    return [each.sender for each in town.carrier.taken if each.to == number]


async def answered(town: Town, words: str) -> str:
    """Ada answers; returns the number that the answer came from."""
    await town.ada.answers(words)
    await town.tick(400)
    return town.carrier.taken[-1].sender


async def test_a_shopper_is_texted_from_a_number_of_their_country_where_there_is_one(
    town: Town,
) -> None:
    await has(town, NUMBER, GERMAN, BRITISH)
    await town.vera.writes("Gibt es den blauen wieder?")
    await town.vera.proves_number(DIETER)
    await town.vera.leaves()
    assert await answered(town, "Ja, in 38.") == GERMAN
    assert await texts_from(town, DIETER) == [GERMAN, GERMAN]


async def test_who_has_no_number_of_their_country_is_texted_from_the_usual_one(town: Town) -> None:
    await has(town, GERMAN, BRITISH)
    await vera_asks_and_leaves(town)
    assert await answered(town, "Yes, in 38.") == GERMAN


async def test_vera_keeps_the_number_that_she_was_first_texted_from(town: Town) -> None:
    await has(town, GERMAN)
    await vera_asks_and_leaves(town)
    assert await answered(town, "Yes, in 38.") == GERMAN
    await has(town, NUMBER, GERMAN)
    assert await answered(town, "And in 39.") == GERMAN


async def test_vera_is_answered_from_the_number_that_she_texted(town: Town) -> None:
    await has(town, NUMBER, GERMAN, BRITISH)
    await vera_asks_and_leaves(town)
    assert await answered(town, "Yes, in 38.") == NUMBER
    assert await town.text_in(VERA_PHONE, "And in 39?", To=BRITISH) == 200
    assert await answered(town, "Yes.") == BRITISH


async def test_a_stop_is_confirmed_from_the_number_that_heard_it(town: Town) -> None:
    await has(town, NUMBER, GERMAN)
    assert await town.text_in("+14155550188", "STOP", To=GERMAN) == 200
    await town.tick(30)
    assert [each.sender for each in town.carrier.taken] == [GERMAN]


async def test_a_number_that_the_store_gave_up_is_used_no_more(town: Town) -> None:
    await has(town, GERMAN, BRITISH)
    await vera_asks_and_leaves(town)
    assert await answered(town, "Yes, in 38.") == GERMAN
    await has(town, NUMBER, BRITISH)
    assert await answered(town, "And in 39.") == NUMBER


async def test_ada_is_told_from_the_number_that_she_answered(town: Town) -> None:
    await town.policy(staff_ladder=["sms"])
    await has(town, NUMBER, GERMAN)
    assert await town.text_in(ADA_PHONE, "Hello?", To=GERMAN) == 200
    await town.vera.writes("Is the blue one back?")
    await town.tick(400)
    assert (await texts_from(town, ADA_PHONE))[0] == GERMAN


async def test_a_messaging_service_chooses_by_itself(town: Town) -> None:
    await has(town, SERVICE)
    await vera_asks_and_leaves(town)
    await town.ada.answers("Yes, in 38.")
    await town.tick(60)
    assert town.carrier.asked[-1]["MessagingServiceSid"] == SERVICE
    assert "From" not in town.carrier.asked[-1]


async def test_a_text_to_any_number_of_a_store_is_for_that_store(town: Town) -> None:
    """A number whose webhook names the wrong store is a slip that costs nobody a message."""
    await has(town, NUMBER, GERMAN)
    await has(town, BRITISH, key=OTHER_KEY, name="Zenith")
    zenith = await town.house.store.read(lambda tx: houses.store_by_key(tx, OTHER_KEY).store_id)
    for to, key in ((GERMAN, KEY), (BRITISH, OTHER_KEY), (BRITISH, KEY), ("+14155550199", KEY)):
        sid = f"SM{next(town.numbers):032d}"
        form = {"MessageSid": sid, "AccountSid": ACCOUNT, "From": VERA_PHONE, "To": to}
        form |= {"Body": "Is the blue one back?", "NumMedia": "0"}
        url = f"{BASE_URL}/hooks/twilio/{key}/message"
        assert await town.post_signed(url, form) == 200
    held = [each.store_id for each in await town.rows(InboundRow)]
    assert sorted(held) == sorted([town.store_id, zenith, zenith, town.store_id])


async def test_two_stores_cannot_have_the_same_number(town: Town) -> None:
    await has(town, NUMBER, GERMAN)
    for numbers in ((NUMBER,), (BRITISH, GERMAN), (BRITISH, "+49 30 901820")):
        with pytest.raises(Conflict, match=f"is the number of Acme \\({KEY}\\) already"):
            await has(town, *numbers, key=OTHER_KEY, name="Zenith")
    stores = await town.house.store.read(houses.stores)
    assert [each.key for each in stores] == [KEY]
    await has(town, NUMBER)
    await has(town, GERMAN, key=OTHER_KEY, name="Zenith")


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        (("Acme",), "cannot be answered"),
        (("4155550100",), "nothing to text from"),
        (("MG123",), "nothing to text from"),
        ((SERVICE, NUMBER), "name it alone"),
        (tuple(f"+1415555{each:04}" for each in range(101)), "at most 100"),
    ],
)
def test_what_cannot_send_is_refused_when_it_is_configured(
    typed: tuple[str, ...], wrong: str
) -> None:
    with pytest.raises(BadInput, match=wrong):
        senders.checked(typed)


def test_numbers_are_kept_as_the_phone_company_writes_them() -> None:
    typed = ["+1 (415) 555-0100", "+14155550100", "72345"]
    assert senders.checked(typed) == (NUMBER, "72345")


async def test_where_no_route_leads_from_one_number_another_is_tried_once(town: Town) -> None:
    await has(town, NUMBER, GERMAN, BRITISH)
    await vera_asks_and_leaves(town)
    town.carrier.says(Refuses(21612))
    await town.ada.answers("Yes, in 38.")
    await town.tick(40)
    assert [each["From"] for each in town.carrier.asked[-2:]] == [NUMBER, GERMAN]
    (row,) = [row for row in await town.vera.deliveries() if row.form == "words"]
    assert (row.state, row.attempt) == ("accepted", 1)
    # Her phone shows one conversation from here on.
    assert await answered(town, "And in 39.") == GERMAN


async def test_where_no_route_leads_from_two_numbers_she_is_mailed(town: Town) -> None:
    await has(town, NUMBER, GERMAN, BRITISH)
    await vera_asks_and_leaves(town, mailbox=True)
    asked = len(town.carrier.asked)
    town.carrier.says(Refuses(21612), Refuses(21612))
    await town.ada.answers("Yes, in 38.")
    await town.tick(60)
    assert len(town.carrier.asked) == asked + 2
    assert await hops(town) == [("sms", "failed"), ("email", "accepted")]


async def test_a_store_with_one_number_has_no_other_to_try(town: Town) -> None:
    await has(town, NUMBER)
    await vera_asks_and_leaves(town, mailbox=True)
    asked = len(town.carrier.asked)
    town.carrier.says(Refuses(21612))
    await town.ada.answers("Yes, in 38.")
    await town.tick(60)
    assert len(town.carrier.asked) == asked + 1
    assert await hops(town) == [("sms", "failed"), ("email", "accepted")]
