"""The shopper's socket: one per tab."""

from __future__ import annotations

from functools import singledispatchmethod
from typing import Any

from typing_extensions import override

from gateway.auth.tokens import mint
from gateway.clock import SECOND
from gateway.errors import Forbidden, OnethreadError
from gateway.live.socket import Socket
from gateway.protocol.entry import Cursor
from gateway.protocol.frames import (
    Ack,
    Answer,
    AskForms,
    AskToRing,
    AskTranscript,
    Bye,
    Earlier,
    GiveCode,
    Hello,
    LeaveAddress,
    Prefer,
    Rate,
    Ring,
    Say,
    SeenTo,
    Snapshot,
    SomeoneTyping,
    Subscribe,
    Tab,
    Typing,
    Unsubscribe,
)
from gateway.protocol.session import CLOSE_RESTART, encode, shopper_says
from gateway.services import (
    addresses,
    forms,
    preferring,
    ratings,
    reading,
    receive,
    subscriptions,
    transcripts,
)
from gateway.services.arriving import Arrivals, Coming
from gateway.services.wire import ms
from gateway.web.origins import allowed
from gateway.web.socket import Connection


class ShopperConnection(Connection):
    """A tab of the panel, or any other client of a shopper."""

    __slots__ = ("_arrivals", "_shop")
    says = shopper_says

    def __init__(self, *given: Any, arrivals: Arrivals, shop: str | None) -> None:  # noqa: ANN401  # as any connection
        """``shop``: the origin of a client without a panel, None for the gateway's own."""
        super().__init__(*given)
        self._arrivals = arrivals
        self._shop = shop

    @override
    async def greet(self, hello: Hello) -> Socket:
        admitted = await self._arrivals.admit(hello.ticket)
        if self._shop is not None and not allowed(self._shop, admitted.origins):
            # The upgrade let in the shops of every store; the ticket says which one it has to be.
            raise Forbidden("this shop belongs to another store")
        self.silence = admitted.silence / SECOND
        socket = Socket(
            socket_id=mint(),
            audience="shopper",
            person_id=admitted.shopper_id,
            name="",
            store_id=admitted.store_id,
            session=admitted.session,
        )
        if admitted.conversation_id is not None:
            # Followed before it is read, like any, and so it can be read with all else.
            self.house.hub.follow(socket, socket.store_id, admitted.conversation_id)
        return socket

    @override
    async def begin(self, socket: Socket, hello: Hello) -> None:
        ours = dict(socket.follows)
        key = (socket.store_id, socket.person_id, socket.session)
        arrived = await self._arrivals.load(Coming(key, self.heartbeat_ms, hello.resume))
        socket.greet(encode(arrived.welcome))
        self._presences.came(socket)
        if socket.follows == ours:  # or another tab's first message was quicker, and showed it
            await self._show(socket, arrived.snapshot, hello.resume)
        if arrived.forms is not None:
            socket.offer(encode(arrived.forms))
        if arrived.zone not in (None, hello.zone):
            await preferring.lives_in(self.house, socket.store_id, socket.person_id, hello.zone)

    async def _show(self, socket: Socket, found: Snapshot | None, resume: Cursor | None) -> None:
        if found is None:
            for other in tuple(socket.follows):  # theirs no more
                self.house.hub.unfollow(socket, other)
        elif (name := found.conversation.conversation_id) in socket.follows:
            self._go_on(socket, found, resume)
        else:  # since the ticket they began another, or two of theirs became one
            await self._follow(socket, name, resume)

    async def _follow(
        self, socket: Socket, conversation_id: str, resume: Cursor | None = None
    ) -> None:
        """Subscribe first, then read, then let the pump go on from what was read.

        A tab shows one conversation: the seqs in its frames mean nothing in an older one.
        """
        if conversation_id in socket.follows:
            return  # another tab's first message was quicker
        for older in tuple(socket.follows):
            self.house.hub.unfollow(socket, older)
        self.house.hub.follow(socket, socket.store_id, conversation_id)
        try:
            found = await reading.snapshot(
                self.house, socket.store_id, conversation_id, "shopper", resume
            )
        except OnethreadError:
            # What was said is stored and acknowledged; the tab comes back and resumes.
            socket.close(CLOSE_RESTART)
            return
        self._go_on(socket, found, resume)

    def _go_on(self, socket: Socket, found: Snapshot, resume: Cursor | None) -> None:
        socket.offer(encode(found))
        last = found.entries[-1].seq if found.entries else None
        if last is None:
            last = resume.seq if resume and found.recovered else 0
        socket.resume(found.conversation.conversation_id, last)

    @override
    async def handle(self, socket: Socket, frame: Any) -> None:
        await self._act_on(type(frame))(self, frame, socket)

    @singledispatchmethod
    async def _do(self, frame: Any, socket: Socket) -> None:  # noqa: ANN401
        raise NotImplementedError(f"no frame of the union is unhandled: {type(frame).__name__}")

    @_do.register
    async def _(self, frame: Say, socket: Socket) -> None:
        stored = await receive.from_shopper(
            self.house,
            socket.store_id,
            socket.person_id,
            cmid=frame.cmid,
            body=frame.body,
            attachments=frame.attachments,
        )
        socket.offer(
            encode(
                Ack(
                    cmid=frame.cmid,
                    conversation_id=stored.conversation_id,
                    entry_id=stored.entry_id,
                    seq=stored.seq,
                    at=ms(stored.at),
                    dup=stored.dup,
                )
            )
        )
        for tab in self.house.hub.sockets_of("shopper", socket.person_id):
            if stored.conversation_id not in tab.follows:
                await self._follow(tab, stored.conversation_id)

    @_do.register
    async def _(self, frame: SeenTo, socket: Socket) -> None:
        for conversation_id in tuple(socket.follows):
            await reading.seen_by_shopper(self.house, socket.store_id, conversation_id, frame.seq)

    @_do.register
    async def _(self, frame: Typing, socket: Socket) -> None:
        for conversation_id in socket.follows:
            self.house.hub.tell_followers(
                conversation_id,
                SomeoneTyping(
                    conversation_id=conversation_id, side="shopper", name="", on=frame.on
                ),
                but=socket,
            )

    @_do.register
    async def _(self, frame: Tab, socket: Socket) -> None:
        self._presences.tab(socket, frame)

    @_do.register
    async def _(self, frame: Bye, socket: Socket) -> None:
        self._presences.left(socket)

    @_do.register
    async def _(self, frame: AskToRing, socket: Socket) -> None:
        for conversation_id in tuple(socket.follows):
            if self._presences.may_ring(socket, conversation_id, frame.seq):
                socket.offer(encode(Ring(seq=frame.seq)))

    @_do.register
    async def _(self, frame: Earlier, socket: Socket) -> None:
        for conversation_id in tuple(socket.follows):
            page = await reading.earlier(
                self.house,
                socket.store_id,
                frame.conversation_id or conversation_id,
                "shopper",
                before=frame.before,
                limit=frame.limit,
                followed=conversation_id,
            )
            socket.offer(encode(page))

    @_do.register
    async def _(self, frame: LeaveAddress, socket: Socket) -> None:
        await addresses.leave(
            self.house,
            socket.store_id,
            socket.person_id,
            channel=frame.channel,
            typed=frame.value,
            sentence_id=frame.sentence_id,
        )
        await self._tell_addresses(socket)

    @_do.register
    async def _(self, frame: GiveCode, socket: Socket) -> None:
        await addresses.prove_by_code(
            self.house, socket.store_id, socket.person_id, frame.address_id, frame.code
        )
        await self._tell_addresses(socket)

    @_do.register
    async def _(self, frame: Subscribe, socket: Socket) -> None:
        await subscriptions.subscribe(
            self.house,
            socket.store_id,
            socket.person_id,
            subscriptions.Subscription(
                endpoint=frame.endpoint,
                p256dh=frame.p256dh,
                auth=frame.auth,
                key=frame.key,
                replaces=frame.replaces,
            ),
            frame.sentence_id,
        )
        await self._tell_addresses(socket)

    @_do.register
    async def _(self, frame: Unsubscribe, socket: Socket) -> None:
        await subscriptions.unsubscribe(
            self.house, socket.store_id, socket.person_id, frame.endpoint
        )
        await self._tell_addresses(socket)

    @_do.register
    async def _(self, frame: Prefer, socket: Socket) -> None:
        await preferring.prefer(
            self.house, socket.store_id, socket.person_id, frame.channels, "widget"
        )

    @_do.register
    async def _(self, frame: AskForms, socket: Socket) -> None:
        found = await forms.now(self.house, socket.store_id, socket.person_id)
        if found is not None:
            socket.offer(encode(found))

    @_do.register
    async def _(self, frame: Answer, socket: Socket) -> None:
        who = (socket.store_id, socket.person_id)
        await forms.answer(self.house, *who, frame.question, frame.value)
        await self._tell_forms(socket)

    @_do.register
    async def _(self, frame: Rate, socket: Socket) -> None:
        who = (socket.store_id, socket.person_id)
        await ratings.rate(self.house, *who, frame.seq, frame.score, frame.comment)
        await self._tell_forms(socket)

    @_do.register
    async def _(self, frame: AskTranscript, socket: Socket) -> None:
        await transcripts.ask(self.house, socket.store_id, socket.person_id, frame.address_id)
        await self._tell_addresses(socket)

    async def _tell_forms(self, socket: Socket) -> None:
        await forms.tell_tabs(self.house, socket.store_id, socket.person_id)

    async def _tell_addresses(self, socket: Socket) -> None:
        await preferring.tell_tabs(self.house, socket.store_id, socket.person_id)
        await self._tell_forms(socket)

    _act_on = staticmethod(_do.dispatcher.dispatch)  # ``_do`` itself makes a function a call

    @override
    async def end(self, socket: Socket, *, at: int) -> None:
        self._presences.left(socket, at=at)
