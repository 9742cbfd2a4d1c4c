"""A road between a gateway and PostgreSQL on which a COMMIT, or its answer, can be lost."""

from __future__ import annotations

import asyncio
from enum import Enum
from types import TracebackType

COMMIT = b"Q\x00\x00\x00\x0cCOMMIT;\x00"  # protocol 3.0: type, length, query


class Fate(Enum):
    """What becomes of the next COMMIT."""

    ARRIVES = "it arrives and is answered"
    LOST = "the connection ends before the server hears of it"
    UNANSWERED = "the server hears of it and its answer is lost"
    LATE = "the client's connection ends; the server hears of it when the road is opened"
    HELD = "the server hears of it; its answer travels when the road is opened"


class Road:
    """A TCP proxy on loopback; ``async with`` it."""

    def __init__(self, host: str, port: int) -> None:
        self._target = host, port
        self._travelling: dict[asyncio.Task[None], tuple[asyncio.StreamWriter, ...]] = {}
        self.next = Fate.ARRIVES
        self.happened = asyncio.Event()
        self.opened = asyncio.Event()
        self.port = 0

    async def __aenter__(self) -> Road:
        await self.lead_there()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        await self.break_off()

    async def lead_there(self) -> None:
        """Take connections, at the same port as before if it was broken off."""
        self._server = await asyncio.start_server(self._travel, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def break_off(self) -> None:
        """End every connection and take none: the database is away."""
        self._server.close()
        self.opened.set()
        for ends in self._travelling.values():
            for end in ends:
                end.transport.abort()
        await asyncio.gather(*self._travelling, return_exceptions=True)

    def meets(self, fate: Fate) -> None:
        """Decide the fate of the next COMMIT; those after it arrive."""
        self.next = fate
        self.happened.clear()
        self.opened.clear()

    async def _travel(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        there_reader, there_writer = await asyncio.open_connection(*self._target)
        self._travelling[task] = writer, there_writer
        may_answer = asyncio.Event()
        may_answer.set()
        answers = asyncio.create_task(self._answer(there_reader, writer, may_answer))
        try:
            while (sent := await reader.read(65_536)) and await self._ask(
                sent, writer, there_writer, there_reader, answers, may_answer
            ):
                pass
        except ConnectionError:
            return
        finally:
            answers.cancel()
            writer.close()
            there_writer.close()
            del self._travelling[task]

    async def _ask(
        self,
        sent: bytes,
        writer: asyncio.StreamWriter,
        there: asyncio.StreamWriter,
        answer: asyncio.StreamReader,
        answers: asyncio.Task[None],
        may_answer: asyncio.Event,
    ) -> bool:
        """Send on what the client said; False ends both connections."""
        fate = self.next if sent.endswith(COMMIT) else Fate.ARRIVES
        if fate is Fate.ARRIVES:
            there.write(sent)
            await there.drain()
            return True
        self.next = Fate.ARRIVES
        may_answer.clear()
        if fate is Fate.LATE:
            writer.close()
            self.happened.set()
            await self.opened.wait()
        if fate is not Fate.LOST:
            there.write(sent)
            await there.drain()
        if fate is Fate.HELD:
            self.happened.set()
            await self.opened.wait()
            may_answer.set()
            return True
        if fate is Fate.UNANSWERED:
            answers.cancel()
            await asyncio.gather(answers, return_exceptions=True)
            assert (await answer.read(1)) == b"C", "the server did not complete the COMMIT"
        self.happened.set()
        return False

    async def _answer(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, may: asyncio.Event
    ) -> None:
        try:
            while found := await reader.read(65_536):
                await may.wait()
                writer.write(found)
                await writer.drain()
        except ConnectionError:
            return
        writer.close()  # the server said goodbye
