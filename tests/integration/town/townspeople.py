"""Vera, Ada and the others, with the verbs of the product."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import anyio

from gateway.core.model import Presence
from gateway.live.socket import Socket
from gateway.services import addresses, explain, reading, receive
from gateway.store import people, thread
from gateway.store import reaching as reaching_rows
from gateway.store.tables import ConversationRow, DeliveryRow, EntryRow, ReachRow
from tests.integration.town.databases import PATIENCE

if TYPE_CHECKING:
    from tests.integration.town.building import Town

VERA_PHONE = "+14155550142"
VERA_MAIL = "vera@shopper.example"


@dataclass(frozen=True, slots=True)
class Tab:
    """An open socket without its transport: what it heard, as JSON text."""

    socket: Socket
    heard: list[str]
    grown: anyio.Condition

    async def until(self, words: str) -> str:
        """Wait until a frame holds these words."""
        with anyio.fail_after(PATIENCE):
            async with self.grown:
                while True:
                    for frame in self.heard:
                        if words in frame:
                            return frame
                    await self.grown.wait()


@dataclass(frozen=True, slots=True)
class Shopper:
    """Somebody at the shop, with the verbs of the product."""

    town: Town
    shopper_id: str

    async def writes(self, words: str, *, cmid: str | None = None) -> receive.Stored:
        """A message in the panel."""
        return await receive.from_shopper(
            self.town.house,
            self.town.store_id,
            self.shopper_id,
            cmid=cmid or self.town.cmid(),
            body=words,
        )

    async def is_now(self, what: Presence) -> None:
        """Presence, as the lane writes it down."""
        await self.town.presence_of("shopper", self.town.store_id, self.shopper_id, what)

    async def leaves(self) -> None:
        """Closes the tab; the linger is over."""
        await self.is_now(Presence.GONE)

    async def returns(self) -> None:
        """Is back, with the panel open."""
        await self.is_now(Presence.READING)

    async def sees(self, seq: int | None = None) -> None:
        """The panel showed everything up to ``seq``, else all."""
        row = await self.conversation()
        await reading.seen_by_shopper(
            self.town.house, row.store_id, row.conversation_id, row.last_seq if seq is None else seq
        )

    async def leaves_number(self, number: str = VERA_PHONE) -> str:
        """Types a number and agrees to the sentence; returns the address's id."""
        return await self._leaves("sms", number)

    async def leaves_mailbox(self, mailbox: str = VERA_MAIL) -> str:
        """Types a mail address and agrees to the sentence; returns the address's id."""
        return await self._leaves("email", mailbox)

    async def proves_number(self, number: str = VERA_PHONE) -> str:
        """Leaves a number, gets the code and types it into the panel."""
        address_id = await self.leaves_number(number)
        await self.town.tick()
        await self.types_code(address_id, self.town.code_at(number))
        return address_id

    async def types_code(self, address_id: str, code: str) -> None:
        """Types digits into the panel."""
        await addresses.prove_by_code(
            self.town.house, self.town.store_id, self.shopper_id, address_id, code
        )

    async def conversation(self) -> ConversationRow:
        """The newest one."""
        found = await self.town.read(
            lambda tx: thread.latest_of(tx, self.town.store_id, self.shopper_id)
        )
        assert found is not None
        return found

    async def entries(self) -> list[EntryRow]:
        """The log of the newest conversation."""
        return await self.town.entries((await self.conversation()).conversation_id)

    async def said(self) -> list[str]:
        """What people wrote to each other, oldest first."""
        return [row.body or "" for row in await self.entries() if row.kind == "message"]

    async def deliveries(self, side: str = "shopper") -> list[DeliveryRow]:
        """Every attempt for one side of the newest conversation, oldest first."""
        row = await self.conversation()
        return await self.town.read(
            lambda tx: list(
                reaching_rows.deliveries_of(tx, row.store_id, row.conversation_id, side)
            )
        )

    async def reach(self, side: str = "shopper") -> ReachRow:
        """The reach row of one side."""
        row = await self.conversation()
        return await self.town.read(lambda tx: reaching_rows.reach(tx, row, side))

    async def why(self, side: str = "shopper") -> explain.Explained:
        """The stored decision that is in force, in words."""
        row = await self.reach(side)
        assert row.decision_id is not None
        return await explain.decision(self.town.house, row.store_id, row.decision_id)

    async def reasons_of(self, answer: str, side: str = "shopper") -> list[str]:
        """The sentences of every stored decision with this answer, oldest first."""
        row = await self.conversation()
        return [
            (await explain.decision(self.town.house, row.store_id, each.decision_id)).sentence
            for each in await self.town.decisions()
            if (each.conversation_id, each.side, each.answer) == (row.conversation_id, side, answer)
        ]

    async def events(self, name: str) -> list[EntryRow]:
        """The log's events of one name."""
        return [row for row in await self.entries() if row.event == name]

    async def tab(self) -> Tab:
        """A tab with the panel, following the conversation."""
        row = await self.conversation()
        return await self.town.follows("shopper", self.shopper_id, row.conversation_id)

    async def _leaves(self, channel: str, typed: str) -> str:
        return await addresses.leave(
            self.town.house,
            self.town.store_id,
            self.shopper_id,
            channel=channel,
            typed=typed,
            sentence_id=f"{channel}.support.en.1",
        )


@dataclass(frozen=True, slots=True)
class Agent:
    """Somebody who answers."""

    town: Town
    agent_id: str
    name: str
    phone: str
    mailbox: str

    async def answers(
        self,
        words: str,
        whom: Shopper | None = None,
        *,
        cmid: str | None = None,
        note: bool = False,
    ) -> receive.Stored:
        """An answer in the console, having everything on screen."""
        row = await (whom or self.town.vera).conversation()
        return await receive.from_agent(
            self.town.house,
            row.store_id,
            row.conversation_id,
            self.agent_id,
            cmid=cmid or self.town.cmid(),
            body=words,
            seen_seq=row.last_seq,
            note=note,
        )

    async def opens(self, whom: Shopper | None = None) -> None:
        """Opens the conversation in the console and looks at all of it."""
        row = await (whom or self.town.vera).conversation()
        await reading.seen_by_agent(
            self.town.house, row.store_id, row.conversation_id, self.agent_id, row.last_seq
        )

    async def comes(self) -> None:
        """Opens the console."""
        await self.is_now(Presence.READING)

    async def goes(self) -> None:
        """Closes the console."""
        await self.is_now(Presence.GONE)

    async def is_now(self, what: Presence) -> None:
        """What all consoles of theirs come to, as the lane writes it down."""
        await self.town.presence_of("staff", people.HOUSE, self.agent_id, what)
