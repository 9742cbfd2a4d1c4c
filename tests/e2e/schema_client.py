"""A client of somebody else's: written from schema.json and the README beside it, and nothing else.

It uses the standard library and ``websockets``, and holds every frame that it hears and says
against the schema.
"""

from __future__ import annotations

import json
import re
import urllib.request
from pathlib import Path
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

PATIENCE = 60.0  #: seconds that an answer may take, on a machine with other work
PROTOCOL = Path(__file__).resolve().parents[2] / "gateway" / "protocol"
SCHEMA: dict[str, Any] = json.loads((PROTOCOL / "schema.json").read_text())
TYPES: dict[str, Any] = {
    "string": str,
    "integer": int,
    "boolean": bool,
    "object": dict,
    "array": list,
    "null": type(None),
}
TOLD = {"$ref", "anyOf", "oneOf", "discriminator", "type", "const", "enum", "pattern", "items"}
TOLD |= {"minLength", "maxLength", "minimum", "maximum", "properties", "required"}
TOLD |= {"additionalProperties", "description", "title", "default", "maxItems"}


def check(value: Any, schema: Any, at: str = "$") -> None:
    """Hold a value against the part of JSON Schema that the contract uses; ValueError if wrong."""
    if schema is True:
        return None
    if unknown := set(schema) - TOLD:
        raise ValueError(f"{at}: this check does not know {unknown}")
    if "$ref" in schema:
        return check(value, SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]], at)
    if "discriminator" in schema:
        one = schema["discriminator"]["mapping"].get(value.get("t"))
        if one is None:
            raise ValueError(f"{at}: no frame is called {value.get('t')!r}")
        return check(value, {"$ref": one}, at)
    if "anyOf" in schema:
        return check_any(value, schema["anyOf"], at)
    kind = TYPES[schema["type"]]
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise ValueError(f"{at}: {value!r} is no {schema['type']}")
    if ("const" in schema and value != schema["const"]) or value not in schema.get("enum", [value]):
        raise ValueError(f"{at}: {value!r} is not one of those allowed")
    if kind is str:
        long = schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value))
        if not long or not re.search(schema.get("pattern", ""), value):
            raise ValueError(f"{at}: {value!r} does not fit")
    if kind is int and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        raise ValueError(f"{at}: {value!r} is out of range")
    if kind is list:
        if len(value) > schema.get("maxItems", len(value)):
            raise ValueError(f"{at}: {len(value)} are too many")
        for number, each in enumerate(value):
            check(each, schema["items"], f"{at}[{number}]")
    if kind is dict:
        check_object(value, schema, at)
    return None


def check_any(value: Any, options: list[Any], at: str) -> None:
    wrong = []
    for option in options:
        try:
            return check(value, option, at)
        except ValueError as error:
            wrong.append(str(error))
    raise ValueError(" and ".join(wrong))


def check_object(value: dict[str, Any], schema: Any, at: str) -> None:
    if missing := set(schema.get("required", ())) - set(value):
        raise ValueError(f"{at}: {missing} missing")
    for name, each in value.items():
        inner = schema.get("properties", {}).get(name, schema["additionalProperties"])
        if inner is False:
            raise ValueError(f"{at}: {name!r} is not declared")
        check(each, inner, f"{at}.{name}")


class Client:
    """A shopper's tab or an agent's console; ``log`` is the conversation that it holds."""

    def __init__(self, origin: str, side: str) -> None:
        self.origin, self.side = origin, side
        self.session: str | None = None
        self.signed: dict[str, str] = {}
        self.log: list[dict[str, Any]] = []
        self.epoch = 0
        self.heard: list[dict[str, Any]] = []
        self.socket: ClientConnection | None = None

    def post(self, path: str, body: Any = None) -> tuple[dict[str, Any], str]:
        headers = {"Origin": self.origin, "Content-Type": "application/json", **self.signed}
        data = json.dumps(body).encode()
        request = urllib.request.Request(self.origin + path, data, headers, method="POST")
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return json.loads(answer.read() or b"null"), answer.headers.get(
                "Set-Cookie", ""
            ).partition(";")[0]

    def sign_in(self, email: str, password: str) -> None:
        told, cookie = self.post("/api/login", {"email": email, "password": password})
        self.signed = {"Cookie": cookie, "X-Onethread-CSRF": told["csrf"]}

    def ticket(self, key: str) -> str:
        if self.side == "agent":
            return str(self.post("/api/ticket")[0]["ticket"])
        told, _ = self.post("/widget/session", {"key": key, "session": self.session})
        self.session = told["session"]
        return str(told["ticket"])

    async def come(self, key: str = "") -> dict[str, Any]:
        """Get in, resuming from the last entry held."""
        address = f"{self.origin.replace('http', 'ws', 1)}/ws/{self.side}"
        ticket = self.ticket(key)
        self.socket = await connect(address, additional_headers={"Origin": self.origin},
                                    max_size=None, proxy=None)  # fmt: skip
        resume = {} if self.side == "agent" else {"resume": self.cursor}
        await self.say("hello", ticket=ticket, **resume)
        welcome = await self.hear("welcome")
        self.epoch = welcome["epoch"]
        return welcome

    @property
    def cursor(self) -> dict[str, Any] | None:
        if not self.log:
            return None
        return {"epoch": self.epoch, "seq": self.log[-1]["seq"], "entry_id": self.log[-1]["id"]}

    async def say(self, t: str, **fields: Any) -> None:
        assert self.socket is not None
        frame = {"t": t, **fields}
        named = SCHEMA["properties"][f"{self.side}_says"]["discriminator"]["mapping"][t]
        whole = SCHEMA["$defs"][named.rpartition("/")[2]]["properties"]
        left_out = {name: each["default"] for name, each in whole.items() if "default" in each}
        check(left_out | frame, SCHEMA["properties"][f"{self.side}_says"])
        await self.socket.send(json.dumps(frame, ensure_ascii=False))

    async def hear(self, *names: str) -> dict[str, Any]:
        """The next frame with one of these names; all others are taken on the way."""
        while True:
            assert self.socket is not None
            frame: dict[str, Any] = json.loads(await self.socket.recv())
            check(frame, SCHEMA["properties"][f"{self.side}_hears"])
            self.heard.append(frame)
            await self.take(frame)
            if frame["t"] in names:
                return frame

    async def take(self, frame: dict[str, Any]) -> None:
        if frame["t"] == "ping":
            await self.say("pong", n=frame["n"])
        if frame["t"] == "snapshot":
            self.epoch = frame["epoch"]
            self.log = self.log if frame["recovered"] else []
            for entry in frame["entries"]:
                self.append(entry, first=not frame["recovered"])
        if frame["t"] == "entry":
            self.append(frame["entry"])

    def append(self, entry: dict[str, Any], *, first: bool = False) -> None:
        last = self.log[-1]["seq"] if self.log else None
        if last is not None and entry["seq"] <= last:
            return
        if entry["prev"] != (last or 0) and not (first and last is None):
            raise ValueError(f"a gap: {entry['prev']} does not follow {last}")
        self.log.append(entry)

    @property
    def bodies(self) -> list[str]:
        return [each["body"] for each in self.log if each["kind"] == "message"]
