"""The console's socket: one per agent's window, following any number of conversations."""

from __future__ import annotations

from functools import singledispatchmethod
from typing import Any

from typing_extensions import override

from gateway.auth.tokens import mint
from gateway.clock import MILLISECOND
from gateway.live.socket import Socket
from gateway.protocol.frames import (
    Ack,
    AgentEarlier,
    AgentHello,
    AgentSay,
    AgentSeen,
    AgentTyping,
    AskCounts,
    AskInbox,
    Assign,
    Bulk,
    Close,
    Duty,
    Edit,
    HandOver,
    KeepDraft,
    Open,
    Override,
    Reopen,
    Resolve,
    Tab,
    TakeBack,
)
from gateway.protocol.session import agent_says, encode
from gateway.services import (
    alerts,
    bulk,
    changing,
    conversations,
    drafts,
    duty,
    feed,
    handing_over,
    inboxes,
    labels,
    looking,
    overriding,
    reading,
    receive,
    sessions,
    staff,
    welcome,
)
from gateway.services.arrival import Stored
from gateway.services.wire import ms
from gateway.web.socket import Connection

UNTIL_IT_SAYS = Tab(panel=True, visible=True, focus=True)


class AgentConnection(Connection):
    """A console."""

    says = agent_says

    @override
    async def greet(self, hello: AgentHello) -> Socket:
        ticket = await sessions.spend(self.house, hello.ticket, "agent")
        return Socket(socket_id=mint(), audience="staff", person_id=ticket.person_id, name="")

    @override
    async def begin(self, socket: Socket, hello: AgentHello) -> None:
        greeting = await welcome.welcome_agent(self.house, socket.person_id)
        socket.name = greeting.agent.name
        socket.greet(encode(greeting))
        found = await alerts.greet(self.house, socket.person_id)
        if found is not None:
            socket.offer(encode(found))
        socket.offer(encode(await labels.labels(self.house)))
        self._presences.tab(socket, UNTIL_IT_SAYS)
        await staff.announce(self.house)

    @override
    async def handle(self, socket: Socket, frame: Any) -> None:
        await self._act_on(type(frame))(self, frame, socket)

    @singledispatchmethod
    async def _do(self, frame: Any, socket: Socket) -> None:  # noqa: ANN401
        raise NotImplementedError(f"no frame of the union is unhandled: {type(frame).__name__}")

    @_do.register
    async def _(self, frame: Tab, socket: Socket) -> None:
        self._presences.tab(socket, frame)
        looking.turns(self.house.hub, socket, in_sight=frame.visible)

    @_do.register
    async def _(self, frame: AskInbox, socket: Socket) -> None:
        socket.view = frame.view
        socket.offer(encode(await inboxes.page(self.house, socket.person_id, frame, frame.after)))

    @_do.register
    async def _(self, frame: AskCounts, socket: Socket) -> None:
        socket.offer(encode(await inboxes.counts(self.house, socket.person_id)))

    @_do.register
    async def _(self, frame: Bulk, socket: Socket) -> None:
        told = await bulk.bulk(self.house, socket.person_id, frame.on, frame.act, ref=frame.ref)
        socket.offer(encode(told))

    @_do.register
    async def _(self, frame: Open, socket: Socket) -> None:
        self.house.hub.follow(socket, frame.store_id, frame.conversation_id)
        try:
            found = await reading.snapshot(
                self.house, frame.store_id, frame.conversation_id, "staff", frame.resume
            )
        except Exception:
            self.house.hub.unfollow(socket, frame.conversation_id)
            raise
        socket.offer(encode(found))
        socket.resume(frame.conversation_id, found.conversation.last_seq)
        looking.opens(self.house.hub, socket, frame.conversation_id)
        for draft in await drafts.of(
            self.house, frame.store_id, frame.conversation_id, socket.person_id
        ):
            socket.offer(encode(draft))
        await feed.refresh(self.house, frame.store_id, frame.conversation_id)

    @_do.register
    async def _(self, frame: Close, socket: Socket) -> None:
        self.house.hub.unfollow(socket, frame.conversation_id)
        looking.closes(self.house.hub, socket, frame.conversation_id)

    @_do.register
    async def _(self, frame: AgentSay, socket: Socket) -> None:
        stored = await receive.from_agent(
            self.house,
            frame.store_id,
            frame.conversation_id,
            socket.person_id,
            cmid=frame.cmid,
            body=frame.body,
            seen_seq=frame.seen_seq,
            note=frame.note,
            anyway=frame.anyway,
            wish=frame.wish,
            resolve=frame.resolve,
            snooze_until=None if frame.snooze_until is None else frame.snooze_until * MILLISECOND,
            mentions=frame.mentions,
            attachments=frame.attachments,
        )
        socket.offer(encode(_ack(frame.cmid, stored)))

    @_do.register
    async def _(self, frame: KeepDraft, socket: Socket) -> None:
        kept = await drafts.keep(
            self.house,
            frame.store_id,
            frame.conversation_id,
            socket.person_id,
            kind=frame.kind,
            body=frame.body,
        )
        for each in self.house.hub.sockets_of("staff", socket.person_id):
            if each is not socket:
                each.offer(encode(kept))

    @_do.register
    async def _(self, frame: Edit, socket: Socket) -> None:
        await changing.edit(
            self.house,
            frame.store_id,
            frame.conversation_id,
            socket.person_id,
            seq=frame.seq,
            body=frame.body,
        )

    @_do.register
    async def _(self, frame: TakeBack, socket: Socket) -> None:
        await changing.take_back(
            self.house, frame.store_id, frame.conversation_id, socket.person_id, seq=frame.seq
        )

    @_do.register
    async def _(self, frame: Override, socket: Socket) -> None:
        await overriding.override(
            self.house, frame.store_id, frame.conversation_id, socket.person_id, frame.wish
        )

    @_do.register
    async def _(self, frame: AgentSeen, socket: Socket) -> None:
        await reading.seen_by_agent(
            self.house, frame.store_id, frame.conversation_id, socket.person_id, frame.seq
        )

    @_do.register
    async def _(self, frame: AgentTyping, socket: Socket) -> None:
        if frame.conversation_id in socket.follows:
            await staff.tell_of_typing(self.house, socket, frame.conversation_id, on=frame.on)

    @_do.register
    async def _(self, frame: AgentEarlier, socket: Socket) -> None:
        page = await reading.earlier(
            self.house,
            frame.store_id,
            frame.conversation_id,
            "staff",
            before=frame.before,
            limit=frame.limit,
        )
        socket.offer(encode(page))

    @_do.register
    async def _(self, frame: Duty, socket: Socket) -> None:
        until = None if frame.until is None else frame.until * MILLISECOND
        await duty.pick(self.house, socket.person_id, frame.duty, until)

    @_do.register
    async def _(self, frame: Assign, socket: Socket) -> None:
        await conversations.assign(
            self.house, frame.store_id, frame.conversation_id, socket.person_id, frame.agent_id
        )

    @_do.register
    async def _(self, frame: HandOver, socket: Socket) -> None:
        stored = await handing_over.hand_over(
            self.house,
            frame.store_id,
            frame.conversation_id,
            socket.person_id,
            frame.agent_id,
            cmid=frame.cmid,
            note=frame.note,
        )
        socket.offer(encode(_ack(frame.cmid, stored)))

    @_do.register
    async def _(self, frame: Resolve, socket: Socket) -> None:
        await conversations.resolve(
            self.house, frame.store_id, frame.conversation_id, socket.person_id
        )

    @_do.register
    async def _(self, frame: Reopen, socket: Socket) -> None:
        await conversations.reopen(
            self.house, frame.store_id, frame.conversation_id, socket.person_id
        )

    _act_on = staticmethod(_do.dispatcher.dispatch)  # ``_do`` itself makes a function a call

    @override
    async def end(self, socket: Socket, *, at: int) -> None:
        looking.leaves(self.house.hub, socket)
        self._presences.left(socket, at=at)
        await staff.announce(self.house)


def _ack(cmid: str, stored: Stored) -> Ack:
    return Ack(
        cmid=cmid,
        conversation_id=stored.conversation_id,
        entry_id=stored.entry_id,
        seq=stored.seq,
        at=ms(stored.at),
        dup=stored.dup,
    )
