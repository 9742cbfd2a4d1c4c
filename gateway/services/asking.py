"""Several conversations could be meant and nothing says which: the sender is asked, once.

Nothing is guessed and nothing is lost. An agent's words are kept, shown to the staff beside every
conversation that they may be for, and go where the agent says as soon as they do. A shopper's words
are a conversation of their own already (see ``core.matching``); they are only asked.

The question is automatic. It is asked once until an answer has been placed, or an hour has passed,
so two machines cannot keep each other talking.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gateway.clock import HOUR
from gateway.core.matching import Choice, Match, code_of
from gateway.core.model import Form
from gateway.services.house import Change
from gateway.services.incoming import Incoming
from gateway.services.queueing import queue
from gateway.services.submitting import keep_template, template_of
from gateway.services.wire import NAMELESS
from gateway.store import house as houses
from gateway.store import people, reaching, thread
from gateway.store.tables import AddressRow, ConversationRow, DeliveryRow, InboundRow
from gateway.store.tx import Tx, pack, unpack

ASK_AGAIN = HOUR
MOST_CHOICES = 10
LOOKED_AT = 20  #: newest deliveries to an address, among which a question is looked for
BY = {"sms": "text", "email": "mail"}
UNPLACED = "{words}\n\n[By {by}, and it did not say for which conversation. {name} was asked.]"
WHICH = "which"  #: as ``tongues`` has it


def ask_agent(change: Change, match: Match, incoming: Incoming) -> None:
    """Keep an agent's words, show them to the staff, and ask which conversation they are for."""
    tx = change.tx
    agent = houses.agent(tx, match.person_id or "")
    choices = match.choices[:MOST_CHOICES]
    for each in choices:
        change.append(
            thread.take(tx, incoming.store.store_id, each.conversation_id),
            thread.Draft(
                kind="note",
                side="staff",
                author_id=agent.agent_id,
                author_name=agent.name,
                audience="staff",
                channel=incoming.channel,
                body=UNPLACED.format(
                    words=incoming.words, by=BY[incoming.channel], name=agent.name
                ),
            ),
        )
    inbound = incoming.inbound
    inbound.envelope = pack(unpack(inbound.envelope) | {"words": incoming.words})
    tx.session.add(inbound)
    address = _address_of(tx, agent.agent_id, incoming)
    asked = _open_question(tx, incoming.store.store_id, address)
    if asked is not None:
        template = template_of(asked)
        keep_template(asked, template | {"held": [*_held(template), inbound.inbound_key]})
        tx.session.add(asked)
        return
    queue(
        change,
        None,
        address,
        form=Form.CONFIRMATION,
        seqs=(),
        side="staff",
        content={
            "ask": _question(tx, incoming, match, choices),
            "held": [inbound.inbound_key],
        },
        store_id=incoming.store.store_id,
    )


def placed(change: Change, agent_id: str, incoming: Incoming) -> list[Incoming]:
    """An agent's answer has found its conversation: what they are to be asked is over.

    Returns:
        What the agent wrote before, when this is nothing but the number that it is for.
    """
    tx, store_id = change.tx, incoming.store.store_id
    asked = _open_question(tx, store_id, _address_of(tx, agent_id, incoming))
    if asked is None:
        return []
    template = template_of(asked)
    keep_template(asked, template | {"held": [], "answered": True})
    tx.session.add(asked)
    if incoming.words.strip():
        return []
    kept = (tx.session.get(InboundRow, (store_id, key)) for key in _held(template))
    return [
        Incoming(
            store=incoming.store,
            channel=incoming.channel,
            sender=incoming.sender,
            words=str(unpack(row.envelope)["words"]),
            inbound=row,
        )
        for row in kept
        if row is not None
    ]


def ask_shopper(change: Change, match: Match, incoming: Incoming, address: AddressRow) -> None:
    """Ask who texts from a phone that several shoppers use which conversation they mean.

    It names numbers alone: whoever holds the phone was texted from each of these conversations, and
    yet learns nothing of the others who hold it.
    """
    codes = [f"#{each.number}" for each in match.choices[:MOST_CHOICES]]
    queue(
        change,
        None,
        address,
        form=Form.CONFIRMATION,
        seqs=(),
        content={"text": WHICH, "choices": codes},
        store_id=incoming.store.store_id,
    )


def _question(
    tx: Tx, incoming: Incoming, match: Match, choices: Sequence[Choice]
) -> dict[str, object]:
    coded = code_of(incoming.words)
    told = reaching.delivery(tx, incoming.store.store_id, match.delivery_id or "", locked=False)
    theirs = unpack(incoming.inbound.envelope).get("message_id")
    return {
        "choices": sorted([each.number, _name(tx, incoming, each)] for each in choices),
        "unknown": coded.number if coded is not None else None,
        # A mail that leads back to the notice even where only its threading is kept.
        "answers": match.delivery_id,
        "references": [each for each in (told.message_id if told else None, theirs) if each],
    }


def _name(tx: Tx, incoming: Incoming, choice: Choice) -> str:
    row = tx.session.get(ConversationRow, (incoming.store.store_id, choice.conversation_id))
    shopper = people.shopper(tx, row.store_id, row.shopper_id) if row is not None else None
    return (shopper.name if shopper is not None else "") or NAMELESS


def _address_of(tx: Tx, agent_id: str, incoming: Incoming) -> AddressRow:
    for row in people.addresses_of(tx, people.HOUSE, "staff", agent_id):
        if row.channel == incoming.channel and row.value == incoming.sender:
            return row
    raise LookupError("an agent answers from an address that they have proven")


def _open_question(tx: Tx, store_id: str, address: AddressRow) -> DeliveryRow | None:
    """The question that this address was asked and has not answered, if it is young."""
    for row in reaching.latest_to(tx, [store_id], [address.address_id], LOOKED_AT):
        template = template_of(row) if row.form == Form.CONFIRMATION else {}
        if "ask" in template:
            is_open = not template.get("answered") and row.queued_at > tx.now - ASK_AGAIN
            return reaching.delivery(tx, store_id, row.delivery_id) if is_open else None
    return None


def _held(template: dict[str, Any]) -> list[str]:
    found: list[str] = template["held"]
    return found
