"""Twilio as the operator set it up."""

from __future__ import annotations

from gateway.channels.twilio.client import TwilioSms
from gateway.channels.twilio.listing import TwilioListing
from gateway.channels.twilio.media import TwilioMedia
from gateway.settings import Settings


def sms_channel(settings: Settings) -> TwilioSms | None:
    """The channel that texts, if an account is set."""
    if not (settings.twilio_account_sid and settings.twilio_auth_token):
        return None
    return TwilioSms(
        settings.twilio_account_sid,
        settings.twilio_auth_token.get_secret_value(),
        api_base=settings.twilio_api_base,
    )


def text_media(settings: Settings) -> TwilioMedia | None:
    """What fetches the pictures of texts, where texts come at all."""
    if not (settings.twilio_account_sid and settings.twilio_auth_token):
        return None
    return TwilioMedia(
        settings.twilio_account_sid,
        settings.twilio_auth_token.get_secret_value(),
        api_base=settings.twilio_api_base,
    )


def text_listing(settings: Settings) -> TwilioListing | None:
    """What tells of texts whose webhook never came."""
    if not (settings.twilio_account_sid and settings.twilio_auth_token):
        return None
    return TwilioListing(
        settings.twilio_account_sid,
        settings.twilio_auth_token.get_secret_value(),
        api_base=settings.twilio_api_base,
    )
