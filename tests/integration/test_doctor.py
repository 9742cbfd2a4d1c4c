"""The doctor looks a whole house over: real relay, listener, name server, phone company, proxy."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from gateway import bootstrap
from gateway.channels.email.listener import Envelope, Listener
from gateway.clock import SystemClock
from gateway.core.finding import Finding
from gateway.egress import Egress
from gateway.errors import BadInput, NotFound
from gateway.services import setup
from gateway.services.doctor import Asked, examine, is_good
from gateway.settings import read_settings
from gateway.store.migrate import upgrade
from gateway.store.tables import AlertRow
from tests.integration.far_side import FarSide, far_side
from tests.integration.name_server import NameServer, name_server
from tests.integration.signing import SELECTOR, pem, record, rsa_key
from tests.integration.test_egress import HOME, Names
from tests.integration.test_sandbox_process import ACCOUNT, STORE, TOKEN, running, standing_gateway
from tests.integration.test_smtp_channel import Script, relay

KEY = "pk_acme"
PUBLIC = "https://chat.acme.example"
SHOP, REPLIES = "acme.example", "reply.acme.example"
OUT = "203.0.113.25"
ADA_MAIL = "ada@home.example"
SECRET = "a made-up secret that is long enough"
ELSEWHERE = "+14155550199"
PATIENT = "#rc=5&rp=all"


@dataclass
class Street:
    """Everybody whom the doctor asks."""

    names: NameServer
    proxy: FarSide
    relay: Script
    asked: Asked
    kept: list[Envelope]

    async def seen(self, *, also: dict[str, Any] | None = None, **changed: Any) -> list[Finding]:
        """What is found; ``changed`` settings first."""
        settings = self.asked.settings.model_copy(update=changed)
        return await examine(replace(self.asked, settings=settings, **(also or {})))

    async def of(self, about: str, **changed: Any) -> Finding:
        """The worst that is found about one thing."""
        found = [each for each in await self.seen(**changed) if each.about == about]
        return max(found, key=lambda each: ["ok", "warning", "wrong"].index(each.level))


@pytest.fixture
async def street(tmp_path: Path) -> AsyncIterator[Street]:
    """Acme's house as it should be."""
    clock, kept = SystemClock(), []

    async def accepts(recipient: str) -> bool:
        return recipient.endswith("@" + REPLIES)

    async def store(envelope: Envelope) -> None:
        kept.append(envelope)

    async with AsyncExitStack() as stack:
        names = await stack.enter_async_context(name_server())
        proxy = await stack.enter_async_context(far_side(tmp_path, "chat.acme.example"))
        proxy.says("/healthz", b"ok\n")
        taken = await stack.enter_async_context(relay(data_size_limit=40_000_000))
        listener = Listener("127.0.0.1", 0, accepts=accepts, store=store, clock=clock)
        await listener.start()
        stack.push_async_callback(listener.stop)
        settings = read_settings(
            data=tmp_path,
            public_url=PUBLIC,
            secret_key=SECRET,
            dns_server=names.address,
            smtp_host="localhost",
            smtp_port=taken.port,
            smtp_tls="none",
            inbound_smtp_port=listener.port,
            dkim_domain=SHOP,
            dkim_selector=SELECTOR,
            dkim_key=pem(rsa_key()),
        )
        await upgrade(settings.database)
        async with bootstrap.opened(settings, clock) as opened:
            await setup.ensure_store(opened, acme())
        names.says(f"{SELECTOR}._domainkey.{SHOP}", record(rsa_key()))
        names.says(f"_dmarc.{SHOP}", "v=DMARC1; p=reject; rua=mailto:dmarc@acme.example")
        names.says(REPLIES, f"v=spf1 ip4:{OUT} -all")
        names.holds(REPLIES, "MX", "10 mail.acme.example.")
        names.holds("mail.acme.example", "A", "127.0.0.1")
        names.holds("25.113.0.203.in-addr.arpa", "PTR", "out.acme.example.")
        names.holds("out.acme.example", "A", OUT)
        asked = Asked(
            settings=settings,
            clock=clock,
            opened=lambda: bootstrap.opened(settings, clock),
            sends_from=(OUT,),
            egress=Egress(
                also=[HOME], tls=proxy.trusted, resolve=Names([("127.0.0.1", proxy.port)])
            ),
            mx_port=listener.port,
            seconds=10.0,
        )
        yield Street(names, proxy, taken, asked, kept)
        assert kept == []


