"""Vera becomes a customer whom her shop signs for, with what she wrote before that."""

from __future__ import annotations

from typing import Any

import anyio
import pytest

from gateway.clock import SECOND
from gateway.errors import NotSignedIn
from gateway.services import identity, identity_secrets, preferring, sessions, stopping
from gateway.services.traits import Told, identity_fact, tell
from gateway.store import house as houses
from gateway.store import people, thread
from gateway.store.tables import AddressRow, ConversationRow
from tests.integration.town.app_people import SENTENCE, USER, App, open_app
from tests.integration.town.building import Town
from tests.integration.town.outside import KEY
from tests.integration.town.townspeople import VERA_MAIL, VERA_PHONE, Shopper
from tests.signed_shoppers import token

NIGHTS = {"sms": ["21:00-08:00"]}
HOURS = 3_600


class Browser:
    """One of Vera's browsers, and what the shop's server signs for whoever is signed in there."""

    def __init__(self, town: Town, secret: str, visit: sessions.Visit) -> None:
        self.town = town
        self.secret = secret
        self.visit = visit

    @property
    def who(self) -> Shopper:
        return Shopper(self.town, self.visit.shopper_id)

    async def signs_in(self, **claims: Any) -> Shopper:
        """The page says who is here, by the shop's signature."""
        now = self.town.clock.now() // SECOND
        self.visit = await identity.identify(
            self.town.house,
            KEY,
            self.visit.session,
            token=token(self.secret, now=now, key=KEY, **claims),
        )
        return self.who

    async def addresses(self) -> dict[str, AddressRow]:
        """What the shopper has, by value."""
        rows = await self.town.read(
            lambda tx: people.addresses_of(tx, self.town.store_id, "shopper", self.visit.shopper_id)
        )
        return {row.value: row for row in rows}


@pytest.fixture
async def secret(town: Town) -> str:
    made = await identity_secrets.begin(town.house.store, town.house.secrets, KEY)
    assert made.secret is not None
    return made.secret


async def browser(town: Town, secret: str) -> Browser:
    return Browser(town, secret, await sessions.visit(town.house, KEY, None))


async def test_vera_who_asked_before_she_signed_in_goes_on_with_her_thread(
    town: Town, secret: str
) -> None:
    laptop = await browser(town, secret)
    before = laptop.who
    await before.writes("Is the blue one back?")
    vera = await laptop.signs_in(name="Vera")
    assert vera.shopper_id == before.shopper_id
    await town.ada.answers("Yes, in 38.", vera)
    assert await vera.said() == ["Is the blue one back?", "Yes, in 38."]


async def test_what_vera_asked_anonymously_on_her_phone_is_hers_once_she_signs_in_there(
    town: Town, secret: str
) -> None:
    laptop, phone = await browser(town, secret), await browser(town, secret)
    vera = await laptop.signs_in()
    anonymous = phone.who
    await anonymous.writes("And in red?")
    await anonymous.proves_number()
    assert (await phone.signs_in()).shopper_id == vera.shopper_id
    assert await vera.said() == ["And in red?"]
    row = (await phone.addresses())[VERA_PHONE]
    assert row.proof == "code"


async def test_two_threads_of_one_vera_are_one(town: Town, secret: str) -> None:
    laptop, phone = await browser(town, secret), await browser(town, secret)
    vera = await laptop.signs_in()
    await vera.writes("Is the blue one back?")
    anonymous = phone.who
    await anonymous.writes("And in red?")
    younger = await anonymous.conversation()
    await phone.signs_in()
    elder = await vera.conversation()
    key = (town.store_id, younger.conversation_id)
    row = await town.read(lambda tx: tx.session.get(ConversationRow, key))
    assert row is not None
    assert (row.state, row.continued_in) == ("resolved", elder.conversation_id)


async def test_of_somebody_else_who_was_signed_for_nothing_goes_along(
    town: Town, secret: str
) -> None:
    shared = await browser(town, secret)
    vera = await shared.signs_in(sub="vera", email=VERA_MAIL)
    await vera.writes("My secret question")
    await tell(town.house, KEY, shared.visit.session, told=[Told(told_id="1", set={"a": "b"})])
    ben = await shared.signs_in(sub="ben")
    assert ben.shopper_id != vera.shopper_id
    assert await shared.addresses() == {}
    assert await town.read(lambda tx: thread.latest_of(tx, town.store_id, ben.shopper_id)) is None
    fact = await town.read(lambda tx: identity_fact(tx, town.store_id, ben.shopper_id))
    assert (fact.sub, fact.attributes) == ("ben", [])
    assert (await shared.signs_in(sub="vera")).shopper_id == vera.shopper_id
    assert await vera.said() == ["My secret question"]


async def test_what_the_page_told_before_vera_signed_in_is_told_of_her(
    town: Town, secret: str
) -> None:
    laptop, phone = await browser(town, secret), await browser(town, secret)
    vera = await laptop.signs_in()
    await tell(
        town.house,
        KEY,
        laptop.visit.session,
        told=[Told(told_id="1", set={"size": "38", "city": "Leeds"})],
    )
    town.clock.move_ahead(SECOND)
    seen = [Told(told_id="2", set={"size": "39"}), Told(told_id="3", track="saw the blue one")]
    await tell(town.house, KEY, phone.visit.session, told=seen)
    await phone.signs_in()
    await tell(town.house, KEY, phone.visit.session, told=seen)
    fact = await town.read(lambda tx: identity_fact(tx, town.store_id, vera.shopper_id))
    assert {each.name: each.value for each in fact.attributes} == {"size": "39", "city": "Leeds"}
    assert [each.name for each in fact.tracked] == ["saw the blue one"]


# --- addresses that the shop vouches for --------------------------------------------------------


