"""Vera wrote before she signed in: what she asked then joins what the shop knows of her."""

from __future__ import annotations

import pytest

from gateway.clock import SECOND
from gateway.core.merging import name_of
from gateway.core.model import Presence
from gateway.core.policy import Policy
from gateway.errors import Conflict, NotFound
from gateway.services import (
    changing,
    conversation_stops,
    conversations,
    forecast,
    histories,
    merging,
    nodes,
    reaching,
    reading,
    sessions,
    thread_links,
)
from gateway.services.house import Change
from gateway.simulation.replay import replay
from gateway.store import people
from gateway.store.tables import AddressRow, ConversationRow, DeliveryRow
from tests.integration.town.building import Town
from tests.integration.town.outside import KEY
from tests.integration.town.townspeople import VERA_MAIL, VERA_PHONE, Agent, Shopper

NEW_MAIL = "vera@new.example"


async def signs_in(town: Town, browser: Shopper) -> None:
    """The browser turns out to be Vera's."""

    def work(change: Change) -> None:
        merging.merge(change, town.store_id, elder=town.vera.shopper_id, younger=browser.shopper_id)

    await town.house.change(work, on=(town.vera.shopper_id, browser.shopper_id))


async def is_somebody_else(town: Town, conversation: ConversationRow) -> None:
    """It was not Vera's after all."""

    def work(change: Change) -> None:
        merging.unmerge(change, town.store_id, conversation.conversation_id)

    await town.house.change(work, on=(town.vera.shopper_id, conversation.shopper_id))


async def row_of(town: Town, conversation: ConversationRow) -> ConversationRow:
    """The conversation as it is now."""
    rows = await town.rows(ConversationRow)
    (found,) = [each for each in rows if each.conversation_id == conversation.conversation_id]
    return found


def told_to(town: Town, agent: Agent) -> str:
    """All that was told to an agent outside of the console."""
    letters = [each.words for each in town.post.to(agent.mailbox)]
    return "\n".join([*town.carrier.to(agent.phone), *letters])


async def vera_is_known_and_browses(town: Town) -> tuple[Shopper, ConversationRow]:
    """Vera has a proven number and an open conversation; a browser asks something else."""
    await town.vera.writes("Where is my order?")
    await town.vera.proves_number()
    await town.vera.leaves()
    browser = await town.shopper()
    await browser.writes("Do you have it in blue?")
    return browser, await browser.conversation()


async def test_the_younger_closes_and_says_where_it_goes_on(town: Town) -> None:
    browser, younger = await vera_is_known_and_browses(town)
    elder = await town.vera.conversation()
    before = [row.entry_id for row in await town.entries(younger.conversation_id)]
    await signs_in(town, browser)
    younger = await row_of(town, younger)
    assert (younger.state, younger.continued_in) == ("resolved", elder.conversation_id)
    assert younger.shopper_id == town.vera.shopper_id
    log = await town.entries(younger.conversation_id)
    assert [row.entry_id for row in log[:-1]] == before
    assert town.data_of(log[-1]) == {
        "continued_in": elder.conversation_id,
        "number": elder.number,
    }
    (told,) = await town.vera.events("merged")
    assert told.audience == "all"
    assert town.data_of(told) == {
        "conversation_id": younger.conversation_id,
        "number": younger.number,
        "seq": younger.last_seq - 1,
    }
    assert (await town.vera.conversation()).conversation_id == elder.conversation_id


async def test_said_again_a_merge_changes_nothing(town: Town) -> None:
    browser, younger = await vera_is_known_and_browses(town)
    await signs_in(town, browser)
    length = len(await town.vera.entries())
    await signs_in(town, browser)
    assert len(await town.vera.entries()) == length
    assert len(await town.entries(younger.conversation_id)) == younger.last_seq + 1


async def test_an_answer_to_the_younger_reaches_vera_by_the_number_she_has_proven(
    town: Town,
) -> None:
    browser, younger = await vera_is_known_and_browses(town)
    await town.ada.answers("Yes, in blue.", browser)
    await browser.leaves()
    await signs_in(town, browser)
    await town.tick(60)
    assert "Yes, in blue." in town.carrier.to(VERA_PHONE)[-1]
    answer = [each for each in await town.entries(younger.conversation_id) if each.side == "staff"]
    *_, sent = await town.vera.deliveries()
    assert sent.seqs == f"[{name_of(answer[-1].seq)}]"


