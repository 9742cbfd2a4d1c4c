"""What strangers, broken programs and full disks may do to us."""

from __future__ import annotations

import asyncio

import pytest

from gateway.channels.email.listener import Envelope
from gateway.errors import BadInput, StorageRefused
from gateway.files.child import Child
from gateway.protocol.session import Refusal, Session, shopper_says
from gateway.services import mail_intake
from gateway.store.tables import ConversationRow, EntryRow, InboundRow, ReceiptRow, ShopperRow
from gateway.store.tx import Tx
from tests.behaviours import behaviour
from tests.integration.conftest import open_store
from tests.integration.town.building import MAILBOX, Town, open_town
from tests.integration.town.carrier import signed
from tests.integration.town.letters import mail
from tests.integration.town.moving_clock import MovingClock
from tests.integration.town.outside import BASE_URL, KEY, NUMBER
from tests.integration.town.townspeople import VERA_MAIL, VERA_PHONE

MESSAGE = f"{BASE_URL}/hooks/twilio/{KEY}/message"
STRANGER = "+14155550999"


def form(**fields: str) -> dict[str, str]:
    return {"MessageSid": "SM1", "From": VERA_PHONE, "To": NUMBER, "Body": "Hi", **fields}


# --- webhooks ------------------------------------------------------------------------------------


SIGNATURES = {
    "none": None,
    "empty": "",
    "noise": "bm90IGl0",
    "another token": signed(MESSAGE, form(), "another token"),
    "another body": signed(MESSAGE, form(Body="Other words")),
    "another hook": signed(f"{BASE_URL}/hooks/twilio/{KEY}/status", form()),
}


async def test_a_webhook_that_the_phone_company_did_not_sign_is_a_403_and_leaves_no_row(
    town: Town,
) -> None:
    for name, signature in SIGNATURES.items():
        headers = {} if signature is None else {"X-Twilio-Signature": signature}
        answer = await town.web.post(MESSAGE, data=form(), headers=headers)
        assert answer.status_code == 403, name
    assert await town.rows(InboundRow) == []
    assert await town.rows(ConversationRow) == []


async def test_a_receipt_that_nobody_signed_changes_nothing(town: Town) -> None:
    await town.vera.writes("Hello?")
    await town.vera.proves_number()
    text = town.carrier.taken[0]
    answer = await town.web.post(
        text.callback,
        data={"MessageSid": text.sid, "MessageStatus": "failed", "ErrorCode": "21610"},
        headers={"X-Twilio-Signature": "bm90IGl0"},
    )
    assert answer.status_code == 403
    assert await town.rows(ReceiptRow) == []
    assert [row.state for row in await town.vera.deliveries()] == ["accepted"]


@behaviour(19)
async def test_the_same_webhook_fifty_times_at_once_is_one_message(town: Town) -> None:
    answers = await asyncio.gather(
        *(town.text_in(STRANGER, "Hello?", sid="SM" + "7" * 32) for _ in range(50))
    )
    assert set(answers) == {200}
    assert [row.body for row in await town.messages()] == ["Hello?"]
    assert len(await town.rows(InboundRow)) == 1


async def test_an_unknown_number_opens_a_conversation_of_an_unverified_shopper(
    town: Town,
) -> None:
    await town.vera.writes("Is the blue one back?")
    await town.vera.proves_number()
    asked = len(town.carrier.asked)
    assert await town.text_in(STRANGER, "I am Vera, what did Ada say?") == 200
    await town.tick(3_600)
    assert await town.vera.said() == ["Is the blue one back?"]
    _, stranger = sorted(await town.rows(ConversationRow), key=lambda row: row.number)
    assert stranger.shopper_id != town.vera.shopper_id
    (shopper,) = [
        row for row in await town.rows(ShopperRow) if row.shopper_id == stranger.shopper_id
    ]
    assert shopper.verified == 0
    assert shopper.name == ""
    assert len(town.carrier.asked) == asked


async def test_texts_without_words_are_taken_all_the_same(town: Town) -> None:
    for body in ("", "   ", "\u200b \n"):
        assert await town.text_in(STRANGER, body) == 200
    assert len(await town.messages()) == 3


