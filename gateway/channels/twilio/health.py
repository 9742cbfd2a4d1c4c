"""Whether Twilio knows our account and number, and calls us when a text comes; nothing is sent."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import Any, Final

import anyio

from gateway.channels.twilio.client import MESSAGING_SERVICE, TWILIO
from gateway.core.finding import Finding, ok, warning, wrong

ACCOUNT: Final = "TWILIO_ACCOUNT_SID"
NUMBER: Final = "number"
_NOT_SIGNED_IN: Final = (401, 403)
_MISSING: Final = 404


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """What a store texts from, and the address that Twilio is to call when a text comes there."""

    store_key: str
    number: str
    webhook: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The credentials; ``api_base`` replaces Twilio's address, ``timeout`` is seconds per call."""

    sid: str
    token: str
    api_base: str | None
    timeout: float = 8.0


async def look_at_twilio(account: Account, senders: tuple[Sender, ...]) -> list[Finding]:
    """Sign in, and look up each number."""
    # The import takes half a second and more.
    library = await anyio.to_thread.run_sync(
        importlib.import_module, "gateway.channels.twilio.transport"
    )
    base = (account.api_base or TWILIO).rstrip("/")
    transport = library.Transport(base=base, timeout=account.timeout)
    client = library.sdk(account.sid, account.token, transport)
    try:
        return await _asked(library, client, account, senders)
    except library.REFUSALS as error:
        if error.status in _NOT_SIGNED_IN:
            return [
                wrong(
                    ACCOUNT,
                    f"Twilio does not accept the account or its token ({error.status})",
                    "set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN as the console's front page has"
                    " them",
                )
            ]
        if error.status == _MISSING:
            return [wrong(ACCOUNT, "there is no such account", "correct TWILIO_ACCOUNT_SID")]
        return [warning(ACCOUNT, f"Twilio answers with {error.status}", "ask again later")]
    except (library.NotConnectedError, library.LostError, library.ThrottledError):
        return [wrong(ACCOUNT, f"{base} does not answer", "correct TWILIO_API_BASE; unset: Twilio")]
    except (library.TwilioException, ValueError, TypeError, AttributeError, KeyError):
        return [wrong(ACCOUNT, f"{base} is not Twilio's API", "correct TWILIO_API_BASE")]
    finally:
        await transport.aclose()


async def _asked(
    library: Any,  # noqa: ANN401 - untyped SDK
    client: Any,  # noqa: ANN401 - untyped SDK
    account: Account,
    senders: tuple[Sender, ...],
) -> list[Finding]:
    held = await client.api.v2010.accounts(account.sid).fetch_async()
    if held.status != "active":
        found = [wrong(ACCOUNT, f"the account is {held.status}", "see Twilio's console for why")]
    elif held.type == "Trial":
        advice = "upgrade it: a trial texts only numbers that it has verified"
        found = [warning(ACCOUNT, "it is a trial account", advice)]
    else:
        found = [ok(ACCOUNT, "the account is active, and its token is good")]
    for sender in senders:
        found.append(await _number(client, sender))
    return found


async def _number(client: Any, sender: Sender) -> Finding:  # noqa: ANN401 - untyped SDK
    about = f"{sender.store_key}: {NUMBER}"
    if sender.number.startswith(MESSAGING_SERVICE):
        return warning(
            about,
            "a Messaging Service cannot be looked at from here",
            f"in its Integration, choose 'Send a webhook' with POST {sender.webhook}",
        )
    held = await client.incoming_phone_numbers.list_async(phone_number=sender.number, limit=1)
    if not held:
        return wrong(
            about,
            f"{sender.number} is not a number of this account",
            "buy it there, or set the store's --sms-from to one that is",
        )
    url = str(held[0].sms_url or "")
    if url != sender.webhook or str(held[0].sms_method or "POST").upper() != "POST":
        return wrong(
            about,
            f"when a text comes to {sender.number}, Twilio calls "
            + ("another address" if url else "nobody"),
            f"set 'A message comes in' to POST {sender.webhook}",
        )
    return ok(about, f"{sender.number} is ours and calls us")
