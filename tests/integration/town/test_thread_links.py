"""The link in a message: Vera reads on where she opens it, and nobody else does."""

from __future__ import annotations

from urllib.parse import urlsplit

import httpx2
import pytest

from gateway.auth.tokens import seal
from gateway.clock import DAY
from gateway.errors import NotFound
from gateway.services import conversations, sessions, setup, thread_links
from gateway.services.thread_links import LASTS, thread_link
from gateway.store.tables import AddressRow, DeliveryRow
from gateway.web.panel import cookie_name
from tests.behaviours import behaviour
from tests.integration.town.building import MAILBOX, Town
from tests.integration.town.leaving import vera_asks_and_leaves
from tests.integration.town.letters import mail
from tests.integration.town.outside import BASE_URL, KEY
from tests.integration.town.townspeople import VERA_MAIL


async def delivered(town: Town) -> DeliveryRow:
    """Vera asked, left her mailbox and the page; Ada's answer went there."""
    await vera_asks_and_leaves(town, number=False, mailbox=True)
    await town.ada.answers("Yes, in 38.")
    await town.tick(60)
    return [row for row in await town.vera.deliveries() if row.form == "words"][-1]


def path_of(town: Town, row: DeliveryRow) -> str:
    key = town.house.secrets[0]
    link = thread_link(BASE_URL, KEY, key, store_id=row.store_id, delivery_id=row.delivery_id)
    return urlsplit(link).path


async def press(
    town: Town, path: str, *, cookie: str | None = None, origin: str | None = BASE_URL
) -> httpx2.Response:
    """The page's button, as a browser sends it."""
    headers = {"Origin": origin} if origin is not None else {}
    town.web.cookies.clear()  # each request is another browser's, unless it says its cookie
    if cookie is not None:
        headers["Cookie"] = f"{cookie_name(KEY)}={cookie}"
    return await town.web.post(path, headers=headers)


async def look(town: Town, path: str, cookie: str | None = None) -> httpx2.Response:
    town.web.cookies.clear()
    headers = {"Cookie": f"{cookie_name(KEY)}={cookie}"} if cookie is not None else {}
    return await town.web.get(path, headers=headers)


def session_in(answer: httpx2.Response) -> str:
    """What the browser keeps."""
    name, _, rest = answer.headers["set-cookie"].partition("=")
    assert name == cookie_name(KEY)
    return str(rest.partition(";")[0])


@behaviour(31)
async def test_vera_opens_the_link_on_her_phone_and_is_herself_there(town: Town) -> None:
    path = path_of(town, await delivered(town))
    page = await look(town, path)
    assert (page.status_code, "Open the conversation" in page.text) == (200, True)
    answer = await press(town, path)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/t/{KEY}")
    session = session_in(answer)
    shown = await look(town, f"/t/{KEY}", session)
    assert shown.status_code == 200
    assert '"alone": true' in shown.text
    assert "frame-ancestors 'none'" in shown.headers["content-security-policy"]
    visit = await sessions.visit(town.house, KEY, session)
    assert (visit.shopper_id, visit.known) == (town.vera.shopper_id, True)


@behaviour(31)
async def test_a_used_link_shows_nothing_on_another_device_and_still_leads_her_in_on_hers(
    town: Town,
) -> None:
    path = path_of(town, await delivered(town))
    session = session_in(await press(town, path))
    elsewhere = await look(town, path)
    assert elsewhere.status_code == 410
    assert "used already" in elsewhere.text
    assert "in 38" not in elsewhere.text
    again = await press(town, path)
    assert again.status_code == 410
    assert "set-cookie" not in again.headers
    at_home = await look(town, path, session)
    assert (at_home.status_code, at_home.headers["location"]) == (303, f"/t/{KEY}")
    assert session_in(await press(town, path, cookie=session)) == session


async def test_a_mail_scanner_that_follows_the_link_uses_nothing_up(town: Town) -> None:
    path = path_of(town, await delivered(town))
    for _ in range(3):
        assert (await look(town, path)).status_code == 200
    assert (await press(town, path)).status_code == 303


@behaviour(31)
async def test_a_link_that_is_too_old_shows_nothing(town: Town) -> None:
    path = path_of(town, await delivered(town))
    town.clock.move_ahead(LASTS + DAY)
    page = await look(town, path)
    assert (page.status_code, "too old" in page.text) == (410, True)
    assert (await press(town, path)).status_code == 410


async def test_a_link_that_is_cut_forged_or_for_another_purpose_says_the_same(town: Town) -> None:
    row = await delivered(town)
    path = path_of(town, row)
    other = seal(town.house.secrets[0], "preference link", row.store_id, row.delivery_id)
    forged = path[:-1] + ("3" if path.endswith("2") else "2")
    for wrong in (path[:-1], forged, f"/t/{KEY}/{row.delivery_id}{other}", f"/t/{KEY}/x"):
        page = await look(town, wrong)
        assert (page.status_code, "does not work" in page.text) == (404, True)
        assert (await press(town, wrong)).status_code == 404
    assert (await look(town, path.replace(KEY, "pk_nobody"))).status_code == 404
    assert (await look(town, "/t/pk_nobody")).status_code == 404


async def test_without_a_session_the_conversation_is_shown_to_nobody(town: Town) -> None:
    path = path_of(town, await delivered(town))
    await press(town, path)
    for cookie in (None, "made-up"):
        page = await look(town, f"/t/{KEY}", cookie)
        assert (page.status_code, "does not work" in page.text) == (404, True)


async def test_another_shops_page_cannot_press_the_button(town: Town) -> None:
    path = path_of(town, await delivered(town))
    for origin in ("https://evil.example", "null"):
        assert (await press(town, path, origin=origin)).status_code == 404
    assert (await press(town, path)).status_code == 303


async def test_after_a_stop_the_link_opens_nothing(town: Town) -> None:
    path = path_of(town, await delivered(town))
    await town.mail_in(mail("STOP", From=VERA_MAIL, To=MAILBOX), MAILBOX)
    await town.tick(1)
    assert (await look(town, path)).status_code == 404
    assert (await press(town, path)).status_code == 404


async def test_opening_proves_her_mailbox_for_this_conversation_as_an_answer_would(
    town: Town,
) -> None:
    row = await delivered(town)
    await press(town, path_of(town, row))
    (address,) = [each for each in await town.rows(AddressRow) if each.value == VERA_MAIL]
    assert (address.proof, address.proven_in) == ("link", row.conversation_id)
    assert [town.data_of(each)["what"] for each in await town.vera.events("address")] == [
        "left",
        "proven",
    ]


async def test_what_an_answer_proved_for_an_old_conversation_opens_no_newer_one(
    town: Town,
) -> None:
    row = await delivered(town)
    await conversations.resolve(town.house, row.store_id, row.conversation_id, town.ada.agent_id)
    town.clock.move_ahead(10 * DAY)
    await town.vera.writes("And the red one?")
    assert (await town.vera.conversation()).conversation_id != row.conversation_id
    assert (await look(town, path_of(town, row))).status_code == 404


async def test_the_link_of_one_store_opens_nothing_in_another(town: Town) -> None:
    row = await delivered(town)
    other = setup.NewStore(key="pk_town_other", name="Other", origins=("https://other.example",))
    await setup.ensure_store(town.house.store, other)
    path = path_of(town, row).replace(KEY, "pk_town_other")
    assert (await look(town, path)).status_code == 404
    with pytest.raises(NotFound):
        await thread_links.open_link(town.house, "pk_town_other", path.rpartition("/")[2], None)
