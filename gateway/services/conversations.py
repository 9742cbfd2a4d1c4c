"""What agents do with a whole conversation: take it, give it back, end it, open it again."""

from __future__ import annotations

from gateway.errors import Conflict
from gateway.services.house import Change, House
from gateway.services.receive import answered
from gateway.store import house as houses
from gateway.store import thread
from gateway.store.thread import Draft, happened


async def assign(
    house: House, store_id: str, conversation_id: str, by: str, agent_id: str | None
) -> None:
    """Give the conversation to an agent, or to nobody."""

    def work(change: Change) -> None:
        conversation = thread.take(change.tx, store_id, conversation_id)
        if conversation.assignee_id == agent_id:
            return
        name = houses.agent(change.tx, agent_id).name if agent_id else None
        conversation.assignee_id = agent_id
        change.append(conversation, by_agent(change, by, "assigned", agent_id=agent_id, name=name))
        change.wake(conversation, "staff")

    await house.change(work, on=conversation_id)


async def resolve(house: House, store_id: str, conversation_id: str, by: str) -> None:
    """The conversation is done; this answers what was unanswered."""

    def work(change: Change) -> None:
        conversation = thread.take(change.tx, store_id, conversation_id)
        if conversation.state == "resolved":
            return
        conversation.state, conversation.resolved_at = "resolved", change.tx.now
        conversation.waiting_since = None
        change.append(conversation, by_agent(change, by, "resolved", audience="all"))
        answered(change, conversation, conversation.last_seq)

    await house.change(work, on=conversation_id)


async def reopen(house: House, store_id: str, conversation_id: str, by: str) -> None:
    """The conversation is not done after all.

    Raises:
        Conflict: the shopper has another open one meanwhile (invariant 4), or it was merged.
    """

    def work(change: Change) -> None:
        conversation = thread.take(change.tx, store_id, conversation_id)
        if conversation.state == "open":
            return
        end = thread.end_of(change.tx, conversation)
        if end is not conversation:
            raise Conflict(f"the shopper goes on in #{end.number}")
        other = thread.open_of(change.tx, store_id, conversation.shopper_id)
        if other is not None:
            raise Conflict(f"the shopper goes on in #{other.number}")
        conversation.state, conversation.resolved_at = "open", None
        change.append(conversation, by_agent(change, by, "reopened", audience="all"))

    await house.change(work, on=conversation_id)


def by_agent(
    change: Change,
    by: str,
    event: str,
    *,
    audience: str = "staff",
    body: str | None = None,
    **data: object,
) -> Draft:
    """A draft of something that an agent did."""
    agent = houses.agent(change.tx, by)
    plain = happened(event, audience=audience, **data)
    return Draft(
        kind=plain.kind,
        side="staff",
        author_id=by,
        author_name=agent.name,
        audience=plain.audience,
        body=body,
        event=plain.event,
        data=plain.data,
    )
