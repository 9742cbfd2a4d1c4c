"""Ada says that two shoppers are one, having seen what that makes of them, and takes it back."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from gateway.clock import HOUR, SECOND
from gateway.core.model import Presence
from gateway.errors import Conflict, NotFound, NotSignedIn, OnethreadError
from gateway.protocol.inbox import Narrowed
from gateway.services import (
    blocking,
    conversations,
    inboxes,
    merging,
    merging_by_agents,
    nodes,
    reaching,
    reading,
    sessions,
    shopper_finding,
    stopping,
    traits,
)
from gateway.services.blocking import Whose
from gateway.services.house import Change
from gateway.store import house as houses
from gateway.store import people
from gateway.store.tables import ConversationRow, IdentityRow, ShopperRow
from tests.integration.town.building import MAILBOX, Town
from tests.integration.town.letters import mail
from tests.integration.town.outside import KEY
from tests.integration.town.townspeople import VERA_MAIL, VERA_PHONE, Agent, Shopper


async def preview(town: Town, one: Shopper, other: Shopper) -> dict[str, Any]:
    return await merging_by_agents.preview(
        town.house, town.store_id, one.shopper_id, other.shopper_id
    )


async def merges(
    town: Town, one: Shopper, other: Shopper, *, by: Agent | None = None, seen: str | None = None
) -> str:
    """Ada (or another) agrees to what she was shown; returns the merge's id."""
    agreed = seen or (await preview(town, one, other))["seen"]
    told = await merging_by_agents.merge(
        town.house,
        town.store_id,
        one.shopper_id,
        other.shopper_id,
        by=(by or town.ada).agent_id,
        seen=agreed,
    )
    return told["merge_id"]


async def parts(town: Town, merge_id: str) -> None:
    """Ada was wrong."""
    await merging_by_agents.unmerge(town.house, town.store_id, merge_id, by=town.ada.agent_id)


async def row_of(town: Town, shopper: Shopper) -> ShopperRow:
    found = await town.read(lambda tx: people.shopper(tx, town.store_id, shopper.shopper_id))
    assert found is not None
    return found


async def shown(town: Town, view: str) -> list[int]:
    asked = Narrowed.model_validate({"view": view})
    return [row.number for row in (await inboxes.page(town.house, town.ada.agent_id, asked)).rows]


async def writes_a_mail(town: Town, words: str) -> Shopper:
    """Somebody whom nobody knows writes from Vera's mailbox."""
    before = {row.conversation_id for row in await town.rows(ConversationRow)}
    await town.mail_in(mail(words, From=VERA_MAIL, To=MAILBOX), MAILBOX)
    await town.tick()
    (row,) = [x for x in await town.rows(ConversationRow) if x.conversation_id not in before]
    return Shopper(town, row.shopper_id)


async def vera_chats_and_writes_a_mail(town: Town) -> Shopper:
    """Vera has proven a number in the chat; a mail of hers is somebody else's thread."""
    await town.vera.writes("Where is my order?")
    await town.vera.proves_number()
    await town.vera.leaves_mailbox()
    return await writes_a_mail(town, "Do you have it in blue?")


async def test_whoever_left_the_same_address_is_shown_as_perhaps_the_same(town: Town) -> None:
    other = await vera_chats_and_writes_a_mail(town)
    stranger = await town.shopper()
    await stranger.writes("Hello")
    found = await shopper_finding.about(town.house, town.store_id, town.vera.shopper_id)
    assert [(each["shopper_id"], each["by"]) for each in found["alike"]] == [
        (other.shopper_id, VERA_MAIL)
    ]
    assert [each["number"] for each in found["conversations"]] == [
        (await town.vera.conversation()).number
    ]
    assert found["merges"] == []


async def test_a_shopper_is_found_by_name_address_id_and_number(town: Town) -> None:
    await vera_chats_and_writes_a_mail(town)

    def name(change: Change) -> None:
        row = people.shopper(change.tx, town.store_id, town.vera.shopper_id)
        assert row is not None
        row.name = "Vera Novak"
        change.tx.session.add(row)

    await town.house.change(name)
    number = (await town.vera.conversation()).number
    for asked in ("novak", VERA_PHONE, f"#{number}", str(number), town.vera.shopper_id):
        found = await shopper_finding.find(
            town.house, town.store_id, asked, agent_id=town.ada.agent_id
        )
        assert town.vera.shopper_id in [each["shopper_id"] for each in found], asked
    # Whoever only wrote the word is nobody of that name.
    for asked in ("blue", "", "nobody at all"):
        assert (
            await shopper_finding.find(town.house, town.store_id, asked, agent_id=town.ada.agent_id)
            == []
        )


