"""Several shoppers wait for the same agent at once: one message tells of all of them."""

from __future__ import annotations

import asyncio
import re

import pytest

from gateway.services import claiming, conversations, handover, receive, sessions, setup
from gateway.services.carried import MOST_SMS
from gateway.store import reaching
from gateway.store.tables import ConversationRow, DeliveryRow
from gateway.store.tx import unpack
from tests.behaviours import behaviour
from tests.integration.town.building import ADA_MAIL, ADA_PHONE, BEN_MAIL, BEN_PHONE, Town
from tests.integration.town.carrier import DROPS, HANGS, Refuses
from tests.integration.town.letters import bounce
from tests.integration.town.townspeople import Shopper

BY_TEXT: dict[str, object] = {"staff_ladder": ["sms", "email"]}


async def two_wait(town: Town, **policy: object) -> Shopper:
    """Vera and Zoe have written, and a notice of each is queued; returns Zoe."""
    await town.policy(**policy)
    zoe = await town.shopper()
    await town.vera.writes("Is it blue?")
    await zoe.writes("Is it open?")
    await town.look(after=130)
    return zoe


async def notices(town: Town) -> list[DeliveryRow]:
    """Every notice to an agent, in the order of their conversations' numbers."""
    numbers = {row.conversation_id: row.number for row in await town.rows(ConversationRow)}
    rows = [row for row in await town.rows(DeliveryRow) if row.side == "staff"]
    return sorted(rows, key=lambda row: (numbers[row.conversation_id], row.queued_at))


@behaviour(36)
async def test_two_who_wait_are_told_of_in_one_text(town: Town) -> None:
    await two_wait(town, **BY_TEXT)
    await town.tick()
    (words,) = town.carrier.to(ADA_PHONE)
    assert words == ("#1 Shopper: Is it blue?\n#2 Shopper: Is it open?\nReply #1 and your answer.")
    assert len(town.carrier.asked) == 1
    first, second = await notices(town)
    assert (first.state, second.state) == ("accepted", "accepted")
    assert first.batch_id == second.batch_id
    assert first.batch_id in (first.delivery_id, second.delivery_id)
    assert first.provider_id == second.provider_id == town.carrier.taken[0].sid
    # Who waits is told of once, whoever else is told of meanwhile.
    await town.tick(24 * 3_600)
    assert len(town.carrier.to(ADA_PHONE)) == 1


async def test_two_who_wait_are_told_of_in_one_mail_with_a_link_to_answer_each(town: Town) -> None:
    await two_wait(town)
    await town.tick()
    (letter,) = town.post.taken
    assert letter.head("Subject") == "#1 and #2 need an answer (Acme)"
    said = letter.words.replace("\r\n", "\n")
    assert "#1 Shopper\nShopper #1: Is it blue?\n\n#2 Shopper\nShopper #2: Is it open?" in said
    assert "Begin your answer with the number" in letter.words
    html = letter.mail.get_body(("html",))
    assert html is not None
    address = letter.head("Reply-To").replace("+", "%2B").replace("@", "%40")
    for number in (1, 2):
        assert f"mailto:{address}?subject=%23{number}&amp;body=%23{number}%20" in (
            html.get_content().replace("&body", "&amp;body")
        )


async def test_who_was_answered_in_the_last_moment_is_left_out(town: Town) -> None:
    zoe = await two_wait(town, **BY_TEXT)
    await town.ben.answers("It is.", zoe)
    await town.tick()
    assert town.carrier.to(ADA_PHONE) == ["#1 Shopper: Is it blue?\nReply to answer."]
    first, second = await notices(town)
    assert (first.state, first.batch_id) == ("accepted", None)
    assert second.state == "superseded"


async def test_when_it_is_the_first_who_was_answered_the_other_is_told_of_all_the_same(
    town: Town,
) -> None:
    await two_wait(town, **BY_TEXT)
    await town.ben.answers("It is.")
    await town.tick()
    assert town.carrier.to(ADA_PHONE) == ["#2 Shopper: Is it open?\nReply to answer."]


