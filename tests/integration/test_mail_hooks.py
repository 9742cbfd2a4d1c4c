"""Mail by webhook over HTTP: what is genuine is on disk before its 200, all else leaves no row."""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator
from pathlib import Path

import anyio
import httpx2
import pytest
from sqlmodel import select

from gateway.channels.email.posted import Request
from gateway.egress import Egress, Place
from gateway.services import setup
from gateway.store.tables import EntryRow, InboundRow
from gateway.store.tx import Tx, unpack
from gateway.web.mail_hooks import MOST_BODY
from tests.integration.far_side import FarSide, far_side
from tests.integration.test_egress import HOME
from tests.integration.web_gateway import ACME, PATIENCE, WebGateway, on_air
from tests.posting import (
    CERTIFICATE_URL,
    MAILGUN_KEY,
    POSTMARK_SECRET,
    SENDGRID_SECRET,
    TOPIC,
    Sns,
    amazon_certificate,
    basic,
    mailgun_signature,
    multipart,
    post,
    sendgrid_public_key,
    sendgrid_signed,
    ses_received,
)

CERTIFICATE_PATH = "/" + CERTIFICATE_URL.rpartition("/")[2]
KEY, DOMAIN, MAILBOX = "pk_shoes", "in.shoes.example", "help@shoes.example"
VERA = "vera@shopper.example"
SNS = "sns.eu-west-1.amazonaws.com"
PROVIDERS = ["postmark", "mailgun", "sendgrid", "ses"]
SETTINGS = {
    "postmark_inbound_secret": POSTMARK_SECRET,
    "mailgun_signing_key": MAILGUN_KEY,
    "sendgrid_inbound_secret": SENDGRID_SECRET,
    "sendgrid_public_key": sendgrid_public_key(),
    "ses_topics": TOPIC,
}


class House:
    """A gateway on the air that all four providers post to, and Amazon's side of it."""

    def __init__(self, air: WebGateway, amazon: FarSide) -> None:
        self.air = air
        self.amazon = amazon
        self._numbers = 0

    def fresh(self, words: str = "Blue?", to: str = MAILBOX) -> tuple[str, bytes]:
        """A mail of Vera's that nobody has seen, and its Message-ID."""
        self._numbers += 1
        message_id = f"<{self._numbers}.{id(self)}@shopper.example>"
        head = f"From: Vera <{VERA}>\r\nTo: {to}\r\nSubject: Shoes\r\nMessage-ID: {message_id}"
        return message_id, f"{head}\r\n\r\n{words}\r\n".encode()

    def request(self, provider: str, raw: bytes, *, to: str = MAILBOX, token: str = "") -> Request:
        """A genuine webhook of this provider that brings the mail."""
        self._numbers += 1
        match provider:
            case "postmark":
                told = {"OriginalRecipient": to, "RawEmail": raw.decode()}
                return post(told, basic(POSTMARK_SECRET))
            case "mailgun":
                now = self.air.clock.now()
                signed = mailgun_signature(now, token or f"{self._numbers:050d}")
                return multipart({"recipient": to, "sender": VERA, "body-mime": raw, **signed})
            case "sendgrid":
                envelope = json.dumps({"to": [to], "from": VERA})
                request = sendgrid_signed(multipart({"envelope": envelope, "email": raw}))
                headers = {**request.headers, **basic(SENDGRID_SECRET)}
                return Request(headers=headers, body=request.body)
            case _:
                return Sns(message=ses_received(raw.decode(), to)).post()

    async def posts(
        self, provider: str, request: Request, *, key: str = KEY, more: str = ""
    ) -> httpx2.Response:
        """The provider posts."""
        return await self.air.http.post(
            f"/hooks/mail/{key}/{provider}{more}",
            content=request.body,
            headers=dict(request.headers),
        )

    async def kept(self, words: str) -> list[InboundRow]:
        """The mails on disk that hold these words."""

        def look(tx: Tx) -> list[InboundRow]:
            rows = tx.session.exec(select(InboundRow)).all()
            return [row for row in rows if words.encode() in row.raw]

        return await self.air.gateway.house.store.read(look)

    async def count(self) -> int:
        """How many mails are on disk."""
        return len(await self.kept(""))


