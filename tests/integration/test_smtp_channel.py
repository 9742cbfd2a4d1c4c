"""Mail to Vera through relays that fail at every phase there is."""

from __future__ import annotations

import asyncio
import socket
import ssl
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

import anyio
import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from typing_extensions import override

from gateway.channels.email.smtp import IDLE_CONNECTIONS, SmtpChannel
from gateway.channels.port import Accepted, Outcome, Outgoing, Rejected, Unavailable, Unknown
from gateway.worker.dispatcher import AT_ONCE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

TLS = Path(__file__).resolve().parents[1] / "corpus" / "tls"
"""An authority made for these tests, and what it signed for localhost; valid until 2120."""

DROP = "drop"
HANG = "hang"
TIMEOUT = 5.0
SHORT = 0.2
LARGE = "A line of a letter that fills every buffer on the way.\n" * 250_000  # 13 MB

OUTGOING = Outgoing(
    delivery_id="01jd3v0e8zq6w4x2k9n7m5t1ab",
    channel="email",
    to="vera@example.com",
    sender="Ada at Shop <support@shop.example>",
    text="Your shoes have left us.",
    subject="Re: Where are my shoes?",
)


@dataclass
class Script:
    """What the relay does at a phase instead of its job, for the first so many connections."""

    acts: dict[str, str] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)
    envelopes: list[Envelope] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    relays: list[Relay] = field(default_factory=list)
    secure: list[bool] = field(default_factory=list)
    ended: anyio.Event = field(default_factory=anyio.Event)
    port: int = 0

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.envelopes.append(envelope)
        self.secure.append(session.ssl is not None)
        return self.acts.get("dot", "250 2.0.0 Ok: queued as 4AB12")


class Relay(SMTP):
    """aiosmtpd, which plays the script first."""

    def __init__(self, script: Script, **options: Any) -> None:
        self.script = script
        self.greeted = False
        super().__init__(script, hostname="relay.example", **options)
        script.relays.append(self)

    @override
    def connection_lost(self, error: Exception | None) -> None:
        super().connection_lost(error)
        self.script.ended.set()

    @override
    async def push(self, status: Any) -> None:
        if not self.greeted:
            self.greeted = True
            if await self.acted("greeting"):
                return
        if status in (DROP, HANG):
            await self.act(status)
        else:
            await super().push(status)

    async def acted(self, phase: str) -> bool:
        self.script.said.append(phase)
        act = self.script.acts.get(phase)
        if act is None:
            return False
        await self.act(act)
        return True

    async def act(self, act: str) -> None:
        if act == DROP:
            self.abort()
        if act in (DROP, HANG):
            # Until the end of the connection cancels it.
            await anyio.Event().wait()
        await super().push(act)

    def abort(self) -> None:
        cast("asyncio.Transport", self.transport).abort()

    @override
    async def smtp_EHLO(self, hostname: str) -> None:
        if not await self.acted("ehlo"):
            await super().smtp_EHLO(hostname)

    @override
    async def smtp_HELO(self, hostname: str) -> None:
        if not await self.acted("helo"):
            await super().smtp_HELO(hostname)

    @override
    async def smtp_AUTH(self, arg: str) -> None:
        if not await self.acted("auth"):
            await super().smtp_AUTH(arg)

    @override
    async def smtp_MAIL(self, arg: str | None) -> None:
        if not await self.acted("mail"):
            await super().smtp_MAIL(arg)

    @override
    async def smtp_RCPT(self, arg: str | None) -> None:
        if not await self.acted("rcpt"):
            await super().smtp_RCPT(arg)

    @override
    async def smtp_DATA(self, arg: str) -> None:
        if await self.acted("data"):
            return
        act = self.script.acts.get("text")
        if act is None:
            await super().smtp_DATA(arg)
            return
        await super().push("354 Go on, but I am not listening")
        cast("asyncio.Transport", self.transport).pause_reading()
        await self.act(act)


@asynccontextmanager
async def relay(
    acts: dict[str, str] | None = None,
    *,
    context: ssl.SSLContext | None = None,
    **options: Any,
) -> AsyncIterator[Script]:
    script = Script(acts=acts or {}, options=options)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: Relay(script, loop=loop, **options), "127.0.0.1", 0, ssl=context
    )
    script.port = server.sockets[0].getsockname()[1]
    try:
        yield script
    finally:
        server.close()
        for each in script.relays:
            if each.transport is not None:
                each.abort()


