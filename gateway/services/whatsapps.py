"""What a delivery says by WhatsApp: free words within the 24 hours, else an approved template.

The address's window is looked at once more as it is handed over, with the eyes of ``plan``: what
is not free then goes as a template or not at all (``core.window``). There are no segments; Twilio
takes 1,600 characters, which is less than WhatsApp does.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from gateway.channels.port import Outgoing
from gateway.clock import SECOND
from gateway.core.model import Address, Form
from gateway.core.policy import Policy
from gateway.core.segments import beginning
from gateway.core.window import is_free
from gateway.errors import Misconfigured
from gateway.services.addresses import CODE_LASTS
from gateway.services.carried import MOST_SMS, Setting, entries_of, tongue_of
from gateway.services.enclosures import (
    Enclosures,
    can_be_fetched,
    with_pictures,
    with_text,
    words_of,
)
from gateway.services.preference_links import link_to
from gateway.services.thread_links import thread_link
from gateway.services.tongues import Tongue
from gateway.services.whatsapp_templates import Filled, filled
from gateway.services.whatsapp_window import opened, template_for
from gateway.store import attachments, people, reaching
from gateway.store import house as houses
from gateway.store.tables import DeliveryRow
from gateway.store.tx import Tx, unpack

CHANNEL: Final = "whatsapp"
PICTURES: Final = frozenset({"image/jpeg", "image/png"})
MOST_CAPTION: Final = 1_024  #: characters that WhatsApp shows below a picture
_ANY_NUMBER_OF_PARTS: Final = 100


def outgoing(tx: Tx, setting: Setting, row: DeliveryRow, code: str | None) -> Outgoing:
    """A message ready for its provider.

    Raises:
        Misconfigured: the store has no WhatsApp number, or the window is closed and no template of
            the store's says this.
    """
    store = setting.store
    if store.whatsapp_from is None:
        raise Misconfigured("this store has no WhatsApp number")
    tongue = tongue_of(tx, row, store)
    made = Outgoing(
        delivery_id=row.delivery_id,
        channel=CHANNEL,
        to=row.value,
        sender=store.whatsapp_from,
        text="",
        status_callback=(
            f"{setting.base_url}/hooks/twilio/{store.key}/status?delivery={row.delivery_id}"
        ),
        valid_for=_valid_for(row.form, houses.policy(tx, store)),
    )
    if _is_free(tx, row, tongue):
        pictured = _pictured(tx, setting, row, made.valid_for)
        text = _said(tx, setting, row, tongue, code, pictured)
        if pictured.shown and len(text) > MOST_CAPTION:
            pictured, text = Enclosures(), _said(tx, setting, row, tongue, code, None)
        return replace(made, text=text, media=tuple(pictured.shown.values()))
    brought = _template(tx, setting, row, tongue, code)
    return replace(
        made, text=brought.text, content_sid=brought.content_sid, variables=brought.variables
    )


def _valid_for(form: str, policy: Policy) -> int | None:
    """Seconds that it may wait in Twilio's queue: later it would come after what went instead."""
    spans = {
        Form.WORDS: policy.receipt_deadline,
        Form.KNOCK: policy.knock_wait,
        Form.CODE: CODE_LASTS,
    }
    span = spans.get(Form(form))
    return None if span is None else span // SECOND


def _pictured(tx: Tx, setting: Setting, row: DeliveryRow, valid_for: int | None) -> Enclosures:
    """The one picture that its messages bring, where Twilio can fetch it.

    A WhatsApp message takes one file, and the words as its caption; more than that are links.
    """
    if row.form != Form.WORDS or valid_for is None or not can_be_fetched(setting.base_url):
        return Enclosures()
    found = with_pictures(tx, setting, entries_of(tx, row), valid_for=valid_for)
    kinds = [
        held.kind
        for each in (*found.shown, *found.links)
        if (held := attachments.attachment(tx, row.store_id, each)) is not None
    ]
    return found if len(kinds) == 1 and kinds[0] in PICTURES else Enclosures()