async def test_the_preview_says_what_each_has_and_what_the_one_will_have(town: Town) -> None:
    other = await vera_chats_and_writes_a_mail(town)
    told = await preview(town, other, town.vera)
    mine, theirs = (
        (await town.vera.conversation()).number,
        (await other.conversation()).number,
    )
    assert told["elder"]["shopper_id"] == town.vera.shopper_id  # a code has proven her number
    assert told["younger"]["shopper_id"] == other.shopper_id
    assert [each["value"] for each in told["elder"]["addresses"]] == [VERA_PHONE, VERA_MAIL]
    assert [each["number"] for each in told["younger"]["conversations"]] == [theirs]
    made = told["made"]
    assert (made["goes_on"], made["closes"]) == (mine, theirs)
    assert (made["addresses"], made["both"]) == ([VERA_PHONE, VERA_MAIL], [VERA_MAIL])
    assert (await row_of(town, other)).merged_into is None


async def test_a_preview_changes_nothing_and_what_changed_since_is_looked_at_again(
    town: Town,
) -> None:
    other = await vera_chats_and_writes_a_mail(town)
    seen = (await preview(town, town.vera, other))["seen"]
    town.clock.move_ahead(SECOND)
    await town.vera.writes("Hello?")  # who is writing can be merged all the same
    await town.vera.is_now(Presence.HIDDEN)
    assert (await preview(town, town.vera, other))["seen"] == seen
    row = await other.conversation()
    await conversations.resolve(town.house, row.store_id, row.conversation_id, town.ben.agent_id)
    with pytest.raises(Conflict, match="look again"):
        await merges(town, town.vera, other, seen=seen)
    assert (await row_of(town, other)).merged_into is None


async def test_merged_they_are_one_thread_that_says_who_did_it(town: Town) -> None:
    other = await vera_chats_and_writes_a_mail(town)
    theirs = (await other.conversation()).number
    await merges(town, town.vera, other)
    assert await shown(town, "open") == [(await town.vera.conversation()).number]
    (event,) = await town.vera.events("merged_by")
    assert (event.author_name, event.audience) == ("Ada", "staff")
    assert town.data_of(event)["number"] == theirs
    found = await shopper_finding.about(town.house, town.store_id, other.shopper_id)
    assert found["shopper_id"] == town.vera.shopper_id
    (merge,) = found["merges"]
    assert (merge["by"], merge["numbers"]) == ("Ada", [theirs])
    assert found["alike"] == []


async def test_unmerged_each_has_what_they_had_and_the_preview_had_said_so(town: Town) -> None:
    other = await vera_chats_and_writes_a_mail(town)
    row = await other.conversation()
    before = await preview(town, town.vera, other)
    merge_id = await merges(town, town.vera, other)
    told = await merging_by_agents.parting(town.house, town.store_id, merge_id)
    assert told["conversations"] == [row.number]
    assert (told["reopens"], told["both"], told["addresses"]) == (row.number, [VERA_MAIL], [])
    await parts(town, merge_id)
    assert (await other.conversation()).number == row.number
    assert (await other.conversation()).state == "open"
    after = await preview(town, town.vera, other)
    for side in ("elder", "younger"):
        assert after[side]["addresses"] == before[side]["addresses"]
        numbers = [each["number"] for each in before[side]["conversations"]]
        assert [each["number"] for each in after[side]["conversations"]] == numbers
    (event,) = await town.vera.events("parted_by")
    assert (event.author_name, event.audience) == ("Ada", "staff")
    previews = [(await each.conversation()).preview for each in (town.vera, other)]
    assert previews == ["Where is my order?", "Do you have it in blue?"]
    with pytest.raises(NotFound):
        await parts(town, merge_id)


async def test_what_the_elder_took_over_of_the_younger_goes_back_unless_it_has_changed_since(
    town: Town,
) -> None:
    other = await vera_chats_and_writes_a_mail(town)

    def learn(change: Change) -> None:
        row = people.shopper(change.tx, town.store_id, other.shopper_id)
        assert row is not None
        row.name, row.zone, row.preference = "Vera N.", "Europe/Berlin", '["email"]'
        change.tx.session.add(row)

    await town.house.change(learn)
    made = (await preview(town, town.vera, other))["made"]
    assert (made["name"], made["preference"]) == ("Vera N.", ["email"])
    merge_id = await merges(town, town.vera, other)
    merged = await row_of(town, town.vera)
    assert (merged.name, merged.zone, merged.preference) == (
        "Vera N.",
        "Europe/Berlin",
        '["email"]',
    )

    def rename(change: Change) -> None:
        row = people.shopper(change.tx, town.store_id, town.vera.shopper_id)
        assert row is not None
        row.preference = '["sms"]'
        change.tx.session.add(row)

    await town.house.change(rename)
    await parts(town, merge_id)
    mine = await row_of(town, town.vera)
    assert (mine.name, mine.zone, mine.preference) == ("", "", '["sms"]')