async def send(script: Script, outgoing: Outgoing = OUTGOING, **options: Any) -> Outcome:
    channel = SmtpChannel(
        "127.0.0.1", script.port, **{"tls": "none", "timeout": TIMEOUT, **options}
    )
    try:
        return await channel.send(outgoing)
    finally:
        await channel.aclose()


@pytest.fixture
def server_context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(TLS / "localhost.pem")
    return context


@pytest.fixture
def _our_authority(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(TLS / "authority.pem"))


async def test_vera_gets_her_mail() -> None:
    async with relay() as script:
        assert await send(script) == Accepted(provider_id="4AB12")
    [envelope] = script.envelopes
    assert (envelope.mail_from, envelope.rcpt_tos) == ("support@shop.example", ["vera@example.com"])
    assert b"Your shoes have left us." in (envelope.original_content or b"")


async def test_the_bounce_address_is_the_envelope_sender() -> None:
    async with relay() as script:
        await send(script, replace(OUTGOING, envelope_from="b+x@in.shop.example"))
    assert script.envelopes[0].mail_from == "b+x@in.shop.example"


@pytest.mark.parametrize(
    ("reply", "provider_id"),
    [
        ("250 2.0.0 Ok: queued as 4g1ABC-XYZ", "4g1ABC-XYZ"),
        ("250 OK id=1tABcd-0001Xy-2Z", "1tABcd-0001Xy-2Z"),
        ("250 Ok 0102018f2b3c4d5e-6f708192-000000", "0102018f2b3c4d5e-6f708192-000000"),
        ("250 2.6.0 Message accepted for delivery", None),
        ("250 OK", None),
    ],
)
async def test_the_relay_may_name_the_mail(reply: str, provider_id: str | None) -> None:
    async with relay({"dot": reply}) as script:
        assert await send(script) == Accepted(provider_id=provider_id)


def rejected(blame: Literal["address", "content", "us"], code: str) -> tuple[Any, ...]:
    return Rejected, code, blame


LATER = ("421", "450", "451", "452")


@pytest.mark.parametrize(
    ("phase", "act", "expected"),
    [
        *((phase, f"{code} 4.3.0 Later", (Unavailable, f"{code} 4.3.0", None))
          for phase in ("greeting", "mail", "rcpt", "data", "dot") for code in LATER),
        ("greeting", "554 No service", (Unavailable, "554", None)),
        ("greeting", DROP, (Unavailable, "connect_lost", None)),
        ("ehlo", DROP, (Unavailable, "connect_lost", None)),
        ("ehlo", "421 4.3.2 Busy", (Unavailable, "421 4.3.2", None)),
        ("mail", DROP, (Unavailable, "mail_lost", None)),
        ("mail", "550 5.7.1 Not you", rejected("us", "550 5.7.1")),
        ("mail", "552 5.2.3 Too much", rejected("us", "552 5.2.3")),
        ("mail", "553 5.1.8 Bad sender", rejected("us", "553 5.1.8")),
        ("mail", "554 No", rejected("us", "554")),
        ("rcpt", DROP, (Unavailable, "rcpt_lost", None)),
        ("rcpt", "550 5.1.1 No such user", rejected("address", "550 5.1.1")),
        ("rcpt", "550 No such user", rejected("address", "550")),
        ("rcpt", "551 Gone away", rejected("address", "551")),
        ("rcpt", "553 Not here", rejected("address", "553")),
        ("rcpt", "554 5.1.2 No such host", rejected("address", "554 5.1.2")),
        ("rcpt", "556 5.1.10 Takes no mail", rejected("address", "556 5.1.10")),
        ("rcpt", "550 5.7.1 Blocked by a list", rejected("us", "550 5.7.1")),
        ("rcpt", "554 5.7.1 Relay access denied", rejected("us", "554 5.7.1")),
        ("rcpt", "552 5.2.2 Mailbox full", rejected("content", "552 5.2.2")),
        ("rcpt", "554 No", rejected("us", "554")),
        ("data", DROP, (Unavailable, "data_lost", None)),
        ("data", "554 5.5.1 No valid recipients", rejected("content", "554 5.5.1")),
        ("data", "250 What?", (Unavailable, "250", None)),
        ("dot", DROP, (Unknown, "dot_lost", None)),
        ("dot", "550 5.7.1 Looks like spam", rejected("content", "550 5.7.1")),
        ("dot", "552 5.3.4 Too big", rejected("content", "552 5.3.4")),
        ("dot", "554 5.6.0 Virus", rejected("content", "554 5.6.0")),
        ("dot", "354 Go on?", (Unknown, "354", None)),
        ("dot", "gibberish", (Unknown, "-1", None)),
    ],
)  # fmt: skip
async def test_a_failure_means_what_its_phase_says(
    phase: str, act: str, expected: tuple[type[Outcome], str, str | None]
) -> None:
    async with relay({phase: act}) as script:
        outcome = await send(script)
    assert not isinstance(outcome, Accepted)
    blame = outcome.blame if isinstance(outcome, Rejected) else None
    assert (type(outcome), outcome.code, blame) == expected
    assert outcome.words


