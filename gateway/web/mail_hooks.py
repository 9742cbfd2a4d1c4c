"""Webhooks of Postmark, Mailgun, SendGrid and Amazon SES: mail in, and what came back.

200 is said once the mail is on disk. A refusal is a 4xx with a plain word, in the number that makes
the provider stop where trying again cannot help; what is our fault is a 5xx, and it tries again.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial

import anyio
import anyio.to_thread
import structlog
from starlette.requests import ClientDisconnect
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from gateway.channels.email import mailgun, postmark, sendgrid, ses, sns
from gateway.channels.email.posted import (
    Brought,
    NotAMail,
    NotSigned,
    Request,
    password_given,
)
from gateway.channels.email.sns_certificates import Certificates
from gateway.egress import Egress, NotAllowed, NotFetched
from gateway.errors import BadInput, NotFound, OnethreadError, StorageRefused
from gateway.services import posted_mails
from gateway.services.house import House
from gateway.web.answers import json
from gateway.web.mail_keys import MailKeys

log = structlog.get_logger(__name__)

MOST_BODY = 40_000_000  #: bytes of one webhook
MOST_IN_HAND = 4 * MOST_BODY  #: bytes of all that are being read or stored
MOST_SECONDS = 60.0  #: for the body to come in

#: what makes a provider stop; where it tries again over any refusal, or none, the error's own
_NEVER_AGAIN = {"postmark": 403, "mailgun": 406}


class TooSlow(BadInput):
    """The body did not come in time."""

    code = "too_slow"
    status = 408


class MailHooks:
    """``/hooks/mail``."""

    def __init__(self, house: House, keys: MailKeys, egress: Egress) -> None:
        self._house = house
        self._keys = keys
        self._egress = egress
        self._certificates = Certificates(egress, house.clock)
        self._in_hand = 0
        self._readers: dict[str, Callable[[Request], Awaitable[Brought]]] = {}
        if keys.postmark:
            self._readers["postmark"] = self._postmark
        if keys.mailgun:
            self._readers["mailgun"] = self._mailgun
        if keys.sendgrid or keys.sendgrid_keys:
            self._readers["sendgrid"] = self._sendgrid
        if keys.topics:
            self._readers["ses"] = self._ses

    def routes(self) -> list[BaseRoute]:
        """One hook for each provider; Mailgun's twice, for it posts mails whole to ``…mime``."""
        place = "/hooks/mail/{store_key}/{provider}"
        return [
            Route(each, self.take, methods=["POST"], max_body_size=MOST_BODY)
            for each in (place, place + "/mime")
        ]

    async def take(self, request: HttpRequest) -> Response:
        """A provider calls: 200 only once what it brings is on disk."""
        provider = request.path_params["provider"]
        read = self._readers.get(provider)
        if read is None:
            return _refused("another", NotFound("no such mail hook is set up here"))
        headers = {name.lower(): value for name, value in request.headers.items()}
        try:
            self._check_password(provider, headers)
            async with self._body(request) as body:
                brought = await read(Request(headers=headers, body=body))
                await posted_mails.keep(
                    self._house,
                    request.path_params["store_key"],
                    brought,
                    token_until=self._house.clock.now() + 2 * mailgun.FRESH,
                )
        except NotAMail as error:
            return _refused(provider, error, _NEVER_AGAIN.get(provider))
        except (BadInput, NotFound, NotSigned, NotFetched) as error:
            return _refused(provider, error)
        return json({"kept": True})

    def _check_password(self, provider: str, headers: dict[str, str]) -> None:
        """Turn away strangers before their body is read, where the head can tell."""
        secrets = {"postmark": self._keys.postmark, "sendgrid": self._keys.sendgrid}.get(provider)
        if secrets and not password_given(headers, secrets):
            raise NotSigned("the password in the webhook's address is not the one set here")

    @contextlib.asynccontextmanager
    async def _body(self, request: HttpRequest) -> AsyncIterator[bytes]:
        """The body, counted against what we hold at once until all is done with it."""
        held = bytearray()
        try:
            await self._read_into(held, request)
            yield bytes(held)
        finally:
            self._in_hand -= len(held)

    async def _read_into(self, held: bytearray, request: HttpRequest) -> None:
        try:
            with anyio.fail_after(MOST_SECONDS):
                async for piece in request.stream():
                    held += piece
                    self._in_hand += len(piece)
                    if self._in_hand > MOST_IN_HAND:
                        raise StorageRefused("too much comes in at once; try again later")
        except TimeoutError:
            raise TooSlow from None
        except ClientDisconnect:
            raise BadInput("the body broke off") from None

    async def _postmark(self, request: Request) -> Brought:
        return await _aside(partial(postmark.received, request, self._keys.postmark))

    async def _mailgun(self, request: Request) -> Brought:
        now = self._house.clock.now()
        return await _aside(partial(mailgun.received, request, self._keys.mailgun, now))

    async def _sendgrid(self, request: Request) -> Brought:
        keys = self._keys
        return await _aside(partial(sendgrid.received, request, keys.sendgrid, keys.sendgrid_keys))

    async def _ses(self, request: Request) -> Brought:
        notice = sns.read(request, self._keys.topics)
        certificate = await self._certificates.get(notice.certificate_url)
        sns.prove(notice, certificate, self._house.clock.now())
        match notice.type:
            case "Notification":
                return ses.received(notice.message)
            case "SubscriptionConfirmation":
                await self._confirm(sns.confirmation(notice))
            case "UnsubscribeConfirmation":
                # Confirming this one would subscribe again, against whoever ended it.
                log.warning("mail_hook.unsubscribed", topic=notice.topic)
        return Brought()

    async def _confirm(self, url: str) -> None:
        try:
            answer = await self._egress.fetch(url)
        except NotAllowed as error:
            raise NotFetched(error.message) from None
        if answer.status != 200:
            raise NotFetched("Amazon did not take the confirmation")
        log.info("mail_hook.subscribed")


async def _aside(read: Callable[[], Brought]) -> Brought:
    # Megabytes of base64 and JSON would stop every socket for as long as they take.
    return await anyio.to_thread.run_sync(read)


def _refused(provider: str, error: OnethreadError, status: int | None = None) -> Response:
    # Strangers may fill a log; what a provider itself brought is for the operator to see.
    tell = log.info if isinstance(error, NotSigned | NotFound) else log.warning
    tell("mail_hook.refused", provider=provider, code=error.code)
    return json({"code": error.code, "message": error.message}, status or error.status)
