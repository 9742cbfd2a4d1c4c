"""What keeps a gateway from its work, in words for whoever runs it."""

from __future__ import annotations

from gateway.errors import OnethreadError
from gateway.services.house import House
from gateway.store import house as houses


async def wrong_with(house: House, *, clockwork_is_alive: bool) -> dict[str, str]:
    """What is wrong, by part; empty when the gateway can do its work."""
    try:
        stores = await house.store.read(houses.stores)
        await house.store.write(houses.house)
    except OnethreadError as error:
        return {"database": error.message}
    wrong = {} if clockwork_is_alive else {"clockwork": "it has not looked at what is due"}
    if house.files is not None and (trouble := await house.files.blobs.trouble()):
        wrong["files"] = trouble
    for row in stores:
        if row.sms_from and "sms" not in house.channels:
            wrong["sms"] = "a store texts, but TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN are not set"
        if row.whatsapp_from and "whatsapp" not in house.channels:
            wrong["whatsapp"] = (
                "a store writes by WhatsApp, but TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN are not"
                " set"
            )
        if row.mail_from and "email" not in house.channels:
            wrong["email"] = "a store mails, but SMTP_HOST is not set"
    return wrong
