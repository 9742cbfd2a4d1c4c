"""The library's client, as far as it has to be another: its socket, its IDLE, what it raises."""

from __future__ import annotations

import asyncio
import contextlib
import imaplib
import socket
import ssl
from typing import TYPE_CHECKING

import anyio
from imap_tools import BaseMailBox
from imap_tools.errors import (
    ImapToolsError,
    MailboxTaggedResponseError,
    UnexpectedCommandStatusError,
)
from imap_tools.idle import IdleManager
from typing_extensions import override

from gateway.channels.email.imap_trouble import Kind, Trouble

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.channels.email.imap_url import Place

CONNECT = 20.0  #: seconds


class Client(imaplib.IMAP4):
    """The standard library's, over a socket that is already connected."""

    def __init__(self, wire: socket.socket, host: str) -> None:
        self._wire = wire
        super().__init__(host)

    # Not in the standard library's stubs; imaplib calls it for its socket.
    def _create_socket(self, timeout: float | None) -> socket.socket:
        return self._wire


class _Idle(IdleManager):
    @override
    def start(self) -> None:
        client = self.mailbox.client
        self._idle_tag = client._command("IDLE")
        # The library takes any word before the "+" for a refusal, also that there is new mail.
        while client._get_response() is not None:
            client._check_bye()
            refusal = client.tagged_commands[self._idle_tag]
            if refusal:
                raise MailboxTaggedResponseError(refusal, "OK")


class Box(BaseMailBox):
    """The library's mailbox, over a client that is made already."""

    idle_manager_class = _Idle

    def __init__(self, client: imaplib.IMAP4) -> None:
        self._made = client
        super().__init__()

    @override
    def _get_mailbox_client(self) -> imaplib.IMAP4:
        return self._made


@contextlib.contextmanager
def troubles(kind: Kind) -> Iterator[None]:
    """Name what the libraries raise; ``kind`` is what a refusal means here."""
    try:
        yield
    except UnexpectedCommandStatusError as error:
        raise Trouble(kind, said(error.command_result[1])) from None
    except imaplib.IMAP4.abort as error:
        # A server that ends the connection often says why: "BYE [UNAVAILABLE] …".
        raise Trouble("lost", str(error)) from None
    except ssl.SSLCertVerificationError:
        raise Trouble("untrusted") from None
    except (imaplib.IMAP4.error, ImapToolsError) as error:
        raise Trouble(kind, str(error)) from None
    except (OSError, EOFError, ValueError):
        raise Trouble("lost" if kind != "unreachable" else kind) from None


def said(data: object) -> bytes:
    """What a server said beside its NO."""
    words = data[-1] if isinstance(data, list) and data else b""
    return words if isinstance(words, bytes) else b""


async def dial(place: Place) -> socket.socket:
    """A connected, blocking socket; made by the loop, so that a cancel ends it at once.

    Raises:
        Trouble: nobody is there.
    """
    loop = asyncio.get_running_loop()
    with anyio.move_on_after(CONNECT):
        try:
            found = await loop.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            raise Trouble("unreachable") from None
        for family, kind, number, _, address in found:
            wire = socket.socket(family, kind, number)
            try:
                wire.setblocking(False)
                await loop.sock_connect(wire, address)
            except OSError:
                wire.close()
            except BaseException:
                wire.close()
                raise
            else:
                return wire
    raise Trouble("unreachable")
