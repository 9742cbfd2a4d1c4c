"""Addresses that shoppers leave: consent as evidence, a code, and proof.

An address is only a claim until it is proven; a claim reveals nothing, joins nothing and merges
nothing (invariant 10). Caps hold per number, prefix, shopper and store, always.
"""

from __future__ import annotations

from dataclasses import dataclass

import phonenumbers

from gateway.auth.tokens import code_digest, same
from gateway.channels.email.addresses import normalise
from gateway.clock import DAY, HOUR, MINUTE
from gateway.core.consent_sentences import SENTENCES
from gateway.core.policy import TEXTS
from gateway.errors import BadInput, NotFound, TooMany
from gateway.protocol.entry import AddressFact
from gateway.services.address_facts import facts
from gateway.services.conversation_stops import lift
from gateway.services.house import Change, House
from gateway.services.places import country_of
from gateway.services.queueing import queue
from gateway.services.whatsapp_window import may_be_left
from gateway.services.wire import masked
from gateway.store import house as houses
from gateway.store import people, reaching, thread
from gateway.store.tables import AddressRow, CodeRow, ConversationRow
from gateway.store.tx import Tx

CODE_LASTS = 15 * MINUTE
MOST_TRIES = 5  #: wrong codes before a new one is needed
PURPOSES = ("support", "verify")


@dataclass(frozen=True, slots=True)
class Cap:
    """At most ``most`` texts to typed numbers per ``window`` (microseconds)."""

    scope: str
    most: int
    window: int


def caps_for(person_id: str, value: str) -> tuple[Cap, ...]:
    """What bounds the texts that typing a number can cause (SMS pumping, harassment)."""
    return (
        Cap(f"typed:number:{value}", 5, DAY),
        Cap(f"typed:shopper:{person_id}", 5, HOUR),
        Cap(f"typed:prefix:{value[:8]}", 40, HOUR),
        Cap("typed:store", 500, HOUR),
    )


def normal(channel: str, typed: str, region: str = "US") -> str:
    """The one spelling of an address: E.164, or a lower-case mailbox (behaviour 25).

    Raises:
        BadInput: it is no number or mailbox.
    """
    if channel == "email":
        found = normalise(typed.strip())
        if found is None:
            raise BadInput("this does not look like an e-mail address", why="no_mailbox")
        return found
    try:
        number = phonenumbers.parse(typed, None if typed.strip().startswith("+") else region)
    except phonenumbers.NumberParseException:
        raise BadInput("this does not look like a phone number", why="no_number") from None
    if not phonenumbers.is_valid_number(number):
        raise BadInput(
            "this does not look like a phone number; begin with + and the country", why="no_number"
        )
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


async def leave(
    house: House,
    store_id: str,
    shopper_id: str,
    *,
    channel: str,
    typed: str,
    sentence_id: str,
) -> str:
    """A shopper types an address and agrees to a sentence; returns the address's id.

    An SMS gets a code at once, while they are still there.

    Raises:
        BadInput: no address, no such sentence, no channel for it here, or not to this country.
        TooMany: a cap holds.
    """
    region = await house.store.read(lambda tx: houses.store(tx, store_id).region)
    value = normal(channel, typed, region)
    country = country_of(channel, value)
    sentence = SENTENCES.get(sentence_id)
    if sentence is None or sentence.channel != channel or channel not in house.channels:
        raise BadInput("this cannot be agreed to here")

    def work(change: Change) -> str:
        tx = change.tx
        conversation = thread.open_of(tx, store_id, shopper_id)
        if conversation is None:
            raise BadInput(
                "write your question first, then tell us where to answer", why="no_question"
            )
        store = houses.store(tx, store_id)
        if not may_be_left(tx, store, channel):
            raise BadInput("this cannot be agreed to here")
        if not houses.policy(tx, store).texts(channel, country):
            raise BadInput(
                "we do not text numbers of this country; leave a mailbox instead", why="country"
            )
        row = _typed(tx, conversation, channel, value)
        if row.stopped_at is not None:
            raise BadInput("this address asked us to stop; text START from it first", why="stopped")
        people.record_consent(
            tx,
            row,
            purposes=PURPOSES,
            granted=True,
            source="widget",
            sentence_id=sentence_id,
            sentence=sentence.text.format(store=store.name),
            evidence=_evidence(tx, store_id, shopper_id),
        )
        change.append(
            conversation,
            thread.happened("address", channel=channel, what="left", to=masked(channel, value)),
        )
        lift(change, conversation, channel)
        if channel in TEXTS and row.proven_at is None:
            within_caps(tx, store_id, shopper_id, value)
            expect_code(tx, row)
            queue(change, conversation, row, form="code", seqs=())
        change.wake(conversation, "shopper")
        return row.address_id

    return await house.change(work, on=shopper_id)


