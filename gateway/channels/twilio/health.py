"""Whether Twilio knows our account and number, and calls us when a text comes; nothing is sent."""

from __future__ import annotations

import importlib
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import parse_qs, urldefrag

import anyio

from gateway.channels.twilio.client import MESSAGING_SERVICE, TWILIO
from gateway.core.finding import Finding, ok, warning, wrong

ACCOUNT: Final = "TWILIO_ACCOUNT_SID"
PATIENT: Final = "#rc=5&rp=all"
"""Behind a webhook's address: five more tries, whatever went wrong. Else there is one more, and
only if there was no connection (twilio.com/docs/usage/webhooks/webhooks-connection-overrides)."""
_NOT_SIGNED_IN: Final = (401, 403)
_MISSING: Final = 404
_SERVICE_NUMBERS: Final = 400  #: Twilio's own limit for one service


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
        found.append(await _number(library, client, sender))
    return found


async def _number(
    library: Any,  # noqa: ANN401 - untyped SDK
    client: Any,  # noqa: ANN401 - untyped SDK
    sender: Sender,
) -> Finding:
    about = f"{sender.store_key}: {sender.number}"
    if sender.number.startswith(MESSAGING_SERVICE):
        return await _service(library, client, sender)
    advice = f"set 'A message comes in' to POST {sender.webhook}{PATIENT}"
    if not sender.number.startswith("+"):
        return warning(about, "a short code cannot be looked at from here", advice)
    held = await client.incoming_phone_numbers.list_async(phone_number=sender.number, limit=1)
    if not held:
        return wrong(
            about,
            "it is not a number of this account",
            "buy it there, or set the store's --sms-from to one that is",
        )
    return _called(about, sender, advice, held[0].sms_url, held[0].sms_method)


async def _service(
    library: Any,  # noqa: ANN401 - untyped SDK
    client: Any,  # noqa: ANN401 - untyped SDK
    sender: Sender,
) -> Finding:
    """A Messaging Service; source: twilio.com/docs/messaging/api/service-resource."""
    about = f"{sender.store_key}: {sender.number}"
    advice = f"in its Integration, choose 'Send a webhook' with POST {sender.webhook}{PATIENT}"
    service = client.messaging.v1.services(sender.number)
    try:
        held = await service.fetch_async()
        numbers = await service.phone_numbers.list_async(limit=_SERVICE_NUMBERS)
        codes = await service.short_codes.list_async(limit=1)
    except library.REFUSALS as error:
        if error.status == _MISSING:
            return wrong(
                about,
                "it is no Messaging Service of this account",
                "make it there, or set the store's --sms-from to one that is",
            )
        raise
    if not numbers and not codes:
        return wrong(about, "it has no number to text from", "add one to its Sender Pool")
    if held.use_inbound_webhook_on_number:
        return await _each_number(library, client, sender, numbers)
    return _called(about, sender, advice, held.inbound_request_url, held.inbound_method)


async def _each_number(
    library: Any,  # noqa: ANN401 - untyped SDK
    client: Any,  # noqa: ANN401 - untyped SDK
    sender: Sender,
    numbers: list[Any],
) -> Finding:
    """Each number of the service calls for itself: the first that does not is told of."""
    about = f"{sender.store_key}: {sender.number}"
    for each in numbers:
        found = await _number(library, client, replace(sender, number=str(each.phone_number)))
        if found.level != "ok":
            return replace(found, about=f"{about} ({each.phone_number})")
    return ok(about, "it leaves texts to its numbers, and each of them calls us")


def _called(
    about: str, sender: Sender, advice: str, address: str | None, method: str | None
) -> Finding:
    """Whether what Twilio calls when a text comes is ours, and is called again when we refuse."""
    url, how = urldefrag(str(address or ""))
    if url != sender.webhook or str(method or "POST").upper() != "POST":
        calls = "another address" if url else "nobody"
        return wrong(about, f"when a text comes to it, Twilio calls {calls}", advice)
    if not _is_patient(how):
        return warning(about, "it is ours and calls us, but not again when we refuse", advice)
    return ok(about, "it is ours and calls us")


def _is_patient(settings: str) -> bool:
    """Whether these connection settings have Twilio try again, whatever went wrong."""
    read = parse_qs(settings)
    return read.get("rc", ["0"])[0] != "0" and "all" in read.get("rp", [""])[0].split(",")
