"""Who a shopper is to the gateway: by the shop's signature, by what is said, and by neither."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from sqlmodel import select

from gateway.clock import MINUTE, SECOND
from gateway.services import identity_secrets
from gateway.services.sessions import LATECOMERS
from gateway.services.traits import MOST_EVENTS, MOST_POSTS, MOST_TRAITS, MOST_VALUE
from gateway.store.tables import (
    AddressRow,
    IdentityRow,
    IdentityTokenRow,
    ShopperRow,
    ShopperSessionRow,
    StoreRow,
    TrackedRow,
    TraitRow,
)
from gateway.web.panel import cookie_name
from tests.integration.web_gateway import ACME, OTHER, Vera, WebGateway, cmid, on_air
from tests.signed_shoppers import NO_CLAIM, part, token

DAY = 24 * 3_600


@dataclass(frozen=True, slots=True)
class Shop:
    """The gateway on air, and the secret with which Acme's server signs."""

    air: WebGateway
    secret: str

    @property
    def now(self) -> int:
        return self.air.clock.now() // SECOND

    def signs(self, **claims: Any) -> str:
        claims.setdefault("key", ACME)
        claims.setdefault("secret", self.secret)
        return token(now=self.now, **claims)

    async def post(self, path: str, vera: Vera | None, **said: Any) -> httpx2.Response:
        """What Vera's panel posts, without any cookie."""
        said = {"key": ACME, "session": vera.session if vera else None} | said
        return await self.air.http.post(
            f"/widget/{path}", json=said, headers={"Origin": self.air.origin}
        )

    async def identifies(self, vera: Vera | None, signed: str) -> Vera:
        answer = await self.post("identify", vera, token=signed)
        assert answer.status_code == 200, answer.text
        return Vera(**answer.json(), cookie=answer.headers["set-cookie"])

    async def store_id(self) -> str:
        return str((await self.rows(StoreRow, key=ACME))[0].store_id)

    async def rows(self, table: Any, **where: str) -> list[Any]:
        def load(tx: Any) -> list[Any]:
            return [
                row
                for row in tx.session.exec(select(table)).all()
                if all(getattr(row, name) == value for name, value in where.items())
            ]

        return await self.air.gateway.house.store.read(load)


@pytest.fixture(scope="module")
async def shop(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Shop]:
    async with on_air(tmp_path_factory.mktemp("web")) as air:
        house = air.gateway.house
        made = await identity_secrets.begin(house.store, house.secrets, ACME)
        await identity_secrets.begin(house.store, house.secrets, OTHER)
        assert made.secret is not None
        yield Shop(air, made.secret)


# --- what is no signature (S10) -----------------------------------------------------------------


def public_pem() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048).public_key()
    return key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    ).decode()


def unsigned(shop: Shop, alg: str) -> str:
    claims = {"sub": "vera-17", "aud": ACME, "exp": shop.now + 600}
    return f"{part({'alg': alg, 'typ': 'JWT'})}.{part(claims)}."


