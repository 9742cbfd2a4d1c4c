"""Ada says where and when she is told: addresses that she proved, hours that she set."""

from __future__ import annotations

import re

import pytest

from gateway.errors import BadInput, NotFound, TooMany
from gateway.services import own_addresses, setup
from gateway.services.addresses import CODE_LASTS, MOST_TRIES, caps_for
from gateway.services.own_addresses import MOST_ADDRESSES
from gateway.store.tables import AddressRow, ConsentRow, DeliveryRow
from tests.behaviours import behaviour
from tests.integration.town.building import (
    ADA_MAIL,
    ADA_PHONE,
    BEN_MAIL,
    ORIGIN,
    Town,
)
from tests.integration.town.outside import BASE_URL, KEY
from tests.integration.town.townspeople import Agent

NEW_PHONE, NEW_MAIL = "+14155550181", "ada@new.example"
HOURS = 3_600


async def takes_away_everything(town: Town, agent: Agent) -> None:
    found = await own_addresses.own(town.house, agent.agent_id)
    for each in found.addresses:
        await own_addresses.remove(town.house, agent.agent_id, each.address_id)


async def adds(town: Town, channel: str, value: str) -> str:
    address_id = await own_addresses.add(town.house, town.ada.agent_id, channel, value)
    await town.tick()
    return address_id


def code_in_mail(town: Town, mailbox: str) -> str:
    found = re.search(r"\b\d{6}\b", town.post.to(mailbox)[-1].words)
    assert found is not None
    return found.group()


# --- addresses -----------------------------------------------------------------------------------


@behaviour(36)
async def test_ada_is_told_only_where_a_code_has_come_back_from(town: Town) -> None:
    await town.policy(on_call=["ada@acme.example"], staff_ladder=["sms", "email"])
    await takes_away_everything(town, town.ada)
    address_id = await adds(town, "sms", "(415) 555-0181")
    assert town.carrier.to(NEW_PHONE)[0].startswith("Acme: ")
    assert "Reply" not in town.carrier.to(NEW_PHONE)[0]
    await town.vera.writes("Is anybody there?")
    await town.tick(600)
    assert len(town.carrier.to(NEW_PHONE)) == 1
    assert (await town.vera.reach("staff")).state == "unreachable"
    assert (await town.vera.conversation()).unreachable == 1

    await own_addresses.prove(town.house, town.ada.agent_id, address_id, town.code_at(NEW_PHONE))
    await town.tick(1)
    assert "Is anybody there?" in town.carrier.to(NEW_PHONE)[1]
    assert (await town.vera.conversation()).unreachable == 0


async def test_a_mailbox_is_proven_by_a_code_that_comes_by_mail(town: Town) -> None:
    await takes_away_everything(town, town.ada)
    address_id = await adds(town, "email", "Ada@New.Example")
    (letter,) = town.post.to(NEW_MAIL)
    assert letter.head("Auto-Submitted") == "auto-replied"
    code = code_in_mail(town, NEW_MAIL)
    assert letter.head("Subject") == f"{code} is your code"
    await own_addresses.prove(town.house, town.ada.agent_id, address_id, code)
    (fact,) = (await own_addresses.own(town.house, town.ada.agent_id)).addresses
    assert (fact.value, fact.proven, fact.consented) == (NEW_MAIL, True, True)
    await town.vera.writes("Is anybody there?")
    await town.tick(125)
    assert len(town.post.to(NEW_MAIL)) == 2


async def test_the_digits_are_kept_nowhere(town: Town) -> None:
    await adds(town, "sms", NEW_PHONE)
    code = town.code_at(NEW_PHONE)
    rows = [row for row in await town.rows(DeliveryRow) if row.form == "code"]
    assert [row.content for row in rows] == ["{}"]
    assert all(code not in repr(row) for row in rows)


async def test_a_wrong_code_and_an_old_one_prove_nothing(town: Town) -> None:
    address_id = await adds(town, "sms", NEW_PHONE)
    code = town.code_at(NEW_PHONE)
    wrong = "000000" if code != "000000" else "111111"
    for _ in range(MOST_TRIES):
        with pytest.raises(BadInput, match="not the code"):
            await own_addresses.prove(town.house, town.ada.agent_id, address_id, wrong)
    with pytest.raises(BadInput, match="too many wrong codes"):
        await own_addresses.prove(town.house, town.ada.agent_id, address_id, code)
    await adds(town, "sms", NEW_PHONE)
    town.clock.move_ahead(CODE_LASTS + 1)
    with pytest.raises(BadInput, match="run out"):
        await own_addresses.prove(
            town.house, town.ada.agent_id, address_id, town.code_at(NEW_PHONE)
        )


