r"""One connection to a mailbox, by a library that blocks: called in a thread, cut from outside.

Nothing in the mailbox is changed but ``\Seen``, and nothing is ever deleted: the library's own way
to set a flag expunges the folder as well, so it is not used.
Sources: RFC 3501, RFC 2177 (IDLE).
"""

from __future__ import annotations

import contextlib
import imaplib
import re
import socket
import ssl
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Final, cast

from imap_tools.idle import get_socket_poller

from gateway.channels.email.imap_bookmark import Folder, Waiting
from gateway.channels.email.imap_client import Box, Client, said, troubles
from gateway.channels.email.imap_trouble import Trouble
from gateway.clock import SECOND

if TYPE_CHECKING:
    from io import BufferedReader

    from gateway.channels.email.imap_url import Place

SILENCE = 60.0
"""Seconds that the server may be silent within an answer."""

AT_ONCE: Final = 100  #: mails that are asked about in one command
_UID = re.compile(rb"\bUID (\d{1,10})\b")
_SIZE = re.compile(rb"\bRFC822\.SIZE (\d{1,18})\b")
_DATE = re.compile(rb'\bINTERNALDATE "([^"]{1,40})"')
_EMPTY = re.compile(rb"BODY\[[A-Z]*\] (?:NIL|\"([^\"]*)\")")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Line:
    """A connection to one folder, over a socket that is connected already.

    Every method blocks and raises ``Trouble``; ``cut`` may be called from any thread and makes the
    one that blocks return. ``trust``: whose TLS certificates are good.
    """

    def __init__(self, place: Place, wire: socket.socket, trust: ssl.SSLContext | None) -> None:
        self._place = place
        self._trust = trust
        self._wire = wire
        self._box: Box | None = None
        self._may_write = True
        self.is_cut = False
        self._exists: object = None
        self._looked_at: object = None

    def open(self) -> Folder:
        """Greet, protect, sign in and open the folder."""
        self._wire.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        self._wire.settimeout(SILENCE)
        if self._place.tls == "tls":
            self._protect(self._wire)
        with troubles("unreachable"):
            client = Client(self._wire, self._place.host)
        self._box = Box(client)
        if self._place.tls == "starttls":
            self._start_tls(client)
        with troubles("refused"):
            self._sign_in(self._box)
        with troubles("no_folder"):
            self._select(self._box)
            validity, following = (_number(client, each) for each in ("UIDVALIDITY", "UIDNEXT"))
            if validity == 0:
                raise Trouble("no_ids")
            highest = following - 1 if following else max(self._search("ALL"), default=0)
        return Folder(uid_validity=validity, highest=highest)

    def waiting(self, after: int) -> list[Waiting]:
        """The mails with a UID above ``after``, lowest first, ``AT_ONCE`` at most."""
        with troubles("declined"):
            self._looked_at = self._told()
            # "n:*" always holds the last mail as well (RFC 3501 section 6.4.8).
            uids = [uid for uid in self._search(f"UID {after + 1}:*") if uid > after][:AT_ONCE]
            return self._described(uids)

    def since(self, instant: int) -> list[int]:
        """UIDs of what came in at ``instant`` or later; microseconds UTC."""
        day = datetime.fromtimestamp(instant // SECOND, UTC)
        # The server looks at the day alone, in its own zone: one day more, and then the hour.
        day = datetime.fromtimestamp(day.timestamp() - 86_400, UTC)
        with troubles("declined"):
            uids = self._search(f"SINCE {day.day}-{_MONTHS[day.month - 1]}-{day.year}")
            found = []
            for start in range(0, len(uids), AT_ONCE):
                found += self._described(uids[start : start + AT_ONCE])
        return [each.uid for each in found if each.at is None or each.at >= instant]

    def fetch(self, uid: int, *, head_only: bool) -> bytes | None:
        """The mail's bytes, unmarked as read; ``None`` when it is no longer there."""
        part = "HEADER" if head_only else ""
        with troubles("declined"):
            for item in self._uid("FETCH", str(uid), f"(BODY.PEEK[{part}])"):
                if isinstance(item, tuple) and b"BODY[" in item[0]:
                    return bytes(item[1])
                empty = _EMPTY.search(item) if isinstance(item, bytes) else None
                if empty is not None:
                    return empty[1] or b""
        return None

    def mark_seen(self, uid: int) -> None:
        """Let whoever looks into the mailbox see that this one was taken, where that may be set."""
        if not self._may_write:
            return
        with troubles("declined"):
            # A server that refuses it has refused a courtesy.
            self._client.uid("STORE", str(uid), "+FLAGS.SILENT", r"(\Seen)")

    @property
    def can_idle(self) -> bool:
        """Whether the server says by itself when mail has come."""
        return "IDLE" in self._client.capabilities

    def idle(self, seconds: int) -> None:
        """Wait until the server says anything, or so long."""
        box = self._opened
        with troubles("lost"):
            box.idle.start()  # type: ignore[no-untyped-call]
            heard = self._in_buffer()
            # Of new mail since we looked the server may have said in passing.
            if self._told() == self._looked_at and not heard:
                # Not the library's poll: that reads, and takes half a line for a broken one.
                get_socket_poller(self._client.sock, seconds)
                heard = self._in_buffer()
            if heard.startswith(b"* BYE"):
                raise Trouble("lost", heard)
            box.idle.stop()  # type: ignore[no-untyped-call]

    def ask(self) -> None:
        """Give the server an occasion to say what is new."""
        with troubles("lost"):
            self._client.noop()

    def cut(self) -> None:
        """End it at once; whatever blocks on it fails."""
        self.is_cut = True
        with contextlib.suppress(OSError):
            # Not the TLS object's own: that takes itself apart under the thread that reads.
            socket.socket.shutdown(self._wire, socket.SHUT_RDWR)

    def close(self) -> None:
        """Let go of the socket; nothing may block on it any more."""
        with contextlib.suppress(OSError):
            if self._box is not None:
                self._box.client.shutdown()
        self._wire.close()

    @property
    def _opened(self) -> Box:
        if self._box is None:
            raise Trouble("lost")
        return self._box

    @property
    def _client(self) -> imaplib.IMAP4:
        return self._opened.client

    def _protect(self, plain: socket.socket) -> None:
        assert self._trust is not None  # noqa: S101 - whoever made us saw to it
        with troubles("untrusted"):
            self._wire = self._trust.wrap_socket(
                plain, server_hostname=self._place.host, do_handshake_on_connect=False
            )
            if self.is_cut:  # while the socket changed hands
                self.cut()
            self._wire.do_handshake()

    def _start_tls(self, client: imaplib.IMAP4) -> None:
        if "STARTTLS" not in client.capabilities:
            raise Trouble("no_tls")
        with troubles("untrusted"):
            client.starttls(self._trust)
            self._wire = client.sock
            if self.is_cut:
                self.cut()

    def _sign_in(self, box: Box) -> None:
        user, password = self._place.user, self._place.password
        if user.isascii() and password.isascii() and "LOGINDISABLED" not in self._capabilities():
            box.login(user, password, initial_folder=None)
        else:
            box.login_utf8(user, password, initial_folder=None)
        # What a server offers may change with the sign-in (RFC 3501 section 6.2.3).
        box.client._get_capabilities()

    def _capabilities(self) -> tuple[str, ...]:
        return tuple(self._client.capabilities)

    def _select(self, box: Box) -> None:
        try:
            box.folder.set(self._place.folder)
        except imaplib.IMAP4.readonly:
            self._may_write = False
            box.folder.set(self._place.folder, readonly=True)

    def _told(self) -> object:
        """How many mails the folder holds, by the server's last word on it."""
        numbers = self._client.untagged_responses.pop("EXISTS", None)
        if numbers:
            self._exists = numbers[-1]
        return self._exists

    def _in_buffer(self) -> bytes:
        """What has come and was not read: for that the socket would wake nobody."""
        wire = self._client.sock
        wire.settimeout(0)
        try:
            return bytes(cast("BufferedReader", self._client.file).peek(1))
        except (BlockingIOError, ssl.SSLWantReadError):
            return b""
        finally:
            wire.settimeout(SILENCE)

    def _search(self, criteria: str) -> list[int]:
        return sorted(int(uid) for uid in self._opened.uids(criteria, charset=None))

    def _described(self, uids: list[int]) -> list[Waiting]:
        if not uids:
            return []
        told: dict[int, bytes] = {}
        which = ",".join(str(uid) for uid in uids)
        for item in self._uid("FETCH", which, "(UID RFC822.SIZE INTERNALDATE)"):
            line = item if isinstance(item, bytes) else b""
            uid = _UID.search(line)
            if uid is not None and _SIZE.search(line):
                told[int(uid[1])] = line
        # One that the server lists and does not describe must be passed by, not met for ever.
        return [_waiting(uid, told.get(uid, b"")) for uid in uids]

    def _uid(self, command: str, *words: str) -> list[Any]:
        status, data = self._client.uid(command, *words)
        if status != "OK":
            raise Trouble("declined", said(data))
        return list(data)


def _waiting(uid: int, line: bytes) -> Waiting:
    size, date = _SIZE.search(line), _DATE.search(line)
    at = None
    if date is not None:
        with contextlib.suppress(ValueError):
            at = round(parsedate_to_datetime(date[1].decode("ascii", "replace")).timestamp())
    return Waiting(
        uid=uid, size=int(size[1]) if size else 0, at=None if at is None else at * SECOND
    )


def _number(client: imaplib.IMAP4, code: str) -> int:
    _, data = client.response(code)
    text = data[-1] if data else None
    return int(text) if isinstance(text, bytes) and text.isdigit() else 0
