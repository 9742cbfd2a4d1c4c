"""What keeps a mailbox from being read, in words for whoever runs the gateway.

A server's own words are never passed on: they often quote the address. Of them only the response
code counts (RFC 3501 section 7.1, RFC 5530).
"""

from __future__ import annotations

import re
from typing import Final, Literal

Kind = Literal[
    "unreachable",
    "untrusted",
    "no_tls",
    "refused",
    "no_folder",
    "no_ids",
    "lost",
    "declined",
    "storage",
    "no_store",
    "failed",
]

_WORDS: Final[dict[Kind, str]] = {
    "unreachable": "the mail server cannot be reached",
    "untrusted": "the mail server's TLS certificate is not good for its name",
    "no_tls": "the mail server offers no STARTTLS: use imaps://, or say ?tls=none",
    "refused": "the mail server refused the user or the password",
    "no_folder": "the mail server has no such folder, or does not open it",
    "no_ids": "the mail server numbers its mails in no lasting way (no UIDVALIDITY)",
    "lost": "the connection was lost",
    "declined": "the mail server declined to show what is in the mailbox",
    "storage": "what was read could not be stored",
    "no_store": "no store has a mail address: mail in the mailbox would be for nobody",
    "failed": "reading it failed inside the gateway: see its log",
}
_CODES: Final = {
    "ALERT": "it has a message for the mailbox's owner: sign in by hand to read it",
    "UNAVAILABLE": "a part of it is out of order for now",
    "AUTHENTICATIONFAILED": "the user or the password is wrong",
    "AUTHORIZATIONFAILED": "this user may not open this mailbox",
    "EXPIRED": "the password has expired",
    "PRIVACYREQUIRED": "it wants TLS",
    "CONTACTADMIN": "ask whoever runs it",
    "INUSE": "somebody else has the mailbox open",
    "LIMIT": "too many connections, or too much was asked of it",
    "OVERQUOTA": "the mailbox is full",
    "SERVERBUG": "it failed inside",
    "NONEXISTENT": "there is no such folder",
    "NOPERM": "this user may not",
}
_CODE = re.compile(r"\[([A-Za-z-]{2,40})[\] ]")


class Trouble(Exception):
    """The mailbox cannot be read now; ``words`` say why."""

    def __init__(self, kind: Kind, said: bytes | str = b"") -> None:
        super().__init__(kind)
        self.kind: Final = kind
        text = said.decode("ascii", "replace") if isinstance(said, bytes) else said
        found = _CODE.search(text)
        self.code: Final = found[1].upper() if found is not None else ""

    @property
    def words(self) -> str:
        """One sentence without a name, an address or a number of anybody."""
        more = _CODES.get(self.code)
        return f"{_WORDS[self.kind]} ({more})" if more else _WORDS[self.kind]