async def test_nobody_proves_or_removes_the_address_of_a_colleague(town: Town) -> None:
    address_id = await adds(town, "sms", NEW_PHONE)
    ben = town.ben.agent_id
    with pytest.raises(NotFound):
        await own_addresses.prove(town.house, ben, address_id, town.code_at(NEW_PHONE))
    with pytest.raises(NotFound):
        await own_addresses.remove(town.house, ben, address_id)
    with pytest.raises(NotFound):
        await own_addresses.prove(town.house, town.vera.shopper_id, address_id, "123456")


async def test_codes_are_capped_whoever_asks_for_them(town: Town) -> None:
    most = min(cap.most for cap in caps_for("ada", NEW_PHONE))
    for _ in range(most):
        await adds(town, "sms", NEW_PHONE)
    for agent in (town.ada, town.ben):
        with pytest.raises(TooMany):
            await own_addresses.add(town.house, agent.agent_id, "sms", NEW_PHONE)
    await town.tick()
    assert len(town.carrier.to(NEW_PHONE)) == most


async def test_what_is_proven_and_works_gets_no_code(town: Town) -> None:
    before = {row.address_id for row in await town.rows(AddressRow)}
    assert await adds(town, "sms", ADA_PHONE) in before
    assert town.carrier.to(ADA_PHONE) == []


async def test_an_agent_has_so_many_addresses_and_no_more(town: Town) -> None:
    for n in range(MOST_ADDRESSES - 2):
        town.clock.move_ahead(3_600_000_000)
        await own_addresses.add(town.house, town.ada.agent_id, "email", f"ada{n}@many.example")
    with pytest.raises(TooMany, match="remove one first"):
        await own_addresses.add(town.house, town.ada.agent_id, "email", "one@more.example")


@pytest.mark.parametrize(
    ("channel", "value"), [("sms", "12"), ("sms", "ada@acme.example"), ("email", "ada")]
)
async def test_what_is_no_address_is_refused(town: Town, channel: str, value: str) -> None:
    with pytest.raises(BadInput, match="does not look like"):
        await own_addresses.add(town.house, town.ada.agent_id, channel, value)


async def test_the_first_store_that_can_send_there_sends_the_code(town: Town) -> None:
    await setup.ensure_store(
        town.house.store,
        setup.NewStore(key=KEY, name="Acme", origins=(ORIGIN,), mail_from="a@b.example"),
    )
    with pytest.raises(BadInput, match="nothing can be sent there"):
        await own_addresses.add(town.house, town.ada.agent_id, "sms", NEW_PHONE)
    await setup.ensure_store(
        town.house.store,
        setup.NewStore(
            key="pk_town_zenith", name="Zenith", origins=(ORIGIN,), sms_from="+14155550101"
        ),
    )
    await adds(town, "sms", NEW_PHONE)
    assert town.carrier.to(NEW_PHONE)[0].startswith("Zenith: ")


async def test_a_removed_address_gets_nothing_any_more_and_what_waited_goes_elsewhere(
    town: Town,
) -> None:
    await town.vera.writes("Is anybody there?")
    await town.look(after=130)
    found = await own_addresses.own(town.house, town.ada.agent_id)
    (mailbox,) = [each for each in found.addresses if each.channel == "email"]
    await own_addresses.remove(town.house, town.ada.agent_id, mailbox.address_id)
    await town.tick(1)
    assert town.post.to(ADA_MAIL) == []
    assert "Is anybody there?" in town.carrier.to(ADA_PHONE)[0]
    (queued,) = [row for row in await town.rows(DeliveryRow) if row.channel == "email"]
    assert queued.state == "withdrawn"
    # It is nobody's any more; that it was agreed to and is no longer stays.
    assert ADA_MAIL not in [row.value for row in await town.rows(AddressRow)]
    evidence = [
        (row.purpose, row.granted)
        for row in await town.rows(ConsentRow)
        if row.address_id == mailbox.address_id
    ]
    assert sorted(evidence) == [("support", 0), ("support", 1), ("verify", 0)]


async def test_who_answers_from_a_removed_address_is_no_agent_any_more(town: Town) -> None:
    await town.policy(staff_ladder=["sms"])
    await town.vera.writes("Is anybody there?")
    await town.tick(130)
    await takes_away_everything(town, town.ada)
    await town.text_in(ADA_PHONE, "I am.")
    assert await town.vera.said() == ["Is anybody there?"]


# --- hours ---------------------------------------------------------------------------------------
# The clock stands at noon on a Friday in London.


@behaviour(36)
async def test_outside_her_hours_ada_is_passed_over_and_the_next_is_told(town: Town) -> None:
    await own_addresses.set_hours(
        town.house, town.ada.agent_id, ["Mon-Fri 09:00-11:00"], "Europe/London"
    )
    await town.vera.writes("Is anybody there?")
    await town.tick(125)
    assert [letter.to for letter in town.post.taken] == [BEN_MAIL]