NOT_SIGNED: dict[str, Callable[[Shop], str]] = {
    "empty": lambda _: "",
    "spaces": lambda _: "   ",
    "no token at all": lambda _: "vera-17",
    "two parts": lambda shop: shop.signs().rpartition(".")[0],
    "an empty signature": lambda shop: shop.signs().rpartition(".")[0] + ".",
    "alg none": lambda shop: unsigned(shop, "none"),
    "alg NONE": lambda shop: unsigned(shop, "NONE"),
    "no alg": lambda shop: shop.signs(header={"typ": "JWT"}),
    "alg says RS256": lambda shop: shop.signs(header={"alg": "RS256"}),
    "HS384": lambda shop: shop.signs(header={"alg": "HS384"}, digestmod="sha384"),
    "HS512": lambda shop: shop.signs(header={"alg": "HS512"}, digestmod="sha512"),
    "signed with a public key": lambda shop: shop.signs(secret=public_pem()),
    "another secret": lambda shop: shop.signs(secret="otis_" + "x" * 43),
    "the empty secret": lambda shop: shop.signs(secret=""),
    "the hash of the secret": lambda shop: shop.signs(
        secret=hashlib.sha256(shop.secret.encode()).hexdigest()
    ),
    "kid that is a path, signed with what is there": lambda shop: shop.signs(
        secret="", header={"alg": "HS256", "kid": "../../../../dev/null"}
    ),
    "kid that injects SQL": lambda shop: shop.signs(
        secret="x", header={"alg": "HS256", "kid": "' UNION SELECT 'x' --"}
    ),
    "a key in the header": lambda shop: shop.signs(
        secret="mine", header={"alg": "HS256", "jwk": {"kty": "oct", "k": "bWluZQ"}}
    ),
    "something critical": lambda shop: shop.signs(header={"alg": "HS256", "crit": ["x"], "x": 1}),
    "unencoded": lambda shop: shop.signs(header={"alg": "HS256", "b64": False, "crit": ["b64"]}),
    "a changed payload": lambda shop: ".".join(
        (shop.signs().split(".")[0], part({"sub": "ben"}), shop.signs().split(".")[2])
    ),
    "longer than any": lambda shop: shop.signs(name="x" * 5_000),
    "nested without end": lambda shop: f"{'[' * 3_000}.{'[' * 900}.x",
}
WRONGLY_SIGNED: dict[str, Callable[[Shop], str]] = {
    "aud of another store": lambda shop: shop.signs(key=OTHER),
    "no aud": lambda shop: shop.signs(aud=NO_CLAIM),
    "aud for several": lambda shop: shop.signs(aud=[ACME, OTHER]),
    "run out": lambda shop: shop.signs(exp=shop.now - 1),
    "running out now": lambda shop: shop.signs(exp=shop.now),
    "no exp": lambda shop: shop.signs(exp=NO_CLAIM),
    "exp null": lambda shop: shop.signs(exp=None),
    "exp as text": lambda shop: shop.signs(exp=str(shop.now + 600)),
    "exp true": lambda shop: shop.signs(exp=True),
    "exp without end": lambda shop: shop.signs(exp=float("inf")),
    "exp that is no number": lambda shop: shop.signs(exp=float("nan")),
    "exp in milliseconds": lambda shop: shop.signs(exp=(shop.now + 600) * 1_000),
    "over 24 hours away": lambda shop: shop.signs(exp=shop.now + DAY + 60),
    "over 24 hours of life": lambda shop: shop.signs(iat=shop.now - DAY, exp=shop.now + 600),
    "nbf ahead": lambda shop: shop.signs(nbf=shop.now + 60),
    "iat ahead": lambda shop: shop.signs(iat=shop.now + 60),
    "nbf as text": lambda shop: shop.signs(nbf="tomorrow"),
    "no sub": lambda shop: shop.signs(sub=NO_CLAIM),
    "an empty sub": lambda shop: shop.signs(sub=""),
    "a blank sub": lambda shop: shop.signs(sub="  "),
    "sub as a number": lambda shop: shop.signs(sub=17),
    "a long sub": lambda shop: shop.signs(sub="x" * 201),
    "a NUL in sub": lambda shop: shop.signs(sub="vera\x00"),
    "half a character": lambda shop: shop.signs(name="\ud800"),
    "a name that is a list": lambda shop: shop.signs(name=["Vera"]),
    "no mailbox": lambda shop: shop.signs(email="vera at shopper"),
    "no number": lambda shop: shop.signs(phone="12"),
    "no zone": lambda shop: shop.signs(zone="Atlantis/Center"),
    "no language": lambda shop: shop.signs(language="<b>"),
    "a long jti": lambda shop: shop.signs(jti="x" * 201),
}