@pytest.mark.parametrize(
    ("phase", "expected"),
    [
        ("greeting", (Unavailable, "connect_timeout")),
        ("ehlo", (Unavailable, "connect_timeout")),
        ("mail", (Unavailable, "mail_timeout")),
        ("rcpt", (Unavailable, "rcpt_timeout")),
        ("data", (Unavailable, "data_timeout")),
        ("dot", (Unknown, "dot_timeout")),
    ],
)
async def test_silence_means_what_its_phase_says(
    phase: str, expected: tuple[type[Outcome], str]
) -> None:
    async with relay({phase: HANG}) as script:
        outcome = await send(script, timeout=SHORT)
    assert not isinstance(outcome, Accepted)
    assert (type(outcome), outcome.code) == expected


async def test_a_line_that_breaks_before_the_dot_is_no_riddle() -> None:
    async with relay({"text": DROP}) as script:
        outcome = await send(script, replace(OUTGOING, text=LARGE))
    assert outcome == Unavailable(
        code="data_lost", words="The mail server fell silent before taking the mail"
    )


async def test_a_line_that_stalls_before_the_dot_is_no_riddle() -> None:
    async with relay({"text": HANG}) as script:
        outcome = await send(script, replace(OUTGOING, text=LARGE), timeout=SHORT)
    assert isinstance(outcome, Unavailable)
    assert outcome.code == "data_timeout"


async def test_a_large_mail_arrives_whole() -> None:
    async with relay() as script:
        assert isinstance(await send(script, replace(OUTGOING, text=LARGE)), Accepted)
    content = script.envelopes[0].original_content or b""
    assert content.count(b"fills every buffer") == 250_000


async def test_nobody_listens() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        script = Script(port=free.getsockname()[1])
        outcome = await send(script)
    assert outcome == Unavailable(code="connect_lost", words="The mail server cannot be reached")


async def test_a_host_name_that_cannot_be_is_only_unreachable() -> None:
    channel = SmtpChannel("a..b", 25, tls="none")
    outcome = await channel.send(OUTGOING)
    assert isinstance(outcome, Unavailable)


async def test_a_relay_of_the_old_school_is_greeted_with_helo() -> None:
    async with relay({"ehlo": "502 What?"}) as script:
        assert isinstance(await send(script), Accepted)
    assert script.said[:3] == ["greeting", "ehlo", "helo"]


# Signing in


async def test_ada_signs_in_before_she_sends() -> None:
    def check(server: SMTP, session: Session, envelope: Envelope, how: str, who: Any) -> AuthResult:
        return AuthResult(success=(who.login, who.password) == (b"shop", b"open sesame"))

    async with relay(authenticator=check, auth_require_tls=False) as script:
        outcome = await send(script, username="shop", password="open sesame")
    assert isinstance(outcome, Accepted)
    assert script.said.index("auth") < script.said.index("mail")


@pytest.mark.parametrize(
    ("act", "expected"),
    [
        (
            "535 5.7.8 Wrong password",
            Rejected(blame="us", code="535 5.7.8", words="5.7.8 Wrong password"),
        ),
        ("454 4.7.0 Not now", Unavailable(code="454 4.7.0", words="4.7.0 Not now")),
        ("534 5.7.9 Too weak", Unavailable(code="534 5.7.9", words="5.7.9 Too weak")),
        (DROP, Unavailable(code="connect_lost", words="The mail server cannot be reached")),
    ],
)
async def test_ada_cannot_sign_in(act: str, expected: Outcome) -> None:
    async with relay({"auth": act}, auth_require_tls=False) as script:
        assert await send(script, username="shop", password="x") == expected
    assert "mail" not in script.said


