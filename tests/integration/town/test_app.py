"""A store's own app takes part in the plan: told by signed webhook, and answering by one."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from gateway.services import app_setup, sessions
from gateway.store.tables import AddressRow, ConsentRow, InboundRow
from tests.integration.town.app_people import SENTENCE, USER, App, open_app
from tests.integration.town.app_service import DROPS, LOSES, Says
from tests.integration.town.building import ORIGIN, Town
from tests.integration.town.leaving import hops, vera_asks_and_leaves
from tests.integration.town.outside import BASE_URL, KEY
from tests.integration.town.townspeople import VERA_PHONE


@pytest.fixture
async def app(town: Town) -> AsyncIterator[App]:
    async with open_app(town) as opened:
        yield opened


async def ada_answers_vera_who_has_the_app(town: Town, app: App) -> None:
    await vera_asks_and_leaves(town)
    assert (await app.links()).status_code == 201
    await town.ada.answers("Yes, in 38.")
    await town.tick(60)


async def texts(town: Town) -> list[str]:
    """The words that went to Vera's phone by SMS; codes are none."""
    return town.carrier.to(VERA_PHONE)[1:]


# --- told --------------------------------------------------------------------------------------


async def test_vera_is_told_in_the_app_and_reads_there_so_nothing_is_texted(
    town: Town, app: App
) -> None:
    await ada_answers_vera_who_has_the_app(town, app)
    (told,) = app.service.to(USER)
    assert (await app.receipt(told["id"], "delivered")).status_code == 200
    assert (await app.receipt(told["id"], "read")).status_code == 200
    await town.tick(3_600)
    assert await hops(town) == [("app", "read")]
    assert await texts(town) == []


async def test_a_call_tells_where_the_answer_is_read_and_not_what_it_says(
    town: Town, app: App
) -> None:
    await ada_answers_vera_who_has_the_app(town, app)
    (told,) = app.service.to(USER)
    (delivery,) = [row for row in await town.vera.deliveries() if row.channel == "app"]
    assert delivery.handed_at is not None
    assert told == {
        "id": delivery.delivery_id,
        "store": KEY,
        "user": USER,
        "conversation": 1,
        "kind": "words",
        "title": "Acme: an answer from Ada",
        "url": told["url"],
        "unread": 1,
        "expires_at": delivery.handed_at // 1_000_000 + 600,
    }
    assert told["url"].startswith(f"{BASE_URL}/t/{KEY}/")
    page = await town.web.get(told["url"].removeprefix(BASE_URL))
    assert page.status_code == 200
    assert "in 38" not in str(told | {"url": "", "expires_at": 0, "id": ""})


async def test_a_store_that_asks_for_them_is_told_the_words(town: Town, app: App) -> None:
    await app_setup.name(town.house.store, town.house.secrets, KEY, with_words=True)
    await ada_answers_vera_who_has_the_app(town, app)
    await town.ada.answers("x" * 2_000)
    await town.tick(400)
    first, second = app.service.to(USER)
    assert first["words"] == "Yes, in 38."
    assert len(second["words"]) == 1_000
    assert second["words"].endswith("…")
    assert second["unread"] == 2


async def test_an_app_that_says_nothing_more_is_followed_by_a_text_after_ten_minutes(
    town: Town, app: App
) -> None:
    await ada_answers_vera_who_has_the_app(town, app)
    await town.tick(500)
    assert await hops(town) == [("app", "accepted")]
    await town.tick(120)
    assert await hops(town) == [("app", "accepted"), ("sms", "accepted")]


async def test_an_app_may_say_at_once_that_it_is_on_the_phone(town: Town, app: App) -> None:
    app.service.says(Says(200, b'{"state": "delivered"}'))
    await ada_answers_vera_who_has_the_app(town, app)
    await town.tick(3_600)
    assert await hops(town) == [("app", "delivered")]


async def test_a_notification_that_failed_is_followed_by_a_text_at_once(
    town: Town, app: App
) -> None:
    await ada_answers_vera_who_has_the_app(town, app)
    (told,) = app.service.to(USER)
    answer = await app.receipt(told["id"], "failed", words="Notifications are off.")
    assert answer.status_code == 200
    await town.tick(30)
    assert await hops(town) == [("app", "failed"), ("sms", "accepted")]
    reasons = await town.vera.reasons_of("send")
    assert "the store's app did not reach" in reasons[-1]


