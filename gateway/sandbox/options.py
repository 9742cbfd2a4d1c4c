"""What the sandbox is told when it starts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

E164 = re.compile(r"\+[1-9]\d{6,14}", re.ASCII)
"""ITU-T E.164: a plus, a country code, at most 15 digits; fewer than seven reach nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Every address and secret of the sandbox; ports may be 0 for any free one.

    ``clock`` is the file that says how far time runs ahead. ``receipt_delay`` is in seconds of that
    time, from acceptance to the handset. ``carrier_opt_out`` lets the phone company answer STOP and
    START by itself, as Twilio does unless told otherwise.
    """

    port: int = 0
    smtp_port: int = 0
    storefront_port: int = 0
    gateway_url: str
    store_key: str
    store_number: str
    account_sid: str
    auth_token: str
    sms_webhook: str
    inbound_smtp_host: str = "127.0.0.1"
    inbound_smtp_port: int
    shopper_phone: str
    shopper_mail: str
    agent_phones: tuple[str, ...]
    agent_mails: tuple[str, ...]
    data: Path
    clock: Path | None = None
    receipt_delay: float = 0.3
    carrier_opt_out: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Where the three listeners were bound."""

    port: int
    smtp_port: int
    storefront_port: int
