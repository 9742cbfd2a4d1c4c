"""Notes that only staff read, and the colleagues whom one names.

A note's words stay plain text: whoever is named stands there as ``@`` and their name, and the
entry's data says who is meant, by the name that they had. So a change of the words, or of a name,
moves nothing that would have to be found again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from gateway.errors import BadInput, NotFound
from gateway.protocol.writing import Mentioned
from gateway.services import attachments as files
from gateway.services.house import Change
from gateway.services.wire import ms
from gateway.store import house as houses
from gateway.store import thread
from gateway.store.tables import AgentRow, ConversationRow, EntryRow, MentionRow

IN_DATA = "mentions"  #: where a note's data tells whom it names


def add(
    change: Change,
    conversation: ConversationRow,
    author: AgentRow,
    words: str,
    *,
    cmid: str,
    attachments: Sequence[str],
    mentions: Sequence[str],
) -> EntryRow:
    """Append a note, and tell those whom it names; a name that its words lack names nobody.

    Raises:
        BadInput: a file is not there any more, or somebody who is named is no agent here.
    """
    named = _named(change, words, mentions)
    data = files.take(change.tx, conversation, files.by_agent(author.agent_id), attachments)
    if named:
        data[IN_DATA] = [{"agent_id": each.agent_id, "name": each.name} for each in named]
    row = change.append(
        conversation,
        thread.Draft(
            kind="note",
            side="staff",
            author_id=author.agent_id,
            author_name=author.name,
            audience="staff",
            cmid=cmid,
            body=words,
            data=data,
        ),
    )
    for each in named:
        if each.agent_id != author.agent_id:
            tell(change, conversation, row, each.agent_id, by=author.name)
    return row


def tell(
    change: Change,
    conversation: ConversationRow,
    row: EntryRow,
    agent_id: str,
    *,
    by: str,
    about: Literal["note", "held"] = "note",
) -> None:
    """An entry is for this agent in particular: kept until they have looked, and told now."""
    change.tx.session.add(
        MentionRow(
            store_id=row.store_id,
            agent_id=agent_id,
            conversation_id=row.conversation_id,
            seq=row.seq,
            at=row.at,
        )
    )
    frame = Mentioned(
        about=about,
        store_id=row.store_id,
        conversation_id=row.conversation_id,
        number=conversation.number,
        seq=row.seq,
        by=by,
        at=ms(row.at),
    )
    change.told.append((agent_id, frame))


def _named(change: Change, words: str, mentions: Sequence[str]) -> list[AgentRow]:
    found = []
    for agent_id in dict.fromkeys(mentions):
        try:
            agent = houses.agent(change.tx, agent_id)
        except NotFound:
            raise BadInput(
                "somebody who is named here is no agent any more", why="no_colleague"
            ) from None
        if f"@{agent.name}" in words:
            found.append(agent)
    return found