async def is_refused(shop: Shop, signed: str) -> str:
    """A token changes nothing: not the session, not the shopper, no row; returns what is said."""
    vera = await shop.air.vera()
    before = await shop.rows(IdentityRow)
    answer = await shop.post("identify", vera, token=signed)
    assert answer.status_code == 401, answer.text
    assert "set-cookie" not in answer.headers
    assert (await shop.air.vera(session=vera.session)).shopper_id == vera.shopper_id
    (row,) = await shop.rows(ShopperRow, shopper_id=vera.shopper_id)
    assert (row.verified, row.name, row.shipping_zone) == (0, "", "")
    assert await shop.rows(AddressRow, person_id=vera.shopper_id) == []
    assert await shop.rows(IdentityRow) == before
    return str(answer.json()["message"])


@pytest.mark.parametrize("why", NOT_SIGNED)
async def test_what_the_shop_has_not_signed_is_refused_in_the_same_words(
    shop: Shop, why: str
) -> None:
    said = await is_refused(shop, NOT_SIGNED[why](shop))
    assert said == await is_refused(shop, "")
    assert "sign" in said


@pytest.mark.parametrize("why", WRONGLY_SIGNED)
async def test_a_token_that_the_shop_signed_wrongly_is_refused_with_the_reason(
    shop: Shop, why: str
) -> None:
    said = await is_refused(shop, WRONGLY_SIGNED[why](shop))
    assert said.partition(":")[0].split(", ")[0] in (
        *("aud", "exp", "nbf", "sub", "name", "email", "zone", "language", "jti"),
    )


async def test_one_store_cannot_sign_for_another(shop: Shop) -> None:
    vera = await shop.air.vera(OTHER)
    for signed in (shop.signs(key=OTHER), shop.signs()):
        answer = await shop.post("identify", vera, key=OTHER, token=signed)
        assert answer.status_code == 401


async def test_a_token_with_an_id_is_good_once_also_from_another_browser(shop: Shop) -> None:
    signed = shop.signs(sub="once", jti="login-1")
    vera = await shop.identifies(await shop.air.vera(), signed)
    assert (await shop.post("identify", vera, token=signed)).status_code == 401
    assert (await shop.post("identify", await shop.air.vera(), token=signed)).status_code == 401
    assert (await shop.air.vera(session=vera.session)).shopper_id == vera.shopper_id


async def test_the_id_of_a_token_is_kept_no_longer_than_the_token_is_good(shop: Shop) -> None:
    await shop.identifies(None, shop.signs(sub="brief", jti="brief-1", exp=shop.now + 60))
    before = {row.jti_hash for row in await shop.rows(IdentityTokenRow)}
    shop.air.clock.move_ahead(2 * MINUTE)
    await shop.identifies(None, shop.signs(sub="brief", jti="brief-2"))
    after = {row.jti_hash for row in await shop.rows(IdentityTokenRow)}
    assert before - after
    assert "brief" not in str(after)


async def test_a_token_that_was_refused_for_its_address_may_still_be_mended_and_used(
    shop: Shop,
) -> None:
    vera = await shop.air.vera()
    wrong = shop.signs(sub="mended", jti="mended-1", email="nowhere")
    assert (await shop.post("identify", vera, token=wrong)).status_code == 401
    await shop.identifies(vera, shop.signs(sub="mended", jti="mended-1"))


async def test_while_a_secret_is_replaced_both_sign_and_after_that_the_new_one(shop: Shop) -> None:
    house = shop.air.gateway.house
    first = await identity_secrets.begin(house.store, house.secrets, OTHER)
    assert first.secret is None
    old = (await identity_secrets.rotate(house.store, house.secrets, OTHER)).secret
    new = (await identity_secrets.rotate(house.store, house.secrets, OTHER)).secret
    assert old is not None
    assert new not in (None, old)

    async def tried(secret: str | None) -> int:
        signed = shop.signs(secret=secret, key=OTHER)
        return (await shop.post("identify", None, key=OTHER, token=signed)).status_code

    assert [await tried(old), await tried(new)] == [200, 200]
    await identity_secrets.settle(house.store, OTHER)
    assert [await tried(old), await tried(new)] == [401, 200]


