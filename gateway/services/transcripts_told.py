"""What a transcript tells: every message that its reader may see, and nothing that merely happened.

Notes, events and addresses are no part of it. What was taken back is gone, what was edited is as it
is now. Of a merged thread whoever is proven for all of it reads all; who is proven by a message, or
by a link, for one conversation reads that one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from gateway.channels.port import Outgoing
from gateway.services import enclosures, letters
from gateway.services.carried import Setting, conversation_of, says_something, tongue_of
from gateway.services.lettering import Page, html_of_page, text_of_page
from gateway.services.tongues import Tongue
from gateway.store import log_pages, merging
from gateway.store.tables import AddressRow, ConversationRow, DeliveryRow, EntryRow
from gateway.store.tx import Tx

MOST: Final = 500  #: entries of each log, the newest
MOST_CHARACTERS: Final = 200_000  #: of one mail: many programs cut longer ones anyway


def mail(tx: Tx, setting: Setting, row: DeliveryRow, addressed: Outgoing) -> Outgoing:
    """The transcript as it is now, in the mail that is to carry it."""
    store, conversation = setting.store, conversation_of(tx, row)
    tongue = tongue_of(tx, row, store)
    told, cut = entries(tx, conversation, letters.address_of(tx, row))
    # By links alone: a whole conversation's files are more than many mailboxes take.
    files = enclosures.with_text(tx, setting, told).links
    links = replace(letters.links_of(tx, setting, row), rate=None)
    page = letters.page_for(tx, setting, row, conversation, told, links, tongue, files, {})
    page = titled(page, tongue, store.name, cut=cut)
    return replace(
        addressed,
        text=text_of_page(page),
        html=html_of_page(page),
        subject=tongue.say("transcript.subject", store=store.name, number=conversation.number),
        headers=(
            *addressed.headers,
            ("List-Unsubscribe", f"<{links.stop}>"),
            ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        ),
    )


def entries(
    tx: Tx, conversation: ConversationRow, address: AddressRow
) -> tuple[list[EntryRow], bool]:
    """The messages, oldest first, and whether earlier ones had to be left out."""
    found: list[EntryRow] = []
    cut = False
    for each in _logs(tx, conversation, whole=address.proven_in is None):
        log = log_pages.before(
            tx, each.store_id, each.conversation_id, None, staff=False, limit=MOST
        )
        cut = cut or bool(log and log[0].prev)
        found += [row for row in log if row.kind == "message" and says_something(row)]
    found.sort(key=lambda row: (row.at, row.conversation_id, row.seq))
    kept = _newest(found)
    return kept, cut or len(kept) < len(found)


def titled(page: Page, tongue: Tongue, store: str, *, cut: bool) -> Page:
    """The page of a letter as that of a transcript; it quotes nothing, being all there is."""
    greeting = tongue.say("transcript.greeting", store=store)
    if cut:
        greeting += "\n" + tongue.say("transcript.cut")
    title = tongue.say("transcript.title")
    parts = [replace(part, title=title) for part in page.parts]
    left_out = "" if cut else page.left_out
    return replace(page, greeting=greeting, sign_off="", earlier=(), parts=parts, left_out=left_out)


def _logs(tx: Tx, conversation: ConversationRow, *, whole: bool) -> Iterator[ConversationRow]:
    yield conversation
    for younger in merging.youngers(tx, conversation) if whole else ():
        yield from _logs(tx, younger, whole=True)


def _newest(found: Sequence[EntryRow]) -> list[EntryRow]:
    room = MOST_CHARACTERS
    kept: list[EntryRow] = []
    for row in reversed(found):
        room -= len(row.body or "")
        if room < 0 and kept:
            break
        kept.append(row)
    return kept[::-1]
