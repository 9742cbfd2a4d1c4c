"""Where Vera wants to be answered: picked in the panel, or by the link in each message."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from urllib.parse import urlencode

import httpx2
import pytest
from typing_extensions import override

from gateway.auth.tokens import SEAL_CHARS, seal
from gateway.clock import HOUR, SECOND
from gateway.core.segments import segments
from gateway.errors import BadInput
from gateway.services import preferring, setup
from gateway.services.preference_links import link_to
from gateway.store import people
from gateway.store.tables import AddressRow, FactRow, ShopperRow
from gateway.store.tx import Tx, unpack
from tests.integration.town.building import ADA_MAIL, Town
from tests.integration.town.leaving import hops, vera_asks_and_leaves
from tests.integration.town.outside import BASE_URL, KEY
from tests.integration.town.townspeople import VERA_MAIL, VERA_PHONE, Shopper

LINK = re.compile(rf"{BASE_URL}(/p/{KEY}/([0-9a-z]{{26}}[a-z2-7]{{16}}))(?![0-9a-z])")


async def prefers(town: Town, *channels: str, who: Shopper | None = None) -> None:
    """Picked in the panel."""
    shopper = who or town.vera
    await preferring.prefer(town.house, town.store_id, shopper.shopper_id, channels, "widget")


def link_in(words: str) -> str:
    """The path of the one link to the choice."""
    (found,) = LINK.finditer(words)
    return found.group(1)


class Page(HTMLParser):
    """What the page shows: its words, its ways and its form."""

    def __init__(self, answer: httpx2.Response) -> None:
        super().__init__()
        self.status = answer.status_code
        self.headers = answer.headers
        self.ways: dict[str, str] = {}
        self.checked: str | None = None
        self.form = ""
        self.tags: list[str] = []
        self.html: dict[str, str | None] = {}
        self._said: list[str] = []
        self._way: str | None = None
        self.feed(answer.text)
        self.words = " ".join(" ".join(self._said).split())

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.append(tag)
        if tag == "html":
            self.html = given
        if given.get("name") == "form":
            self.form = given["value"] or ""
        if given.get("type") == "radio":
            self._way = given["value"] or ""
            self.ways[self._way] = ""
            if "checked" in given:
                self.checked = self._way

    @override
    def handle_endtag(self, tag: str) -> None:
        if tag == "label":
            self._way = None

    @override
    def handle_data(self, data: str) -> None:
        if self.tags[-1] == "style":
            return
        self._said.append(data)
        if self._way is not None:
            self.ways[self._way] += data


async def opened(town: Town, path: str) -> Page:
    """What a browser without cookies is shown."""
    return Page(await town.web.get(path))


async def sent(
    town: Town, path: str, channel: str, form: str, *, origin: str | None = BASE_URL
) -> httpx2.Response:
    """The page's form, as a browser sends it."""
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    if origin is not None:
        headers["Origin"] = origin
    body = urlencode({"form": form, "channel": channel})
    return await town.web.post(path, content=body, headers=headers)


async def chooses(town: Town, path: str, channel: str) -> Page:
    """Opens the link, picks and saves; returns what is shown then."""
    page = await opened(town, path)
    answer = await sent(town, path, channel, page.form)
    assert answer.status_code == 303
    return await opened(town, f"{path}{answer.headers['location']}")


async def preference(town: Town) -> list[str]:
    (row,) = [
        each for each in await town.rows(ShopperRow) if each.shopper_id == town.vera.shopper_id
    ]
    found: list[str] = unpack(row.preference)
    return found


async def path_for(town: Town, address_id: str) -> str:
    """The link as the gateway makes it for this address."""

    def load(tx: Tx) -> str:
        row = people.address(tx, town.store_id, address_id)
        assert row is not None
        return link_to(BASE_URL, KEY, town.house.secrets[0], row)

    return (await town.read(load)).removeprefix(BASE_URL)


# --- what it changes -----------------------------------------------------------------------------


