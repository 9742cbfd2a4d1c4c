"""What agents have begun to write, kept for whichever device they go on at.

An agent has one answer and one note in each conversation. Whoever keeps last has the word: a draft
is one person's, so there is nothing to merge, and their other devices are told. It goes in the
transaction that makes an entry of it.
"""

from __future__ import annotations

from gateway.clock import DAY
from gateway.errors import BadInput, NotFound
from gateway.protocol.writing import Drafted, DraftKind
from gateway.services.house import Change, House
from gateway.services.wire import ms
from gateway.store import writing
from gateway.store.tables import ConversationRow, DraftRow
from gateway.store.tx import Tx

KINDS: tuple[DraftKind, ...] = ("answer", "note")
LASTS = 90 * DAY  #: what nobody touched for so long is forgotten


async def keep(
    house: House,
    store_id: str,
    conversation_id: str,
    agent_id: str,
    *,
    kind: DraftKind,
    body: str,
) -> Drafted:
    """Keep what an agent has begun to write; empty words: nothing any more.

    Raises:
        BadInput: words that no database takes.
        NotFound: there is no such conversation.
    """
    try:
        body.encode()
    except UnicodeEncodeError:
        raise BadInput("a draft cannot contain half a character (a lone surrogate)") from None

    def work(change: Change) -> Drafted:
        tx = change.tx
        if tx.session.get(ConversationRow, (store_id, conversation_id)) is None:
            raise NotFound
        _put(tx, store_id, conversation_id, agent_id, kind, body)
        return _frame(conversation_id, kind, body, tx.now, elsewhere=True)

    # On the conversation, as whatever takes a draft or gives one back is.
    return await house.change(work, on=conversation_id)


async def of(house: House, store_id: str, conversation_id: str, agent_id: str) -> list[Drafted]:
    """An agent's answer and note in a conversation; what was not begun has no words."""

    def load(tx: Tx) -> list[Drafted]:
        rows = writing.drafts_of(tx, store_id, agent_id, conversation_id)
        held = {row.kind: row for row in rows}
        return [
            _frame(
                conversation_id,
                kind,
                held[kind].body if kind in held else "",
                held[kind].at if kind in held else 0,
            )
            for kind in KINDS
        ]

    return await house.store.read(load)


def written(change: Change, conversation: ConversationRow, agent_id: str, kind: DraftKind) -> None:
    """It is an entry now; every device of theirs is told that nothing is left to write."""
    key = (conversation.store_id, agent_id, conversation.conversation_id, kind)
    row = writing.draft(change.tx, *key)
    if row is None:
        return
    change.tx.session.delete(row)
    frame = _frame(conversation.conversation_id, kind, "", change.tx.now, elsewhere=True)
    change.told.append((agent_id, frame))


def give_back(change: Change, conversation: ConversationRow, agent_id: str, words: str) -> None:
    """Words that will not be sent stand in their author's draft again, before what it holds."""
    key = (conversation.store_id, agent_id, conversation.conversation_id, "answer")
    row = writing.draft(change.tx, *key)
    body = f"{words}\n\n{row.body}" if row is not None and row.body.strip() else words
    _put(change.tx, conversation.store_id, conversation.conversation_id, agent_id, "answer", body)
    frame = _frame(conversation.conversation_id, "answer", body, change.tx.now, elsewhere=True)
    change.told.append((agent_id, frame))


async def tidy(house: House) -> None:
    """Forget what nobody has touched for a long time."""
    await house.change(lambda change: writing.forget_drafts(change.tx, change.tx.now - LASTS))


def _put(
    tx: Tx, store_id: str, conversation_id: str, agent_id: str, kind: DraftKind, body: str
) -> None:
    row = writing.draft(tx, store_id, agent_id, conversation_id, kind)
    if not body:
        if row is not None:
            tx.session.delete(row)
        return
    if row is None:
        row = DraftRow(
            store_id=store_id,
            agent_id=agent_id,
            conversation_id=conversation_id,
            kind=kind,
            body="",
            at=0,
        )
    row.body, row.at = body, tx.now
    tx.session.add(row)


def _frame(
    conversation_id: str, kind: DraftKind, body: str, at: int, *, elsewhere: bool = False
) -> Drafted:
    return Drafted(
        conversation_id=conversation_id, kind=kind, body=body, at=ms(at), elsewhere=elsewhere
    )
