"""Web push as the operator set it up."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from gateway.channels.push.client import PushChannel
from gateway.channels.push.hosts import VENDORS, PushHosts
from gateway.clock import Clock
from gateway.errors import Misconfigured
from gateway.settings import Settings

_MAILTO = re.compile(r"mailto:[^\s@<>]+@[^\s@<>]+", re.ASCII)


def push_channel(settings: Settings, clock: Clock) -> PushChannel | None:
    """The channel that notifies browsers, if the operator can be found by its push services.

    Raises:
        Misconfigured: the contact or a host cannot be used.
    """
    contact = contact_of(settings)
    if contact is None:
        return None
    return PushChannel(contact, push_hosts(settings), clock=clock)


def contact_of(settings: Settings) -> str | None:
    """PUSH_CONTACT as push services want it (RFC 8292 section 2.1).

    Raises:
        Misconfigured: it is neither a mailto: nor an https: URI.
    """
    told = (settings.push_contact or "").strip()
    if not told:
        return None
    by_web = urlsplit(told)
    if _MAILTO.fullmatch(told) or (by_web.scheme == "https" and by_web.hostname):
        return told
    raise Misconfigured("PUSH_CONTACT is written like mailto:ops@shop.example, or https://…")


def push_hosts(settings: Settings) -> PushHosts:
    """Whose push services are called.

    Raises:
        Misconfigured: PUSH_HOSTS names something else.
    """
    if settings.push_hosts is None:
        return PushHosts(VENDORS)
    try:
        return PushHosts.named(settings.push_hosts.split(","))
    except ValueError as wrong:
        raise Misconfigured(f"PUSH_HOSTS: {wrong}") from None
