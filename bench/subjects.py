"""What the page says of each kind of row: what is measured, and beside what."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Rows that belong together; ``begins`` is a pattern of how their names begin."""

    title: str
    begins: str
    text: str


@dataclass(slots=True)
class Told:
    """A subject and its rows."""

    subject: Subject
    rows: list[dict[str, Any]] = field(default_factory=list)


SUBJECTS: Final = (
    Subject(
        title="Messages",
        begins="messages:",
        text="""\
Shoppers write and agents look: a message counts once its shopper has the acknowledgement,
which is given after the commit is on disk, and its agent has the words. First as fast as
can be, each pair with one message under way; then at a thousand a second, where the time
until delivery is looked at. *A floor that keeps nothing* is the same frames over the same
server, and a counter. *A session a message* is what is written first: a session of the
object mapper and a commit each. *ws-js* is `ws` and `node:sqlite` on Node, a transaction
for each message, WAL with `synchronous=FULL`.""",
    ),
    Subject(
        title="Messages on a slow disk",
        begins="messages, every fsync",
        text="""\
The same with every `fsync` a millisecond slower, as behind a cloud volume: a library of
thirty lines, preloaded into the gateway. Throughput stands beside that without the delay,
the time until delivery beside the floor's, of which it may take five milliseconds more.""",
    ),
    Subject(
        title="Memory",
        begins="memory:",
        text="""\
What the process grew by for each shopper's socket, from its first two hundred on, garbage
collected; pages that processes share count in parts. Every shopper has an open conversation
and an unseen answer. Beside it *a bare echo*: uvicorn's sans-I/O WebSocket under ASGI, and
what it hears said again. A socket that is dropped meanwhile fails the row.""",
    ),
    Subject(
        title="Everybody comes back after a restart",
        begins="restart:",
        text="""\
The gateway is killed, each shopper is answered while it is gone, and all come back at once.
An arrival ends with the snapshot of what was missed; tickets are bought beforehand. Beside
it, as many handshakes at a bare echo, with one message there and back. Forty others go on
writing meanwhile.""",
    ),
    Subject(
        title="What must not grow with the house",
        begins=r"(due scan|claim) of|start until",
        text="""\
Taking the hundred that are due, and claiming a hundred deliveries, each of them decided on
once more, beside the same in a house with a thousand open conversations. A start is counted
from the process's begin until a shopper who tries every two milliseconds is welcomed;
beside it a bare echo.""",
    ),
    Subject(
        title="Pages and search",
        begins="latest 50|inbox page|search |what a message leaves",
        text="""\
What an agent looks at, beside the bare query of the same rows, and beside the same in a
house with a hundredth of the messages. Times are the processor's. What is found is indexed
soon after it was written; the last row is what the write itself leaves for that.""",
    ),
    Subject(
        title="Texts and mails in",
        begins="texts in:|mail in:",
        text="""\
Twilio's webhooks, their signatures checked, and mails over SMTP, each on disk before its
200 or 250. *A session a request* knows no more than whose conversation it is; *a bare
script* checks and keeps the row, and nothing else. Afterwards each text has to have become
a message.""",
    ),
    Subject(
        title="Texts and mails out",
        begins="texts out:|mail out:",
        text="""\
From queued to committed by the clockwork: claimed, decided on once more, rendered, handed
over, recorded. Beside it the same words, already written, by the same client over as many
connections to the same server, of which nothing is kept.""",
    ),
    Subject(
        title="Deciding",
        begins="plan,|replay ",
        text="""\
`plan` over what a busy shop's conversations look like, beside a copy of a value of that
size; and recorded conversations replayed through a policy on one core, beside the reading
of their lines.""",
    ),
    Subject(
        title="Reading a mail",
        begins="visible_reply|classify|parse",
        text="""\
Each mail of the corpus on its own, beside the standard library's parser over the same
bytes.""",
    ),
    Subject(
        title="The shop's page",
        begins="shop's page|main thread|layout shift",
        text="""\
What the chat costs a page that nobody chats on, in Chromium: bytes on the wire, requests,
the main thread's own time on a CPU four times slower, and layout that moved.""",
    ),
    Subject(
        title="The console",
        begins="console",
        text="""\
From a key to its paint, on a CPU four times slower, in a house that `onethread seed`
filled; beside it a key on a page that writes a letter and nothing else.""",
    ),
)
OTHER: Final = Subject(title="Besides", begins="", text="Measured, and of no kind above.")


def by_subject(rows: Iterable[Mapping[str, Any]]) -> list[Told]:
    """The rows under their subjects, in the order of those; none is left out."""
    told = [Told(each) for each in (*SUBJECTS, OTHER)]
    for row in rows:
        of = next(each for each in told if re.match(each.subject.begins, row["name"]))
        of.rows.append(dict(row))
    return [each for each in told if each.rows]
