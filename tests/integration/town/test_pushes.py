"""Web push: Vera's browser is told that the shop has answered, and never what."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from functools import partial

import pytest

from gateway.core.model import Presence
from gateway.errors import BadInput, TooMany
from gateway.services import addresses, preferring, push_keys, subscriptions
from gateway.store.tables import ConsentRow, DeliveryRow, SubscriptionRow
from tests.integration.town.browsers import SENTENCE, Pushes, pushes_in
from tests.integration.town.building import Town
from tests.integration.town.outside import KEY
from tests.integration.town.push_service import DROPS, Answers
from tests.integration.town.townspeople import VERA_PHONE

QUESTION, ANSWER = "Is the blue one back?", "Yes, in 38. Shall I put it aside?"


@pytest.fixture
async def pushes(town: Town) -> AsyncIterator[Pushes]:
    async with pushes_in(town) as opened:
        yield opened


def states(rows: list[DeliveryRow]) -> list[tuple[str, str]]:
    return [(row.channel, row.state) for row in rows if row.form == "words"]


async def test_vera_s_browser_is_told_she_reads_and_no_text_is_paid_for(
    town: Town, pushes: Pushes
) -> None:
    await town.vera.writes(QUESTION)
    await town.vera.proves_number()
    browser = await pushes.allows()
    await town.vera.leaves()
    await town.ada.answers(ANSWER)
    await town.tick(60)
    (told,) = browser.notifications.values()
    assert told.status == "shown"
    assert told.title == "New reply from Acme"
    await pushes.shows(browser)
    assert states(await town.vera.deliveries()) == [("push", "delivered")]
    await town.tick(24 * 3_600)
    assert [body for body in town.carrier.to(VERA_PHONE) if ANSWER in body] == []
    await town.vera.returns()
    await town.vera.sees()
    assert (await town.vera.reach()).state == "settled"


async def test_a_notification_names_the_store_alone_and_its_length_tells_nothing(
    town: Town, pushes: Pushes
) -> None:
    await town.vera.writes(QUESTION)
    browser = await pushes.allows()
    await town.vera.leaves()
    await town.ada.answers("Yes.")
    await town.tick(60)
    await town.ada.answers("And we have it in red, in green and in a colour without a name. " * 20)
    await town.tick(700)
    first, second = browser.notifications.values()
    for told in (first, second):
        assert set(json.loads(told.payload)) == {"store", "title", "body", "url", "tag", "token"}
        for secret in ("Yes", "red", "Ada", "Vera", QUESTION):
            assert secret not in told.payload
    assert first.tag == second.tag == first.topic
    one, other = pushes.service.calls
    assert len(one.body) == len(other.body)
    assert one.headers["urgency"] == "high"
    assert int(one.headers["ttl"]) == 600
    assert ANSWER.encode() not in one.body


async def test_the_link_of_a_notification_opens_the_conversation(
    town: Town, pushes: Pushes
) -> None:
    await town.vera.writes(QUESTION)
    browser = await pushes.allows()
    await town.vera.leaves()
    await town.ada.answers(ANSWER)
    await town.tick(60)
    (told,) = browser.notifications.values()
    page = await town.web.get(told.url)
    assert page.status_code == 200
    opened = await town.web.post(told.url)
    assert opened.status_code == 303
    assert (await town.web.get(opened.headers["location"])).status_code == 200


async def test_a_browser_that_shows_nothing_in_time_is_followed_by_a_text(
    town: Town, pushes: Pushes
) -> None:
    """The push service took it, the laptop is shut, and nobody ever tells: the counter-example."""
    await town.vera.writes(QUESTION)
    await town.vera.proves_number()
    browser = await pushes.allows()
    browser.on = False
    await town.vera.leaves()
    await town.ada.answers(ANSWER)
    await town.tick(60)
    assert states(await town.vera.deliveries()) == [("push", "accepted")]
    await town.tick(601)
    assert ANSWER in town.carrier.to(VERA_PHONE)[-1]
    browser.on = True
    assert pushes.service.exchange.show(browser, town.clock.now()) == []


async def test_a_browser_that_has_gone_is_left_alone_and_a_text_goes_out_at_once(
    town: Town, pushes: Pushes
) -> None:
    await town.vera.writes(QUESTION)
    await town.vera.proves_number()
    browser = await pushes.allows()
    browser.gone = True
    await town.vera.leaves()
    await town.ada.answers(ANSWER)
    await town.tick(60)
    assert states(await town.vera.deliveries())[0] == ("push", "failed")
    assert ANSWER in town.carrier.to(VERA_PHONE)[-1]
    before = len(pushes.service.calls)
    await town.ada.answers("Are you there?")
    await town.tick(900)
    assert len(pushes.service.calls) == before
    assert "Are you there?" in town.carrier.to(VERA_PHONE)[-1]


async def test_a_busy_push_service_is_asked_again_and_nothing_is_lost(
    town: Town, pushes: Pushes
) -> None:
    await town.vera.writes(QUESTION)
    browser = await pushes.allows()
    await town.vera.leaves()
    pushes.service.says(Answers(429, {"Retry-After": "30"}), Answers(503))
    await town.ada.answers(ANSWER)
    await town.tick(600)
    assert len(browser.notifications) == 1
    assert states(await town.vera.deliveries())[-1] == ("push", "accepted")


async def test_a_push_service_that_does_not_take_our_key_closes_the_channel_and_calls_somebody(
    town: Town, pushes: Pushes
) -> None:
    await town.vera.writes(QUESTION)
    await town.vera.proves_number()
    browser = await pushes.allows()
    await town.policy(circuit_first=1_800, circuit_most=3_600)
    pushes.service.says(Answers(403))
    await town.vera.leaves()
    await town.ada.answers(ANSWER)
    await town.tick(60)
    assert ANSWER in town.carrier.to(VERA_PHONE)[-1]
    assert browser.notifications == {}
    await town.ada.answers("Are you there?")
    await town.tick(400)
    assert len(pushes.service.calls) == 1  # the channel rests
    assert "Are you there?" in town.carrier.to(VERA_PHONE)[-1]


async def test_what_may_have_gone_out_is_not_sent_to_the_same_browser_by_guess(
    town: Town, pushes: Pushes
) -> None:
    await town.vera.writes(QUESTION)
    await town.vera.proves_number()
    browser = await pushes.allows()
    pushes.service.says(DROPS)
    await town.vera.leaves()
    await town.ada.answers(ANSWER)
    await town.tick(60)
    assert states(await town.vera.deliveries()) == [("push", "unknown")]
    await pushes.shows(browser)
    assert states(await town.vera.deliveries()) == [("push", "delivered")]
    await town.tick(3_600)
    assert len(browser.notifications) == 1
    assert all(ANSWER not in body for body in town.carrier.to(VERA_PHONE))


async def test_two_browsers_are_two_addresses_and_one_is_tried_after_the_other(
    town: Town, pushes: Pushes
) -> None:
    await town.vera.writes(QUESTION)
    laptop = await pushes.allows()
    await town.tick(1)
    phone = await pushes.allows()
    laptop.on = False
    await town.vera.leaves()
    await town.ada.answers(ANSWER)
    await town.tick(60)
    assert (len(laptop.notifications), len(phone.notifications)) == (1, 0)
    await town.tick(600)
    assert (len(laptop.notifications), len(phone.notifications)) == (1, 1)


async def test_a_newer_answer_takes_the_place_of_one_that_nobody_saw(
    town: Town, pushes: Pushes
) -> None:
    await town.policy(spacing=0)
    await town.vera.writes(QUESTION)
    browser = await pushes.allows()
    browser.on = False
    await town.vera.leaves()
    await town.ada.answers(ANSWER)
    await town.tick(60)
    await town.ada.answers("One more thing.")
    await town.tick(60)
    assert [each.status for each in browser.notifications.values()] == ["replaced", "waiting"]


async def test_vera_ends_it_and_what_was_queued_is_taken_back_with_it(
    town: Town, pushes: Pushes
) -> None:
    await town.vera.writes(QUESTION)
    await town.vera.proves_number()
    browser = await pushes.allows()
    await town.vera.leaves()
    await town.ada.answers(ANSWER)
    await town.look(60)
    assert states(await town.vera.deliveries()) == [("push", "queued")]
    endpoint = pushes.subscription(browser).endpoint
    await subscriptions.unsubscribe(town.house, town.store_id, town.vera.shopper_id, endpoint)
    assert states(await town.vera.deliveries()) == [("push", "withdrawn")]
    await town.tick(60)
    assert pushes.service.calls == []
    assert ANSWER in town.carrier.to(VERA_PHONE)[-1]
    assert await town.rows(SubscriptionRow) == []
    told = [town.data_of(row) for row in await town.vera.events("consent")]
    assert [(each["channel"], each["what"]) for each in told] == [("push", "stopped")]


async def test_consent_is_evidence_with_the_words_that_were_on_screen(
    town: Town, pushes: Pushes
) -> None:
    await town.vera.writes(QUESTION)
    await pushes.allows()
    (row,) = [each for each in await town.rows(ConsentRow) if each.store_id == town.store_id]
    assert (row.purpose, row.granted, row.sentence_id) == ("support", 1, SENTENCE)
    assert row.sentence.startswith("Acme may notify me in this browser")


async def test_saying_it_again_changes_nothing(town: Town, pushes: Pushes) -> None:
    await town.vera.writes(QUESTION)
    browser = await pushes.allows()
    before = (await town.vera.entries(), await town.rows(ConsentRow))
    await pushes.allows(browser=browser)
    assert (await town.vera.entries(), await town.rows(ConsentRow)) == before


async def test_a_new_endpoint_takes_the_old_one_s_place(town: Town, pushes: Pushes) -> None:
    await town.vera.writes(QUESTION)
    old = await pushes.allows()
    new = await pushes.allows(replaces=pushes.subscription(old).endpoint)
    await town.vera.leaves()
    await town.ada.answers(ANSWER)
    await town.tick(700)
    assert (len(old.notifications), len(new.notifications)) == (0, 1)


async def test_a_browser_that_somebody_else_uses_now_is_no_longer_the_first_one_s(
    town: Town, pushes: Pushes
) -> None:
    await town.vera.writes(QUESTION)
    browser = await pushes.allows()
    dora = await town.shopper()
    await dora.writes("Do you ship to Norway?")
    await pushes.allows(dora, browser)
    await town.vera.leaves()
    await town.ada.answers(ANSWER)
    await town.tick(900)
    assert browser.notifications == {}
    assert (await town.vera.reach()).state == "unreachable"


async def test_a_browser_proves_itself_and_says_nothing_of_who_vera_is(
    town: Town, pushes: Pushes
) -> None:
    await town.vera.writes(QUESTION)
    await pushes.allows()

    shopper_id = town.vera.shopper_id
    for whole in (False, True):
        found = await town.read(
            partial(addresses.facts_of, store_id=town.store_id, shopper_id=shopper_id, whole=whole)
        )
        assert [(each.channel, each.value, each.proven) for each in found] == [
            ("push", "127.0.0.1", True)
        ]
    tab = await town.vera.tab()
    heard = await tab.until('"push":')
    assert pushes.service.base not in heard
    for entry in await town.vera.entries():
        assert pushes.service.base not in entry.data


async def test_at_night_the_browser_is_left_alone_too(town: Town, pushes: Pushes) -> None:
    await town.policy(quiet={"push": ["11:00-13:00"]}, zone="UTC", patience=7_200)
    await town.vera.writes(QUESTION)
    browser = await pushes.allows()
    await town.vera.leaves()
    await town.ada.answers(ANSWER)
    await town.tick(3_000)
    assert browser.notifications == {}
    await town.tick(700)
    assert len(browser.notifications) == 1


async def test_a_browser_counts_for_the_day_s_cap_and_costs_nothing(
    town: Town, pushes: Pushes
) -> None:
    await town.policy(cap=1, spacing=0, spend_a_day=0)
    await town.vera.writes(QUESTION)
    browser = await pushes.allows()
    await town.vera.leaves()
    await town.ada.answers(ANSWER)
    await town.tick(60)
    await pushes.shows(browser)
    await town.ada.answers("One more thing.")
    await town.tick(600)
    assert len(browser.notifications) == 1


async def test_while_vera_reads_the_chat_no_browser_is_told(town: Town, pushes: Pushes) -> None:
    await town.vera.writes(QUESTION)
    browser = await pushes.allows()
    await town.vera.returns()
    await town.ada.answers(ANSWER)
    await town.tick(30)
    await town.vera.sees()
    await town.tick(3_600)
    assert browser.notifications == {}


async def test_a_tab_in_the_background_is_told_sooner_than_a_phone_would_be_paid_for(
    town: Town, pushes: Pushes
) -> None:
    await town.vera.writes(QUESTION)
    await town.vera.proves_number()
    browser = await pushes.allows()
    await town.vera.is_now(Presence.HIDDEN)
    await town.ada.answers(ANSWER)
    await town.tick(130)
    assert len(browser.notifications) == 1
    assert all(ANSWER not in body for body in town.carrier.to(VERA_PHONE))


async def test_after_a_rotation_browsers_are_notified_by_the_key_that_they_know(
    town: Town, pushes: Pushes
) -> None:
    await town.vera.writes(QUESTION)
    old = await pushes.allows()
    key = await push_keys.rotate(town.house.store, town.house.secrets[0], KEY)
    assert key != old.key == pushes.service.exchange.browsers[old.id].key
    await town.vera.leaves()
    await town.ada.answers(ANSWER)
    await town.tick(60)
    await pushes.shows(old)
    new = await pushes.allows(replaces=pushes.subscription(old).endpoint, key=key)
    await town.ada.answers("One more thing.")
    await town.tick(700)
    assert (len(old.notifications), len(new.notifications)) == (1, 1)


async def test_a_store_that_turned_it_off_notifies_nobody_and_takes_nobody(
    town: Town, pushes: Pushes
) -> None:
    await town.vera.writes(QUESTION)
    await town.vera.proves_number()
    browser = await pushes.allows()
    await push_keys.turn_off(town.house.store, KEY)
    await town.vera.leaves()
    await town.ada.answers(ANSWER)
    await town.tick(60)
    assert browser.notifications == {}
    assert ANSWER in town.carrier.to(VERA_PHONE)[-1]
    with pytest.raises(BadInput, match="notifies no browser"):
        await subscriptions.subscribe(
            town.house,
            town.store_id,
            town.vera.shopper_id,
            pushes.subscription(browser),
            SENTENCE,
        )
    assert await pushes.key() == browser.key


async def test_a_house_with_another_secret_cannot_use_the_key_and_says_so(
    town: Town, pushes: Pushes
) -> None:
    await push_keys.turn_off(town.house.store, KEY)
    await push_keys.rotate(town.house.store, b"the secret of the house before this one", KEY)
    await town.vera.writes(QUESTION)
    await town.vera.proves_number()
    await pushes.allows()
    await town.vera.leaves()
    await town.ada.answers(ANSWER)
    await town.tick(60)
    failed = next(row for row in await town.vera.deliveries() if row.channel == "push")
    assert (failed.state, failed.error_code) == ("failed", "misconfigured")
    assert "SECRET_KEY" in failed.error_words
    assert ANSWER in town.carrier.to(VERA_PHONE)[-1]


async def test_only_a_subscription_of_a_push_service_that_is_called_is_taken(
    town: Town, pushes: Pushes
) -> None:
    await town.vera.writes(QUESTION)
    good = pushes.subscription(pushes.service.browser(await pushes.key()))
    bad = [
        ("endpoint", "http://127.0.0.1:1/push/a"),
        ("endpoint", "https://evil.example/push/a"),
        ("endpoint", good.endpoint + "a" * 2_048),
        ("p256dh", "A" * 87),
        ("auth", "A" * 21),
        ("key", "B" * 87),
    ]
    for name, value in bad:
        given = {each: getattr(good, each) for each in ("endpoint", "p256dh", "auth", "key")}
        with pytest.raises(BadInput):
            await subscriptions.subscribe(
                town.house,
                town.store_id,
                town.vera.shopper_id,
                subscriptions.Subscription(**(given | {name: value})),
                SENTENCE,
            )
    with pytest.raises(BadInput):
        await subscriptions.subscribe(
            town.house, town.store_id, town.vera.shopper_id, good, "sms.support.en.1"
        )
    assert await town.rows(SubscriptionRow) == []


async def test_nobody_fills_the_house_with_browsers(town: Town, pushes: Pushes) -> None:
    await town.vera.writes(QUESTION)
    for _ in range(subscriptions.MOST_NEW):
        await pushes.allows()
    with pytest.raises(TooMany):
        await pushes.allows()


async def test_only_the_token_of_a_notification_tells_that_it_was_shown(
    town: Town, pushes: Pushes
) -> None:
    await town.vera.writes(QUESTION)
    browser = await pushes.allows()
    await town.vera.leaves()
    await town.ada.answers(ANSWER)
    await town.tick(60)
    (told,) = browser.notifications.values()
    head, mark = told.token[:-16], told.token[-16:]
    for forged in (head, head + mark[::-1], f"pk_nobody.{told.token}", "", ".", "é.é", "a" * 301):
        assert await pushes.told(forged) in (400, 404)
    for odd in (None, 7, ["a"], {"a": 1}):
        assert await pushes.told(odd) == 400
    assert states(await town.vera.deliveries()) == [("push", "accepted")]
    for _ in range(3):
        assert await pushes.told(told.token) == 204
    assert states(await town.vera.deliveries()) == [("push", "delivered")]


async def test_vera_can_say_that_she_likes_her_browser_best(town: Town, pushes: Pushes) -> None:
    await town.policy(ladder=["sms", "push"])
    await town.vera.writes(QUESTION)
    await town.vera.proves_number()
    browser = await pushes.allows()
    await preferring.prefer(town.house, town.store_id, town.vera.shopper_id, ["push"], "widget")
    await town.vera.leaves()
    await town.ada.answers(ANSWER)
    await town.tick(60)
    assert len(browser.notifications) == 1
