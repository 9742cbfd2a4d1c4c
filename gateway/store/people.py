"""Statements about people: shoppers, sessions, addresses, consent, presence, acts, counts."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import col, func, select

from gateway.store.reaching import note_fact
from gateway.store.tables import (
    ActRow,
    AddressRow,
    CodeRow,
    ConsentRow,
    CountRow,
    PresenceRow,
    ShopperRow,
    ShopperSessionRow,
)
from gateway.store.tables.people import HOUSE as HOUSE
from gateway.store.tx import Tx, pack

MOST_SHARING = 500  #: people with one number or mailbox who are looked at


def shopper(tx: Tx, store_id: str, shopper_id: str) -> ShopperRow | None:
    """A shopper by id."""
    if tx.known is not None and shopper_id in tx.known.shoppers:
        return tx.known.shoppers[shopper_id]
    return tx.session.get(ShopperRow, (store_id, shopper_id))


def now_of(tx: Tx, store_id: str, shopper_id: str) -> str:
    """Who a shopper turned out to be: the id that all that was theirs goes by since a merge."""
    row = shopper(tx, store_id, shopper_id)
    while row is not None and row.merged_into is not None:
        shopper_id = row.merged_into
        row = shopper(tx, store_id, shopper_id)
    return shopper_id


def lock_shopper(tx: Tx, store_id: str, shopper_id: str) -> None:
    """Be alone on a shopper until the transaction ends."""
    tx.session.exec(
        select(ShopperRow.shopper_id)
        .where(ShopperRow.store_id == store_id, ShopperRow.shopper_id == shopper_id)
        .with_for_update()
    ).first()


def new_shopper(tx: Tx, store_id: str, *, language: str, name: str = "") -> ShopperRow:
    """Somebody we know nothing of yet."""
    row = ShopperRow(
        store_id=store_id,
        shopper_id=tx.new_id(),
        name=name,
        language=language,
        created_at=tx.now,
    )
    tx.session.add(row)
    tx.session.flush()
    return row


def speaks(tx: Tx, store_id: str, shopper_id: str, language: str) -> None:
    """Write to a shopper in this language from now on."""
    row = shopper(tx, store_id, shopper_id)
    if row is not None and row.language != language:
        row.language = language
        tx.session.add(row)


def session_shopper(tx: Tx, store_id: str, token_hash: str) -> ShopperSessionRow | None:
    """Whose browser this is, unless the session has run out.

    One of a shopper who was merged has not shown to be who they are now: it lets nobody in, unless
    the merge is taken back.
    """
    row = tx.session.get(ShopperSessionRow, (store_id, token_hash))
    if row is None or row.expires_at <= tx.now:
        return None
    owner = shopper(tx, store_id, row.shopper_id)
    return None if owner is not None and owner.merged_into is not None else row


def addresses_of(tx: Tx, store_id: str, side: str, person_id: str) -> Sequence[AddressRow]:
    """A person's addresses, oldest first."""
    if side == "shopper" and tx.known is not None and person_id in tx.known.addresses:
        return tx.known.addresses[person_id]
    return tx.session.exec(
        select(AddressRow)
        .where(
            AddressRow.store_id == store_id,
            AddressRow.side == side,
            AddressRow.person_id == person_id,
            col(AddressRow.joined_to).is_(None),
        )
        .order_by(col(AddressRow.created_at))
    ).all()


def addresses_of_each(
    tx: Tx, store_id: str, shopper_ids: Sequence[str]
) -> dict[str, list[AddressRow]]:
    """The same of so many shoppers, by shopper."""
    rows = tx.session.exec(
        select(AddressRow)
        .where(
            AddressRow.store_id == store_id,
            AddressRow.side == "shopper",
            col(AddressRow.person_id).in_(shopper_ids),
            col(AddressRow.joined_to).is_(None),
        )
        .order_by(col(AddressRow.created_at))
    ).all()
    found: dict[str, list[AddressRow]] = {each: [] for each in shopper_ids}
    for row in rows:
        found[row.person_id].append(row)
    return found


def address(tx: Tx, store_id: str, address_id: str) -> AddressRow | None:
    """An address by id; what was merged leads on to the same endpoint of who they are now."""
    if tx.known is not None and address_id in tx.known.address:
        return tx.known.address[address_id]
    row = tx.session.get(AddressRow, (store_id, address_id))
    while row is not None and row.joined_to is not None:
        row = tx.session.get(AddressRow, (store_id, row.joined_to))
    return row


def is_proven(row: AddressRow, conversation_id: str | None) -> bool:
    """Whether the address is proven as far as this conversation is concerned (None: as any is)."""
    if row.proven_at is None:
        return False
    return conversation_id is None or row.proven_in in (None, conversation_id)


