"""What a client is told first."""

from __future__ import annotations

from gateway.errors import NotFound
from gateway.protocol.frames import AgentWelcome, Welcome
from gateway.protocol.session import HEARTBEAT
from gateway.services import expected
from gateway.services.addresses import facts_of
from gateway.services.house import House
from gateway.services.preferring import preference_of
from gateway.services.push_keys import offered
from gateway.services.staff import colleagues, who_answers
from gateway.services.whatsapp_window import may_be_left
from gateway.services.wire import sentences_for
from gateway.store import house as houses
from gateway.store import people, thread
from gateway.store.tx import Tx

HEARTBEAT_MS = int(HEARTBEAT * 1_000)


async def welcome_shopper(house: House, store_id: str, shopper_id: str) -> Welcome:
    """Everything that the panel shows besides the log."""
    connected = house.hub.staff_ids
    span = await expected.usual(house, store_id)

    def load(tx: Tx) -> Welcome:
        store = houses.store(tx, store_id)
        last = thread.latest_of(tx, store_id, shopper_id)
        conversation_id = last.conversation_id if last else None
        shopper = people.shopper(tx, store_id, shopper_id)
        language = shopper.language if shopper else store.language
        on = who_answers(store, colleagues(tx, connected))
        return Welcome(
            epoch=houses.house(tx).epoch,
            store_name=store.name,
            language=store.language,
            shopper_id=shopper_id,
            conversation_id=conversation_id,
            addresses=facts_of(tx, store_id, shopper_id, whole=False),
            sentences=sentences_for(
                store,
                frozenset(each for each in house.channels if may_be_left(tx, store, each)),
                language,
            ),
            staff=on,
            expected=expected.expected(
                tx,
                store,
                span,
                answers=bool(on),
                unheard=expected.is_unheard(tx, store_id, conversation_id),
            ),
            preference=preference_of(shopper),
            push=offered(tx, store, language) if "push" in house.channels else None,
            heartbeat_ms=HEARTBEAT_MS,
        )

    return await house.store.read(load)


async def welcome_agent(house: House, agent_id: str) -> AgentWelcome:
    """Who this is, who else is there, and which stores the house serves."""
    connected = house.hub.staff_ids | {agent_id}

    def load(tx: Tx) -> AgentWelcome:
        team = colleagues(tx, connected)
        own = next((each for each in team if each.agent_id == agent_id), None)
        if own is None:
            raise NotFound
        return AgentWelcome(
            epoch=houses.house(tx).epoch,
            agent=own,
            colleagues=team,
            stores={row.store_id: row.name for row in houses.stores(tx)},
            heartbeat_ms=HEARTBEAT_MS,
        )

    return await house.store.read(load)
