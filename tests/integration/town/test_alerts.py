"""What an operator has to mend is kept while it lasts, told to owners, and goes away by itself."""

from __future__ import annotations

import json

from prometheus_client import REGISTRY

from gateway.services import alerts
from gateway.store import house as houses
from gateway.store.tables import AlertRow
from gateway.store.tx import Tx
from tests.integration.town.building import Town
from tests.integration.town.carrier import Refuses
from tests.integration.town.leaving import hops, vera_asks_and_leaves
from tests.integration.town.outside import NUMBER
from tests.integration.town.townspeople import VERA_MAIL, Agent, Shopper, Tab

SUSPENDED = "Our Twilio account is suspended"


async def owns(town: Town, agent: Agent) -> None:
    def work(tx: Tx) -> None:
        row = houses.agent(tx, agent.agent_id)
        row.owner = 1
        tx.session.add(row)

    await town.house.store.write(work)


async def console_of(town: Town, agent: Agent) -> Tab:
    conversation = await town.vera.conversation()
    return await town.follows("staff", agent.agent_id, conversation.conversation_id)


async def suspended(town: Town) -> None:
    """An answer to Vera is refused, since the account is suspended."""
    await vera_asks_and_leaves(town, mailbox=True)
    town.carrier.says(Refuses(30002))
    await town.ada.answers("Yes, in 38.")
    await town.tick(40)


async def test_a_refusal_that_is_ours_to_mend_is_kept_with_its_time_and_its_number(
    town: Town,
) -> None:
    await vera_asks_and_leaves(town, mailbox=True)
    begins = town.clock.now()
    for number in range(2):
        town.carrier.says(Refuses(21603))
        await town.ada.answers(f"Yes, in {number}.")
        await town.tick(400)
    (row,) = await town.rows(AlertRow)
    assert (row.channel, row.code, row.count) == ("sms", "21603", 2)
    assert begins < row.since < row.last_at < town.clock.now()


async def test_an_owner_sees_it_and_nobody_else_does(town: Town) -> None:
    await owns(town, town.ada)
    await suspended(town)
    ada, ben = await console_of(town, town.ada), await console_of(town, town.ben)
    await alerts.keep(town.house)
    heard = json.loads(await ada.until('"t":"alerts"'))
    assert heard["alerts"][0]["words"] == SUSPENDED
    (alert,) = heard["alerts"]
    assert (alert["channel"], alert["code"], alert["count"]) == ("sms", "30002", 1)
    await town.vera.writes("Hello?")
    await ben.until("Hello?")
    assert not [each for each in ben.heard if '"t":"alerts"' in each]


async def test_it_goes_away_when_a_text_gets_through_again(town: Town) -> None:
    await owns(town, town.ada)
    await suspended(town)
    ada = await console_of(town, town.ada)
    await alerts.keep(town.house)
    await ada.until('"t":"alerts"')
    # The answer went by mail, and the circuit is over.
    await town.tick(1_000)
    await town.text_in("+14155550142", "And in 39?")
    await town.ada.answers("Yes.")
    await town.tick(60)
    assert (await hops(town))[-1] == ("sms", "accepted")
    await alerts.keep(town.house)
    await ada.until('"alerts":[]')
    assert await town.rows(AlertRow) == []


async def test_a_refusal_by_receipt_is_over_only_when_a_text_arrives(town: Town) -> None:
    await vera_asks_and_leaves(town, mailbox=True)
    await town.ada.answers("Yes, in 38.")
    await town.tick(40)
    await town.receipt(town.carrier.taken[-1], "undelivered", error=30034)
    await town.tick(1_000)
    await town.text_in("+14155550142", "And in 39?")
    await town.ada.answers("Yes.")
    await town.tick(60)
    await alerts.keep(town.house)
    assert [each.code for each in await town.rows(AlertRow)] == ["30034"]
    await town.receipt(town.carrier.taken[-1], "delivered")
    await alerts.keep(town.house)
    assert await town.rows(AlertRow) == []


