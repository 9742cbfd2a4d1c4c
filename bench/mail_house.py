"""A house for the measurements of mail: a store of its own on disk, and letters that wait in it."""

from __future__ import annotations

import contextlib
import gc
import secrets
import tempfile
from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path

import structlog

from bench.checking import findings, refuse
from bench.crowd import Pattern, multiply
from gateway.bootstrap import Gateway, build
from gateway.clock import HOUR, SystemClock
from gateway.core.consent_sentences import newest
from gateway.services import nodes, reaching, receive
from gateway.services.addresses import PURPOSES
from gateway.services.house import Change, House
from gateway.services.setup import NewStore, add_agent, ensure_store
from gateway.settings import read_settings
from gateway.store import people
from gateway.store.migrate import upgrade
from gateway.store.tables import AddressRow

DOMAIN = "in.acme.example"
ADA = "ada@acme.example"
QUESTION = "Hello, where is my order 4711? It should have been here on Monday."
ANSWER = """\
Hello Vera, I am sorry for the wait. Your parcel left our warehouse on Tuesday and is with the
carrier now; it should be with you tomorrow before noon. I have refunded the postage.
"""


@contextlib.asynccontextmanager
async def opened(clock: SystemClock, **settings: object) -> AsyncIterator[tuple[Gateway, str, str]]:
    """A gateway on a fresh database beside the project; with the ids of its store and of Ada.

    Raises:
        RuntimeError: afterwards something is lost, doubled or out of order in it.
    """
    # Debug and info lines of thousands of letters are no part of what is measured.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(30))
    with tempfile.TemporaryDirectory(dir=".", prefix=".bench-", ignore_cleanup_errors=True) as home:
        given = read_settings(data=Path(home), smtp_tls="none", **settings)
        await upgrade(given.database)
        async with build(given, clock) as gateway:
            new = NewStore(
                key="acme",
                name="Acme",
                origins=("https://acme.example",),
                mail_from=f"support@{DOMAIN}",
                mail_domain=DOMAIN,
            )
            store_id = await ensure_store(gateway.house.store, new)
            ada = await add_agent(
                gateway.house.store, email=ADA, name="Ada", password=secrets.token_hex()
            )
            await nodes.begin_node(gateway.house)
            gc.freeze()  # as ``serve`` does
            try:
                yield gateway, store_id, ada
            finally:
                gc.unfreeze()
            refuse(await gateway.house.store.read(partial(findings, written=0)))


async def waiting_letters(
    house: House, clock: SystemClock, store_id: str, ada: str, count: int
) -> None:
    """So many shoppers asked, left a mailbox and went; Ada has answered each, and mail is queued.

    The last step is the gateway's own: the clock moves on and what is due is planned.
    """
    one = partial(_asked_and_answered, store_id=store_id, ada=ada)
    await nobody_is_there(house, clock, one, count)


async def nobody_is_there(
    house: House, clock: SystemClock, one: Callable[[Change], Pattern], count: int
) -> None:
    """``one`` conversation and copies of it, all of them left; then it is time to reach."""
    await multiply(house, await house.change(one), 1, count - 1, later=0)
    clock.move_ahead(HOUR)
    await nodes.keep_node(house)
    while await reaching.look_at_due(house):
        pass


def _asked_and_answered(change: Change, *, store_id: str, ada: str) -> Pattern:
    tx = change.tx
    vera = people.new_shopper(tx, store_id, language="en", name="Vera")
    conversation, _ = receive.conversation_for(change, store_id, vera.shopper_id)
    asked = receive.shopper_writes(change, conversation, QUESTION)
    mailbox = AddressRow(
        store_id=store_id,
        address_id=tx.new_id(),
        side="shopper",
        person_id=vera.shopper_id,
        channel="email",
        value=f"vera.{vera.shopper_id}@home.example",
        typed_conversation_id=conversation.conversation_id,
        typed_seq=conversation.last_seq,
        created_at=tx.now,
    )
    tx.session.add(mailbox)
    sentence = newest("email", "en")
    people.record_consent(
        tx,
        mailbox,
        purposes=PURPOSES,
        granted=True,
        source="widget",
        sentence_id=sentence.id,
        sentence=sentence.text,
    )
    receive.agent_writes(change, conversation, ada, "Ada", ANSWER)
    receive.answered(change, conversation, asked.seq)
    return Pattern(
        store_id=store_id,
        shopper_id=vera.shopper_id,
        conversation_id=conversation.conversation_id,
        address_id=mailbox.address_id,
    )
