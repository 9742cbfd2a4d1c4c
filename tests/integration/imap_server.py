"""A mail server with one mailbox on a free port of this machine; pymap speaks the IMAP."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from argparse import Namespace
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote

import anyio
import anyio.lowlevel
from proxyprotocol.sock import SocketInfo
from pymap.backend.dict import Config, DictBackend, Login
from pymap.backend.dict.filter import FilterSet
from pymap.backend.dict.mailbox import MailboxData, MailboxSet
from pymap.config import BackendCapability
from pymap.imap import IMAPServer
from pymap.parsing.message import AppendMessage
from pymap.parsing.specials.flag import Flag, Seen
from pymap.user import Passwords, UserMetadata
from pysasl.hashing import BuiltinHash
from typing_extensions import override

from gateway.clock import SECOND, SystemClock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

CERTIFICATES = Path(__file__).resolve().parents[1] / "corpus" / "tls"
USER, PASSWORD = "help@shoes.example", "p@ss/w#rd"
#: blanks, quotes, what a URL parts by, and letters that LOGIN cannot carry
MAILBOX_PASSWORDS = ["p@ss/w#rd?%41", 'two words "quoted" \\ back', "gr\u00fc\u00dfe"]
PATIENCE = 45.0  #: seconds, on a machine with other work
Protection = Literal["tls", "starttls", "none"]


class _WithoutIdle(Config):
    @property
    @override
    def backend_capability(self) -> BackendCapability:
        return BackendCapability(idle=False, object_id=True, multi_append=True)


@dataclass
class ImapServer:
    """The server; ``deliver`` is what its own mail agent would do."""

    protection: Protection
    config: Config
    backend: DictBackend
    folders: MailboxSet
    clock: SystemClock = field(default_factory=SystemClock)
    port: int = 0
    connections: int = 0
    commands: list[str] = field(default_factory=list)
    _heard: asyncio.Condition = field(default_factory=asyncio.Condition)
    _server: asyncio.Server | None = None
    _lines: dict[asyncio.Task[None], asyncio.StreamWriter] = field(default_factory=dict)

    def url(self, folder: str = "INBOX", *, password: str = PASSWORD, query: str = "") -> str:
        """What an operator would set."""
        scheme = "imaps" if self.protection == "tls" else "imap"
        if self.protection == "none":
            query = query or "?tls=none"
        signed = f"{quote(USER, safe='')}:{quote(password, safe='')}"
        return f"{scheme}://{signed}@127.0.0.1:{self.port}/{folder}{query}"

    async def deliver(
        self,
        raw: bytes,
        *,
        ago: timedelta | None = None,
        folder: str = "INBOX",
        flags: Iterable[Flag] = (),
    ) -> None:
        """Put a mail into a folder, as of some time ago."""
        now = datetime.fromtimestamp(self.clock.now() // SECOND, UTC)
        when = now - (ago or timedelta())
        box = await self.folders.get_mailbox(folder)
        await box.append(AppendMessage(raw, when, frozenset(flags)))

    async def last_uid(self, folder: str = "INBOX") -> int:
        """The highest number that a folder has given."""
        box = await self.folders.get_mailbox(folder)
        return max([each.uid async for each in box.messages()])

    async def unread(self, folder: str = "INBOX") -> int:
        """How many mails in a folder nobody has looked at."""
        box = await self.folders.get_mailbox(folder)
        return len([each async for each in box.messages() if Seen not in each.permanent_flags])

    async def size(self, folder: str = "INBOX") -> int:
        """How many mails a folder holds."""
        box = await self.folders.get_mailbox(folder)
        return len([each async for each in box.messages()])

    async def make(self, folder: str) -> MailboxData:
        """Make a folder, anew if it is there already: with other numbers."""
        with contextlib.suppress(KeyError):
            await self.folders.delete_mailbox(folder)
        await self.folders.add_mailbox(folder)
        return await self.folders.get_mailbox(folder)

    async def password_is(self, password: str) -> None:
        """Somebody changes the mailbox's password."""
        hashed = await Passwords(self.config).hash_password(password)
        user = UserMetadata(self.config, USER, password=hashed)
        self.backend.login.users_dict[USER] = user

    def _listen_in(self, reader: asyncio.StreamReader) -> None:
        read = reader.readline

        async def readline() -> bytes:
            line = await read()
            async with self._heard:
                self.commands.append(line.split()[1].decode() if b" " in line else "")
                self._heard.notify_all()
            return line

        reader.readline = readline  # type: ignore[method-assign]  # the server's own ear

    async def idles(self, times: int = 1, folder: str = "INBOX") -> None:
        """Wait until it was told so often to IDLE, and waits for news."""
        with anyio.fail_after(PATIENCE):
            async with self._heard:
                while self.commands.count("IDLE") < times:
                    await self._heard.wait()
            box = await self.folders.get_mailbox(folder)
            while not box._updated._listeners:  # type: ignore[attr-defined]
                await anyio.lowlevel.checkpoint()

    def drop(self) -> None:
        """Cut every connection without a word."""
        for line in self._lines.values():
            line.transport.abort()

    async def start(self) -> None:
        """Listen, on the same port as before if there was one."""
        answer = IMAPServer(self.backend.login, self.config)

        async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self.connections += 1
            task = asyncio.current_task()
            assert task is not None
            self._lines[task] = writer
            self._listen_in(reader)
            try:
                with contextlib.suppress(ConnectionError, ssl.SSLError):
                    await answer(reader, writer, SocketInfo.get(writer, None))
            finally:
                del self._lines[task]

        context = self.config.ssl_context if self.protection == "tls" else None
        self._server = await asyncio.start_server(connected, "127.0.0.1", self.port, ssl=context)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Be gone; what lies in the mailbox stays."""
        server, self._server = self._server, None
        if server is not None:
            server.close()
            self.drop()
            await asyncio.gather(*self._lines, return_exceptions=True)
            await server.wait_closed()


@contextlib.asynccontextmanager
async def imap_server(
    protection: Protection = "none", *, idle: bool = True
) -> AsyncIterator[ImapServer]:
    """A server with an empty mailbox of ``USER``; gone at the end."""
    given = Namespace(
        host="127.0.0.1",
        port=0,
        debug=False,
        cert=str(CERTIFICATES / "localhost.pem"),
        key=None,
        tls=protection == "starttls",
        passlib_cfg=None,
        proxy_protocol=None,
        demo_data=False,
        demo_user=USER,
        demo_password=PASSWORD,
    )
    # Its own rounds take a third of a second, at each sign-in.
    quick = BuiltinHash(rounds=1)
    config = (Config if idle else _WithoutIdle).from_args(given, hash_context=quick)
    config.apply_context()
    folders = MailboxSet()
    config.set_cache[USER] = (folders, FilterSet())
    server = ImapServer(protection, config, DictBackend(Login(config), config), folders)
    await server.password_is(PASSWORD)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()
