"""What a notification says: that the store has answered, and where; never what.

A lock screen shows it to whoever holds the phone, and the push service carries it, sealed. It names
the store alone, in the shopper's language, and one of a conversation takes the place of the last.
"""

from __future__ import annotations

from gateway.auth.tokens import seal
from gateway.channels.port import Outgoing, Subscribed
from gateway.clock import SECOND
from gateway.errors import Misconfigured
from gateway.services.carried import Setting, tongue_of
from gateway.services.push_keys import signing_key
from gateway.services.thread_links import thread_link
from gateway.store import house as houses
from gateway.store import push
from gateway.store.tables import DeliveryRow
from gateway.store.tx import Tx, pack

SHOWN, TOPIC = "push shown", "push topic"
MOST_NAME = 80  #: characters of a store's name that a notification has room for


def notification(tx: Tx, setting: Setting, row: DeliveryRow) -> Outgoing:
    """A notification ready for the browser's push service.

    Raises:
        Misconfigured: the store notifies no browser now, or this one has gone.
    """
    store = setting.store
    browser = push.subscription(tx, row.store_id, row.address_id)
    if browser is None:
        raise Misconfigured("This browser has no subscription any more.")
    key = signing_key(tx, (setting.secret,), store, browser.public_key)
    topic = seal(setting.secret, TOPIC, row.store_id, row.conversation_id)
    tongue, name = tongue_of(tx, row, store), _short(store.name)
    payload = {
        "store": name,
        "title": tongue.say("push.title", store=name),
        "body": tongue.say("push.body"),
        "url": thread_link(
            setting.base_url,
            store.key,
            setting.secret,
            store_id=row.store_id,
            delivery_id=row.delivery_id,
        ),
        "tag": topic,
        "token": _token(setting, row),
    }
    return Outgoing(
        delivery_id=row.delivery_id,
        channel="push",
        to=row.value,
        sender=key.public,
        text=pack(payload),
        # Shown any later it would come after what was sent in its stead.
        valid_for=houses.policy(tx, store).receipt_deadline // SECOND,
        browser=Subscribed(
            p256dh=browser.p256dh, auth=browser.auth, signing=key.private, topic=topic
        ),
    )


def _token(setting: Setting, row: DeliveryRow) -> str:
    """What the browser's receipt goes by: good for nothing else."""
    mark = seal(setting.secret, SHOWN, row.store_id, row.delivery_id)
    return f"{setting.store.key}.{row.delivery_id}{mark}"


def _short(name: str) -> str:
    return name if len(name) <= MOST_NAME else name[: MOST_NAME - 1].rstrip() + "…"
