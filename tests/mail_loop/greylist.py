"""What Postfix asks about each recipient: some are put off the first time, as greylists do.

postfix.org/SMTPD_POLICY_README: attributes one a line, an empty line, an action, an empty line.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import anyio
from anyio.abc import SocketAttribute, SocketStream
from anyio.streams.buffered import BufferedByteReceiveStream

_LONGEST = 65_536


@dataclass
class Greylist:
    """``grey``: the recipients that are put off; ``asked``: how often each was asked about."""

    grey: frozenset[str]
    asked: dict[str, int] = field(default_factory=dict)
    port: int = 0

    async def serve(self, *, task_status: anyio.abc.TaskStatus[None]) -> None:
        """Answer until cancelled; started once ``port`` is known."""
        listener = await anyio.create_tcp_listener(local_host="127.0.0.1")
        self.port = listener.extra_attributes[SocketAttribute.local_port]()
        task_status.started()
        async with listener:
            await listener.serve(self._answer)

    async def _answer(self, stream: SocketStream) -> None:
        lines = BufferedByteReceiveStream(stream)
        async with stream:
            while True:
                try:
                    question = await lines.receive_until(b"\n\n", _LONGEST)
                except (anyio.EndOfStream, anyio.IncompleteRead, anyio.BrokenResourceError):
                    return
                await stream.send(f"action={self._action(question.decode())}\n\n".encode())

    def _action(self, question: str) -> str:
        about = dict(line.partition("=")[::2] for line in question.splitlines())
        recipient = about.get("recipient", "")
        # Sieve's own mail to ourselves is asked about as well; only ours from outside is put off.
        times = self.asked[recipient] = self.asked.get(recipient, 0) + 1
        if recipient in self.grey and times == 1:
            return "defer_if_permit 4.7.1 Greylisted, come again"
        return "DUNNO"
