"""Where a polled mailbox is, as ``IMAP_URL`` says it; nothing here ever shows the password."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from gateway.errors import Misconfigured

if TYPE_CHECKING:
    from gateway.settings import Settings

INBOX = "INBOX"
_PORTS = {"imaps": 993, "imap": 143}
#: a line break would end the command that it stands in
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_SHAPE = "IMAP_URL has to read imaps://user:password@host/INBOX, with user and password %-encoded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One folder of one mailbox, and how to get there.

    ``tls``: from the first byte, by STARTTLS before anything else is said, or not at all.
    """

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    folder: str
    tls: Literal["tls", "starttls", "none"]

    @property
    def name(self) -> str:
        """What its bookmark is kept under: the same however the way there is protected."""
        return f"{self.user}@{self.host}/{self.folder}"


def place_from(settings: Settings) -> Place | None:
    """The mailbox that the settings name, if any.

    Raises:
        Misconfigured: ``IMAP_URL`` is none, or there is no password; what was given is not shown.
    """
    if not settings.imap_url:
        return None
    url = _split(settings.imap_url.get_secret_value())
    apart = settings.imap_password
    password = apart.get_secret_value() if apart else unquote(url.password or "")
    place = Place(
        host=(url.hostname or "").lower(),
        port=_port(url),
        user=unquote(url.username or ""),
        password=password,
        folder=unquote(url.path.removeprefix("/")) or INBOX,
        tls="tls" if url.scheme == "imaps" else _protection(url),
    )
    if not place.host or not place.user:
        raise Misconfigured(_SHAPE)
    if not place.password:
        raise Misconfigured("IMAP_URL holds no password, and IMAP_PASSWORD is not set")
    if any(_CONTROL.search(each) for each in (place.user, place.password, place.folder)):
        raise Misconfigured("IMAP_URL holds a control character")
    return place


def _split(text: str) -> SplitResult:
    try:
        url = urlsplit(text.strip())
    except ValueError:
        raise Misconfigured(_SHAPE) from None
    # What follows a bare "#" in a password would be lost without a word.
    if url.scheme not in _PORTS or url.fragment or (url.query and url.scheme == "imaps"):
        raise Misconfigured(_SHAPE)
    return url


def _port(url: SplitResult) -> int:
    try:
        return url.port or _PORTS[url.scheme]
    except ValueError:
        raise Misconfigured(_SHAPE) from None


def _protection(url: SplitResult) -> Literal["starttls", "none"]:
    if not url.query:
        return "starttls"
    if parse_qsl(url.query) != [("tls", "none")]:
        raise Misconfigured("after the ? of IMAP_URL only tls=none may stand")
    return "none"
