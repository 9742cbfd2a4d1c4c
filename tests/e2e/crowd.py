"""A crowd: to each their own words that want to run, in every field that they can fill.

Each comes by the chat, signed in at the shop under such a name, and writes a mail besides. All that
is theirs carries their mark, to be found by, where a field has room for it.
"""

from __future__ import annotations

import json
import smtplib
from collections.abc import Iterator
from contextlib import suppress
from email.header import Header
from typing import Final
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen

import anyio
from websockets.exceptions import ConnectionClosed

from gateway.demo import MAIL_DOMAIN
from tests.e2e.demo_house import DemoHouse, fresh_number
from tests.e2e.schema_client import PATIENCE, Client
from tests.e2e.signing_shop import SigningShop
from tests.e2e.test_files import picture

#: Characters of a trait's or an event's name, which has no room for a mark.
MOST_NAME: Final = 64
#: Characters of a file's name that are shown at most.
MOST_FILE_NAME: Final = 150
TURNS: Final = "\u202e"  #: from here on it reads from right to left: ``exe.png`` for ``gnp.exe``
NEW_LINE: Final = "\r\n"
#: What no name of a file may hold once it is shown: markup, folders, marks of direction.
UNFIT: Final = frozenset('<>:"|?*/\\' + TURNS)


class Mallory:
    """One of them."""

    def __init__(self, house: DemoHouse, words: str, mark: str) -> None:
        self.house, self.mark = house, mark
        #: As somebody sees them: HTML folds white space, and names have no control characters.
        self.words = " ".join(words.split())
        self.marked = f"{self.words} {mark}"
        #: A name that shows an address is not shown beside another one.
        self.named = self.words.replace("@", "(at)")
        self.short = self.words[:MOST_NAME]
        self.mailbox = f"{mark}@shopper.example"
        self.origin = house.console.removesuffix("/console/")
        self.client = Client(self.origin, "shopper")

    async def comes(self, shop: SigningShop) -> None:
        """To the chat, with a picture; the shop's page tells of them what they typed there."""
        client = self.client
        await client.come(self.house.key)
        session = {"key": self.house.key, "session": client.session}
        signed = shop.signs(sub=self.marked, name=self.marked)
        claims = {"name": self.marked, "email": self.mailbox, self.short: self.words}
        told, _ = client.post("/widget/identify", {**session, "token": signed, "claims": claims})
        session["session"] = client.session = told["session"]
        # Whoever was identified has another session, and another socket.
        await self.leaves()
        await client.come(self.house.key)
        url = f"{self.house.storefront}/{self.mark}?{self.words}#{self.words}"
        await client.say("tab", panel=True, visible=True, focus=True, url=url, title=self.marked)
        file = self._uploads(picture(), f"{self.words} {self.mark}.png")
        await client.say("send", cmid=f"{self.mark}-said", body=self.marked, attachments=[file])
        await client.hear("ack")
        telling = [
            {"id": f"{self.mark}-set", "set": {"size": self.marked, self.short: self.marked}},
            {"id": f"{self.mark}-did", "track": self.short, "data": {self.short: self.marked}},
        ]
        client.post("/widget/told", {**session, "told": telling})

    async def stays(self) -> None:
        """On the page: whoever answers no ping is soon held to be gone."""
        with suppress(ConnectionClosed):
            await self.client.hear("nothing more")

    async def leaves(self) -> None:
        assert self.client.socket is not None
        await self.client.socket.close()

    def _uploads(self, data: bytes, name: str) -> str:
        where = urlencode({"key": self.house.key, "name": name})
        headers = {"Origin": self.origin, "X-Onethread-Session": str(self.client.session)}
        request = Request(f"{self.origin}/widget/files?{where}", data, headers, method="POST")
        with urlopen(request, timeout=PATIENCE) as answer:
            return str(json.loads(answer.read())["id"])

    def mails(self) -> None:
        """With a part for each way in which a mail names its files."""
        name = self.named.replace("\\", "\\\\").replace('"', '\\"')
        boundary = f"={self.mark}="
        head = (
            f'From: "{name}" <{self.mailbox}>',
            f'To: support@{MAIL_DOMAIN}, "{name}" <to.{self.mailbox}>',
            f'Cc: "{name}" <cc.{self.mailbox}>',
            f"Subject: {_encoded(self.marked, NEW_LINE)}",
            f"Message-ID: <{self.mark}@shopper.example>",
            f"X-Mailer: {self.words}",
            "MIME-Version: 1.0",
            f'Content-Type: multipart/mixed; boundary="{boundary}"',
        )
        parts = (
            ("Content-Type: text/plain; charset=utf-8", self.marked),
            ("Content-Type: text/html; charset=utf-8", f"<p>{self.mark}</p>{self.words}"),
            *((f"Content-Type: {kind}\r\n{named}", self.words) for kind, named in self._files()),
        )
        raw = "\r\n".join(head) + "\r\n"
        raw += "".join(f"\r\n--{boundary}\r\n{about}\r\n\r\n{words}" for about, words in parts)
        raw += f"\r\n--{boundary}--\r\n"
        with smtplib.SMTP("127.0.0.1", int(self.house.gateway_setting("INBOUND_SMTP_PORT"))) as to:
            to.sendmail(self.mailbox, [f"support@{MAIL_DOMAIN}"], raw.encode())

    def _files(self) -> Iterator[tuple[str, str]]:
        """Kinds that want to be opened, and names: RFC 2183, RFC 2231, RFC 2047, and tricks."""
        quoted = self.words.replace("\\", "\\\\").replace('"', '\\"')
        said, half = "Content-Disposition: attachment; filename", len(self.words) // 2
        yield "text/html", f'{said}="{quoted} a.html"'
        yield "image/svg+xml", f"{said}*=UTF-8''{quote(self.words, safe='')}%20b.svg"
        yield "application/xhtml+xml", f'{said}="{_encoded(f"{self.words} c.xhtml", "")}"'
        first, rest = quote(self.words[:half], safe=""), quote(self.words[half:], safe="")
        yield "image/png", f"{said}*0*=UTF-8''{first};\r\n filename*1*={rest};\r\n filename*2=d.js"
        turned = quote(f"{self.words} {TURNS}gnp.exe", safe="")
        yield "application/octet-stream", f"{said}*=UTF-8''{turned}"
        long = quote(f"{self.words} {'a' * 900}.xml", safe="")
        yield "text/xml", f"{said}*=UTF-8''{long}"
        folders = quote(f"../../{self.words}/../e.hta", safe="")
        yield "application/hta", f"{said}*=UTF-8''{folders}"

    #: How the names of those files end, however they begin.
    ENDINGS: Final = ("a.html", "b.svg", "c.xhtml", "d.js", "gnp.exe", "a.xml", "e.hta")


def _encoded(words: str, between: str) -> str:
    """Encoded words of RFC 2047, none longer than it allows."""
    return Header(words, "utf-8", maxlinelen=70).encode(linesep=between)


class Crowd:
    """So many Mallorys, all of them on the shop's page as long as this is open."""

    def __init__(self, house: DemoHouse, shop: SigningShop, words: tuple[str, ...]) -> None:
        self.mark = f"m{fresh_number()[1:]}"
        self._shop = shop
        self.people = [
            Mallory(house, each, f"{self.mark}n{number:02}") for number, each in enumerate(words)
        ]

    async def gathers(self, staying: anyio.abc.TaskGroup) -> None:
        """All of them have said everything."""
        for each in self.people:
            await each.comes(self._shop)
            staying.start_soon(each.stays)
            await anyio.to_thread.run_sync(each.mails)
