"""The account's API: send a text, list texts, look at one (Twilio, "Messages resource")."""

from __future__ import annotations

import base64
import binascii
import hmac
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from gateway.sandbox.account import API_VERSION, Account, Query, day_or_instant
from gateway.sandbox.album import MOST
from gateway.sandbox.carrier import Carrier, Order
from gateway.sandbox.faults import Fault
from gateway.sandbox.numbers import Numbers
from gateway.sandbox.options import E164, Options
from gateway.sandbox.silence import silence
from gateway.sandbox.switches import SLOW
from gateway.sandbox.whatsapp import Templates, bare, is_whatsapp

if TYPE_CHECKING:
    from starlette.datastructures import QueryParams
    from starlette.requests import Request

    from gateway.clock import Clock
    from gateway.sandbox.album import Album
    from gateway.sandbox.world import World

_LONGEST: Final = 1_600
_LARGEST_PAGE: Final = 1_000


class TwilioApi:
    """The routes under ``/2010-04-01``; the sms switch decides how they behave."""

    def __init__(
        self,
        options: Options,
        *,
        world: World,
        account: Account,
        carrier: Carrier,
        clock: Clock,
        album: Album,
    ) -> None:
        self._album = album
        self._options = options
        self._world = world
        self._account = account
        self._carrier = carrier
        self._clock = clock
        self._templates = Templates(options, self._admit)

    def routes(self) -> list[Route]:
        """Return the routes, for the application."""
        messages = f"/{API_VERSION}/Accounts/{{account}}/Messages"
        return [
            Route(f"{messages}.json", self.create, methods=["POST"]),
            Route(f"{messages}.json", self.list, methods=["GET"]),
            Route(f"{messages}/{{sid}}.json", self.fetch, methods=["GET"]),
            Route(f"{messages}/{{sid}}/Media.json", self.media_list, methods=["GET"]),
            Route(f"{messages}/{{sid}}/Media/{{media}}", self.media, methods=["GET"]),
            *Numbers(self._options, self._admit).routes(),
            *self._templates.routes(),
        ]

    async def create(self, request: Request) -> Response:
        """Accept a text: 201 with the resource, before anything has happened to it."""
        self._admit(request)
        switches = self._world.switches
        order = self._order(*await _form(request))
        if switches.sms == "reject":
            raise Fault(switches.sms_code or 21211)
        text = self._carrier.accept(order)
        if switches.sms == "timeout":
            return await silence(request)
        if switches.sms == "slow":
            await self._clock.sleep(SLOW)
        return JSONResponse(text.as_json(), 201)

    async def list(self, request: Request) -> Response:
        """List texts, the newest first, in pages."""
        self._admit(request)
        params = request.query_params
        query = _query(params)
        texts, more = self._account.page(query)
        number = _whole(params.get("Page"), 0)
        uri = partial(_page_uri, request, query.size)
        start = number * query.size
        return JSONResponse(
            {
                "messages": [text.as_json() for text in texts],
                "first_page_uri": uri(0, None),
                "next_page_uri": uri(number + 1, texts[-1].sid) if more else None,
                "previous_page_uri": None,
                "page": number,
                "page_size": query.size,
                "start": start,
                "end": start + max(len(texts) - 1, 0),
                "uri": uri(number, query.after),
            }
        )

    async def fetch(self, request: Request) -> Response:
        """Show one text."""
        self._admit(request)
        text = self._account.get(request.path_params["sid"])
        if text is None:
            raise Fault(20404, 404)
        return JSONResponse(text.as_json())

    async def media_list(self, request: Request) -> Response:
        """List the pictures of a text."""
        self._admit(request)
        text = self._account.get(request.path_params["sid"])
        if text is None:
            raise Fault(20404, 404)
        found = [each for each in map(self._album.get, text.media) if each is not None]
        named = [{"sid": each.sid, "content_type": each.kind} for each in found]
        return JSONResponse({"media_list": named, "next_page_uri": None})

    async def media(self, request: Request) -> Response:
        """Hand out a picture of a text."""
        self._admit(request)
        text = self._account.get(request.path_params["sid"])
        picture = self._album.get(request.path_params["media"])
        if text is None or picture is None or picture.sid not in text.media:
            raise Fault(20404, 404)
        return Response(picture.data, media_type=picture.kind)

    def _admit(self, request: Request) -> None:
        if self._world.switches.sms == "down":
            raise Fault(20503, 503)
        if not self._signed_in(request.headers.get("authorization", "")):
            raise Fault(20003, 401)
        if request.path_params.get("account", self._account.sid) != self._account.sid:
            raise Fault(20404, 404)

    def _signed_in(self, header: str) -> bool:
        scheme, _, value = header.partition(" ")
        if scheme.lower() != "basic":
            return False
        try:
            given = base64.b64decode(value.strip(), validate=True)
        except (binascii.Error, ValueError):
            return False
        wanted = f"{self._options.account_sid}:{self._options.auth_token}"
        return hmac.compare_digest(given, wanted.encode())

    def _order(self, form: dict[str, str], media: tuple[str, ...]) -> Order:
        to, sender = _field(form, "To"), _field(form, "From")
        service, body = _field(form, "MessagingServiceSid"), _field(form, "Body")
        callback, template = _field(form, "StatusCallback"), _field(form, "ContentSid")
        if not to:
            raise Fault(21604)
        if not sender and not service:
            raise Fault(21603)
        if not E164.fullmatch(bare(to)):
            raise Fault(21211)
        if sender and not E164.fullmatch(bare(sender)):
            raise Fault(21212)
        if sender and is_whatsapp(to) != is_whatsapp(sender):
            raise Fault(21910)
        if is_whatsapp(to) and bare(sender) != self._options.store_number:
            raise Fault(63007)
        if to == (sender or self._options.store_number):
            raise Fault(21266)
        if template:
            body = self._templates.filled(template, _field(form, "ContentVariables"))
        if not body and not media:
            raise Fault(21602)
        if len(media) > MOST:
            raise Fault(21623)
        if any(urlsplit(each).scheme not in {"http", "https"} for each in media):
            raise Fault(21620)
        if len(body) > _LONGEST:
            raise Fault(21617)
        if callback and urlsplit(callback).scheme not in {"http", "https"}:
            raise Fault(21609)
        return Order(
            to=to,
            sender=sender or self._options.store_number,
            service=service or None,
            body=body,
            callback=callback or None,
            template=bool(template),
            media=media,
        )