async def test_answers_in_both_go_out_together_in_the_order_in_which_they_were_said(
    town: Town,
) -> None:
    browser, _ = await vera_is_known_and_browses(town)
    await town.ada.answers("It left today.", town.vera)
    await town.ada.answers("Yes, in blue.", browser)
    await town.ada.answers("It comes on Friday.", town.vera)
    await browser.leaves()
    await signs_in(town, browser)
    await town.tick(200)
    words = [text for text in town.carrier.to(VERA_PHONE) if "blue" in text]
    assert len(words) == 1
    places = [words[0].index(each) for each in ("left today", "in blue", "on Friday")]
    assert places == sorted(places)


async def test_what_was_queued_for_the_younger_is_taken_back_and_planned_for_vera(
    town: Town,
) -> None:
    browser, _ = await vera_is_known_and_browses(town)
    await browser.leaves_mailbox(NEW_MAIL)
    await browser.leaves()
    await town.ada.answers("Yes, in blue.", browser)
    town.clock.move_ahead(40 * SECOND)
    await nodes.keep_node(town.house)
    await reaching.look_at_due(town.house)
    (queued,) = [each for each in await browser.deliveries() if each.state == "queued"]
    await signs_in(town, browser)
    (withdrawn,) = [
        row for row in await town.rows(DeliveryRow) if row.delivery_id == queued.delivery_id
    ]
    assert withdrawn.state == "withdrawn"
    await town.tick(60)
    *_, sent = await town.vera.deliveries()
    assert sent.channel in ("sms", "email")
    assert sent.handed_at is not None


async def test_seeing_that_they_are_one_is_seeing_what_was_answered_in_the_younger(
    town: Town,
) -> None:
    browser, _ = await vera_is_known_and_browses(town)
    await town.ada.answers("Yes, in blue.", browser)
    await browser.is_now(Presence.READING)
    await signs_in(town, browser)
    assert (await town.vera.reach()).state == "waiting"
    await town.vera.sees()
    assert (await town.vera.reach()).state == "settled"
    await town.vera.leaves()
    town.carrier.taken.clear()
    await town.tick(900)
    assert town.carrier.to(VERA_PHONE) == []


async def test_who_has_not_looked_since_has_not_seen_it(town: Town) -> None:
    browser, _ = await vera_is_known_and_browses(town)
    await town.ada.answers("Yes, in blue.", browser)
    before = (await town.vera.conversation()).last_seq
    await browser.leaves()
    await signs_in(town, browser)
    await town.vera.sees(before)
    assert (await town.vera.reach()).state == "waiting"


async def test_an_answer_in_the_elder_answers_what_was_asked_in_the_younger(town: Town) -> None:
    browser, younger = await vera_is_known_and_browses(town)
    await signs_in(town, browser)
    elder = await town.vera.conversation()
    assert elder.waiting_since is not None
    assert (await town.vera.reach("staff")).head_seq == elder.last_seq
    assert (await row_of(town, younger)).waiting_since is None
    await town.ada.answers("It left today, and yes, in blue.", town.vera)
    assert (await town.vera.reach("staff")).state == "settled"
    before = told_to(town, town.ada)
    await town.tick(3_600)
    assert told_to(town, town.ada) == before


async def test_the_staff_are_told_of_what_was_asked_in_the_younger(town: Town) -> None:
    browser, _ = await vera_is_known_and_browses(town)
    await town.ada.answers("It left today.", town.vera)
    await browser.leaves()
    await signs_in(town, browser)
    await town.tick(900)
    assert "Do you have it in blue?" in told_to(town, town.ada)


async def test_a_notice_of_the_younger_is_answered_in_the_elder(town: Town) -> None:
    browser, younger = await vera_is_known_and_browses(town)
    await town.ada.answers("It left today.", town.vera)
    await town.tick(900)
    await signs_in(town, browser)
    told = [each for each in town.post.to(town.ada.mailbox) if "in blue?" in each.words]
    assert f"#{younger.number}" in told[0].head("Subject")
    await town.answers_mail(told[0], "Yes, in blue.")
    await town.tick()
    assert (await town.vera.said())[-1] == "Yes, in blue."
    assert (await town.vera.reach("staff")).state == "settled"


