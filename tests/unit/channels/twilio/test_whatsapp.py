"""What is particular to WhatsApp in a request to Twilio."""

from __future__ import annotations

import json

from gateway.channels.port import Outgoing
from gateway.channels.twilio.webhooks import parse_message
from gateway.channels.twilio.whatsapp import content_of, on_the_wire

FREE = Outgoing(
    delivery_id="d1", channel="whatsapp", to="+14155550142", sender="+14155550100", text="It is."
)


def test_numbers_have_their_prefix_once() -> None:
    assert on_the_wire("+14155550142") == "whatsapp:+14155550142"
    assert on_the_wire("whatsapp:+14155550142") == "whatsapp:+14155550142"


def test_free_words_are_a_body_and_a_template_has_none() -> None:
    assert content_of(FREE) == {"body": "It is."}
    sid = "HX" + "0" * 32
    made = Outgoing(
        delivery_id="d1",
        channel="whatsapp",
        to=FREE.to,
        sender=FREE.sender,
        text="Zoë: It is.",
        content_sid=sid,
        variables=(("1", "Zoë"), ("3", "It is.")),
    )
    fields = content_of(made)
    assert set(fields) == {"content_sid", "content_variables"}
    assert fields["content_sid"] == sid
    assert json.loads(fields["content_variables"]) == {"1": "Zoë", "3": "It is."}


def test_a_button_says_what_stands_on_it_unless_words_came_along() -> None:
    ends = [("MessageSid", "SM1"), ("From", "whatsapp:+14155550142"), ("To", "whatsapp:+1415555")]
    button = [("ButtonText", "Yes, please"), ("ButtonPayload", "yes")]
    assert parse_message([*ends, *button]).body == "Yes, please"
    assert parse_message([*ends, ("Body", "Yes!"), *button]).body == "Yes!"
    assert parse_message([*ends, button[1]]).body == "yes"