async def test_what_the_shops_pages_told_of_both_is_shown_together_and_stays_whose_it_was(
    town: Town,
) -> None:
    other = await vera_chats_and_writes_a_mail(town)

    async def told(shopper: Shopper, **values: str) -> None:
        await town.house.change(
            lambda change: traits.claim(change, town.store_id, shopper.shopper_id, values)
        )

    async def claims(shopper: Shopper) -> dict[str, str]:
        fact = await town.read(
            lambda tx: traits.identity_fact(tx, town.store_id, shopper.shopper_id)
        )
        return {each.name: each.value for each in fact.claims}

    await told(town.vera, plan="basic", size="M")
    town.clock.move_ahead(SECOND)
    await told(other, plan="gold", city="Graz")
    merge_id = await merges(town, town.vera, other)
    assert await claims(town.vera) == {"plan": "gold", "size": "M", "city": "Graz"}
    await parts(town, merge_id)
    assert await claims(town.vera) == {"plan": "basic", "size": "M"}
    assert await claims(other) == {"plan": "gold", "city": "Graz"}


async def test_a_stop_of_either_counts_for_both_and_the_preview_says_so(town: Town) -> None:
    other = await vera_chats_and_writes_a_mail(town)

    def stop(change: Change) -> None:
        store = houses.store(change.tx, town.store_id)
        stopping.stop(change, store, "email", VERA_MAIL, told=True)

    await town.house.change(stop, on=other.shopper_id)
    told = await preview(town, town.vera, other)
    assert {"code": "stopped", "values": [VERA_MAIL]} in told["told"]
    await merges(town, town.vera, other)
    held = await town.read(
        lambda tx: people.addresses_of(tx, town.store_id, "shopper", town.vera.shopper_id)
    )
    (mailbox,) = [each for each in held if each.value == VERA_MAIL]
    assert mailbox.stopped_at is not None


async def test_two_proven_numbers_are_a_warning_that_they_may_be_two_people(town: Town) -> None:
    await town.vera.writes("Where is my order?")
    await town.vera.proves_number()
    otto = await town.shopper()
    await otto.writes("Is it in stock?")
    await otto.proves_number("+14155550188")
    told = await preview(town, town.vera, otto)
    assert {
        "code": "differ",
        "channel": "sms",
        "values": ["+14155550142", "+14155550188"],
    } in told["told"]


async def test_the_store_knows_them_as_two_customers_and_so_nobody_merges_them(town: Town) -> None:
    other = await vera_chats_and_writes_a_mail(town)

    def sign(change: Change) -> None:
        for sub, each in (("7", town.vera), ("8", other)):
            change.tx.session.add(
                IdentityRow(
                    store_id=town.store_id,
                    sub=sub,
                    shopper_id=each.shopper_id,
                    created_at=change.tx.now,
                    signed_at=change.tx.now,
                )
            )

    await town.house.change(sign)
    with pytest.raises(Conflict, match="two customers"):
        await preview(town, town.vera, other)


async def test_the_youngers_browser_reads_nothing_of_the_elders_until_they_are_two_again(
    town: Town,
) -> None:
    await town.vera.writes("Where is my order?")
    await town.vera.proves_number()
    visit = await sessions.visit(town.house, KEY, None)
    browser = Shopper(town, visit.shopper_id)
    await browser.writes("Do you have it in blue?")
    tab = await browser.tab()
    told = await preview(town, town.vera, browser)
    assert "browsers" in [each["code"] for each in told["told"]]
    merge_id = await merges(town, town.vera, browser)
    assert tab.socket.close_code == NotSignedIn.close
    again = await sessions.visit(town.house, KEY, visit.session)
    assert again.shopper_id not in (town.vera.shopper_id, browser.shopper_id)
    await parts(town, merge_id)
    assert (await sessions.visit(town.house, KEY, visit.session)).shopper_id == browser.shopper_id


