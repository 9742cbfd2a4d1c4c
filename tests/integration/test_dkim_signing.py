"""Mail of the store carries a signature that others can check, over the wire as it was written."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import dkim  # type: ignore[import-untyped]  # published without types
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from gateway.channels.email.dkim_signing import Signer, signer
from gateway.channels.email.from_settings import smtp_channel
from gateway.channels.email.letter import Letter, write
from gateway.channels.email.listener import Envelope, Listener
from gateway.channels.email.resolver import Resolver
from gateway.channels.email.signatures import good_signatures
from gateway.channels.email.smtp import SmtpChannel
from gateway.channels.port import Accepted, Outgoing
from gateway.clock import SystemClock
from gateway.errors import Misconfigured
from gateway.settings import read_settings
from tests.integration.name_server import name_server
from tests.integration.signing import SELECTOR, PrivateKey, ed25519_key, pem, record, rsa_key

SHOP = "shop.example"
DATE = 1_767_960_000_000_000
KEYS: dict[str, Callable[[], PrivateKey]] = {"rsa": rsa_key, "ed25519": ed25519_key}

OUTGOING = Outgoing(
    delivery_id="01jd3v0e8zq6w4x2k9n7m5t1ab",
    channel="email",
    to="vera@example.com",
    sender="Ada at Shop <support@shop.example>",
    text=".\r\n.hidden\r\nYour shoes — size 38 — have left us.  \r\n\r\n..\r\n\r\n\r\n",
    html="<p>Your shoes — size 38 — have left us.</p>\n.\n",
    subject="Re: Wo sind die Schuhe? Größe 38, und noch etwas, das länger als eine Zeile ist",
    reply_to="r+01jd3v0e8zq6w4x2k9n7m5t1ab@in.shop.example",
    references=tuple(f"<{n}@{'x' * 40}.example>" for n in range(6)),
    headers=(
        ("List-Unsubscribe", "<https://chat.shop.example/u/" + "a" * 90 + ">"),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
    ),
)


def shop_signs(kind: str = "rsa") -> Signer:
    return signer(SHOP, SELECTOR, pem(KEYS[kind]()))


def letter(outgoing: Outgoing = OUTGOING) -> bytes:
    written = write(outgoing, date=DATE)
    assert isinstance(written, Letter)
    return written.raw


@asynccontextmanager
async def relay() -> AsyncIterator[tuple[int, list[Envelope]]]:
    """A mail server that keeps what it was handed."""
    taken: list[Envelope] = []

    async def accepts(_: str) -> bool:
        return True

    async def store(envelope: Envelope) -> None:
        taken.append(envelope)

    listener = Listener("127.0.0.1", 0, accepts=accepts, store=store, clock=SystemClock())
    await listener.start()
    try:
        yield listener.port, taken
    finally:
        await listener.stop()


def verified(raw: bytes, key: str) -> bool:
    """What a library that is not ours says, asked for this one key."""
    return bool(dkim.verify(raw, dnsfunc=lambda name, timeout=0: key.encode()))


async def test_what_vera_gets_is_byte_for_byte_what_was_signed_and_is_good_by_the_dns() -> None:
    async with relay() as (port, taken), name_server() as names:
        names.says(f"{SELECTOR}._domainkey.{SHOP}", record(rsa_key()))
        channel = SmtpChannel("127.0.0.1", port, tls="none", signer=shop_signs())
        assert isinstance(await channel.send(OUTGOING), Accepted)
        await channel.aclose()
        (envelope,) = taken
        assert envelope.raw.isascii()
        (key,) = await Resolver(names.address).ask(f"{SELECTOR}._domainkey.{SHOP}", "TXT")
    assert verified(envelope.raw, key.decode())


@pytest.mark.parametrize("kind", KEYS)
def test_both_kinds_of_keys_make_good_signatures(kind: str) -> None:
    raw = shop_signs(kind).signed(letter(), sender=OUTGOING.sender)
    keys = {f"{SELECTOR}._domainkey.{SHOP}": record(KEYS[kind]())}
    assert good_signatures(raw, keys) == [SHOP]
    assert good_signatures(raw.replace(b"have left us", b"will leave us"), keys) == []


def test_a_mail_that_is_sent_again_has_the_same_bytes() -> None:
    once, twice = (shop_signs().signed(letter(), sender=OUTGOING.sender) for _ in range(2))
    assert once == twice


def test_servers_on_the_way_may_fold_and_trim() -> None:
    raw = shop_signs().signed(letter(), sender=OUTGOING.sender)
    changed = raw.replace(b"\r\n <https", b" <https").replace(b"From: ", b"FROM:   ")
    assert changed != raw
    assert verified(changed + b"\r\n\r\n", record(rsa_key()))


@pytest.mark.parametrize(
    "field",
    ["From: Mallory <m@evil.example>", "Subject: Win", "Reply-To: m@evil.example",
     "List-Unsubscribe: <https://evil.example>", "List-Unsubscribe-Post: List-Unsubscribe=No"],
)  # fmt: skip
@pytest.mark.parametrize("plain", [True, False])
def test_a_field_that_somebody_adds_breaks_the_signature(field: str, plain: bool) -> None:
    outgoing = replace(OUTGOING, reply_to=None, headers=(), subject=None) if plain else OUTGOING
    raw = shop_signs().signed(letter(outgoing), sender=OUTGOING.sender)
    assert verified(raw, record(rsa_key()))
    assert not verified(f"{field}\r\n".encode() + raw, record(rsa_key()))


@pytest.mark.parametrize(
    ("sender", "is_signed"),
    [
        ("Ada <ada@shop.example>", True),
        ("Ada <ada@Mail.Shop.example>", True),
        ("Ada <ada@other.example>", False),
        ("Ada <ada@notshop.example>", False),
    ],
)
def test_only_mail_of_the_domain_itself_is_signed(sender: str, is_signed: bool) -> None:
    raw = letter(replace(OUTGOING, sender=sender))
    assert (shop_signs().signed(raw, sender=sender) != raw) == is_signed


def test_the_lines_of_the_signature_are_short() -> None:
    raw = shop_signs().signed(letter(), sender=OUTGOING.sender)
    head = raw.partition(b"\r\n\r\n")[0]
    signature = re.split(rb"\r\n(?![ \t])", head)[0]
    assert signature.startswith(b"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;")
    assert max(map(len, signature.split(b"\r\n"))) <= 78 + len(SHOP)


EMPTY_KEY = "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"dkim_domain": None}, "DKIM_DOMAIN have to be set as well"),
        ({"dkim_selector": None, "dkim_key": None}, "DKIM_SELECTOR and DKIM_KEY or DKIM_KEY_FILE"),
        ({"dkim_domain": "shop example"}, "DKIM_DOMAIN is the domain"),
        ({"dkim_domain": "shop"}, "DKIM_DOMAIN is the domain"),
        ({"dkim_selector": "a b"}, "DKIM_SELECTOR is the name"),
        ({"dkim_key": "secret words"}, "DKIM_KEY is not a private key"),
        ({"dkim_key": EMPTY_KEY}, "DKIM_KEY is not a private key"),
        ({"dkim_key": None, "dkim_key_file": "/nowhere/key.pem"}, "DKIM_KEY_FILE cannot be read"),
    ],
)
def test_a_bad_key_is_told_at_the_start(changes: dict[str, object], words: str) -> None:
    given = {"dkim_domain": SHOP, "dkim_selector": SELECTOR, "dkim_key": pem(rsa_key())}
    with pytest.raises(Misconfigured, match=words) as told:
        smtp_channel(read_settings(**(given | changes)), SystemClock())
    assert "secret words" not in str(told.value)


def test_a_key_that_anybody_can_break_is_refused() -> None:
    with pytest.raises(Misconfigured, match="has 1024 bits"):
        signer(SHOP, SELECTOR, pem(rsa_key(1_024)))
    with pytest.raises(Misconfigured, match="RSA or an Ed25519"):
        signer(SHOP, SELECTOR, pem(ec.generate_private_key(ec.SECP256R1())))  # type: ignore[arg-type]  # wrong on purpose


def test_the_key_may_lie_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "dkim.pem"
    file.write_text(pem(ed25519_key()))
    settings = read_settings(
        smtp_host="127.0.0.1", dkim_domain=SHOP, dkim_selector=SELECTOR, dkim_key_file=file
    )
    assert smtp_channel(settings, SystemClock()) is not None