@pytest.mark.parametrize("reserve", [0.0, 30.0])
async def test_two_workers_make_one_text_of_it(town: Town, reserve: float) -> None:
    await two_wait(town, **BY_TEXT)
    waiting = await claiming.waiting(town.house, reserve=reserve)
    assert len(waiting) == 2
    claims = await asyncio.gather(
        *(claiming.claim(town.house, *each[:2]) for each in (*waiting, *waiting))
    )
    (granted,) = [each for each in claims if each is not None]
    await handover.hand_over(town.house, granted)
    assert len(town.carrier.to(ADA_PHONE)) == 1
    assert {row.state for row in await notices(town)} == {"accepted"}


async def test_a_receipt_speaks_of_all_that_the_text_told_of(town: Town) -> None:
    await two_wait(town, **BY_TEXT)
    await town.tick()
    assert await town.receipt(town.carrier.taken[0], "undelivered", error=30005) == 200
    assert {row.state for row in await notices(town)} == {"failed"}
    await town.tick(2)
    (letter,) = town.post.taken
    assert letter.to == ADA_MAIL
    assert letter.head("Subject").startswith("#1 and #2 ")


async def test_a_bounce_speaks_of_all_that_the_mail_told_of(town: Town) -> None:
    await two_wait(town)
    await town.tick()
    (letter,) = town.post.taken
    assert await town.mail_in(bounce(letter), letter.back, sender="")
    await town.tick(1)
    assert {row.state for row in await notices(town) if row.channel == "email"} == {"bounced"}
    (words,) = town.carrier.to(ADA_PHONE)
    assert words.startswith("#1 ")
    assert "\n#2 " in words


async def test_a_provider_that_refuses_once_refuses_for_all_and_is_counted_once(
    town: Town,
) -> None:
    town.carrier.says(Refuses(code=20429, status=429))
    await two_wait(town, **BY_TEXT, circuit_after=2)
    await town.tick()
    assert {row.state for row in await notices(town)} == {"deferred"}
    # Were it counted twice, the channel would be left alone now and the next way be taken.
    await town.tick(60)
    assert len(town.carrier.to(ADA_PHONE)) == 1
    assert town.post.taken == []
    assert len([row for row in await notices(town) if row.state == "accepted"]) == 2


@pytest.mark.parametrize("lost", [HANGS, DROPS])
async def test_an_unknown_outcome_is_looked_up_once_and_is_that_of_all(
    town: Town, lost: str
) -> None:
    town.carrier.says(lost)
    await two_wait(town, **BY_TEXT)
    await town.tick()
    assert {row.state for row in await notices(town)} == {"unknown"}
    await town.tick(120)
    assert {row.state for row in await notices(town)} == {"sent"}
    assert len(town.carrier.asked) == 1
    assert len({row.provider_id for row in await notices(town)}) == 1


async def test_a_worker_that_died_leaves_all_of_it_unknown(town: Town) -> None:
    await two_wait(town, **BY_TEXT)
    await town.claim_and_die()
    assert {row.state for row in await notices(town)} == {"submitting"}
    await town.tick(61)
    assert {row.state for row in await notices(town)} == {"unknown"}
    assert town.carrier.taken == []


@behaviour(36)
async def test_beyond_the_cap_ada_is_told_of_everything_at_once_when_the_digest_is_due(
    town: Town,
) -> None:
    await town.policy(
        **BY_TEXT, cap=1, digest=3_600, spacing=0, on_call=["ada@acme.example"], patience=60
    )
    await town.vera.writes("Is it blue?")
    await town.tick(125)
    zoe, mia = await town.shopper(), await town.shopper()
    await zoe.writes("Is it open?")
    await town.tick(600)
    await mia.writes("Is it you?")
    await town.tick(2_990)
    assert len(town.carrier.to(ADA_PHONE)) == 1
    await town.tick(10)
    (words,) = town.carrier.to(ADA_PHONE)[1:]
    assert words.splitlines()[:2] == ["#2 Shopper: Is it open?", "#3 Shopper: Is it you?"]
    assert town.carrier.to(BEN_PHONE) == []


async def test_a_digest_is_one_interruption(town: Town) -> None:
    await town.policy(**BY_TEXT, cap=2, digest=36_000, spacing=0, on_call=["ada@acme.example"])
    await two_wait(town)
    await town.tick()
    mia = await town.shopper()
    await mia.writes("Is it you?")
    await town.tick(125)
    assert len(town.carrier.to(ADA_PHONE)) == 2


