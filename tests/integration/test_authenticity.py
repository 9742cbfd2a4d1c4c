"""Whether the domain in From vouches for a mail, with a real name server and real signatures."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

import pytest

from gateway.channels.email.authenticity import SECONDS, SenderCheck
from gateway.channels.email.claims import claims_of
from gateway.channels.email.reader import answer
from gateway.channels.email.resolver import Resolver
from gateway.core.inbound import Authenticity
from gateway.files.child import Child
from tests.integration.name_server import NameServer, name_server
from tests.integration.signing import SELECTOR, record, rsa_key, signed, signed_over

VERA = "vera@shopper.example"
SHOPPER = "shopper.example"
ABROAD = "93.184.216.34"  # any address of the world: tests never connect to it
ELSEWHERE = "93.184.216.99"
REJECT = "v=DMARC1; p=reject"
IMPATIENT = 0.2  # for who waits for an answer that does not come

LETTER = (
    b"From: Vera <vera@shopper.example>\r\nTo: hello@acme.example\r\nSubject: Shoes\r\n"
    b"Date: Fri, 09 Jan 2026 12:00:00 +0000\r\nMessage-ID: <1@shopper.example>\r\n"
    b"Content-Type: text/plain; charset=utf-8\r\n\r\nWhere are they?\r\n"
)


@pytest.fixture
async def names() -> AsyncIterator[NameServer]:
    async with name_server() as server:
        yield server


@pytest.fixture
async def sums() -> AsyncIterator[Child]:
    child = Child("gateway.worker.signature_reader")
    yield child
    await child.aclose()


class Post:
    """Our side: asks this name server, and has the sums done in the real child."""

    def __init__(self, names: NameServer, sums: Child) -> None:
        self.names, self.sums, self.patience = names, sums, SECONDS

    async def verdict(
        self, raw: bytes, *, peer: str = "", sender: str = VERA, trusted: Sequence[str] = ()
    ) -> Authenticity:
        check = SenderCheck(
            Resolver(self.names.address, patience=self.patience), self.sums.read, trusted=trusted
        )
        claims = claims_of(answer(raw), sender=sender, peer=peer)
        assert claims is not None
        return await check.check(raw, claims)


@pytest.fixture
def post(names: NameServer, sums: Child) -> Post:
    names.says(f"{SELECTOR}._domainkey.{SHOPPER}", record(rsa_key()))
    return Post(names, sums)


async def test_a_mail_that_veras_provider_signed_is_hers(post: Post) -> None:
    found = await post.verdict(signed(LETTER, SHOPPER))
    assert (found.verdict, found.words) == ("pass", f"Signed by {SHOPPER}")


async def test_a_changed_word_breaks_the_signature(post: Post) -> None:
    post.names.says(f"_dmarc.{SHOPPER}", REJECT)
    changed = signed(LETTER, SHOPPER).replace(b"Where are they?", b"Send it to Leeds")
    found = await post.verdict(changed, peer=ABROAD)
    assert found.verdict == "fail"
    assert found.words == (
        "It says that it comes from shopper.example, and shopper.example says that it does not"
    )


async def test_a_server_that_veras_provider_names_may_send_for_her(post: Post) -> None:
    post.names.says(SHOPPER, "v=spf1 include:_spf.shopper.example -all")
    post.names.says("_spf.shopper.example", "v=spf1 mx a:out.shopper.example ~all")
    post.names.holds("_spf.shopper.example", "MX", "10 mx.shopper.example.")
    post.names.holds("mx.shopper.example", "A", "93.184.216.1")
    post.names.holds("out.shopper.example", "A", ABROAD)
    found = await post.verdict(LETTER, peer=ABROAD)
    assert (found.verdict, found.words) == ("pass", f"Sent by a server of {SHOPPER}")


async def test_mallorys_server_may_not(post: Post) -> None:
    post.names.says(SHOPPER, f"v=spf1 ip4:{ABROAD} -all")
    post.names.says(f"_dmarc.{SHOPPER}", "v=DMARC1; p=quarantine; rua=mailto:d@shopper.example")
    assert (await post.verdict(LETTER, peer=ELSEWHERE)).verdict == "fail"


@pytest.mark.parametrize(
    "policy", ["v=DMARC1; p=none", "v=DMARC1; p=reject; t=y", "v=DMARC1; p=reject; pct=0", "", "x"]
)
async def test_whose_provider_asks_for_nothing_is_no_forger(post: Post, policy: str) -> None:
    post.names.says(SHOPPER, f"v=spf1 ip4:{ABROAD} -all")
    if policy:
        post.names.says(f"_dmarc.{SHOPPER}", policy)
    assert (await post.verdict(LETTER, peer=ELSEWHERE)).verdict == "none"


async def test_a_stranger_who_signs_and_sends_for_themselves_vouches_for_nobody_else(
    post: Post,
) -> None:
    evil = "evil.example"
    post.names.says(f"{SELECTOR}._domainkey.{evil}", record(rsa_key()))
    post.names.says(evil, f"v=spf1 ip4:{ELSEWHERE} -all")
    post.names.says(f"_dmarc.{SHOPPER}", REJECT)
    found = await post.verdict(signed(LETTER, evil), peer=ELSEWHERE, sender="mallory@evil.example")
    assert found.verdict == "fail"
    assert f"{SELECTOR}._domainkey.{evil}" not in post.names.asked


async def test_behind_our_own_relay_nobody_is_called_a_forger_for_the_relays_address(
    post: Post,
) -> None:
    post.names.says(SHOPPER, f"v=spf1 ip4:{ABROAD} -all")
    post.names.says(f"_dmarc.{SHOPPER}", REJECT)
    for relay in ("127.0.0.1", "10.0.0.5", "fd00::1", "", "unknown"):
        assert (await post.verdict(LETTER, peer=relay)).verdict == "none"
    assert post.names.asked == []


# --- one organisation --------------------------------------------------------------------------


BELOW = LETTER.replace(b"vera@shopper.example", b"vera@mail.shopper.example")


async def test_a_signature_of_the_same_organisation_counts(post: Post) -> None:
    post.names.says(f"_dmarc.{SHOPPER}", "v=DMARC1; p=none")
    assert (await post.verdict(signed(BELOW, SHOPPER))).verdict == "pass"


async def test_a_provider_that_wants_it_exact_gets_it_exact(post: Post) -> None:
    post.names.says(f"_dmarc.{SHOPPER}", "v=DMARC1; p=reject; adkim=s")
    assert (await post.verdict(signed(BELOW, SHOPPER))).verdict == "none"
    assert (await post.verdict(signed(BELOW, SHOPPER), peer=ABROAD)).verdict == "fail"


async def test_without_a_dmarc_record_two_names_are_two_organisations(post: Post) -> None:
    assert (await post.verdict(signed(BELOW, SHOPPER))).verdict == "none"


async def test_two_shops_under_one_public_suffix_are_two_organisations(post: Post) -> None:
    suffix = "shops.example"
    for name in ("vera.shops.example", "mallory.shops.example"):
        post.names.says(f"_dmarc.{name}", REJECT)
    post.names.says(f"_dmarc.{suffix}", "v=DMARC1; p=none; psd=y")
    post.names.says(f"{SELECTOR}._domainkey.mallory.shops.example", record(rsa_key()))
    forged = LETTER.replace(b"vera@shopper.example", b"vera@vera.shops.example")
    found = await post.verdict(signed(forged, "mallory.shops.example"), peer=ABROAD)
    assert found.verdict == "fail"


async def test_what_the_organisation_asks_for_holds_below_it(post: Post) -> None:
    post.names.says(f"_dmarc.{SHOPPER}", "v=DMARC1; p=none; sp=reject")
    assert (await post.verdict(BELOW, peer=ELSEWHERE)).verdict == "fail"
    assert (await post.verdict(LETTER, peer=ELSEWHERE)).verdict == "none"


async def test_a_name_of_many_labels_takes_few_questions(post: Post) -> None:
    deep = ".".join(["a"] * 40) + ".shopper.example"
    raw = LETTER.replace(b"vera@shopper.example", f"v@{deep}".encode())
    await post.verdict(raw, peer=ELSEWHERE, sender="")
    assert len([name for name in post.names.asked if name.startswith("_dmarc.")]) <= 8


# --- trouble -----------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["broken", "silent"])
async def test_while_the_dns_is_in_trouble_nobody_knows_and_nobody_is_a_forger(
    post: Post, how: str
) -> None:
    post.patience = IMPATIENT
    post.names.says(f"_dmarc.{SHOPPER}", REJECT)
    for name in (f"{SELECTOR}._domainkey.{SHOPPER}", f"_dmarc.{SHOPPER}", SHOPPER):
        getattr(post.names, how).clear()
        getattr(post.names, how).add(name)
        found = await post.verdict(signed(LETTER, SHOPPER).replace(b"Shoes", b"Boots"), peer=ABROAD)
        assert found.verdict == "unknown", name


async def test_a_name_server_that_is_not_there_makes_it_unknown(post: Post) -> None:
    post.patience = IMPATIENT
    post.names.address = "127.0.0.1:1"
    assert (await post.verdict(signed(LETTER, SHOPPER))).verdict == "unknown"


async def test_sums_that_take_too_long_are_given_up_and_the_mail_is_of_unknown_origin(
    post: Post,
) -> None:
    post.sums = Child("gateway.worker.signature_reader", seconds=0.001)
    assert (await post.verdict(signed(LETTER, SHOPPER))).verdict == "unknown"
    await post.sums.aclose()


@pytest.mark.parametrize(
    "policy",
    [
        "v=spf1 " + "include:shopper.example " * 20 + "-all",
        "v=spf1 redirect=shopper.example",
        "v=spf1 exists:%{i}.%{l1r-}.shopper.example ip4:999.1.1.1 -all",
        "v=spf1 a:\\195\\164.example ptr mx/33 -all",
        "v=spf1 " + " ".join(f"a:h{n}.shopper.example" for n in range(12)) + " -all",
    ],
)
async def test_a_senders_policy_that_leads_in_circles_ends(post: Post, policy: str) -> None:
    post.names.says(SHOPPER, policy)
    assert (await post.verdict(LETTER, peer=ABROAD)).verdict == "none"
    assert len(post.names.asked) < 40


# --- signatures that count for nothing ----------------------------------------------------------


async def test_words_added_below_what_was_signed_are_not_signed(post: Post) -> None:
    raw = signed(LETTER, SHOPPER, length=True) + b"And send me the money.\r\n"
    assert (await post.verdict(raw)).verdict == "none"


async def test_a_second_from_is_nobodys_mail(post: Post) -> None:
    raw = b"From: Mallory <vera@shopper.example>\r\n" + signed(LETTER, SHOPPER)
    assert claims_of(answer(raw), sender=VERA, peer="") is None


@pytest.mark.parametrize("more", ["t=y; ", "t=y:s; "])
async def test_a_key_that_is_only_tried_out_vouches_for_nothing(post: Post, more: str) -> None:
    post.names.says(f"{SELECTOR}._domainkey.{SHOPPER}", record(rsa_key(), more))
    assert (await post.verdict(signed(LETTER, SHOPPER))).verdict == "none"


@pytest.mark.parametrize(
    "key",
    [
        "",
        "v=DKIM1; p=",
        "v=DKIM1; k=rsa; p=AAAA",
        "v=DKIM1; k=rsa; p=%%%",
        "v=DKIM1; k=ed25519; p=AAAA",
        "k=dsa; p=AAAA",
        "no tags at all",
        "v=DKIM1; k=rsa; p=" + "A" * 3_000,
        "v=DKIM1; k=rsa; p=" + "A" * 30_000,
    ],
)
async def test_a_broken_key_is_no_key_and_no_trouble(post: Post, key: str) -> None:
    post.names.says(f"{SELECTOR}._domainkey.{SHOPPER}", key or " ")
    assert (await post.verdict(signed(LETTER, SHOPPER))).verdict == "none"


async def test_a_signature_over_a_head_without_from_vouches_for_no_from(post: Post) -> None:
    only_to = signed_over(LETTER, SHOPPER, [b"to"])
    assert (await post.verdict(only_to)).verdict == "none"
    assert (await post.verdict(signed_over(LETTER, SHOPPER, [b"from"]))).verdict == "pass"


# --- our own border ------------------------------------------------------------------------------


BORDER = ["mx.acme.example"]


def stamped(*results: str) -> bytes:
    head = "".join(f"Authentication-Results: {each}\r\n" for each in results)
    return head.encode() + b"Received: from out by mx; Fri, 9 Jan 2026 12:00:00 +0000\r\n" + LETTER


async def test_what_our_border_found_counts_and_nobody_else_is_asked(post: Post) -> None:
    raw = stamped(
        "mx.acme.example; dmarc=pass (p=reject) header.from=shopper.example;"
        " dkim=pass header.d=shopper.example"
    )
    assert (await post.verdict(raw, trusted=BORDER)).verdict == "pass"
    assert post.names.asked == []


async def test_what_our_border_refused_is_forged_if_the_provider_asks_for_that(post: Post) -> None:
    raw = stamped("mx.acme.example; dmarc=fail header.from=shopper.example")
    post.names.says(f"_dmarc.{SHOPPER}", REJECT)
    assert (await post.verdict(raw, trusted=BORDER)).verdict == "fail"
    tells = stamped("mx.acme.example; dmarc=fail (p=none dis=none) header.from=shopper.example")
    assert (await post.verdict(tells, trusted=BORDER)).verdict == "none"


async def test_while_the_dns_is_down_our_borders_word_stands(post: Post) -> None:
    raw = stamped("mx.acme.example; dmarc=fail header.from=shopper.example")
    post.names.broken.add(f"_dmarc.{SHOPPER}")
    assert (await post.verdict(raw, trusted=BORDER)).verdict == "fail"


async def test_a_border_that_knows_no_dmarc_leaves_us_to_draw_the_conclusion(post: Post) -> None:
    post.names.says(f"_dmarc.{SHOPPER}", REJECT)
    good = stamped("mx.acme.example; spf=pass smtp.mailfrom=vera@shopper.example; dkim=none")
    bad = stamped("mx.acme.example; spf=softfail smtp.mailfrom=vera@shopper.example; dkim=none")
    half = stamped("mx.acme.example; dkim=none")
    assert (await post.verdict(good, trusted=BORDER)).verdict == "pass"
    assert (await post.verdict(bad, trusted=BORDER)).verdict == "fail"
    assert (await post.verdict(half, trusted=BORDER)).verdict == "none"


@pytest.mark.parametrize(
    "results",
    [
        ("mx.evil.example; dmarc=pass header.from=shopper.example",),
        ("mx.evil.example; none", "mx.acme.example; dmarc=pass header.from=shopper.example"),
        ("mx.acme.example; dmarc=pass header.from=evil.example",),
        ("mx.acme.example; dmarc=none", "mx.acme.example.evil.example; dmarc=pass"),
        ("mx.acme.example; dkim=pass header.d=evil.example; spf=pass smtp.mailfrom=evil.example",),
        ("mx.acme.example;;; dmarc=pass", "", '"; dmarc=pass'),
    ],
)
async def test_results_of_anybody_else_or_about_anybody_else_vouch_for_nothing(
    post: Post, results: tuple[str, ...]
) -> None:
    assert (await post.verdict(stamped(*results), trusted=BORDER)).verdict == "none"


async def test_results_below_our_borders_received_came_with_the_mail(post: Post) -> None:
    forged = b"Authentication-Results: mx.acme.example; dmarc=pass header.from=shopper.example\r\n"
    raw = stamped("mx.acme.example; dkim=none; spf=fail")
    head, mark, rest = raw.partition(b"From: Vera")
    post.names.says(f"_dmarc.{SHOPPER}", REJECT)
    assert (await post.verdict(head + forged + mark + rest, trusted=BORDER)).verdict == "fail"


async def test_of_one_method_our_borders_topmost_word_counts(post: Post) -> None:
    post.names.says(f"_dmarc.{SHOPPER}", REJECT)
    raw = stamped(
        "mx.acme.example; dmarc=fail header.from=shopper.example",
        "mx.acme.example; dmarc=pass header.from=shopper.example",
    )
    assert (await post.verdict(raw, trusted=BORDER)).verdict == "fail"


async def test_without_a_trusted_id_no_results_are_believed(post: Post) -> None:
    raw = stamped("mx.acme.example; dmarc=pass header.from=shopper.example")
    assert (await post.verdict(raw)).verdict == "none"
