"""Vera's stories under one policy and another: when what would have gone where."""

from __future__ import annotations

from dataclasses import replace

from gateway.core.model import DeliveryState, Form, Override, Presence
from gateway.core.policy import MINUTE, SECOND, Policy, Rule
from gateway.simulation.story import (
    Acted,
    Assigned,
    Known,
    Moved,
    Opened,
    Overrode,
    Rang,
    Replied,
    Setting,
)
from tests.unit.simulation.shop import (
    ACCEPTED,
    AWAKE,
    DELIVERED,
    Shop,
    address,
    agent,
    at,
    here,
    sent,
    step,
)

BOUNCED = step(40, DeliveryState.BOUNCED, condemns=True)


def vera_asks_and_leaves(*channels: str, proven: bool = True) -> Shop:
    shop = Shop().has(*channels, proven=proven).is_now(0, Presence.READING).asks(1)
    return shop.is_now(10, Presence.GONE)


def test_vera_who_has_left_is_texted_after_the_delay_of_the_policy() -> None:
    shop = vera_asks_and_leaves("sms", "email").answers(20)
    assert sent(shop.under()) == [(50, "sms", "words")]
    assert sent(shop.under(replace(AWAKE, gone=2 * MINUTE))) == [(140, "sms", "words")]
    assert sent(shop.under(replace(AWAKE, ladder=("email", "sms")))) == [(50, "email", "words")]


def test_vera_who_reads_in_time_is_not_interrupted() -> None:
    shop = vera_asks_and_leaves("sms").answers(20)
    shop.is_now(45, Presence.READING).sees(47)
    outcome = shop.under()
    assert sent(outcome) == []
    (reached,) = outcome.reached
    assert (reached.reached_at, reached.by) == (at(47), "chat")


def test_a_policy_that_is_quicker_than_vera_interrupts_her_and_what_she_saw_stays_seen() -> None:
    shop = vera_asks_and_leaves("sms").answers(20)
    shop.is_now(45, Presence.READING).sees(47)
    outcome = shop.under(replace(AWAKE, gone=10 * SECOND))
    assert sent(outcome) == [(30, "sms", "words")]
    assert outcome.reached[0].seen_at == at(47)
    assert (outcome.reached[0].reached_at or 0) < at(47)


def test_two_answers_go_in_one_text() -> None:
    shop = vera_asks_and_leaves("sms").answers(20).answers(30)
    outcome = shop.under()
    assert sent(outcome) == [(60, "sms", "words")]
    assert outcome.sent[0].seqs == {2, 3}


def test_a_mailbox_that_bounced_in_the_record_bounces_and_the_next_way_is_taken() -> None:
    shop = vera_asks_and_leaves("email", "sms").answers(20)
    shop.really(50, "email", ACCEPTED, BOUNCED).really(90, "sms", ACCEPTED, DELIVERED)
    outcome = shop.under(replace(AWAKE, ladder=("email", "sms"), spacing=0))
    assert sent(outcome) == [(50, "email", "words"), (90, "sms", "words")]
    assert [each.failed for each in outcome.sent] == [True, False]
    assert outcome.reached[0].by == "sms"
    # Never tried again: the next answer goes by text at once.
    shop.answers(1_000)
    again = shop.under(replace(AWAKE, ladder=("email", "sms"), spacing=0))
    assert sent(again)[2:] == [(1_030, "sms", "words")]


def test_a_text_without_receipt_is_followed_by_a_mail_after_the_deadline() -> None:
    shop = vera_asks_and_leaves("email", "sms").answers(20).really(50, "sms", ACCEPTED)
    assert sent(shop.under()) == [(50, "sms", "words"), (651, "email", "words")]
    sooner = replace(AWAKE, receipt_deadline=3 * MINUTE, spacing=0)
    assert sent(shop.under(sooner)) == [(50, "sms", "words"), (231, "email", "words")]


def test_a_provider_that_was_down_then_is_down_in_the_replay_and_tried_again() -> None:
    shop = vera_asks_and_leaves("sms").answers(20)
    shop.really(50, "sms", step(1, DeliveryState.DEFERRED)).really(81, "sms", ACCEPTED, DELIVERED)
    assert [each[0] for each in sent(shop.under())] == [50, 81]


def test_a_channel_that_was_left_alone_is_left_alone() -> None:
    shop = vera_asks_and_leaves("sms", "email").answers(20)
    shop.setting = replace(shop.setting, outages=(("sms", at(0), at(3_600)),))
    assert sent(shop.under()) == [(50, "email", "words")]


