"""When Vera is left alone: at night where she is, and when she has been interrupted enough.

The clock stands at noon in London, which is four in the morning behind Vera's number in California.
"""

from __future__ import annotations

from gateway.clock import DAY, MILLISECOND
from gateway.protocol.frames import Wish
from gateway.services import conversations, receive
from gateway.services.house import Change
from gateway.store import people
from tests.behaviours import behaviour
from tests.integration.town.building import Town
from tests.integration.town.leaving import vera_asks_and_leaves
from tests.integration.town.townspeople import VERA_MAIL, VERA_PHONE

NIGHTS = {"sms": ["21:00-08:00"]}
HOURS = 3_600


async def verdicts(town: Town) -> dict[str, str]:
    why = await town.vera.why()
    return {str(each["channel"]): str(each["verdict"]) for each in why.considered}


async def lives_in(town: Town, zone: str) -> None:
    def work(change: Change) -> None:
        row = people.shopper(change.tx, town.store_id, town.vera.shopper_id)
        assert row is not None
        row.zone = zone
        change.tx.session.add(row)

    await town.house.change(work)


@behaviour(29)
async def test_at_night_where_vera_is_no_text_goes_and_in_the_morning_one_with_all_of_it(
    town: Town,
) -> None:
    await vera_asks_and_leaves(town)
    await town.policy(quiet=NIGHTS)
    await town.ada.answers("Yes, in 38.")
    await town.tick(1 * HOURS)
    assert (await verdicts(town))["sms"] == "quiet"
    await town.ada.answers("And in 39.")
    await town.tick(3 * HOURS - 60)
    assert len(town.carrier.to(VERA_PHONE)) == 1
    await town.tick(120)
    (words,) = town.carrier.to(VERA_PHONE)[1:]
    assert "Yes, in 38.\nAnd in 39." in words


@behaviour(29)
async def test_what_vera_reads_during_the_night_is_not_sent_in_the_morning(town: Town) -> None:
    await vera_asks_and_leaves(town)
    await town.policy(quiet=NIGHTS)
    await town.ada.answers("Yes, in 38.")
    await town.tick(1 * HOURS)
    await town.vera.sees()
    await town.tick(24 * HOURS)
    assert len(town.carrier.to(VERA_PHONE)) == 1


@behaviour(29)
async def test_mail_may_go_at_night(town: Town) -> None:
    await vera_asks_and_leaves(town, mailbox=True)
    await town.policy(quiet=NIGHTS)
    await town.ada.answers("Yes, in 38.")
    await town.tick(60)
    assert len(town.post.to(VERA_MAIL)) == 1
    assert len(town.carrier.to(VERA_PHONE)) == 1


@behaviour(29)
async def test_the_strictest_of_the_numbers_zone_and_the_browsers_counts(town: Town) -> None:
    await vera_asks_and_leaves(town)
    await lives_in(town, "Europe/Berlin")
    await town.policy(quiet=NIGHTS)
    await town.tick(5 * HOURS)  # nine in California, six in the evening in Berlin
    await town.ada.answers("Yes, in 38.")
    await town.tick(60)
    assert len(town.carrier.to(VERA_PHONE)) == 2
    await town.receipt(town.carrier.taken[-1], "delivered")
    await town.tick(4 * HOURS)  # one in California, ten at night in Berlin
    await town.ada.answers("And in 39.")
    await town.tick(60)
    assert len(town.carrier.to(VERA_PHONE)) == 2
    assert (await verdicts(town))["sms"] == "quiet"


@behaviour(29)
async def test_who_texts_in_the_night_is_answered_in_the_night(town: Town) -> None:
    await vera_asks_and_leaves(town)
    await town.policy(quiet=NIGHTS)
    await town.text_in(VERA_PHONE, "Are you awake?")
    await town.ada.answers("Yes!")
    await town.tick(60)
    assert town.carrier.to(VERA_PHONE)[-1].startswith("Ada at Acme: Yes!")