async def test_vera_answers_a_mail_of_the_younger_and_it_joins_the_elder(town: Town) -> None:
    browser, _ = await vera_is_known_and_browses(town)
    await browser.leaves_mailbox(NEW_MAIL)
    await browser.leaves()
    await town.ada.answers("Yes, in blue.", browser)
    await town.tick(60)
    (letter,) = town.post.to(NEW_MAIL)
    await signs_in(town, browser)
    await town.answers_mail(letter, "Then I take it.")
    await town.tick()
    assert (await town.vera.said())[-1] == "Then I take it."


async def test_a_receipt_that_comes_late_counts_for_the_one_thread(town: Town) -> None:
    browser, younger = await vera_is_known_and_browses(town)
    await browser.proves_number("+14155550188")
    await browser.leaves()
    await town.ada.answers("Yes, in blue.", browser)
    await town.tick(60)
    (sent,) = [each for each in await browser.deliveries() if each.form == "words"]
    await signs_in(town, browser)
    await town.tick(60)
    assert [each for each in await town.vera.deliveries() if each.form == "words"] == []
    await town.receipt(town.carrier.taken[-1], "undelivered", error=30005)
    await town.tick(400)
    *_, again = [each for each in await town.vera.deliveries() if each.form == "words"]
    assert again.address_id != sent.address_id
    assert again.handed_at is not None
    assert (await row_of(town, younger)).state == "resolved"


async def test_an_address_that_both_have_is_one_and_proven_if_either_was(town: Town) -> None:
    browser, _ = await vera_is_known_and_browses(town)
    await town.vera.leaves_mailbox(VERA_MAIL)
    theirs = await browser.leaves_number(VERA_PHONE)
    await browser.leaves_mailbox(VERA_MAIL)
    await signs_in(town, browser)
    rows = [row for row in await town.rows(AddressRow) if row.side == "shopper"]
    mine = [row for row in rows if row.person_id == town.vera.shopper_id]
    assert sorted(row.value for row in mine) == [VERA_PHONE, VERA_MAIL]
    (led,) = [row for row in rows if row.address_id == theirs]
    assert led.joined_to in [row.address_id for row in mine]


async def test_a_stop_said_to_the_younger_holds_for_vera(town: Town) -> None:
    browser, _ = await vera_is_known_and_browses(town)
    await browser.proves_number("+14155550188")
    await town.text_in("+14155550188", "STOP")
    await town.tick()
    await browser.leaves()
    await town.ada.answers("Yes, in blue.", browser)
    await signs_in(town, browser)
    town.carrier.taken.clear()
    await town.tick(3_600)
    assert town.carrier.to("+14155550188") == []
    assert "Yes, in blue." in "".join(town.carrier.to(VERA_PHONE))


async def test_a_tab_of_before_writes_into_the_elder_and_repeats_nothing(town: Town) -> None:
    browser, _ = await vera_is_known_and_browses(town)
    first = await browser.writes("In red, too?", cmid="c-red")
    await signs_in(town, browser)
    again = await town.vera.writes("In red, too?", cmid="c-red")
    assert again.dup
    assert again.entry_id == first.entry_id
    await browser.writes("Or in green?")
    assert (await town.vera.said())[-1] == "Or in green?"


async def test_without_an_open_one_of_the_elders_the_younger_is_handed_over(town: Town) -> None:
    browser = await town.shopper()
    await browser.writes("Do you have it in blue?")
    younger = await browser.conversation()
    await signs_in(town, browser)
    now = await town.vera.conversation()
    assert now.conversation_id == younger.conversation_id
    assert (now.state, now.last_seq) == ("open", younger.last_seq)


async def test_what_goes_on_elsewhere_is_neither_answered_nor_opened_again(town: Town) -> None:
    browser, younger = await vera_is_known_and_browses(town)
    await signs_in(town, browser)
    with pytest.raises(Conflict, match="goes on in #1"):
        await conversations.reopen(
            town.house, town.store_id, younger.conversation_id, town.ada.agent_id
        )
    elder = await town.vera.conversation()
    await conversations.resolve(town.house, town.store_id, elder.conversation_id, town.ada.agent_id)
    with pytest.raises(Conflict, match="goes on in #1"):
        await conversations.reopen(
            town.house, town.store_id, younger.conversation_id, town.ada.agent_id
        )
    await town.vera.writes("One more thing.")
    assert (await town.vera.conversation()).conversation_id == elder.conversation_id


