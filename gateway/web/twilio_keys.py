"""What Twilio's webhooks may be signed with, out of the settings: auth tokens and shared keys.

Source: twilio.com/docs/usage/webhooks/webhook-shared-keys.
"""

from __future__ import annotations

from gateway.errors import Misconfigured
from gateway.settings import Settings

SHORTEST_SECRET = 16
NAME = "TWILIO_WEBHOOK_KEYS"


def twilio_tokens(settings: Settings) -> tuple[str, ...]:
    """The token in use, and the other one while it is being rotated."""
    return tuple(
        each.get_secret_value()
        for each in (settings.twilio_auth_token, settings.twilio_auth_token_other)
        if each is not None
    )


def twilio_keys(settings: Settings) -> dict[str, str]:
    """Secrets by key id; none when nothing is set.

    Raises:
        Misconfigured: something is no ``id:secret``, an id is there twice, or a secret is short.
    """
    found: dict[str, str] = {}
    given = settings.twilio_webhook_keys
    for each in given.get_secret_value().split(",") if given is not None else ():
        if not each.strip():
            continue
        name, _, secret = (piece.strip() for piece in each.partition(":"))
        if not name or not secret:
            raise Misconfigured(f"{NAME} holds something else than id:secret")
        if name in found:
            raise Misconfigured(f"{NAME} names a key twice")
        if len(secret) < SHORTEST_SECRET:
            raise Misconfigured(f"{NAME} needs secrets of at least {SHORTEST_SECRET} characters")
        found[name] = secret
    return found