async def test_vera_prefers_mail_and_is_mailed_although_the_store_texts_first(town: Town) -> None:
    await vera_asks_and_leaves(town, mailbox=True)
    await prefers(town, "email")
    await town.ada.answers("Yes, in 38.")
    await town.tick(40)
    assert await hops(town) == [("email", "accepted")]
    assert "Yes, in 38." in town.post.to(VERA_MAIL)[0].words
    assert "asked to be answered by e-mail" in (await town.vera.reasons_of("send"))[-1]


async def test_a_preference_that_fails_is_followed_by_what_the_store_would_have_done(
    town: Town,
) -> None:
    await vera_asks_and_leaves(town, mailbox=True)
    await prefers(town, "email")
    town.post.says("550 5.1.1 No such user")
    await town.ada.answers("Yes, in 38.")
    await town.tick(400)
    assert await hops(town) == [("email", "failed"), ("sms", "accepted")]


async def test_vera_who_wants_the_chat_only_is_brought_nothing_and_ada_reads_why(
    town: Town,
) -> None:
    await vera_asks_and_leaves(town, mailbox=True)
    await prefers(town, "chat")
    await town.ada.answers("Yes, in 38.")
    await town.tick(24 * 3_600)
    assert await hops(town) == []
    assert town.post.to(VERA_MAIL) == []
    assert (await town.vera.reach()).state == "unreachable"
    why = await town.vera.why()
    assert why.sentence == (
        "Waits in the chat because Shopper #1 wants to be answered in the chat, and nowhere else."
    )
    assert {each["verdict"] for each in why.considered} == {"not_wanted"}


async def test_mail_and_then_nothing_else_is_never_followed_by_a_text(town: Town) -> None:
    await vera_asks_and_leaves(town, mailbox=True)
    await prefers(town, "email", "chat")
    town.post.says("550 5.1.1 No such user")
    await town.ada.answers("Yes, in 38.")
    await town.tick(24 * 3_600)
    assert await hops(town) == [("email", "failed")]


async def test_a_live_exchange_by_text_is_still_answered_there(town: Town) -> None:
    await vera_asks_and_leaves(town, mailbox=True)
    await prefers(town, "email")
    await town.text_in(VERA_PHONE, "Hello? I am on my phone now")
    await town.ada.answers("Yes, in 38.")
    await town.tick(20)
    assert await hops(town) == [("sms", "accepted")]
    await town.tick(3 * 3_600)
    await town.ada.answers("And in 39.")
    await town.tick(300)
    assert (await hops(town))[-1] == ("email", "accepted")


async def test_vera_changes_her_mind_while_an_answer_waits_and_it_goes_the_new_way(
    town: Town,
) -> None:
    await vera_asks_and_leaves(town, mailbox=True)
    await town.ada.answers("Yes, in 38.")
    await town.look(after=31)
    assert await hops(town) == [("sms", "queued")]
    await prefers(town, "email")
    await town.tick(1)
    assert await hops(town) == [("sms", "superseded"), ("email", "accepted")]
    assert len(town.carrier.to(VERA_PHONE)) == 1  # the code


async def test_an_answer_that_waits_in_the_chat_goes_out_once_vera_wants_it_to(
    town: Town,
) -> None:
    await vera_asks_and_leaves(town)
    await prefers(town, "chat")
    await town.ada.answers("Yes, in 38.")
    await town.tick(60)
    assert (await town.vera.conversation()).unreachable == 1
    await prefers(town)
    await town.tick(1)
    assert await hops(town) == [("sms", "accepted")]
    assert (await town.vera.conversation()).unreachable == 0


async def test_what_vera_prefers_is_a_fact_and_an_entry_that_only_staff_see(town: Town) -> None:
    await town.vera.writes("Hello?")
    await prefers(town, "email", "chat", "sms")
    await prefers(town, "email", "chat")
    (told,) = await town.vera.events("prefers")
    assert told.audience == "staff"
    assert town.data_of(told) == {"channels": ["email", "chat"], "source": "widget"}
    (fact,) = [each for each in await town.rows(FactRow) if each.kind == "preference"]
    assert fact.person_id == town.vera.shopper_id
    assert unpack(fact.data) == {"channels": ["email", "chat"], "source": "widget"}


