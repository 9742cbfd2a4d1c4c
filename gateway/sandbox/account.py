"""The texts of one account, as its API lists them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Final, Literal

from gateway.sandbox import segments

API_VERSION: Final = "2010-04-01"

Direction = Literal["inbound", "outbound-api", "outbound-reply"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One text of the account; instants are microseconds UTC.

    ``status`` is one of Twilio's: accepted, queued, sent, delivered, undelivered, received.
    """

    sid: str
    account: str
    to: str
    sender: str
    service: str | None = None
    body: str
    direction: Direction
    status: str
    error: int | None = None
    callback: str | None = None
    created: int
    updated: int
    sent: int | None = None
    media: tuple[str, ...] = ()

    def as_json(self) -> dict[str, object]:
        """Return Twilio's Message resource."""
        path = f"/{API_VERSION}/Accounts/{self.account}/Messages/{self.sid}"
        return {
            "account_sid": self.account,
            "api_version": API_VERSION,
            "body": self.body,
            "date_created": rfc2822(self.created),
            "date_sent": None if self.sent is None else rfc2822(self.sent),
            "date_updated": rfc2822(self.updated),
            "direction": self.direction,
            "error_code": self.error,
            "error_message": None,
            "from": None if self.status == "accepted" else self.sender,
            "messaging_service_sid": self.service,
            "num_media": str(len(self.media)),
            "num_segments": str(segments.count(self.body)),
            "price": None,
            "price_unit": "USD",
            "sid": self.sid,
            "status": self.status,
            "subresource_uris": {"media": f"{path}/Media.json"},
            "to": self.to,
            "uri": f"{path}.json",
        }


def new_sid() -> str:
    """Return an unused message sid."""
    return f"SM{secrets.token_hex(16)}"


def rfc2822(at: int) -> str:
    """Return an instant, given in microseconds UTC, as Twilio's API writes it."""
    return format_datetime(datetime.fromtimestamp(at // 1_000_000, tz=UTC))


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What a listing asks for; a missing field asks for nothing.

    ``since`` and ``until`` are inclusive, in microseconds UTC; ``after`` is the sid that the page
    before ended with.
    """

    to: str | None = None
    sender: str | None = None
    since: int | None = None
    until: int | None = None
    after: str | None = None
    size: int = 50

    def wants(self, text: Text) -> bool:
        """Say whether a text passes the filters. One not yet sent counts by its creation."""
        at = text.created if text.sent is None else text.sent
        return (
            (self.to is None or text.to == self.to)
            and (self.sender is None or text.sender == self.sender)
            and (self.since is None or at >= self.since)
            and (self.until is None or at <= self.until)
        )


class Account:
    """Every text that the account sent or got, newest first when listed."""

    def __init__(self, sid: str) -> None:
        self.sid = sid
        self._texts: dict[str, Text] = {}

    def put(self, text: Text) -> None:
        """Keep a text, or the newer state of one."""
        self._texts[text.sid] = text

    def get(self, sid: str) -> Text | None:
        """Return a text by its sid."""
        return self._texts.get(sid)

    def page(self, query: Query) -> tuple[list[Text], bool]:
        """Return one page, and whether another follows."""
        found: list[Text] = []
        waiting = query.after is not None
        for text in reversed(self._texts.values()):
            if waiting:
                waiting = text.sid != query.after
            elif query.wants(text):
                found.append(text)
                if len(found) > query.size:
                    return found[: query.size], True
        return found, False


def day_or_instant(value: str) -> tuple[int, int]:
    """Return the first and last microsecond that an ISO 8601 date or date and time names.

    Raises:
        ValueError: for anything else.
    """
    moment = datetime.fromisoformat(value)
    length = timedelta(days=1) if len(value) == len("2026-01-31") else timedelta(seconds=1)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    start = round(moment.timestamp()) * 1_000_000
    return start, start + length // timedelta(microseconds=1) - 1
