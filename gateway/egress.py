"""The one outgoing HTTP client: https only, to public machines only, bounded in time and in size.

An address that came from outside can name a machine of ours (server-side request forgery). So the
name is resolved here, every address that it has is looked at, and the connection goes to an address
that was looked at: what the name says a moment later (DNS rebinding) is not asked again. The
certificate must still be for the name.

Nothing is kept between two requests: no cookie, no connection, no proxy from the environment.
Twilio's SDK has a client of its own, which only ever calls the configured address.
"""

from __future__ import annotations

import functools
import ipaddress
import re
import ssl
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from socket import SOCK_STREAM

import anyio
import httpx2

from gateway.errors import OnethreadError

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
IPNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network
Place = tuple[str, int]
Resolve = Callable[[str, int], Awaitable[Sequence[Place]]]
"""Gives the addresses, as text, and ports of a host and port; OSError when it has none."""

SECONDS = 10.0
CONNECT_SECONDS = 4.0  #: for one address, so that another one may be tried
MOST_BYTES = 1_000_000
MOST_ADDRESSES = 4  #: tried one after the other while none accepts a connection
MOST_URL = 4_096

_HTTPS, _HTTP = 443, 80
_PATIENCE = httpx2.Timeout(None, connect=CONNECT_SECONDS)  # the whole has a limit of its own
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,253}", re.ASCII)
_MOVED = frozenset({301, 302, 303, 307, 308})
_V6_WORLD = ipaddress.IPv6Network("2000::/3")
# Within the world's space, and yet a way to other machines or to none: Teredo and its neighbours
# (2001::/23), documentation, 6to4 (RFC 3056) and its relays.
_DETOURS = tuple(
    ipaddress.ip_network(each)
    for each in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "192.88.99.0/24")
)


class NotAllowed(OnethreadError):
    """This address may not be called from here."""

    code = "address_not_allowed"
    status = 400


class NotFetched(OnethreadError):
    """The other side did not answer as it should; later it may."""

    code = "not_fetched"
    status = 502


class NotReached(NotFetched):
    """There was nobody to ask: certainly nothing was sent."""

    code = "not_reached"


class Redirected(NotFetched):
    """The other side did answer: that it is not the one to ask."""

    code = "redirected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the other side said; names of ``headers`` are lower-case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def is_public(address: IPAddress) -> bool:
    """Whether an address is a machine of the open internet, and plainly so.

    No private, loopback, link-local, shared, multicast or reserved range (RFC 6890), no IPv6
    address that carries an IPv4 one (mapped, 6to4, Teredo, NAT64): it would lead there.
    """
    if isinstance(address, ipaddress.IPv6Address) and address not in _V6_WORLD:
        return False
    if any(address.version == each.version and address in each for each in _DETOURS):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


@functools.cache
def _usual_tls() -> ssl.SSLContext:
    """One for all: reading the certificates of the world's authorities takes its time."""
    return httpx2.create_ssl_context()


