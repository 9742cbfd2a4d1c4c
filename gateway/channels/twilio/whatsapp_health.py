"""Whether Twilio has the stores' WhatsApp numbers online, and calls us; nothing is sent.

Source: twilio.com/docs/whatsapp/api/senders.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urldefrag

import anyio

from gateway.channels.twilio.client import TWILIO
from gateway.channels.twilio.health import Account, Sender
from gateway.channels.twilio.whatsapp import on_the_wire
from gateway.core.finding import Finding, ok, warning, wrong

MOST: Final = 200
ONLINE: Final = "ONLINE"


async def look_at_whatsapp(account: Account, senders: tuple[Sender, ...]) -> list[Finding]:
    """Look each number up among the account's WhatsApp senders.

    An account that does not tell them (a sub-account's key may not) is no fault.
    """
    # The import takes half a second and more.
    library = await anyio.to_thread.run_sync(
        importlib.import_module, "gateway.channels.twilio.transport"
    )
    base = (account.api_base or TWILIO).rstrip("/")
    transport = library.Transport(base=base, timeout=account.timeout)
    client = library.sdk(account.sid, account.token, transport)
    try:
        listed = await client.messaging.v2.channels_senders.list_async(
            channel="whatsapp", limit=MOST
        )
        held = {str(each.sender_id): each for each in listed}
    except (
        library.NotConnectedError,
        library.LostError,
        library.ThrottledError,
        library.TwilioException,
        ValueError,
        TypeError,
        AttributeError,
        KeyError,
    ):
        return [
            warning(
                _about(each), "Twilio does not tell its WhatsApp senders", "look in its console"
            )
            for each in senders
        ]
    finally:
        await transport.aclose()
    return [_found(each, held.get(on_the_wire(each.number))) for each in senders]


def _found(sender: Sender, held: Any) -> Finding:  # noqa: ANN401 - untyped SDK
    about = _about(sender)
    if held is None:
        return wrong(
            about,
            "it is no WhatsApp sender of this account",
            "register it there, or set the store's --whatsapp-from to one that is",
        )
    if str(held.status) != ONLINE:
        return wrong(about, f"WhatsApp has it as {held.status}", "see Twilio's console for why")
    webhook = held.webhook if isinstance(held.webhook, Mapping) else {}
    url = urldefrag(str(webhook.get("callback_url") or "")).url
    if url != sender.webhook:
        calls = "another address" if url else "nobody"
        return wrong(
            about,
            f"when a message comes to it, Twilio calls {calls}",
            f"set its webhook for incoming messages to POST {sender.webhook}",
        )
    return ok(about, "it is ours, online, and calls us")


def _about(sender: Sender) -> str:
    return f"{sender.store_key}: WhatsApp {sender.number}"
