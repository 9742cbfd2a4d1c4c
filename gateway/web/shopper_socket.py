"""The shopper's socket: one per tab."""

from __future__ import annotations

from functools import singledispatchmethod
from typing import Any

from starlette.websockets import WebSocket
from typing_extensions import override

from gateway.auth.tokens import mint
from gateway.clock import SECOND
from gateway.core.policy import Policy
from gateway.errors import Forbidden, OnethreadError
from gateway.live.socket import Socket
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
    sessions,
    subscriptions,
    transcripts,
    welcome,
)
from gateway.services.house import House
from gateway.services.presence import Presences
from gateway.services.wire import ms
from gateway.store import house as houses
from gateway.store.tx import Tx, unpack
from gateway.web.origins import allowed
from gateway.web.socket import Connection


class ShopperConnection(Connection):
    """A tab of the panel, or any other client of a shopper."""

    def __init__(
        self, house: House, presences: Presences, websocket: WebSocket, *, shop: str | None
    ) -> None:
        """``shop``: the origin of a client without a panel, None for the gateway's own."""
        super().__init__(house, websocket, shopper_says)
        self._presences = presences
        self._shop = shop

    @override
    async def greet(self, hello: Hello) -> Socket:
        ticket = await sessions.spend(self.house, hello.ticket, "shopper")
        policy, origins = await self._rules_of(ticket.store_id)
        if self._shop is not None and not allowed(self._shop, origins):
            # The upgrade let in the shops of every store; the ticket says which one it has to be.
            raise Forbidden("this shop belongs to another store")
        self.silence = policy.silence / SECOND
        return Socket(
            socket_id=mint(),
            audience="shopper",
            person_id=ticket.person_id,
            name="",
            store_id=ticket.store_id,
            session=ticket.session_hash,
        )

    async def _rules_of(self, store_id: str) -> tuple[Policy, frozenset[str]]:
        def load(tx: Tx) -> tuple[Policy, frozenset[str]]:
            row = houses.store(tx, store_id)
            return houses.policy(tx, row), frozenset(unpack(row.origins))

        return await self.house.store.read(load)

    @override
    async def begin(self, socket: Socket, hello: Hello) -> None:
        await sessions.still_theirs(self.house, socket.store_id, socket.session)
        greeting = await welcome.welcome_shopper(self.house, socket.store_id, socket.person_id)
        greeting = greeting.model_copy(update={"heartbeat_ms": self.heartbeat_ms})
        socket.greet(encode(greeting))
        self._presences.came(socket)
        if greeting.conversation_id is not None:
            await self._follow(socket, greeting.conversation_id, hello)
        await self._show_forms(socket)
        await preferring.lives_in(self.house, socket.store_id, socket.person_id, hello.zone)

    async def _follow(
        self, socket: Socket, conversation_id: str, hello: Hello | None = None
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
                self.house,
                socket.store_id,
                conversation_id,
                "shopper",
                hello.resume if hello else None,
            )
        except OnethreadError:
            # What was said is stored and acknowledged; the tab comes back and resumes.
            socket.close(CLOSE_RESTART)
            return
        socket.offer(encode(found))
        last = found.entries[-1].seq if found.entries else None
        if last is None:
            last = hello.resume.seq if hello and hello.resume and found.recovered else 0
        socket.resume(conversation_id, last)

    @override
    async def handle(self, socket: Socket, frame: Any) -> None:
        await self._do(frame, socket)

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
        await self._show_forms(socket)

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

    async def _show_forms(self, socket: Socket) -> None:
        found = await forms.now(self.house, socket.store_id, socket.person_id)
        if found is not None:
            socket.offer(encode(found))

    async def _tell_forms(self, socket: Socket) -> None:
        await forms.tell_tabs(self.house, socket.store_id, socket.person_id)

    async def _tell_addresses(self, socket: Socket) -> None:
        await preferring.tell_tabs(self.house, socket.store_id, socket.person_id)
        await self._tell_forms(socket)

    @override
    async def end(self, socket: Socket, *, at: int) -> None:
        self._presences.left(socket, at=at)
