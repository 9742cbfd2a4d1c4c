"""STOP, START and HELP: consent withdrawn and returned, confirmed once, and shown to agents.

STOP withdraws what is queued in the same transaction (invariant 9); what was waiting is planned
again without that address.
"""

from __future__ import annotations

from collections.abc import Sequence

from gateway.core.consent import BY_PROVIDER, BY_START, BY_STOP
from gateway.core.consent import start as start_evidence
from gateway.core.consent import stop as stop_evidence
from gateway.services import render
from gateway.services.evidence import rows_for
from gateway.services.house import Change
from gateway.services.queueing import queue
from gateway.services.wire import masked
from gateway.services.withdrawing import withdraw
from gateway.store import people, reaching, thread
from gateway.store.tables import AddressRow, ConversationRow, StoreRow

NOBODY = ""


def stop(
    change: Change,
    store: StoreRow,
    channel: str,
    value: str,
    *,
    told: bool,
    source: str = BY_STOP,
) -> str:
    """Nothing more goes to this number or mailbox from this store; ``told``: the carrier said so.

    A number that we do not know yet is remembered too, for whoever types it later.
    """
    tx = change.tx
    holders = _holders(change, store, channel, value)
    first = any(row.stopped_at is None for row in holders)
    for row in holders:
        already = row.stopped_at is not None
        row.stopped_at = row.stopped_at or tx.now
        tx.session.add(row)
        for evidence in stop_evidence(tx.now, source):
            people.record_consent(
                tx, row, purposes=(evidence.purpose,), granted=False, source=evidence.source
            )
        for delivery in reaching.latest_to(tx, [store.store_id], [row.address_id]):
            # Said twice, it is confirmed once: the first confirmation may still be queued.
            if delivery.state == "queued" and not (already and delivery.form == "confirmation"):
                withdraw(change, delivery)
        if not already:
            _tell(change, row, store, "stopped")
    if first and not told:
        _confirm(change, store, holders[0], render.STOPPED_LINE)
    return "stopped"


def stop_at_provider(
    change: Change, store: StoreRow, channel: str, value: str, handed_at: int
) -> None:
    """The provider let nothing by, for they told it STOP: that counts as though we had heard it.

    What was handed over before they said START speaks of a STOP that is over.
    """
    holders = _holders(change, store, channel, value)
    if all(row.stopped_at is not None for row in holders):
        return
    since = max(
        (
            each.at
            for row in holders
            for each in people.consents_of(change.tx, row.store_id, [row.address_id])
            if each.source == BY_START
        ),
        default=None,
    )
    if since is None or since < handed_at:
        stop(change, store, channel, value, told=True, source=BY_PROVIDER)


def start(change: Change, store: StoreRow, channel: str, value: str, *, told: bool) -> str:
    """What a STOP took from this number or mailbox comes back, with new evidence.

    A START that the carrier tells of (``told``) ends a STOP, also one that only the carrier knew.
    """
    tx = change.tx
    holders = people.addresses_with(tx, store.store_id, channel, value, whole=True)
    for row in holders:
        held = rows_for(people.consents_of(tx, row.store_id, [row.address_id]))
        if row.stopped_at is None and told:
            held += stop_evidence(tx.now, BY_PROVIDER)
        row.stopped_at = None
        tx.session.add(row)
        for evidence in start_evidence(held, tx.now):
            people.record_consent(
                tx,
                row,
                purposes=(evidence.purpose,),
                granted=True,
                source=evidence.source,
                sentence_id=evidence.sentence_id,
            )
        _tell(change, row, store, "started")
    if not told:
        _confirm(change, store, holders[0], render.STARTED_LINE)
    return "started"


def tell_help(change: Change, store: StoreRow, channel: str, value: str, *, told: bool) -> str:
    """Who this is and how to stop it."""
    if not told:
        _confirm(change, store, _holders(change, store, channel, value)[0], render.HELP_LINE)
    return "helped"


def _holders(change: Change, store: StoreRow, channel: str, value: str) -> Sequence[AddressRow]:
    found = people.addresses_with(change.tx, store.store_id, channel, value, whole=True)
    if found:
        return found
    row = AddressRow(
        store_id=store.store_id,
        address_id=change.tx.new_id(),
        side="shopper",
        person_id=NOBODY,
        channel=channel,
        value=value,
        created_at=change.tx.now,
    )
    change.tx.session.add(row)
    change.tx.session.flush()
    return [row]


def _confirm(change: Change, store: StoreRow, row: AddressRow, words: str) -> None:
    queue(
        change,
        None,
        row,
        form="confirmation",
        seqs=(),
        side=row.side,
        content={"text": words},
        store_id=store.store_id,
    )


def _tell(change: Change, row: AddressRow, store: StoreRow, what: str) -> None:
    conversation = _conversation(change, row, store)
    if conversation is None:
        return
    change.append(
        conversation,
        thread.happened(
            "consent", channel=row.channel, what=what, to=masked(row.channel, row.value)
        ),
    )
    change.wake(conversation, row.side)


def _conversation(change: Change, row: AddressRow, store: StoreRow) -> ConversationRow | None:
    if row.side != "shopper" or row.person_id == NOBODY:
        return None
    return thread.open_of(change.tx, store.store_id, row.person_id)
