"""Health of channels and addresses, kept as rows: what fails again and again is left alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from gateway.core.delivery import ENDED_BADLY
from gateway.core.health import (
    Circuit,
    address_failed,
    after_success,
    channel_down,
    channel_failed,
)
from gateway.core.model import DeliveryState, Health, Send
from gateway.core.policy import CHANNELS, Policy
from gateway.services.house import Change
from gateway.store import house as houses
from gateway.store import people, reaching
from gateway.store.tables import DeliveryRow
from gateway.store.tx import Tx

CHANNEL = "channel:"
ADDRESS = "address:"
LATE: Final = "late"
NO_FILE: Final = "file"
_NOT_CALLED = frozenset({LATE, NO_FILE})  #: codes of what never came so far as a call

_CHANNEL_FAILED = frozenset({DeliveryState.DEFERRED, DeliveryState.UNKNOWN})
_ADDRESS_FAILED = ENDED_BADLY - _CHANNEL_FAILED
_ARRIVED = frozenset({DeliveryState.DELIVERED, DeliveryState.READ, DeliveryState.ANSWERED})
_TAKEN = _ARRIVED | {DeliveryState.ACCEPTED, DeliveryState.SENT}
_NO_NEWS = frozenset({DeliveryState.ACCEPTED, DeliveryState.SENT, DeliveryState.UNKNOWN})


def health_of(tx: Tx, store_id: str) -> Health:
    """Which channels of a store are left alone, and until when."""
    rows = reaching.circuits(tx, store_id, [CHANNEL + name for name in CHANNELS])
    return Health(
        open_until=tuple(
            (row.scope.removeprefix(CHANNEL), row.open_until)
            for row in rows
            if row.open_until > tx.now
        )
    )


def learn(change: Change, row: DeliveryRow, state: DeliveryState) -> None:
    """A delivery entered a state: what that says of its channel, and of its address."""
    if row.batch_id not in (None, row.delivery_id):
        return  # one call of the provider, told of once, by its first delivery
    tx = change.tx
    policy = houses.policy(tx, houses.store(tx, row.store_id))
    channel, address = CHANNEL + row.channel, ADDRESS + row.address_id
    if state in _CHANNEL_FAILED and row.error_code not in _NOT_CALLED:
        _failed(tx, row.store_id, channel, channel_failed, policy)
    elif state in _TAKEN:
        _worked(tx, row.store_id, channel)
    if state in _ADDRESS_FAILED and not row.content_rejected:
        _failed(tx, _owner(row), address, address_failed, policy)
    elif state in _ARRIVED:
        _worked(tx, _owner(row), address)


def shut(tx: Tx, store_id: str, channel: str) -> None:
    """The provider carries nothing of this channel: others are tried now, and this one later."""
    policy = houses.policy(tx, houses.store(tx, store_id))
    _failed(tx, store_id, CHANNEL + channel, channel_down, policy)


def learn_from_silence(tx: Tx, decision: Send, store_id: str) -> None:
    """The next way is taken because no receipt came: that counts against the address, once."""
    for reason in decision.because:
        facts = dict(reason.facts)
        if reason.code != "escalated" or facts.get("state") not in _NO_NEWS:
            continue
        row = reaching.delivery(tx, store_id, str(facts["delivery"]), locked=False)
        if row is None or row.handed_at is None:
            continue
        known = reaching.circuit(tx, _owner(row), ADDRESS + row.address_id)
        if known is None or known.at < row.handed_at:
            policy = houses.policy(tx, houses.store(tx, store_id))
            _failed(tx, _owner(row), ADDRESS + row.address_id, address_failed, policy)


def _owner(row: DeliveryRow) -> str:
    """Agents serve every store: what is known of their addresses is the house's."""
    return people.HOUSE if row.side == "staff" else row.store_id


def _failed(
    tx: Tx,
    store_id: str,
    scope: str,
    after: Callable[[Circuit, Policy, int], Circuit],
    policy: Policy,
) -> None:
    row = reaching.circuit(tx, store_id, scope, make=True)
    if row is None:
        return
    then = after(Circuit(failures=row.failures, open_until=row.open_until), policy, tx.now)
    if then.open_until != row.open_until:
        reaching.note_fact(tx, store_id, scope, "circuit", until=then.open_until)
    row.failures, row.open_until, row.at = then.failures, then.open_until, tx.now
    tx.session.add(row)
    tx.session.flush()


def _worked(tx: Tx, store_id: str, scope: str) -> None:
    # Nearly always nothing has failed: then nothing is locked, and nothing written.
    known = reaching.circuit(tx, store_id, scope)
    if known is None or not (known.failures or known.open_until):
        return
    row = reaching.circuit(tx, store_id, scope, make=True)
    if row is not None:
        then = after_success(Circuit(failures=row.failures, open_until=row.open_until))
        reaching.note_fact(tx, store_id, scope, "circuit", until=then.open_until)
        row.failures, row.open_until, row.at = then.failures, then.open_until, tx.now
        tx.session.add(row)
        tx.session.flush()