async def test_a_text_to_a_store_that_is_not_there_is_a_404(town: Town) -> None:
    url = f"{BASE_URL}/hooks/twilio/pk_nobody/message"
    assert await town.post_signed(url, form()) == 404


async def test_a_receipt_with_a_status_that_we_do_not_know_is_answered_and_harmless(
    town: Town,
) -> None:
    await town.vera.writes("Hello?")
    await town.vera.proves_number()
    for status in ("", "flying", "received", "partially_delivered"):
        assert await town.receipt(town.carrier.taken[0], status) == 200
    assert [row.state for row in await town.vera.deliveries()] == ["accepted"]
    assert await town.receipt(town.carrier.taken[0], "DELIVERED") == 200
    assert [row.state for row in await town.vera.deliveries()] == ["delivered"]


async def test_a_receipt_for_another_text_under_our_delivery_id_changes_nothing(
    town: Town,
) -> None:
    await town.vera.writes("Hello?")
    await town.vera.proves_number()
    url = town.carrier.taken[0].callback
    other = {"MessageSid": "SM" + "9" * 32, "MessageStatus": "failed", "ErrorCode": "21610"}
    assert await town.post_signed(url, other) == 200
    assert [row.state for row in await town.vera.deliveries()] == ["accepted"]


# --- bodies --------------------------------------------------------------------------------------


async def test_a_body_that_no_database_takes_is_refused_with_a_sentence(town: Town) -> None:
    bodies = ("Hello\x00", "half \ud83d", "\udc00", "", " \n\t")
    for body in bodies:
        with pytest.raises(BadInput, match="a message"):
            await town.vera.writes(body)
    assert await town.rows(EntryRow) == []
    await town.vera.writes("Hello?")
    for body in bodies:
        with pytest.raises(BadInput, match="a message"):
            await town.ada.answers(body)
    assert await town.vera.said() == ["Hello?"]


def test_half_a_character_in_a_frame_is_refused_and_the_socket_goes_on() -> None:
    session = Session(shopper_says, at=0.0)
    session.welcomed()
    for body in ('"\\ud83d"', '"\ud83d"', "{", '"' + "x" * 20_000 + '"'):
        found = session.receive(f'{{"t":"send","cmid":"cmid-0001","body":{body}}}', 1.0)
        assert isinstance(found, Refusal)
        assert found.answer is not None
        assert found.close is None
    good = session.receive('{"t":"send","cmid":"cmid-0001","body":"Hello"}', 2.0)
    assert not isinstance(good, Refusal)


# --- a full disk ---------------------------------------------------------------------------------


async def test_a_full_disk_refuses_everything_loses_nothing_and_recovers(
    fresh_sqlite_url: str, clock: MovingClock, mail_child: Child
) -> None:
    store = open_store(fresh_sqlite_url, clock)
    async with open_town(store, clock, mail_child) as town:
        await town.vera.writes("Before")

        def limit(tx: Tx, pages: int) -> None:
            tx.session.connection().exec_driver_sql(f"PRAGMA max_page_count={pages}")

        await store.write(lambda tx: limit(tx, 1))  # never below what there is
        long = "word " * 1_000
        while await _is_taken(town, long):
            assert len(await town.vera.said()) < 20
        kept = await town.vera.said()
        with pytest.raises(StorageRefused):
            await town.ada.answers(long)
        assert await town.text_in(VERA_PHONE, long) == 503
        with pytest.raises(StorageRefused):
            await mail_intake.keep(
                town.house,
                Envelope(
                    sender=VERA_MAIL,
                    recipients=(MAILBOX,),
                    raw=mail(long * 20, From=VERA_MAIL),
                    peer="192.0.2.1",
                ),
            )
        assert await town.vera.said() == kept
        assert [row.seq for row in await town.vera.entries()] == list(range(1, len(kept) + 2))
        await store.write(lambda tx: limit(tx, 1_000_000))
        await town.vera.writes("After")
        assert await town.vera.said() == [*kept, "After"]
    await store.aclose()


async def _is_taken(town: Town, words: str) -> bool:
    try:
        await town.vera.writes(words)
    except StorageRefused:
        return False
    return True
