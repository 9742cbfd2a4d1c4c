"""What many conversations are looked at for, loaded by set into the transaction."""

from __future__ import annotations

from collections.abc import Iterable

from gateway.clock import DAY
from gateway.core.policy import CHANNELS
from gateway.services.circuits import ADDRESS, CHANNEL
from gateway.store import house as houses
from gateway.store import known as known_rows
from gateway.store import people
from gateway.store.known import Known
from gateway.store.tables import ConversationRow
from gateway.store.tx import Tx


def look_around(tx: Tx, known: Known) -> Tx:
    """The transaction with all loaded that deciding on what is ``taken`` and saying it ask for."""
    known_rows.add_words(tx, known)
    known_rows.add_ways(tx, known, tx.now - DAY)
    return _knowing(tx, known)


def look_ahead(tx: Tx, known: Known) -> Tx:
    """The same for one who plans and says nothing yet: no words are loaded."""
    known_rows.add_headings(tx, known)
    known_rows.add_ways(tx, known, tx.now - DAY)
    return _knowing(tx, known)


def look_over(tx: Tx, conversations: Iterable[ConversationRow]) -> Tx:
    """The same for one who only looks at these conversations, and changes nothing."""
    known = known_rows.looked_at(tx, conversations)
    known_rows.add_ways(tx, known, tx.now - DAY)
    known.agents = houses.agents(tx)
    return _knowing(tx, known)


def look_inward(tx: Tx, known: Known) -> Tx:
    """The same for one who plans the staff's sides: what all of them share is asked for once."""
    known.agents = houses.agents(tx)
    known.kept += [people.presence(tx, people.HOUSE, "staff", row.agent_id) for row in known.agents]
    return _knowing(tx, known)


def _knowing(tx: Tx, known: Known) -> Tx:
    stores = {row.store_id for row in known.conversations.values()}
    channels = ((store_id, CHANNEL + name) for store_id in stores for name in CHANNELS)
    addresses = (
        (row.store_id, ADDRESS + row.address_id)
        for rows in known.addresses.values()
        for row in rows
    )
    known_rows.add_circuits(tx, known, [*channels, *addresses])
    known.accepting_since = (houses.accepting_since(tx),)
    return tx.with_known(known)
