"""What goes to the elder when two shoppers are merged, and back when they are parted.

Their conversations, addresses, deliveries and files that wait for a message. An endpoint that both
have is the elder's from then on: proven if either's was, with the evidence of both, where whoever
said no is heard. Sessions stay where they are: a browser is let in by who it has shown to be.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gateway.core.consent import PURPOSES, may
from gateway.core.model import Form
from gateway.services.evidence import rows_for
from gateway.services.house import Change
from gateway.services.withdrawing import withdraw
from gateway.store import attachments, people, reaching, stops
from gateway.store.merging import all_of, went_on
from gateway.store.tables import (
    AddressRow,
    AttachmentRow,
    ConsentRow,
    ConversationRow,
    DeliveryRow,
    MergeRow,
    OverrideRow,
)
from gateway.store.tx import Tx, pack, unpack

SHOPPER = "shopper"
BY = "merge"
_PROOF = ("proven_at", "proof", "proven_in")


def hand_over(change: Change, link: MergeRow) -> dict[str, Any]:
    """Make what the younger has the elder's; returns what has to go back if they were two."""
    tx, store_id = change.tx, link.store_id
    tx.flush()  # what has closed is closed before it is the elder's, who has one open
    conversations = all_of(tx, ConversationRow, store_id=store_id, shopper_id=link.younger_id)
    for conversation in conversations:
        conversation.shopper_id = link.elder_id
        tx.session.add(conversation)
    owner = attachments.by_shopper(link.younger_id)
    for file in all_of(tx, AttachmentRow, store_id=store_id, owner=owner):
        file.owner = attachments.by_shopper(link.elder_id)
        tx.session.add(file)
    moved, joined = _hand_addresses(change, link, conversations)
    deliveries = all_of(tx, DeliveryRow, store_id=store_id, side=SHOPPER, person_id=link.younger_id)
    for row in deliveries:
        row.person_id = link.elder_id
        tx.session.add(row)
    tx.flush()
    return {
        "conversations": [each.conversation_id for each in conversations],
        "addresses": moved,
        "joined": joined,
        "deliveries": [each.delivery_id for each in deliveries],
    }


def give_back(change: Change, link: MergeRow, moved: Mapping[str, Any]) -> None:
    """Let the younger have again what they brought; nobody keeps what only the other agreed to.

    A conversation in which the elder has written since is the elder's: the younger may not read it.
    """
    tx, store_id = change.tx, link.store_id
    for conversation_id in moved["conversations"]:
        for queued in reaching.deliveries_of(tx, store_id, conversation_id, SHOPPER):
            withdraw(change, queued)
        if went_on(tx, link, conversation_id):
            continue
        conversation = tx.session.get(ConversationRow, (store_id, conversation_id))
        if conversation is not None:
            conversation.shopper_id = link.younger_id
            tx.session.add(conversation)
    for address_id, was in moved["addresses"].items():
        address = tx.session.get(AddressRow, (store_id, address_id))
        if address is None or address.person_id != link.elder_id:
            continue  # it was removed, or has moved on
        address.person_id = link.younger_id
        if was is not None and address.proven_in == link.continued_in:
            address.proven_in = was
        tx.session.add(address)
    for delivery_id in moved["deliveries"]:
        row = reaching.delivery(tx, store_id, delivery_id)
        if row is not None:
            row.person_id = link.younger_id
            tx.session.add(row)
    for each in moved["joined"]:
        _part(tx, link, each)
    tx.flush()


def _hand_addresses(
    change: Change, link: MergeRow, conversations: Sequence[ConversationRow]
) -> tuple[dict[str, str | None], list[dict[str, Any]]]:
    tx = change.tx
    held = {
        (row.channel, row.value): row
        for row in people.addresses_of(tx, link.store_id, SHOPPER, link.elder_id)
    }
    moved: dict[str, str | None] = {}
    joined = []
    for row in people.addresses_of(tx, link.store_id, SHOPPER, link.younger_id):
        was = row.proven_in
        if was is not None and was == link.conversation_id and link.continued_in is not None:
            row.proven_in = link.continued_in
        mine = held.get((row.channel, row.value))
        if mine is None:
            row.person_id = link.elder_id
            moved[row.address_id] = was
        else:
            joined.append(_join(change, link, mine, row, conversations))
        tx.session.add(row)
    return moved, joined


