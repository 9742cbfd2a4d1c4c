"""Whose conversation an inbound message belongs to."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gateway.core.matching import (
    WHY,
    MailEvidence,
    Match,
    Named,
    OpenConversation,
    Sent,
    TextEvidence,
    answered_by,
    code_of,
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
    number=12,
)
TO_BEN = replace(
    TO_VERA,
    delivery_id="d2",
    conversation_id="bens",
    person_id="ben",
    handed_at=200,
    number=15,
)
TO_ADA = replace(
    TO_VERA,
    delivery_id="d3",
    conversation_id="bens",
    person_id="ada",
    side="staff",
    to=ADAS,
    proven_agent=True,
    handed_at=300,
    number=15,
)
OF_VERA = replace(TO_ADA, delivery_id="d4", conversation_id="veras", number=12)
BEFORE_LUNCH = replace(OF_VERA, delivery_id="d0", handed_at=250)
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


def told_of(match: Match) -> list[int]:
    return [each.number for each in match.choices]


def test_ada_texts_the_conversation_that_she_was_last_told_of_there() -> None:
    found = by_text(agent_id="ada", told=(TO_ADA,), sent=(TO_BEN,))
    assert whose(found) == ("agent", "bens", "ada")
    assert (found.delivery_id, found.why.code, found.coded) == ("d3", "proven_agent", False)


def test_two_notices_about_one_conversation_are_one_conversation() -> None:
    again = replace(TO_ADA, delivery_id="d9", handed_at=310)
    found = by_text(agent_id="ada", told=(again, TO_ADA))
    assert (found.kind, found.delivery_id) == ("agent", "d9")


def test_of_two_conversations_that_ada_was_told_of_none_is_guessed() -> None:
    found = by_text(agent_id="ada", told=(TO_ADA, BEFORE_LUNCH), sent=(TO_BEN,))
    assert whose(found) == ("asks", None, "ada")
    assert (told_of(found), found.why.code) == ([15, 12], "which")


def test_one_notice_that_told_of_two_conversations_is_no_answer_to_either() -> None:
    assert told_of(by_text(agent_id="ada", told=(TO_ADA, OF_VERA))) == [12, 15]


def test_after_an_answer_only_what_came_since_can_be_meant() -> None:
    answered = replace(BEFORE_LUNCH, answered_at=260, settled=True)
    found = by_text(agent_id="ada", told=(TO_ADA, answered))
    assert whose(found) == ("agent", "bens", "ada")


def test_without_anything_new_ada_goes_on_with_what_she_answered() -> None:
    answered = replace(TO_ADA, answered_at=400, settled=True)
    long_done = replace(BEFORE_LUNCH, settled=True)
    assert by_text(agent_id="ada", told=(answered, long_done)).conversation_id == "bens"


def test_half_of_a_digest_answered_leaves_open_what_the_next_text_is_about() -> None:
    answered = replace(TO_ADA, answered_at=400, settled=True)
    assert told_of(by_text(agent_id="ada", told=(answered, OF_VERA))) == [12, 15]


def test_what_a_colleague_settled_long_ago_is_not_asked_about() -> None:
    done = replace(BEFORE_LUNCH, settled=True)
    assert by_text(agent_id="ada", told=(TO_ADA, done), fresh_after=280).kind == "agent"
    # She may be writing the answer to it at this moment.
    assert by_text(agent_id="ada", told=(TO_ADA, done), fresh_after=240).kind == "asks"


def test_when_all_is_settled_ada_means_what_she_was_told_last() -> None:
    done = replace(TO_ADA, settled=True)
    assert by_text(agent_id="ada", told=(done,), fresh_after=900).conversation_id == "bens"


def test_a_code_takes_ada_to_what_she_was_told_of() -> None:
    named = Named(number=12, conversation_id="veras", sent=(TO_VERA, BEFORE_LUNCH))
    found = by_text(agent_id="ada", told=(TO_ADA, BEFORE_LUNCH), code=12, named=named)
    assert whose(found) == ("agent", "veras", "ada")
    assert (found.delivery_id, found.why.code, found.coded) == ("d0", "coded", True)


def test_a_code_takes_ada_to_what_is_assigned_to_her_and_to_nothing_else() -> None:
    mine = Named(number=7, conversation_id="zoes", assignee_id="ada")
    assert whose(by_text(agent_id="ada", told=(TO_ADA,), code=7, named=mine)) == (
        "agent",
        "zoes",
        "ada",
    )
    for other in (replace(mine, assignee_id="ben"), replace(mine, sent=(TO_VERA,), assignee_id="")):
        found = by_text(agent_id="ada", told=(TO_ADA,), code=7, named=other)
        assert (found.kind, found.why.code) == ("asks", "unknown_code")
        assert found.conversation_id is None


def test_a_code_that_nobody_knows_is_asked_about_and_never_ignored() -> None:
    found = by_text(agent_id="ada", told=(TO_ADA,), code=99)
    assert (found.kind, told_of(found)) == ("asks", [15])


def test_a_notice_that_failed_gives_its_code_to_nobody() -> None:
    failed = replace(TO_ADA, state=DeliveryState.FAILED)
    named = Named(number=15, conversation_id="bens", sent=(failed,))
    assert by_text(agent_id="ada", told=(OF_VERA,), code=15, named=named).kind == "asks"


def test_of_two_agents_with_one_phone_whoever_was_told_answers() -> None:
    to_ben = replace(TO_ADA, person_id="ben-the-agent")
    assert by_text(agent_id="ada", told=(to_ben,)).person_id == "ben-the-agent"


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


BOTH = frozenset({"vera", "ben"})
UNKNOWN_OPEN = OpenConversation(
    conversation_id="nobodys", person_id="nobody", last_at=500, number=20, opened_here=True
)


def test_a_code_tells_two_shoppers_of_one_phone_apart() -> None:
    named = Named(number=12, conversation_id="veras", sent=(TO_VERA,))
    found = by_text(sent=(TO_VERA, TO_BEN), people=BOTH, code=12, named=named)
    assert whose(found) == ("joins", "veras", "vera")
    assert (found.coded, found.shared, found.why.code) == (True, True, "coded")


def test_a_code_names_what_the_shopper_proved_and_was_never_texted() -> None:
    mine = replace(VERAS_OPEN, number=12)
    named = Named(number=12, conversation_id="veras")
    found = by_text(sent=(TO_BEN,), proven=(mine,), people=BOTH, code=12, named=named)
    assert whose(found) == ("joins", "veras", "vera")


def test_where_nothing_has_to_be_told_apart_a_code_is_words() -> None:
    named = Named(number=15, conversation_id="bens", sent=(TO_BEN,))
    found = by_text(sent=(TO_BEN,), people=frozenset({"ben"}), code=15, named=named)
    assert (found.person_id, found.coded) == ("ben", False)


@pytest.mark.parametrize(
    "named",
    [
        None,
        Named(number=30, conversation_id="zoes", assignee_id="ben"),
        Named(number=30, conversation_id="zoes", sent=(replace(KNOCK, conversation_id="zoes"),)),
        Named(number=30, conversation_id="zoes", sent=(replace(TO_ADA, conversation_id="zoes"),)),
        Named(
            number=30,
            conversation_id="zoes",
            sent=(replace(TO_BEN, conversation_id="zoes", state=DeliveryState.FAILED),),
        ),
    ],
)
def test_a_code_opens_no_conversation_that_the_number_was_not_texted_from(
    named: Named | None,
) -> None:
    found = by_text(sent=(TO_VERA, TO_BEN), people=BOTH, code=30, named=named)
    assert (found.conversation_id, found.coded) == ("bens", False)


def test_a_text_too_old_to_tell_two_shoppers_apart_is_read_at_once_and_asked_about() -> None:
    found = by_text(sent=(TO_VERA, TO_BEN), people=BOTH, old_before=201)
    assert whose(found) == ("opens", None, None)
    assert (told_of(found), found.why.code, found.related) == ([15, 12], "which", "bens")


def test_the_age_of_a_text_says_nothing_while_one_shopper_has_the_number() -> None:
    assert by_text(sent=(TO_BEN,), people=frozenset({"ben"}), old_before=900).person_id == "ben"
    young = by_text(sent=(TO_VERA, TO_BEN), people=BOTH, old_before=200)
    assert young.person_id == "ben"


def test_who_may_not_be_asked_is_not_asked() -> None:
    found = by_text(sent=(TO_VERA, TO_BEN), people=BOTH, old_before=900, may_ask=False)
    assert (found.person_id, found.shared, found.choices) == ("ben", True, ())


def test_who_was_asked_and_did_not_say_goes_on_where_they_began() -> None:
    found = by_text(sent=(TO_VERA, TO_BEN), proven=(UNKNOWN_OPEN,), people=BOTH, old_before=900)
    assert whose(found) == ("joins", "nobodys", "nobody")
    assert (found.why.code, found.choices) == ("opened_here", ())


def test_who_was_asked_and_says_it_is_led_there_and_the_staff_find_what_was_said_before() -> None:
    named = Named(number=12, conversation_id="veras", sent=(TO_VERA,))
    found = by_text(
        sent=(TO_VERA, TO_BEN),
        proven=(UNKNOWN_OPEN,),
        people=BOTH,
        code=12,
        named=named,
        old_before=900,
    )
    assert (found.person_id, found.related) == ("vera", "nobodys")


@pytest.mark.parametrize(
    ("words", "number", "rest"),
    [
        ("#12 Yes", 12, "Yes"),
        ("#12: Yes", 12, "Yes"),
        ("# 12 Yes", 12, "Yes"),
        (" \n#12\nYes\nand no", 12, "Yes\nand no"),
        ("#12", 12, ""),
        ("#12.", 12, ""),
        ("#12 #15 both", 12, "#15 both"),
        ("#١٢ نعم", 12, "نعم"),
    ],
)
def test_a_code_is_read_and_taken_off(words: str, number: int, rest: str) -> None:
    found = code_of(words)
    assert found is not None
    assert (found.number, found.words) == (number, rest)


@pytest.mark.parametrize(
    "words",
    ["12 Yes", "Yes #12", "#12th of May", "#", "#blue", "", "##12", "#  12", "#1234567890 Yes"],
)
def test_other_words_begin_with_no_code(words: str) -> None:
    assert code_of(words) is None


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
    answered = answered_by(MailEvidence(sender=VERAS, **evidence))  # type: ignore[arg-type]  # by name
    assert answered is TO_VERA


def test_a_mail_that_names_nothing_of_ours_answers_nothing() -> None:
    assert answered_by(MailEvidence(sender=VERAS)) is None


def test_ada_answers_by_mail_from_her_proven_address_alone() -> None:
    assert whose(by_mail(ADAS, token=TO_ADA)) == ("agent", "bens", "ada")
    unproven = by_mail(ADAS, token=replace(TO_ADA, proven_agent=False))
    assert whose(unproven) == ("opens", None, None)
    assert unproven.related == "bens"


def test_an_answer_to_a_mail_that_told_of_two_conversations_is_not_guessed() -> None:
    found = by_mail(ADAS, token=TO_ADA, told=(TO_ADA, OF_VERA))
    assert whose(found) == ("asks", None, "ada")
    assert (told_of(found), found.delivery_id) == ([15, 12], "d3")


def test_the_code_in_ada_s_mail_decides_whatever_notice_she_answers() -> None:
    named = Named(number=12, conversation_id="veras", sent=(OF_VERA,))
    digest = by_mail(ADAS, token=TO_ADA, told=(TO_ADA, OF_VERA), code=12, named=named)
    assert (digest.kind, digest.conversation_id, digest.coded) == ("agent", "veras", True)
    single = by_mail(ADAS, in_reply_to=(TO_ADA,), code=12, named=named)
    assert single.conversation_id == "veras"
    unknown = by_mail(ADAS, token=TO_ADA, code=13)
    assert (unknown.kind, told_of(unknown)) == ("asks", [15])


def test_a_code_makes_nobody_an_agent() -> None:
    named = Named(number=12, conversation_id="veras", sent=(OF_VERA,), assignee_id="ada")
    assert by_mail(ADAS, code=12, named=named).kind == "opens"
    forged = by_mail("mallory@example.org", token=TO_ADA, code=12, named=named)
    assert (forged.kind, forged.conversation_id) == ("opens", None)
    assert by_text(code=12, named=named).kind == "opens"


def test_a_code_in_veras_own_mail_is_words() -> None:
    named = Named(number=15, conversation_id="bens", sent=(TO_BEN,))
    found = by_mail(VERAS, token=TO_VERA, code=15, named=named)
    assert (found.conversation_id, found.coded) == ("veras", False)


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


def test_what_is_forged_joins_nothing_whatever_it_answers() -> None:
    for evidence in (
        {"token": TO_VERA},
        {"in_reply_to": (TO_VERA,)},
        {"references": (TO_VERA,)},
        {"opened": (VERAS_OPEN,)},
    ):
        found = by_mail(verdict="fail", **evidence)
        assert whose(found) == ("opens", None, None)
        assert (found.why.code, found.related, found.forged) == ("forged", "veras", True)
    unknown = by_mail(verdict="fail", proven=(VERAS_OPEN,))
    assert (unknown.kind, unknown.related, unknown.forged) == ("opens", None, True)


def test_a_forged_answer_of_adas_is_not_hers() -> None:
    found = by_mail(ADAS, verdict="fail", token=TO_ADA)
    assert (found.kind, found.why.code, found.related) == ("opens", "forged", "bens")


@pytest.mark.parametrize("verdict", ["pass", "none", "unknown"])
def test_who_answers_joins_while_nothing_speaks_against_it(verdict: str) -> None:
    assert by_mail(verdict=verdict, token=TO_VERA).kind == "joins"
    assert by_mail(ADAS, verdict=verdict, token=TO_ADA).kind == "agent"
    assert by_mail(verdict=verdict, opened=(VERAS_OPEN,)).why.code == "opened_by_mail"


@pytest.mark.parametrize("verdict", ["none", "unknown", "fail"])
def test_a_sender_alone_joins_what_was_proven_only_when_their_provider_vouches(
    verdict: str,
) -> None:
    assert by_mail(verdict=verdict, proven=(VERAS_OPEN,)).kind == "opens"
    found = by_mail(verdict="pass", proven=(VERAS_OPEN,))
    assert whose(found) == ("joins", "veras", "vera")
    assert found.why.code == "proven_sender"


def test_of_two_shoppers_with_one_proven_mailbox_none_is_guessed() -> None:
    bens = replace(VERAS_OPEN, conversation_id="bens", person_id="ben")
    assert by_mail(verdict="pass", proven=(VERAS_OPEN, bens)).kind == "opens"


def test_whom_vera_named_in_cc_is_told_apart_and_joins_nothing() -> None:
    found = by_mail("tom@example.org", verdict="pass", token=TO_VERA, in_cc=True)
    assert whose(found) == ("opens", None, None)
    assert (found.why.code, found.related, found.forged) == ("named_in_cc", "veras", False)


def test_what_a_message_quotes_is_meant_whoever_was_written_to_last() -> None:
    evidence = TextEvidence(
        replied=TO_VERA, sent=(TO_VERA, TO_BEN), people=frozenset({"vera", "ben"})
    )
    found = match_text(evidence)
    assert (found.kind, found.conversation_id, found.why.code) == ("joins", "veras", "replied")
    assert found.shared
    by_code = replace(evidence, code=15, named=Named(number=15, conversation_id="bens"))
    assert match_text(by_code).conversation_id == "veras"


def test_a_quoted_knock_is_not_answered_by_words() -> None:
    assert match_text(TextEvidence(replied=KNOCK)).kind == "opens"