def _is_free(tx: Tx, row: DeliveryRow, tongue: Tongue) -> bool:
    bare = Address(address_id=row.address_id, channel=CHANNEL)
    (address,) = opened(tx, row.store_id, tongue.language, (bare,))
    return is_free(address, tx.now)


def _said(
    tx: Tx,
    setting: Setting,
    row: DeliveryRow,
    tongue: Tongue,
    code: str | None,
    pictured: Enclosures | None,
) -> str:
    store = setting.store
    if row.form == Form.CONFIRMATION:
        kept = unpack(row.content)
        choices = tongue.either(kept.get("choices", ()))
        return tongue.say(f"{kept['text']}.{CHANNEL}", store=store.name, choices=choices)
    if row.form == Form.CODE:
        return tongue.say("sms.code", store=store.name, code=code)
    who, words = _who_and_words(tx, setting, row, tongue, pictured)
    if row.form == Form.KNOCK:
        return tongue.say("sms.knock", who=who, store=store.name)
    first = _is_first(tx, row)
    head = tongue.say("sms.head", who=who, store=store.name) if first else ""
    stop = f"\n{tongue.say('whatsapp.stop')}" if first else ""
    choose = f"\n{tongue.say('sms.choose', link=_choose(tx, setting, row))}" if first else ""
    for tail in (stop + choose, stop):
        if len(head + words + tail) <= MOST_SMS:
            return head + words + tail
    more = tongue.say("sms.more", link=_thread(setting, row)) + stop
    return beginning(head + words, more, most=_ANY_NUMBER_OF_PARTS, longest=MOST_SMS)


def _template(
    tx: Tx, setting: Setting, row: DeliveryRow, tongue: Tongue, code: str | None
) -> Filled:
    store = setting.store
    # Not its tongue's language: the reader's own may be one that only the template speaks.
    shopper = people.shopper(tx, row.store_id, row.person_id)
    language = shopper.language if shopper is not None else ""
    found = template_for(tx, store, row.form, language)
    if found is None:
        raise Misconfigured(
            "WhatsApp takes free words only within 24 hours of their last message, and the store"
            " has no approved template for this"
        )
    if row.form == Form.CODE:
        return filled(found, [str(code), store.name])
    who, words = _who_and_words(tx, setting, row, tongue, None)
    if row.form == Form.KNOCK:
        return filled(found, [who, store.name])
    return filled(found, [who, store.name, words], rest=_thread(setting, row))


def _who_and_words(
    tx: Tx, setting: Setting, row: DeliveryRow, tongue: Tongue, pictured: Enclosures | None
) -> tuple[str, str]:
    entries = entries_of(tx, row)
    names = [entry.author_name for entry in entries]
    links = with_text(tx, setting, entries).links
    shown = pictured.shown if pictured is not None else {}
    told = (words_of(entry, links, shown) for entry in entries)
    words = "\n".join(each for each in told if each)
    return tongue.names(names[-1:] if row.form == Form.KNOCK else names), words


def _is_first(tx: Tx, row: DeliveryRow) -> bool:
    """The first words to somebody name the shop and say how to stop."""
    earlier = reaching.latest_to(tx, [row.store_id], [row.address_id])
    return not any(each.form == Form.WORDS and each.accepted_at is not None for each in earlier)


def _thread(setting: Setting, row: DeliveryRow) -> str:
    return thread_link(
        setting.base_url,
        setting.store.key,
        setting.secret,
        store_id=row.store_id,
        delivery_id=row.delivery_id,
    )


def _choose(tx: Tx, setting: Setting, row: DeliveryRow) -> str:
    address = people.address(tx, row.store_id, row.address_id)
    if address is None:
        raise LookupError("a delivery goes to an address that is there")
    return link_to(setting.base_url, setting.store.key, setting.secret, address)