async def test_a_chain_of_merges_is_one_thread(town: Town) -> None:
    first, younger = await vera_is_known_and_browses(town)
    second = await town.shopper()
    await second.writes("And in size 9?")
    youngest = await second.conversation()
    await town.ada.answers("In 9, yes.", second)
    await first.leaves()
    await second.leaves()

    def into_first(change: Change) -> None:
        merging.merge(change, town.store_id, elder=first.shopper_id, younger=second.shopper_id)

    await town.house.change(into_first, on=(first.shopper_id, second.shopper_id))
    await signs_in(town, first)
    assert (await row_of(town, youngest)).continued_in == younger.conversation_id
    await town.tick(60)
    assert "In 9, yes." in town.carrier.to(VERA_PHONE)[-1]


async def test_a_merge_that_was_wrong_is_taken_back(town: Town) -> None:
    browser, younger = await vera_is_known_and_browses(town)
    await browser.leaves_mailbox(NEW_MAIL)
    await signs_in(town, browser)
    await is_somebody_else(town, younger)
    now = await browser.conversation()
    assert (now.conversation_id, now.state) == (younger.conversation_id, "open")
    assert now.continued_in is None
    assert now.waiting_since is not None
    await browser.leaves()
    await town.ada.answers("Yes, in blue.", browser)
    town.carrier.taken.clear()
    await town.tick(60)
    assert town.carrier.to(VERA_PHONE) == []
    assert town.post.to(NEW_MAIL)
    rows = await town.rows(AddressRow)
    assert [row.value for row in rows if row.person_id == browser.shopper_id] == [NEW_MAIL]


async def test_an_operator_takes_a_merge_back_by_the_conversations_number(town: Town) -> None:
    browser, younger = await vera_is_known_and_browses(town)
    await signs_in(town, browser)
    await merging.take_back(town.house.store, KEY, younger.number)
    assert (await browser.conversation()).state == "open"
    with pytest.raises(NotFound):
        await merging.take_back(town.house.store, KEY, younger.number)
    with pytest.raises(NotFound):
        await merging.take_back(town.house.store, KEY, 999)


async def test_what_went_out_while_they_were_one_goes_out_no_second_time(town: Town) -> None:
    browser, younger = await vera_is_known_and_browses(town)
    await browser.leaves_mailbox(NEW_MAIL)
    await browser.leaves()
    await town.ada.answers("Yes, in blue.", browser)
    await signs_in(town, browser)
    await town.tick(60)
    assert "Yes, in blue." in town.carrier.to(VERA_PHONE)[-1]
    town.carrier.taken.clear()
    await is_somebody_else(town, younger)
    await town.tick(60)
    assert town.carrier.taken == []
    assert town.post.to(NEW_MAIL) == []
    assert (await browser.reach()).state in ("carried", "waiting")


async def test_veras_panel_pages_through_what_went_on_in_hers_and_nobody_elses(
    town: Town,
) -> None:
    browser, younger = await vera_is_known_and_browses(town)
    await town.ada.answers("Yes, in blue.", browser)
    await signs_in(town, browser)
    (told,) = await town.vera.events("merged")
    named = town.data_of(told)
    elder = await town.vera.conversation()
    page = await reading.earlier(
        town.house,
        town.store_id,
        named["conversation_id"],
        "shopper",
        before=named["seq"] + 1,
        limit=50,
        followed=elder.conversation_id,
    )
    said = [entry.body for entry in page.entries if entry.kind == "message"]
    assert said == ["Do you have it in blue?", "Yes, in blue."]
    assert page.complete
    zoe = await town.shopper()
    await zoe.writes("Hello?")
    hers = (await zoe.conversation()).conversation_id
    with pytest.raises(NotFound):
        await reading.earlier(
            town.house,
            town.store_id,
            younger.conversation_id,
            "shopper",
            before=100,
            limit=50,
            followed=hers,
        )


async def links_of(town: Town, browser: Shopper, address_id: str) -> tuple[str, str]:
    """The tokens of a mail to a browser: what opens its thread, and what stops such mails."""
    sent = (await browser.deliveries())[-1]
    (address,) = [row for row in await town.rows(AddressRow) if row.address_id == address_id]
    secret, younger = town.house.secrets[0], await browser.conversation()
    link = thread_links.thread_link(
        "", KEY, secret, store_id=town.store_id, delivery_id=sent.delivery_id
    )
    stop = conversation_stops.stop_link("", KEY, secret, address, younger.conversation_id)
    return link.rpartition("/")[2], stop.rpartition("/")[2]


