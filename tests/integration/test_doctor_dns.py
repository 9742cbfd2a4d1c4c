"""The doctor reads Acme's DNS from a real name server and names the record to add."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from gateway.channels.email.dkim_signing import signer
from gateway.channels.email.inbound_health import NO_SUCH_NAME, Inbound, look_at_mx
from gateway.channels.email.listener import Envelope, Listener
from gateway.channels.email.listener_health import Door, look_at_listener
from gateway.channels.email.resolver import NoAnswerNow, Resolver
from gateway.channels.email.sender_health import look_at_reverse, look_at_spf
from gateway.channels.email.signing_health import look_at_dkim, look_at_dmarc
from gateway.clock import SystemClock
from gateway.core.finding import Finding
from tests.integration.name_server import NameServer, name_server
from tests.integration.signing import SELECTOR, PrivateKey, ed25519_key, pem, record, rsa_key

ACME = "acme.example"
REPLIES = "reply.acme.example"
KEY = f"{SELECTOR}._domainkey.{ACME}"
RELAY = "93.184.216.34"  # any address of the world: tests never connect to it
MACHINE = "203.0.113.25"  # the guide's
GUIDE = Path(__file__).resolve().parents[2] / "docs" / "mail-dns.md"


@pytest.fixture
async def names() -> AsyncIterator[NameServer]:
    async with name_server() as server:
        yield server


def asking(names: NameServer) -> Resolver:
    """One that remembers nothing yet."""
    return Resolver(names.address, patience=2.0)


def put(names: NameServer, advice: str) -> None:
    """Do as the advice says: ``name. KIND value``."""
    name, kind, value = advice.split(" ", 2)
    if kind == "TXT":
        names.says(name.rstrip("."), value.strip('"'))
    else:
        names.holds(name.rstrip("."), kind, value)


def one(found: list[Finding]) -> tuple[str, str]:
    (each,) = found
    return each.level, each.advice


# --- DKIM ----------------------------------------------------------------------------------------


async def dkim(
    names: NameServer, domain: str = ACME, key: PrivateKey | None = None
) -> list[Finding]:
    ours = signer(ACME, SELECTOR, pem(key or rsa_key()))
    return await look_at_dkim(asking(names), ours, domain)


@pytest.mark.parametrize("key", [rsa_key(), ed25519_key()], ids=["rsa", "ed25519"])
async def test_a_missing_key_is_advised_as_a_record_that_works(
    names: NameServer, key: PrivateKey
) -> None:
    level, advice = one(await dkim(names, key=key))
    assert (level, advice) == ("wrong", f'{KEY}. TXT "{record(key)}"')
    put(names, advice)
    assert one(await dkim(names, key=key)) == ("ok", "")
    assert one(await dkim(names, f"mail.{ACME}", key=key)) == ("ok", "")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (record(ed25519_key()), "holds another key than DKIM_KEY"),
        ("v=DKIM1; p=", "says that its key is withdrawn"),
    ],
    ids=["another", "withdrawn"],
)
async def test_a_key_that_is_not_ours_is_answered_with_the_record(
    names: NameServer, text: str, says: str
) -> None:
    names.says(KEY, text)
    (found,) = await dkim(names)
    assert (found.level, found.advice) == ("wrong", f'{KEY}. TXT "{record(rsa_key())}"')
    assert says in found.words


async def test_two_records_under_a_selector_are_one_too_many(names: NameServer) -> None:
    names.holds(KEY, "TXT", '"v=DKIM1; p="', '"v=DKIM1; k=ed25519; p="')
    level, advice = one(await dkim(names))
    assert level == "wrong"
    assert advice.startswith("keep one: ")


async def test_a_key_on_trial_is_a_warning(names: NameServer) -> None:
    names.says(KEY, record(rsa_key(), "t=y; "))
    assert one(await dkim(names)) == ("warning", "take t=y out of the record")


async def test_a_shop_that_mails_from_another_domain_is_not_aligned(names: NameServer) -> None:
    level, advice = one(await dkim(names, "acme-shoes.example"))
    assert level == "wrong"
    assert advice.startswith("set DKIM_DOMAIN=acme-shoes.example")


async def test_strict_alignment_wants_the_very_name(names: NameServer) -> None:
    names.says(KEY, record(rsa_key()))
    names.says(f"_dmarc.shop.{ACME}", "v=DMARC1; p=reject; adkim=s")
    key, strict = await dkim(names, f"shop.{ACME}")
    assert (key.level, strict.level) == ("ok", "wrong")
    assert strict.advice.startswith(f"set DKIM_DOMAIN=shop.{ACME}")


async def test_no_key_of_ours_is_a_warning_since_a_relay_may_sign(names: NameServer) -> None:
    level, advice = one(await look_at_dkim(asking(names), None, ACME))
    assert level == "warning"
    assert "DKIM_KEY_FILE" in advice


async def test_a_name_server_that_is_down_is_no_missing_record(names: NameServer) -> None:
    names.broken.add(KEY)
    with pytest.raises(NoAnswerNow):
        await dkim(names)


# --- DMARC ---------------------------------------------------------------------------------------


async def dmarc(names: NameServer, domain: str = ACME) -> list[Finding]:
    return await look_at_dmarc(asking(names), domain)


async def test_a_missing_dmarc_record_is_advised_as_one_that_works(names: NameServer) -> None:
    level, advice = one(await dmarc(names))
    assert level == "warning"
    assert advice == f'_dmarc.{ACME}. TXT "v=DMARC1; p=none; rua=mailto:dmarc@{ACME}"'
    put(names, advice)
    assert one(await dmarc(names)) == ("ok", "")


async def test_the_organisation_speaks_for_what_is_below_it(names: NameServer) -> None:
    names.says(f"_dmarc.{ACME}", "v=DMARC1; p=reject; rua=mailto:d@acme.example")
    (found,) = await dmarc(names, f"shop.{ACME}")
    assert (found.level, found.words) == ("ok", f"{ACME} speaks for shop.{ACME}: reject")


async def test_a_record_that_reports_to_nobody_is_told_whom(names: NameServer) -> None:
    names.says(f"_dmarc.{ACME}", "v=DMARC1; p=quarantine")
    policy, reports = await dmarc(names)
    assert policy.words.endswith(": quarantine")
    assert (reports.level, reports.advice) == (
        "warning",
        f"add rua=mailto:dmarc@{ACME} to the record",
    )


async def test_of_two_dmarc_records_none_counts(names: NameServer) -> None:
    names.holds(f"_dmarc.{ACME}", "TXT", '"v=DMARC1; p=none"', '"v=DMARC1; p=reject"')
    assert one(await dmarc(names)) == ("wrong", "keep one")


# --- SPF -----------------------------------------------------------------------------------------


async def spf(names: NameServer, *relays: str, sure: bool = True) -> list[Finding]:
    return await look_at_spf(asking(names), REPLIES, relays, sure=sure)


async def test_a_missing_spf_record_is_advised_as_one_that_works(names: NameServer) -> None:
    level, advice = one(await spf(names, RELAY, "2606:2800:220:1::1"))
    assert level == "wrong"
    assert advice == f'{REPLIES}. TXT "v=spf1 ip4:{RELAY} ip6:2606:2800:220:1::1 ~all"'
    put(names, advice)
    found = await spf(names, RELAY, "2606:2800:220:1::1")
    assert [each.level for each in found] == ["ok", "ok"]


async def test_a_relay_that_is_left_out_is_added_before_the_end(names: NameServer) -> None:
    names.says(REPLIES, "v=spf1 include:_spf.far.example -all")
    names.says("_spf.far.example", "v=spf1 ip4:93.184.216.99 ~all")
    level, advice = one(await spf(names, RELAY))
    assert level == "wrong"
    assert advice == f'{REPLIES}. TXT "v=spf1 include:_spf.far.example ip4:{RELAY} -all"'
    put(names, advice)
    assert one(await spf(names, RELAY)) == ("ok", "")


async def test_a_provider_may_send_from_elsewhere_than_it_listens(names: NameServer) -> None:
    names.says(REPLIES, "v=spf1 ip4:93.184.216.99 -all")
    level, advice = one(await spf(names, RELAY, sure=False))
    assert level == "warning"
    assert "include:" in advice


async def test_a_relay_on_a_private_address_asks_where_mail_leaves(names: NameServer) -> None:
    names.says(REPLIES, f"v=spf1 ip4:{RELAY} -all")
    sound, unknown = await spf(names, "10.0.0.5", sure=False)
    assert (sound.level, unknown.level) == ("ok", "warning")
    assert unknown.advice == "say it: onethread doctor --sends-from ADDRESS"


async def test_of_two_spf_records_none_counts(names: NameServer) -> None:
    names.holds(REPLIES, "TXT", '"v=spf1 -all"', '"v=spf1 mx ~all"', '"something else"')
    assert one(await spf(names, RELAY)) == ("wrong", "make them one")


async def test_eleven_lookups_are_one_too_many(names: NameServer) -> None:
    hosts = [f"h{n}.far.example" for n in range(11)]
    names.says(REPLIES, f"v=spf1 ip4:{RELAY} {' '.join('a:' + each for each in hosts)} -all")
    for each in hosts:
        names.holds(each, "A", "93.184.216.99")
    (found,) = await spf(names, RELAY)
    assert found.level == "wrong"
    assert "Too many DNS lookups" in found.words
    assert "ten lookups are allowed" in found.advice


async def test_a_record_that_lets_everybody_send_is_none(names: NameServer) -> None:
    names.says(REPLIES, "v=spf1 +all")
    assert one(await spf(names, RELAY)) == ("wrong", "end its record with ~all")


# --- the name of the machine ---------------------------------------------------------------------

BACKWARDS = "34.216.184.93.in-addr.arpa"


async def test_the_machine_has_a_name_that_leads_back(names: NameServer) -> None:
    async def named() -> tuple[str, str]:
        return one(await look_at_reverse(asking(names), RELAY))

    level, advice = await named()
    assert level == "warning"
    assert f"{BACKWARDS}. PTR" in advice
    names.holds(BACKWARDS, "PTR", "mail.acme.example.")
    level, advice = await named()
    assert (level, advice) == ("warning", f"mail.acme.example. A {RELAY}")
    put(names, advice)
    assert await named() == ("ok", "")


# --- MX, and who stands behind it ----------------------------------------------------------------


@asynccontextmanager
async def mail_server(*, takes: str) -> AsyncIterator[tuple[int, list[Envelope]]]:
    """Our own listener, which takes mail for whatever ends so."""
    kept: list[Envelope] = []

    async def accepts(recipient: str) -> bool:
        return recipient.endswith(takes)

    async def store(envelope: Envelope) -> None:
        kept.append(envelope)

    listener = Listener("127.0.0.1", 0, accepts=accepts, store=store, clock=SystemClock())
    await listener.start()
    try:
        yield listener.port, kept
    finally:
        await listener.stop()
    assert kept == []


async def mx(names: NameServer, port: int, *ways: str, listens: bool = True) -> list[Finding]:
    inbound = Inbound(domain=REPLIES, ways=ways, listens=listens, port=port, timeout=2.0)
    return await look_at_mx(asking(names), inbound)


@pytest.fixture
def led_home(names: NameServer) -> NameServer:
    names.holds(REPLIES, "MX", "10 mail.acme.example.")
    names.holds("mail.acme.example", "A", "127.0.0.1")
    return names


async def test_the_way_in_is_walked_up_to_the_recipient_and_no_mail_is_left(
    led_home: NameServer,
) -> None:
    async with mail_server(takes="@" + REPLIES) as (port, _):
        ours, others = await mx(led_home, port)
    assert (ours.level, others.level) == ("ok", "ok")
    assert "refuses mail for others" in others.words


async def test_a_server_that_refuses_the_stores_domain_is_told_which(led_home: NameServer) -> None:
    async with mail_server(takes="@elsewhere.example") as (port, _):
        ours, others = await mx(led_home, port)
    assert (ours.level, others.level) == ("wrong", "ok")
    assert ours.advice.startswith(f"have it take all mail for {REPLIES}")


async def test_an_open_relay_is_wrong(led_home: NameServer) -> None:
    async with mail_server(takes="") as (port, _):
        _, others = await mx(led_home, port)
    assert (others.level, others.advice) == (
        "wrong",
        "close it at once: spammers find it within hours",
    )


async def test_a_port_that_is_shut_from_here_is_only_a_warning(
    led_home: NameServer, unused_tcp_port: int
) -> None:
    level, advice = one(await mx(led_home, unused_tcp_port))
    assert level == "warning"
    assert "from outside try" in advice


async def test_no_mx_at_all_is_advised_as_a_record(names: NameServer) -> None:
    record_ = f"{REPLIES}. MX 10 mail.{REPLIES}."
    assert one(await mx(names, 25)) == ("wrong", record_)
    names.holds(REPLIES, "A", "127.0.0.1")
    assert one(await mx(names, 25)) == ("warning", record_)
    names.holds(REPLIES, "MX", "0 .")
    assert one(await mx(names, 25)) == ("wrong", record_)


async def test_an_mx_that_leads_nowhere_or_to_another_name(names: NameServer) -> None:
    names.holds(REPLIES, "MX", "10 mail.acme.example.")
    assert one(await mx(names, 25)) == ("wrong", "mail.acme.example. A …")
    names.holds("mail.acme.example", "CNAME", "cloud.example.")
    level, advice = one(await mx(names, 25))
    assert (level, advice) == ("wrong", f"let the MX of {REPLIES} name a host that has an address")


async def test_a_domain_that_is_another_name_has_no_records_of_its_own(names: NameServer) -> None:
    names.holds(REPLIES, "CNAME", "shops.cloud.example.")
    level, advice = one(await mx(names, 25))
    assert level == "wrong"
    assert advice.startswith("take the CNAME away")


async def test_a_wildcard_is_noticed(led_home: NameServer) -> None:
    led_home.holds(f"{NO_SUCH_NAME}.{REPLIES}", "CNAME", "shops.cloud.example.")
    wildcard, *_ = await mx(led_home, 25, "SES_TOPICS", listens=False)
    assert wildcard.level == "warning"
    assert wildcard.words == f"*.{REPLIES} answers for every name below it (CNAME)"


async def test_a_provider_that_brings_the_mail_is_not_knocked_at(led_home: NameServer) -> None:
    leads, brought = await mx(led_home, 1, "POSTMARK_INBOUND_SECRET", listens=False)
    assert (leads.level, brought.level) == ("ok", "ok")
    assert "POSTMARK_INBOUND_SECRET" in brought.words


async def test_mail_that_nobody_takes_in_is_wrong(led_home: NameServer) -> None:
    _, nobody = await mx(led_home, 1, listens=False)
    assert nobody.level == "wrong"
    assert "INBOUND_SMTP_PORT" in nobody.advice


# --- our own door --------------------------------------------------------------------------------


@pytest.mark.parametrize("lmtp", [False, True], ids=["smtp", "lmtp"])
async def test_our_own_listener_is_asked_at_its_port_and_at_its_socket(
    tmp_path: Path, lmtp: bool
) -> None:
    async def accepts(recipient: str) -> bool:
        return recipient == f"postmaster@{REPLIES}"

    async def store(_envelope: Envelope) -> None:
        raise AssertionError("the doctor sends nothing")

    home: str | Path = tmp_path / "lmtp" if lmtp else "127.0.0.1"
    listener = Listener(home, 0, accepts=accepts, store=store, clock=SystemClock(), lmtp=lmtp)
    await listener.start()
    try:
        door = Door(about="INBOUND", host=home, port=listener.port, lmtp=lmtp)
        found = await look_at_listener(door, f"postmaster@{REPLIES}")
    finally:
        await listener.stop()
    assert [each.level for each in found] == ["ok", "ok"]
    (gone,) = await look_at_listener(door, f"postmaster@{REPLIES}")
    assert gone.level == "wrong"
    assert gone.advice.startswith("start `onethread serve`")


# --- the guide -----------------------------------------------------------------------------------


async def test_the_records_of_the_guide_are_good_when_they_are_copied(names: NameServer) -> None:
    """Every line of ``docs/mail-dns.md`` that is a record, but for the key, which is one's own."""
    written = re.findall(r"^    (\S+\. (?:TXT|MX|A|PTR) .+)$", GUIDE.read_text(), re.MULTILINE)
    assert len(written) >= 5
    for line in written:
        put(names, line.replace("<your key>", record(rsa_key()).partition("p=")[2]))
    assert {each.level for each in await dkim(names)} == {"ok"}
    assert {each.level for each in await dmarc(names)} == {"ok"}
    assert {each.level for each in await spf(names, MACHINE)} == {"ok"}
    assert one(await look_at_reverse(asking(names), MACHINE)) == ("ok", "")
    found = await mx(names, 1, "SES_TOPICS", listens=False)
    assert {each.level for each in found} == {"ok"}
