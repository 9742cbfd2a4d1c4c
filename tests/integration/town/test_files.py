"""Files that come and go by mail and text: with the message, for its readers, and never lost."""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import AsyncIterator, Iterator
from email.message import EmailMessage
from urllib.parse import urlsplit

import pytest
from PIL import Image

from gateway.clock import DAY, MINUTE
from gateway.errors import StorageRefused
from gateway.services import enclosures, receive, sessions, uploads
from gateway.store.attachments import facts_of
from gateway.store.tables import AttachmentRow, EntryRow, InboundRow
from gateway.store.tx import unpack
from tests.integration.town.building import ADA_MAIL, ADA_PHONE, MAILBOX, Town
from tests.integration.town.outside import KEY
from tests.integration.town.townspeople import VERA_MAIL, VERA_PHONE
from tests.unit.files.drawing import SCRIPT, photo, photo_with_a_place

PDF = b"%PDF-1.7\n" + bytes(range(256)) * 20


def letter(words: str, **fields: str) -> EmailMessage:
    found = EmailMessage()
    head = {
        "From": VERA_MAIL,
        "To": MAILBOX,
        "Subject": "My shoes",
        "Message-ID": "<1@vera.example>",
    }
    for name, value in {**head, **fields}.items():
        found[name] = value
    found.set_content(words)
    return found


async def comes_in(town: Town, mail: EmailMessage) -> EntryRow:
    """The message that a mail became."""
    await town.mail_in(mail.as_bytes(), MAILBOX)
    await town.tick(1)
    return [row for row in await town.rows(EntryRow) if row.kind == "message"][-1]


def names(entry: EntryRow) -> list[str]:
    return [each["name"] for each in facts_of(entry)]


@contextlib.contextmanager
def nothing_can_be_written(town: Town) -> Iterator[None]:
    """The directory of the files is gone, and something else is in its place."""
    assert town.house.files is not None
    home = town.house.files.blobs.home
    aside = home.with_name(f"{home.name}.aside")
    home.rename(aside)
    home.touch()
    try:
        yield
    finally:
        home.unlink()
        aside.rename(home)


async def once(data: bytes) -> AsyncIterator[bytes]:
    yield data


async def ada_sends(town: Town, *files: tuple[str, bytes], words: str = "") -> receive.Stored:
    """Ada answers with files."""
    row = await town.vera.conversation()
    kept = [
        await uploads.by_agent(town.house, town.store_id, town.ada.agent_id, name, once(data))
        for name, data in files
    ]
    return await receive.from_agent(
        town.house,
        town.store_id,
        row.conversation_id,
        town.ada.agent_id,
        cmid=town.cmid(),
        body=words,
        seen_seq=row.last_seq,
        attachments=[each.id for each in kept],
    )


async def vera_is_away_with_a_mailbox(town: Town) -> None:
    await town.vera.writes("Can I send them back?")
    await town.vera.leaves_mailbox()
    await town.vera.leaves()


async def test_the_files_of_a_mail_are_in_its_message(town: Town) -> None:
    mail = letter("They came apart, see the photo.")
    mail.add_attachment(photo_with_a_place(), "image", "jpeg", filename="../IMG_1.jpg")
    mail.add_attachment(PDF, "application", "pdf", filename="order.pdf")
    mail.add_attachment(b"<html>" + SCRIPT, "image", "png", filename="photo.png")
    entry = await comes_in(town, mail)
    assert entry.body == "They came apart, see the photo."
    shown = [(each["name"], each["type"], each["width"]) for each in facts_of(entry)]
    assert shown == [
        ("IMG_1.jpg", "image/jpeg", 800),
        ("order.pdf", "application/pdf", None),
        ("photo.png", "application/octet-stream", None),
    ]
    rows = {row.name: row for row in await town.rows(AttachmentRow)}
    assert town.house.files is not None
    kept = await town.house.files.blobs.read(town.store_id, rows["order.pdf"].digest)
    assert kept == PDF
    assert rows["order.pdf"].seq == entry.seq


async def test_a_logo_stays_in_the_mail_and_a_pasted_screenshot_comes_along_once(
    town: Town,
) -> None:
    await vera_is_away_with_a_mailbox(town)
    await town.ada.answers("Which ones?")
    await town.tick(60)
    (ours,) = town.post.to(VERA_MAIL)
    logo, screenshot = photo(60, 20, kind="PNG"), photo(1_500, 1_000, quality=95)
    assert len(screenshot) > 30_000
    for n in (1, 2):
        mail = letter(f"These, {n}.", **{"Message-ID": f"<{n}@vera.example>"})
        mail.add_alternative(
            f'<p>These, {n}.</p><img src="cid:shot@vera"><img src="cid:logo@vera">', subtype="html"
        )
        (html,) = [each for each in mail.iter_parts() if each.get_content_subtype() == "html"]
        assert isinstance(html, EmailMessage)
        html.add_related(screenshot, "image", "jpeg", cid="<shot@vera>", filename="shot.jpg")
        html.add_related(logo, "image", "png", cid="<logo@vera>", filename="logo.png")
        await town.mail_in(mail.as_bytes(), ours.head("Reply-To"))
        await town.tick(1)
    first, second = [row for row in await town.vera.entries() if row.channel == "email"][-2:]
    assert (first.body, names(first)) == ("These, 1.", ["shot.jpg"])
    assert (second.body, names(second)) == ("These, 2.", [])


