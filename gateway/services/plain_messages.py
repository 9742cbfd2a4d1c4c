"""A shopper's message that needs nothing but to be appended, for many at once.

Nearly all are of this kind: the conversation is open, not laid aside and without a label, the
shopper is not blocked, their last act was in the chat, nobody was merged, no file comes along, and
the ``cmid`` is new. What is not is left to
``receive``, which does the same and the rest, one by one; both have to leave the same rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.core.conversation import due_after_message
from gateway.services.wire import visitor
from gateway.store import house as houses
from gateway.store import plain_messages as rows
from gateway.store.thread import preview_of
from gateway.store.tx import Tx
from gateway.store.written import Written


@dataclass(frozen=True, slots=True)
class Said:
    """What a shopper wrote: clean words, and the client's id of them."""

    store_id: str
    shopper_id: str
    cmid: str
    words: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What was written, and when its conversation is to be looked at (microseconds UTC).

    ``due_at`` is None if that is when it was to be looked at anyhow.
    """

    row: Written
    due_at: int | None


def take(tx: Tx, said: Sequence[Said]) -> list[Taken | None]:
    """Append these, each in its turn; None for one that asks for more than that."""
    talks, known = rows.talks(tx, {_name(each) for each in said})
    found: list[tuple[Written, rows.Talk] | None] = []
    changed: dict[str, rows.Talk] = {}
    due: dict[str, int] = {}
    for each in said:
        talk, name = talks.get((each.store_id, each.shopper_id)), _name(each)
        if talk is None or name in known:
            found.append(None)
            continue
        known.add(name)  # a repeat that came at the same time is one to be looked up
        found.append((_append(tx, talk, each), talk))
        changed[talk.conversation_id] = talk
    if changed:
        stores = {talk.store_id for talk in changed.values()}
        policies = {each: houses.policy_now(tx, each) for each in stores}
        for talk in changed.values():
            was, policy = talk.staff_due_at, policies[talk.store_id]
            talk.staff_due_at = due_after_message(policy, "staff", tx.now, was)
            if talk.staff_due_at != was:
                due[talk.conversation_id] = talk.staff_due_at
        rows.save(tx, [each[0] for each in found if each is not None], changed.values())
    return [
        None if each is None else Taken(each[0], due.get(each[1].conversation_id)) for each in found
    ]


def _name(said: Said) -> rows.Name:
    return said.store_id, said.shopper_id, said.cmid


def _append(tx: Tx, talk: rows.Talk, said: Said) -> Written:
    row = Written(
        store_id=talk.store_id,
        conversation_id=talk.conversation_id,
        seq=talk.last_seq + 1,
        entry_id=tx.new_id(),
        prev=talk.last_all,
        at=tx.now,
        author_id=talk.shopper_id,
        author_name=talk.name or visitor(talk.number),
        cmid=said.cmid,
        body=said.words,
    )
    talk.last_seq = talk.last_all = talk.staff_head = row.seq
    talk.last_at, talk.preview = row.at, preview_of(said.words)
    talk.unread += 1
    talk.waiting_since = talk.waiting_since or row.at
    return row