async def test_two_agents_merge_at_once_and_one_is_told_that_it_is_done(town: Town) -> None:
    other = await vera_chats_and_writes_a_mail(town)
    seen = (await preview(town, town.vera, other))["seen"]
    done = await asyncio.gather(
        merges(town, town.vera, other, seen=seen),
        merges(town, other, town.vera, by=town.ben, seen=seen),
        return_exceptions=True,
    )
    assert sorted(isinstance(each, Conflict) for each in done) == [False, True]
    assert len(await town.vera.events("merged_by")) == 1


async def test_two_agents_who_take_it_back_at_once_take_it_back_once(town: Town) -> None:
    other = await vera_chats_and_writes_a_mail(town)
    merge_id = await merges(town, town.vera, other)
    done = await asyncio.gather(
        parts(town, merge_id), parts(town, merge_id), return_exceptions=True
    )
    assert sum(isinstance(each, OnethreadError) for each in done) == 1
    assert len(await town.vera.events("parted_by")) == 1


async def test_of_a_chain_the_last_merge_is_taken_back_first(town: Town) -> None:
    other = await vera_chats_and_writes_a_mail(town)
    third = await town.shopper()
    await third.writes("And in green?")
    first = await merges(town, other, third)
    last = await merges(town, town.vera, other)
    found = await shopper_finding.about(town.house, town.store_id, town.vera.shopper_id)
    assert [(each["merge_id"], each["first"]) for each in found["merges"]] == [
        (last, False),
        (first, True),
    ]
    with pytest.raises(Conflict, match="take that back first"):
        await parts(town, first)
    await parts(town, last)
    await parts(town, first)
    assert len(await shown(town, "open")) == 3


async def test_whose_mailbox_another_merge_relies_on_is_parted_after_that_one(town: Town) -> None:
    await town.vera.writes("Where is my order?")
    await town.vera.proves_number()
    other = await writes_a_mail(town, "Do you have it in blue?")
    third = await town.shopper()
    await third.writes("And in green?")
    await third.leaves_mailbox(VERA_MAIL)
    first = await merges(town, town.vera, other)
    last = await merges(town, town.vera, third)
    with pytest.raises(Conflict, match="take that back first"):
        await parts(town, first)
    await parts(town, last)
    await parts(town, first)
    assert len(await shown(town, "open")) == 3


async def test_a_merge_while_a_delivery_is_under_way_sends_nothing_twice(town: Town) -> None:
    other = await vera_chats_and_writes_a_mail(town)
    await town.vera.leaves()
    await town.ada.answers("It left today.")
    town.clock.move_ahead(40 * SECOND)
    await nodes.keep_node(town.house)
    await reaching.look_at_due(town.house)
    await merges(town, town.vera, other)
    await town.tick(600)
    words = [*town.carrier.to(VERA_PHONE), *(each.words for each in town.post.to(VERA_MAIL))]
    assert len([each for each in words if "left today" in each]) == 1


async def test_who_is_blocked_stays_so_as_whoever_they_are_and_takes_it_along_again(
    town: Town,
) -> None:
    other = await vera_chats_and_writes_a_mail(town)
    whose = Whose(town.store_id, other.shopper_id, town.ada.agent_id)
    await blocking.block(town.house, whose, "spam")
    told = await preview(town, town.vera, other)
    assert {"code": "blocked"} in told["told"]
    merge_id = await merges(town, town.vera, other)
    assert await shown(town, "open") == []
    assert len(await shown(town, "blocked")) == 2
    await parts(town, merge_id)
    assert await shown(town, "open") == [(await town.vera.conversation()).number]
    assert await shown(town, "blocked") == [(await other.conversation()).number]


async def test_unblocked_since_the_merge_neither_is_blocked_once_they_are_two(town: Town) -> None:
    other = await vera_chats_and_writes_a_mail(town)
    whose = Whose(town.store_id, other.shopper_id, town.ada.agent_id)
    await blocking.block(town.house, whose, "spam")
    merge_id = await merges(town, town.vera, other)
    await blocking.unblock(
        town.house, Whose(town.store_id, town.vera.shopper_id, town.ada.agent_id)
    )
    await parts(town, merge_id)
    assert await shown(town, "blocked") == []
    assert len(await shown(town, "open")) == 2


async def test_what_came_after_the_merge_stays_with_the_elder(town: Town) -> None:
    other = await vera_chats_and_writes_a_mail(town)
    merge_id = await merges(town, town.vera, other)
    town.clock.move_ahead(HOUR)
    await nodes.keep_node(town.house)
    await town.vera.writes("And in green?")
    await parts(town, merge_id)
    assert "And in green?" in await town.vera.said()
    assert await other.said() == ["Do you have it in blue?"]