@pytest.mark.parametrize("channels", [("pigeon",), ("email", "email"), ("sms", "push"), ("",)])
async def test_a_preference_for_what_the_house_does_not_have_is_refused(
    town: Town, channels: tuple[str, ...]
) -> None:
    await town.vera.writes("Hello?")
    with pytest.raises(BadInput):
        await prefers(town, *channels)
    assert await preference(town) == []


async def test_veras_other_tabs_show_the_new_choice_at_once(town: Town) -> None:
    await town.vera.writes("Hello?")
    await town.vera.leaves_mailbox()
    tab = await town.vera.tab()
    await prefers(town, "email")
    frame = json.loads(await tab.until('"addresses","addresses"'))
    assert frame["preference"] == ["email"]
    assert [each["value"] for each in frame["addresses"]] == ["v•••@shopper.example"]


# --- the time zone of her browser ----------------------------------------------------------------


async def test_the_zone_of_veras_browser_is_kept_and_what_is_no_zone_is_ignored(
    town: Town,
) -> None:
    async def zone() -> str:
        (row,) = await town.rows(ShopperRow)
        return row.zone

    for name, kept in (
        ("Europe/Berlin", "Europe/Berlin"),
        ("Europe/Atlantis", "Europe/Berlin"),
        ("../../etc/passwd", "Europe/Berlin"),
        ("", "Europe/Berlin"),
        (None, "Europe/Berlin"),
        ("America/New_York", "America/New_York"),
    ):
        await preferring.lives_in(town.house, town.store_id, town.vera.shopper_id, name)
        assert await zone() == kept


async def test_an_answer_waits_for_the_end_of_veras_quiet_hours_and_says_when_that_is(
    town: Town,
) -> None:
    await town.policy(quiet={"sms": "12:00-14:00"}, patience=24 * 3_600)
    await vera_asks_and_leaves(town)
    await preferring.lives_in(town.house, town.store_id, town.vera.shopper_id, "Europe/Berlin")
    await town.ada.answers("Yes, in 38.")
    await town.tick(60)
    (way,) = (await town.vera.why()).considered
    assert way["verdict"] == "quiet"
    assert way["sentence"] == "quiet hours where Shopper #1 is, until 14:00 in Berlin"
    await town.tick(3_600)
    assert await hops(town) == [("sms", "accepted")]


# --- the link in each message --------------------------------------------------------------------


async def test_every_mail_to_vera_says_where_to_choose_and_none_to_ada_does(town: Town) -> None:
    await vera_asks_and_leaves(town, number=False, mailbox=True)
    await town.ada.goes()
    await town.tick(130)
    await town.ada.answers("Yes, in 38.")
    await town.tick(40)
    await town.ada.answers("And in 39.")
    await town.tick(400)
    first, second = town.post.to(VERA_MAIL)
    paths = set()
    for letter in (first, second):
        html = letter.mail.get_body(("html",))
        assert html is not None
        assert f'href="{BASE_URL}{link_in(letter.words)}"' in html.get_content()
        paths.add(link_in(letter.words))
    assert len(paths) == 1
    notices = town.post.to(ADA_MAIL)
    assert notices
    assert not [each for each in notices if "/p/" in str(each.mail)]


async def test_the_first_text_to_a_number_has_the_link_and_a_later_one_when_it_costs_nothing(
    town: Town,
) -> None:
    await vera_asks_and_leaves(town)
    short, long = "And in 39.", "In 40 " + "they are on their way to us. " * 3
    for words in ("Yes, in 38. " * 8, short, long):
        await town.ada.answers(words)
        await town.tick(400)
        await town.receipt(town.carrier.taken[-1], "delivered")
    code, first, second, third = town.carrier.to(VERA_PHONE)
    assert not LINK.search(code)
    assert first.index("Reply STOP") < first.index(link_in(first))
    assert segments(first).count > segments(first.partition("\nReply STOP")[0]).count
    assert second == f"{short}\nChoose where we answer: {BASE_URL}{link_in(second)}"
    assert segments(second).count == 1
    assert third == long
    assert segments(third).count == 1


