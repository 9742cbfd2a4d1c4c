"""Webhooks of the stores' own apps: receipts, answers, and which shopper a user is.

Each is signed like our own calls (Standard Webhooks), with a secret of the store. Whatever is not
is a 4xx that leaves no row.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from gateway.channels.app.signature import proven_id
from gateway.clock import SECOND
from gateway.errors import NotFound
from gateway.services import app_answers, app_users
from gateway.services.app_secrets import secrets_of
from gateway.services.house import House
from gateway.store import apps
from gateway.store import house as houses
from gateway.store.tx import Tx
from gateway.web.answers import body_of, json

MOST_BODY = 64_000  #: bytes
PRINTED = r"^[^\x00-\x1f\x7f]*$"
NO_NUL = r"^[^\x00]*$"

User = Annotated[str, Field(min_length=1, max_length=200, pattern=PRINTED)]
Name = Annotated[str, Field(min_length=1, max_length=200, pattern=PRINTED)]


class Posted(BaseModel):
    """What an app posts; a field that we do not know is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Receipt(Posted):
    """What became of a notification; ``delivery`` is the id of the call that told of it."""

    delivery: Name
    state: Literal["delivered", "read", "failed"]
    words: Annotated[str, Field(max_length=500, pattern=NO_NUL)] = ""


class Message(Posted):
    """A user's answer; ``id`` is the app's own, the same for every try."""

    user: User
    text: Annotated[str, Field(max_length=10_000, pattern=NO_NUL)]
    id: Name
    in_reply_to: Name | None = None


class Link(Posted):
    """A user is this shopper, and agreed to ``sentence``; ``shopper`` is a reference."""

    shopper: Annotated[str, Field(min_length=1, max_length=200)]
    user: User
    consent: Literal[True]
    sentence: Annotated[str, Field(min_length=1, max_length=1_000, pattern=NO_NUL)]


class Unlink(Posted):
    """A user wants nothing more, or is somebody else's now."""

    user: User


class AppHooks:
    """``/hooks/app``."""

    def __init__(self, house: House) -> None:
        self._house = house

    def routes(self) -> list[BaseRoute]:
        """The hooks of each store."""
        place = "/hooks/app/{store_key}"
        return [
            Route(place + path, hook, methods=[method], max_body_size=MOST_BODY)
            for path, method, hook in (
                ("/receipt", "POST", self.receipt),
                ("/message", "POST", self.message),
                ("/user", "POST", self.link),
                ("/user", "DELETE", self.unlink),
            )
        ]

    async def receipt(self, request: Request) -> Response:
        """What became of a notification; the same call again changes nothing."""
        key, name = await self._genuine(request)
        said = await body_of(request, Receipt)
        await app_answers.told(
            self._house,
            key,
            name=name,
            delivery_id=said.delivery,
            state=said.state,
            words=said.words,
        )
        return json({"kept": True})

    async def message(self, request: Request) -> Response:
        """A user answered: 200 only once it is on disk."""
        key, _ = await self._genuine(request)
        said = await body_of(request, Message)
        taken = await app_answers.receive(
            self._house,
            key,
            app_answers.Said(
                name=said.id, user=said.user, words=said.text, in_reply_to=said.in_reply_to
            ),
            await request.body(),
        )
        return json({"state": taken.became, "conversation": taken.conversation})

    async def link(self, request: Request) -> Response:
        """A user is a shopper; again, it changes nothing."""
        key, _ = await self._genuine(request)
        said = await body_of(request, Link)
        linked = await app_users.link(
            self._house, key, reference=said.shopper, user=said.user, sentence=said.sentence
        )
        return json({"linked": True, "fresh": linked.fresh}, 201 if linked.fresh else 200)

    async def unlink(self, request: Request) -> Response:
        """A user is to be told nothing more; again, it changes nothing."""
        key, _ = await self._genuine(request)
        said = await body_of(request, Unlink)
        was = await app_users.unlink(self._house, key, said.user)
        return json({"linked": False, "was": was})

    async def _genuine(self, request: Request) -> tuple[str, str]:
        """The store's key and the id of the call, if the store signed it.

        Raises:
            BadInput: a header is missing or malformed.
            Forbidden: no or a wrong signature, or one of another time.
            NotFound: there is no such store, or it has no app.
        """
        key = request.path_params["store_key"]

        def load(tx: Tx) -> list[str]:
            app = apps.app_of(tx, houses.store_by_key(tx, key).store_id)
            if app is None:
                raise NotFound("this store has no app")
            return secrets_of(self._house.secrets, app)

        secrets = await self._house.store.read(load)
        body = await request.body()
        now = self._house.clock.now() // SECOND
        return key, proven_id(secrets, request.headers, body, now=now)
