"""Labels: words that agents put on a store's conversations, made when one is first needed.

A store's labels differ in their names, upper and lower case alike. One that is removed is gone from
every conversation; the logs keep that it was there.
"""

from __future__ import annotations

from collections.abc import Sequence

from gateway.core.log import LABELLED
from gateway.errors import BadInput, Conflict
from gateway.protocol.inbox import MOST_LABELS, LabelFact, Labels
from gateway.services.conversations import by_agent
from gateway.services.house import Change, House
from gateway.store import house as houses
from gateway.store import labels as label_rows
from gateway.store.tables import ConversationRow, LabelRow
from gateway.store.tables.labels import COLOURS
from gateway.store.tx import Tx, pack, unpack

MOST_NAME = 40  #: characters
MOST_IN_A_STORE = 200


async def labels(house: House) -> Labels:
    """Every label of every store, by name."""
    return await house.store.read(lambda tx: Labels(labels=_all(tx)))


async def create(house: House, store_id: str, name: str, colour: str = "grey") -> LabelFact:
    """A new label, or the one that already has this name.

    Raises:
        BadInput: no name or no such colour.
        Conflict: the store has too many.
        NotFound: no such store.
    """
    words = _name(name)
    _check(colour)

    def work(change: Change) -> LabelFact:
        tx = change.tx
        houses.store(tx, store_id)
        found = label_rows.named(tx, store_id, words.casefold())
        if found is None:
            if len(label_rows.of_store(tx, store_id)) >= MOST_IN_A_STORE:
                raise Conflict(f"a store has at most {MOST_IN_A_STORE} labels")
            found = LabelRow(
                store_id=store_id,
                label_id=tx.new_id(),
                name=words,
                folded=words.casefold(),
                colour=colour,
                created_at=tx.now,
            )
            tx.session.add(found)
        return _fact(found)

    made = await house.change(work, on=store_id)
    await tell(house)
    return made


async def change_label(
    house: House, store_id: str, label_id: str, name: str, colour: str
) -> LabelFact:
    """Another name or colour, on every conversation that bears it.

    Raises:
        BadInput: no name or no such colour.
        Conflict: another label has this name.
        NotFound: there is no such label.
    """
    words = _name(name)
    _check(colour)

    def work(change: Change) -> LabelFact:
        row = label_rows.label(change.tx, store_id, label_id)
        other = label_rows.named(change.tx, store_id, words.casefold())
        if other is not None and other.label_id != label_id:
            raise Conflict(f"there is a label {other.name!r} already")
        row.name, row.folded, row.colour = words, words.casefold(), colour
        change.tx.session.add(row)
        return _fact(row)

    made = await house.change(work, on=store_id)
    await tell(house)
    return made


async def remove(house: House, store_id: str, label_id: str) -> None:
    """Take a label off everything that bears it, for good.

    Raises:
        NotFound: there is no such label.
    """

    def work(change: Change) -> None:
        row = label_rows.label(change.tx, store_id, label_id)
        row.removed_at = change.tx.now
        change.tx.session.add(row)
        change.tx.session.flush()
        label_rows.take_off_all(change.tx, store_id, label_id)

    await house.change(work, on=store_id)
    await tell(house)


async def tell(house: House) -> None:
    """Let every console know what labels there are."""
    house.hub.tell_staff(await labels(house))


def put(
    change: Change,
    conversation: ConversationRow,
    by: str,
    add: Sequence[str],
    remove: Sequence[str] = (),
) -> None:
    """Labels on a conversation and off it, as one event that staff see.

    Raises:
        NotFound: the store has no such label.
        BadInput: it would bear too many.
    """
    tx, borne = change.tx, list(unpack(conversation.labels))
    off = [each for each in dict.fromkeys(remove) if each in borne]
    on = [each for each in dict.fromkeys(add) if each not in borne]
    if not on and not off:
        return
    names = {
        # Who removes it meanwhile waits, or would not find it here.
        each: label_rows.label(tx, conversation.store_id, each, stays=each in on).name
        for each in on + off
    }
    now = [each for each in borne if each not in off] + on
    if len(now) > MOST_LABELS:
        raise BadInput(f"a conversation bears at most {MOST_LABELS} labels")
    conversation.labels = pack(now)
    change.append(
        conversation,
        by_agent(
            change,
            by,
            LABELLED,
            added=on,
            removed=off,
            added_names=[names[each] for each in on],
            removed_names=[names[each] for each in off],
        ),
    )
    label_rows.bear(tx, conversation, on, off)


def _all(tx: Tx) -> list[LabelFact]:
    return [
        _fact(row) for store in houses.stores(tx) for row in label_rows.of_store(tx, store.store_id)
    ]


def _fact(row: LabelRow) -> LabelFact:
    return LabelFact.model_validate(row, from_attributes=True)


def _name(given: str) -> str:
    words = " ".join(given.split())
    if not words or len(words) > MOST_NAME:
        raise BadInput(f"a label has a name of 1 to {MOST_NAME} characters")
    return words


def _check(colour: str) -> None:
    if colour not in COLOURS:
        raise BadInput(f"a label is one of {', '.join(COLOURS)}")