async def test_a_user_whom_the_app_does_not_know_any_more_is_texted_now_and_from_then_on(
    town: Town, app: App
) -> None:
    app.service.says(Says(410))
    await ada_answers_vera_who_has_the_app(town, app)
    assert await hops(town) == [("app", "failed"), ("sms", "accepted")]
    await town.ada.answers("And in 39.")
    await town.tick(700)
    assert [channel for channel, _ in await hops(town)] == ["app", "sms", "sms"]
    assert len(app.service.asked) == 1


async def test_a_user_who_is_linked_again_is_told_in_the_app_again(town: Town, app: App) -> None:
    app.service.says(Says(404))
    await ada_answers_vera_who_has_the_app(town, app)
    assert (await app.links()).status_code == 201
    await town.ada.answers("And in 39.")
    await town.tick(400)
    assert (await hops(town))[-1] == ("app", "accepted")


async def test_an_app_that_takes_nothing_of_ours_is_left_alone_and_vera_texted(
    town: Town, app: App
) -> None:
    app.service.says(Says(401))
    await ada_answers_vera_who_has_the_app(town, app)
    assert await hops(town) == [("app", "failed"), ("sms", "accepted")]
    (address,) = [row for row in await town.rows(AddressRow) if row.channel == "app"]
    assert address.failed_at is None


async def test_an_app_that_is_busy_is_tried_again_after_a_while(town: Town, app: App) -> None:
    app.service.says(Says(503))
    await ada_answers_vera_who_has_the_app(town, app)
    await town.tick(60)
    assert await hops(town) == [("app", "deferred"), ("app", "accepted")]
    assert len(app.service.to(USER)) == 1


@pytest.mark.parametrize("act", [DROPS, LOSES])
async def test_a_call_of_unknown_outcome_is_made_once_more_under_its_own_id(
    town: Town, app: App, act: str
) -> None:
    app.service.says(act)
    await ada_answers_vera_who_has_the_app(town, app)
    assert await hops(town) == [("app", "unknown")]
    await town.tick(16 * 60)
    assert await hops(town) == [("app", "unknown"), ("app", "accepted")]
    # Twice called, once shown: the app knows it by its id.
    assert len(set(app.service.asked)) == 1
    assert len(app.service.asked) == 2
    (told,) = app.service.to(USER)
    assert (await app.receipt(told["id"], "delivered")).status_code == 200
    assert await hops(town) == [("app", "delivered"), ("app", "delivered")]
    await town.tick(3_600)
    assert await texts(town) == []


async def test_a_receipt_tells_what_became_of_an_unknown_outcome(town: Town, app: App) -> None:
    app.service.says(DROPS)
    await ada_answers_vera_who_has_the_app(town, app)
    (told,) = app.service.to(USER)
    assert (await app.receipt(told["id"], "delivered")).status_code == 200
    await town.tick(3_600)
    assert await hops(town) == [("app", "delivered")]
    assert len(app.service.asked) == 1


async def test_what_vera_has_read_meanwhile_is_not_told_once_more(town: Town, app: App) -> None:
    app.service.says(LOSES)
    await ada_answers_vera_who_has_the_app(town, app)
    await town.vera.returns()
    await town.vera.sees()
    await town.tick(3_600)
    assert len(app.service.asked) == 1


async def test_a_redirect_is_not_followed_and_vera_is_texted(town: Town, app: App) -> None:
    app.service.says(Says(307, headers={"Location": app.service.base + "/elsewhere"}))
    await ada_answers_vera_who_has_the_app(town, app)
    assert await hops(town) == [("app", "failed"), ("sms", "accepted")]
    assert len(app.service.asked) == 1


async def test_an_address_on_our_own_network_is_not_called_unless_it_is_named(
    town: Town, app: App
) -> None:
    await app_setup.name(
        town.house.store, town.house.secrets, KEY, url="https://127.0.0.2/onethread"
    )
    await ada_answers_vera_who_has_the_app(town, app)
    assert await hops(town) == [("app", "failed"), ("sms", "accepted")]
    assert app.service.asked == []


