"""Every socket of this node, found by conversation and by person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gateway.live.socket import Audience, Follow, Socket, Told
from gateway.protocol.entry import Wire
from gateway.protocol.frames import Drain

DRAIN_MS = 1_000  #: about how long a restart takes


@dataclass(frozen=True, slots=True)
class Bell:
    """A conversation's log has grown, with the entries as each audience may see them.

    ``last_all`` is the last seq that the shopper may see; ``last_seq`` the last at all.
    """

    store_id: str
    conversation_id: str
    last_seq: int
    last_all: int
    for_staff: tuple[Told, ...] = ()
    for_shopper: tuple[Told, ...] = ()


class Hub:
    """Who is connected to this node."""

    def __init__(self) -> None:
        self.draining = False  #: sockets that close from now on say nothing about their people
        self._sockets: dict[str, Socket] = {}
        self._following: defaultdict[str, set[Socket]] = defaultdict(set)
        self._of_person: defaultdict[tuple[Audience, str], set[Socket]] = defaultdict(set)

    def add(self, socket: Socket) -> None:
        """A client said hello."""
        self._sockets[socket.socket_id] = socket
        self._of_person[socket.audience, socket.person_id].add(socket)

    def remove(self, socket: Socket) -> None:
        """A client is gone, however it went."""
        for conversation_id in list(socket.follows):
            self.unfollow(socket, conversation_id)
        self._sockets.pop(socket.socket_id, None)
        people = self._of_person[socket.audience, socket.person_id]
        people.discard(socket)
        if not people:
            del self._of_person[socket.audience, socket.person_id]

    def follow(self, socket: Socket, store_id: str, conversation_id: str) -> None:
        """From now on bells of this conversation reach the socket; call it before reading."""
        socket.follows[conversation_id] = Follow(store_id, conversation_id)
        self._following[conversation_id].add(socket)

    def unfollow(self, socket: Socket, conversation_id: str) -> None:
        """The client looks elsewhere."""
        socket.follows.pop(conversation_id, None)
        followers = self._following[conversation_id]
        followers.discard(socket)
        if not followers:
            del self._following[conversation_id]

    def heard_by(self, conversation_id: str) -> set[Audience]:
        """Who here would hear its bell."""
        return {each.audience for each in self._following.get(conversation_id, ())}

    def ring(self, bell: Bell) -> None:
        """Tell every follower that the log has grown."""
        for socket in tuple(self._following.get(bell.conversation_id, ())):
            if socket.audience == "staff":
                socket.bell(bell.conversation_id, bell.last_seq, bell.for_staff)
            else:
                socket.bell(bell.conversation_id, bell.last_all, bell.for_shopper)

    def tell_followers(
        self,
        conversation_id: str,
        frame: Wire,
        *,
        audience: Audience | None = None,
        but: Socket | None = None,
    ) -> None:
        """Send a frame that is not of the log to those who follow a conversation."""
        text = frame.model_dump_json()
        for socket in tuple(self._following.get(conversation_id, ())):
            if socket is not but and audience in (None, socket.audience):
                socket.offer(text)

    def tell_person(self, audience: Audience, person_id: str, frame: Wire) -> None:
        """Send a frame to every socket of one person."""
        _offer(self.sockets_of(audience, person_id), frame)

    def tell_staff(self, frame: Wire) -> None:
        """Send a frame to every console."""
        _offer((each for each in self.sockets if each.audience == "staff"), frame)

    def tell_shoppers(self, frame: Wire) -> None:
        """Send a frame to every shopper's tab."""
        _offer((each for each in self.sockets if each.audience == "shopper"), frame)

    def is_followed_by_staff(self, conversation_id: str) -> bool:
        """Whether some console has this conversation open."""
        return "staff" in self.heard_by(conversation_id)

    def sockets_of(self, audience: Audience, person_id: str) -> tuple[Socket, ...]:
        """All tabs and devices of one person."""
        return tuple(self._of_person.get((audience, person_id), ()))

    @property
    def followed(self) -> frozenset[tuple[str, str]]:
        """Every followed conversation as (store_id, conversation_id)."""
        return frozenset(
            (follow.store_id, follow.conversation_id)
            for socket in self._sockets.values()
            for follow in socket.follows.values()
        )

    @property
    def sockets(self) -> Sequence[Socket]:
        """Everybody."""
        return tuple(self._sockets.values())

    @property
    def staff_ids(self) -> frozenset[str]:
        """The agents with a console open on this node."""
        return frozenset(person for audience, person in self._of_person if audience == "staff")

    def drain(self) -> None:
        """Say that this node is going: clients come back, with jitter, to whoever accepts then."""
        self.draining = True
        _offer(self.sockets, Drain(after_ms=DRAIN_MS))


def _offer(sockets: Iterable[Socket], frame: Wire) -> None:
    text = frame.model_dump_json()
    for socket in tuple(sockets):
        socket.offer(text)