@behaviour(30)
async def test_beyond_the_cap_vera_is_left_alone_whatever_the_channel_and_then_gets_all_at_once(
    town: Town,
) -> None:
    await vera_asks_and_leaves(town, mailbox=True)
    await town.policy(cap=2, spacing=0, ladder=["sms", "email"])
    for words in ("One.", "Two."):
        await town.ada.answers(words)
        await town.tick(60)
        await town.receipt(town.carrier.taken[-1], "delivered")
    assert len(town.carrier.to(VERA_PHONE)) == 3  # a code that she asked for counts for nothing
    await town.ada.answers("Three.")
    await town.tick(1 * HOURS)
    await town.ada.answers("Four.")
    await town.tick(20 * HOURS)
    assert len(town.carrier.to(VERA_PHONE)) == 3
    assert town.post.to(VERA_MAIL) == []
    assert await verdicts(town) == {"sms": "capped", "email": "capped"}
    await town.tick(4 * HOURS)
    (words,) = town.carrier.to(VERA_PHONE)[3:]
    assert "Three.\nFour." in words


@behaviour(30)
async def test_a_text_that_did_not_arrive_spares_vera_nothing_in_her_other_conversation(
    town: Town,
) -> None:
    await vera_asks_and_leaves(town)
    await town.policy(cap=1, spacing=0, ladder=["sms"], recheck=7 * 24 * HOURS)
    first = await town.vera.conversation()
    noon = town.clock.now() + 4 * DAY
    await receive.from_agent(
        town.house,
        first.store_id,
        first.conversation_id,
        town.ada.agent_id,
        cmid=town.cmid(),
        body="Yes, in 38.",
        seen_seq=first.last_seq,
        wish=Wish(kind="not_before", until=noon // MILLISECOND),
    )
    await conversations.resolve(
        town.house, first.store_id, first.conversation_id, town.ada.agent_id
    )
    await town.tick(90 * HOURS)
    await town.vera.writes("And the green one?")
    assert (await town.vera.conversation()).number == first.number + 1
    await town.vera.leaves()
    await town.ada.answers("Gone for good.")
    await town.tick(60)
    assert "Gone for good." in town.carrier.to(VERA_PHONE)[-1]
    late = town.carrier.taken[-1]
    await town.tick(8 * HOURS)
    assert len(town.carrier.to(VERA_PHONE)) == 2
    await town.receipt(late, "undelivered", error=30005)
    await town.tick(1)
    assert "Yes, in 38." in town.carrier.to(VERA_PHONE)[-1]


@behaviour(30)
async def test_a_live_exchange_goes_on_beyond_the_cap(town: Town) -> None:
    await vera_asks_and_leaves(town)
    await town.policy(cap=1)
    for question in ("Still there?", "And red?", "And green?"):
        await town.text_in(VERA_PHONE, question)
        await town.ada.answers("Yes.")
        await town.tick(60)
    assert len(town.carrier.to(VERA_PHONE)) == 4
    assert all("Yes." in words for words in town.carrier.to(VERA_PHONE)[1:])


@behaviour(28)
async def test_without_consent_the_only_way_is_not_taken_and_the_console_says_why(
    town: Town,
) -> None:
    await vera_asks_and_leaves(town)

    def work(change: Change) -> None:
        (row,) = people.addresses_of(change.tx, town.store_id, "shopper", town.vera.shopper_id)
        people.record_consent(
            change.tx, row, purposes=("support",), granted=False, source="operator"
        )

    await town.house.change(work)
    await town.ada.answers("Yes, in 38.")
    await town.tick(24 * HOURS)
    assert len(town.carrier.to(VERA_PHONE)) == 1
    assert (await town.vera.reach()).state == "unreachable"
    assert await verdicts(town) == {"sms": "no_consent"}


async def test_an_address_at_which_nothing_ever_arrives_rests_and_the_next_goes_first(
    town: Town,
) -> None:
    await vera_asks_and_leaves(town, mailbox=True)
    await town.policy(address_after=2, spacing=0, receipt_deadline=60)
    for words in ("One.", "Two."):  # no receipt ever comes
        await town.ada.answers(words)
        await town.tick(40)
        await town.tick(90)
        await town.vera.sees()
    texts = len(town.carrier.to(VERA_PHONE))
    await town.ada.answers("Three.")
    await town.tick(60)
    assert len(town.carrier.to(VERA_PHONE)) == texts
    assert "Three." in town.post.to(VERA_MAIL)[-1].words
    sent = [row for row in await town.decisions() if row.answer == "send"]
    assert '"resting"' in sent[-1].considered
