"""What the store's own app is told of a delivery: that there is an answer, and where it is read.

What the messages say stays here unless the store asks for it: a notification lies open on a locked
screen, and its words travel by the store's servers and by those of Apple or Google. Which fields
there are is told in ``docs/app-channel.md``.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

from gateway.channels.app.signature import headers_of
from gateway.channels.port import Outgoing
from gateway.clock import SECOND
from gateway.core.model import Form
from gateway.errors import Misconfigured
from gateway.services import enclosures
from gateway.services.app_secrets import secrets_of
from gateway.services.carried import Setting, conversation_of, entries_of, tongue_of
from gateway.services.thread_links import thread_link
from gateway.store import apps, messages
from gateway.store import house as houses
from gateway.store.apps import CHANNEL
from gateway.store.tables import AppRow, DeliveryRow
from gateway.store.tx import Tx

MOST_WORDS: Final = 1_000  #: characters of what is said; a phone shows some two hundred
CUT: Final = "…"


def call(tx: Tx, setting: Setting, row: DeliveryRow) -> Outgoing:
    """A delivery ready for the store's app.

    Raises:
        Misconfigured: the store has no app, or this is nothing that an app is told.
    """
    app = apps.app_of(tx, row.store_id)
    if app is None:
        raise Misconfigured("this store has no app to tell")
    if row.form != Form.WORDS:
        # Its addresses are proven by the store, and it confirms for itself what it switches off.
        raise Misconfigured("an app is told of messages alone")
    # Sent once more after an unknown outcome it bears the same id, by which the app knows it.
    name = row.message_id or row.delivery_id
    told = json.dumps(_told(tx, setting, row, name, with_words=bool(app.with_words)))
    secrets = secrets_of((setting.secret,), app)
    return _signed(app, secrets, name, told, to=row.value, delivery_id=row.delivery_id, now=tx.now)


def ping(app: AppRow, secrets: Sequence[str], store_key: str, name: str, now: int) -> Outgoing:
    """A call that tells nothing and only asks whether somebody is there."""
    told = json.dumps({"id": name, "store": store_key, "kind": "ping"})
    return _signed(app, secrets, name, told, to="", delivery_id=name, now=now)


def _signed(
    app: AppRow,
    secrets: Sequence[str],
    name: str,
    told: str,
    *,
    to: str,
    delivery_id: str,
    now: int,
) -> Outgoing:
    """A body for the store's app, with the headers that prove whose it is."""
    return Outgoing(
        delivery_id=delivery_id,
        channel=CHANNEL,
        to=to,
        sender=app.url,
        text=told,
        message_id=name,
        headers=headers_of(secrets, name, now // SECOND, told.encode()),
    )


def _told(
    tx: Tx, setting: Setting, row: DeliveryRow, name: str, *, with_words: bool
) -> dict[str, object]:
    store, conversation = setting.store, conversation_of(tx, row)
    tongue, entries = tongue_of(tx, row, store), entries_of(tx, row)
    who = tongue.names([entry.author_name for entry in entries])
    policy = houses.policy(tx, store)
    unread = messages.after(
        tx,
        row.store_id,
        row.conversation_id,
        conversation.seen_shopper,
        written_by="staff",
    )
    told: dict[str, object] = {
        "id": name,
        "store": store.key,
        "user": row.value,
        "conversation": conversation.number,
        "kind": "words",
        "title": tongue.say("app.title", who=who, store=store.name),
        "url": thread_link(
            setting.base_url, store.key, setting.secret, store_id=row.store_id, delivery_id=name
        ),
        "unread": len(unread),
        # Something else is tried then; what came later would tell of it twice.
        "expires_at": (tx.now + policy.receipt_deadline) // SECOND,
    }
    if with_words:
        words = "\n".join(enclosures.words_of(entry) for entry in entries)
        told["words"] = words if len(words) <= MOST_WORDS else words[: MOST_WORDS - 1] + CUT
    return told
