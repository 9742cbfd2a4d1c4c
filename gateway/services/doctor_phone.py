"""The doctor's look at texts: Twilio's account and the stores' numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from gateway.channels.twilio.health import ACCOUNT, Account, Sender, look_at_twilio
from gateway.channels.twilio.whatsapp_health import look_at_whatsapp
from gateway.clock import SECOND
from gateway.core.finding import Finding, ok, wrong
from gateway.settings import Settings
from gateway.store.tables import AlertRow, StoreRow


def found_in_alerts(alerts: Sequence[AlertRow], stores: Sequence[StoreRow]) -> list[Finding]:
    """What is in force of what providers refused, which only an operator can mend."""
    keys = {row.store_id: row.key for row in stores}
    return [
        wrong(
            f"{keys[each.store_id]}: {each.channel}",
            f"{each.words} ({each.code}{f', {each.about}' if each.about else ''}),"
            f" since {_written(each.since)}, {each.count} times, last {_written(each.last_at)}",
            "mend it at the provider; this goes away when something gets through again",
        )
        for each in alerts
        if each.store_id in keys
    ]


def _written(at: int) -> str:
    return f"{datetime.fromtimestamp(at // SECOND, UTC):%Y-%m-%d %H:%M} UTC"


async def look_at_phone(
    settings: Settings, stores: Sequence[StoreRow], numbers: Mapping[str, Sequence[str]]
) -> list[Finding]:
    """Whether the stores that text can, and hear what comes back; ``numbers`` by store id."""
    texting = [row for row in stores if row.sms_from or row.whatsapp_from]
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
            number=number,
            webhook=f"{settings.base_url}/hooks/twilio/{row.key}/message",
        )
        for row in texting
        for number in numbers[row.store_id]
    )
    found = await look_at_twilio(account, senders)
    on_whatsapp = tuple(
        Sender(
            store_key=row.key,
            number=row.whatsapp_from,
            webhook=f"{settings.base_url}/hooks/twilio/{row.key}/message",
        )
        for row in texting
        if row.whatsapp_from
    )
    return found + (await look_at_whatsapp(account, on_whatsapp) if on_whatsapp else [])