# --- known by the signature ---------------------------------------------------------------------


async def test_vera_is_the_same_shopper_in_every_browser_that_the_shop_signs_for(
    shop: Shop,
) -> None:
    laptop = await shop.air.vera()
    known = await shop.identifies(laptop, shop.signs(sub="both", name="Vera Larsen"))
    assert (known.shopper_id, known.known) == (laptop.shopper_id, True)
    phone = await shop.identifies(await shop.air.vera(), shop.signs(sub="both"))
    assert phone.shopper_id == laptop.shopper_id
    (row,) = await shop.rows(ShopperRow, shopper_id=laptop.shopper_id)
    assert (row.verified, row.name) == (1, "Vera Larsen")
    assert (await shop.air.vera(session=known.session)).shopper_id == laptop.shopper_id


async def test_a_browser_without_a_session_is_let_in_by_the_signature_alone(shop: Shop) -> None:
    known = await shop.identifies(None, shop.signs(sub="fresh"))
    again = await shop.identifies(None, shop.signs(sub="fresh"))
    assert again.shopper_id == known.shopper_id
    async with shop.air.tab(again) as (_, welcome):
        assert welcome["shopper_id"] == known.shopper_id


async def test_somebody_else_who_signs_in_at_veras_browser_sees_nothing_of_hers(
    shop: Shop,
) -> None:
    vera = await shop.identifies(await shop.air.vera(), shop.signs(sub="vera-at-home"))
    async with shop.air.tab(vera) as (line, _):
        await line.say("send", cmid=cmid(), body="My secret question")
        await line.hear("ack")
        ben = await shop.identifies(vera, shop.signs(sub="ben-at-home"))
        assert await line.closed() == 4401
    assert ben.shopper_id != vera.shopper_id
    async with shop.air.tab(ben) as (_, welcome):
        assert welcome["conversation_id"] is None
    assert (await shop.air.vera(session=vera.session)).shopper_id not in (
        vera.shopper_id,
        ben.shopper_id,
    )


# --- sessions (S12, S13) ------------------------------------------------------------------------


async def test_a_session_is_another_one_after_vera_was_identified(shop: Shop) -> None:
    planted = await shop.air.vera()
    known = await shop.identifies(planted, shop.signs(sub="rotates"))
    assert known.session != planted.session
    assert known.cookie.startswith(f"{cookie_name(ACME)}={known.session}; ")
    assert {"HttpOnly", "Secure", "Partitioned"} <= {*known.cookie.split("; ")}
    assert (await shop.air.vera(session=planted.session)).shopper_id != known.shopper_id
    kept = await shop.rows(ShopperSessionRow, shopper_id=known.shopper_id)
    assert [row.token_hash for row in kept] == [hashlib.sha256(known.session.encode()).hexdigest()]


async def test_nobody_who_held_a_session_of_hers_before_is_vera_afterwards(shop: Shop) -> None:
    """The session, the ticket that it bought and the socket that it opened: all were planted."""
    planted = await shop.air.vera()
    ticket = await shop.air.vera(session=planted.session)
    async with shop.air.tab(planted) as (line, _):
        await shop.identifies(planted, shop.signs(sub="planted"))
        assert await line.closed() == 4401
    async with shop.air.line("/ws/shopper") as line:
        await line.say("hello", ticket=ticket.ticket)
        assert await line.closed() == 4401


