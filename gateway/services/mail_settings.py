"""What an owner decides about a store's mails: its own words and its logo, and how a mail looks."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import anyio
from PIL import Image, ImageStat, UnidentifiedImageError
from sqlmodel import col, select

from gateway.errors import BadInput, Conflict, Forbidden, NotFound
from gateway.services import letters, wordings
from gateway.services.carried import MOST_CONTEXT
from gateway.services.colours import readable
from gateway.services.house import Change, House
from gateway.services.lettering import DARK, LIGHT, Said, html_of_page, text_of_page
from gateway.services.letters import Links
from gateway.services.tongues import CATALOGUES, LANGUAGES, Tongue, tongue
from gateway.services.wire import shopper_name
from gateway.store import house as houses
from gateway.store import log_pages, people
from gateway.store.tables import AgentRow, ConversationRow, EntryRow, StoreLogoRow, StoreRow
from gateway.store.tx import Tx, pack

MOST_LOGO = 256_000  #: bytes of an uploaded picture
MOST_PIXELS = 4_000_000
KEPT_LOGO = (480, 120)  #: pixels: three times what is drawn, for dense screens
OPAQUE = 255
SEEN = 2.5  #: the contrast by which a logo is seen, which is larger than words
MOST_LISTED = 20  #: conversations that a preview may be made from
SAMPLE_NUMBER = 1042
NOWHERE = "#"  #: where the links of a preview lead


async def current(house: House, store_id: str, agent_id: str) -> dict[str, object]:
    """The store's own words, ours, and all that is needed to change them.

    Raises:
        NotFound: there is no such store.
    """

    def load(tx: Tx) -> dict[str, object]:
        store = houses.store(tx, store_id)
        own = wordings.wording_of(store)
        return {
            "store": store.name,
            "language": tongue(store.language).language,
            "languages": list(LANGUAGES),
            "parts": [
                {"name": part, "most": most, "names": list(wordings.NAMES[part])}
                for part, most in wordings.MOST.items()
            ],
            "ours": {each: _ours(Tongue(each)) for each in LANGUAGES},
            "words": own,
            "broken": wordings.problems(own),
            "logo": _shown(tx.session.get(StoreLogoRow, store_id)),
            "conversations": _listed(tx, store_id),
            "may_change": _may_change(tx, agent_id),
        }

    return await house.store.read(load)


async def change(
    house: House,
    store_id: str,
    agent_id: str,
    words: Mapping[str, Any],
    seen: Mapping[str, Any],
) -> None:
    """Put an owner's words into the store's mails; ``seen`` are those that they began from.

    Raises:
        BadInput: one of them is no good; ``details["field"]`` is ``language.part``.
        Conflict: somebody changed them meanwhile.
        Forbidden: the agent is no owner.
        NotFound: there is no such store.
    """
    wanted = wordings.checked(words)

    def work(change: Change) -> None:
        row = _to_change(change.tx, store_id, agent_id)
        if wordings.wording_of(row) != seen:
            raise Conflict("somebody else changed these words meanwhile")
        row.mail_words = pack(wanted)
        change.tx.session.add(row)

    await house.change(work, on=f"mail:{store_id}")


async def set_logo(house: House, store_id: str, agent_id: str, picture: bytes | None) -> None:
    """Let the store's mails begin with this picture, or with its name again.

    Raises:
        BadInput: neither PNG nor JPEG, or too large.
        Forbidden: the agent is no owner.
        NotFound: there is no such store.
    """
    drawn = None if picture is None else await anyio.to_thread.run_sync(_redrawn, picture)

    def work(change: Change) -> None:
        _to_change(change.tx, store_id, agent_id)
        row = change.tx.session.get(StoreLogoRow, store_id)
        if row is not None:
            change.tx.session.delete(row)
            change.tx.session.flush()
        if drawn is not None:
            png, (width, height) = drawn
            change.tx.session.add(
                StoreLogoRow(store_id=store_id, png=png, width=width, height=height)
            )

    await house.change(work, on=f"mail:{store_id}")


async def preview(
    house: House,
    store_id: str,
    language: str,
    words: Mapping[str, Any],
    number: int | None,
) -> dict[str, object]:
    """A mail with these words as it will look: of a made-up conversation, or of a real one.

    What is wrong with a template is told in ``broken``; ours stands in for it, as in a mail.

    Raises:
        NotFound: there is no such store, or no such conversation in it.
    """
    spoken = tongue(language)

    def load(tx: Tx) -> dict[str, object]:
        store = _pretend(houses.store(tx, store_id), words)
        own = wordings.wording_of(store)
        new, earlier, shopper, shown = (
            _made_up(spoken) if number is None else _real(tx, store, spoken, number)
        )
        links = Links(chat=NOWHERE, choose=NOWHERE, stop=NOWHERE)
        page = letters.page_of(
            store,
            spoken,
            new=new,
            earlier=earlier,
            number=shown,
            shopper=shopper,
            links=links,
        )
        logo = tx.session.get(StoreLogoRow, store_id)
        if logo is not None:
            page = replace(page, logo=letters.logo_of(logo, _address(logo)))
        who = spoken.names([each.who for each in new])
        return {
            "from": spoken.say("at", who=who, store=store.name),
            "subject": letters.subject_of(store, spoken, shown),
            "html": html_of_page(page),
            "text": text_of_page(page),
            "broken": wordings.problems({language: own.get(language, {})}),
        }

    return await house.store.read(load)


def _ours(spoken: Tongue) -> dict[str, str]:
    """What is said where a store has no words of its own, as the template it would be."""
    named = {"store": "{{ store }}", "number": "{{ number }}"}
    catalogue = CATALOGUES[spoken.language]
    return {
        part: catalogue[part].format(**named) if part in catalogue else "" for part in wordings.MOST
    }


def _pretend(store: StoreRow, words: Mapping[str, Any]) -> StoreRow:
    """The store as though it said this already; the row itself is never written."""
    return StoreRow(**store.model_dump() | {"mail_words": pack(words)})


def _made_up(spoken: Tongue) -> tuple[list[Said], list[Said], str, int]:
    say = spoken.say
    you, agent = say("you"), say("sample.agent")
    new = [
        Said(who=agent, at="10:05", words=say("sample.answer")),
        Said(who=agent, at="10:06", words=say("sample.more")),
    ]
    earlier = [
        Said(who=you, at="10:01", words=say("sample.asked")),
        Said(who=agent, at="10:02", words=say("sample.looking")),
    ]
    return new, earlier, say("sample.shopper"), SAMPLE_NUMBER


def _real(
    tx: Tx, store: StoreRow, spoken: Tongue, number: int
) -> tuple[list[Said], list[Said], str, int]:
    """The last messages of a conversation: those after the shopper's last one are what is new."""
    found = tx.session.exec(
        select(ConversationRow).where(
            ConversationRow.store_id == store.store_id, ConversationRow.number == number
        )
    ).first()
    if found is None:
        raise NotFound
    rows = log_pages.before(
        tx, store.store_id, found.conversation_id, None, staff=False, limit=MOST_CONTEXT * 4
    )
    written = [row for row in rows if row.kind == "message" and row.body]
    last = max((at for at, row in enumerate(written) if row.side == "shopper"), default=-1)
    new, earlier = written[last + 1 :], written[: last + 1]
    if not new:
        new, earlier = written[-1:], written[:-1]
    shopper = people.shopper(tx, store.store_id, found.shopper_id)
    zone = (shopper.zone if shopper else "") or houses.policy(tx, store).zone

    def said(row: EntryRow) -> Said:
        return letters.said(row, spoken, tx.now, zone)

    context = [said(row) for row in earlier[-MOST_CONTEXT:]]
    return [said(row) for row in new], context, shopper.name if shopper else "", number


