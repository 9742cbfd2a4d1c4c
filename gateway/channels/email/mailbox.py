"""``Name <address>`` taken apart, strictly: what may stand in a head and in an SMTP command.

Quoted local parts are refused although RFC 5322 allows them: they are how line breaks and angle
brackets are smuggled into SMTP commands, and shoppers do not have such addresses.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email

from gateway.errors import BadInput

LOCAL_PART_OCTETS = 64  # RFC 5321 section 4.5.3.1.1
ADDRESS_OCTETS = 254  # RFC 5321 section 4.5.3.1.3, less the angle brackets

_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.\-\u00a1-\ud7ff\uf900-\U000e0fff]+")
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """A display name, which may be empty, and an address whose domain is ASCII."""

    name: str
    address: str

    @property
    def domain(self) -> str:
        """What stands right of the ``@``."""
        return self.address.rpartition("@")[2]

    @property
    def needs_smtputf8(self) -> bool:
        """Whether only servers with SMTPUTF8 (RFC 6531) can carry it."""
        return not self.address.isascii()


def mailbox(value: str, *, field: str) -> Mailbox:
    """Read ``"Name <address>"`` or a bare address; the last angle brackets are the address.

    A domain in another script becomes its ASCII form (IDNA 2008).

    Raises:
        BadInput: not an address, or a line break anywhere; ``details["field"]`` is ``field``.
    """
    if "\r" in value or "\n" in value:
        raise BadInput("An address may not hold a line break", field=field)
    name, address = "", value.strip()
    if address.endswith(">"):
        name, bracket, address = address[:-1].rpartition("<")
        if not bracket:
            raise BadInput("This is not a mail address", field=field)
    name = name.strip()
    if len(name) > 1 and name[0] == name[-1] == '"':
        name = re.sub(r"\\(.)", r"\1", name[1:-1])
    return Mailbox(name=name, address=_checked(address.strip(), field))


def _checked(address: str, field: str) -> str:
    local, at, domain = address.rpartition("@")
    if at and local and not domain.isascii():
        domain = _ascii_domain(domain, field)
    whole = f"{local}@{domain}"
    # The lengths first: they bound what the patterns may cost.
    if (
        len(local.encode("utf-8", "replace")) > LOCAL_PART_OCTETS
        or len(whole.encode("utf-8", "replace")) > ADDRESS_OCTETS
        or not local.isprintable()
        or not _LOCAL.fullmatch(local)
        or not _DOMAIN.fullmatch(domain)
    ):
        raise BadInput("This is not a mail address", field=field)
    return whole


def _ascii_domain(domain: str, field: str) -> str:
    try:
        checked = validate_email(f"x@{domain}", check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise BadInput("This is not a mail address", field=field) from error
    return checked.ascii_domain
