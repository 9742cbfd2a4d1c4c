"""Vera's texts and Twilio's receipts, as the forms that carry them."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.channels.twilio.webhooks import (
    MAX_MEDIA,
    InboundText,
    Media,
    TextReceipt,
    parse_message,
    parse_status,
)
from gateway.errors import BadInput

SID = "SM" + "0a" * 16
MESSAGE = [
    ("ToCountry", "US"),
    ("MessageSid", SID),
    ("SmsSid", SID),
    ("AccountSid", "AC" + "1b" * 16),
    ("From", "+14155550100"),
    ("To", "+14155550199"),
    ("Body", "Where are my shoes?\nVera 👟"),
    ("NumMedia", "0"),
    ("FromZip", ""),
]


def changed(*pairs: tuple[str, str]) -> list[tuple[str, str]]:
    """The message with these fields instead."""
    names = {name for name, _ in pairs}
    return [pair for pair in MESSAGE if pair[0] not in names] + list(pairs)


def test_vera_texts() -> None:
    assert parse_message(MESSAGE) == InboundText(
        sid=SID,
        account_sid="AC" + "1b" * 16,
        channel="sms",
        from_="+14155550100",
        to="+14155550199",
        body="Where are my shoes?\nVera 👟",
    )


def test_vera_sends_a_picture() -> None:
    text = parse_message(
        changed(
            ("Body", ""),
            ("NumMedia", "1"),
            ("MediaUrl0", "https://api.twilio.com/m/ME1"),
            ("MediaContentType0", "image/jpeg"),
        )
    )
    assert text.body == ""
    assert text.num_media == 1
    assert text.media == (Media(url="https://api.twilio.com/m/ME1", content_type="image/jpeg"),)


def test_vera_writes_by_whatsapp() -> None:
    text = parse_message(
        changed(
            ("From", "whatsapp:+14155550100"),
            ("To", "whatsapp:+14155550199"),
            ("ProfileName", "Vera"),
            ("OriginalRepliedMessageSid", "SM1"),
        )
    )
    assert (text.channel, text.from_, text.to) == ("whatsapp", "+14155550100", "+14155550199")
    assert (text.profile_name, text.replied_to_sid) == ("Vera", "SM1")


@pytest.mark.parametrize(
    ("given_type", "read"),
    [("STOP", "STOP"), ("Start", "START"), ("HELP", "HELP"), ("", None), ("NEW", None)],
)
def test_twilio_says_that_it_has_handled_a_keyword(given_type: str, read: str | None) -> None:
    assert parse_message(changed(("OptOutType", given_type))).opt_out_type == read


@pytest.mark.parametrize(
    "wrong",
    [
        ("MessageSid", "../x"),
        ("From", ""),
        ("From", " 14155550100"),
        ("To", ""),
        ("To", "+1\n"),
    ],
)
def test_a_text_from_nobody_or_to_nobody_is_refused(wrong: tuple[str, str]) -> None:
    with pytest.raises(BadInput):
        parse_message(changed(wrong))


@pytest.mark.parametrize("broken", ["\x00", "\ud83d"])
def test_a_character_that_no_database_takes_loses_nobodys_text(broken: str) -> None:
    """A 400 would: Twilio calls a webhook again, and hears the same each time."""
    read = parse_message([*changed(("Body", f"a{broken}b")), ("ProfileName", broken)])
    assert (read.body, read.profile_name) == ("a\ufffdb", "\ufffd")


def test_a_text_without_a_sid_is_refused() -> None:
    with pytest.raises(BadInput):
        parse_message([pair for pair in MESSAGE if not pair[0].endswith("Sid")])


def test_a_field_that_says_two_things_says_nothing() -> None:
    with pytest.raises(BadInput):
        parse_message([*MESSAGE, ("Body", "forged")])
    assert parse_message([*MESSAGE, MESSAGE[6]]) == parse_message(MESSAGE)


@pytest.mark.parametrize(
    ("number", "read"), [("99", MAX_MEDIA), ("-1", 0), ("x", 0), ("²", 0), ("9" * 40, 0)]
)
def test_a_number_of_pictures_is_bounded(number: str, read: int) -> None:
    assert parse_message(changed(("NumMedia", number))).num_media == read


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("accepted", "accepted"),
        ("scheduled", "accepted"),
        ("queued", "accepted"),
        ("sending", "accepted"),
        ("sent", "sent"),
        ("delivered", "delivered"),
        ("Delivered", "delivered"),
        ("undelivered", "failed"),
        ("failed", "failed"),
        ("canceled", "failed"),
        ("read", "read"),
        ("partially_delivered", None),
        ("invented-next-year", None),
        ("", None),
    ],
)
def test_a_status_is_a_delivery_state(status: str, state: str | None) -> None:
    receipt = parse_status([("MessageSid", SID), ("MessageStatus", status)])
    assert receipt == TextReceipt(sid=SID, account_sid="", status=status.lower(), state=state)


def test_a_failure_says_why() -> None:
    receipt = parse_status([("SmsSid", SID), ("SmsStatus", "undelivered"), ("ErrorCode", "30006")])
    assert (receipt.state, receipt.error_code) == ("failed", 30006)
    assert receipt.words == "A landline, or a network that takes no texts"


@pytest.mark.parametrize("code", ["", "0", "x", "-3"])
def test_no_error_is_no_error(code: str) -> None:
    receipt = parse_status([("MessageSid", SID), ("MessageStatus", "sent"), ("ErrorCode", code)])
    assert (receipt.error_code, receipt.words) == (None, None)


names = st.sampled_from(
    [name for name, _ in MESSAGE] + ["MessageStatus", "ErrorCode", "MediaUrl0", "OptOutType", "x"]
)


@given(st.lists(st.tuples(names, st.text())))
def test_a_form_is_read_or_refused_and_nothing_else(pairs: list[tuple[str, str]]) -> None:
    # Any other error than these fails the test.
    for parse in (parse_message, parse_status):
        with contextlib.suppress(BadInput):
            assert parse(pairs).sid.isalnum()
