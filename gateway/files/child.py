"""Run a reader of hostile bytes in a child process, with a limit on time and on memory.

A parser that loops or swells takes only its child with it. One child is kept for the next piece;
after a failure a fresh one is started.
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Callable
from typing import Any

import anyio
from anyio.abc import Process

from gateway.errors import OnethreadError

SECONDS = 20.0
MEMORY = 1_500_000_000  #: bytes of address space
MOST_ANSWER = 64_000_000


class Unreadable(OnethreadError):
    """The child died or ran out of time over this."""

    code = "unreadable"


class Child:
    """One reader: ``module`` is run as ``python -m module`` and answers JSON for bytes."""

    def __init__(self, module: str, *, seconds: float = SECONDS) -> None:
        self._module = module
        self._seconds = seconds
        self._process: Process | None = None
        self._turn = anyio.Lock()

    async def read(self, raw: bytes) -> Any:  # noqa: ANN401  # whatever the module answers
        """Hand bytes to the child; its answer.

        Raises:
            Unreadable: it died, ran out of time or answered nonsense; it is gone then.
        """
        async with self._turn:
            try:
                with anyio.fail_after(self._seconds):
                    return await self._ask(raw)
            except (TimeoutError, OSError, EOFError, ValueError, anyio.EndOfStream) as error:
                await self._kill()
                raise Unreadable from error
            except (anyio.BrokenResourceError, anyio.ClosedResourceError) as error:
                await self._kill()
                raise Unreadable from error
            except BaseException:
                # Cancelled half-way through an answer: what is left in the pipe is not the next's.
                await self._kill()
                raise

    async def aclose(self) -> None:
        """End the child."""
        await self._kill()

    async def _ask(self, raw: bytes) -> Any:  # noqa: ANN401
        if self._process is None or self._process.returncode is not None:
            self._process = await anyio.open_process(
                [sys.executable, "-m", self._module], stderr=None
            )
        process = self._process
        if process.stdin is None or process.stdout is None:
            raise OSError("the child has no pipes")
        await process.stdin.send(len(raw).to_bytes(8, "big") + raw)
        held = bytearray()
        while len(held) < 8 or len(held) < 8 + int.from_bytes(held[:8], "big"):
            held += await process.stdout.receive()
            if len(held) > MOST_ANSWER:
                raise ValueError("the answer is too large")
        return json.loads(bytes(held[8:]))

    async def _kill(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with anyio.CancelScope(shield=True):
            if process.returncode is None:
                process.kill()
            await process.aclose()


def serve(answer: Callable[[bytes], Any]) -> None:
    """The child's side: answer pieces from stdin on stdout until stdin ends."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    while len(head := source.read(8)) == 8:
        raw = source.read(int.from_bytes(head, "big"))
        answered = json.dumps(answer(raw)).encode()
        sink.write(len(answered).to_bytes(8, "big") + answered)
        sink.flush()
