"""What a client is told first."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import cast

from gateway.errors import NotFound
from gateway.protocol.entry import AddressFact, ChannelName, Expected, PushOffer, Sentence
from gateway.protocol.frames import AgentWelcome, Welcome
from gateway.protocol.session import HEARTBEAT
from gateway.services import expected
from gateway.services.house import House
from gateway.services.push_keys import offered
from gateway.services.staff import colleagues, who_answers
from gateway.services.whatsapp_window import may_be_left
from gateway.services.wire import sentences_for
from gateway.store import house as houses
from gateway.store.arrivals import Guest
from gateway.store.tx import Tx, unpack

HEARTBEAT_MS = int(HEARTBEAT * 1_000)


class Reception:
    """What the panel shows besides the log, for all shoppers of one store who come together.

    What is the same for them is found out once, when the first of them needs it.
    """

    def __init__(
        self, tx: Tx, house: House, store_id: str, connected: frozenset[str], usual: expected.Kept
    ) -> None:
        """``connected``: the agents with a console open on this node."""
        store = self.store = houses.store(tx, store_id)
        self._epoch = houses.epoch(tx)
        self._on = who_answers(store, colleagues(tx, connected))
        channels = frozenset(each for each in house.channels if may_be_left(tx, store, each))

        @cache
        def sentences(language: str) -> list[Sentence]:
            return sentences_for(store, channels, language)

        @cache
        def push(language: str) -> PushOffer | None:
            return offered(tx, store, language) if "push" in house.channels else None

        @cache
        def answer(unheard: bool) -> Expected:
            span = expected.usual_in(tx, usual, store_id)
            return expected.expected(tx, store, span, answers=bool(self._on), unheard=unheard)

        self._sentences, self._push, self._answer = sentences, push, answer

    def welcome(
        self, guest: Guest, addresses: Mapping[str, list[AddressFact]], heartbeat_ms: int
    ) -> Welcome:
        """What this one is told; ``addresses``: by shopper, of whoever left any."""
        language = self.store.language if guest.language is None else guest.language
        return Welcome(
            epoch=self._epoch,
            store_name=self.store.name,
            language=self.store.language,
            shopper_id=guest.shopper_id,
            conversation_id=guest.conversation_id,
            addresses=addresses.get(guest.shopper_id, []),
            sentences=self._sentences(language),
            staff=self._on,
            expected=self._answer(guest.staff_reach == "unreachable"),
            preference=cast("list[ChannelName]", unpack(guest.preference or "[]")),
            push=self._push(language),
            heartbeat_ms=heartbeat_ms,
        )


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