def addresses_with(
    tx: Tx, store_id: str, channel: str, value: str, *, whole: bool = False
) -> Sequence[AddressRow]:
    """Everybody of this store (and every agent) who has this number or mailbox, oldest first.

    Anybody may type somebody's number, as often as they open a new browser. So of more than
    ``MOST_SHARING`` those who have proven it come first, then the oldest claims; later claims count
    for nothing, and what they would have joined is asked for by other means. ``whole``: all there
    are, for a STOP leaves nobody out, nor does a START.
    """
    found = select(AddressRow).where(
        col(AddressRow.store_id).in_((store_id, HOUSE)),
        AddressRow.channel == channel,
        AddressRow.value == value,
        col(AddressRow.joined_to).is_(None),
    )
    if whole:
        return tx.session.exec(found.order_by(col(AddressRow.created_at))).all()
    rows = tx.session.exec(
        found.order_by(col(AddressRow.proven_at).is_(None), col(AddressRow.created_at)).limit(
            MOST_SHARING
        )
    ).all()
    return sorted(rows, key=lambda row: row.created_at)


def consents_of(tx: Tx, store_id: str, address_ids: Sequence[str]) -> Sequence[ConsentRow]:
    """All evidence about these addresses, oldest first."""
    if tx.known is not None and all(each in tx.known.consents for each in address_ids):
        return [row for each in address_ids for row in tx.known.consents[each]]
    return tx.session.exec(
        select(ConsentRow)
        .where(ConsentRow.store_id == store_id, col(ConsentRow.address_id).in_(address_ids))
        .order_by(col(ConsentRow.at), col(ConsentRow.consent_id))
    ).all()


def codes_of(tx: Tx, store_id: str, address_ids: Sequence[str]) -> dict[str, CodeRow]:
    """The digits last sent to these addresses, by address."""
    rows = tx.session.exec(
        select(CodeRow).where(
            CodeRow.store_id == store_id, col(CodeRow.address_id).in_(address_ids)
        )
    ).all()
    return {row.address_id: row for row in rows}


def record_consent(
    tx: Tx,
    row: AddressRow,
    *,
    purposes: Sequence[str],
    granted: bool,
    source: str,
    sentence_id: str = "",
    sentence: str = "",
    evidence: dict[str, object] | None = None,
) -> None:
    """Append evidence; nothing is ever changed or removed."""
    for purpose in purposes:
        tx.session.add(
            ConsentRow(
                store_id=row.store_id,
                consent_id=tx.new_id(),
                address_id=row.address_id,
                purpose=purpose,
                granted=int(granted),
                sentence_id=sentence_id,
                sentence=sentence,
                source=source,
                evidence=pack(evidence or {}),
                at=tx.now,
            )
        )
    tx.session.flush()


def presence(tx: Tx, store_id: str, side: str, person_id: str) -> PresenceRow | None:
    """What was last seen of somebody."""
    if side == "shopper" and tx.known is not None and person_id in tx.known.presences:
        return tx.known.presences[person_id]
    return tx.session.get(PresenceRow, (store_id, side, person_id))


def act(tx: Tx, store_id: str, side: str, person_id: str) -> ActRow | None:
    """The last act of somebody."""
    if side == "shopper" and tx.known is not None and person_id in tx.known.acts:
        return tx.known.acts[person_id]
    return tx.session.get(ActRow, (store_id, side, person_id))


def record_act(
    tx: Tx, store_id: str, side: str, person_id: str, channel: str, address_id: str | None = None
) -> bool:
    """They wrote, read or opened the panel: their side is where this was. Whether that is news.

    An act in the chat after one in the chat says nothing new, and each message is one.
    """
    row = act(tx, store_id, side, person_id) or ActRow(
        store_id=store_id, side=side, person_id=person_id, channel=channel, at=tx.now
    )
    is_news = channel != "chat" or row.channel != "chat"
    if is_news:
        note_fact(tx, store_id, person_id, "act", channel=channel, address=address_id)
    row.channel, row.address_id, row.at = channel, address_id, tx.now
    tx.session.add(row)
    tx.session.flush()
    return is_news


def count(tx: Tx, store_id: str, scope: str, window: int) -> int:
    """Count one more in the current window of so many microseconds; returns the new total."""
    since = tx.now - tx.now % window
    row = tx.session.get(CountRow, (store_id, scope, since)) or CountRow(
        store_id=store_id, scope=scope, since=since, n=0
    )
    row.n += 1
    tx.session.add(row)
    tx.session.flush()
    return row.n


def count_anew(tx: Tx, store_id: str, scope: str, window: int) -> None:
    """Forget what was counted in the current window."""
    row = tx.session.get(CountRow, (store_id, scope, tx.now - tx.now % window))
    if row is not None:
        tx.session.delete(row)


def has_stopped(tx: Tx, store_id: str, channel: str, value: str) -> int | None:
    """When this number or mailbox said STOP to this store, if that still stands."""
    return tx.session.exec(
        select(func.max(AddressRow.stopped_at)).where(
            AddressRow.store_id == store_id,
            AddressRow.channel == channel,
            AddressRow.value == value,
            col(AddressRow.joined_to).is_(None),
        )
    ).one()
