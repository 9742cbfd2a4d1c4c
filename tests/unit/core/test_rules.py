"""The matrix: which rule holds for a message, and what it changes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gateway.core.hours import Window
from gateway.core.model import Message, Person, Presence, Side
from gateway.core.policy import MINUTE, SECOND, WHERE, Rule
from gateway.core.rules import (
    depends_on_hours,
    ladder_of,
    least_delay,
    quiet_of,
    rule_for,
    rules_ahead,
    shortest_delay,
    store_is_open,
    store_turns_at,
    usual_delay,
)
from tests.unit.core.scenes import MAILBOX, PHONE, POLICY, clock, said, shop, vera


def rule(name: str = "rule", **conditions: object) -> Rule:
    return replace(Rule(name=name), **conditions)  # type: ignore[arg-type]  # fields by name


def holds(
    made: Rule,
    *,
    message: Message | None = None,
    person: Person | None = None,
    where: str = "gone",
    is_open: bool = True,
    side: Side = "shopper",
) -> bool:
    policy = shop(rules=(made,))
    found = rule_for(policy, side, message or said(1), person, where, is_open=is_open)
    assert found in (None, made)
    return found is made


def test_a_rule_without_conditions_holds_always() -> None:
    assert holds(rule(), person=vera())
    assert holds(rule(), person=None)


def test_the_first_rule_that_holds_counts() -> None:
    policy = shop(rules=(rule("a", known=True), rule("b"), rule("c")))
    found = rule_for(policy, "shopper", said(1), vera(), "gone", is_open=True)
    assert found is policy.rules[1]
    known = rule_for(policy, "shopper", said(1), vera(known=True), "gone", is_open=True)
    assert known is policy.rules[0]


def test_a_rule_of_the_other_side_or_hour_keeps_no_later_one_from_holding() -> None:
    policy = shop(rules=(rule("staff's", side="staff"), rule("night", open=False), rule("rest")))
    found = rule_for(policy, "shopper", said(1), vera(), "gone", is_open=True)
    assert found is policy.rules[2]


def test_without_a_rule_that_holds_there_is_none() -> None:
    assert not holds(rule(known=True), person=vera())


@pytest.mark.parametrize("where", WHERE)
def test_a_rule_asks_where_vera_is(where: str) -> None:
    made = rule(where=frozenset({where}))
    assert [each for each in WHERE if holds(made, person=vera(), where=each)] == [where]


def test_a_rule_asks_which_page_she_is_on() -> None:
    made = rule(pages=frozenset({"checkout", "cart"}))
    assert holds(made, person=vera(page="cart"))
    assert not holds(made, person=vera(page="blog"))
    assert not holds(made, person=vera(page=None))


def test_a_rule_asks_whether_she_is_known() -> None:
    assert holds(rule(known=True), person=vera(known=True))
    assert not holds(rule(known=True), person=vera())
    assert holds(rule(known=False), person=vera())
    assert not holds(rule(known=False), person=vera(known=True))


def test_a_rule_asks_for_a_proven_address_of_some_channel() -> None:
    made = rule(proven=frozenset({"sms", "whatsapp"}))
    typed = vera(addresses=(replace(PHONE, proven=False), MAILBOX))
    assert holds(made, person=vera())
    assert not holds(made, person=typed)


def test_a_rule_asks_what_is_to_be_brought() -> None:
    made = rule(what=frozenset({"first_answer", "follow_up"}))
    assert holds(made, person=vera(), message=said(1, what="follow_up"))
    assert not holds(made, person=vera(), message=said(1, what="answer"))


def test_a_rule_asks_whether_the_store_is_open() -> None:
    assert holds(rule(open=True), person=vera(), is_open=True)
    assert not holds(rule(open=True), person=vera(), is_open=False)
    assert holds(rule(open=False), person=vera(), is_open=False)
    assert not holds(rule(open=False), person=vera(), is_open=True)


@pytest.mark.parametrize(
    "made",
    [rule(pages=frozenset({"cart"})), rule(known=False), rule(proven=frozenset({"sms"}))],
)
def test_what_is_asked_of_the_shopper_does_not_hold_of_nobody(made: Rule) -> None:
    assert not holds(made, person=None)


def test_a_rule_is_for_one_side() -> None:
    for_staff = rule(side="staff", open=False)
    assert holds(for_staff, side="staff", is_open=False)
    assert not holds(for_staff, side="staff", is_open=True)
    assert not holds(for_staff, side="shopper", is_open=False)
    assert not holds(rule(), side="staff")


def ahead(*rules: Rule, person: Person | None = None, is_open: bool | None = True) -> list[str]:
    policy = shop(rules=rules)
    found = rules_ahead(policy, "shopper", said(1), person, is_open=is_open)
    return ["usual" if each is None else each.name for each in found]


def test_the_rules_that_may_hold_are_those_that_where_page_or_hour_still_decide() -> None:
    person = vera(known=True)
    here, paying = rule("here", where=frozenset({"reading"})), rule("pay", pages=frozenset({"p"}))
    assert ahead(here, paying, rule("rest"), rule("never"), person=person) == [
        "here",
        "pay",
        "rest",
    ]
    assert ahead(here, person=person) == ["here", "usual"]
    assert ahead(rule("strangers", known=False), person=person) == ["usual"]
    assert ahead(rule("friends", known=True), person=person) == ["friends"]
    assert ahead(rule("follow", what=frozenset({"follow_up"})), person=person) == ["usual"]
    assert ahead(rule("phone", proven=frozenset({"push"})), person=person) == ["usual"]
    assert ahead(rule("staff's", side="staff"), person=person) == ["usual"]


def test_a_rule_that_asks_for_the_hour_may_hold_when_the_store_turns_and_not_otherwise() -> None:
    person = vera()
    by_day, by_night = rule("day", open=True), rule("night", open=False)
    assert ahead(by_day, by_night, person=person, is_open=None) == ["day", "night", "usual"]
    assert ahead(by_day, by_night, person=person, is_open=True) == ["day"]
    assert ahead(by_day, by_night, person=person, is_open=False) == ["night"]
    staff = shop(rules=(rule("night", side="staff", open=False),))
    found = rules_ahead(staff, "staff", said(1), None, is_open=None)
    assert found == [staff.rules[0], None]


def test_what_a_rule_does_not_change_stays_as_usual() -> None:
    assert ladder_of(POLICY, "shopper", None) == POLICY.ladder
    assert ladder_of(POLICY, "staff", rule()) == POLICY.staff_ladder
    assert ladder_of(POLICY, "shopper", rule(ladder=())) == ()
    night = dict(POLICY.quiet)["sms"]
    noon = (Window(start=720, end=780),)
    assert quiet_of(POLICY, None, "sms") == quiet_of(POLICY, rule(), "sms") == night
    assert quiet_of(POLICY, None, "email") == ()
    quieter = rule(quiet=(("email", noon),))
    assert quiet_of(POLICY, quieter, "email") == noon
    assert quiet_of(POLICY, quieter, "sms") == ()


def test_each_place_has_its_usual_delay() -> None:
    told = [usual_delay(where, POLICY) for where in WHERE]
    assert told == [10 * MINUTE, 5 * MINUTE, 2 * MINUTE, 30 * SECOND, 15 * SECOND]


def test_the_least_delay_of_a_presence_knows_of_every_rule_that_may_hold_there() -> None:
    hasty = rule(where=frozenset({"reading"}), delay=5 * SECOND)
    policy = shop(rules=(hasty, rule(known=True, delay=MINUTE), rule(side="staff", delay=0)))
    assert least_delay(Presence.READING, policy) == 5 * SECOND
    assert least_delay(Presence.HIDDEN, policy) == MINUTE
    assert least_delay(Presence.GONE, policy) == 30 * SECOND
    assert least_delay(Presence.ON_PAGE, POLICY) == POLICY.on_page


def test_the_shortest_delay_of_a_side_knows_of_every_rule_for_it() -> None:
    assert shortest_delay(POLICY, "shopper") == shortest_delay(POLICY, "staff") == 15 * SECOND
    policy = shop(rules=(rule(delay=5 * SECOND), rule(side="staff", delay=7 * SECOND), rule()))
    assert shortest_delay(policy, "shopper") == 5 * SECOND
    assert shortest_delay(policy, "staff") == 7 * SECOND
    eager = shop(elsewhere=MINUTE, staff_first=20 * SECOND, gone=10 * SECOND)
    assert shortest_delay(eager, "staff") == 20 * SECOND
    assert shortest_delay(shop(staff_first_present=SECOND), "staff") == SECOND
    assert shortest_delay(eager, "shopper") == 10 * SECOND


def test_a_store_asks_for_its_hours_only_where_a_rule_of_that_side_does() -> None:
    policy = shop(rules=(rule(), rule(side="staff", open=True)))
    assert depends_on_hours(policy, "staff")
    assert not depends_on_hours(policy, "shopper")


def test_a_store_opens_and_closes_where_it_is() -> None:
    office = (Window(start=9 * 60, end=18 * 60),)
    policy = shop(zone="Europe/Berlin", hours=office, holidays=frozenset({"2026-05-29"}))
    five = clock("2026-05-28 17:00", "Europe/Berlin")
    six = clock("2026-05-28 18:00", "Europe/Berlin")
    assert store_is_open(policy, five)
    assert store_turns_at(policy, five) == six
    assert not store_is_open(policy, six)
    assert not store_is_open(policy, clock("2026-05-29 12:00", "Europe/Berlin"))
    assert store_turns_at(policy, six) == clock("2026-05-30 09:00", "Europe/Berlin")