async def test_a_first_answer_that_just_fits_has_its_words_rather_than_where_to_choose(
    town: Town,
) -> None:
    await vera_asks_and_leaves(town)
    words = "By hand and cold. " * 22
    await town.ada.answers(words)
    await town.tick(60)
    text = town.carrier.to(VERA_PHONE)[-1]
    assert segments(text).count == 3
    assert text == f"Ada at Acme: {words}\nReply STOP to end these texts."


async def test_a_knock_and_a_code_have_no_link(town: Town) -> None:
    await town.vera.writes("Is the blue one back?")
    await town.vera.leaves_number()
    await town.vera.leaves()
    await town.ada.answers("Yes, in 38.")
    await town.tick(60)
    assert len(town.carrier.to(VERA_PHONE)) == 2
    assert not [each for each in town.carrier.to(VERA_PHONE) if "/p/" in each]


async def test_the_link_in_a_text_sets_the_preference_and_the_next_answer_obeys_it(
    town: Town,
) -> None:
    await vera_asks_and_leaves(town, mailbox=True)
    await town.ada.answers("Yes, in 38.")
    await town.tick(40)
    path = link_in(town.carrier.to(VERA_PHONE)[-1])
    page = await opened(town, path)
    assert page.ways == {
        "sms": "By text to ••• 42",
        "email": "By e-mail to v•••@•••",
        "chat": "Only in the chat on the shop's page",
    }
    assert page.checked is None
    shown = await chooses(town, path, "email")
    assert shown.checked == "email"
    assert "Saved. We try an e-mail first." in shown.words
    assert await preference(town) == ["email"]
    (told,) = await town.vera.events("prefers")
    assert town.data_of(told) == {"channels": ["email"], "source": "link"}
    await town.receipt(town.carrier.taken[-1], "delivered")
    await town.tick(400)
    await town.ada.answers("And in 39.")
    await town.tick(400)
    assert "And in 39." in town.post.to(VERA_MAIL)[-1].words
    assert (await hops(town))[-1] == ("email", "accepted")


async def test_the_link_in_a_mail_sets_the_preference(town: Town) -> None:
    await vera_asks_and_leaves(town, number=False, mailbox=True)
    await town.ada.answers("Yes, in 38.")
    await town.tick(40)
    path = link_in(town.post.to(VERA_MAIL)[0].words)
    shown = await chooses(town, path, "chat")
    assert "Your answers wait for you in the chat." in shown.words
    await town.ada.answers("And in 39.")
    await town.tick(24 * 3_600)
    assert len(town.post.to(VERA_MAIL)) == 1


async def test_following_the_link_changes_nothing(town: Town) -> None:
    await vera_asks_and_leaves(town, mailbox=True)
    number = await path_for(town, (await _address(town, VERA_PHONE)).address_id)
    form = (await opened(town, number)).form
    for path in (
        number,
        f"{number}?done",
        f"{number}?channel=chat&form={form}",
        f"{number}?utm_source=mail",
    ):
        assert (await opened(town, path)).status == 200
        assert (await town.web.head(path)).status_code == 200
    assert await preference(town) == []
    assert await town.vera.events("prefers") == []


async def test_a_link_that_was_changed_in_any_character_is_not_found(town: Town) -> None:
    await vera_asks_and_leaves(town, mailbox=True)
    path = await path_for(town, (await _address(town, VERA_PHONE)).address_id)
    head, _, token = path.rpartition("/")
    other = (await _address(town, VERA_MAIL)).address_id + token[-SEAL_CHARS:]
    changed = [
        token[:place] + ("a" if char != "a" else "b") + token[place + 1 :]
        for place, char in enumerate(token)
    ]
    form = (await opened(town, path)).form
    gone = set()
    for wrong in (*changed, other, token[:-1], token + "a", token.upper(), "a", "%C3%A9" * 42):
        answer = await town.web.get(f"{head}/{wrong}")
        assert answer.status_code == 404, wrong
        gone.add(answer.text)
        posted = await sent(town, f"{head}/{wrong}", "chat", form)
        assert posted.status_code == 404, wrong
    assert len(gone) == 1
    assert await preference(town) == []


