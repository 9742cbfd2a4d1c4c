"""Mails and failures that a provider posted, already known to be the provider's.

The store in the hook's address must be there; for which store a mail is, its envelope says, as it
does to our own listener: one account may serve all stores of the house.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace

import anyio.to_thread
import structlog

from gateway.channels.email.addresses import parse_list
from gateway.channels.email.head import head_of
from gateway.channels.email.listener import Envelope
from gateway.channels.email.posted import Brought, Failure, NotSigned
from gateway.errors import NotFound
from gateway.services import mail_evidence, mail_intake, receipts
from gateway.services.house import Change, House
from gateway.services.receipts import Receipt
from gateway.store import hooks
from gateway.store import house as houses
from gateway.store.reaching import delivery_by_provider
from gateway.store.tables import DeliveryRow, StoreRow
from gateway.store.tx import Tx

log = structlog.get_logger(__name__)

#: where a forwarder leaves the address that a mail was first sent to
_FOR_WHOM = ("Delivered-To", "X-Original-To", "X-Forwarded-To", "To", "Cc")


class NobodyHere(NotFound):
    """The mail is for no address of a store; set the store's mail address or domain."""

    code = "nobody_here"


async def keep(house: House, store_key: str, brought: Brought, *, token_until: int) -> None:
    """Put what came on disk; the provider gets its 200 after this. A repeat changes nothing.

    ``token_until`` is when a token that the provider signed has gone stale anyway, in microseconds.

    Raises:
        NotFound: no store has this key.
        NobodyHere: a mail is for none of our addresses; nothing of it was kept.
        NotSigned: the token was used for something else.
        StorageRefused: it could not be stored; the provider has to try again.
    """
    await house.store.read(lambda tx: houses.store_by_key(tx, store_key))
    if brought.once is not None:
        await _use_token(house, brought, brought.once, token_until)
    for envelope in [await _addressed(house, store_key, each) for each in brought.mails]:
        await mail_intake.keep(house, envelope)
    for failure in brought.failures:
        await _take(house, store_key, failure)


async def _use_token(house: House, brought: Brought, token: str, until: int) -> None:
    token_hash = hashlib.sha256(token.encode()).hexdigest()
    content_hash = await anyio.to_thread.run_sync(brought.digest)

    def work(change: Change) -> bool:
        return hooks.use_token(change.tx, token_hash, content_hash, expires_at=until)

    if not await house.change(work, on=f"hook_token:{token_hash}"):
        raise NotSigned("this signature came before, with other words")


async def _addressed(house: House, store_key: str, envelope: Envelope) -> Envelope:
    """The mail for those of its recipients that are ours.

    A mail that was forwarded to the provider's own address names ours only in its head. That is a
    guess, but not one that opens anything: what a reply address is worth, its signature says.
    """
    for named in (envelope.recipients, _in_head(envelope.raw)):
        ours = tuple([each for each in named if await mail_intake.accepts(house, each)])
        if ours:
            return replace(envelope, recipients=ours)
    log.warning("mail_hook.nobody_here", store=store_key)
    raise NobodyHere


def _in_head(raw: bytes) -> tuple[str, ...]:
    head = head_of(raw)
    found = (
        box.addr for name in _FOR_WHOM for value in head.all(name) for box in parse_list(value)
    )
    return tuple(dict.fromkeys(found))


async def _take(house: House, store_key: str, failure: Failure) -> None:
    """A failure is a receipt of the delivery that it names, in whichever store that is."""

    def find(tx: Tx) -> tuple[StoreRow, DeliveryRow] | None:
        for store in sorted(houses.stores(tx), key=lambda row: row.key != store_key):
            row = mail_evidence.by_message_ids(tx, store, failure.message_ids)
            if row is None and failure.provider_id:
                row = delivery_by_provider(tx, store.store_id, failure.provider_id)
            if row is not None and row.channel == mail_intake.CHANNEL:
                return store, row
        return None

    found = await house.store.read(find)
    if found is None:
        # Another system's mail on the same account, or one that we sent long ago.
        log.info("mail_hook.failure_of_nothing", store=store_key)
        return
    store, row = found
    receipt = Receipt(
        key=failure.key,
        state="returned" if failure.for_now else "bounced",
        provider_id=row.provider_id,
        delivery_id=row.delivery_id,
        code=failure.code,
        words=failure.words,
        address_is_bad=failure.address_is_bad,
    )
    await receipts.take(house, store.key, receipt)
