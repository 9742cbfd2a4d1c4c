"""Who writes on Ada's day, by chat, phone and mail; and what is true of all of them in the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
from websockets.exceptions import ConnectionClosedError

from gateway.demo import MAIL_DOMAIN
from tests.e2e.demo_house import PATIENCE_MS, DemoHouse
from tests.e2e.schema_client import Client
from tests.integration.town.books import Books, books_in
from tests.integration.town.checker import broken

SESSION_ENDED = 4401

CHATS = {
    "Vera": "Where is my parcel 4711?",
    "Nils": "Do the blue boots run small?",
    "Mia": "May I have the invoice again?",
    "Lena": "Is the blue one back?",
}
TEXTS = {
    "Sam": "Are you open on Sunday?",
    "Tess": "My code VERA10 is refused.",
    "Uma": "Can it wait till the afternoon?",
    "Wim": "Please remind me of the sale.",
}
MAILS = {
    "Bob": "Is my order on its way?",
    "Cleo": "I would like to change my address.",
    "Dan": "Win a cruise, dear shop!",
    "Eve": "Buy followers, dear shop!",
}
#: Dan and Eve sell something, and are answered by nobody.
ANSWERS = {
    "Vera": "It comes tomorrow.",
    "Nils": "They run wide.",
    "Mia": "Here it is.",
    "Lena": "It is, and in 38.",
    "Sam": "From ten to four.",
    "Tess": "Try VERA11, please.",
    "Uma": "Now I have time for you.",
    "Wim": "The sale begins now!",
    "Bob": "It left our house this morning.",
    "Cleo": "Gladly. Which one is it now?",
}
NUMBERS = {name: f"+1415777{n:04d}" for n, name in enumerate(TEXTS)}
BOXES = {name: f"{name.lower()}@shopper.example" for name in MAILS}


@asynccontextmanager
async def chatting(house: DemoHouse) -> AsyncIterator[dict[str, Client]]:
    """Everybody who is in the chat, at their page for as long as the day goes on."""
    origin = house.console.removesuffix("/console/")
    there = {name: Client(origin, "shopper") for name in CHATS}
    async with anyio.create_task_group() as group:
        for name, client in there.items():
            await arrive(client, house.key)
            await client.say("send", cmid=f"{name.lower()}-0001", body=CHATS[name])
            await client.hear("ack")
            group.start_soon(stay, client, house.key)
        yield there
        group.cancel_scope.cancel()
    for client in there.values():
        assert client.socket is not None
        await client.socket.close()


async def arrive(client: Client, key: str) -> None:
    await client.come(key)
    await client.say("tab", panel=True, visible=True, focus=True, url=None, title=None)


async def stay(client: Client, key: str) -> None:
    """Read all that is said; whose session ends, since they are somebody else now, comes again."""
    while True:
        try:
            await client.hear("entry", "snapshot")
            await client.say("seen", seq=client.log[-1]["seq"])
        except ConnectionClosedError as closed:
            if closed.rcvd is None or closed.rcvd.code != SESSION_ENDED:
                raise
            await arrive(client, key)


async def everybody_writes(house: DemoHouse) -> None:
    for name, words in TEXTS.items():
        house.post(f"/api/phones/{NUMBERS[name]}/send", {"body": words})
    for name, words in MAILS.items():
        mail = {"to": f"support@{MAIL_DOMAIN}", "subject": "A question", "text": words}
        house.post(f"/api/mailboxes/{BOXES[name]}/send", mail)


async def at_rest(house: DemoHouse) -> Books:
    """The books once nothing is due: a house at work may be about to do what has just become so."""
    with anyio.fail_after(PATIENCE_MS / 1000):
        while True:
            books = await house.read(books_in)
            if all(row.due_at is None or row.due_at > books.now for row in books.reaches):
                return books


async def nothing_was_lost_or_said_twice(house: DemoHouse, heard: dict[str, Counter[str]]) -> None:
    """The threads hold what was said, once; phones, mailboxes and pages got just that."""
    books = await at_rest(house)
    faults = broken(books)
    assert faults == [], faults
    asked = CHATS | TEXTS | MAILS
    said = {
        entries[0].body if entries[0].body else entries[1].body: row
        for row in books.conversations
        for entries in [books.entries[row.conversation_id]]
    }
    assert set(said) == set(asked.values())
    for name, words in asked.items():
        row = said[words]
        messages = [
            (each.side, each.body)
            for each in books.entries[row.conversation_id]
            if each.kind == "message"
        ]
        answers = [("staff", ANSWERS[name])] if name in ANSWERS else []
        assert (messages, row.state) == ([("shopper", words), *answers], "resolved")
        if name in CHATS:
            assert {words, ANSWERS[name]} <= set(heard[name])
            assert set(heard[name].values()) == {1}
    lena, sam = said[CHATS["Lena"]], said[TEXTS["Sam"]]
    assert lena.continued_in == sam.conversation_id
    assert said[CHATS["Nils"]].assignee_id not in (None, said[MAILS["Cleo"]].assignee_id)
    world = house.state()
    for name, number in NUMBERS.items():
        (text,) = house.texts_to(number)
        assert ANSWERS[name] in text
    for name, box in BOXES.items():
        mails = [each["text"] for each in house.mails_to(box)]
        assert len(mails) == (name == "Cleo"), name
        assert all(each.startswith(ANSWERS[name]) for each in mails)
    came = [each for phone in world["phones"].values() for each in phone]
    assert sum(each["direction"] == "in" for each in came) == len(TEXTS)
