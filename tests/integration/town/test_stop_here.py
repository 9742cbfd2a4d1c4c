"""Vera wants no more e-mails about one conversation, and takes that back."""

from __future__ import annotations

import re
from urllib.parse import urlencode

import httpx2
import pytest

from gateway.clock import SECOND
from gateway.protocol.frames import Wish
from gateway.services import addresses, conversations, overriding, preferring
from gateway.services.conversation_stops import FORM_LASTS
from gateway.store.tables import AddressRow, ConversationStopRow, FactRow
from gateway.store.tx import unpack
from tests.integration.town.building import Town
from tests.integration.town.leaving import hops, vera_asks_and_leaves
from tests.integration.town.outside import BASE_URL, KEY
from tests.integration.town.post_office import Letter
from tests.integration.town.townspeople import VERA_MAIL

ONE_CLICK = {"List-Unsubscribe": "One-Click"}
FORM = re.compile(r'name="form" value="([^"]+)"')


async def mailed(town: Town, *, number: bool = False) -> Letter:
    """Vera's mail, and the way out of these mails that its header names."""
    await vera_asks_and_leaves(town, number=number, mailbox=True)
    await preferring.prefer(town.house, town.store_id, town.vera.shopper_id, ["email"], "widget")
    await town.ada.answers("Yes, in 38.")
    await town.tick(40)
    return town.post.to(VERA_MAIL)[-1]


def way_out(letter: Letter) -> str:
    """The path of the header's one link."""
    return letter.head("List-Unsubscribe").strip("<>").removeprefix(BASE_URL)


async def posts(
    town: Town, path: str, form: dict[str, str], origin: str | None = None
) -> httpx2.Response:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    if origin is not None:
        headers["Origin"] = origin
    return await town.web.post(path, content=urlencode(form), headers=headers)


async def stops(town: Town) -> list[bool]:
    return [row.stopped_at is not None for row in await town.rows(ConversationStopRow)]


async def told(town: Town) -> list[str]:
    return [town.data_of(each)["what"] for each in await town.vera.events("consent")]


async def test_a_mail_program_stops_these_mails_with_one_click_and_without_cookies(
    town: Town,
) -> None:
    """RFC 8058 section 3.2: a POST with nothing but the link and this one pair."""
    path = way_out(await mailed(town))
    for _ in range(2):
        answer = await posts(town, path, ONE_CLICK, origin="https://mail.example")
        assert answer.status_code == 303
        assert "set-cookie" not in answer.headers
    await town.ada.answers("And in 39.")
    await town.tick(3_600)
    assert len(town.post.to(VERA_MAIL)) == 1
    assert (await town.vera.reach()).state == "unreachable"
    (way,) = (await town.vera.why()).considered
    assert way["verdict"] == "stopped_here"
    assert way["sentence"] == "Shopper #1 wants nothing of this conversation here"
    assert await told(town) == ["stopped_here"]
    (entry,) = await town.vera.events("consent")
    assert (entry.audience, town.data_of(entry)["to"]) == ("staff", "v•••@shopper.example")
    (fact,) = [each for each in await town.rows(FactRow) if each.kind == "stopped_here"]
    assert unpack(fact.data)["stopped"] is True


async def test_looking_changes_nothing_however_often_scanners_follow_the_link(town: Town) -> None:
    path = way_out(await mailed(town))
    for method in ("GET", "HEAD"):
        answer = await town.web.request(method, path)
        assert answer.status_code == 200
    page = await town.web.get(path)
    assert "Stop e-mails about this chat?" in page.text
    assert page.headers["x-robots-tag"] == "noindex, nofollow"
    assert "script" not in page.text
    assert "in 38" not in page.text
    assert await stops(town) == []


async def test_the_other_ways_to_vera_stay_open(town: Town) -> None:
    path = way_out(await mailed(town, number=True))
    await posts(town, path, ONE_CLICK)
    await town.tick(400)
    await town.ada.answers("And in 39.")
    await town.tick(400)
    assert (await hops(town))[-1] == ("sms", "accepted")
    assert len(town.post.to(VERA_MAIL)) == 1


async def test_a_mail_that_was_queued_is_not_sent_any_more(town: Town) -> None:
    path = way_out(await mailed(town, number=True))
    await town.tick(400)
    await town.ada.answers("And in 39.")
    await town.look(after=31)
    assert (await hops(town))[-1] == ("email", "queued")
    await posts(town, path, ONE_CLICK)
    await town.tick(1)
    assert (await hops(town))[-2:] == [("email", "superseded"), ("sms", "accepted")]