async def test_a_relay_without_auth_is_not_used_without_it() -> None:
    async with relay() as script:
        outcome = await send(script, username="shop", password="x")
    assert isinstance(outcome, Unavailable)
    assert outcome.code == "not_offered"
    assert "mail" not in script.said


# TLS


@pytest.mark.usefixtures("_our_authority")
async def test_the_mail_goes_by_starttls(server_context: ssl.SSLContext) -> None:
    async with relay(tls_context=server_context) as script:
        assert isinstance(await send(script, tls="starttls"), Accepted)
    assert script.secure == [True]


@pytest.mark.usefixtures("_our_authority")
async def test_the_mail_goes_by_tls(server_context: ssl.SSLContext) -> None:
    async with relay(context=server_context) as script:
        assert isinstance(await send(script, tls="tls"), Accepted)
    assert len(script.envelopes) == 1


@pytest.mark.usefixtures("_our_authority")
async def test_a_relay_whose_starttls_was_stripped_gets_nothing() -> None:
    async with relay() as script:
        for username in (None, "shop"):
            outcome = await send(script, tls="starttls", username=username, password="secret")
            assert isinstance(outcome, Unavailable)
            assert outcome.code == "not_offered"
    assert set(script.said) == {"greeting", "ehlo"}


@pytest.mark.parametrize("tls", ["starttls", "tls"])
async def test_a_relay_with_a_stranger_s_certificate_gets_nothing(
    server_context: ssl.SSLContext, tls: Literal["starttls", "tls"]
) -> None:
    options: dict[str, Any] = (
        {"context": server_context} if tls == "tls" else {"tls_context": server_context}
    )
    async with relay(**options) as script:
        outcome = await send(script, tls=tls, username="shop", password="secret")
    assert isinstance(outcome, Unavailable)
    assert outcome.code == "tls"
    assert not {"auth", "mail"} & set(script.said)


@pytest.mark.usefixtures("_our_authority")
async def test_a_plaintext_relay_is_no_tls_relay() -> None:
    async with relay() as script:
        outcome = await send(script, tls="tls")
    assert isinstance(outcome, Unavailable)
    assert "mail" not in script.said


# What a relay cannot carry


async def test_smtputf8_is_asked_for_only_when_needed() -> None:
    async with relay(enable_SMTPUTF8=True) as script:
        await send(script)
        await send(script, replace(OUTGOING, to="вера@example.com"))
    assert [envelope.smtp_utf8 for envelope in script.envelopes] == [False, True]
    assert script.envelopes[1].rcpt_tos == ["вера@example.com"]


async def test_a_relay_without_smtputf8_cannot_reach_vera() -> None:
    async with relay() as script:
        outcome = await send(script, replace(OUTGOING, to="вера@example.com"))
    assert isinstance(outcome, Rejected)
    assert (outcome.blame, outcome.code) == ("address", "smtputf8")
    assert "mail" not in script.said


async def test_a_mail_that_is_too_large_is_not_even_offered() -> None:
    async with relay(data_size_limit=1_000) as script:
        outcome = await send(script, replace(OUTGOING, text="x" * 2_000))
    assert isinstance(outcome, Rejected)
    assert (outcome.blame, outcome.code) == ("content", "size")
    assert "mail" not in script.said


@pytest.mark.parametrize(
    ("change", "blame"),
    [
        ({"to": "vera@example.com\r\nRCPT TO:<m@x.example>"}, "address"),
        ({"to": "vera"}, "address"),
        ({"sender": "nobody"}, "us"),
        ({"envelope_from": "x> SIZE=1"}, "us"),
        ({"subject": "a\r\nBcc: m@x.example"}, "content"),
    ],
)
async def test_what_cannot_be_written_is_not_sent(change: dict[str, str], blame: str) -> None:
    async with relay() as script:
        outcome = await send(script, replace(OUTGOING, **change))  # type: ignore[arg-type]
    assert isinstance(outcome, Rejected)
    assert (outcome.blame, outcome.code) == (blame, "unwritable")
    assert script.said == []