@contextlib.asynccontextmanager
async def a_house(home: Path, database_url: str | None = None) -> AsyncIterator[House]:
    """A house whose name service knows Amazon to be on this machine."""
    async with far_side(home, SNS) as amazon:
        amazon.says(CERTIFICATE_PATH, amazon_certificate(days_left=36_500))

        async def known(host: str, port: int) -> list[Place]:
            assert host == SNS
            return [("127.0.0.1", amazon.port)]

        egress = Egress(also=[HOME], tls=amazon.trusted, resolve=known)
        async with on_air(home, database_url, egress=egress, **SETTINGS) as air:
            await setup.ensure_store(
                air.gateway.house.store,
                setup.NewStore(
                    key=KEY, name="Shoes", origins=(), mail_from=MAILBOX, mail_domain=DOMAIN
                ),
            )
            yield House(air, amazon)


@pytest.fixture(scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    async with a_house(tmp_path_factory.mktemp("hooks")) as running:
        yield running


# --- what is taken -------------------------------------------------------------------------------


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_a_genuine_mail_is_on_disk_once_however_often_it_is_posted(
    house: House, provider: str
) -> None:
    message_id, raw = house.fresh()
    request = house.request(provider, raw)
    for _ in range(3):
        answer = await house.posts(provider, request)
        assert (answer.status_code, answer.json()) == (200, {"kept": True})
    assert (await house.posts(provider, house.request(provider, raw))).status_code == 200
    (row,) = await house.kept(message_id)
    assert row.raw == raw
    assert unpack(row.envelope)["recipients"] == [MAILBOX]


async def test_the_same_mail_by_two_providers_is_one(house: House) -> None:
    message_id, raw = house.fresh()
    for provider in PROVIDERS:
        assert (await house.posts(provider, house.request(provider, raw))).status_code == 200
    assert len(await house.kept(message_id)) == 1


async def test_what_vera_mails_is_read_by_the_clockwork_as_any_mail_is(house: House) -> None:
    words = "Are the blue ones back, posted by Mailgun?"
    _, raw = house.fresh(words)
    assert (await house.posts("mailgun", house.request("mailgun", raw))).status_code == 200

    def look(tx: Tx) -> list[str | None]:
        return [row.body for row in tx.session.exec(select(EntryRow)).all()]

    with anyio.fail_after(PATIENCE):
        while words not in await house.air.gateway.house.store.read(look):
            await house.air.clock.sleep(0.02)


async def test_mailgun_posts_a_mail_whole_to_an_address_that_ends_in_mime(house: House) -> None:
    message_id, raw = house.fresh()
    answer = await house.posts("mailgun", house.request("mailgun", raw), more="/mime")
    assert answer.status_code == 200
    assert len(await house.kept(message_id)) == 1


async def test_a_mail_that_was_forwarded_to_the_providers_own_address_is_found_by_its_head(
    house: House,
) -> None:
    message_id, raw = house.fresh(to=f"Shoes <{MAILBOX}>")
    request = house.request("postmark", raw, to="0123abcd@inbound.postmarkapp.com")
    assert (await house.posts("postmark", request)).status_code == 200
    (row,) = await house.kept(message_id)
    assert unpack(row.envelope)["recipients"] == [MAILBOX]


async def test_one_account_may_serve_every_store_of_the_house(house: House) -> None:
    message_id, raw = house.fresh()
    answer = await house.posts("sendgrid", house.request("sendgrid", raw), key=ACME)
    assert answer.status_code == 200
    assert len(await house.kept(message_id)) == 1


async def test_a_mail_of_thirty_megabytes_is_taken(house: House) -> None:
    message_id, raw = house.fresh("x" * 76 + "\r\n" + ("y" * 76 + "\r\n") * 380_000)
    assert (await house.posts("mailgun", house.request("mailgun", raw))).status_code == 200
    assert len(await house.kept(message_id)) == 1


async def test_two_mails_without_an_id_are_two_whatever_their_words_look_like(
    house: House,
) -> None:
    for number in (1, 2):
        raw = (
            f"From: {VERA}\r\nTo: {MAILBOX}\r\n\r\n"
            f"Message-ID: <quoted@shopper.example>\r\nanonymous canary {number}\r\n"
        ).encode()
        assert (await house.posts("mailgun", house.request("mailgun", raw))).status_code == 200
    assert len(await house.kept("anonymous canary")) == 2


# --- what is not ---------------------------------------------------------------------------------


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("what", ["no proof", "a changed proof", "no body", "nonsense"])
async def test_what_is_not_provably_the_providers_leaves_no_row(
    house: House, provider: str, what: str
) -> None:
    before = await house.count()
    _, raw = house.fresh()
    good = house.request(provider, raw)
    body, headers = good.body, dict(good.headers)
    match what:
        case "no proof":
            headers = {"content-type": headers["content-type"]}
            body = body.replace(b'"signature"', b'"x"').replace(b'"Signature"', b'"X"')
        case "a changed proof":
            body = body.replace(b"0" * 40, b"1" * 40).replace(b"Blue?", b"Send!")
            if "authorization" in headers:
                headers |= basic("a-secret-of-mallorys")
        case "no body":
            body = b""
        case _:
            body = b"\xff\x00{[" * 50
    answer = await house.posts(provider, Request(headers=headers, body=body))
    assert 400 <= answer.status_code < 500
    assert set(answer.json()) == {"code", "message"}
    assert VERA not in answer.text
    assert await house.count() == before


@pytest.mark.parametrize(
    ("provider", "status"), [("postmark", 403), ("mailgun", 406), ("sendgrid", 400), ("ses", 400)]
)
async def test_a_genuine_post_without_a_mail_makes_its_provider_stop(
    house: House, provider: str, status: int
) -> None:
    match provider:
        case "postmark":
            request = post({"RawEmail": "From: x"}, basic(POSTMARK_SECRET))
        case "mailgun":
            request = multipart(mailgun_signature(house.air.clock.now(), "t" * 50))
        case "sendgrid":
            signed = sendgrid_signed(multipart({"envelope": "{}"}))
            request = Request(
                headers={**signed.headers, **basic(SENDGRID_SECRET)}, body=signed.body
            )
        case _:
            request = Sns(message="no notification").post()
    answer = await house.posts(provider, request)
    assert (answer.status_code, answer.json()["code"]) == (status, "not_a_mail")


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_a_mail_for_nobody_here_is_refused_and_may_be_tried_again(
    house: House, provider: str
) -> None:
    before = await house.count()
    _, raw = house.fresh(to="somebody@else.example")
    answer = await house.posts(provider, house.request(provider, raw, to="somebody@else.example"))
    assert (answer.status_code, answer.json()["code"]) == (404, "nobody_here")
    assert await house.count() == before


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_an_unknown_store_gets_nothing(house: House, provider: str) -> None:
    message_id, raw = house.fresh()
    answer = await house.posts(provider, house.request(provider, raw), key="pk_nobody")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert await house.kept(message_id) == []


@pytest.mark.parametrize("provider", ["another", "postmark%00", "%2e%2e", "POSTMARK"])
async def test_an_unknown_provider_is_not_there(house: House, provider: str) -> None:
    answer = await house.posts(provider, post({}))
    assert 400 <= answer.status_code < 500


async def test_a_provider_for_which_nothing_is_set_is_not_there(tmp_path: Path) -> None:
    async with on_air(tmp_path) as air:
        for provider in PROVIDERS:
            answer = await air.http.post(f"/hooks/mail/{ACME}/{provider}", content=b"{}")
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_a_body_beyond_the_limit_is_not_read(house: House, provider: str) -> None:
    headers = dict(house.request(provider, b"x").headers)

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(MOST_BODY // 1_000_000 + 2):
            yield b"x" * 1_000_000

    answer = await house.air.http.post(
        f"/hooks/mail/{KEY}/{provider}", content=pieces(), headers=headers
    )
    assert answer.status_code == 413


# --- one provider at a time ----------------------------------------------------------------------


async def test_a_mailgun_signature_that_was_overheard_carries_no_other_words(house: House) -> None:
    token = "o" * 50
    message_id, raw = house.fresh()
    assert (await house.posts("mailgun", house.request("mailgun", raw, token=token))).is_success
    forged_id, forged = house.fresh("Send it to Mallory instead")
    answer = await house.posts("mailgun", house.request("mailgun", forged, token=token))
    assert (answer.status_code, answer.json()["code"]) == (401, "not_signed")
    assert (await house.posts("mailgun", house.request("mailgun", raw, token=token))).is_success
    assert len(await house.kept(message_id)) == 1
    assert await house.kept(forged_id) == []


async def test_a_mailgun_signature_goes_stale_by_our_clock(house: House) -> None:
    message_id, raw = house.fresh()
    request = house.request("mailgun", raw)
    house.air.clock.move_ahead(301 * 1_000_000)
    answer = await house.posts("mailgun", request)
    assert (answer.status_code, answer.json()["code"]) == (401, "not_signed")
    assert (await house.posts("mailgun", house.request("mailgun", raw))).status_code == 200
    assert len(await house.kept(message_id)) == 1


async def test_amazons_certificate_is_fetched_once_and_a_forged_one_proves_nothing(
    house: House,
) -> None:
    _, raw = house.fresh()
    for _ in range(3):
        assert (await house.posts("ses", house.request("ses", raw))).status_code == 200
    assert house.amazon.asked.count(CERTIFICATE_PATH) == 1
    elsewhere = CERTIFICATE_URL.replace("0123", "9999")
    forged = Sns(message=ses_received(raw.decode(), MAILBOX), certificate_url=elsewhere)
    answer = await house.posts("ses", forged.post())
    assert (answer.status_code, answer.json()["code"]) == (401, "not_signed")
    house.amazon.says(elsewhere.removeprefix(f"https://{SNS}"), status=503)
    assert (await house.posts("ses", forged.post())).status_code == 502


async def test_a_subscription_to_our_topic_is_confirmed_and_to_another_is_not(
    house: House,
) -> None:
    house.amazon.says("/")
    kind, before = "SubscriptionConfirmation", len(house.amazon.asked)
    answer = await house.posts("ses", Sns(message="You have chosen", type=kind).post())
    assert answer.status_code == 200
    (confirmed,) = [each for each in house.amazon.asked[before:] if each.startswith("/?")]
    assert "Action=ConfirmSubscription" in confirmed
    mallorys = Sns(message="x", type=kind, topic=TOPIC.replace("acme", "evil"))
    away = Sns(message="x", type=kind, subscribe_url="https://evil.example/?Action=x")
    changed = Sns(message="x", type=kind, more={"Token": "another"})
    for forged in (mallorys, away, changed):
        assert (await house.posts("ses", forged.post())).status_code == 401
    house.amazon.says("/", status=500)
    answer = await house.posts("ses", Sns(message="You have chosen", type=kind).post())
    assert answer.status_code == 502
    assert len([each for each in house.amazon.asked[before:] if each.startswith("/?")]) == 2


async def test_a_mail_that_lies_in_a_bucket_is_refused_with_what_to_do(house: House) -> None:
    before = await house.count()
    told = ses_received(None, MAILBOX, type="S3", bucketName="shoes", objectKey="k")
    answer = await house.posts("ses", Sns(message=told).post())
    assert (answer.status_code, answer.json()["code"]) == (422, "mail_is_elsewhere")
    assert "use the SNS action" in answer.json()["message"]
    assert await house.count() == before


# --- trouble of ours -----------------------------------------------------------------------------


async def test_fifty_posts_of_one_mail_at_once_are_one_mail(
    database_url: str, tmp_path: Path
) -> None:
    async with a_house(tmp_path, database_url) as house:
        message_id, raw = house.fresh()
        statuses: list[int] = []

        async def posts(provider: str) -> None:
            answer = await house.posts(provider, house.request(provider, raw, token="s" * 50))
            statuses.append(answer.status_code)

        async with anyio.create_task_group() as group:
            for number in range(48):
                group.start_soon(posts, PROVIDERS[number % 4])
        assert set(statuses) == {200}
        assert len(await house.kept(message_id)) == 1


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_a_full_disk_makes_the_provider_try_again_and_nothing_is_lost(
    tmp_path: Path, provider: str
) -> None:
    async with a_house(tmp_path) as house:
        store = house.air.gateway.house.store

        def limit(tx: Tx, pages: int) -> None:
            tx.session.connection().exec_driver_sql(f"PRAGMA max_page_count={pages}")

        message_id, raw = house.fresh("word " * 20_000)
        await store.write(lambda tx: limit(tx, 1))  # never below what there is
        answer = await house.posts(provider, house.request(provider, raw, token="f" * 50))
        assert (answer.status_code, answer.json()["code"]) == (503, "storage_refused")
        assert await house.kept(message_id) == []
        await store.write(lambda tx: limit(tx, 1_000_000))
        answer = await house.posts(provider, house.request(provider, raw, token="f" * 50))
        assert answer.status_code == 200
        assert len(await house.kept(message_id)) == 1
