"""The mails that Vera gets: what they say, in whose words, and what their headers ask for."""

from __future__ import annotations

import html
import io
import re

import pytest
from PIL import Image

from gateway.channels.email.quoting import visible_reply
from gateway.errors import BadInput, Conflict, Forbidden
from gateway.services import mail_settings
from gateway.services.addresses import prove
from gateway.services.house import Change
from gateway.services.tongues import CATALOGUES, LANGUAGES
from gateway.store import house as houses
from gateway.store import people
from gateway.store.tables import ShopperRow, StoreRow
from gateway.store.tx import Tx
from tests.integration.town.building import ADA_MAIL, Town
from tests.integration.town.leaving import vera_asks_and_leaves
from tests.integration.town.outside import BASE_URL
from tests.integration.town.post_office import Letter
from tests.integration.town.townspeople import VERA_MAIL, VERA_PHONE


def html_of(letter: Letter) -> str:
    body = letter.mail.get_body(("html",))
    assert body is not None
    return str(body.get_content())


def plain(letter: Letter) -> str:
    """The text, its lines ended as Python ends them."""
    return "\n".join(letter.words.splitlines())


def seen_in(letter: Letter) -> str:
    """What somebody sees of the HTML."""
    without = re.sub(r"<(style|title)>.*?</\1>|<!--.*?-->", "", html_of(letter), flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", without)).split())


async def proves_her_mailbox(town: Town) -> None:
    """So that it may be shown what was said before she left it."""

    def work(change: Change) -> None:
        (row,) = people.addresses_of(change.tx, town.store_id, "shopper", town.vera.shopper_id)
        prove(change, row, "code", None)

    await town.house.change(work)


async def mailed(
    town: Town, *answers: str, language: str | None = None, proven: bool = False
) -> Letter:
    """Vera asked, left her mailbox and left; Ada answered, and the mail has gone out."""
    await vera_asks_and_leaves(town, number=False, mailbox=True)
    if proven:
        await proves_her_mailbox(town)
    if language is not None:
        await speaks(town, language)
    for words in answers or ("Yes, in 38.",):
        await town.ada.answers(words)
    await town.tick(40)
    return town.post.to(VERA_MAIL)[-1]


async def speaks(town: Town, language: str) -> None:
    """Vera's widget speaks this language."""

    def work(tx: Tx) -> None:
        row = tx.session.get(ShopperRow, (town.store_id, town.vera.shopper_id))
        assert row is not None
        row.language = language
        tx.session.add(row)

    await town.house.store.write(work)


@pytest.fixture(autouse=True)
async def _ada_owns_the_shop(town: Town) -> None:
    def work(tx: Tx) -> None:
        row = houses.agent(tx, town.ada.agent_id)
        row.owner = 1
        tx.session.add(row)

    await town.house.store.write(work)


async def says(town: Town, **parts: str) -> None:
    """The owner puts words of the shop's own into its English mails."""
    now = await mail_settings.current(town.house, town.store_id, town.ada.agent_id)
    await mail_settings.change(
        town.house,
        town.store_id,
        town.ada.agent_id,
        {"en": parts},
        dict(now["words"]),  # type: ignore[call-overload]
    )


# --- what it says --------------------------------------------------------------------------------


async def test_a_mail_says_the_same_in_text_and_in_html(town: Town) -> None:
    letter = await mailed(town, "Yes, in 38.", "Shall I put one aside? <b>&", proven=True)
    shown = seen_in(letter)
    for words in (
        "Yes, in 38.",
        "Shall I put one aside? <b>&",
        "Is the blue one back?",
        "Reply above this line",
        "Continue in the chat",
        "Choose where we answer",
        "Stop e-mails about this chat",
        "answer with the one word STOP",
    ):
        assert words in letter.words, words
        assert words in shown, words
    assert "Ada, 12:0" in letter.words
    assert re.search(r"Ada · 12:0\d", shown)


async def test_one_answer_stands_at_the_top_of_the_text_as_it_was_written(town: Town) -> None:
    letter = await mailed(town, "Yes, in 38.\n\nAnd in 39.")
    assert plain(letter).startswith("Yes, in 38.\n\nAnd in 39.\n\n— Reply above")


async def test_the_button_opens_the_thread_and_each_link_of_the_html_is_in_the_text(
    town: Town,
) -> None:
    letter = await mailed(town)
    links = set(re.findall(r'href="([^"]*)"', html_of(letter)))
    assert len(links) == 3
    assert {each.removeprefix(BASE_URL).split("/")[1] for each in links} == {"t", "p", "stop"}
    assert all(each in letter.words for each in links)


async def test_nothing_in_the_html_is_loaded_from_anywhere(town: Town) -> None:
    shown = html_of(await mailed(town))
    assert not re.search(r"<(img|link|script|iframe|video)|url\(|@import|background=", shown)


async def test_an_address_that_ada_wrote_can_be_tapped_and_is_no_script(town: Town) -> None:
    letter = await mailed(town, 'See https://acme.example/blue?a=1&b="><script>x</script>')
    shown = html_of(letter)
    assert 'href="https://acme.example/blue?a=1&amp;b=' in shown
    assert "<script" not in shown


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_small_print_is_in_veras_language(town: Town, language: str) -> None:
    letter = await mailed(town, language=language, proven=True)
    words = CATALOGUES[language]
    shown = html_of(letter)
    assert f'lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}"' in shown
    for name in ("continue", "choose", "stop_here", "earlier", "you"):
        assert words[name] in letter.words
        assert html.escape(words[name]) in shown


@pytest.mark.parametrize("language", LANGUAGES)
async def test_what_vera_answers_above_the_line_is_all_that_is_taken(
    town: Town, language: str
) -> None:
    """Whatever her mail program puts around the quote, or does not."""
    letter = await mailed(town, language=language)
    below = letter.words[letter.words.index(CATALOGUES[language]["marker"]) :]
    assert visible_reply(f"Perfect, thanks\n\n{below}", None) == "Perfect, thanks"
    page = html_of(letter)
    quoted = page[page.index(CATALOGUES[language]["marker"]) :]
    assert visible_reply(None, f"<p>Perfect, thanks</p><div>{quoted}") == "Perfect, thanks"


async def test_a_text_is_in_veras_language_too(town: Town) -> None:
    await vera_asks_and_leaves(town)
    await speaks(town, "de-AT")
    await town.ada.answers("Ja, in 38.")
    await town.tick(40)
    text = town.carrier.to(VERA_PHONE)[-1]
    assert text.startswith("Ada von Acme: Ja, in 38.\nMit STOP beenden Sie diese SMS.\n")


async def test_a_knock_by_mail_brings_no_words_until_it_is_answered(town: Town) -> None:
    """Invariant 10: a typed mailbox that is asked first is shown nothing of the thread."""
    await town.policy(prove_first_email="knock")
    letter = await mailed(town, "Yes, in 38.")
    assert "in 38" not in str(letter.mail)
    assert "blue" not in str(letter.mail)
    assert "/t/" not in str(letter.mail)
    assert letter.words.startswith("Acme: an answer from Ada.")
    await town.answers_mail(letter, "Y")
    await town.tick(60)
    assert "Yes, in 38." in town.post.to(VERA_MAIL)[-1].words


# --- its headers (docs/decisions/0009) -----------------------------------------------------------


async def test_an_agents_own_words_say_how_to_stop_and_nothing_of_being_automatic(
    town: Town,
) -> None:
    """RFC 8058 section 3.1; RFC 3834 section 5 is of automatic mail alone."""
    letter = await mailed(town)
    link = re.search(rf"{BASE_URL}/stop/\S+", letter.words)
    assert link is not None
    assert letter.head("List-Unsubscribe") == f"<{link.group()}>"
    assert letter.head("List-Unsubscribe-Post") == "List-Unsubscribe=One-Click"
    assert letter.head("Auto-Submitted") == letter.head("X-Auto-Response-Suppress") == ""
    assert letter.head("Message-ID") in letter.head("References")
    assert re.match(r"r\+[0-9a-z]+@", letter.head("Reply-To"))
    assert re.match(r"b\+[0-9a-z]+@", letter.back)


async def test_the_confirmation_of_a_stop_asks_that_nobody_answers_by_himself(town: Town) -> None:
    await town.answers_mail(await mailed(town), "STOP")
    await town.tick(5)
    letter = town.post.to(VERA_MAIL)[-1]
    assert letter.words.startswith("Acme: you will get no more mails from us.")
    assert letter.head("Auto-Submitted") == "auto-replied"
    assert letter.head("X-Auto-Response-Suppress") == "OOF, AutoReply"
    assert letter.head("List-Unsubscribe") == ""


async def test_a_notice_to_ada_is_no_automatic_mail_and_cannot_be_unsubscribed(town: Town) -> None:
    await town.ada.goes()
    await town.vera.writes("Is the blue one back?")
    await town.tick(130)
    letter = town.post.to(ADA_MAIL)[-1]
    assert letter.head("Auto-Submitted") == letter.head("List-Unsubscribe") == ""
    assert letter.head("X-Auto-Response-Suppress") == "OOF, AutoReply"
    assert "Is the blue one back?" in seen_in(letter)


# --- in the shop's own words ---------------------------------------------------------------------


async def test_the_shops_own_words_stand_around_adas(town: Town) -> None:
    await says(
        town,
        subject="{{ store }}: your chat {{ number }}",
        greeting="Hello {{ shopper or 'there' }} & co.,",
        sign_off="Warm feet,\n{{ agent }}",
        footer="Acme, 1 Shoe Lane",
    )
    letter = await mailed(town)
    assert letter.head("Subject") == "Acme: your chat 1"
    assert plain(letter).startswith("Hello there & co.,\n\nYes, in 38.\n\nWarm feet,\nAda\n\n—")
    assert "Acme, 1 Shoe Lane\nTo end all e-mails" in plain(letter)
    assert "Hello there &amp; co.," in html_of(letter)
    assert "Warm feet,<br>Ada" in html_of(letter)


async def test_a_conversation_keeps_its_subject_when_the_shop_thinks_of_another(
    town: Town,
) -> None:
    first = await mailed(town)
    await says(town, subject="Something else {{ number }}")
    await town.ada.answers("And in 39.")
    await town.tick(400)
    second = town.post.to(VERA_MAIL)[-1]
    assert second.head("Subject") == f"Re: {first.head('Subject')}"
    assert second.head("In-Reply-To") == first.head("Message-ID")


async def test_a_broken_template_holds_no_mail_up_and_the_console_says_so(town: Town) -> None:
    def spoil(tx: Tx) -> None:
        row = houses.store(tx, town.store_id)
        row.mail_words = '{"en":{"greeting":"{{ 1 < store }}","footer":"{{ store","subject":7}}'
        tx.session.add(row)

    await town.house.store.write(spoil)
    letter = await mailed(town)
    assert letter.words.startswith("Yes, in 38.")
    assert "go on in the chat at Acme" in letter.words
    assert letter.head("Subject") == "7"
    now = await mail_settings.current(town.house, town.store_id, town.ada.agent_id)
    assert set(now["broken"]) == {"en.greeting", "en.footer"}  # type: ignore[call-overload]


async def test_words_that_cannot_be_read_at_all_hold_no_mail_up(town: Town) -> None:
    def spoil(tx: Tx) -> None:
        row = houses.store(tx, town.store_id)
        row.mail_words = "[1"
        tx.session.add(row)

    await town.house.store.write(spoil)
    assert (await mailed(town)).words.startswith("Yes, in 38.")


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ({"en": {"greeting": "{{ store"}}, "en.greeting"),
        ({"de": {"footer": "{% for a in store %}{% endfor %}"}}, "de.footer"),
        ({"en": {"subject": "{{ agent }}"}}, "en.subject"),
        ({"en": {"subject": "two\nlines"}}, "en.subject"),
        ({"en": {"greeting": "x" * 301}}, "en.greeting"),
        ({"en": {"greeting": "{{ " + "(" * 140 + "1" + ")" * 140 + " }}"}}, "en.greeting"),
        ({"en": {"sign_off": "{{ store.__class__.__mro__ }}"}}, "en.sign_off"),
        ({"en": {"sign_off": "{{ 'a' * 10 ** 9 }}"}}, "en.sign_off"),
        ({"en": {"letterhead": "x"}}, "en.letterhead"),
        ({"tlh": {"greeting": "nuqneH"}}, "tlh"),
    ],
)
async def test_a_template_that_does_not_work_is_refused_by_its_name_when_it_is_saved(
    town: Town, words: dict[str, dict[str, str]], field: str
) -> None:
    with pytest.raises(BadInput) as refused:
        await mail_settings.change(town.house, town.store_id, town.ada.agent_id, words, {})
    assert refused.value.details["field"] == field
    assert (await town.rows(StoreRow))[0].mail_words == "{}"