class Egress:
    """Calls addresses that somebody else named.

    ``also`` are networks of the operator's own that may be called besides public ones. ``tls`` is
    for those whose certificates an authority of their own signs. ``own`` are addresses that the
    operator named in the settings: what has their scheme, host and port may be called as it is.
    """

    def __init__(
        self,
        *,
        also: Sequence[IPNetwork] = (),
        tls: ssl.SSLContext | None = None,
        resolve: Resolve | None = None,
        own: Sequence[str] = (),
    ) -> None:
        self._own = frozenset(_origin(httpx2.URL(each)) for each in own)
        self._also = tuple(also)
        self._tls = tls or _usual_tls()
        self._resolve = resolve or _resolve

    async def fetch(
        self,
        url: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        content: bytes = b"",
        seconds: float = SECONDS,
        most_bytes: int = MOST_BYTES,
        redirects: int = 0,
        allowed: Callable[[str], bool] | None = None,
    ) -> Answer:
        """Send one request and read the answer, whatever its status but a redirect.

        ``seconds`` bounds everything together. ``redirects`` are followed by GET alone, each
        looked at like the first address, and without ``headers`` when they lead to another host.
        ``allowed`` is asked about the host of each.

        Raises:
            NotAllowed: not https, a user in the address, or a host that is not public; nothing was
                sent there.
            NotFetched: too slow, too large, or broken off; of it ``NotReached``: no such host, no
                connection, a bad certificate; and ``Redirected``: one redirect too many.
        """
        if redirects and method != "GET":
            raise NotAllowed("only a GET follows redirects")
        sent = dict(headers or {})
        try:
            with anyio.fail_after(seconds):
                while True:
                    target = _target(url, self._own)
                    if allowed is not None and not allowed(target.host):
                        raise NotAllowed("this host is not one of theirs")
                    answer = await self._ask(target, method, sent, content, most_bytes)
                    if answer.status not in _MOVED:
                        return answer
                    if redirects <= 0:
                        raise Redirected("it redirects to another address")
                    redirects -= 1
                    url = _next(target, answer)
                    if httpx2.URL(url).netloc != target.netloc:
                        sent = {}
        except TimeoutError:
            raise NotFetched("it did not answer in time") from None

    async def _ask(
        self,
        target: httpx2.URL,
        method: str,
        headers: Mapping[str, str],
        content: bytes,
        most_bytes: int,
    ) -> Answer:
        places = await self._places(target)
        for number, place in enumerate(places, start=1):
            try:
                return await self._ask_at(place, target, method, headers, content, most_bytes)
            except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
                # Nothing was sent, so the next address may be tried; a bad certificate may not.
                if number == len(places) or isinstance(_root(error), ssl.SSLError):
                    raise NotReached("it cannot be reached") from None
            except (httpx2.HTTPError, httpx2.InvalidURL):
                raise NotFetched("the connection broke") from None
        raise NotReached("it has no address")

    async def _places(self, target: httpx2.URL) -> list[Place]:
        port = target.port or (_HTTPS if target.scheme == "https" else _HTTP)
        try:
            named = await self._resolve(target.host, port)
            found = [
                (ipaddress.ip_address(address.partition("%")[0]), port)
                for address, port in dict.fromkeys(named)
            ]
        except (OSError, ValueError, UnicodeError):
            raise NotReached("there is no such host") from None
        # One bad address among good ones is how rebinding looks: all are looked at.
        if _origin(target) not in self._own and not all(
            is_public(address) or self._is_ours(address) for address, _ in found
        ):
            raise NotAllowed("the host is not a public one")
        return [(str(address), port) for address, port in found[:MOST_ADDRESSES]]

    def _is_ours(self, address: IPAddress) -> bool:
        return any(address.version == each.version and address in each for each in self._also)

    async def _ask_at(
        self,
        place: Place,
        target: httpx2.URL,
        method: str,
        headers: Mapping[str, str],
        content: bytes,
        most_bytes: int,
    ) -> Answer:
        # A client for each request: a pool would go by the address, and could hand a connection
        # that was certified for one name to another name at the same address.
        async with (
            httpx2.AsyncClient(verify=self._tls, trust_env=False, timeout=_PATIENCE) as client,
            client.stream(
                method,
                target.copy_with(host=place[0], port=place[1]),
                headers={
                    "Accept-Encoding": "identity",
                    **headers,
                    "Host": target.netloc.decode("ascii"),
                },
                content=content,
                extensions={"sni_hostname": target.raw_host.decode("ascii")},
                follow_redirects=False,
            ) as response,
        ):
            body = await _bounded(response, most_bytes)
            named = {name.lower(): value for name, value in response.headers.items()}
            return Answer(status=response.status_code, headers=named, body=body)


async def _bounded(response: httpx2.Response, most_bytes: int) -> bytes:
    # Unpacking is not asked for and not done: a small answer must not become a large one.
    if response.headers.get("content-encoding", "identity").lower() != "identity":
        raise NotFetched("the answer is packed")
    body = bytearray()
    async for piece in response.aiter_raw():
        body += piece
        if len(body) > most_bytes:
            raise NotFetched("the answer is too large")
    return bytes(body)


def _origin(url: httpx2.URL) -> tuple[str, bytes]:
    """Scheme, and host with its port where that is not the scheme's own."""
    return url.scheme, url.netloc


def _target(url: str, own: Collection[tuple[str, bytes]] = ()) -> httpx2.URL:
    if len(url) > MOST_URL:
        raise NotAllowed("the address is too long")
    try:
        target = httpx2.URL(url)
    except (httpx2.InvalidURL, ValueError, UnicodeError):
        raise NotAllowed("this is no address") from None
    by_https = target.scheme == "https" or _origin(target) in own
    if not by_https or not _is_host(target.raw_host.decode("ascii")):
        raise NotAllowed("only https addresses are called")
    if not 0 < (target.port or _HTTPS) < 65_536:
        raise NotAllowed("there is no such port")
    if target.userinfo:
        raise NotAllowed("an address with a user in it is not called")
    return target


def _is_host(host: str) -> bool:
    """Whether it is a name or an address and nothing else: the library's reader lets more by."""
    try:
        return _NAME.fullmatch(host) is not None or bool(ipaddress.IPv6Address(host))
    except ValueError:
        return False


def _next(target: httpx2.URL, answer: Answer) -> str:
    try:
        return str(target.join(answer.headers.get("location", "")))
    except (httpx2.InvalidURL, ValueError, UnicodeError):
        raise NotFetched("it redirects to no address") from None


def _root(error: BaseException) -> BaseException:
    while (cause := error.__cause__ or error.__context__) is not None:
        error = cause
    return error


async def _resolve(host: str, port: int) -> list[Place]:
    found = await anyio.getaddrinfo(host, port, type=SOCK_STREAM)
    return [(str(sockaddr[0]), int(sockaddr[1])) for *_, sockaddr in found]
