"""Mail in: a mailbox that is read from outside, for whoever has no server to send it here.

Every mail is stored before it is marked, and marked before the bookmark moves past it: whatever
breaks in between, the mail is met again and known by its Message-ID.
"""

from __future__ import annotations

import contextlib
import random
import ssl
import traceback
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

import anyio
import anyio.to_thread
import structlog

from gateway.channels.email.imap_bookmark import (
    Bookmark,
    Folder,
    Waiting,
    first_look,
    renumbered,
    window_of,
)
from gateway.channels.email.imap_books import Books, Name, NotHeld, State
from gateway.channels.email.imap_client import dial
from gateway.channels.email.imap_line import Line
from gateway.channels.email.imap_trouble import Trouble
from gateway.errors import OnethreadError, StorageRefused

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway.channels.email.imap_url import Place
    from gateway.clock import Clock

T = TypeVar("T")

IDLE = 60
"""Seconds that the server is listened to before we look ourselves.

RFC 2177 allows 29 minutes, but a router that forgets the line, or a server that forgets to speak,
must not cost anybody more than this.
"""

SETTLE = 1
"""Seconds of the first IDLE after something came.

Some servers tell of what comes after it began and not of what came since we looked.
"""

POLL = 30.0  #: seconds between looks where the server does not say by itself that mail has come
RENEW = 20.0  #: seconds between renewals of the lease
MOST_BYTES = 50 * 1024 * 1024
MOST_TRIES = 5  #: to take one mail, before it is set aside for those behind it
FIRST_PAUSE, LONGEST_PAUSE = 2.0, 300.0
#: providers lock a mailbox out whose password is tried again and again
FIRST_PAUSE_REFUSED, LONGEST_PAUSE_REFUSED = 60.0, 900.0
STEADY = 60.0  #: seconds that a connection has to have held before its loss counts as the first

TOO_LARGE = "too large: only its head was fetched"
NOT_TAKEN = "could not be fetched"

_log = structlog.get_logger(__name__)


