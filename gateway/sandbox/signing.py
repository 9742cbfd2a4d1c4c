"""Signs webhooks as Twilio does."""

from __future__ import annotations

import base64
import hmac
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def sign(url: str, fields: Iterable[tuple[str, str]], token: str) -> str:
    """Return the value of ``X-Twilio-Signature`` for a form sent to ``url``.

    Base64 of HMAC-SHA1, keyed by the account's auth token, over the address and then each name in
    order followed by its values, each once and in order (Twilio, "Validating requests").
    """
    values: dict[str, set[str]] = {}
    for name, value in fields:
        values.setdefault(name, set()).add(value)
    text = url + "".join(name + value for name in sorted(values) for value in sorted(values[name]))
    return base64.b64encode(hmac.digest(token.encode(), text.encode(), "sha1")).decode()