async def test_a_store_that_gave_its_app_up_texts(town: Town, app: App) -> None:
    await vera_asks_and_leaves(town)
    await app.links()
    await app_setup.forget(town.house.store, KEY)
    await town.ada.answers("Yes, in 38.")
    await town.tick(60)
    assert await hops(town) == [("app", "failed"), ("sms", "accepted")]


async def test_quiet_hours_hold_for_the_app_as_for_push(town: Town, app: App) -> None:
    await town.policy(quiet={"app": "11:00-14:00"}, ladder=["app"])
    await ada_answers_vera_who_has_the_app(town, app)
    assert app.service.asked == []
    await town.tick(2 * 3_600)
    assert len(app.service.to(USER)) == 1


# --- who is who ----------------------------------------------------------------------------------


async def test_the_store_s_signature_proves_a_user_and_keeps_what_they_agreed_to(
    town: Town, app: App
) -> None:
    await vera_asks_and_leaves(town, number=False)
    answer = await app.links()
    assert (answer.status_code, answer.json()) == (201, {"linked": True, "fresh": True})
    (row,) = [each for each in await town.rows(AddressRow) if each.channel == "app"]
    assert (row.value, row.proof, row.person_id) == (USER, "signature", town.vera.shopper_id)
    held = [each for each in await town.rows(ConsentRow) if each.address_id == row.address_id]
    assert [(each.purpose, each.sentence, each.source) for each in held] == [
        ("support", SENTENCE, "signature")
    ]


async def test_a_user_who_is_linked_twice_is_linked_once(town: Town, app: App) -> None:
    await vera_asks_and_leaves(town, number=False)
    await app.links()
    answer = await app.links()
    assert (answer.status_code, answer.json()) == (200, {"linked": True, "fresh": False})
    assert len([each for each in await town.rows(ConsentRow) if each.source == "signature"]) == 1


async def test_a_user_of_one_shopper_is_not_made_another_s(town: Town, app: App) -> None:
    await vera_asks_and_leaves(town, number=False)
    await app.links()
    walt = await town.shopper()
    refused = await app.links(walt)
    assert refused.status_code == 409
    assert "another shopper" in refused.json()["message"]
    assert (await app.unlinks()).json() == {"linked": False, "was": True}
    assert (await app.links(walt)).status_code == 201


async def test_a_shopper_is_not_two_users(town: Town, app: App) -> None:
    await vera_asks_and_leaves(town, number=False)
    await app.links()
    refused = await app.links(user="customer-4712")
    assert refused.status_code == 409
    assert "another user" in refused.json()["message"]


async def test_who_is_unlinked_while_a_call_is_queued_is_texted_instead(
    town: Town, app: App
) -> None:
    await vera_asks_and_leaves(town)
    await app.links()
    await town.ada.answers("Yes, in 38.")
    await town.look(60)
    assert await hops(town) == [("app", "queued")]
    assert (await app.unlinks()).status_code == 200
    await town.tick(30)
    assert await hops(town) == [("app", "withdrawn"), ("sms", "accepted")]
    assert app.service.asked == []


async def test_unlinking_nobody_changes_nothing(town: Town, app: App) -> None:
    assert (await app.unlinks()).json() == {"linked": False, "was": False}
    assert await town.rows(ConsentRow) == [
        each for each in await town.rows(ConsentRow) if each.source == "operator"
    ]


async def test_a_reference_is_good_for_ten_minutes_and_for_its_own_store(
    town: Town, app: App
) -> None:
    await vera_asks_and_leaves(town, number=False)
    reference = app.reference()
    said = {"shopper": reference, "user": USER, "consent": True, "sentence": SENTENCE}
    for wrong in (reference[:-1] + ("a" if reference[-1] != "a" else "b"), "", "x", "a.b.1.c"):
        assert (await app.says("user", {**said, "shopper": wrong})).status_code == 400
    town.clock.move_ahead(601_000_000)
    late = await app.says("user", said)
    assert late.status_code == 400
    assert "run out" in late.json()["message"]