async def test_only_an_owner_changes_the_words_and_nobody_overwrites_another(town: Town) -> None:
    with pytest.raises(Forbidden):
        await mail_settings.change(town.house, town.store_id, town.ben.agent_id, {}, {})
    with pytest.raises(Forbidden):
        await mail_settings.set_logo(town.house, town.store_id, town.ben.agent_id, None)
    await says(town, greeting="Hello,")
    with pytest.raises(Conflict):
        await mail_settings.change(town.house, town.store_id, town.ada.agent_id, {}, {})


# --- the logo ------------------------------------------------------------------------------------


def picture(width: int = 640, height: int = 160, kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "#d9480f").save(out, kind)
    return out.getvalue()


async def test_the_logo_travels_inside_the_mail_drawn_anew(town: Town) -> None:
    await mail_settings.set_logo(
        town.house, town.store_id, town.ada.agent_id, picture(kind="JPEG") + b"<?php evil"
    )
    letter = await mailed(town)
    assert '<img class="name" src="cid:logo" width="160" height="40" alt="Acme"' in html_of(letter)
    (logo,) = [each for each in letter.mail.walk() if each.get_content_type() == "image/png"]
    assert logo["Content-ID"] == "<logo>"
    content = logo.get_content()
    assert b"evil" not in content
    with Image.open(io.BytesIO(content)) as drawn:
        assert drawn.size == (480, 120)
    await mail_settings.set_logo(town.house, town.store_id, town.ada.agent_id, None)
    await town.ada.answers("And in 39.")
    await town.tick(400)
    assert "cid:" not in html_of(town.post.to(VERA_MAIL)[-1])