def acme(**changed: Any) -> setup.NewStore:
    return setup.NewStore(
        **{
            "key": KEY,
            "name": "Acme",
            "origins": ("https://shop.example",),
            "mail_from": f"support@{SHOP}",
            "mail_domain": REPLIES,
            **changed,
        }
    )


async def test_a_house_as_it_should_be_has_nothing_to_fix_and_nothing_was_sent(
    street: Street,
) -> None:
    found = await street.seen()
    assert [each for each in found if each.level != "ok"] == []
    assert is_good(found)
    assert street.relay.envelopes == []
    assert {each.about for each in found} == {
        *("DATABASE_URL", "PUBLIC_URL", "SECRET_KEY", "SMTP_HOST", "SMTP_TLS", "SMTP_USERNAME"),
        *("PUSH_CONTACT", "app"),
        *("TWILIO_ACCOUNT_SID", "reverse DNS"),
        *(f"{KEY}: {about}" for about in ("DKIM", "DMARC", "SPF", "MX", "INBOUND_SMTP_PORT")),
    }


async def test_a_mail_goes_out_only_when_it_is_asked_for(street: Street) -> None:
    found = await street.seen(also={"send_to": ADA_MAIL})
    assert [each.words for each in found if each.about == "a mail"] == [
        "the relay has taken it; look whether it arrives"
    ]
    (envelope,) = street.relay.envelopes
    assert envelope.rcpt_tos == [ADA_MAIL]
    assert (envelope.mail_from or "").endswith("@" + REPLIES)
    assert (envelope.original_content or b"").startswith(b"DKIM-Signature:")


async def test_a_mail_that_the_relay_refuses_is_told(street: Street) -> None:
    street.relay.acts["rcpt"] = "550 5.1.1 No such user"
    found = await street.seen(also={"send_to": ADA_MAIL})
    (mail,) = [each for each in found if each.about == "a mail"]
    assert mail.level == "wrong"
    assert "550" in mail.advice


@pytest.mark.parametrize(
    ("url", "level", "advice"),
    [
        ("http://chat.acme.example", "wrong", "set PUBLIC_URL=https://chat.acme.example"),
        ("http://127.0.0.1:8080", "warning", "set PUBLIC_URL=https://…"),
        ("https://other.acme.example", "wrong", "point its name, and the proxy"),
    ],
)
async def test_a_public_address_that_is_none_says_what_to_set(
    street: Street, url: str, level: str, advice: str
) -> None:
    found = await street.of("PUBLIC_URL", public_url=url)
    assert found.level == level
    assert found.advice.startswith(advice)


async def test_somebody_else_at_the_public_address_is_noticed(street: Street) -> None:
    street.proxy.says("/healthz", b"<h1>Welcome to the proxy</h1>")
    found = await street.of("PUBLIC_URL")
    assert found.level == "wrong"
    assert found.advice == "have the proxy pass every path on to 127.0.0.1:8080"


async def test_a_secret_that_is_missing_or_short(street: Street) -> None:
    short = read_settings(secret_key="short").secret_key
    assert (await street.of("SECRET_KEY", secret_key=short)).level == "wrong"
    missing = await street.of("SECRET_KEY", secret_key=None)
    assert missing.level == "warning"
    assert "set SECRET_KEY to what is in that file" in missing.advice


async def test_a_database_without_its_schema_hides_nothing_else(
    street: Street, tmp_path: Path
) -> None:
    empty = street.asked.settings.model_copy(update={"data": tmp_path / "empty"})
    found = await examine(
        replace(street.asked, opened=lambda: bootstrap.opened(empty, SystemClock()))
    )
    about = {each.about: each for each in found}
    assert about["DATABASE_URL"].level == "wrong"
    assert "onethread db upgrade" in about["DATABASE_URL"].words
    assert about["PUBLIC_URL"].level == "ok"


