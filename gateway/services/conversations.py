"""What agents do with a whole conversation: take it, give it back, end it, open it again."""

from __future__ import annotations

from dataclasses import replace

from gateway.errors import Conflict
from gateway.services.house import Change, House
from gateway.services.settling import answered
from gateway.services.shown_names import shown_in
from gateway.store import house as houses
from gateway.store import people, thread
from gateway.store.tables import ConversationRow
from gateway.store.thread import Draft, happened


async def assign(
    house: House, store_id: str, conversation_id: str, by: str, agent_id: str | None
) -> None:
    """Give the conversation to an agent, or to nobody."""

    def work(change: Change) -> None:
        give(change, thread.take(change.tx, store_id, conversation_id), by, agent_id)

    await house.change(work, on=conversation_id)


def give(change: Change, conversation: ConversationRow, by: str, agent_id: str | None) -> None:
    """The same, of a conversation that this transaction has taken."""
    if conversation.assignee_id == agent_id:
        return
    name = houses.agent(change.tx, agent_id).name if agent_id else None
    conversation.assignee_id = agent_id
    change.append(conversation, by_agent(change, by, "assigned", agent_id=agent_id, name=name))
    change.wake(conversation, "staff")


async def resolve(house: House, store_id: str, conversation_id: str, by: str) -> None:
    """The conversation is done; this answers what was unanswered."""

    def work(change: Change) -> None:
        end(change, thread.take(change.tx, store_id, conversation_id), by)

    await house.change(work, on=conversation_id)


def end(change: Change, conversation: ConversationRow, by: str) -> None:
    """The same, of a conversation that this transaction has taken."""
    if conversation.state == "resolved":
        return
    conversation.state, conversation.resolved_at = "resolved", change.tx.now
    conversation.waiting_since = conversation.snoozed_until = conversation.woken_at = None
    change.append(conversation, _for_all(change, conversation, by, "resolved"))
    answered(change, conversation, conversation.last_seq)


async def reopen(house: House, store_id: str, conversation_id: str, by: str) -> None:
    """The conversation is not done after all.

    Raises:
        Conflict: the shopper has another open one meanwhile (invariant 4), or it was merged.
    """

    def work(change: Change) -> None:
        open_again(change, thread.take(change.tx, store_id, conversation_id), by)

    await house.change(work, on=conversation_id)


def open_again(change: Change, conversation: ConversationRow, by: str) -> None:
    """The same, of a conversation that this transaction has taken."""
    if conversation.state == "open":
        return
    last = thread.end_of(change.tx, conversation)
    if last is not conversation:
        raise Conflict(f"the shopper goes on in #{last.number}")
    # What they write at this moment would open another one beside it.
    people.lock_shopper(change.tx, conversation.store_id, conversation.shopper_id)
    other = thread.open_of(change.tx, conversation.store_id, conversation.shopper_id)
    if other is not None:
        raise Conflict(f"the shopper goes on in #{other.number}")
    conversation.state, conversation.resolved_at = "open", None
    change.append(conversation, _for_all(change, conversation, by, "reopened"))


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


def _for_all(change: Change, conversation: ConversationRow, by: str, event: str) -> Draft:
    """The same for the shopper's eyes too, under the name that this store's shoppers see."""
    draft = by_agent(change, by, event, audience="all")
    name = shown_in(change.tx, conversation.store_id, draft.author_name)
    return replace(draft, author_name=name)