@pytest.mark.parametrize(
    "given",
    [b"", b"GIF89a", b"<svg xmlns='http://www.w3.org/2000/svg'/>", picture()[:60], picture() * 900],
)
async def test_what_is_no_picture_of_ours_is_no_logo(town: Town, given: bytes) -> None:
    with pytest.raises(BadInput):
        await mail_settings.set_logo(town.house, town.store_id, town.ada.agent_id, given)


async def test_a_picture_that_swells_when_it_is_opened_is_refused_unopened(town: Town) -> None:
    with pytest.raises(BadInput, match="4 million pixels"):
        await mail_settings.set_logo(
            town.house, town.store_id, town.ada.agent_id, picture(4_000, 1_001)
        )


# --- the preview ---------------------------------------------------------------------------------


async def test_a_preview_of_veras_conversation_is_her_mail_but_for_where_it_leads(
    town: Town,
) -> None:
    words = {"en": {"greeting": "Hello from {{ store }},"}}
    await says(town, **words["en"])
    letter = await mailed(town, proven=True)
    found = await mail_settings.preview(town.house, town.store_id, "en", words, 1)
    shown = re.sub(r'href="[^"]*"', 'href="#"', html_of(letter))
    assert str(found["html"]).split() == shown.split()
    assert re.sub(r"https://\S+", "#", letter.words).split() == str(found["text"]).split()
    assert found["subject"] == letter.head("Subject")
    assert letter.head("From").startswith(str(found["from"]))


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_preview_can_be_made_up_and_says_what_does_not_work(
    town: Town, language: str
) -> None:
    words = {language: {"greeting": "{{ nobody }}", "footer": "Ours"}}
    found = await mail_settings.preview(town.house, town.store_id, language, words, None)
    assert CATALOGUES[language]["sample.answer"] in str(found["text"])
    assert "Ours" in str(found["html"])
    assert list(found["broken"]) == [f"{language}.greeting"]  # type: ignore[call-overload]
    assert (await town.rows(StoreRow))[0].mail_words == "{}"