async def test_a_text_that_did_not_arrive_was_no_interruption_and_spares_ada_nothing(
    town: Town,
) -> None:
    await town.policy(
        staff_ladder=["sms"], cap=1, digest=36_000, spacing=0, on_call=["ada@acme.example"]
    )
    await town.vera.writes("Is it blue?")
    await town.tick(125)
    zoe = await town.shopper()
    await zoe.writes("Is it open?")
    await town.tick(1_000)
    assert len(town.carrier.to(ADA_PHONE)) == 1
    await town.receipt(town.carrier.taken[0], "undelivered", error=30005)
    await town.tick(1)
    (words,) = town.carrier.to(ADA_PHONE)[1:]
    assert words.startswith("#2 Shopper: Is it open?")


async def test_the_notices_of_every_store_count_for_one_agent(town: Town) -> None:
    rules: dict[str, object] = {
        **BY_TEXT,
        "quiet": {},
        "cap": 1,
        "digest": 3_600,
        "on_call": ["ada@acme.example"],
    }
    await town.policy(**rules)
    other = await setup.ensure_store(
        town.house.store,
        setup.NewStore(key="pk_town_zenith", name="Zenith", origins=(), sms_from="+14155550101"),
    )
    await setup.set_policy(town.house.store, "pk_town_zenith", rules)
    await town.vera.writes("Is it blue?")
    await town.tick(125)
    assert len(town.carrier.to(ADA_PHONE)) == 1
    visit = await sessions.visit(town.house, "pk_town_zenith", None)
    await receive.from_shopper(
        town.house, other, visit.shopper_id, cmid=town.cmid(), body="Is it open?"
    )
    await town.tick(3_590)
    assert len(town.carrier.to(ADA_PHONE)) == 1
    await town.tick(15)
    (words,) = town.carrier.to(ADA_PHONE)[1:]
    assert "Is it open?" in words


async def test_long_questions_share_the_room_of_one_text(town: Town) -> None:
    zoe = await town.shopper()
    await town.policy(**BY_TEXT)
    await town.vera.writes("b" * 5_000)
    await zoe.writes("o" * 5_000)
    await town.look(after=130)
    await town.tick()
    (words,) = town.carrier.to(ADA_PHONE)
    assert len(words) <= MOST_SMS
    first, second, last = words.split("\n")
    assert first.startswith("#1 Shopper: bbb")
    assert second.startswith("#2 Shopper: ooo")
    assert first.endswith("... (more in the console)")
    assert last == "Reply #1 and your answer."


async def test_the_eleventh_waits_for_the_next_message(town: Town) -> None:
    await town.policy(**BY_TEXT, spacing=300)
    for _ in range(11):
        await (await town.shopper()).writes("Is it open?")
    await town.look(after=130)
    await town.tick()
    (words,) = town.carrier.to(ADA_PHONE)
    assert words.count("Is it open?") == 10
    await town.tick(310)
    told = re.findall(r"^#\d+", "\n".join(town.carrier.to(ADA_PHONE)), re.MULTILINE)
    assert sorted(told) == sorted(f"#{number}" for number in range(1, 12))


async def test_two_agents_are_not_told_in_one_message(town: Town) -> None:
    zoe = await town.shopper()
    await town.vera.writes("Is it blue?")
    await zoe.writes("Is it open?")
    row = await zoe.conversation()
    await conversations.assign(
        town.house, row.store_id, row.conversation_id, town.ada.agent_id, town.ben.agent_id
    )
    await town.look(after=130)
    await town.tick()
    assert {letter.to: letter.head("Subject") for letter in town.post.taken} == {
        ADA_MAIL: "#1 needs an answer (Acme)",
        BEN_MAIL: "#2 needs an answer (Acme)",
    }


async def test_what_was_said_is_kept_with_each(town: Town) -> None:
    await two_wait(town, **BY_TEXT)
    await town.tick()
    rows = await notices(town)
    assert {unpack(row.content)["text"] for row in rows} == {town.carrier.to(ADA_PHONE)[0]}
    found = await town.read(
        lambda tx: reaching.delivery_by_provider(tx, town.store_id, town.carrier.taken[0].sid)
    )
    assert found is not None