async def test_a_link_of_one_store_opens_nothing_in_another(town: Town) -> None:
    await setup.ensure_store(
        town.house.store, setup.NewStore(key="pk_other", name="Other", origins=())
    )
    await vera_asks_and_leaves(town)
    path = await path_for(town, (await _address(town, VERA_PHONE)).address_id)
    for key in ("pk_other", "pk_nobody"):
        assert (await town.web.get(path.replace(KEY, key))).status_code == 404


async def test_a_link_to_an_agents_own_address_does_not_exist(town: Town) -> None:
    row = await _address(town, ADA_MAIL)
    mark = seal(town.house.secrets[0], "preference link", town.store_id, row.address_id)
    assert (await town.web.get(f"/p/{KEY}/{row.address_id}{mark}")).status_code == 404


async def test_a_link_is_useless_once_vera_has_said_stop(town: Town) -> None:
    await vera_asks_and_leaves(town, mailbox=True)
    path = await path_for(town, (await _address(town, VERA_PHONE)).address_id)
    form = (await opened(town, path)).form
    await town.text_in(VERA_PHONE, "STOP")
    assert (await opened(town, path)).status == 404
    assert (await sent(town, path, "chat", form)).status_code == 404
    assert await preference(town) == []


async def test_only_the_pages_own_form_counts(town: Town) -> None:
    await vera_asks_and_leaves(town, mailbox=True)
    path = await path_for(town, (await _address(town, VERA_PHONE)).address_id)
    other = await path_for(town, (await _address(town, VERA_MAIL)).address_id)
    form = (await opened(town, path)).form
    at, _, mark = form.partition(".")
    forged = ["", ".", mark, f".{mark}", f"{int(at) + 1}.{mark}", f"{at}.{mark[::-1]}", "x" * 5_000]
    for wrong in (*forged, (await opened(town, other)).form):
        assert (await sent(town, path, "chat", wrong)).status_code == 404
    for origin in ("https://evil.example", "null"):
        assert (await sent(town, path, "chat", form, origin=origin)).status_code == 404
    for channel in ("whatsapp", "", "push", "email,sms"):
        assert (await sent(town, path, channel, form)).status_code == 404
    assert await preference(town) == []
    assert (await sent(town, path, "chat", form, origin=None)).status_code == 303
    assert await preference(town) == ["chat"]


async def test_a_page_that_was_open_for_a_day_asks_again(town: Town) -> None:
    await vera_asks_and_leaves(town)
    path = await path_for(town, (await _address(town, VERA_PHONE)).address_id)
    form = (await opened(town, path)).form
    town.clock.move_ahead(12 * HOUR - 60 * SECOND)
    assert (await sent(town, path, "sms", form)).status_code == 303
    town.clock.move_ahead(60 * SECOND)
    stale = await sent(town, path, "chat", form)
    assert stale.status_code == 409
    assert "was open for a long time" in Page(stale).words
    assert await preference(town) == ["sms"]
    assert (await sent(town, path, "chat", Page(stale).form)).status_code == 303


# --- what the page tells -------------------------------------------------------------------------


async def test_the_page_shows_masked_addresses_and_nothing_else_of_vera(town: Town) -> None:
    await vera_asks_and_leaves(town, mailbox=True)
    await town.ada.answers("Yes, in 38.")
    await town.tick(40)
    path = link_in(town.carrier.to(VERA_PHONE)[-1])
    page = await opened(town, path)
    assert "Acme" in page.words
    shown = page.words.replace("••• 42", "")
    for secret in ("4155550", "42", "era@", "shopper.example", "blue", "38", "Ada", "#"):
        assert secret not in shown, secret


