"""What a store's signature says of its customer: a name, a zone, a mailbox and a number.

The signature proves an address as a code would. It is no consent: a text still needs the shopper's
own, and a mailbox may be answered for support, as one may that was typed and proven, until somebody
said otherwise of it.
"""

from __future__ import annotations

from gateway.auth.identity import Signed
from gateway.core.consent import SUPPORT
from gateway.services.addresses import prove
from gateway.services.house import Change
from gateway.services.tongues import LANGUAGES, short
from gateway.services.traits import PROOF
from gateway.store import identities, people, thread
from gateway.store.tables import AddressRow, ConversationRow


def learn(change: Change, store_id: str, shopper_id: str, signed: Signed) -> None:
    """What the store says of the shopper, who is verified by it."""
    tx = change.tx
    row = people.shopper(tx, store_id, shopper_id)
    known = identities.identity(tx, store_id, signed.sub)
    if row is None or known is None:
        raise LookupError("an identity belongs to a shopper")
    before = (row.verified, row.zones)
    row.verified, known.signed_at = 1, tx.now
    row.name = signed.name or row.name
    row.shipping_zone = signed.zone or row.shipping_zone
    tx.session.add_all([row, known])
    if signed.language and short(signed.language) in LANGUAGES:
        people.speaks(tx, store_id, shopper_id, signed.language)
    last = thread.open_of(tx, store_id, shopper_id) or thread.latest_of(tx, store_id, shopper_id)
    conversation = thread.take(tx, store_id, last.conversation_id) if last else None
    for channel, value in (("email", signed.email), ("sms", signed.phone)):
        if value:
            vouch(change, store_id, shopper_id, conversation, channel=channel, value=value)
    if conversation is not None:
        change.touch(conversation)
        if (row.verified, row.zones) != before:
            change.wake(conversation, "shopper")


def vouch(
    change: Change,
    store_id: str,
    shopper_id: str,
    conversation: ConversationRow | None,
    *,
    channel: str,
    value: str,
) -> None:
    """The store says that this is theirs; what it said so of before on this channel is not.

    To be called alone on the shopper; ``value`` is in its one spelling (``addresses.normal``).
    """
    tx = change.tx
    rows = people.addresses_of(tx, store_id, "shopper", shopper_id)
    for row in rows:
        if row.channel == channel and row.value != value and row.proof == PROOF:
            _withdraw(change, row, conversation)
    held = next((each for each in rows if (each.channel, each.value) == (channel, value)), None)
    row = held or _new(change, store_id, shopper_id, channel, value)
    if channel == "email":
        _agree(change, row)
    if not people.is_proven(row, None) or row.proven_in is not None:
        prove(change, row, PROOF, conversation)


def _agree(change: Change, row: AddressRow) -> None:
    evidence = people.consents_of(change.tx, row.store_id, [row.address_id])
    # Whoever has said yes or no themselves is not spoken for.
    if row.stopped_at is not None or any(each.source != PROOF for each in evidence):
        return
    if evidence and evidence[-1].granted:
        return
    people.record_consent(change.tx, row, purposes=(SUPPORT,), granted=True, source=PROOF)


def _withdraw(change: Change, row: AddressRow, conversation: ConversationRow | None) -> None:
    """A customer's mailbox or number of before may be somebody else's by now."""
    row.proven_at, row.proof, row.proven_in = None, None, None
    if conversation is not None:
        # Typed by somebody from now on, it is a claim that carries nothing older than this.
        row.typed_conversation_id, row.typed_seq = (
            conversation.conversation_id,
            conversation.last_seq,
        )
    change.tx.session.add(row)
    people.record_consent(change.tx, row, purposes=(SUPPORT,), granted=False, source=PROOF)
    if conversation is not None:
        change.wake(conversation, "shopper")


def _new(change: Change, store_id: str, shopper_id: str, channel: str, value: str) -> AddressRow:
    tx = change.tx
    row = AddressRow(
        store_id=store_id,
        address_id=tx.new_id(),
        side="shopper",
        person_id=shopper_id,
        channel=channel,
        value=value,
        stopped_at=people.has_stopped(tx, store_id, channel, value),
        created_at=tx.now,
    )
    tx.session.add(row)
    tx.session.flush()
    return row