async def _form(request: Request) -> tuple[dict[str, str], tuple[str, ...]]:
    """The form and its addresses of pictures, url-encoded as Twilio takes it.

    A parser of multipart bodies is not needed.
    """
    raw = (await request.body()).decode("utf-8", "replace")
    pairs = parse_qsl(raw, keep_blank_values=True, max_num_fields=100)
    return dict(pairs), tuple(value for name, value in pairs if name == "MediaUrl")


def _field(form: dict[str, str], name: str) -> str:
    return form.get(name, "")


def _page_uri(request: Request, size: int, page: int, after: str | None) -> str:
    own = {"Page", "PageToken", "PageSize"}
    kept = [pair for pair in request.query_params.multi_items() if pair[0] not in own]
    token = [("PageToken", f"PA{after}")] if after else []
    query = urlencode([*kept, ("PageSize", str(size)), ("Page", str(page)), *token])
    return f"{request.url.path}?{query}"


def _whole(value: str | None, default: int) -> int:
    return int(value) if value and value.isascii() and value.isdigit() else default


def _query(params: QueryParams) -> Query:
    token = params.get("PageToken", "")
    query = Query(
        to=params.get("To"),
        sender=params.get("From"),
        after=token.removeprefix("PA") or None,
        size=min(max(_whole(params.get("PageSize"), 50), 1), _LARGEST_PAGE),
    )
    try:
        for name, value in params.multi_items():
            if name == "DateSent":
                first, last = day_or_instant(value[: len("2026-01-31")])
                query = replace(query, since=first, until=last)
            elif name == "DateSent>":
                query = replace(query, since=day_or_instant(value)[0])
            elif name == "DateSent<":
                query = replace(query, until=day_or_instant(value)[1])
    except ValueError as broken:
        raise Fault(20001) from broken
    return query