async def test_a_mailbox_that_the_shop_signed_for_is_answered(town: Town, secret: str) -> None:
    vera = await (laptop := await browser(town, secret)).signs_in(email="Vera@Shopper.Example")
    await vera.writes("Is the blue one back?")
    await vera.leaves()
    await town.ada.answers("Yes, in 38.", vera)
    await town.tick(60)
    assert len(town.post.to(VERA_MAIL)) == 1
    row = (await laptop.addresses())[VERA_MAIL]
    assert (row.proof, row.proven_in) == ("signature", None)


async def test_a_number_that_the_shop_signed_for_is_texted_once_vera_agrees_and_needs_no_code(
    town: Town, secret: str
) -> None:
    vera = await (await browser(town, secret)).signs_in(phone=VERA_PHONE)
    await vera.writes("Is the blue one back?")
    await vera.leaves()
    await town.ada.answers("Yes, in 38.", vera)
    await town.tick(600)
    assert town.carrier.to(VERA_PHONE) == []
    await vera.leaves_number()
    await town.tick(60)
    (words,) = town.carrier.to(VERA_PHONE)
    assert "Yes, in 38." in words


async def test_a_number_that_said_stop_stays_stopped_whoever_signs_for_it(
    town: Town, secret: str
) -> None:
    await town.vera.writes("Hello?")
    await town.vera.leaves_mailbox()

    def stop(change: Any) -> None:
        store = houses.store(change.tx, town.store_id)
        stopping.stop(change, store, "email", VERA_MAIL, told=True)

    await town.house.change(stop, on=town.vera.shopper_id)
    vera = await (await browser(town, secret)).signs_in(email=VERA_MAIL)
    await vera.writes("Is the blue one back?")
    await vera.leaves()
    await town.ada.answers("Yes, in 38.", vera)
    await town.tick(600)
    assert town.post.to(VERA_MAIL) == []


async def test_a_mailbox_that_the_shop_signs_for_no_more_gets_nothing_more(
    town: Town, secret: str
) -> None:
    laptop = await browser(town, secret)
    vera = await laptop.signs_in(email="old@shopper.example")
    await vera.writes("Is the blue one back?")
    await vera.leaves()
    await laptop.signs_in(email=VERA_MAIL)
    await town.ada.answers("Yes, in 38.", vera)
    await town.tick(600)
    assert town.post.to("old@shopper.example") == []
    assert len(town.post.to(VERA_MAIL)) == 1
    assert (await laptop.addresses())["old@shopper.example"].proven_at is None


async def test_a_name_alone_takes_no_address_away(town: Town, secret: str) -> None:
    laptop = await browser(town, secret)
    await laptop.signs_in(email=VERA_MAIL)
    await laptop.signs_in(name="Vera")
    assert (await laptop.addresses())[VERA_MAIL].proof == "signature"


async def test_a_refused_token_leaves_vera_as_she_was(town: Town, secret: str) -> None:
    laptop = await browser(town, secret)
    vera = await laptop.signs_in(email=VERA_MAIL, jti="once")
    with pytest.raises(NotSignedIn, match="jti"):
        await laptop.signs_in(email="other@shopper.example", jti="once")
    assert laptop.who == vera
    assert list(await laptop.addresses()) == [VERA_MAIL]


async def test_where_the_shop_ships_to_counts_beside_where_the_browser_is(
    town: Town, secret: str
) -> None:
    """At nine in the morning in California it is night in Tokyo, and nobody is texted."""
    laptop = await browser(town, secret)
    vera = laptop.who
    await vera.writes("Is the blue one back?")
    await vera.proves_number()
    await laptop.signs_in(zone="Asia/Tokyo")
    await preferring.lives_in(town.house, town.store_id, vera.shopper_id, "America/Los_Angeles")
    row = await town.read(lambda tx: people.shopper(tx, town.store_id, vera.shopper_id))
    assert row is not None
    assert row.zones == ("America/Los_Angeles", "Asia/Tokyo")
    await vera.leaves()
    await town.policy(quiet=NIGHTS)
    sent = len(town.carrier.to(VERA_PHONE))
    await town.ada.answers("Yes, in 38.", vera)
    for _ in range(24):
        await town.tick(1 * HOURS)
        if len(town.carrier.to(VERA_PHONE)) > sent:
            break
    assert awake(town, 9)
    assert awake(town, -8)


def awake(town: Town, ahead: int) -> bool:
    """Whether it is between eight and 21:00 so many hours east of Greenwich."""
    hour = (town.clock.now() // SECOND // HOURS + ahead) % 24
    return 8 <= hour < 21


# --- beside the rest ----------------------------------------------------------------------------


async def test_the_second_browser_of_an_app_user_is_the_same_shopper_by_the_signature(
    town: Town, secret: str
) -> None:
    async with open_app(town) as app:
        laptop, phone = await browser(town, secret), await browser(town, secret)
        assert (await links(app, await laptop.signs_in())).status_code == 201
        assert (await links(app, phone.who)).status_code == 409
        assert (await links(app, await phone.signs_in())).status_code == 200


async def links(app: App, shopper: Shopper) -> Any:
    return await app.links(shopper, user=USER, sentence=SENTENCE)


async def test_two_pages_that_sign_vera_in_at_once_make_one_vera(town: Town, secret: str) -> None:
    pages = [await browser(town, secret) for _ in range(4)]
    for page in pages[:2]:
        await page.who.writes("Is the blue one back?")
    async with anyio.create_task_group() as group:
        for page in pages:
            group.start_soon(page.signs_in)
    assert len({page.visit.shopper_id for page in pages}) == 1
    held = {
        (await sessions.visit(town.house, KEY, page.visit.session)).shopper_id for page in pages
    }
    assert held == {pages[0].visit.shopper_id}
