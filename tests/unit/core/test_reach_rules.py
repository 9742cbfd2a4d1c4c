"""The matrix at work: delays, ladders and quiet hours by where, who, what and when."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from gateway.core.hours import Window
from gateway.core.model import Act, Address, DeliveryState, Presence
from gateway.core.policy import HOUR, MINUTE, SECOND, Policy
from gateway.core.policy_document import policy_from
from tests.unit.core.scenes import (
    GONE,
    LONG_AGO,
    MAILBOX,
    NOON,
    PHONE,
    POLICY,
    SUPPORT,
    agent,
    asked,
    clock,
    codes,
    delivery,
    lost,
    opens,
    said,
    seen_from,
    sent,
    unanswered,
    vera,
    verdict,
    waits,
)

ON_PAGE = vera(presence=Presence.ON_PAGE)
CLOSES = clock("2026-05-28 18:00")
OPENS = clock("2026-05-29 09:00")


def with_rules(*rules: dict[str, Any], **fields: Any) -> Policy:  # a document
    document = {
        "hours": ["Mon-Fri 09:00-18:00"],
        "page_groups": {"checkout": ["/checkout"]},
        "rules": list(rules),
    }
    return policy_from(document | fields)


def test_who_pays_is_given_less_time_than_who_looks_around() -> None:
    policy = with_rules({"name": "Checkout", "pages": ["checkout"], "delay": 20})
    paying = seen_from(said(1), person=replace(ON_PAGE, page="checkout"))
    looking = seen_from(said(1), person=replace(ON_PAGE, page="blog"))
    assert waits(paying, NOON, policy).until == NOON + 20 * SECOND
    assert waits(looking, NOON, policy).until == NOON + POLICY.on_page
    found = sent(paying, NOON + 20 * SECOND, policy)
    rule = next(each for each in found.because if each.code == "rule")
    assert rule.facts == (("name", "Checkout"),)
    assert codes(found)[:2] == ["on_page", "rule"]
    assert found.because[0].facts == (("since", LONG_AGO), ("delay", 20 * SECOND))


def test_the_first_rule_that_holds_counts_and_the_others_change_nothing() -> None:
    policy = with_rules(
        {"name": "Known", "known": True, "delay": 60},
        {"name": "Hidden", "where": ["hidden"], "delay": 5},
        {"name": "All", "delay": 40, "ladder": ["email"]},
    )
    assert waits(seen_from(said(1), person=ON_PAGE), NOON, policy).until == NOON + 40 * SECOND
    known = seen_from(said(1), person=replace(ON_PAGE, known=True))
    assert waits(known, NOON, policy).until == NOON + 60 * SECOND
    assert sent(known, NOON + MINUTE, policy).channel == "sms"
    hidden = seen_from(said(1), person=vera(presence=Presence.HIDDEN))
    assert waits(hidden, NOON, policy).until == NOON + 5 * SECOND


def test_who_has_a_proven_phone_gets_another_ladder() -> None:
    policy = with_rules({"proven": ["sms"], "ladder": ["sms"]}, ladder=["email", "sms"])
    assert sent(seen_from(said(1)), NOON + MINUTE, policy).channel == "sms"
    typed = vera(addresses=(replace(PHONE, proven=False), MAILBOX))
    assert sent(seen_from(said(1), person=typed), NOON + MINUTE, policy).channel == "email"


def test_a_follow_up_can_wait_and_a_first_answer_cannot() -> None:
    policy = with_rules(
        {"what": ["follow_up"], "delay": 1800, "longest": 3600},
        {"what": ["first_answer"], "delay": 5},
    )
    follow_up = seen_from(said(1, what="follow_up"))
    assert waits(follow_up, NOON, policy).until == NOON + 30 * MINUTE
    assert waits(seen_from(said(1)), NOON, policy).until == NOON + POLICY.gone
    first = seen_from(said(1, what="first_answer"))
    assert waits(first, NOON, policy).until == NOON + 5 * SECOND


def test_a_rules_longest_bounds_what_a_stream_of_messages_puts_off() -> None:
    policy = with_rules({"delay": 60, "longest": 90})
    stream = [said(n, NOON + n * 30 * SECOND) for n in range(8)]
    view = seen_from(*stream)
    found = sent(view, NOON + 90 * SECOND, policy)
    assert found.seqs == tuple(range(8))
    assert "longest" in codes(found)


def test_longest_is_never_shorter_than_the_delay_itself() -> None:
    slow = replace(POLICY, reading=20 * MINUTE)
    view = seen_from(said(1), person=vera(presence=Presence.READING))
    assert waits(view, NOON, slow).until == NOON + 20 * MINUTE
    ruled = with_rules({"where": ["reading"], "delay": 1200})
    assert waits(view, NOON, ruled).until == NOON + 20 * MINUTE


def test_the_oldest_messages_rule_sets_the_delay_and_each_ones_own_its_ladder() -> None:
    policy = with_rules({"what": ["follow_up"], "delay": 600, "ladder": ["email"]})
    answer, follow_up = said(1, NOON), said(2, NOON + SECOND, what="follow_up")
    view = seen_from(answer, follow_up)
    assert waits(view, NOON + SECOND, policy).until == NOON + SECOND + POLICY.gone
    found = sent(view, NOON + MINUTE, policy)
    assert (found.channel, found.seqs) == ("sms", (1,))
    by_mail = seen_from(replace(follow_up, at=NOON - SECOND), answer)
    later = sent(by_mail, NOON + 10 * MINUTE, policy)
    assert (later.channel, later.seqs) == ("email", (1, 2))


def test_a_rule_keeps_its_own_quiet_hours() -> None:
    policy = with_rules({"known": True, "quiet": {}}, {"quiet": {"sms": ["11:00-13:00"]}})
    known = seen_from(said(1, LONG_AGO), person=vera(known=True, addresses=(PHONE,)))
    assert sent(known, clock("2026-05-28 23:00"), policy).channel == "sms"
    other = seen_from(said(1, LONG_AGO), person=vera(addresses=(PHONE,)))
    assert opens(waits(other, NOON, policy), PHONE) == NOON + HOUR


def test_when_the_store_is_shut_another_ladder_counts() -> None:
    policy = with_rules({"open": False, "ladder": ["email"]})
    view = seen_from(said(1, LONG_AGO))
    assert sent(view, CLOSES - 1, policy).channel == "sms"
    found = sent(view, CLOSES, policy)
    assert (found.channel, verdict(found, PHONE)) == ("email", "not_on_ladder")


def test_a_delay_that_the_stores_hours_end_is_looked_at_when_they_do() -> None:
    policy = with_rules({"open": True, "delay": 1800, "longest": 3600}, quiet={})
    said_at = CLOSES - 5 * MINUTE
    view = seen_from(said(1, said_at))
    assert waits(view, said_at, policy).until == CLOSES
    assert sent(view, CLOSES, policy).seqs == (1,)


def test_who_is_followed_only_while_the_store_is_open_waits_for_it_rather_than_is_lost() -> None:
    policy = with_rules({"name": "Shut", "open": False, "ladder": []})
    view = seen_from(said(1, LONG_AGO))
    found = waits(view, OPENS - HOUR, policy)
    assert (found.until, codes(found)[-1]) == (OPENS, "no_way_yet")
    assert [each.verdict for each in found.considered] == ["not_on_ladder", "not_on_ladder"]
    assert sent(view, OPENS, policy).channel == "sms"


def test_hours_that_no_rule_asks_for_wake_nobody() -> None:
    policy = with_rules({"delay": 1800, "longest": 3600})
    said_at = CLOSES - 5 * MINUTE
    assert waits(seen_from(said(1, said_at)), said_at, policy).until == said_at + 30 * MINUTE


def test_a_store_without_hours_has_no_opening_to_wait_for() -> None:
    policy = with_rules({"open": True, "ladder": []}, hours=[])
    lost(seen_from(said(1, LONG_AGO)), NOON, policy)


def test_no_rule_to_come_means_that_nothing_is_waited_for() -> None:
    policy = with_rules({"open": False, "delay": 60}, ladder=[])
    found = lost(seen_from(said(1, LONG_AGO)), CLOSES + HOUR, policy)
    assert codes(found)[-1] == "no_way"


def test_a_rule_that_holds_once_her_act_is_over_is_waited_for() -> None:
    policy = with_rules({"where": ["elsewhere"], "ladder": []})
    wrote = Act(channel="email", at=NOON - HOUR, address_id="lost mailbox")
    view = seen_from(said(1, LONG_AGO), person=vera(last_act=wrote))
    found = waits(view, NOON, policy)
    assert (found.until, codes(found)[-1]) == (NOON + HOUR, "no_way_yet")
    assert sent(view, NOON + HOUR, policy).channel == "sms"


def test_a_rule_that_holds_after_her_act_and_the_next_opening_is_waited_for() -> None:
    policy = with_rules(
        {"where": ["elsewhere"], "ladder": []}, {"open": False, "ladder": []}, quiet={}
    )
    wrote = Act(channel="email", at=CLOSES, address_id="lost mailbox")
    person = vera(last_act=wrote)
    view = seen_from(said(1, LONG_AGO), person=person)
    found = waits(view, CLOSES + MINUTE, policy)
    assert (found.until, codes(found)[-1]) == (CLOSES + 2 * HOUR, "no_way_yet")
    again = waits(view, CLOSES + 2 * HOUR, policy)
    assert (again.until, codes(again)[-1]) == (CLOSES + 8 * HOUR, "no_way_yet")
    assert sent(view, OPENS, policy).channel == "sms"


def test_a_rule_that_holds_once_her_grace_is_over_is_waited_for() -> None:
    policy = with_rules({"where": ["reading"], "ladder": []})
    lost_sight = vera(presence=Presence.READING, lost_at=NOON)
    view = seen_from(said(1, LONG_AGO), person=lost_sight)
    found = waits(view, NOON, policy)
    assert (found.until, codes(found)[-1]) == (NOON + POLICY.grace, "no_way_yet")
    assert sent(view, NOON + POLICY.grace, policy).channel == "sms"


def test_a_store_that_follows_nobody_who_is_there_looks_again_since_she_may_leave() -> None:
    policy = with_rules({"where": ["reading", "on_page", "hidden"], "ladder": []})
    view = seen_from(said(1, LONG_AGO), person=ON_PAGE)
    found = waits(view, NOON, policy)
    assert (found.until, codes(found)[-1]) == (NOON + POLICY.recheck, "no_way_yet")
    assert sent(seen_from(said(1, LONG_AGO)), NOON, policy).channel == "sms"


def test_a_store_that_follows_those_who_pay_looks_again_since_she_may_come_to_pay() -> None:
    policy = with_rules({"pages": ["checkout"]}, ladder=[])
    policy = replace(policy, rules=(replace(policy.rules[0], ladder=("email",)),))
    view = seen_from(said(1, LONG_AGO), person=vera(page="blog"))
    assert waits(view, NOON, policy).until == NOON + POLICY.recheck
    paying = seen_from(said(1, LONG_AGO), person=vera(page="checkout"))
    assert sent(paying, NOON, policy).channel == "email"


def test_where_she_may_go_counts_only_for_what_the_rule_brings() -> None:
    policy = with_rules({"where": ["gone"], "what": ["follow_up"], "ladder": ["email"]}, ladder=[])
    present = vera(presence=Presence.READING)
    lost(seen_from(said(1, LONG_AGO), person=present), NOON, policy)
    follow_up = seen_from(said(1, LONG_AGO, what="follow_up"), person=present)
    assert waits(follow_up, NOON, policy).until == NOON + POLICY.recheck


def test_where_she_may_go_counts_only_for_whom_the_rule_is_for() -> None:
    policy = with_rules({"where": ["gone"], "known": True, "ladder": ["email"]}, ladder=[])
    known = vera(presence=Presence.READING, known=True)
    assert waits(seen_from(said(1, LONG_AGO), person=known), NOON, policy).until is not None
    lost(seen_from(said(1, LONG_AGO), person=replace(known, known=False)), NOON, policy)


def test_wherever_she_goes_an_address_that_is_dead_stays_so() -> None:
    policy = with_rules({"where": ["reading"], "ladder": []}, {"pages": ["checkout"], "delay": 5})
    dead = vera(addresses=(replace(PHONE, failed_at=NOON),), presence=Presence.READING)
    lost(seen_from(said(1, LONG_AGO), person=dead), NOON, policy)


def test_a_rule_that_holds_wherever_she_is_leaves_nothing_to_wait_for() -> None:
    policy = with_rules({"where": ["reading"], "delay": 5}, {"name": "nobody", "ladder": []})
    shut = replace(policy, rules=(replace(policy.rules[0], ladder=()), policy.rules[1]))
    lost(seen_from(said(1, LONG_AGO)), NOON, shut)


def test_nobody_at_all_is_waited_for_by_no_rule() -> None:
    policy = with_rules({"where": ["reading"], "ladder": ["email"]})
    found = lost(replace(seen_from(said(1, LONG_AGO)), people=()), NOON, policy)
    assert codes(found)[-1] == "nobody"


def test_the_staff_have_rules_of_their_own() -> None:
    policy = with_rules(
        {"side": "staff", "open": False, "delay": 1800, "ladder": ["sms"]},
        {"side": "shopper", "delay": 1},
        quiet={},
    )
    ada = agent("ada", "email", "sms")
    by_day = unanswered(asked(1), people=(ada,))
    assert waits(by_day, NOON, policy).until == NOON + POLICY.staff_first
    assert sent(by_day, NOON + POLICY.staff_first, policy).channel == "email"
    late = CLOSES + HOUR
    by_night = unanswered(asked(1, late), people=(ada,))
    found = waits(by_night, late, policy)
    assert (found.until, codes(found)) == (late + 30 * MINUTE, ["unanswered", "rule"])
    assert sent(by_night, late + 30 * MINUTE, policy).channel == "sms"


def test_a_staff_ladder_that_opens_with_the_store_is_waited_for() -> None:
    policy = with_rules({"side": "staff", "open": False, "ladder": []})
    view = unanswered(asked(1, CLOSES), people=(agent("ada"),))
    assert waits(view, OPENS - HOUR, policy).until == OPENS
    assert sent(view, OPENS, policy).person_id == "ada"


def test_messages_that_nothing_tells_apart_share_their_options_and_others_do_not() -> None:
    policy = with_rules({"what": ["follow_up"], "ladder": ["email"]})
    sms_failed = delivery(3, state=DeliveryState.FAILED)
    typed = Address(
        address_id="typed", channel="email", consents=SUPPORT, proven=False, typed_seq=1
    )
    view = seen_from(
        said(1),
        said(2),
        said(3),
        said(4, what="follow_up"),
        person=vera(addresses=(PHONE, typed)),
        deliveries=(sms_failed,),
    )
    assert sent(view, NOON + MINUTE, policy).seqs == (1, 2)
    without_phone = replace(view, people=(vera(addresses=(typed,)),))
    assert sent(without_phone, NOON + MINUTE, policy).seqs == (2, 3, 4)


def test_a_page_that_changes_the_rule_counts_at_the_very_second_that_it_does() -> None:
    policy = with_rules({"pages": ["checkout"], "delay": 20})
    due = NOON + 20 * SECOND
    moved = replace(ON_PAGE, page="blog", since=due)
    assert waits(seen_from(said(1), person=moved), due, policy).until == due + POLICY.on_page


def test_opening_hours_are_the_stores_and_not_hers() -> None:
    policy = with_rules({"open": False, "ladder": []}, zone="America/New_York", quiet={})
    view = seen_from(said(1, LONG_AGO), person=replace(GONE, zones=("Asia/Tokyo",)))
    morning = clock("2026-05-28 09:00", "America/New_York")
    assert waits(view, morning - 1, policy).until == morning
    assert sent(view, morning, policy).channel == "sms"


def test_quiet_hours_may_begin_and_end_with_the_store() -> None:
    always = (Window(start=0, end=1440),)
    policy = replace(with_rules({"open": False, "quiet": {"sms": ["00:00-24:00"]}}), quiet=())
    assert policy.rules[0].quiet == (("sms", always),)
    view = seen_from(said(1, LONG_AGO), person=vera(addresses=(PHONE,)))
    assert waits(view, OPENS - HOUR, policy).until == OPENS
    assert sent(view, OPENS, policy).channel == "sms"
