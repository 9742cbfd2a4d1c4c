"""An https server on this machine that answers for any name, and notes who was asked for what."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

Serve = Callable[[asyncio.StreamWriter], Awaitable[None]]


@dataclass
class FarSide:
    """What it serves by path, and the heads of the requests that came."""

    port: int = 0
    trusted: ssl.SSLContext = field(default_factory=lambda: ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
    pages: dict[str, bytes | Serve] = field(default_factory=dict)
    heads: list[str] = field(default_factory=list)
    connections: int = 0

    def says(self, path: str, body: bytes = b"", status: int = 200, *more: str) -> None:
        """Answer so from now on."""
        lines = [f"HTTP/1.1 {status} OK", f"Content-Length: {len(body)}", *more, "", ""]
        self.pages[path] = "\r\n".join(lines).encode() + body

    @property
    def asked(self) -> list[str]:
        """The paths that were asked for."""
        return [head.split(" ")[1] for head in self.heads]


@contextlib.asynccontextmanager
async def far_side(home: Path, *names: str) -> AsyncIterator[FarSide]:
    """Serve on loopback, under a certificate for these names of an authority of its own."""
    side = FarSide()
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority = _certify(home / "side.pem", names)
    served.load_cert_chain(home / "side.pem")
    side.trusted.load_verify_locations(cadata=authority)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        side.connections += 1
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            side.heads.append(head)
            page = side.pages.get(head.split(" ")[1].partition("?")[0])
            if callable(page):
                await page(writer)
            else:
                writer.write(page or b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n")
                await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=served)
    side.port = server.sockets[0].getsockname()[1]
    try:
        yield side
    finally:
        server.close()


def _certify(path: Path, names: tuple[str, ...]) -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "far side")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2120, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(each) for each in names]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, SHA256())
        .public_bytes(Encoding.PEM)
    )
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(secret + certificate)
    return certificate.decode()
