"""What a delivery to a shopper says, rendered at hand-over; here the texts, mails in ``letters``.

They name the agent and the store, never an agent's own address (behaviour 37), in the shopper's
language. What agents get is worded in ``notices``. A text tells how to be answered elsewhere when
it is the first to a number or when the link costs nothing, since a segment more is paid for. One
that is too long for the store's policy brings its beginning and a link to all of it.
"""

from __future__ import annotations

from typing import Final

from gateway.channels.port import Outgoing
from gateway.clock import SECOND
from gateway.core.marks import unmarked
from gateway.core.model import Form
from gateway.core.policy import Policy
from gateway.core.segments import beginning, plain, segments
from gateway.services import app_calls, letters, pushes, transcripts_told, whatsapps
from gateway.services.addresses import CODE_LASTS
from gateway.services.carried import MOST_SMS, Setting, entries_of, tongue_of
from gateway.services.enclosures import (
    Enclosures,
    can_be_fetched,
    with_pictures,
    with_text,
    words_of,
)
from gateway.services.places import country_of
from gateway.services.preference_links import link_to
from gateway.services.senders import sender_for
from gateway.services.thread_links import thread_link
from gateway.services.tongues import Tongue
from gateway.store import house as houses
from gateway.store import people, reaching
from gateway.store.tables import DeliveryRow
from gateway.store.tx import Tx, unpack

#: What is confirmed, by its name in the catalogues: a STOP, a START, a HELP.
STOPPED_LINE: Final = "stopped"
STARTED_LINE: Final = "started"
HELP_LINE: Final = "help"


def outgoing(tx: Tx, setting: Setting, row: DeliveryRow, code: str | None) -> Outgoing:
    """A delivery ready for its provider.

    Raises:
        Misconfigured: the store has no sender for this channel.
    """
    if row.channel == "sms":
        return _text(tx, setting, row, code)
    if row.channel == whatsapps.CHANNEL:
        return whatsapps.outgoing(tx, setting, row, code)
    if row.channel == "push":
        return pushes.notification(tx, setting, row)
    if row.channel == "app":
        return app_calls.call(tx, setting, row)
    ready = letters.mail(tx, setting, row, code)
    return transcripts_told.mail(tx, setting, row, ready) if row.form == Form.TRANSCRIPT else ready


def _text(tx: Tx, setting: Setting, row: DeliveryRow, code: str | None) -> Outgoing:
    store = setting.store
    sender = sender_for(tx, store, row.value)
    enclosed = _enclosed(tx, setting, row, sender)
    return Outgoing(
        delivery_id=row.delivery_id,
        channel="sms",
        to=row.value,
        sender=sender,
        text=plain(_sms_words(tx, setting, row, code, enclosed)),
        media=tuple(enclosed.shown.values()),
        status_callback=(
            f"{setting.base_url}/hooks/twilio/{store.key}/status?delivery={row.delivery_id}"
        ),
        valid_for=_valid_for(row.form, houses.policy(tx, store)),
    )


def _valid_for(form: str, policy: Policy) -> int | None:
    """Seconds until something else is tried, or until nobody can use it any more.

    A text that waited longer would come after what was sent in its stead.
    """
    spans = {
        Form.WORDS: policy.receipt_deadline,
        Form.KNOCK: policy.knock_wait,
        Form.CODE: CODE_LASTS,
    }
    span = spans.get(Form(form))
    return None if span is None else span // SECOND


def _enclosed(tx: Tx, setting: Setting, row: DeliveryRow, sender: str) -> Enclosures:
    """The files of its messages: pictures where networks carry them there, else links."""
    if row.form != Form.WORDS:
        return Enclosures()
    policy, entries = houses.policy(tx, setting.store), entries_of(tx, row)
    valid_for = _valid_for(row.form, policy)
    # A short code and a Messaging Service are of no country that anybody could tell.
    places = {
        country_of("sms", row.value),
        country_of("sms", sender) or country_of("sms", row.value),
    }
    if valid_for and places <= policy.mms_countries and can_be_fetched(setting.base_url):
        return with_pictures(tx, setting, entries, valid_for=valid_for)
    return with_text(tx, setting, entries)