async def test_another_conversation_is_still_brought_by_mail(town: Town) -> None:
    path = way_out(await mailed(town))
    await posts(town, path, ONE_CLICK)
    conversation = await town.vera.conversation()
    await conversations.resolve(
        town.house, town.store_id, conversation.conversation_id, town.ada.agent_id
    )
    await town.tick(31 * 24 * 3_600)
    await town.vera.writes("Another thing: do you mend them?")
    await town.vera.leaves()
    assert (await town.vera.conversation()).number == 2
    await town.ada.answers("We do.")
    await town.tick(400)
    assert "We do." in town.post.to(VERA_MAIL)[-1].words


async def test_vera_takes_it_back_by_the_pages_own_form_and_is_mailed_again(town: Town) -> None:
    path = way_out(await mailed(town))
    await posts(town, path, ONE_CLICK)
    await town.ada.answers("And in 39.")
    await town.tick(400)
    page = (await town.web.get(path)).text
    assert "E-mails about this chat are off" in page
    form = FORM.search(page)
    assert form is not None
    answer = await posts(town, path, {"form": form.group(1)}, origin=BASE_URL)
    assert answer.status_code == 303
    assert "come by e-mail again" in (await town.web.get(path + answer.headers["location"])).text
    await town.tick(400)
    assert "And in 39." in town.post.to(VERA_MAIL)[-1].words
    assert await told(town) == ["stopped_here", "started_here"]


async def test_only_the_page_itself_takes_it_back_and_only_for_hours(town: Town) -> None:
    path = way_out(await mailed(town))
    await posts(town, path, ONE_CLICK)
    form = FORM.search((await town.web.get(path)).text)
    assert form is not None
    own = {"form": form.group(1)}
    for given, origin in (
        ({}, BASE_URL),
        ({"form": "0.aaaaaaaaaaaaaaaa"}, BASE_URL),
        ({"form": form.group(1)[:-1] + "1"}, BASE_URL),
        (own, "https://evil.example"),
        (own, "null"),
    ):
        assert (await posts(town, path, given, origin)).status_code == 404
    town.clock.move_ahead(FORM_LASTS + SECOND)
    late = await posts(town, path, own, BASE_URL)
    assert late.status_code == 409
    assert "This page was open for a long time" in late.text
    assert await stops(town) == [True]
    fresh = FORM.search(late.text)
    assert fresh is not None
    assert (await posts(town, path, {"form": fresh.group(1)}, BASE_URL)).status_code == 303
    assert await stops(town) == [False]


@pytest.mark.parametrize("spoilt", ["cut", "other conversation", "other store", "nonsense"])
async def test_whatever_is_wrong_with_the_link_reads_the_same(town: Town, spoilt: str) -> None:
    path = way_out(await mailed(town))
    wrong = {
        "cut": path[:-1],
        "other conversation": re.sub(r"-(\w)(\w{25})-", r"-z\2-", path),
        "other store": path.replace(KEY, "pk_other"),
        "nonsense": f"/stop/{KEY}/x",
    }[spoilt]
    assert wrong != path
    looked, posted = await town.web.get(wrong), await posts(town, wrong, ONE_CLICK)
    assert (looked.status_code, posted.status_code) == (404, 404)
    assert "This link does not work any more" in looked.text
    assert looked.text == posted.text
    assert await stops(town) == []


async def test_vera_who_asks_for_mail_again_in_the_panel_is_mailed_again(town: Town) -> None:
    path = way_out(await mailed(town))
    await posts(town, path, ONE_CLICK)
    await town.vera.returns()
    await addresses.leave(
        town.house,
        town.store_id,
        town.vera.shopper_id,
        channel="email",
        typed=VERA_MAIL,
        sentence_id="email.support.en.1",
    )
    assert await stops(town) == [False]
    await posts(town, path, ONE_CLICK)
    await preferring.prefer(town.house, town.store_id, town.vera.shopper_id, ["email"], "widget")
    assert await stops(town) == [False]
    assert await told(town) == ["stopped_here", "started_here"] * 2


async def test_an_agents_wish_does_not_get_past_it(town: Town) -> None:
    letter = await mailed(town)
    await posts(town, way_out(letter), ONE_CLICK)
    await town.ada.answers("And in 39.")
    conversation = await town.vera.conversation()
    (address,) = [each for each in await town.rows(AddressRow) if each.value == VERA_MAIL]
    await overriding.override(
        town.house,
        town.store_id,
        conversation.conversation_id,
        town.ada.agent_id,
        Wish(kind="now", address_id=address.address_id),
    )
    await town.tick(3_600)
    assert len(town.post.to(VERA_MAIL)) == 1