async def test_the_frame_on_our_own_origin_alone_learns_who_is_chatting(
    town: Town, app: App
) -> None:
    visit = await sessions.visit(town.house, KEY, None)
    asked = {"key": KEY, "session": visit.session}
    for origin in (ORIGIN, "null", None):
        headers = {"Origin": origin} if origin else {}
        refused = await town.web.post("/widget/reference", json=asked, headers=headers)
        assert refused.status_code == 403
    own = {"Origin": BASE_URL}
    nobody = await town.web.post("/widget/reference", json={"key": KEY}, headers=own)
    assert nobody.json() == {"reference": None}
    found = (await town.web.post("/widget/reference", json=asked, headers=own)).json()
    said = {"user": USER, "consent": True, "sentence": SENTENCE, "shopper": found["reference"]}
    assert (await app.says("user", said)).status_code == 201
    (row,) = [each for each in await town.rows(AddressRow) if each.channel == "app"]
    assert row.person_id == visit.shopper_id
    frame = await town.web.get("/widget/reference", params={"key": KEY})
    assert f"frame-ancestors {ORIGIN}" in frame.headers["Content-Security-Policy"]


# --- answers -------------------------------------------------------------------------------------


async def test_an_answer_from_the_notification_is_in_the_one_thread_exactly_once(
    town: Town, app: App
) -> None:
    await ada_answers_vera_who_has_the_app(town, app)
    (told,) = app.service.to(USER)
    for became in ("taken", "repeated", "repeated"):
        answer = await app.answers("38 please", in_reply_to=told["id"])
        assert answer.json() == {"state": became, "conversation": 1}
    assert await town.vera.said() == ["Is the blue one back?", "Yes, in 38.", "38 please"]
    entry = (await town.vera.entries())[-1]
    assert [row.channel for row in await town.vera.entries() if row.body == "38 please"] == ["app"]
    assert entry.seq == (await town.vera.conversation()).last_seq
    assert await hops(town) == [("app", "read")]


async def test_who_answers_from_the_app_is_answered_there_without_waiting_long(
    town: Town, app: App
) -> None:
    await ada_answers_vera_who_has_the_app(town, app)
    await app.answers("38 please")
    assert await hops(town) == [("app", "answered")]
    await town.ada.answers("It is yours.")
    await town.tick(20)
    assert len(app.service.to(USER)) == 2
    assert await texts(town) == []


async def test_an_answer_tells_that_a_call_of_unknown_outcome_had_arrived(
    town: Town, app: App
) -> None:
    app.service.says(DROPS)
    await ada_answers_vera_who_has_the_app(town, app)
    (told,) = app.service.to(USER)
    await app.answers("38 please", in_reply_to=told["id"])
    await town.tick(3_600)
    assert len(app.service.asked) == 1


async def test_the_same_id_with_other_words_is_refused(town: Town, app: App) -> None:
    await ada_answers_vera_who_has_the_app(town, app)
    await app.answers("38 please")
    refused = await app.answers("39 please")
    assert refused.status_code == 409
    assert await town.vera.said() == ["Is the blue one back?", "Yes, in 38.", "38 please"]


async def test_a_user_who_was_never_linked_says_nothing_here(town: Town, app: App) -> None:
    await ada_answers_vera_who_has_the_app(town, app)
    refused = await app.answers("Hello?", user="a stranger")
    assert refused.status_code == 404
    assert "linked to no shopper" in refused.json()["message"]
    assert await town.rows(InboundRow) == []


async def test_an_answer_to_what_went_to_somebody_else_is_still_said(town: Town, app: App) -> None:
    await ada_answers_vera_who_has_the_app(town, app)
    answer = await app.answers("38 please", in_reply_to="nothing-of-ours")
    assert answer.json()["state"] == "taken"
    assert (await town.vera.said())[-1] == "38 please"


async def test_stop_from_the_app_ends_it_and_start_gives_it_back(town: Town, app: App) -> None:
    await ada_answers_vera_who_has_the_app(town, app)
    assert (await app.answers("STOP")).json() == {"state": "stopped", "conversation": None}
    await town.ada.answers("And in 39.")
    await town.tick(700)
    assert len(app.service.to(USER)) == 1
    assert (await app.answers("START", id="answer-2")).json()["state"] == "started"
    await town.ada.answers("And in 40.")
    await town.tick(700)
    assert app.service.to(USER)[1:]


# --- what is malformed or forged ---------------------------------------------------------------