async def test_a_name_server_that_is_silent_is_not_waited_for_by_the_others(
    street: Street,
) -> None:
    street.names.silent.update({f"_dmarc.{SHOP}", "_dmarc.example"})
    about = {each.about: each for each in await street.seen()}
    assert about[f"{KEY}: DMARC"].level == "warning"
    assert "DNS_SERVER" in about[f"{KEY}: DMARC"].advice
    assert about[f"{KEY}: SPF"].level == "ok"


async def test_a_check_that_does_not_end_is_cut_off_and_told(street: Street) -> None:
    street.relay.acts["greeting"] = "hang"
    about = {each.about: each for each in await street.seen(also={"seconds": 1.0})}
    assert about["SMTP_HOST"].words == "looking at it did not end within 1 seconds"
    assert about[f"{KEY}: SPF"].level == "ok"


async def test_settings_that_contradict_each_other_are_findings(street: Street) -> None:
    assert (
        await street.of("SMTP_HOST", smtp_host=None)
    ).words == f"{KEY} mails, and no relay is set"
    assert "DKIM_SELECTOR" in (await street.of(f"{KEY}: DKIM", dkim_selector=None)).words


async def test_a_store_with_half_an_address_cannot_mail(street: Street) -> None:
    async with street.asked.opened() as opened:
        await setup.ensure_store(opened, acme(mail_domain=None))
    found = await street.of(f"{KEY}: mail")
    assert (found.level, "--mail-domain" in found.advice) == ("wrong", True)


async def test_only_the_store_that_is_asked_for_is_looked_at(street: Street) -> None:
    async with street.asked.opened() as opened:
        await setup.ensure_store(opened, acme(key="pk_other", mail_from="x@other.example"))
    about = {each.about for each in await street.seen(also={"store_key": "pk_other"})}
    assert "pk_other: SPF" in about
    assert f"{KEY}: SPF" not in about
    with pytest.raises(NotFound):
        await street.seen(also={"store_key": "pk_nobody"})
    with pytest.raises(BadInput):
        await street.seen(also={"sends_from": ("mail.acme.example",)})


# --- Twilio --------------------------------------------------------------------------------------


@pytest.fixture
async def phone(street: Street, tmp_path: Path) -> AsyncIterator[dict[str, Any]]:
    """The settings of a house that texts, with the sandbox as its phone company."""
    async with phone_company(street, tmp_path, PATIENT) as told:
        yield told


@contextlib.asynccontextmanager
async def phone_company(
    street: Street, tmp_path: Path, settings: str
) -> AsyncIterator[dict[str, Any]]:
    """A sandbox where ``settings`` stand behind the webhook's address."""
    async with standing_gateway() as own, AsyncExitStack() as stack:
        webhook = f"{own.url}/hooks/twilio/{KEY}/message{settings}"
        world = running(tmp_path / "world", own, "--sms-webhook", webhook)
        sandbox = await stack.enter_async_context(world)
        async with street.asked.opened() as opened:
            await setup.ensure_store(opened, acme(sms_from=STORE))
        token = read_settings(twilio_auth_token=TOKEN).twilio_auth_token
        yield {
            "public_url": own.url,
            "twilio_account_sid": ACCOUNT,
            "twilio_auth_token": token,
            "twilio_api_base": f"http://127.0.0.1:{sandbox.port}",
        }


async def test_the_phone_company_knows_the_account_and_the_number_and_calls_us(
    street: Street, phone: dict[str, Any]
) -> None:
    assert (await street.of("TWILIO_ACCOUNT_SID", **phone)).level == "ok"
    number = await street.of(f"{KEY}: {STORE}", **phone)
    assert (number.level, number.words) == ("ok", "it is ours and calls us")


async def test_the_phone_company_has_the_whatsapp_number_online_and_calls_us(
    street: Street, phone: dict[str, Any]
) -> None:
    async with street.asked.opened() as opened:
        await setup.ensure_store(opened, acme(sms_from=STORE, whatsapp_from=STORE))
    number = await street.of(f"{KEY}: WhatsApp {STORE}", **phone)
    assert (number.level, number.words) == ("ok", "it is ours, online, and calls us")
    number = await street.of(f"{KEY}: WhatsApp {STORE}", **{**phone, "public_url": PUBLIC})
    assert (number.level, "another address" in number.words) == ("wrong", True)
    async with street.asked.opened() as opened:
        await setup.ensure_store(opened, acme(sms_from=STORE, whatsapp_from=ELSEWHERE))
    number = await street.of(f"{KEY}: WhatsApp {ELSEWHERE}", **phone)
    assert (number.level, "no WhatsApp sender" in number.words) == ("wrong", True)