async def prove_by_code(
    house: House, store_id: str, shopper_id: str, address_id: str, code: str
) -> None:
    """The digits came back through the panel: the address is theirs.

    Raises:
        BadInput: a wrong code, or one that has run out.
        NotFound: not this shopper's address.
    """

    def work(change: Change) -> BadInput | None:
        tx = change.tx
        row = people.address(tx, store_id, address_id)
        if row is None or row.side != "shopper" or row.person_id != shopper_id:
            raise NotFound
        wrong = wrong_code(tx, row, house.secrets, code)
        if wrong is not None:
            return wrong
        conversation = thread.open_of(tx, store_id, shopper_id)
        prove(change, row, "code", conversation)
        return None

    # Refused by value, not by raising: the failed try itself has to be committed.
    wrong = await house.change(work, on=shopper_id)
    if wrong is not None:
        raise wrong


def wrong_code(tx: Tx, row: AddressRow, secrets: tuple[bytes, ...], code: str) -> BadInput | None:
    """What is wrong with the digits; None when they are those that were sent."""
    held = tx.session.get(CodeRow, (row.store_id, row.address_id))
    if held is None or held.expires_at <= tx.now:
        return BadInput("this code has run out; ask for a new one", why="old_code")
    if held.tries >= MOST_TRIES:
        return BadInput("too many wrong codes; ask for a new one", why="old_code")
    if not any(same(held.code_hash, code_digest(key, row.address_id, code)) for key in secrets):
        held.tries += 1
        tx.session.add(held)
        return BadInput("this is not the code; look again", why="wrong_code")
    tx.session.delete(held)
    return None


def prove(
    change: Change, row: AddressRow, proof: str, conversation: ConversationRow | None
) -> None:
    """The address is theirs from now on; what waits for them may go there.

    It counts for all their conversations; for a message the caller narrows ``proven_in``.
    """
    row.proven_at, row.proof = change.tx.now, proof
    row.proven_in = None
    row.failed_at, row.failed_because = None, ""
    change.tx.session.add(row)
    shopper = people.shopper(change.tx, row.store_id, row.person_id)
    if shopper is not None:
        shopper.verified = 1
        change.tx.session.add(shopper)
    reaching.note_fact(
        change.tx,
        row.store_id,
        row.person_id,
        "proven",
        address=row.address_id,
        proof=proof,
        conversation=conversation.conversation_id if conversation else None,
    )
    if conversation is not None:
        change.append(
            conversation,
            thread.happened(
                "address",
                channel=row.channel,
                what="proven",
                to=masked(row.channel, row.value),
            ),
        )
        change.wake(conversation, "shopper")


def facts_of(tx: Tx, store_id: str, shopper_id: str, *, whole: bool) -> list[AddressFact]:
    """A shopper's addresses with what was agreed to; masked unless ``whole``."""
    rows = people.addresses_of(tx, store_id, "shopper", shopper_id)
    return facts(tx, store_id, {shopper_id: rows}, whole=whole)[shopper_id]


def _typed(tx: Tx, conversation: ConversationRow, channel: str, value: str) -> AddressRow:
    """The shopper's row for this address, made if they never typed it before."""
    store_id, shopper_id = conversation.store_id, conversation.shopper_id
    for row in people.addresses_of(tx, store_id, "shopper", shopper_id):
        if row.channel == channel and row.value == value:
            return row
    row = AddressRow(
        store_id=store_id,
        address_id=tx.new_id(),
        side="shopper",
        person_id=shopper_id,
        channel=channel,
        value=value,
        typed_conversation_id=conversation.conversation_id,
        typed_seq=conversation.last_seq,
        stopped_at=people.has_stopped(tx, store_id, channel, value),
        created_at=tx.now,
    )
    tx.session.add(row)
    tx.session.flush()
    return row


def expect_code(tx: Tx, row: AddressRow) -> None:
    """A code is under way; its digits are made at hand-over, and none opens anything before."""
    held = tx.session.get(CodeRow, (row.store_id, row.address_id)) or CodeRow(
        store_id=row.store_id, address_id=row.address_id, code_hash="", sent_at=0, expires_at=0
    )
    held.code_hash, held.sent_at, held.tries = "", tx.now, 0
    held.expires_at = tx.now + CODE_LASTS
    tx.session.add(held)


def within_caps(tx: Tx, store_id: str, person_id: str, value: str) -> None:
    """Count one more code asked for.

    Raises:
        TooMany: a cap holds.
    """
    for cap in caps_for(person_id, value):
        if people.count(tx, store_id, cap.scope, cap.window) > cap.most:
            raise TooMany(
                "too many texts were asked for; try again later, or leave an e-mail", why="codes"
            )


def _evidence(tx: Tx, store_id: str, shopper_id: str) -> dict[str, object]:
    seen = people.presence(tx, store_id, "shopper", shopper_id)
    return {"page": seen.url if seen else None, "title": seen.title if seen else None}
