"""An answer that is too long for a text: Vera gets its beginning and a link to all of it."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest

from gateway.core.segments import segments
from gateway.services import thread_links
from gateway.services.addresses import CODE_LASTS
from gateway.store import people
from gateway.store.tx import Tx
from tests.integration.town.building import Town
from tests.integration.town.leaving import vera_asks_and_leaves
from tests.integration.town.outside import KEY
from tests.integration.town.townspeople import VERA_PHONE

LONG = "Wash the blue ones by hand – cold, please. They don’t like the machine. " * 30
LINK = re.compile(r"https://\S+/t/\S+")


async def texted(town: Town, words: str) -> str:
    """What Vera's phone shows of an answer."""
    await town.ada.answers(words)
    await town.tick(400)
    return town.carrier.to(VERA_PHONE)[-1]


async def speaks(town: Town, language: str) -> None:
    def work(tx: Tx) -> None:
        row = people.shopper(tx, town.store_id, town.vera.shopper_id)
        assert row is not None
        row.language = language
        tx.session.add(row)

    await town.house.store.write(work)


async def test_a_long_answer_begins_and_says_where_the_rest_is(town: Town) -> None:
    await vera_asks_and_leaves(town)
    text = await texted(town, LONG)
    counted = segments(text)
    assert (counted.encoding, counted.count) == ("gsm7", 3)
    beginning, _, rest = text.partition("... Read it all: ")
    assert beginning.startswith(
        "Ada at Acme: Wash the blue ones by hand - cold, please. They don't"
    )
    assert beginning.removeprefix("Ada at Acme: ") in LONG.replace("–", "-").replace("’", "'")
    assert beginning.split()[-1].strip(".,") in LONG.replace("’", "'").replace(".", "").split()
    link, stop = rest.split("\n")
    assert LINK.fullmatch(link)
    assert stop == "Reply STOP to end these texts."


async def test_the_link_of_a_long_answer_opens_its_conversation_once(town: Town) -> None:
    await vera_asks_and_leaves(town)
    found = LINK.search(await texted(town, LONG))
    assert found is not None
    token = urlsplit(found[0]).path.rpartition("/")[2]
    assert (await thread_links.look(town.house, KEY, token, None)).state == "ready"
    session = await thread_links.open_link(town.house, KEY, token, None)
    assert (await thread_links.look(town.house, KEY, token, session)).open


async def test_the_store_says_how_long_a_text_may_be(town: Town) -> None:
    await town.policy(sms_most_segments=5)
    await vera_asks_and_leaves(town)
    assert segments(await texted(town, LONG)).count == 5
    await town.policy(sms_most_segments=9_999)
    text = await texted(town, LONG)
    assert 1_550 < len(text) <= 1_600
    assert LINK.search(text)


async def test_a_link_that_leaves_no_room_for_words_is_not_sent_alone(town: Town) -> None:
    await town.policy(sms_most_segments=1)
    await vera_asks_and_leaves(town)
    await speaks(town, "ar")
    text = await texted(town, "هذه هي. " * 200)
    assert "هذه هي" in text
    assert LINK.search(text)
    bare = text.replace("هذه هي. ", "").replace("هذه هي", "")
    assert segments(text).count == segments(bare).count + 1


async def test_what_fits_is_not_cut(town: Town) -> None:
    await vera_asks_and_leaves(town)
    await texted(town, "Yes, in 38.")
    words = "It is on its way. " * 25
    assert segments(words).count == 3
    assert await texted(town, words) == words


@pytest.mark.parametrize(
    ("language", "more"), [("de", "... Alles lesen: "), ("ar", "… لقراءة الكل: ")]
)
async def test_the_way_to_the_rest_is_told_in_veras_language(
    town: Town, language: str, more: str
) -> None:
    await vera_asks_and_leaves(town)
    await speaks(town, language)
    text = await texted(town, "هذه هي. " * 200 if language == "ar" else LONG)
    assert more in text
    assert segments(text).count == 3


async def test_nothing_waits_at_the_phone_company_until_it_is_too_late(town: Town) -> None:
    """A text that comes after the mail that was sent in its stead says everything twice."""
    await town.policy(receipt_deadline=240, knock_wait=900)
    await town.vera.writes("Is the blue one back?")
    await town.vera.leaves_number()
    await town.vera.leaves()
    await town.ada.answers("Yes, in 38.")
    await town.tick(60)
    assert await town.text_in(VERA_PHONE, "Y") == 200
    await town.tick(60)
    knock, words = [each["ValidityPeriod"] for each in town.carrier.asked[-2:]]
    assert (knock, words) == ("900", "240")


async def test_a_code_waits_no_longer_than_it_is_good_for_and_a_confirmation_as_it_likes(
    town: Town,
) -> None:
    await town.vera.writes("Is the blue one back?")
    await town.vera.proves_number()
    assert await town.text_in(VERA_PHONE, "STOP") == 200
    await town.tick(60)
    code, stopped = town.carrier.asked
    assert code["ValidityPeriod"] == str(CODE_LASTS // 1_000_000)
    assert "ValidityPeriod" not in stopped


@pytest.mark.parametrize(("deadline", "told"), [(0, "6"), (99_999, "36000")])
async def test_a_span_that_the_phone_company_does_not_take_is_the_nearest_that_it_does(
    town: Town, deadline: int, told: str
) -> None:
    await town.policy(receipt_deadline=deadline)
    await vera_asks_and_leaves(town)
    await texted(town, "Yes, in 38.")
    assert town.carrier.asked[-1]["ValidityPeriod"] == told
    assert "SmartEncoded" not in town.carrier.asked[-1]