# Connections that are kept


@asynccontextmanager
async def kept(script: Script) -> AsyncIterator[SmtpChannel]:
    channel = SmtpChannel("127.0.0.1", script.port, tls="none", timeout=TIMEOUT)
    yield channel
    await channel.aclose()


async def test_the_next_mail_goes_over_the_same_connection() -> None:
    async with relay() as script, kept(script) as channel:
        for _ in range(3):
            assert isinstance(await channel.send(OUTGOING), Accepted)
    assert len(script.relays) == 1
    assert len(script.envelopes) == 3


async def test_a_refused_address_does_not_spoil_the_connection() -> None:
    async with relay() as script, kept(script) as channel:
        script.acts["rcpt"] = "550 5.1.1 No such user"
        assert isinstance(await channel.send(OUTGOING), Rejected)
        del script.acts["rcpt"]
        assert isinstance(await channel.send(OUTGOING), Accepted)
    assert len(script.relays) == 1
    assert script.envelopes[0].rcpt_tos == ["vera@example.com"]


async def test_a_connection_that_the_relay_closed_is_replaced() -> None:
    async with relay() as script, kept(script) as channel:
        await channel.send(OUTGOING)
        script.relays[0].abort()
        await script.ended.wait()
        assert isinstance(await channel.send(OUTGOING), Accepted)
    assert len(script.relays) == 2


@pytest.mark.parametrize("act", [DROP, "421 4.4.2 Idle too long"])
async def test_a_connection_that_turns_out_dead_at_mail_is_replaced(act: str) -> None:
    async with relay() as script, kept(script) as channel:
        await channel.send(OUTGOING)
        first = script.relays[0]

        async def once(arg: str | None) -> None:
            await first.act(act)

        first._smtp_methods["MAIL"] = once
        assert isinstance(await channel.send(OUTGOING), Accepted)
    assert len(script.relays) == 2
    assert len(script.envelopes) == 2


async def test_a_fresh_connection_that_dies_at_mail_is_not_tried_for_ever() -> None:
    async with relay({"mail": DROP}) as script, kept(script) as channel:
        assert isinstance(await channel.send(OUTGOING), Unavailable)
    assert len(script.relays) == 1


async def test_a_connection_of_unknown_outcome_is_not_used_again() -> None:
    async with relay({"dot": "354 Go on?"}) as script, kept(script) as channel:
        assert isinstance(await channel.send(OUTGOING), Unknown)
        script.acts.clear()
        assert isinstance(await channel.send(OUTGOING), Accepted)
    assert len(script.relays) == 2


async def test_a_connection_left_midway_is_not_used_again() -> None:
    async with relay({"rcpt": HANG}) as script, kept(script) as channel:
        with anyio.move_on_after(SHORT) as patience:
            await channel.send(OUTGOING)
        assert patience.cancelled_caught
        script.acts.clear()
        assert isinstance(await channel.send(OUTGOING), Accepted)
    assert len(script.relays) == 2
    assert len(script.envelopes) == 1


async def test_many_mails_at_once_leave_few_connections_behind() -> None:
    outcomes: list[Outcome] = []
    async with relay() as script, kept(script) as channel:

        async def one(n: int) -> None:
            outcomes.append(await channel.send(replace(OUTGOING, text=f"mail {n}")))

        async with anyio.create_task_group() as mails:
            for n in range(12):
                mails.start_soon(one, n)
        assert len(channel._idle) <= IDLE_CONNECTIONS
    assert [type(outcome) for outcome in outcomes] == [Accepted] * 12
    assert len(script.envelopes) == 12


async def test_the_next_burst_of_mails_goes_over_the_connections_of_the_first() -> None:
    async with relay() as script, kept(script) as channel:
        for _ in range(2):
            async with anyio.create_task_group() as mails:
                for n in range(AT_ONCE):
                    mails.start_soon(channel.send, replace(OUTGOING, text=f"mail {n}"))
    assert len(script.envelopes) == 2 * AT_ONCE
    assert len(script.relays) == AT_ONCE


async def test_a_relay_has_no_records_to_search() -> None:
    async with relay() as script, kept(script) as channel:
        await channel.send(OUTGOING)
        assert await channel.find(OUTGOING, since=0) is None