@pytest.mark.parametrize("path", ["receipt", "message", "user"])
@pytest.mark.parametrize(
    "raw",
    [b"", b"null", b"[]", b"{", b'{"user": 7}', b"\xff\xfe", b'{"user": "\\ud83d"}', b"[" * 9_000],
    ids=["nothing", "null", "a list", "half", "a number", "no text", "half a character", "deep"],
)
async def test_whatever_is_posted_the_answer_is_a_clear_refusal(
    town: Town, app: App, path: str, raw: bytes
) -> None:
    for method in ("POST", "DELETE") if path == "user" else ("POST",):
        answer = await app.says(path, None, raw=raw, method=method)
        assert answer.status_code == 400, answer.text
        assert answer.json()["message"]


@pytest.mark.parametrize(
    ("path", "said", "names"),
    [
        ("receipt", {"delivery": "x", "state": "eaten"}, "state"),
        ("receipt", {"delivery": "x\x00", "state": "read"}, "delivery"),
        ("message", {"user": USER, "text": "  ", "id": "1"}, "words"),
        ("message", {"user": USER, "text": "a\x00b", "id": "1"}, "text"),
        ("message", {"user": "", "text": "hi", "id": "1"}, "user"),
        ("message", {"user": "x" * 201, "text": "hi", "id": "1"}, "user"),
        ("message", {"user": USER, "text": "x" * 10_001, "id": "1"}, "text"),
        ("message", {"user": USER, "text": "hi", "id": "1", "more": 1}, "more"),
        ("user", {"shopper": "x", "user": USER, "consent": False, "sentence": "S"}, "consent"),
        ("user", {"shopper": "x", "user": USER, "consent": True, "sentence": ""}, "sentence"),
    ],
)
async def test_a_wrong_field_is_named(
    town: Town, app: App, path: str, said: dict[str, object], names: str
) -> None:
    answer = await app.says(path, said)
    assert answer.status_code == 400
    assert names in answer.json()["message"]


async def test_what_the_store_did_not_sign_is_refused(town: Town, app: App) -> None:
    await ada_answers_vera_who_has_the_app(town, app)
    other = "whsec_" + "A" * 43 + "="
    said = {"user": USER, "text": "hi", "id": "1"}
    assert (await app.says("message", said, secret=other)).status_code == 403
    assert (await app.says("message", said, late=301)).status_code == 403
    bare = await town.web.post(f"/hooks/app/{KEY}/message", json=said)
    assert bare.status_code == 400
    nowhere = await town.web.post("/hooks/app/pk_nobody/message", json=said)
    assert nowhere.status_code == 404
    assert await town.vera.said() == ["Is the blue one back?", "Yes, in 38."]


async def test_a_receipt_of_nothing_of_ours_is_refused_and_a_repeat_changes_nothing(
    town: Town, app: App
) -> None:
    await ada_answers_vera_who_has_the_app(town, app)
    assert (await app.receipt("nothing", "read")).status_code == 404
    by_text = next(row for row in await town.vera.deliveries() if row.channel == "sms")
    assert (await app.receipt(by_text.delivery_id, "read")).status_code == 404
    (told,) = app.service.to(USER)
    for _ in range(2):
        assert (await app.receipt(told["id"], "delivered", name="same")).status_code == 200
    assert (await app.receipt(told["id"], "failed")).status_code == 200
    assert await hops(town) == [("app", "delivered")]


async def test_while_a_secret_is_replaced_both_are_believed_and_both_sign(
    town: Town, app: App
) -> None:
    old = app.service.secret
    new = (await app_setup.rotate(town.house.store, town.house.secrets, KEY)).secret
    assert new is not None
    await ada_answers_vera_who_has_the_app(town, app)
    assert len(app.service.marks[0].split()) == 2
    (told,) = app.service.to(USER)
    assert (await app.receipt(told["id"], "delivered", secret=old)).status_code == 200
    assert (await app.receipt(told["id"], "read", secret=new)).status_code == 200
    await app_setup.settle(town.house.store, KEY)
    assert (await app.receipt(told["id"], "read", secret=old)).status_code == 403
    app.service.secret = new
    await town.ada.answers("And in 39.")
    await town.tick(400)
    assert len(app.service.to(USER)) == 2