async def test_whoever_is_identified_again_on_the_next_page_keeps_their_sockets(
    shop: Shop,
) -> None:
    """Each page of the shop says it; another tab that comes with the former session is let in."""
    first = await shop.identifies(await shop.air.vera(), shop.signs(sub="every-page"))
    async with shop.air.tab(first) as (line, _):
        second = await shop.identifies(first, shop.signs(sub="every-page"))
        assert second.session != first.session
        await line.say("send", cmid=cmid(), body="Still there?")
        await line.hear("ack")
    late = await shop.air.vera(session=first.session)
    assert late.shopper_id == first.shopper_id
    assert late.session not in (first.session, second.session)
    shop.air.clock.move_ahead(LATECOMERS)
    assert (await shop.air.vera(session=first.session)).shopper_id != first.shopper_id
    for kept in (second, late):
        assert (await shop.air.vera(session=kept.session)).shopper_id == first.shopper_id


async def test_after_a_reset_the_next_person_at_the_browser_sees_nothing(shop: Shop) -> None:
    vera = await shop.identifies(await shop.air.vera(), shop.signs(sub="resets"))
    phone = await shop.identifies(None, shop.signs(sub="resets"))
    async with shop.air.tab(vera) as (line, _), shop.air.tab(phone) as (other, _):
        await line.say("send", cmid=cmid(), body="My secret question")
        await line.hear("ack")
        answer = await shop.post("reset", vera)
        assert (answer.status_code, answer.content) == (204, b"")
        assert await line.closed() == 4401
        # Her telephone is another browser.
        await other.say("send", cmid=cmid(), body="And from here?")
        await other.hear("ack")
    cookie = answer.headers["set-cookie"].split("; ")
    assert cookie[0] == f"{cookie_name(ACME)}="
    assert {"Max-Age=0", "Path=/", "Secure", "Partitioned"} <= {*cookie}
    ben = await shop.air.vera(session=vera.session)
    assert (ben.shopper_id != vera.shopper_id, ben.known) == (True, False)
    async with shop.air.tab(ben) as (_, welcome):
        assert welcome["conversation_id"] is None
    assert (await shop.air.vera(session=phone.session)).shopper_id == vera.shopper_id


async def test_a_ticket_bought_before_a_reset_opens_nothing(shop: Shop) -> None:
    vera = await shop.air.vera()
    assert (await shop.post("reset", vera)).status_code == 204
    async with shop.air.line("/ws/shopper") as line:
        await line.say("hello", ticket=vera.ticket)
        assert await line.closed() == 4401


async def test_a_reset_of_nobody_is_fine(shop: Shop) -> None:
    assert (await shop.post("reset", None)).status_code == 204
    assert (await shop.post("reset", None, session="x" * 43)).status_code == 204
    assert (await shop.post("reset", None, key="pk_nobody")).status_code == 404


# --- said, and not proven (S9) ------------------------------------------------------------------


async def test_whoever_says_to_be_vera_learns_and_gets_nothing_of_hers(shop: Shop) -> None:
    signed = shop.signs(sub="real", name="Vera", email="vera@real.example", phone="+14155550142")
    real = await shop.identifies(None, signed)
    async with shop.air.tab(real) as (line, _):
        await line.say("send", cmid=cmid(), body="My secret question")
        await line.hear("ack")
    before = await shop.rows(AddressRow, person_id=real.shopper_id)
    false = await shop.air.vera()
    claims = {"name": "Vera", "email": "vera@real.example", "phone": "+14155550142", "sub": "real"}
    answer = await shop.post("identify", false, claims=claims)
    assert answer.status_code == 200
    assert answer.json()["shopper_id"] == false.shopper_id
    assert answer.json()["session"] != false.session
    async with shop.air.tab(Vera(**answer.json(), cookie="")) as (_, welcome):
        assert welcome["conversation_id"] is None
        assert welcome["addresses"] == []
    (row,) = await shop.rows(ShopperRow, shopper_id=false.shopper_id)
    assert (row.verified, row.name, row.merged_into) == (0, "", None)
    assert await shop.rows(AddressRow, person_id=false.shopper_id) == []
    assert await shop.rows(AddressRow, person_id=real.shopper_id) == before
    kept = await shop.rows(TraitRow, shopper_id=false.shopper_id, kind="claim")
    assert {each.name for each in kept} == set(claims)