async def test_a_country_that_is_off_is_not_mended_by_a_text_to_another(town: Town) -> None:
    await vera_asks_and_leaves(town, mailbox=True)
    town.carrier.says(Refuses(21408))
    await town.ada.answers("Yes, in 38.")
    await town.tick(40)
    (row,) = await town.rows(AlertRow)
    assert (row.code, row.about) == ("21408", "US")
    dieter = await town.shopper()
    await dieter.writes("Gibt es den blauen wieder?")
    await dieter.proves_number("+4915112345678")
    await alerts.keep(town.house)
    assert len(await town.rows(AlertRow)) == 1


async def test_operators_watch_what_is_in_force(town: Town) -> None:
    labels = {"channel": "sms", "code": "30002"}
    name = "onethread_channel_alerts_in_force"
    await suspended(town)
    await alerts.keep(town.house)
    assert REGISTRY.get_sample_value(name, labels) == 1
    await town.tick(1_000)
    await town.text_in("+14155550142", "And in 39?")
    await town.ada.answers("Yes.")
    await town.tick(60)
    await alerts.keep(town.house)
    assert REGISTRY.get_sample_value(name, labels) is None


# --- what networks filter ----------------------------------------------------------------------


async def filtered(town: Town, of: int) -> Shopper:
    """So many shoppers are answered by text, and a network filters the last one's."""
    await town.policy(prove_first_sms="straight", filtered_least=4, filtered_percent=20)
    shopper = town.vera
    for number in range(of):
        shopper = await town.shopper()
        await shopper.writes("Is the blue one back?")
        await shopper.leaves_number(f"+141555502{number:02}")
        await shopper.leaves_mailbox(f"shopper{number}@shopper.example")
        await shopper.leaves()
        await town.tick(20)
        await town.ada.answers("Yes, in 38.", shopper)
        await town.tick(60)
    await town.receipt(town.carrier.taken[-1], "undelivered", error=30007)
    await town.tick(1)
    return shopper


async def test_a_share_of_filtered_texts_that_is_too_large_is_told(town: Town) -> None:
    # A code and an answer each: 1 of 4 is more than 20 %.
    await filtered(town, 2)
    (row,) = await town.rows(AlertRow)
    assert (row.code, row.words) == (
        "30007",
        "Networks filtered 1 of the last hour's 4 texts as spam",
    )


async def test_a_small_share_is_not(town: Town) -> None:
    await filtered(town, 3)
    assert await town.rows(AlertRow) == []


async def test_nor_is_one_of_very_few(town: Town) -> None:
    await filtered(town, 1)
    assert await town.rows(AlertRow) == []


async def test_it_is_forgotten_after_an_hour_without_another(town: Town) -> None:
    await filtered(town, 2)
    await alerts.keep(town.house)
    assert len(await town.rows(AlertRow)) == 1
    await town.tick(3_700)
    await alerts.keep(town.house)
    assert await town.rows(AlertRow) == []


async def test_words_that_a_network_filtered_are_never_texted_to_her_again(town: Town) -> None:
    await vera_asks_and_leaves(town, mailbox=True)
    for _ in range(2):
        await town.ada.answers("Reply to win.")
        await town.tick(40)
        await town.receipt(town.carrier.taken[-1], "delivered")
        await town.tick(400)
    await town.ada.answers("Reply to win.")
    await town.tick(40)
    await town.receipt(town.carrier.taken[-1], "undelivered", error=30007)
    await town.tick(1_000)
    texts = len(town.carrier.taken)
    await town.ada.answers("Reply to win.")
    await town.tick(1_000)
    assert len(town.carrier.taken) == texts
    assert "Reply to win." in town.post.to(VERA_MAIL)[-1].words
    (row,) = [each for each in await town.vera.deliveries() if "before" in each.error_words]
    assert (row.error_code, row.provider_id) == ("30007", None)
    assert NUMBER not in row.error_words