class MailboxReader:
    """Reads one folder until it is cancelled; survives whatever the server does.

    ``most_bytes``: of a larger mail only the head is fetched.
    """

    def __init__(
        self, place: Place, books: Books, clock: Clock, *, most_bytes: int = MOST_BYTES
    ) -> None:
        self._place = place
        self._books = books
        self._clock = clock
        self._most_bytes = most_bytes
        self._thread = anyio.CapacityLimiter(1)
        self._is_held = False
        self.state = State(name="starting", since=clock.now())

    async def run(self) -> None:
        """Connect, read, and connect again, with growing pauses, until cancelled."""
        failures = 0
        try:
            while True:
                began = self._clock.monotonic()
                trouble = await self._whatever_happens()
                if trouble is None:
                    self._stand_by()
                    await self._clock.sleep(RENEW)
                    continue
                failures = 0 if self._clock.monotonic() - began > STEADY else failures
                self._is("in_trouble", trouble)
                await self._clock.sleep(_pause(trouble, failures))
                failures += 1
        finally:
            with anyio.CancelScope(shield=True), contextlib.suppress(OnethreadError):
                if self._is_held:
                    await self._books.let_go()

    def _stand_by(self) -> None:
        if not self._is_held:
            self._is("standing_by")

    async def _whatever_happens(self) -> Trouble | None:
        try:
            return await self._once()
        except Exception as error:
            # It would take the whole gateway with it; what was read is in the books.
            _report("mailbox.failed", error)
            return Trouble("failed")

    async def _once(self) -> Trouble | None:
        """One connection, from beginning to end.

        Returns:
            What ended it; ``None`` when the mailbox is another's to read, or we were told to stop.
        """
        try:
            mark = await self._books.hold()
            self._is_held = mark is not None
            if mark is None:
                return None
            if not await self._books.has_readers():
                return Trouble("no_store")
            trust = None
            if self._place.tls != "none":
                trust = await anyio.to_thread.run_sync(ssl.create_default_context)
            line = Line(self._place, await dial(self._place), trust)
        except Trouble as trouble:
            return trouble
        except StorageRefused:
            return Trouble("storage")
        try:
            return await self._while_held(line, mark)
        finally:
            line.close()

    async def _while_held(self, line: Line, mark: Bookmark) -> Trouble | None:
        found: Trouble | None = None
        async with anyio.create_task_group() as group:
            group.start_soon(self._cut_at_the_end, line)
            group.start_soon(self._renew, group.cancel_scope)
            try:
                await self._read(line, mark)
            except Trouble as trouble:
                # Our own cut looks like a loss, too.
                found = None if line.is_cut else trouble
            except StorageRefused:
                found = Trouble("storage")
            except NotHeld:
                self._is_held = False
            finally:
                group.cancel_scope.cancel()
        return found

    async def _cut_at_the_end(self, line: Line) -> None:
        try:
            await anyio.sleep_forever()
        finally:
            line.cut()

    async def _renew(self, scope: anyio.CancelScope) -> None:
        while self._is_held:
            await self._clock.sleep(RENEW)
            # While the database cannot say, nothing can be marked either.
            with contextlib.suppress(StorageRefused):
                self._is_held = await self._books.hold() is not None
        scope.cancel()

    async def _read(self, line: Line, mark: Bookmark) -> None:
        folder = await self._in_thread(line.open)
        mark = await self._find_place(line, folder, mark)
        came = True
        while True:
            read_to = mark.last_uid
            mark = await self._take_all(line, mark)
            self._is("reading")
            if line.can_idle:
                came = came or mark.last_uid != read_to
                await self._in_thread(line.idle, SETTLE if came else IDLE)
                came = False
            else:
                await self._clock.sleep(POLL)
                await self._in_thread(line.ask)

    async def _find_place(self, line: Line, folder: Folder, mark: Bookmark) -> Bookmark:
        now = self._clock.now()
        if mark.uid_validity == folder.uid_validity:
            return mark
        if mark.uid_validity == 0:
            fresh = first_look(folder, now)
            _log.info("mailbox.first_look")
        else:
            recent = await self._in_thread(line.since, window_of(mark))
            fresh, left = renumbered(mark, folder, recent)
            _log.warning("mailbox.renumbered", again=len(recent) - left, left_aside=left)
        await self._books.mark(fresh)
        return fresh

    async def _take_all(self, line: Line, mark: Bookmark) -> Bookmark:
        while waiting := await self._in_thread(line.waiting, mark.last_uid):
            for mail in waiting:
                if mark.takes(mail):
                    mark = await self._take(line, mail, mark)
            mark = mark.moved_to(waiting[-1].uid)
            await self._books.mark(mark)
        mark = replace(mark, looked_at=self._clock.now())
        await self._books.mark(mark)
        return mark

    async def _take(self, line: Line, mail: Waiting, mark: Bookmark) -> Bookmark:
        """Store one mail, mark it, move on.

        Raises:
            Trouble: not this time; it is tried again, a few times.
        """
        raw = b""
        try:
            raw = await self._fetch(line, mail)
            if await self._store(raw, mail, mark):
                await self._in_thread(line.mark_seen, mail.uid)
        except (StorageRefused, NotHeld):
            raise
        except Exception as error:
            mark = mark.stuck_at(mail.uid)
            if mark.stuck_times >= MOST_TRIES:
                await self._books.set_aside(raw, mark.number_of(mail), NOT_TAKEN)
                mark = mark.moved_to(mail.uid)
            await self._books.mark(mark)
            if isinstance(error, Trouble):
                raise
            _report("mailbox.mail_not_taken", error)
            raise Trouble("declined") from None
        mark = mark.moved_to(mail.uid)
        await self._books.mark(mark)
        return mark

    async def _fetch(self, line: Line, mail: Waiting) -> bytes:
        """The mail, or its head; nothing when somebody has deleted it meanwhile."""
        head_only = mail.size > self._most_bytes
        return await self._in_thread(lambda: line.fetch(mail.uid, head_only=head_only)) or b""

    async def _store(self, raw: bytes, mail: Waiting, mark: Bookmark) -> bool:
        if mail.size > self._most_bytes:
            await self._books.set_aside(raw, mark.number_of(mail), TOO_LARGE)
            return False
        return bool(raw) and await self._books.keep(raw)

    async def _in_thread(self, fn: Callable[..., T], *words: Any) -> T:  # noqa: ANN401
        return await anyio.to_thread.run_sync(fn, *words, limiter=self._thread)

    def _is(self, name: Name, trouble: Trouble | None = None) -> None:
        kind, words = (trouble.kind, trouble.words) if trouble is not None else ("", "")
        if (self.state.name, self.state.words) == (name, words):
            return
        since = self.state.since if self.state.name == name else self._clock.now()
        self.state = State(name=name, kind=kind, words=words, since=since)
        self._books.now_is(self.state)
        tell = _log.warning if name == "in_trouble" else _log.info
        tell("mailbox.state", state=name, because=words or None)


def _report(event: str, error: BaseException) -> None:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    # The place but not the message: that may quote an address or a line of the mail.
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{frames[-1].name}:{frames[-1].lineno}" if frames else ""
    _log.warning(event, error=type(error).__name__, at=place)


def _pause(trouble: Trouble, failures: int) -> float:
    """Seconds to wait: doubled with every failure, and never quite the same."""
    first, longest = FIRST_PAUSE, LONGEST_PAUSE
    if trouble.kind == "refused":
        first, longest = FIRST_PAUSE_REFUSED, LONGEST_PAUSE_REFUSED
    return min(longest, first * 2.0 ** min(failures, 20)) * random.uniform(0.75, 1.25)  # noqa: S311
