"""The doctor's look at texts: Twilio's account and the stores' numbers."""

from __future__ import annotations

from collections.abc import Sequence

from gateway.channels.twilio.health import ACCOUNT, Account, Sender, look_at_twilio
from gateway.core.finding import Finding, ok, wrong
from gateway.settings import Settings
from gateway.store.tables import StoreRow


async def look_at_phone(settings: Settings, stores: Sequence[StoreRow]) -> list[Finding]:
    """Whether the stores that text can, and hear what comes back."""
    texting = [row for row in stores if row.sms_from]
    sid, token = settings.twilio_account_sid, settings.twilio_auth_token
    if not sid or token is None:
        if texting:
            advice = "set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN"
            return [wrong(ACCOUNT, f"{texting[0].key} texts, and no account is set", advice)]
        return [ok(ACCOUNT, "none is set, and no store texts")]
    account = Account(sid=sid, token=token.get_secret_value(), api_base=settings.twilio_api_base)
    senders = tuple(
        Sender(
            store_key=row.key,
            number=row.sms_from or "",
            webhook=f"{settings.base_url}/hooks/twilio/{row.key}/message",
        )
        for row in texting
    )
    return await look_at_twilio(account, senders)
