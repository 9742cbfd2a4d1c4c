"""The phones and mailboxes, and who is watching them."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Literal

import anyio

from gateway.errors import NotFound
from gateway.sandbox.push_exchange import PushExchange
from gateway.sandbox.switches import Switches

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream

    from gateway.sandbox.letters import Letter
    from gateway.sandbox.shop_app import Notice

Change = dict[str, object]

_BACKLOG = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneText:
    """A text as its phone shows it; ``at`` in microseconds UTC.

    An ``in`` text has reached the handset; an ``out`` one is ``sending``, ``delivered`` once the
    webhook took it, or ``failed``. By WhatsApp an ``in`` one is ``read`` once they have opened it.
    """

    sid: str
    direction: Literal["in", "out"]
    peer: str
    body: str
    status: str
    at: int
    media: tuple[tuple[str, str], ...] = ()  #: sid and type of each picture
    channel: Literal["sms", "whatsapp"] = "sms"


class World:
    """All that a person could hold in their hand, keyed by number and by mail address.

    Nothing is ever forgotten while the process runs: it is what ``GET /api/state`` promises.
    """

    def __init__(self, *, numbers: Iterable[str], addresses: Iterable[str]) -> None:
        self._phones: dict[str, dict[str, PhoneText]] = {number: {} for number in numbers}
        self._mailboxes: dict[str, dict[str, Letter]] = {_key(address): {} for address in addresses}
        self._watchers: set[MemoryObjectSendStream[Change]] = set()
        self.switches = Switches()
        self.exchange = PushExchange()
        self.notices: dict[str, Notice] = {}  #: of the shop's app, by id

    def put_text(self, number: str, text: PhoneText) -> None:
        """Show a text on a phone, or show it anew when its sid is known there."""
        self._phones.setdefault(number, {})[text.sid] = text
        self.tell({"kind": "text", "number": number, "text": asdict(text)})

    def put_notice(self, notice: Notice) -> None:
        """Show a notification of the shop's app, or show it anew."""
        self.notices[notice.id] = notice
        self.tell({"kind": "notice", "notice": asdict(notice)})

    def put_letter(self, address: str, letter: Letter) -> None:
        """Lay a letter into a mailbox, or replace the one with its id."""
        self._mailboxes.setdefault(_key(address), {})[letter.id] = letter
        self.tell({"kind": "letter", "address": _key(address), "letter": letter.as_json()})

    def letter(self, address: str, letter_id: str) -> Letter:
        """Return one letter.

        Raises:
            NotFound: when that mailbox has no such letter.
        """
        found = self._mailboxes.get(_key(address), {}).get(letter_id)
        if found is None:
            raise NotFound("This mailbox has no such mail.")
        return found

    def texts(self, number: str) -> list[PhoneText]:
        """Return what a phone shows, in order of arrival."""
        return list(self._phones.get(number, {}).values())

    def last_to_text(self, number: str) -> str | None:
        """Return the number that a phone's newest received text came from."""
        texts = self._phones.get(number, {}).values()
        received = (each for each in reversed(texts) if each.direction == "in")
        return next((each.peer for each in received if each.channel == "sms"), None)

    def switch(self, wish: Mapping[str, object]) -> Switches:
        """Change switches and return them all.

        Raises:
            BadInput: for an unknown switch or mode.
        """
        self.switches = self.switches.changed(wish)
        self.tell({"kind": "switches", "switches": asdict(self.switches)})
        return self.switches

    def snapshot(self) -> dict[str, object]:
        """Return phones, mailboxes and switches as JSON values, each list in order of arrival."""
        return {
            "phones": {
                number: [asdict(text) for text in texts.values()]
                for number, texts in self._phones.items()
            },
            "mailboxes": {
                address: [letter.as_json() for letter in letters.values()]
                for address, letters in self._mailboxes.items()
            },
            "notices": [asdict(notice) for notice in self.notices.values()],
            "browsers": [
                each.as_json(self.exchange.base) for each in self.exchange.browsers.values()
            ],
            "switches": asdict(self.switches),
        }

    @contextmanager
    def watch(self) -> Iterator[MemoryObjectReceiveStream[Change]]:
        """Yield the changes from now on; the stream ends when its reader falls far behind."""
        send, receive = anyio.create_memory_object_stream[Change](_BACKLOG)
        self._watchers.add(send)
        try:
            with receive:
                yield receive
        finally:
            self._watchers.discard(send)
            send.close()

    def tell(self, change: Change) -> None:
        """Let every watcher know; ``kind`` says what kind of change it is."""
        for watcher in list(self._watchers):
            try:
                watcher.send_nowait(change)
            except (anyio.WouldBlock, anyio.BrokenResourceError):
                self._drop(watcher)

    def _drop(self, watcher: MemoryObjectSendStream[Change]) -> None:
        self._watchers.discard(watcher)
        watcher.close()


def _key(address: str) -> str:
    return address.strip().lower()