def _listed(tx: Tx, store_id: str) -> list[dict[str, object]]:
    """The conversations in which staff wrote latest, by number and name."""
    rows = tx.session.exec(
        select(ConversationRow)
        .where(ConversationRow.store_id == store_id)
        .order_by(col(ConversationRow.last_at).desc())
        .limit(MOST_LISTED)
    ).all()
    return [
        {
            "number": row.number,
            "shopper": shopper_name(people.shopper(tx, store_id, row.shopper_id), row.number),
        }
        for row in rows
    ]


def _redrawn(picture: bytes) -> tuple[bytes, tuple[int, int]]:
    """The picture drawn anew as a PNG of our own, so that nothing else travels in it."""
    if len(picture) > MOST_LOGO:
        raise BadInput("a logo is at most 250 kB", field="logo")
    try:
        with Image.open(io.BytesIO(picture), formats=("PNG", "JPEG")) as found:
            if found.width * found.height > MOST_PIXELS:
                raise BadInput("a logo is at most 4 million pixels large", field="logo")
            drawn = found.convert("RGBA")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        raise BadInput("a logo is a PNG or JPEG picture", field="logo") from None
    drawn.thumbnail(KEPT_LOGO)
    drawn = _on_its_ground(drawn)
    out = io.BytesIO()
    drawn.save(out, "PNG", optimize=True)
    return out.getvalue(), drawn.size


def _on_its_ground(picture: Image.Image) -> Image.Image:
    """A see-through logo, painted on a ground of its own unless it is seen by day and by night.

    Mail programs draw mails on white or on dark as their reader likes, and a black logo is gone
    on one, a white logo on the other.
    """
    alpha = picture.getchannel("A")
    if alpha.getextrema()[0] == OPAQUE:
        return picture
    mean = ImageStat.Stat(picture.convert("RGB"), alpha).mean if alpha.getbbox() else (0, 0, 0)
    ink = "#{:02x}{:02x}{:02x}".format(*(round(each) for each in mean))
    seen = [ground for ground in (LIGHT, DARK) if readable(ink, ground, SEEN) == ink]
    if len(seen) > 1:
        return picture
    ground = Image.new("RGBA", picture.size, seen[0])
    return Image.alpha_composite(ground, picture)


def _shown(row: StoreLogoRow | None) -> dict[str, object] | None:
    if row is None:
        return None
    logo = letters.logo_of(row, _address(row))
    return {"source": logo.source, "width": logo.width, "height": logo.height}


def _address(row: StoreLogoRow) -> str:
    return f"data:image/png;base64,{base64.b64encode(row.png).decode()}"


def _to_change(tx: Tx, store_id: str, agent_id: str) -> StoreRow:
    row = houses.store(tx, store_id)
    if not _may_change(tx, agent_id):
        raise Forbidden("only an owner may change what the store's mails say")
    return row


def _may_change(tx: Tx, agent_id: str) -> bool:
    row = tx.session.get(AgentRow, agent_id)
    return row is not None and bool(row.owner)