async def test_the_page_runs_nothing_loads_nothing_and_is_kept_by_nobody(town: Town) -> None:
    await vera_asks_and_leaves(town)
    page = await opened(town, await path_for(town, (await _address(town, VERA_PHONE)).address_id))
    assert not {"script", "link", "img", "iframe", "a"} & set(page.tags)
    rules = dict(
        each.strip().split(" ", 1) for each in page.headers["content-security-policy"].split(";")
    )
    assert rules["default-src"] == "'none'"
    assert rules["form-action"] == "'self'"
    assert rules["frame-ancestors"] == "'none'"
    assert re.fullmatch(r"'sha256-[A-Za-z0-9+/]{43}='", rules["style-src"])
    assert "script-src" not in rules
    assert page.headers["x-robots-tag"] == "noindex, nofollow"
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "same-origin"
    assert "set-cookie" not in page.headers


@pytest.mark.parametrize(
    ("language", "direction", "words"),
    [
        ("de-AT", "ltr", "Per SMS an ••• 42"),
        ("ar", "rtl", "برسالة نصية إلى ••• 42"),
        ("tlh", "ltr", "By text to ••• 42"),
    ],
)
async def test_the_page_speaks_the_language_of_the_shopper(
    town: Town, language: str, direction: str, words: str
) -> None:
    await vera_asks_and_leaves(town)
    row = await _address(town, VERA_PHONE)

    def speak(tx: Tx) -> None:
        shopper = people.shopper(tx, town.store_id, row.person_id)
        assert shopper is not None
        shopper.language = language
        tx.session.add(shopper)

    await town.house.store.write(speak)
    page = await opened(town, await path_for(town, row.address_id))
    assert page.html["dir"] == direction
    assert page.ways["sms"] == words


# --- an address that may be somebody else's ------------------------------------------------------


async def test_a_typed_mailbox_is_shown_no_other_address_of_vera(town: Town) -> None:
    await town.vera.writes("Hello?")
    await town.vera.leaves_number()
    await town.vera.leaves_mailbox()
    page = await opened(town, await path_for(town, (await _address(town, VERA_MAIL)).address_id))
    assert set(page.ways) == {"email", "chat"}


async def test_a_typed_mailbox_has_no_say_once_veras_number_is_proven(town: Town) -> None:
    await vera_asks_and_leaves(town, mailbox=True)
    await prefers(town, "sms")
    path = await path_for(town, (await _address(town, VERA_MAIL)).address_id)
    form = (await opened(town, path)).form
    page = await opened(town, f"{path}?done")
    assert page.status == 200
    assert (page.ways, page.form) == ({}, "")
    assert "Saved" not in page.words
    assert "••• 42" not in page.words
    for channel in ("email", "chat", "sms"):
        assert (await sent(town, path, channel, form)).status_code == 404
    assert await preference(town) == ["sms"]


async def test_a_mailbox_that_vera_answered_from_has_a_say(town: Town) -> None:
    await vera_asks_and_leaves(town, mailbox=True)
    await prefers(town, "email")
    await town.ada.answers("Yes, in 38.")
    await town.tick(40)
    (letter,) = town.post.to(VERA_MAIL)
    await town.answers_mail(letter, "Great")
    await town.tick(1)
    assert set((await opened(town, link_in(letter.words))).ways) == {"sms", "email", "chat"}


async def test_an_address_that_bounced_is_no_way_to_be_answered(town: Town) -> None:
    await vera_asks_and_leaves(town, mailbox=True)
    await prefers(town, "email")
    town.post.says("550 5.1.1 No such user")
    await town.ada.answers("Yes, in 38.")
    await town.tick(400)
    page = await opened(town, link_in(town.carrier.to(VERA_PHONE)[-1]))
    assert set(page.ways) == {"sms", "chat"}


async def _address(town: Town, value: str) -> AddressRow:
    (row,) = [each for each in await town.rows(AddressRow) if each.value == value]
    return row
