"""Which agents have a conversation before their eyes, told to each other and kept nowhere.

It is known of the consoles of this node, and goes with their sockets. Only what is news is told: a
second window of the same agent changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from gateway.live.hub import Hub
from gateway.live.socket import Socket
from gateway.protocol.frames import Looking
from gateway.protocol.session import encode


@dataclass(slots=True)
class _Seen:
    """What the consoles of a node show: of each socket whether it is in sight, and what it opened.

    ``told``: who looks at a conversation, as its followers know it.
    """

    in_sight: dict[Socket, bool] = field(default_factory=dict)
    opened: dict[str, set[Socket]] = field(default_factory=dict)
    told: dict[str, list[str]] = field(default_factory=dict)


# It ends with the node's hub.
_seen: WeakKeyDictionary[Hub, _Seen] = WeakKeyDictionary()


def opens(hub: Hub, socket: Socket, conversation_id: str) -> None:
    """A console shows this conversation from now on; it is told who else does."""
    seen = _seen.setdefault(hub, _Seen())
    seen.opened.setdefault(conversation_id, set()).add(socket)
    if not _tell_news(hub, seen, conversation_id):
        socket.offer(encode(_frame(seen, conversation_id)))


def closes(hub: Hub, socket: Socket, conversation_id: str) -> None:
    """A console shows it no longer."""
    seen = _seen.setdefault(hub, _Seen())
    looking = seen.opened.get(conversation_id, set())
    looking.discard(socket)
    _tell_news(hub, seen, conversation_id)
    if not looking:
        seen.opened.pop(conversation_id, None)
        seen.told.pop(conversation_id, None)


def turns(hub: Hub, socket: Socket, *, in_sight: bool) -> None:
    """A console's tab came into sight, or went out of it; until it says so, it is in sight."""
    seen = _seen.setdefault(hub, _Seen())
    if seen.in_sight.get(socket, True) == in_sight:
        return
    seen.in_sight[socket] = in_sight
    for conversation_id, sockets in seen.opened.items():
        if socket in sockets:
            _tell_news(hub, seen, conversation_id)


def leaves(hub: Hub, socket: Socket) -> None:
    """A console is gone, however it went."""
    seen = _seen.setdefault(hub, _Seen())
    seen.in_sight.pop(socket, None)
    for conversation_id in [each for each, by in seen.opened.items() if socket in by]:
        closes(hub, socket, conversation_id)


def _tell_news(hub: Hub, seen: _Seen, conversation_id: str) -> bool:
    frame = _frame(seen, conversation_id)
    if seen.told.get(conversation_id) == frame.agent_ids:
        return False
    seen.told[conversation_id] = frame.agent_ids
    hub.tell_followers(conversation_id, frame, audience="staff")
    return True


def _frame(seen: _Seen, conversation_id: str) -> Looking:
    looking = {
        socket.person_id
        for socket in seen.opened.get(conversation_id, ())
        if seen.in_sight.get(socket, True)
    }
    return Looking(conversation_id=conversation_id, agent_ids=sorted(looking))