async def test_ada_is_shown_who_vera_says_to_be_as_what_she_says(shop: Shop) -> None:
    vera = await shop.air.vera()
    async with shop.air.tab(vera) as (line, _), shop.air.console() as (ada, _):
        await line.say("send", cmid=cmid(), body="Hello?")
        ack = await line.hear("ack")
        await ada.say(
            "open", conversation_id=ack["conversation_id"], store_id=await shop.store_id()
        )
        assert (await ada.hear("shopper"))["shopper"]["identity"]["claims"] == []
        await shop.post("identify", vera, claims={"name": "Vera", "vip": True})
        told = (await ada.hear("shopper"))["shopper"]
        while not told["identity"]["claims"]:  # that Vera wrote is told of in its own time
            told = (await ada.hear("shopper"))["shopper"]
        assert told["name"].startswith("Shopper")
        assert told["verified"] is False
        assert told["identity"]["sub"] is None
        said = {each["name"]: each["value"] for each in told["identity"]["claims"]}
        assert said == {"name": "Vera", "vip": "yes"}


async def test_ada_is_shown_for_whom_the_shop_signed(shop: Shop) -> None:
    vera = await shop.identifies(None, shop.signs(sub="customer 17", name="Vera Larsen"))
    async with shop.air.tab(vera) as (line, _), shop.air.console() as (ada, _):
        await line.say("send", cmid=cmid(), body="Hello?")
        ack = await line.hear("ack")
        await ada.say(
            "open", conversation_id=ack["conversation_id"], store_id=await shop.store_id()
        )
        told = (await ada.hear("shopper"))["shopper"]
        assert (told["name"], told["verified"]) == ("Vera Larsen", True)
        assert told["identity"]["sub"] == "customer 17"


# --- told by the page ---------------------------------------------------------------------------


async def test_what_a_page_tells_counts_once_and_ada_is_shown_it(shop: Shop) -> None:
    vera = await shop.air.vera()
    told = [
        {"id": "1", "track": "added to basket", "data": {"product": "blue", "price": 59.5}},
        {"id": "2", "set": {"basket": 2, "member": False, "note": "x"}},
        {"id": "3", "set": {"note": None}},
    ]
    for _ in range(2):
        answer = await shop.post("told", vera, told=told)
        assert (answer.status_code, answer.content) == (204, b"")
    await shop.post("told", vera, told=[{"id": "4", "set": {"basket": 3}}, told[1]])
    async with shop.air.tab(vera) as (line, _), shop.air.console() as (ada, _):
        await line.say("send", cmid=cmid(), body="Hello?")
        ack = await line.hear("ack")
        await ada.say(
            "open", conversation_id=ack["conversation_id"], store_id=await shop.store_id()
        )
        shown = (await ada.hear("shopper"))["shopper"]["identity"]
    assert {each["name"]: each["value"] for each in shown["attributes"]} == {
        "basket": "3",
        "member": "no",
    }
    (tracked,) = shown["tracked"]
    assert tracked["name"] == "added to basket"
    assert tracked["data"] == {"product": "blue", "price": "59.5"}


async def test_when_something_was_done_is_as_the_page_says_but_never_later_than_now(
    shop: Shop,
) -> None:
    vera = await shop.air.vera()
    now = shop.now * 1_000
    times = {"before": now - 60_000, "ahead": now + 3_600_000, "in 1970": 0}
    told = [{"id": name, "at": at, "track": name} for name, at in times.items()]
    assert (await shop.post("told", vera, told=told)).status_code == 204
    rows = {row.name: row.at for row in await shop.rows(TrackedRow, shopper_id=vera.shopper_id)}
    assert rows["before"] == (now - 60_000) * 1_000
    assert rows["ahead"] <= shop.air.clock.now()
    assert rows["in 1970"] > shop.air.clock.now() - 8 * DAY * SECOND