def test_at_night_a_text_waits_for_the_morning_where_vera_is() -> None:
    shop = Shop().stands(0, address("sms", zones=("Asia/Tokyo",)))  # 21:00 there
    shop.is_now(0, Presence.GONE).asks(1).answers(20)
    outcome = shop.under(Policy())
    assert [(second // 3_600, channel) for second, channel, _ in sent(outcome)] == [(11, "sms")]
    assert sent(shop.under(AWAKE)) == [(50, "sms", "words")]
    shop.zones = ("UTC",)  # the strictest of her zones counts: it is night in the one till 23:00
    assert [each[0] // 3_600 for each in sent(shop.under(Policy()))] == [20]


def test_a_number_that_is_only_typed_is_asked_and_gets_the_words_once_vera_says_yes() -> None:
    shop = vera_asks_and_leaves("sms", proven=False).answers(20)
    assert sent(shop.under()) == [(50, "sms", "knock")]
    shop.stands(80, address("sms"), proved=True)
    shop.then(Acted(at=at(80), channel="sms", address_id="vera-sms"))
    outcome = shop.under()
    assert sent(outcome) == [(50, "sms", "knock"), (95, "sms", "words")]
    straight = replace(AWAKE, prove_first_sms="straight")
    assert sent(shop.under(straight)) == [(50, "sms", "words")]


def test_vera_who_texts_is_answered_by_text_before_any_mail() -> None:
    shop = vera_asks_and_leaves("email", "sms")
    shop.then(Acted(at=at(30), channel="sms", address_id="vera-sms")).asks(30).answers(60)
    outcome = shop.under(replace(AWAKE, ladder=("email", "sms")))
    assert sent(outcome) == [(75, "sms", "words")]


def test_what_vera_answers_has_arrived() -> None:
    shop = vera_asks_and_leaves("sms", "email").answers(20).really(50, "sms", ACCEPTED)
    shop.then(
        Replied(
            at=at(100),
            side="shopper",
            address_id="vera-sms",
            delivery_id="really-0",
            state=DeliveryState.ANSWERED,
        )
    )
    assert sent(shop.under()) == [(50, "sms", "words")]
    # A delivery that was never really made is answered too, if it went to the same phone.
    other = shop.under(replace(AWAKE, gone=2 * MINUTE - 50 * SECOND))
    assert [channel for _, channel, _ in sent(other)] == ["sms"]


def test_an_interruption_elsewhere_spaces_this_one_unless_it_failed() -> None:
    shop = vera_asks_and_leaves("sms").answers(20)
    shop.elsewhere.append(Rang(person_id="vera", channel="email", at=at(0)))
    assert sent(shop.under()) == [(300, "sms", "words")]
    shop.elsewhere[0] = replace(shop.elsewhere[0], until=at(40))
    assert sent(shop.under()) == [(50, "sms", "words")]


def test_a_cap_reached_elsewhere_holds_here_for_a_day() -> None:
    shop = vera_asks_and_leaves("sms").answers(20)
    shop.elsewhere += [
        Rang(person_id="vera", channel="email", at=at(-3_600 - 600 * n)) for n in range(6)
    ]
    (only,) = sent(shop.under())
    assert only[0] // 3_600 == 22  # a day after the oldest of the six
    assert sent(shop.under(replace(AWAKE, cap=7)))[0][0] == 50


def test_a_rule_for_the_page_and_for_the_first_answer_changes_the_delay() -> None:
    shop = vera_asks_and_leaves("sms").answers(20).answers(400)
    shop.really(50, "sms", ACCEPTED, DELIVERED)
    policy = replace(
        AWAKE,
        spacing=0,
        page_groups=(("shoes", ("/blue*",)),),
        rules=(
            Rule(pages=frozenset({"shoes"}), what=frozenset({"first_answer"}), delay=5 * SECOND),
        ),
    )
    assert sent(shop.under(policy)) == [(25, "sms", "words"), (430, "sms", "words")]


def test_a_rule_for_known_shoppers_holds_once_vera_is_known() -> None:
    shop = vera_asks_and_leaves("sms").answers(20)
    policy = replace(AWAKE, rules=(Rule(known=True, delay=5 * SECOND),))
    assert sent(shop.under(policy))[0][0] == 50
    assert sent(shop.then(Known(at=at(2), known=True)).under(policy))[0][0] == 25


def test_vera_who_likes_mail_best_gets_mail() -> None:
    shop = vera_asks_and_leaves("sms", "email").answers(20)
    shop.then(Known(at=at(2), known=True, preference=("email",)))
    assert sent(shop.under()) == [(50, "email", "words")]


def test_an_agent_who_wants_it_in_the_chat_only_is_obeyed_under_every_policy() -> None:
    shop = vera_asks_and_leaves("sms").answers(20)
    wish = Override(kind="chat_only", seqs=frozenset({2}), at=at(21), agent_id="ada")
    shop.then(Overrode(at=at(21), override=wish))
    assert sent(shop.under()) == []
    assert sent(shop.under(replace(AWAKE, gone=SECOND))) == []


def test_a_wish_about_a_delivery_that_never_went_under_this_policy_is_nobodys() -> None:
    shop = vera_asks_and_leaves("sms").answers(20)
    wish = Override(
        kind="resend",
        seqs=frozenset({2}),
        at=at(21),
        agent_id="ada",
        address_id="vera-sms",
        delivery_id="d1",
    )
    before = sent(shop.under())
    assert sent(shop.then(Overrode(at=at(21), override=wish)).under()) == before
    instead = replace(wish, kind="now", delivery_id=None)
    assert sent(shop.then(Overrode(at=at(21), override=instead)).under()) != before


def test_a_lost_gateway_is_given_its_grace_and_shut_doors_are_waited_for() -> None:
    shop = Shop().has("sms").is_now(0, Presence.READING).asks(1).answers(20)
    shop.then(
        Moved(at=at(30), presence=Presence.READING, since=at(0), lost_at=at(30), page="/blue")
    )
    shop.setting = Setting(agents=(), accepting=((0, at(30)), (at(200), None)))
    # Gone when the grace is over, which counts from when the doors are open again.
    assert sent(shop.under()) == [(290, "sms", "words")]


# --- the staff -----------------------------------------------------------------------------------


def test_ada_is_told_of_what_nobody_answers_and_ben_after_her_rung() -> None:
    shop = Shop().asks(0)
    assert sent(shop.under(), "staff") == [(120, "email", "words"), (720, "email", "words")]
    sooner = replace(AWAKE, staff_first=MINUTE, rung=5 * MINUTE)
    assert sent(shop.under(sooner), "staff") == [(60, "email", "words"), (360, "email", "words")]


def test_who_is_on_call_is_the_policys_to_say() -> None:
    outcome = Shop().asks(0).under(replace(AWAKE, on_call=("ben@acme.example",)))
    assert [each.address_id for each in outcome.sent] == ["ben-email"]


def test_an_open_console_gives_longer_until_it_is_closed() -> None:
    there = agent("ada", 1, whereabouts=(here(-60), here(200, Presence.GONE)))
    shop = Shop(setting=Setting(agents=(there,))).asks(0)
    assert sent(shop.under(), "staff") == [(200, "email", "words")]
    stays = agent("ada", 1, whereabouts=(here(-60),))
    assert sent(Shop(setting=Setting(agents=(stays,))).asks(0).under(), "staff")[0][0] == 300


def test_an_agent_who_opens_it_pauses_the_ladder_once() -> None:
    shop = Shop().asks(0).then(Opened(at=at(60), agent_id="ben"))
    assert sent(shop.under(), "staff")[0][0] == 360
    shop.then(Opened(at=at(350), agent_id="ben"))
    assert sent(shop.under(), "staff")[0][0] == 360


def test_the_assigned_agent_is_told_first() -> None:
    outcome = Shop().asks(0).then(Assigned(at=at(10), agent_id="ben")).under()
    assert [each.address_id for each in outcome.sent] == ["ben-email", "ada-email"]


def test_what_is_answered_in_time_tells_nobody() -> None:
    assert sent(Shop().asks(0).answers(100).under(), "staff") == []


def test_segments_and_cost_follow_the_policys_prices() -> None:
    shop = vera_asks_and_leaves("sms").answers(20, units=400).really(50, "sms", ACCEPTED, DELIVERED)
    prices = (("sms", "*", 50_000), ("sms", "US", 7_900))
    policy = replace(AWAKE, prices=prices, sms_most_segments=4)
    (text,) = shop.under(policy).sent
    assert (text.form, text.segments, text.cost) == (Form.WORDS, 4, 4 * 7_900)
    assert shop.under(replace(policy, sms_most_segments=3)).sent[0].segments == 3
    shop.recorded[0] = replace(shop.recorded[0], segments=2)
    assert shop.under(policy).sent[0].segments == 2