@behaviour(36)
async def test_with_nobody_awake_the_conversation_waits_visibly_and_is_told_when_somebody_is(
    town: Town,
) -> None:
    for agent in (town.ada, town.ben):
        await own_addresses.set_hours(
            town.house, agent.agent_id, ["Mon-Fri 14:00-18:00"], "Europe/London"
        )
    await town.vera.writes("Is anybody there?")
    await town.tick(HOURS)
    assert town.post.taken == []
    assert (await town.vera.conversation()).waiting_since is not None
    assert (await town.vera.reach("staff")).state == "waiting"
    verdicts = {each["verdict"] for each in (await town.vera.why("staff")).considered}
    assert verdicts == {"own_hours"}
    await town.tick(HOURS - 60)
    assert town.post.taken == []
    await town.tick(60)
    assert [letter.to for letter in town.post.taken] == [ADA_MAIL]


async def test_hours_are_those_of_adas_own_zone(town: Town) -> None:
    await town.policy(on_call=["ada@acme.example"])
    await own_addresses.set_hours(
        town.house, town.ada.agent_id, ["Mon-Fri 09:00-18:00"], "America/New_York"
    )
    await town.vera.writes("Is anybody there?")  # seven in the morning in New York
    await town.tick(2 * HOURS - 30)
    assert town.post.taken == []
    await town.tick(60)
    assert [letter.to for letter in town.post.taken] == [ADA_MAIL]


async def test_new_hours_wake_what_waits(town: Town) -> None:
    await town.policy(on_call=["ada@acme.example"])
    await own_addresses.set_hours(town.house, town.ada.agent_id, ["Sun 09:00-10:00"], "")
    await town.vera.writes("Is anybody there?")
    await town.tick(HOURS)
    assert town.post.taken == []
    await own_addresses.set_hours(town.house, town.ada.agent_id, [], "")
    await town.tick(1)
    assert [letter.to for letter in town.post.taken] == [ADA_MAIL]


async def test_hours_are_kept_as_they_are_read_back(town: Town) -> None:
    await own_addresses.set_hours(
        town.house,
        town.ada.agent_id,
        [" Mon-Fri 09:00-18:00 ", "Mon,Tue,Wed,Thu,Fri 09:00-18:00", "21:00-02:00"],
        "Europe/Berlin",
    )
    found = await own_addresses.own(town.house, town.ada.agent_id)
    assert found.hours == ("Mon,Tue,Wed,Thu,Fri 09:00-18:00", "21:00-02:00")
    assert found.zone == "Europe/Berlin"


@pytest.mark.parametrize(
    ("hours", "zone", "named"),
    [
        (["09:00-18:00", "noon"], "", r"hours\[1\]"),
        (["Monday 09:00-18:00"], "", r"hours\[0\]"),
        (["25:00-26:00"], "", r"hours\[0\]"),
        ([], "Mars/Base", "zone"),
    ],
)
async def test_bad_hours_are_refused_by_name_and_change_nothing(
    town: Town, hours: list[str], zone: str, named: str
) -> None:
    await own_addresses.set_hours(town.house, town.ada.agent_id, ["10:00-11:00"], "UTC")
    with pytest.raises(BadInput, match=named):
        await own_addresses.set_hours(town.house, town.ada.agent_id, hours, zone)
    found = await own_addresses.own(town.house, town.ada.agent_id)
    assert (found.hours, found.zone) == (("10:00-11:00",), "UTC")


# --- over HTTP -----------------------------------------------------------------------------------


async def test_cleo_proves_a_number_in_her_settings_and_takes_it_away_again(town: Town) -> None:
    await setup.add_agent(
        town.house.store, email="cleo@acme.example", name="Cleo", password="correct horse battery"
    )
    signed = await town.web.post(
        "/api/login",
        json={"email": "cleo@acme.example", "password": "correct horse battery"},
        headers={"Origin": BASE_URL},
    )
    headers = {
        "Cookie": signed.headers["set-cookie"].partition(";")[0],
        "X-Onethread-CSRF": signed.json()["csrf"],
        "Origin": BASE_URL,
    }
    town.web.cookies.clear()
    added = await town.web.post(
        "/api/me/addresses", json={"channel": "sms", "value": NEW_PHONE}, headers=headers
    )
    assert added.status_code == 201
    address_id = added.json()["address_id"]
    (fact,) = added.json()["addresses"]
    assert fact["address_id"] == address_id
    assert (fact["value"], fact["proven"], fact["code_sent"]) == (NEW_PHONE, False, True)
    await town.tick()
    place = f"/api/me/addresses/{address_id}"
    code = town.code_at(NEW_PHONE)
    wrong = await town.web.post(place + "/code", json={"code": "0" + code}, headers=headers)
    assert wrong.status_code == 400
    proven = await town.web.post(place + "/code", json={"code": code}, headers=headers)
    assert [each["proven"] for each in proven.json()["addresses"]] == [True]
    gone = await town.web.delete(place, headers=headers)
    assert gone.json()["addresses"] == []
    assert (await town.web.delete(place, headers=headers)).status_code == 404
