"""Every request to send is made of fields that Twilio has, within the limits that it names.

Source: twilio.com/docs/messaging/api/message-resource, "Create a Message".
"""

from __future__ import annotations

import inspect
from dataclasses import fields
from itertools import product
from urllib.parse import urlsplit

import pytest
from twilio.rest.api.v2010.account.message import MessageList

from gateway.channels.port import Outgoing
from gateway.channels.twilio.client import LONGEST, SHORTEST, request_fields

KNOWN = {
    "To",
    "From",
    "MessagingServiceSid",
    "Body",
    "ContentSid",
    "ContentVariables",
    "MediaUrl",
    "StatusCallback",
    "ApplicationSid",
    "ProvideFeedback",
    "Attempt",
    "ValidityPeriod",
    "ForceDelivery",
    "ContentRetention",
    "AddressRetention",
    "SmartEncoded",
    "PersistentAction",
    "TrafficType",
    "ShortenUrls",
    "ScheduleType",
    "SendAt",
    "SendAsMms",
    "RiskCheck",
}
MOST_BODY, MOST_MEDIA = 1_600, 10
LEAST_VALIDITY, MOST_VALIDITY = 1, 36_000

PICTURES = tuple(f"https://chat.acme.example/files/{number}" for number in range(10))
SERVICE = "MG" + "2c" * 16


def outgoing(sender: str, text: str, media: tuple[str, ...], valid_for: int | None) -> Outgoing:
    return Outgoing(
        delivery_id="01jd3v0e8zq6w4x2k9n7m5t1ab",
        channel="sms",
        to="+14155550142",
        sender=sender,
        text=text,
        media=media,
        valid_for=valid_for,
        status_callback="https://chat.acme.example/hooks/twilio/k/status?delivery=1",
    )


ALL = [
    outgoing(*each)
    for each in product(
        ("+14155550100", "72345", SERVICE),
        ("Yes.", "a" * MOST_BODY),
        ((), PICTURES[:1], PICTURES),
        (None, 0, 600, 10**9),
    )
] + [outgoing("+14155550100", "", PICTURES[:1], 600)]


def named(field: str) -> str:
    """A field as it stands in the request: ``from_`` is ``From``."""
    return "".join(part.capitalize() for part in field.rstrip("_").split("_"))


@pytest.mark.parametrize("told", ALL)
def test_a_request_has_known_fields_only_each_within_its_limits(told: Outgoing) -> None:
    sent = {named(name): value for name, value in request_fields(told).items()}
    assert set(sent) <= KNOWN
    assert ("From" in sent) != ("MessagingServiceSid" in sent)
    assert "Body" in sent or "MediaUrl" in sent
    assert 0 < len(sent.get("Body", " ")) <= MOST_BODY
    assert len(sent.get("MediaUrl", [])) <= MOST_MEDIA
    assert all(urlsplit(each).scheme == "https" for each in sent.get("MediaUrl", []))
    validity = int(str(sent.get("ValidityPeriod", LEAST_VALIDITY)))
    assert LEAST_VALIDITY <= validity <= MOST_VALIDITY
    assert urlsplit(str(sent["StatusCallback"])).scheme == "https"


def test_what_is_known_is_what_the_sdk_takes() -> None:
    taken = {named(each) for each in inspect.signature(MessageList.create_async).parameters}
    assert {named(each) for each in request_fields(ALL[0])} <= taken
    assert taken >= KNOWN


def test_our_own_limits_are_within_twilios() -> None:
    assert LEAST_VALIDITY <= SHORTEST < LONGEST <= MOST_VALIDITY
    assert "media" in {each.name for each in fields(Outgoing)}
