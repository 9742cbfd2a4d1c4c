"""An answer that nobody has sent yet, as the mail that would bring it: the letter itself."""

from __future__ import annotations

import base64
from dataclasses import replace

from gateway.errors import NotFound
from gateway.services import letters
from gateway.services.carried import MOST_CONTEXT, says_something
from gateway.services.house import House
from gateway.services.lettering import Said, html_of_page, text_of_page
from gateway.services.letters import Links
from gateway.services.shown_names import shown
from gateway.services.tongues import tongue
from gateway.services.words import clean
from gateway.store import house as houses
from gateway.store import log_pages, people
from gateway.store.tables import ConversationRow, StoreLogoRow
from gateway.store.tx import Tx

NOWHERE = "#"  #: where the links of a preview lead


async def preview(
    house: House, store_id: str, conversation_id: str, agent_id: str, body: str
) -> dict[str, object]:
    """What the shopper would read, with what it answers to below it.

    Raises:
        BadInput: no words, or none that could be stored.
        NotFound: there is no such conversation.
    """
    words = clean(body)

    def load(tx: Tx) -> dict[str, object]:
        row = tx.session.get(ConversationRow, (store_id, conversation_id))
        if row is None:
            raise NotFound
        store = houses.store(tx, store_id)
        shopper = people.shopper(tx, store_id, row.shopper_id)
        spoken = tongue(shopper.language if shopper else "", store.language)
        zone = (shopper.zone if shopper else "") or houses.policy(tx, store).zone
        rows = log_pages.before(
            tx, store_id, conversation_id, None, staff=False, limit=MOST_CONTEXT * 4
        )
        earlier = [each for each in rows if each.kind == "message" and says_something(each)]
        agent = shown(store, houses.agent(tx, agent_id).name)
        page = letters.page_of(
            store,
            spoken,
            new=[Said(who=agent, at=spoken.moment(tx.now, tx.now, zone), words=words, marked=True)],
            earlier=[letters.said(each, spoken, tx.now, zone) for each in earlier[-MOST_CONTEXT:]],
            number=row.number,
            shopper=shopper.name if shopper else "",
            links=Links(chat=NOWHERE, choose=NOWHERE, stop=NOWHERE),
        )
        logo = tx.session.get(StoreLogoRow, store_id)
        if logo is not None:
            page = replace(page, logo=letters.logo_of(logo, _address(logo)))
        return {
            "from": spoken.say("at", who=spoken.names([agent]), store=store.name),
            "subject": letters.subject_of(store, spoken, row.number),
            "html": html_of_page(page),
            "text": text_of_page(page),
        }

    return await house.store.read(load)


def _address(row: StoreLogoRow) -> str:
    return f"data:image/png;base64,{base64.b64encode(row.png).decode()}"
