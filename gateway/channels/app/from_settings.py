"""The channel to the stores' apps as the operator set it up."""

from __future__ import annotations

from gateway.channels.app.client import AppChannel
from gateway.egress import Egress
from gateway.settings import Settings


def app_egress(settings: Settings) -> Egress:
    """What calls them: public machines by https, and whatever APP_ORIGINS names as it is."""
    named = (settings.app_origins or "").split(",")
    return Egress(own=[each.strip() for each in named if each.strip()])


def app_channel(settings: Settings) -> AppChannel:
    """Always there: a store's address is what turns it on."""
    return AppChannel(app_egress(settings))
