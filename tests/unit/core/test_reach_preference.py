"""What Vera likes best, and what a store's ladder makes of it."""

from __future__ import annotations

from dataclasses import replace

from gateway.core.model import Act
from gateway.core.policy import MINUTE
from tests.unit.core.scenes import (
    LONG_AGO,
    MAILBOX,
    NOON,
    PHONE,
    POLICY,
    codes,
    lost,
    said,
    seen_from,
    sent,
    shop,
    vera,
    verdict,
)

UNREAD = said(1, LONG_AGO)
WHATSAPP = replace(PHONE, address_id="whatsapp", channel="whatsapp")


def test_the_channel_that_she_likes_best_comes_first() -> None:
    found = sent(seen_from(UNREAD, person=vera(preference=("email",))), NOON)
    assert (found.channel, codes(found)[-1]) == ("email", "preference")
    assert verdict(found, PHONE) == "after"


def test_what_she_likes_is_tried_in_her_order_and_then_the_ladders() -> None:
    everywhere = vera(addresses=(PHONE, MAILBOX, WHATSAPP), preference=("whatsapp", "email"))
    policy = shop(ladder=("sms", "email", "whatsapp"))
    found = sent(seen_from(UNREAD, person=everywhere), NOON, policy)
    order = [each.channel for each in found.considered]
    assert order == ["whatsapp", "email", "sms"]


def test_a_liked_channel_that_is_shut_lets_the_ladder_go_on() -> None:
    dead = replace(MAILBOX, failed_at=NOON)
    person = vera(addresses=(PHONE, dead), preference=("email",))
    found = sent(seen_from(UNREAD, person=person), NOON)
    assert (found.channel, codes(found)[-1]) == ("sms", "ladder")


def test_her_preference_adds_no_channel_to_what_the_store_pays_for() -> None:
    person = vera(addresses=(PHONE, WHATSAPP), preference=("whatsapp", "sms"))
    found = sent(seen_from(UNREAD, person=person), NOON)
    assert (found.channel, verdict(found, WHATSAPP)) == ("sms", "not_on_ladder")


def test_who_wants_the_chat_alone_is_followed_nowhere() -> None:
    found = lost(seen_from(UNREAD, person=vera(preference=("chat",))), NOON)
    assert [each.verdict for each in found.considered] == ["not_wanted", "not_wanted"]
    assert codes(found)[-1] == "no_way"


def test_who_likes_mail_and_else_the_chat_gets_mail_and_no_text() -> None:
    person = vera(preference=("email", "chat", "sms"))
    found = sent(seen_from(UNREAD, person=person), NOON)
    assert (found.channel, verdict(found, PHONE)) == ("email", "not_wanted")
    dead = replace(MAILBOX, failed_at=NOON)
    only = replace(person, addresses=(PHONE, dead))
    assert verdict(lost(seen_from(UNREAD, person=only), NOON), PHONE) == "not_wanted"


def test_who_wants_the_chat_and_texts_is_answered_where_they_texted() -> None:
    texted = Act(channel="sms", at=NOON - MINUTE, address_id="phone")
    person = vera(preference=("chat",), last_act=texted)
    found = sent(seen_from(said(1, NOON), person=person), NOON + POLICY.elsewhere)
    assert (found.channel, verdict(found, MAILBOX)) == ("sms", "not_wanted")


def test_where_she_was_last_comes_before_what_she_likes() -> None:
    texted = Act(channel="sms", at=NOON - MINUTE, address_id="phone")
    person = vera(preference=("email",), last_act=texted)
    found = sent(seen_from(said(1, NOON), person=person), NOON + POLICY.elsewhere)
    assert [each.channel for each in found.considered] == ["sms", "email"]


def test_a_channel_that_is_named_twice_is_tried_once() -> None:
    found = sent(seen_from(UNREAD, person=vera(preference=("email", "email", "sms"))), NOON)
    assert [each.channel for each in found.considered] == ["email", "sms"]