def _sms_words(
    tx: Tx, setting: Setting, row: DeliveryRow, code: str | None, enclosed: Enclosures
) -> str:
    store, tongue = setting.store, tongue_of(tx, row, setting.store)
    if row.form == Form.CONFIRMATION:
        kept = unpack(row.content)
        choices = tongue.either(kept.get("choices", ()))
        return tongue.say(f"{kept['text']}.sms", store=store.name, choices=choices)
    if row.form == Form.CODE:
        return tongue.say("sms.code", store=store.name, code=code)
    entries = entries_of(tx, row)
    names = [entry.author_name for entry in entries]
    if row.form == Form.KNOCK:
        return tongue.say("sms.knock", who=tongue.names(names[-1:]), store=store.name)
    told = (unmarked(words_of(entry, enclosed.links, enclosed.shown)) for entry in entries)
    words = "\n".join(each for each in told if each)
    head = (
        tongue.say("sms.head", who=tongue.names(names), store=store.name)
        if names
        else f"{store.name}: "
    )
    return _with_small_print(tx, setting, row, tongue, head, words)


def _with_small_print(
    tx: Tx, setting: Setting, row: DeliveryRow, tongue: Tongue, head: str, words: str
) -> str:
    most = houses.policy(tx, setting.store).sms_most_segments
    first = _is_first_text(tx, row)
    head = head if first else ""
    said = head + words
    stop = f"\n{tongue.say('sms.stop')}" if first else ""
    choose = f"\n{tongue.say('sms.choose', link=_link(tx, setting, row))}"
    if _fits(said + stop + choose, most) and (
        first or (_is_free(said, choose) and not _is_live_exchange(tx, setting, row))
    ):
        return said + stop + choose
    if _fits(said + stop, most):
        return said + stop
    more = tongue.say("sms.more", link=_thread(setting, row))
    return _beginning(head, words, more + stop, most)


def _fits(said: str, most: int) -> bool:
    text = plain(said)
    return len(text) <= MOST_SMS and segments(text).count <= most


def _is_free(said: str, more: str) -> bool:
    return segments(plain(said + more)).count == segments(plain(said)).count


def _beginning(head: str, words: str, tail: str, most: int) -> str:
    """What fits; where name and links leave no room for a word, in as many segments as it takes."""
    bare = plain(head + tail)
    text = beginning(head + words, tail, most=most, longest=MOST_SMS)
    if len(text) > len(bare):
        return text
    return beginning(head + words, tail, most=segments(bare).count + 1, longest=MOST_SMS)


def _thread(setting: Setting, row: DeliveryRow) -> str:
    return thread_link(
        setting.base_url,
        setting.store.key,
        setting.secret,
        store_id=row.store_id,
        delivery_id=row.delivery_id,
    )


def _link(tx: Tx, setting: Setting, row: DeliveryRow) -> str:
    """Where the reader of this delivery chooses how to be answered.

    Raises:
        LookupError: the address is not there.
    """
    address = people.address(tx, row.store_id, row.address_id)
    if address is None:
        raise LookupError("a delivery goes to an address that is there")
    return link_to(setting.base_url, setting.store.key, setting.secret, address)


def _is_live_exchange(tx: Tx, setting: Setting, row: DeliveryRow) -> bool:
    """Whoever has just texted has chosen already, and is not told of it at every answer."""
    act = people.act(tx, row.store_id, "shopper", row.person_id)
    counts = houses.policy(tx, setting.store).act_counts
    return act is not None and act.address_id == row.address_id and act.at + counts > tx.now


def _is_first_text(tx: Tx, row: DeliveryRow) -> bool:
    """The first words to a number name the shop and say how to stop."""
    return not reaching.was_brought_words(tx, row.store_id, row.address_id)
