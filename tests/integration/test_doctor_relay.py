"""The doctor talks to relays that are well and to relays that are not; it never sends a mail."""

from __future__ import annotations

import ssl
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult

from gateway.channels.email.relay_health import Relay, look_at_relay
from gateway.clock import DAY, SystemClock
from gateway.core.finding import Finding
from gateway.settings import read_settings
from tests.integration.test_smtp_channel import TLS, Script, relay

PASSWORD = "open sesame"


def authority() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=TLS / "authority.pem")


@pytest.fixture
def served() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(TLS / "localhost.pem")
    return context


def signs_in(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
    return AuthResult(success=data.password == PASSWORD.encode(), handled=False)


async def seen(
    script: Script | int,
    *,
    now: int | None = None,
    trust: ssl.SSLContext | None = None,
    **set_: Any,
) -> dict[str, list[Finding]]:
    """What is found of a relay, by what it is about."""
    port = script if isinstance(script, int) else script.port
    settings = read_settings(**{"smtp_host": "localhost", "smtp_port": port, **set_})
    asked = Relay(
        settings=settings,
        now=SystemClock().now() if now is None else now,
        timeout=2.0,
        trust=trust or authority(),
    )
    found: dict[str, list[Finding]] = {}
    for each in await look_at_relay(asked):
        found.setdefault(each.about, []).append(each)
    if not isinstance(script, int):
        assert script.envelopes == []
    return found


def levels(found: dict[str, list[Finding]]) -> dict[str, list[str]]:
    return {about: [each.level for each in some] for about, some in found.items()}


async def test_a_relay_that_is_well_has_nothing_to_fix(served: ssl.SSLContext) -> None:
    async with relay(
        tls_context=served, authenticator=signs_in, data_size_limit=40_000_000
    ) as script:
        found = await seen(
            script, smtp_tls="starttls", smtp_username="acme", smtp_password=PASSWORD
        )
    assert levels(found) == {
        "SMTP_HOST": ["ok", "ok"],
        "SMTP_TLS": ["ok"],
        "SMTP_USERNAME": ["ok"],
    }
    assert found["SMTP_HOST"][1].words.endswith("takes mails of up to 40 MB")
    assert "more days" in found["SMTP_TLS"][0].words


async def test_tls_from_the_first_byte_is_looked_at_too(served: ssl.SSLContext) -> None:
    async with relay(context=served) as script:
        found = await seen(script, smtp_tls="tls")
    assert levels(found)["SMTP_TLS"] == ["ok"]


async def test_a_certificate_that_ends_soon_is_told_in_days(served: ssl.SSLContext) -> None:
    async with relay(tls_context=served) as script:
        (much,) = (await seen(script, smtp_tls="starttls"))["SMTP_TLS"]
        left = int(much.words.split(" for ")[1].split(" ")[0])
        now = SystemClock().now() + (left - 5) * DAY
        (soon,) = (await seen(script, now=now, smtp_tls="starttls"))["SMTP_TLS"]
    assert (soon.level, soon.words) == ("warning", "the certificate is good for 5 more days")
    assert soon.advice == "have the relay's certificate renewed"


async def test_a_certificate_of_nobody_we_trust_says_which_file_to_set(
    served: ssl.SSLContext,
) -> None:
    async with relay(tls_context=served) as script:
        found = await seen(script, smtp_tls="starttls", trust=ssl.create_default_context())
    (tls,) = found["SMTP_TLS"]
    assert tls.level == "wrong"
    assert "SSL_CERT_FILE" in tls.advice
    assert "issuer" in tls.words


async def test_a_certificate_for_another_name_says_to_set_the_name(served: ssl.SSLContext) -> None:
    async with relay(context=served) as script:
        found = await seen(script, smtp_host="127.1", smtp_tls="tls")
    (tls,) = found["SMTP_TLS"]
    assert tls.level == "wrong"
    assert tls.advice.startswith("set SMTP_HOST to the name that the certificate is for")


async def test_a_relay_without_starttls_names_the_setting() -> None:
    async with relay() as script:
        found = await seen(script, smtp_tls="starttls")
    (tls,) = found["SMTP_TLS"]
    assert (tls.level, tls.advice) == (
        "wrong",
        "set SMTP_TLS=tls with SMTP_PORT=465; SMTP_TLS=none only for a relay on this machine",
    )


async def test_tls_with_a_port_that_speaks_plainly_says_which_port_is_which() -> None:
    async with relay() as script:
        found = await seen(script, smtp_tls="tls")
    (tls,) = found["SMTP_TLS"]
    assert tls.level == "wrong"
    assert "(465)" in tls.advice
    assert "(587)" in tls.advice


async def test_a_wrong_password_is_told_and_never_shown(served: ssl.SSLContext) -> None:
    async with relay(tls_context=served, authenticator=signs_in) as script:
        found = await seen(
            script, smtp_tls="starttls", smtp_username="acme", smtp_password="wrong horse"
        )
    (sign_in,) = found["SMTP_USERNAME"]
    assert sign_in.level == "wrong"
    assert "SMTP_PASSWORD" in sign_in.advice
    assert "wrong horse" not in sign_in.words + sign_in.advice


async def test_a_relay_that_asks_for_no_password_says_to_remove_it() -> None:
    async with relay() as script:
        found = await seen(script, smtp_tls="none", smtp_username="acme", smtp_password=PASSWORD)
    (sign_in,) = found["SMTP_USERNAME"]
    assert sign_in.level == "wrong"
    assert sign_in.advice.startswith("remove SMTP_USERNAME")


async def test_a_relay_that_takes_small_mails_only_says_what_we_write() -> None:
    async with relay(data_size_limit=5_000_000) as script:
        found = await seen(script, smtp_tls="none")
    size = found["SMTP_HOST"][1]
    assert (size.level, size.advice) == ("warning", "raise it to 15 MB for mails with files")


async def test_a_relay_that_refuses_this_machine_is_quoted() -> None:
    async with relay({"greeting": "554 5.7.1 Go away"}) as script:
        found = await seen(script, smtp_tls="none")
    (host,) = found["SMTP_HOST"]
    assert host.level == "wrong"
    assert "554" in host.words
    assert host.advice.startswith("allow this machine at your provider")


async def test_a_port_where_nothing_listens_and_a_name_that_is_none(unused: int) -> None:
    (host,) = (await seen(unused, smtp_tls="none"))["SMTP_HOST"]
    assert (host.level, host.advice) == ("wrong", "correct SMTP_HOST and SMTP_PORT")
    (name,) = (await seen(unused, smtp_host="relay..invalid", smtp_tls="none"))["SMTP_HOST"]
    assert (name.level, name.words) == ("wrong", "relay..invalid has no address")


async def test_a_relay_that_says_nothing_is_not_waited_for() -> None:
    async with relay({"greeting": "hang"}) as script:
        settings = read_settings(smtp_host="localhost", smtp_port=script.port, smtp_tls="none")
        (host,) = await look_at_relay(Relay(settings=settings, now=0, timeout=0.2))
    assert host.level == "wrong"
    assert "does not answer in time" in host.words


@pytest.fixture
def unused(unused_tcp_port: int) -> int:
    return unused_tcp_port