async def test_the_links_of_the_younger_lead_on(town: Town) -> None:
    browser, _ = await vera_is_known_and_browses(town)
    theirs = await browser.leaves_mailbox(NEW_MAIL)
    await town.vera.leaves_mailbox(NEW_MAIL)
    await browser.leaves()
    await town.ada.answers("Yes, in blue.", browser)
    await town.tick(60)
    link, stop = await links_of(town, browser, theirs)
    await town.answers_mail(town.post.to(NEW_MAIL)[-1], "Lovely.")
    await town.tick()
    await signs_in(town, browser)

    assert (await thread_links.look(town.house, KEY, link, None)).state == "ready"
    token = await thread_links.open_link(town.house, KEY, link, None)
    visit = await sessions.visit(town.house, KEY, token)
    assert visit.shopper_id == town.vera.shopper_id

    await conversation_stops.stop(town.house, KEY, stop)
    await town.vera.leaves()
    await town.ada.answers("It left today.", town.vera)
    letters = len(town.post.to(NEW_MAIL))
    await town.tick(3_600)
    assert len(town.post.to(NEW_MAIL)) == letters


async def test_a_mailbox_that_the_younger_only_typed_opens_nothing_of_veras(town: Town) -> None:
    browser, _ = await vera_is_known_and_browses(town)
    theirs = await browser.leaves_mailbox(NEW_MAIL)
    await browser.leaves()
    await town.ada.answers("Yes, in blue.", browser)
    await town.tick(60)
    link, _ = await links_of(town, browser, theirs)
    await signs_in(town, browser)
    with pytest.raises(NotFound):
        await thread_links.open_link(town.house, KEY, link, None)


async def test_what_rang_for_the_younger_counts_for_veras_cap(town: Town) -> None:
    await town.policy(cap=1)
    browser, _ = await vera_is_known_and_browses(town)
    await browser.leaves_mailbox(NEW_MAIL)
    await browser.leaves()
    await town.ada.answers("Yes, in blue.", browser)
    await town.tick(60)
    assert len(town.post.to(NEW_MAIL)) == 1
    await signs_in(town, browser)
    town.carrier.taken.clear()
    await town.tick(3 * 3_600)
    await town.ada.answers("It left today.", town.vera)
    await town.tick(3_600)
    assert town.carrier.to(VERA_PHONE) == []
    assert (await town.vera.reach()).state == "waiting"


async def test_many_threads_that_were_merged_are_handed_over_together(town: Town) -> None:
    browser, _ = await vera_is_known_and_browses(town)
    zoe = await town.shopper()
    await zoe.writes("Is it open?")
    await zoe.leaves_mailbox("zoe@shopper.example")
    await zoe.leaves()
    await town.ada.answers("Yes, in blue.", browser)
    await browser.leaves()
    await signs_in(town, browser)
    await town.ada.answers("It is.", zoe)
    await town.tick(60)
    assert "Yes, in blue." in town.carrier.to(VERA_PHONE)[-1]
    assert len(town.post.to("zoe@shopper.example")) == 1


async def test_what_is_explained_foreseen_and_simulated_knows_of_merged_threads(
    town: Town,
) -> None:
    browser, _ = await vera_is_known_and_browses(town)
    await town.ada.answers("Yes, in blue.", browser)
    await browser.leaves()
    await signs_in(town, browser)
    elder = await town.vera.conversation()
    seen = await town.read(
        lambda tx: people.presence(tx, town.store_id, "shopper", town.vera.shopper_id)
    )
    route = await town.read(lambda tx: forecast.route_of(tx, elder, seen))
    assert route.steps[0].channel == "sms"
    await town.tick(60)
    assert (await town.vera.reasons_of("send"))[-1].startswith("Goes by SMS")
    assert "SMS" in (await town.vera.why()).sentence
    history = await histories.history_of(town.house.store, town.store_id, 0)
    told = [story async for batch in history.stories(town.house.store) for story in batch]
    assert {each.conversation_id for each in told} >= {elder.conversation_id}
    for story in told:
        assert replay(story, history.setting, Policy()).decisions > 0


async def test_what_was_said_before_a_merge_stays_as_it_was(town: Town) -> None:
    browser, younger = await vera_is_known_and_browses(town)
    said = await town.ada.answers("Yes, in blue.", browser)
    await signs_in(town, browser)
    with pytest.raises(Conflict, match="went on in #1"):
        await changing.take_back(
            town.house, town.store_id, younger.conversation_id, town.ada.agent_id, seq=said.seq
        )
