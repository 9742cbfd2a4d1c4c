"""An agent hands a conversation to a colleague, with a note on what is to be done: one act."""

from __future__ import annotations

from gateway.errors import BadInput
from gateway.services import notes
from gateway.services.arrival import Stored, stored
from gateway.services.conversations import by_agent
from gateway.services.house import Change, House
from gateway.services.words import clean
from gateway.store import house as houses
from gateway.store import reaching, thread
from gateway.store.tables import ConversationRow
from gateway.store.tx import pack, unpack


async def hand_over(
    house: House,
    store_id: str,
    conversation_id: str,
    by: str,
    agent_id: str,
    *,
    cmid: str,
    note: str,
) -> Stored:
    """Append the note, assign the colleague, and let the ladder begin with them; or none of it.

    The same ``cmid`` again changes nothing, whoever has the conversation by then.

    Raises:
        BadInput: the note is empty, or the colleague is the agent themselves.
        CmidConflict: the ``cmid`` was another note's.
        NotFound: there is no such conversation or agent.
    """
    words = clean(note)
    if agent_id == by:
        raise BadInput("hand it over to somebody else, or take it yourself")

    def work(change: Change) -> Stored:
        tx = change.tx
        known = thread.already(tx, store_id, by, cmid, words)
        if known is not None:
            return stored(known, dup=True)
        conversation = thread.take(tx, store_id, conversation_id)
        colleague, agent = houses.agent(tx, agent_id), houses.agent(tx, by)
        row = notes.add(change, conversation, agent, words, cmid=cmid, attachments=(), mentions=())
        # The note is for them, whether its words name them or not.
        notes.tell(change, conversation, row, agent_id, by=agent.name)
        conversation.assignee_id = agent_id
        change.append(
            conversation,
            by_agent(
                change, by, "assigned", agent_id=agent_id, name=colleague.name, note_seq=row.seq
            ),
        )
        _ends_pause(change, conversation, by)
        change.wake(conversation, "staff")
        return stored(row)

    return await house.change(work, on=conversation_id)


def _ends_pause(change: Change, conversation: ConversationRow, agent_id: str) -> None:
    """Whoever hands over is not answering: nobody waits for them any more."""
    reach = reaching.reach(change.tx, conversation, "staff")
    pauses = unpack(reach.pauses)
    if agent_id in pauses:
        pauses[agent_id] = [pauses[agent_id][0], change.tx.now]
        reach.pauses = pack(pauses)
        change.tx.session.add(reach)
