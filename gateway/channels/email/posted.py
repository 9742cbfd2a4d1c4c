"""Mail in by webhook: what the four providers have in common.

Each provider's module is pure: a request, our keys and the time go in, mails come out, or one of
the errors here. What is read before a request has proved whose it is stays small and linear.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from gateway.channels.email.listener import Envelope
from gateway.errors import BadInput, Refused

MOST_RECIPIENTS = 100
MOST_SAID = 200  #: characters kept of what a provider says of a failure
REPORTED = "The mail was reported as spam"
_ADDRESS = re.compile(r"[^\x00-\x20\x7f-\xa0\ud800-\udfff<>,;]{1,320}")
_BARE = re.compile(rb"\r\n|\r|\n")
_M = TypeVar("_M", bound=BaseModel)

Words = Annotated[str, BeforeValidator(lambda value: "" if value is None else value)]
"""Text that a provider may also send as null."""


class NotSigned(Refused):
    """This was not sent by the provider, or its key is not the one that is set here."""

    code = "not_signed"
    status = 401


class NotAMail(BadInput):
    """The provider sent this, and it holds no mail."""

    code = "not_a_mail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One webhook as it came; names of ``headers`` are lower-case."""

    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A provider tells that a mail of ours did not arrive, or was not wanted.

    ``key`` makes a repeat harmless. ``message_ids`` may name our mail by its Message-ID,
    ``provider_id`` by the provider's own. ``for_now``: the mailbox may take it later, as when it
    is full. Success is not told on: of mail it proves nothing.
    """

    key: str
    message_ids: tuple[str, ...] = ()
    provider_id: str | None = None
    words: str
    code: str = ""
    address_is_bad: bool = False
    for_now: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """What a genuine webhook brought: mails, or failures of our own, or nothing that concerns us.

    ``once`` is what the provider's signature covers when that is not the body: whoever overheard it
    could sign another body with it. It may come again with the same content only.
    """

    mails: tuple[Envelope, ...] = ()
    failures: tuple[Failure, ...] = ()
    once: str | None = None

    def digest(self) -> str:
        """What all of it comes to, as a SHA-256 in hexadecimal."""
        found = hashlib.sha256()
        for mail in self.mails:
            found.update(repr((mail.sender, mail.recipients, mail.peer, len(mail.raw))).encode())
            found.update(mail.raw)
        found.update(repr(self.failures).encode())
        return found.hexdigest()


class Fields(BaseModel):
    """A provider's JSON: what we read of it; providers add fields without notice."""

    model_config = ConfigDict(extra="ignore", frozen=True)


def read_json(model: type[_M], body: bytes | str) -> _M:
    """Read a provider's JSON.

    Raises:
        NotAMail: not JSON, too deep, or a field is missing or of another kind; the message names
            the field and not its value.
    """
    try:
        return model.model_validate_json(body)
    except ValidationError as wrong:
        first = wrong.errors(include_input=False, include_url=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise NotAMail(f"{where or 'the body'} is not as the provider sends it") from None


def came_back(*reasons: str) -> str:
    """A provider's words for why a mail came back, fit to show: one line and not too long."""
    reason = next((each for each in reasons if each.strip()), "no reason given")
    shown = "".join(char if char.isprintable() else " " for char in reason)
    return f"The mail came back: {' '.join(shown.split())[:MOST_SAID]}"


def password_given(headers: Mapping[str, str], secrets: Sequence[str]) -> bool:
    """Whether the password of the address's ``https://user:password@…`` is one of ours.

    The user's name is not looked at. RFC 7617.
    """
    scheme, _, credentials = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return False
    try:
        _, _, password = base64.b64decode(credentials.strip(), validate=True).partition(b":")
    except (binascii.Error, ValueError):
        return False
    return among(password, secrets)


def among(given: bytes, secrets: Sequence[str]) -> bool:
    """Compare with every secret in constant time; an empty one opens nothing."""
    # Every secret is compared, also after a match: the time taken tells nothing.
    matches = [hmac.compare_digest(given, each.encode()) for each in secrets if each]
    return any(matches)


def envelope(
    *, sender: str | None, recipients: Sequence[str | None], raw: bytes, peer: str = ""
) -> Envelope:
    """The mail as our own listener would have taken it.

    What cannot be an address is left out; ``<>`` is the empty sender of a bounce. Line ends become
    CRLF, which is what a sender has signed (RFC 6376 section 3.4).

    Raises:
        NotAMail: there is nothing in it, or nobody whom it is for.
    """
    spoken = [(each or "").strip().removeprefix("<").removesuffix(">") for each in recipients]
    named = tuple(dict.fromkeys(each for each in spoken if _ADDRESS.fullmatch(each)))
    if not named:
        raise NotAMail("it does not say whom the mail is for")
    if not raw.strip():
        raise NotAMail("there is no mail in it")
    author = (sender or "").strip().removeprefix("<").removesuffix(">")
    return Envelope(
        sender=author if _ADDRESS.fullmatch(author) else "",
        recipients=named[:MOST_RECIPIENTS],
        raw=_BARE.sub(b"\r\n", raw),
        peer=peer,
    )
