"""What becomes of a mail that was kept: a receipt, somebody's words, or set aside.

Reading it is the clockwork's work, in a child that can be killed; three failures set the mail aside
for an operator, raw bytes kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import structlog

from gateway.clock import MINUTE, SECOND
from gateway.core.keywords import Keyword, keyword
from gateway.core.matching import answered_by, match_mail
from gateway.errors import StorageRefused
from gateway.files.child import Child, Unreadable
from gateway.services import (
    answering,
    mail_evidence,
    mail_files,
    receipts,
    stopping,
    unreadable_mails,
)
from gateway.services.house import Change, House
from gateway.services.mail_senders import verdict_of, vouched_for
from gateway.services.receipts import Receipt
from gateway.services.words import clean
from gateway.store import house as houses
from gateway.store import people, reaching
from gateway.store.tables import InboundRow, StoreRow
from gateway.store.tx import Tx, pack, unpack

log = structlog.get_logger(__name__)

CHANNEL = "email"
LEASE = 60 * SECOND
AGAIN = MINUTE
MOST_ATTEMPTS = 3
MOST_WORDS = 50_000  #: characters shown of one mail; the original is kept whole
BATCH = 20
WITHOUT_WORDS = "[a mail without words]"
_MEANS = {"hard": "bounced", "soft": "returned", "complaint": "bounced", "read_receipt": "read"}


@dataclass(frozen=True, slots=True)
class Claimed:
    """A stored mail that this worker reads now."""

    store_id: str
    inbound_key: str
    raw: bytes
    envelope: dict[str, Any]


async def read_due(house: House, child: Child) -> int:
    """Read what is due; how many there were."""
    claimed = await house.change(_claim_due)
    read: list[tuple[Claimed, dict[str, Any]]] = []
    for each in claimed:
        try:
            parsed = await child.read(each.raw)
            # At once: the files of a whole batch do not fit into memory.
            await mail_files.keep(house, each.store_id, parsed)
            read.append((each, parsed))
        except Unreadable:
            await house.change(partial(_failed, claimed=each))
        except StorageRefused as refused:
            log.warning("mail.no_room", store=each.store_id, words=refused.message)
            await house.change(partial(_later, claimed=each))
    vouched = await vouched_for(house, [(each.raw, each.envelope, parsed) for each, parsed in read])
    for (each, parsed), verdict in zip(read, vouched, strict=True):
        parsed["vouched"] = verdict
        work = partial(_understand, house=house, claimed=each, parsed=parsed)
        await house.change(work, on=f"inbound:{each.inbound_key}")
    return len(claimed)


def _claim_due(change: Change) -> list[Claimed]:
    tx, found = change.tx, []
    for row in reaching.due_inbound(tx, CHANNEL, BATCH):
        row.state, row.due_at = "parsing", tx.now + LEASE
        row.attempts += 1
        tx.session.add(row)
        if row.attempts > MOST_ATTEMPTS:
            unreadable_mails.set_aside(change, row, "quarantined")
        else:
            found.append(Claimed(row.store_id, row.inbound_key, row.raw, unpack(row.envelope)))
    return found


def _failed(change: Change, claimed: Claimed) -> None:
    row = _inbound(change.tx, claimed)
    if row.attempts >= MOST_ATTEMPTS:
        unreadable_mails.set_aside(change, row, "quarantined")
        return
    row.state, row.due_at = "stored", change.tx.now + AGAIN
    change.tx.session.add(row)
    change.work = True


def _later(change: Change, claimed: Claimed) -> None:
    """The disk is full, which is no fault of the mail: this was no attempt."""
    row = _inbound(change.tx, claimed)
    row.state, row.due_at = "stored", change.tx.now + AGAIN
    row.attempts -= 1
    change.tx.session.add(row)


def _understand(change: Change, house: House, claimed: Claimed, parsed: dict[str, Any]) -> None:
    tx = change.tx
    row = _inbound(tx, claimed)
    if row.state != "parsing":
        return
    row.state = "done"
    store = houses.store(tx, row.store_id)
    envelope = _with_what_it_says(unpack(row.envelope), parsed)
    row.envelope = pack(envelope)
    verdict = parsed.get("verdict")
    if verdict is not None:
        row.outcome = _take_receipt(change, house, store, row, envelope, verdict)
    elif parsed.get("unreadable"):
        row.outcome = unreadable_mails.show(change, house, store, row, envelope)
    elif mail_evidence.is_our_own(house, parsed):
        row.outcome = "own_mail"
    else:
        row.outcome = _deliver(change, house, store, row, envelope, parsed)
    tx.session.add(row)


def _with_what_it_says(envelope: dict[str, Any], parsed: dict[str, Any]) -> dict[str, Any]:
    vouched = parsed["vouched"]
    # Whom a mail names beside us is believed as far as its sender is.
    in_cc = parsed["recipients"] if verdict_of(vouched) == "pass" else []
    return {
        **envelope,
        "message_id": parsed.get("message_id"),
        "from": parsed.get("from"),
        "vouched": vouched,
        "in_cc": in_cc,
    }


def _deliver(
    change: Change,
    house: House,
    store: StoreRow,
    row: InboundRow,
    envelope: dict[str, Any],
    parsed: dict[str, Any],
) -> str:
    sender = parsed.get("from")
    if not sender:
        unreadable_mails.set_aside(change, row, "no sender")
        return row.outcome
    forged = verdict_of(envelope["vouched"]) == "fail"
    command = None if forged else keyword(parsed["typed"])
    holders = people.addresses_with(change.tx, store.store_id, CHANNEL, sender)
    if command is Keyword.STOP:
        return stopping.stop(change, store, CHANNEL, sender, told=False)
    if command is Keyword.START and any(each.stopped_at is not None for each in holders):
        return stopping.start(change, store, CHANNEL, sender, told=False)
    if command is Keyword.YES:
        knock = mail_evidence.knock_for(change.tx, house, store, envelope, parsed, sender)
        if knock is not None:
            return answering.knock_answered(change, knock)
    evidence = mail_evidence.evidence_for(change.tx, house, store, envelope, parsed, sender)
    match = match_mail(evidence)
    # Without new words a forward is shown whole; an answer would only say our own words again.
    said = parsed["typed"] if answered_by(evidence) else parsed["visible"]
    words = said or parsed.get("subject") or WITHOUT_WORDS
    named = mail_files.enclose(change.tx, row, parsed, match.conversation_id)
    row.envelope = pack({**envelope, "attachments": named})
    incoming = answering.Incoming(
        store=store,
        channel=CHANNEL,
        sender=sender,
        words=clean(mail_files.with_left_out(words[:MOST_WORDS], parsed)),
        inbound=row,
        subject=parsed.get("subject") or "",
        vouched=envelope["vouched"] or None,
        also_to=_also_to(store, envelope, parsed, sender),
    )
    answering.deliver(change, match, incoming)
    return match.kind


def _also_to(
    store: StoreRow, envelope: dict[str, Any], parsed: dict[str, Any], sender: str
) -> tuple[str, ...]:
    """Whom a mail names in To and Cc beside the store: they may know what is written here."""
    ours = {sender, store.mail_from, *envelope["recipients"]}
    others = dict.fromkeys(each for each in parsed["recipients"] if each not in ours)
    domain = (store.mail_domain or "").lower()
    return tuple(each for each in others if each.rpartition("@")[2].lower() != domain)


def _take_receipt(
    change: Change,
    house: House,
    store: StoreRow,
    row: InboundRow,
    envelope: dict[str, Any],
    verdict: dict[str, Any],
) -> str:
    """A bounce is a receipt, not a message; automatic mail moves nothing (invariant 11)."""
    tx = change.tx
    kind = str(verdict["kind"])
    delivery = mail_evidence.by_token(
        tx, house, store, envelope["recipients"], "b"
    ) or mail_evidence.by_message_ids(tx, store, verdict["message_ids"])
    state = _MEANS.get(kind)
    # What nobody understands must not have the same mail sent again.
    if delivery is None or state is None or not verdict["understood"]:
        return kind
    locked = reaching.delivery(tx, store.store_id, delivery.delivery_id)
    if locked is None:
        return kind
    receipts.apply(
        change,
        locked,
        Receipt(
            key=row.inbound_key,
            state=state,
            words=f"The mail came back: {verdict['reason']}",
            address_is_bad=kind in ("hard", "complaint"),
        ),
    )
    return kind


def _inbound(tx: Tx, claimed: Claimed) -> InboundRow:
    row = tx.session.get(InboundRow, (claimed.store_id, claimed.inbound_key))
    if row is None:
        raise LookupError("a claimed mail is never deleted")
    return row
