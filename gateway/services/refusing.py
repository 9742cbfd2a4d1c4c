"""A provider says never, at once or in a receipt: what that means beyond the one delivery.

The person's number may be bad, they may have told the provider STOP, or something is wrong with us.
"""

from __future__ import annotations

from collections.abc import Sequence

import structlog

from gateway.channels.port import Outgoing, Rejected
from gateway.core.delivery import handed_at
from gateway.core.model import DeliveryState, Form
from gateway.core.policy import TEXTS
from gateway.services import alerts, circuits, metrics, stopping
from gateway.services.house import Change
from gateway.services.queueing import conversation_of, log_delivery, move
from gateway.services.views import delivery_of
from gateway.store import house as houses
from gateway.store import people, reaching
from gateway.store.tables import DeliveryRow

log = structlog.get_logger(__name__)

FILTERED_BEFORE = "The network filtered these very words before"

_SAYS_NOTHING = frozenset(
    {
        DeliveryState.QUEUED,
        DeliveryState.SUPERSEDED,
        DeliveryState.WITHDRAWN,
        DeliveryState.SUBMITTING,
        DeliveryState.UNKNOWN,
        DeliveryState.DEFERRED,
        DeliveryState.ACCEPTED,
        DeliveryState.SENT,
    }
)
"""States of earlier deliveries that neither end a row of failures nor lengthen it."""


def learn(change: Change, row: DeliveryRow, why: Rejected, *, final: bool = True) -> None:
    """Take in what a refusal says; call it before the delivery, which is locked, is moved.

    What is not ``final`` is tried there once more: all that counts then is whose fault it was.
    """
    alerts.note(change, row, why)
    row.content_rejected = int(why.blame in ("content", "us"))
    if not final:
        return
    if why.blame == "person":
        store = houses.store(change.tx, row.store_id)
        stopping.stop_at_provider(
            change, store, row.channel, row.value, handed_at(delivery_of(row))
        )
    elif why.blame == "address" and why.after and _in_a_row(change, row, why.code) >= why.after:
        suppress(change, row, why.words)
    if why.down:
        circuits.shut(change.tx, row.store_id, row.channel)


def never_again(change: Change, rows: Sequence[DeliveryRow], ready: Outgoing) -> bool:
    """Whether a network has filtered these very words for this person, which fails them here.

    It would filter them again, and trust the sender less each time.
    """
    if ready.channel not in TEXTS or rows[0].form not in (Form.WORDS, Form.KNOCK):
        return False
    if not ready.text or not alerts.was_filtered(change.tx, rows[0], ready.text):
        return False
    for row in rows:
        row.state, row.handed_at = DeliveryState.SUBMITTING, change.tx.now
        row.content_rejected = 1
        log_delivery(change, conversation_of(change, row), row)
        move(change, row, DeliveryState.FAILED, words=FILTERED_BEFORE, code=alerts.FILTERED)
    return True


def alert(store_id: str, channel: str, why: Rejected) -> None:
    """Call an operator, if it is theirs to mend; after the commit, once for each refusal."""
    if why.alert:
        metrics.ALERTS.labels(channel, why.code).inc()
        log.warning(
            "channel.alert",
            store=store_id,
            channel=channel,
            code=why.code,
            words=why.words,
            down=why.down,
        )


def suppress(change: Change, row: DeliveryRow, words: str) -> None:
    """The provider said never: nothing goes to this address any more, until it is proven again."""
    store_id = _owner(row)
    address = people.address(change.tx, store_id, row.address_id)
    if address is not None and address.failed_at is None:
        address.failed_at, address.failed_because = change.tx.now, words
        change.tx.session.add(address)
        reaching.note_fact(
            change.tx, store_id, row.person_id, "failed", address=row.address_id, words=words
        )


def _in_a_row(change: Change, row: DeliveryRow, code: str) -> int:
    """How often this address has now been refused for this, with nothing arriving in between."""
    count = 1
    for earlier in reaching.latest_to(change.tx, [row.store_id], [row.address_id]):
        told_of_with_another = earlier.batch_id not in (None, earlier.delivery_id)
        if (
            earlier.delivery_id == row.delivery_id
            or (row.batch_id is not None and earlier.batch_id == row.batch_id)
            or told_of_with_another
            or earlier.state in _SAYS_NOTHING
        ):
            continue
        # What arrived after all keeps the code of the failure that was told of before.
        if earlier.state != DeliveryState.FAILED or earlier.error_code != code:
            break
        count += 1
    return count


def _owner(row: DeliveryRow) -> str:
    return people.HOUSE if row.side == "staff" else row.store_id
