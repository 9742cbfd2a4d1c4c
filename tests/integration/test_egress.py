"""What leaves the house by HTTP: to public machines only, and never more than was asked for."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import ipaddress
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.egress import MOST_URL, Egress, NotAllowed, NotFetched, Place, is_public
from tests.integration.far_side import FarSide, far_side

HOME, AWAY = ipaddress.ip_network("127.0.0.1/32"), "127.0.0.2"


@pytest.fixture
async def side(tmp_path: Path) -> AsyncIterator[FarSide]:
    async with far_side(tmp_path, "shop.example", "other.example") as serving:
        yield serving


class Names:
    """A name service that says what it is told, one list after the other."""

    def __init__(self, *answers: list[Place]) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    async def __call__(self, host: str, port: int) -> list[Place]:
        self.asked.append(host)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def egress(side: FarSide, names: Names | None = None) -> Egress:
    """One that takes this machine's first address for the open internet."""
    known = names or Names([("127.0.0.1", side.port)])
    return Egress(also=[HOME], tls=side.trusted, resolve=known)


async def test_a_page_is_fetched_under_its_own_name(side: FarSide) -> None:
    side.says("/page", b"hello", 200, "X-Kind: Word")
    answer = await egress(side).fetch("https://shop.example/page?q=1", headers={"X-Mine": "yes"})
    assert (answer.status, answer.body, answer.headers["x-kind"]) == (200, b"hello", "Word")
    (head,) = side.heads
    assert head.startswith("GET /page?q=1 HTTP/1.1\r\n")
    lines = head.lower().split("\r\n")
    assert "host: shop.example" in lines
    assert "x-mine: yes" in lines
    assert "accept-encoding: identity" in lines


async def test_what_is_posted_arrives_and_any_status_is_an_answer(side: FarSide) -> None:
    side.says("/hook", b"no", 410)
    answer = await egress(side).fetch("https://shop.example/hook", method="POST", content=b"{}")
    assert (answer.status, answer.body) == (410, b"no")
    assert side.heads[0].startswith("POST /hook")