async def test_the_last_fifty_things_done_are_kept(shop: Shop) -> None:
    vera = await shop.air.vera()
    for first in range(0, MOST_EVENTS + 10, 20):
        told = [{"id": f"{n}", "track": f"page {n}"} for n in range(first, first + 20)]
        assert (await shop.post("told", vera, told=told)).status_code == 204
    kept = await shop.rows(TrackedRow, shopper_id=vera.shopper_id)
    assert {row.name for row in kept} == {f"page {n}" for n in range(10, 60)}
    again = [{"id": "3", "track": "page 3"}]
    assert (await shop.post("told", vera, told=again)).status_code == 204
    assert len(await shop.rows(TrackedRow, shopper_id=vera.shopper_id)) == MOST_EVENTS


FAR = "x" * (MOST_VALUE + 1)
OVER: dict[str, Any] = {
    "a long name": [{"id": "n", "track": "x" * 65}],
    "no name": [{"id": "n", "track": ""}],
    "a long value": [{"id": "n", "set": {"a": FAR}}],
    "a long value of an event": [{"id": "n", "track": "a", "data": {"a": FAR}}],
    "a long name of a value": [{"id": "n", "set": {"x" * 65: "a"}}],
    "too many attributes": [{"id": "n", "set": {f"a{n}": n for n in range(MOST_TRAITS)}}],
    "both": [{"id": "n", "track": "a", "set": {"a": 1}}],
    "neither": [{"id": "n"}],
    "no id": [{"track": "a"}],
    "a long id": [{"id": "x" * 65, "track": "a"}],
    "a value that is a list": [{"id": "n", "set": {"a": [1]}}],
    "a NUL in a name": [{"id": "n", "track": "a\x00"}],
    "a NUL in an id": [{"id": "n\x00", "track": "a"}],
    "too many at once": [{"id": f"{n}", "track": "a"} for n in range(51)],
    "over 16 kB": [{"id": f"{n}", "set": {"a": "x" * 490}} for n in range(35)],
    "a bad one after a good one": [{"id": "g", "set": {"good": 1}}, {"id": "n", "track": ""}],
}


@pytest.mark.parametrize("why", OVER)
async def test_what_is_over_a_bound_is_refused_and_loses_nothing(shop: Shop, why: str) -> None:
    vera = await shop.air.vera()
    held = [{"id": "held", "set": {"held": "yes"}}, {"id": "seen", "track": "seen"}]
    assert (await shop.post("told", vera, told=held)).status_code == 204
    answer = await shop.post("told", vera, told=OVER[why])
    assert answer.status_code == 400, why
    assert answer.json()["message"]
    (kept,) = await shop.rows(TraitRow, shopper_id=vera.shopper_id)
    assert kept.name == "held"
    assert len(await shop.rows(TrackedRow, shopper_id=vera.shopper_id)) == 1


async def test_a_page_that_never_stops_telling_is_told_to_wait_a_minute(shop: Shop) -> None:
    vera = await shop.air.vera()
    shop.air.clock.move_ahead(MINUTE - shop.air.clock.now() % MINUTE)
    codes = [(await shop.post("told", vera, told=[])).status_code for _ in range(MOST_POSTS + 1)]
    assert codes == [204] * MOST_POSTS + [429]
    shop.air.clock.move_ahead(MINUTE)
    assert (await shop.post("told", vera, told=[])).status_code == 204


async def test_nothing_is_told_of_somebody_without_a_session(shop: Shop) -> None:
    for session in (None, "x" * 43):
        answer = await shop.post("told", None, session=session, told=[])
        assert answer.status_code == 401


@pytest.mark.parametrize("path", ["identify", "reset", "told"])
async def test_only_the_panel_itself_may_post_these(shop: Shop, path: str) -> None:
    for origin in ({}, {"Origin": "https://shop.example"}, {"Origin": "null"}):
        answer = await shop.air.http.post(f"/widget/{path}", json={"key": ACME}, headers=origin)
        assert answer.status_code == 403
    assert (await shop.post("identify", None)).status_code == 400
