"""The agents' console over HTTP: signing in, tickets, the *why* of a decision."""

from __future__ import annotations

from dataclasses import asdict

from pydantic import BaseModel, ConfigDict, Field
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from gateway.auth.passwords import Passwords
from gateway.auth.tokens import same
from gateway.errors import Forbidden
from gateway.services import explain, sessions
from gateway.services.house import House
from gateway.services.sessions import SignedIn
from gateway.web.answers import body_of, json
from gateway.web.assets import STATIC
from gateway.web.origins import origin_of
from gateway.web.panel import NO_NUL, Immutable

COOKIE = "__Host-onethread-agent"
CSRF = "x-onethread-csrf"
SESSION_AGE = sessions.AGENT_SESSION // 1_000_000
# Mails are shown in a frame without scripts; the console itself never runs inline code either.
# Styles are another matter: a frame of our own words inherits this, and a mail carries its own.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'"
    " {socket}; img-src 'self' data: blob:; frame-src 'self' data:; base-uri 'none';"
    " form-action 'self'; frame-ancestors 'none'"
)


class Credentials(BaseModel):
    """What an agent signs in with."""

    model_config = ConfigDict(extra="forbid")
    email: str = Field(min_length=3, max_length=254, pattern=NO_NUL)
    password: str = Field(min_length=1, max_length=1_000)


class Console:
    """The console's HTTP."""

    def __init__(self, house: House, passwords: Passwords) -> None:
        self._house = house
        self._passwords = passwords
        self._origin = origin_of(house.base_url)

    def routes(self) -> list[BaseRoute]:
        """Everything below ``/console`` and ``/api``."""
        place = "/api/stores/{store_id}"
        return [
            Route("/", self.front_door),
            Route("/console", self.front_door),
            Mount(
                "/console/assets",
                GZipMiddleware(Immutable(directory=STATIC / "console" / "assets", check_dir=False)),
            ),
            Route("/console/{path:path}", self.document),
            Route("/api/login", self.sign_in, methods=["POST"]),
            Route("/api/logout", self.sign_out, methods=["POST"]),
            Route("/api/ticket", self.ticket, methods=["POST"]),
            Route(place + "/decisions/{decision_id}", self.why),
        ]

    async def front_door(self, _request: Request) -> Response:
        """The console lives below a slash."""
        return RedirectResponse("/console/")

    async def document(self, request: Request) -> Response:
        """The single page, whatever the path below it, and the few files beside it."""
        home = STATIC / "console"
        wanted = request.path_params["path"]
        beside = (
            {each.name for each in home.iterdir() if each.is_file()} if home.is_dir() else set()
        )
        name = wanted if wanted in beside else "index.html"
        socket = self._origin.replace("http", "ws", 1)
        return FileResponse(
            home / name,
            headers={
                "Content-Security-Policy": POLICY.format(socket=socket),
                "Cache-Control": "no-cache",
                "Referrer-Policy": "no-referrer",
                "X-Content-Type-Options": "nosniff",
            },
        )

    async def sign_in(self, request: Request) -> Response:
        """Check e-mail and password; the session's token goes into a cookie and nowhere else."""
        self._same_origin(request)
        given = await body_of(request, Credentials)
        signed = await sessions.sign_in(self._house, self._passwords, given.email, given.password)
        response = _who(signed)
        response.headers.append(
            "Set-Cookie",
            f"{COOKIE}={signed.token}; Path=/; Max-Age={SESSION_AGE}; HttpOnly; Secure;"
            " SameSite=Strict",
        )
        return response

    async def sign_out(self, request: Request) -> Response:
        """End the session."""
        signed = await self.signed_in(request, changes=True)
        await sessions.sign_out(self._house, signed.token)
        response = json({})
        response.headers.append(
            "Set-Cookie", f"{COOKIE}=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Strict"
        )
        return response

    async def ticket(self, request: Request) -> Response:
        """A one-time ticket for the socket; the cookie alone never opens one."""
        signed = await self.signed_in(request, changes=True)
        return json({"ticket": await sessions.agent_ticket(self._house, signed.agent_id)})

    async def why(self, request: Request) -> Response:
        """A stored decision in words."""
        await self.signed_in(request)
        found = await explain.decision(
            self._house, request.path_params["store_id"], request.path_params["decision_id"]
        )
        return json(asdict(found))

    async def signed_in(self, request: Request, *, changes: bool = False) -> SignedIn:
        """Whose request this is; one that ``changes`` something carries the console's token.

        Raises:
            NotSignedIn: nobody's.
            Forbidden: it comes from another page, or without the token.
        """
        signed = await sessions.console_session(self._house, request.cookies.get(COOKIE))
        if changes:
            self._same_origin(request)
            if not same(request.headers.get(CSRF, ""), signed.csrf):
                raise Forbidden("this request does not carry the console's token")
        return signed

    def _same_origin(self, request: Request) -> None:
        if request.headers.get("origin") != self._origin:
            raise Forbidden("this is only for the console itself")


def _who(signed: SignedIn) -> Response:
    return json({"agent": {"agent_id": signed.agent_id, "name": signed.name}, "csrf": signed.csrf})