@pytest.mark.parametrize("settings", ["", "#", "#rp=all", "#rc=0&rp=all", "#rc=5", "#rc=5&rp=ct"])
async def test_a_webhook_that_a_refusal_loses_is_told_how_to_be_tried_again(
    street: Street, tmp_path: Path, settings: str
) -> None:
    """twilio.com/docs/usage/webhooks/webhooks-connection-overrides."""
    async with phone_company(street, tmp_path, settings) as phone:
        number = await street.of(f"{KEY}: {STORE}", **phone)
    assert number.level == "warning"
    assert f"{phone['public_url']}/hooks/twilio/{KEY}/message{PATIENT}" in number.advice


async def test_every_number_of_a_store_is_looked_at(street: Street, phone: dict[str, Any]) -> None:
    async with street.asked.opened() as opened:
        await setup.ensure_store(opened, acme(sms_from=STORE, sms_also=(ELSEWHERE,)))
    assert (await street.of(f"{KEY}: {STORE}", **phone)).level == "ok"
    assert (await street.of(f"{KEY}: {ELSEWHERE}", **phone)).level == "wrong"


async def test_what_is_wrong_with_the_phone_is_said_with_what_to_set(
    street: Street, phone: dict[str, Any], unused_tcp_port: int
) -> None:
    wrong_token = read_settings(twilio_auth_token="another").twilio_auth_token
    found = await street.of("TWILIO_ACCOUNT_SID", **{**phone, "twilio_auth_token": wrong_token})
    assert (found.level, "TWILIO_AUTH_TOKEN" in found.advice) == ("wrong", True)

    found = await street.of(
        "TWILIO_ACCOUNT_SID", **{**phone, "twilio_account_sid": "AC" + "f" * 32}
    )
    assert found.level == "wrong"

    away = {**phone, "twilio_api_base": f"http://127.0.0.1:{unused_tcp_port}"}
    found = await street.of("TWILIO_ACCOUNT_SID", **away)
    assert (found.level, "TWILIO_API_BASE" in found.advice) == ("wrong", True)

    found = await street.of("TWILIO_ACCOUNT_SID", **{**phone, "twilio_account_sid": None})
    assert found.advice == "set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN"

    found = await street.of(f"{KEY}: {STORE}", **{**phone, "public_url": PUBLIC})
    assert (found.level, found.advice) == (
        "wrong",
        f"set 'A message comes in' to POST {PUBLIC}/hooks/twilio/{KEY}/message{PATIENT}",
    )


@pytest.mark.parametrize(
    ("number", "level", "advice"),
    [
        (ELSEWHERE, "wrong", "--sms-from"),
        ("MG" + "0" * 32, "wrong", "make it there"),
        ("24680", "warning", "A message comes in"),
    ],
)
async def test_a_number_of_somebody_else_a_service_and_a_short_code(
    street: Street, phone: dict[str, Any], number: str, level: str, advice: str
) -> None:
    async with street.asked.opened() as opened:
        await setup.ensure_store(opened, acme(sms_from=number))
    found = await street.of(f"{KEY}: {number}", **phone)
    assert found.level == level
    assert advice in found.advice


async def test_what_providers_go_on_refusing_is_told_with_its_time(street: Street) -> None:
    async with street.asked.opened() as opened:
        store_id = await setup.ensure_store(opened, acme())
        row = AlertRow(
            store_id=store_id,
            channel="sms",
            code="21408",
            about="DE",
            words="Our Twilio account may not text this country",
            count=3,
            since=1_767_955_260_000_000,
            last_at=1_767_960_000_000_000,
        )
        await opened.write(lambda tx: tx.session.add(row))
    found = await street.of(f"{KEY}: sms")
    assert found.level == "wrong"
    assert found.words == (
        "Our Twilio account may not text this country (21408, DE),"
        " since 2026-01-09 10:41 UTC, 3 times, last 2026-01-09 12:00 UTC"
    )