async def vera_is_known_and_a_browser_asks(town: Town) -> Shopper:
    """Vera has a proven number and nothing open; returns whose browser it is that does."""
    await town.vera.writes("Where is my order?")
    await town.vera.proves_number()
    row = await town.vera.conversation()
    await conversations.resolve(town.house, row.store_id, row.conversation_id, town.ada.agent_id)
    browser = await town.shopper()
    await browser.writes("Do you have it in blue?")
    return browser


async def test_what_the_elder_wrote_in_a_thread_that_went_to_them_stays_theirs(town: Town) -> None:
    browser = await vera_is_known_and_a_browser_asks(town)
    merge_id = await merges(town, town.vera, browser)
    town.clock.move_ahead(SECOND)
    await town.vera.writes("I live at 7 Mill Lane")
    assert await town.vera.said() == ["Do you have it in blue?", "I live at 7 Mill Lane"]
    told = await merging_by_agents.parting(town.house, town.store_id, merge_id)
    assert told["conversations"] == []
    await parts(town, merge_id)
    assert (await town.vera.said())[-1] == "I live at 7 Mill Lane"
    rows = await town.rows(ConversationRow)
    assert [row for row in rows if row.shopper_id == browser.shopper_id] == []


async def test_once_they_are_two_the_elders_tab_hears_no_more_of_the_youngers_thread(
    town: Town,
) -> None:
    browser = await vera_is_known_and_a_browser_asks(town)
    merge_id = await merges(town, town.vera, browser)
    tab = await town.vera.tab()
    await parts(town, merge_id)
    assert (await browser.said()) == ["Do you have it in blue?"]
    assert tab.socket.close_code == NotSignedIn.close


async def test_tabs_on_another_node_close_at_its_next_look_at_the_logs(town: Town) -> None:
    browser = await vera_is_known_and_a_browser_asks(town)
    tab, row = await browser.tab(), await browser.conversation()
    pair = {"elder": town.vera.shopper_id, "younger": browser.shopper_id}
    await town.house.change(
        lambda change: merging.merge(change, town.store_id, **pair, agent_id=town.ada.agent_id),
        on=tuple(pair.values()),
    )
    await reading.sweep(town.house)
    assert tab.socket.close_code == NotSignedIn.close
    hers = await town.vera.tab()
    await reading.sweep(town.house)
    assert hers.socket.close_code is None
    await merging.take_back(town.house.store, KEY, row.number)
    await reading.sweep(town.house)
    assert hers.socket.close_code == NotSignedIn.close


async def test_the_youngers_open_tab_is_not_the_elder_who_is_reached_where_they_are(
    town: Town,
) -> None:
    await town.vera.writes("Where is my order?")
    await town.vera.proves_number()
    await town.vera.leaves()
    browser = await town.shopper()
    await browser.writes("Do you have it in blue?")
    await browser.returns()
    await merges(town, town.vera, browser)
    await town.ada.answers("Yes, in blue.")
    await town.tick(120)
    assert "Yes, in blue." in town.carrier.to(VERA_PHONE)[-1]


async def test_who_was_blocked_anew_since_the_merge_stays_so_with_who_did_it(town: Town) -> None:
    other = await vera_chats_and_writes_a_mail(town)
    hers = Whose(town.store_id, town.vera.shopper_id, town.ada.agent_id)
    await blocking.block(
        town.house, Whose(town.store_id, other.shopper_id, town.ada.agent_id), "spam"
    )
    merge_id = await merges(town, town.vera, other)
    await blocking.unblock(town.house, hers)
    town.clock.move_ahead(SECOND)
    await blocking.block(town.house, hers, "spam")
    await parts(town, merge_id)
    row = await row_of(town, town.vera)
    assert row.blocked_at is not None
    assert (row.blocked_by, row.blocked_because) == (town.ada.agent_id, "spam")


async def test_of_whoever_is_not_there_nothing_is_shown(town: Town) -> None:
    await town.vera.writes("Hello")
    nobody = Shopper(town, "nobody")
    with pytest.raises(NotFound):
        await preview(town, town.vera, nobody)
    with pytest.raises(NotFound):
        await shopper_finding.about(town.house, town.store_id, "nobody")
    with pytest.raises(NotFound):
        await shopper_finding.about(town.house, "another", town.vera.shopper_id)
    with pytest.raises(Conflict, match="one already"):
        await preview(town, town.vera, town.vera)