def began_tls(trap: socket.socket) -> bool:
    """Whether a caller said hello. Another test's client may knock at a port it knew before."""
    with contextlib.suppress(BlockingIOError):
        while True:
            caller, _ = trap.accept()
            with caller:
                caller.setblocking(False)
                with contextlib.suppress(BlockingIOError):
                    if caller.recv(1) == b"\x16":
                        return True
    return False


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "127.1", "0x7f.1", "0x7f000001", "2130706433", "017700000001", "localhost",
        "LOCALHOST.", "127.0.0.1.", "0.0.0.0", "0",  # noqa: S104 - nobody listens there
        "10.0.0.1", "172.16.0.1", "192.168.1.1",
        "169.254.169.254", "100.64.0.1", "192.0.0.8", "192.0.2.1", "192.88.99.1", "198.18.0.1",
        "198.51.100.1", "203.0.113.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
        "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:8.8.8.8]", "[::127.0.0.1]", "[fe80::1]",
        "[fc00::1]", "[ff02::1]", "[fec0::1]", "[2001:db8::1]", "[2002:7f00:1::]",
        "[2001:0:7f00:1::]", "[64:ff9b::7f00:1]", "[64:ff9b:1::1]", "[5f00::1]", "[3fff::1]",
    ],
)  # fmt: skip
async def test_no_machine_of_ours_is_called_however_it_is_spelled(host: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as trap:
        trap.setblocking(False)
        with pytest.raises((NotAllowed, NotFetched)):
            await Egress().fetch(f"https://{host}:{trap.getsockname()[1]}/")
        assert not began_tls(trap)


@pytest.mark.parametrize(
    "url",
    [
        "http://shop.example/", "gopher://shop.example/", "file:///etc/passwd", "ftp://shop.example",
        "//shop.example/", "shop.example", "", "https://", "https:///x", "https://[", "https://a:b/",
        "https://vera@shop.example/", "https://vera:secret@shop.example/",
        "https://shop.example:99999/", "https://shop.example/\n", "https://sh op.example/",
        "https://shop.example/" + "x" * MOST_URL, "javascript:alert(1)", "https://%00.example/",
    ],
)  # fmt: skip
async def test_only_plain_https_addresses_are_called(side: FarSide, url: str) -> None:
    names = Names([("127.0.0.1", side.port)])
    with pytest.raises(NotAllowed):
        await egress(side, names).fetch(url)
    assert side.connections == 0


async def test_a_name_that_changes_its_mind_leads_nowhere_else(side: FarSide) -> None:
    side.says("/page", b"hello")
    with socket.create_server((AWAY, 0)) as trap:
        trap.setblocking(False)
        away = (AWAY, trap.getsockname()[1])
        names = Names([("127.0.0.1", side.port)], [away])
        assert (await egress(side, names).fetch("https://shop.example/page")).body == b"hello"
        assert names.asked == ["shop.example"]
        with pytest.raises(NotAllowed):
            await egress(side, names).fetch("https://shop.example/page")
        for mixed in ([("127.0.0.1", side.port), away], [away, ("127.0.0.1", side.port)]):
            with pytest.raises(NotAllowed):
                await egress(side, Names(mixed)).fetch("https://shop.example/page")
        with pytest.raises(BlockingIOError):
            trap.accept()
    assert side.connections == 1


async def test_the_next_address_is_tried_when_nobody_listens_at_the_first(side: FarSide) -> None:
    side.says("/page", b"hello")
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        names = Names([closed.getsockname(), ("127.0.0.1", side.port)])
        assert (await egress(side, names).fetch("https://shop.example/page")).body == b"hello"
        with pytest.raises(NotFetched):
            await egress(side, Names([closed.getsockname()])).fetch("https://shop.example/page")


async def test_a_certificate_for_another_name_is_not_accepted(side: FarSide) -> None:
    with pytest.raises(NotFetched):
        await egress(side).fetch("https://evil.example/page")
    trusting_others = Egress(also=[HOME], resolve=Names([("127.0.0.1", side.port)]))
    with pytest.raises(NotFetched):
        await trusting_others.fetch("https://shop.example/page")
    assert side.heads == []


async def test_a_host_that_does_not_exist_is_said_so(side: FarSide) -> None:
    for answer in ([], [("not an address", 443)]):
        with pytest.raises(NotFetched):
            await egress(side, Names(answer)).fetch("https://shop.example/")

    async def unknown(host: str, port: int) -> list[Place]:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    with pytest.raises(NotFetched):
        await Egress(resolve=unknown).fetch("https://shop.example/")


async def test_redirects_are_refused_unless_asked_for(side: FarSide) -> None:
    side.says("/a", b"", 302, "Location: https://other.example/b")
    side.says("/b", b"there")
    with pytest.raises(NotFetched):
        await egress(side).fetch("https://shop.example/a")
    found = await egress(side).fetch(
        "https://shop.example/a", headers={"Authorization": "Basic x"}, redirects=1
    )
    assert found.body == b"there"
    assert "authorization" in side.heads[-2].lower()
    assert "authorization" not in side.heads[-1].lower()
    with pytest.raises(NotAllowed):
        await egress(side).fetch("https://shop.example/a", method="POST", redirects=1)


@pytest.mark.parametrize(
    "target",
    [
        "http://shop.example/b",
        "https://127.0.0.2/b",
        "file:///etc/passwd",
        "https://v@shop.example",
    ],
)
async def test_a_redirect_is_looked_at_like_the_first_address(side: FarSide, target: str) -> None:
    side.says("/a", b"", 307, f"Location: {target}")

    async def known(host: str, port: int) -> list[Place]:
        return [(host, port)] if host[0].isdigit() else [("127.0.0.1", side.port)]

    with pytest.raises(NotAllowed):
        await Egress(also=[HOME], tls=side.trusted, resolve=known).fetch(
            "https://shop.example/a", redirects=3
        )
    assert side.asked == ["/a"]


async def test_redirects_without_end_end(side: FarSide) -> None:
    side.says("/a", b"", 301, "Location: /a")
    with pytest.raises(NotFetched):
        await egress(side).fetch("https://shop.example/a", redirects=5)
    assert len(side.asked) == 6


async def test_an_answer_larger_than_wanted_is_not_read_to_its_end(side: FarSide) -> None:
    side.says("/big", b"x" * 101)
    assert len((await egress(side).fetch("https://shop.example/big", most_bytes=101)).body) == 101
    with pytest.raises(NotFetched):
        await egress(side).fetch("https://shop.example/big", most_bytes=100)

    async def for_ever(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        with contextlib.suppress(OSError):
            while not writer.is_closing():
                writer.write(b"400\r\n" + b"x" * 1024 + b"\r\n")
                await writer.drain()

    side.pages["/endless"] = for_ever
    with pytest.raises(NotFetched):
        await egress(side).fetch("https://shop.example/endless", most_bytes=100_000)


async def test_a_packed_answer_is_refused_because_nobody_knows_its_size(side: FarSide) -> None:
    side.says("/zip", gzip.compress(b"x" * 1_000_000), 200, "Content-Encoding: gzip")
    with pytest.raises(NotFetched):
        await egress(side).fetch("https://shop.example/zip")


async def test_a_slow_answer_is_given_up(side: FarSide) -> None:
    ended = asyncio.Event()

    async def drip(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx")
        await writer.drain()
        await ended.wait()

    side.pages["/slow"] = drip
    with pytest.raises(NotFetched, match="in time"):
        await egress(side).fetch("https://shop.example/slow", seconds=0.2)
    ended.set()


async def test_a_broken_answer_is_said_so(side: FarSide) -> None:
    for page in (b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx"):
        side.pages["/broken"] = page or b"\r\n"
        with pytest.raises(NotFetched):
            await egress(side).fetch("https://shop.example/broken")


async def test_nothing_is_kept_from_one_request_to_the_next(side: FarSide) -> None:
    side.says("/page", b"", 200, "Set-Cookie: seen=1; Path=/; Secure")
    out = egress(side)
    await out.fetch("https://shop.example/page")
    await out.fetch("https://other.example/page")
    await out.fetch("https://shop.example/page")
    assert side.connections == 3
    assert not any("cookie" in head.lower() for head in side.heads)


async def test_a_proxy_in_the_environment_is_not_used(
    side: FarSide, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    side.says("/page", b"hello")
    assert (await egress(side).fetch("https://shop.example/page")).body == b"hello"


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.216.34", "2606:2800:220:1::1", "2a00::1"])
def test_the_open_internet_is_public(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))
