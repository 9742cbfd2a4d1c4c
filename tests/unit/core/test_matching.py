"""Whose conversation an inbound message belongs to."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gateway.core.matching import (
    WHY,
    MailEvidence,
    Match,
    OpenConversation,
    Sent,
    TextEvidence,
    match_mail,
    match_text,
)
from gateway.core.model import DeliveryState, Form

VERAS = "vera@example.org"
ADAS = "ada@acme.example"

TO_VERA = Sent(
    delivery_id="d1",
    conversation_id="veras",
    person_id="vera",
    side="shopper",
    form=Form.WORDS,
    state=DeliveryState.DELIVERED,
    handed_at=100,
    to=VERAS,
)
TO_BEN = replace(TO_VERA, delivery_id="d2", conversation_id="bens", person_id="ben", handed_at=200)
TO_ADA = replace(
    TO_VERA,
    delivery_id="d3",
    conversation_id="bens",
    person_id="ada",
    side="staff",
    to=ADAS,
    proven_agent=True,
    handed_at=300,
)
KNOCK = replace(TO_BEN, form=Form.KNOCK, handed_at=400)
VERAS_OPEN = OpenConversation(conversation_id="veras", person_id="vera", last_at=90)


def by_text(**evidence: object) -> Match:
    found = match_text(TextEvidence(**evidence))  # type: ignore[arg-type]  # fields by name
    assert found.why.code in WHY
    return found


def by_mail(sender: str = VERAS, /, **evidence: object) -> Match:
    found = match_mail(MailEvidence(sender=sender, **evidence))  # type: ignore[arg-type]  # by name
    assert found.why.code in WHY
    return found


def whose(match: Match) -> tuple[str, str | None, str | None]:
    return match.kind, match.conversation_id, match.person_id


def test_ada_texts_the_conversation_that_she_was_last_told_of_there() -> None:
    earlier = replace(TO_ADA, delivery_id="d0", conversation_id="veras", handed_at=250)
    found = by_text(agent_id="ada", told=(TO_ADA, earlier), sent=(TO_BEN,))
    assert whose(found) == ("agent", "bens", "ada")
    assert (found.delivery_id, found.why.code) == ("d3", "proven_agent")


def test_an_agent_who_was_told_of_nothing_there_texts_like_anybody() -> None:
    assert whose(by_text(agent_id="ada")) == ("opens", None, None)
    never = replace(TO_ADA, state=DeliveryState.FAILED)
    assert by_text(agent_id="ada", told=(never,)).kind == "opens"


def test_a_text_joins_the_conversation_that_the_number_was_last_texted_from() -> None:
    found = by_text(sent=(TO_BEN, TO_VERA), people=frozenset({"ben"}))
    assert whose(found) == ("joins", "bens", "ben")
    assert (found.delivery_id, found.shared) == ("d2", False)


def test_a_shared_phone_goes_to_whoever_was_texted_last_and_is_marked_so() -> None:
    found = by_text(sent=(TO_VERA, TO_BEN), people=frozenset({"vera", "ben"}))
    assert (found.person_id, found.shared) == ("ben", True)


@pytest.mark.parametrize(
    "state",
    ["queued", "superseded", "withdrawn", "deferred", "failed", "bounced"],
)
def test_nobody_answers_what_never_came(state: str) -> None:
    never = replace(TO_BEN, state=DeliveryState(state))
    assert by_text(sent=(TO_VERA, never)).person_id == "vera"


@pytest.mark.parametrize("form", [Form.CODE, Form.CONFIRMATION])
def test_a_code_is_nobodys_conversation(form: Form) -> None:
    assert by_text(sent=(TO_VERA, replace(TO_BEN, form=form))).person_id == "vera"


def test_a_knock_that_was_not_answered_joins_nothing() -> None:
    found = by_text(sent=(TO_VERA, KNOCK), people=frozenset({"ben", "vera"}))
    assert whose(found) == ("opens", None, None)
    assert (found.related, found.why.code) == ("bens", "only_knocked")


def test_a_typed_claim_does_not_take_veras_proven_number_from_her() -> None:
    found = by_text(sent=(KNOCK,), proven=(VERAS_OPEN,), people=frozenset({"ben", "vera"}))
    assert whose(found) == ("joins", "veras", "vera")
    assert (found.shared, found.why.code) == (True, "proven_shopper")


def test_an_answered_knock_joins() -> None:
    answered = replace(KNOCK, state=DeliveryState.ANSWERED)
    assert whose(by_text(sent=(answered,))) == ("joins", "bens", "ben")


def test_a_receipt_that_outranks_the_answer_to_a_knock_does_not_undo_it() -> None:
    arrived = replace(KNOCK, state=DeliveryState.DELIVERED, proven=True)
    assert whose(by_text(sent=(arrived,))) == ("joins", "bens", "ben")
    read = replace(TO_VERA, form=Form.KNOCK, state=DeliveryState.READ, proven=True)
    assert whose(by_mail(token=read)) == ("joins", "veras", "vera")


def test_a_proven_number_joins_its_shoppers_latest_open_conversation() -> None:
    bens = OpenConversation(conversation_id="bens", person_id="ben", last_at=95)
    found = by_text(proven=(VERAS_OPEN, bens), people=frozenset({"vera", "ben"}))
    assert (found.person_id, found.shared) == ("ben", True)


def test_an_unknown_number_opens_a_conversation_even_if_somebody_typed_it() -> None:
    assert whose(by_text(people=frozenset({"mallory"}))) == ("opens", None, None)


@pytest.mark.parametrize(
    ("evidence", "how"),
    [
        ({"token": TO_VERA}, "token"),
        ({"in_reply_to": (TO_VERA,)}, "in_reply_to"),
        ({"references": (TO_BEN, TO_VERA)}, "references"),
        ({"token": TO_VERA, "in_reply_to": (TO_BEN,), "references": (TO_BEN,)}, "token"),
        ({"in_reply_to": (TO_VERA,), "references": (TO_BEN,)}, "in_reply_to"),
    ],
)
def test_veras_reply_joins_by_what_it_answers(evidence: dict[str, object], how: str) -> None:
    found = by_mail(VERAS, **evidence)
    assert whose(found) == ("joins", "veras", "vera")
    assert (found.delivery_id, found.why.code) == ("d1", how)


def test_ada_answers_by_mail_from_her_proven_address_alone() -> None:
    assert whose(by_mail(ADAS, token=TO_ADA)) == ("agent", "bens", "ada")
    unproven = by_mail(ADAS, token=replace(TO_ADA, proven_agent=False))
    assert whose(unproven) == ("opens", None, None)
    assert unproven.related == "bens"


@pytest.mark.parametrize("answered", [TO_VERA, TO_ADA])
def test_a_forwarded_mail_reveals_nothing_and_is_noted_for_the_staff(answered: Sent) -> None:
    found = by_mail("mallory@example.org", token=answered)
    assert whose(found) == ("opens", None, None)
    assert found.related == answered.conversation_id
    assert found.delivery_id is None


def test_words_mailed_back_to_a_knock_prove_nothing() -> None:
    knock = replace(TO_VERA, form=Form.KNOCK)
    found = by_mail(token=knock)
    assert (found.kind, found.related) == ("opens", "veras")
    assert by_mail(token=replace(knock, state=DeliveryState.ANSWERED)).kind == "joins"


def test_who_opened_a_conversation_by_mail_goes_on_with_it() -> None:
    newer = OpenConversation(conversation_id="later", person_id="vera", last_at=99)
    found = by_mail(opened=(VERAS_OPEN, newer))
    assert (found.kind, found.conversation_id) == ("joins", "later")


def test_a_token_of_somebody_elses_is_not_overruled_by_what_she_opened() -> None:
    found = by_mail(token=replace(TO_BEN, to="ben@example.org"), opened=(VERAS_OPEN,))
    assert (found.kind, found.related) == ("opens", "bens")


def test_a_mail_out_of_the_blue_opens_a_conversation() -> None:
    assert whose(by_mail()) == ("opens", None, None)