async def test_what_does_not_fit_is_named_in_words(town: Town) -> None:
    mail = letter("All of them.")
    for n in range(27):
        mail.add_attachment(PDF + bytes([n]), "application", "pdf", filename=f"{n}.pdf")
    entry = await comes_in(town, mail)
    assert len(facts_of(entry)) == 25
    assert (entry.body or "").endswith("[Only in the mail itself: 25.pdf, 26.pdf]")


async def test_a_mail_waits_for_room_on_the_disk_and_is_not_given_up(town: Town) -> None:
    mail = letter("The label.")
    mail.add_attachment(PDF, "application", "pdf", filename="label.pdf")
    with nothing_can_be_written(town):
        await town.mail_in(mail.as_bytes(), MAILBOX)
        for _ in range(6):
            await town.tick(90)
        assert [row.state for row in await town.rows(InboundRow)] == ["stored"]
    await town.tick(90)
    (entry,) = [row for row in await town.rows(EntryRow) if row.kind == "message"]
    assert names(entry) == ["label.pdf"]


async def test_adas_files_go_with_the_mail_as_they_are(town: Town) -> None:
    await vera_is_away_with_a_mailbox(town)
    await ada_sends(town, ("Rücksendung.pdf", PDF), ("shoe.jpg", photo()), words="Your label.")
    await town.tick(60)
    (letter_out,) = town.post.to(VERA_MAIL)
    found = {each.get_filename(): each for each in letter_out.mail.iter_attachments()}
    assert list(found) == ["Rücksendung.pdf", "shoe.jpg"]
    assert found["Rücksendung.pdf"].get_content() == PDF
    assert found["shoe.jpg"].get_content_type() == "image/jpeg"
    with Image.open(io.BytesIO(found["shoe.jpg"].get_content())) as drawn:
        assert drawn.size == (1_200, 800)
    assert letter_out.words.startswith("Your label.")
    assert "[Rücksendung.pdf]" in letter_out.words
    assert letter_out.mail.get_body(("html",)) is not None
    (delivery,) = await town.vera.deliveries()
    assert "attachments" not in unpack(delivery.content)


async def test_what_is_too_large_for_a_mail_is_a_link_for_a_month(town: Town) -> None:
    await vera_is_away_with_a_mailbox(town)
    film = b"\x00\x00\x00\x18ftypisom" + bytes(8_000_000)
    await ada_sends(town, ("small.pdf", PDF), ("film.mp4", film), words="How to lace them.")
    await town.tick(60)
    (letter_out,) = town.post.to(VERA_MAIL)
    carried = [each.get_filename() for each in letter_out.mail.iter_attachments()]
    assert carried == ["small.pdf"]
    (link,) = re.findall(r"film\.mp4: (\S+)", letter_out.words)
    html = letter_out.mail.get_body(("html",))
    assert html is not None
    assert urlsplit(link).path in html.get_content()
    answer = await town.web.get(urlsplit(link).path)
    assert (answer.status_code, answer.content) == (200, film)
    town.clock.move_ahead(30 * DAY + MINUTE)
    assert (await town.web.get(urlsplit(link).path)).status_code == 404


async def test_a_file_alone_reaches_veras_phone_as_a_link(town: Town) -> None:
    await town.vera.writes("Can I send them back?")
    await town.vera.proves_number()
    await town.vera.leaves()
    await ada_sends(town, ("label.pdf", PDF))
    await town.tick(60)
    words = town.carrier.to(VERA_PHONE)[-1]
    (link,) = re.findall(r"label\.pdf: (\S+)", words)
    assert (await town.web.get(urlsplit(link).path)).content == PDF


async def test_ada_is_told_of_a_file_by_its_name(town: Town) -> None:
    visit = await sessions.visit(town.house, KEY, None)
    kept = await uploads.by_shopper(town.house, KEY, (visit.session,), "shoe.jpg", once(photo()))
    await receive.from_shopper(
        town.house,
        town.store_id,
        visit.shopper_id,
        cmid=town.cmid(),
        body="",
        attachments=[kept.id],
    )
    await town.tick(600)
    told = [*town.carrier.to(ADA_PHONE), *(each.words for each in town.post.to(ADA_MAIL))]
    assert any("[shoe.jpg]" in each for each in told)


async def test_a_mail_whose_file_cannot_be_read_here_is_tried_later(town: Town) -> None:
    await vera_is_away_with_a_mailbox(town)
    await ada_sends(town, ("label.pdf", PDF), words="Your label.")
    shelf = town.house.files
    assert shelf is not None
    (row,) = await town.rows(AttachmentRow)
    home = shelf.blobs.path(row.store_id, row.digest)
    aside = home.with_name("aside")
    home.rename(aside)
    await town.tick(60)
    assert town.post.to(VERA_MAIL) == []
    assert {each.state for each in await town.vera.deliveries()} == {"deferred"}
    aside.rename(home)
    await town.tick(3_600)
    (letter_out,) = town.post.to(VERA_MAIL)
    assert [each.get_filename() for each in letter_out.mail.iter_attachments()] == ["label.pdf"]


async def test_a_disk_that_takes_nothing_refuses_adas_upload_and_keeps_nothing(
    town: Town,
) -> None:
    with nothing_can_be_written(town), pytest.raises(StorageRefused):
        await uploads.by_agent(town.house, town.store_id, town.ada.agent_id, "label.pdf", once(PDF))
    assert await town.rows(AttachmentRow) == []


def test_what_a_mail_carries_is_counted_as_it_is_encoded() -> None:
    assert enclosures.MOST_CARRIED / enclosures.ENCODED < 7_310_000