def _join(
    change: Change,
    link: MergeRow,
    mine: AddressRow,
    theirs: AddressRow,
    conversations: Sequence[ConversationRow],
) -> dict[str, Any]:
    """One endpoint that both have; returns what the elder's was, and what was sent to the other."""
    tx = change.tx
    was = {name: getattr(mine, name) for name in _PROOF}
    _hear_both(tx, link, mine, theirs)
    if theirs.proven_at is not None and (
        mine.proven_at is None or (mine.proven_in is not None and theirs.proven_in is None)
    ):
        for name in _PROOF:
            setattr(mine, name, getattr(theirs, name))
        reaching.note_fact(
            tx,
            mine.store_id,
            mine.person_id,
            "proven",
            address=mine.address_id,
            proof=mine.proof,
            conversation=None,
        )
    if theirs.stopped_at is not None:
        mine.stopped_at = min(mine.stopped_at or theirs.stopped_at, theirs.stopped_at)
    if theirs.failed_at is not None and theirs.failed_at > (mine.proven_at or 0):
        mine.failed_at, mine.failed_because = theirs.failed_at, theirs.failed_because
    mine.opened_conversation_id = mine.opened_conversation_id or theirs.opened_conversation_id
    theirs.joined_to = mine.address_id
    tx.session.add_all([mine, theirs])
    sent = all_of(tx, DeliveryRow, store_id=link.store_id, address_id=theirs.address_id)
    for row in sent:
        if row.state == "queued" and row.form == Form.CODE:
            withdraw(change, row)  # its digits stand with the address that is no longer asked
        row.address_id = mine.address_id
        tx.session.add(row)
    _let_wishes_follow(tx, mine, theirs, conversations)
    return {
        "elder": mine.address_id,
        "younger": theirs.address_id,
        "was": was,
        "deliveries": [row.delivery_id for row in sent],
    }


def _hear_both(tx: Tx, link: MergeRow, mine: AddressRow, theirs: AddressRow) -> None:
    """The elder's has the evidence of both, each from its own instant; who said no is heard."""
    said = people.consents_of(tx, link.store_id, [mine.address_id])
    other = people.consents_of(tx, link.store_id, [theirs.address_id])
    refused = _refused(said) | _refused(other)
    for row in other:
        tx.session.add(
            ConsentRow(
                store_id=link.store_id,
                consent_id=tx.new_id(),
                address_id=mine.address_id,
                purpose=row.purpose,
                granted=row.granted,
                sentence_id=row.sentence_id,
                sentence=row.sentence,
                source=row.source,
                evidence=pack(unpack(row.evidence) | {"merge": link.merge_id}),
                at=row.at,
            )
        )
    tx.flush()
    whole = people.consents_of(tx, link.store_id, [mine.address_id])
    _withdraw_consent(tx, mine, refused & may(rows_for(whole)))


def _refused(rows: Sequence[ConsentRow]) -> set[str]:
    """The purposes that were spoken of and are not granted."""
    return {row.purpose for row in rows} - may(rows_for(rows))


def _withdraw_consent(tx: Tx, row: AddressRow, purposes: set[str] | frozenset[str]) -> None:
    named = [each for each in PURPOSES if each in purposes]
    people.record_consent(tx, row, purposes=named, granted=False, source=BY)


def _let_wishes_follow(
    tx: Tx, mine: AddressRow, theirs: AddressRow, conversations: Sequence[ConversationRow]
) -> None:
    """What was stopped or wished for the one endpoint holds for the other, which is the same."""
    for conversation in conversations:
        if theirs.address_id in stops.stops_of(tx, conversation):
            stops.stop(tx, conversation, mine.address_id, stopped=True)
        wishes = all_of(
            tx,
            OverrideRow,
            store_id=conversation.store_id,
            conversation_id=conversation.conversation_id,
            side=SHOPPER,
        )
        for wish in wishes:
            if wish.address_id == theirs.address_id:
                wish.address_id = mine.address_id
                tx.session.add(wish)


def _part(tx: Tx, link: MergeRow, joined: Mapping[str, Any]) -> None:
    mine = tx.session.get(AddressRow, (link.store_id, joined["elder"]))
    theirs = tx.session.get(AddressRow, (link.store_id, joined["younger"]))
    if theirs is None:
        return
    theirs.joined_to = None
    tx.session.add(theirs)
    for delivery_id in joined["deliveries"]:
        row = reaching.delivery(tx, link.store_id, delivery_id)
        if row is not None:
            row.address_id = theirs.address_id
            tx.session.add(row)
    if mine is None:
        return
    theirs.stopped_at = mine.stopped_at
    theirs.failed_at, theirs.failed_because = mine.failed_at, mine.failed_because
    given = theirs.proven_at is not None and mine.proven_at == theirs.proven_at
    if given:
        for name in _PROOF:
            setattr(mine, name, joined["was"][name])
    if theirs.proven_in is not None and theirs.proven_in == link.continued_in:
        theirs.proven_in = link.conversation_id
    tx.session.add_all([mine, theirs])
    tx.flush()
    said = people.consents_of(tx, link.store_id, [mine.address_id])
    own = [row for row in said if unpack(row.evidence).get("merge") != link.merge_id]
    other = people.consents_of(tx, link.store_id, [theirs.address_id])
    _withdraw_consent(tx, theirs, frozenset(_refused(said)) & may(rows_for(other)))
    _withdraw_consent(tx, mine, may(rows_for(said)) - may(rows_for(own)))
