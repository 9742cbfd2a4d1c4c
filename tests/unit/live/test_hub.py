"""Who is told what: every tab of a person, every follower, and nobody else."""

from __future__ import annotations

import json

import anyio
from anyio.lowlevel import checkpoint

from gateway.live.hub import Bell, Hub
from gateway.live.socket import Audience, Socket, told
from gateway.protocol.entry import Author, Entry
from gateway.protocol.frames import Drain, SomeoneTyping

ADA = Author(side="staff", id="ada", name="Ada")
TYPING = SomeoneTyping(conversation_id="c1", side="staff", name="Ada", on=True)


def member(hub: Hub, audience: Audience, person_id: str, socket_id: str = "") -> Socket:
    made = Socket(
        socket_id=socket_id or f"{person_id}'s", audience=audience, person_id=person_id, name=""
    )
    made.greet('{"t":"welcome"}')
    hub.add(made)
    return made


def follower(hub: Hub, audience: Audience, person_id: str, conversation_id: str = "c1") -> Socket:
    made = member(hub, audience, person_id)
    hub.follow(made, "st1", conversation_id)
    made.resume(conversation_id, 0)
    return made


async def heard(socket: Socket) -> list[str]:
    """The names of what a socket was sent after its welcome."""
    texts: list[str] = []

    async def send(text: str) -> None:
        texts.append(text)

    async def nothing(*_: object) -> list[Entry]:
        return []

    async with anyio.create_task_group() as group:
        group.start_soon(socket.pump, send, nothing)
        for _ in range(20):
            await checkpoint()
        group.cancel_scope.cancel()
    return [json.loads(text)["t"] for text in texts[1:]]


def entry(seq: int, prev: int, kind: str) -> Entry:
    return Entry.model_validate(
        {
            "id": f"e{seq}",
            "seq": seq,
            "prev": prev,
            "at": 0,
            "kind": kind,
            "author": ADA,
            "channel": "chat",
        }
    )


async def test_a_bell_reaches_followers_alone() -> None:
    hub = Hub()
    vera, walt = follower(hub, "shopper", "vera"), follower(hub, "shopper", "walt", "c2")
    ada, ben = follower(hub, "staff", "ada"), member(hub, "staff", "ben")
    one = entry(1, 0, "message")
    hub.ring(Bell("st1", "c1", 1, 1, told("c1", [one]), told("c1", [one])))
    assert [await heard(each) for each in (vera, walt, ada, ben)] == [["entry"], [], ["entry"], []]


async def test_a_note_reaches_consoles_alone() -> None:
    hub = Hub()
    vera, ada = follower(hub, "shopper", "vera"), follower(hub, "staff", "ada")
    hub.ring(Bell("st1", "c1", 1, 0, told("c1", [entry(1, 0, "note")]), ()))
    assert await heard(vera) == []
    assert await heard(ada) == ["entry"]


async def test_followers_are_told_but_not_whoever_said_it() -> None:
    hub = Hub()
    vera, ada, ben = (
        follower(hub, "shopper", "vera"),
        follower(hub, "staff", "ada"),
        follower(hub, "staff", "ben"),
    )
    hub.tell_followers("c1", TYPING, but=ada)
    hub.tell_followers("c1", TYPING, audience="staff", but=ada)
    assert [await heard(each) for each in (vera, ada, ben)] == [
        ["typing"],
        [],
        ["typing", "typing"],
    ]


async def test_a_person_is_told_on_every_device_and_a_namesake_on_none() -> None:
    hub = Hub()
    phone = member(hub, "shopper", "vera", "phone")
    laptop = member(hub, "shopper", "vera", "laptop")
    namesake = member(hub, "staff", "vera", "console")
    hub.tell_person("shopper", "vera", Drain(after_ms=1))
    assert [await heard(each) for each in (phone, laptop, namesake)] == [["drain"], ["drain"], []]


async def test_each_side_can_be_told_as_a_whole() -> None:
    hub = Hub()
    vera, ada = member(hub, "shopper", "vera"), member(hub, "staff", "ada")
    hub.tell_staff(Drain(after_ms=1))
    hub.tell_shoppers(TYPING)
    assert await heard(vera) == ["typing"]
    assert await heard(ada) == ["drain"]


async def test_whoever_is_gone_is_told_nothing_and_leaves_nothing_behind() -> None:
    hub = Hub()
    ada = follower(hub, "staff", "ada")
    assert hub.staff_ids == {"ada"}
    assert hub.is_followed_by_staff("c1")
    hub.remove(ada)
    hub.remove(ada)  # both the server and the client may end it
    assert hub.staff_ids == frozenset()
    assert not hub.is_followed_by_staff("c1")
    assert hub.sockets_of("staff", "ada") == ()
    hub.tell_followers("c1", TYPING)
    hub.tell_staff(TYPING)
    hub.ring(Bell("st1", "c1", 1, 1))
    assert await heard(ada) == []


async def test_an_agent_who_looks_elsewhere_still_has_the_other_console() -> None:
    hub = Hub()
    here, there = member(hub, "staff", "ada", "here"), member(hub, "staff", "ada", "there")
    for each in (here, there):
        hub.follow(each, "st1", "c1")
    hub.unfollow(here, "c1")
    hub.unfollow(here, "c1")
    assert hub.is_followed_by_staff("c1")
    hub.remove(here)
    assert hub.staff_ids == {"ada"}


async def test_everybody_is_told_that_the_node_is_going() -> None:
    hub = Hub()
    vera, ada = member(hub, "shopper", "vera"), member(hub, "staff", "ada")
    hub.drain()
    assert await heard(vera) == await heard(ada) == ["drain"]
