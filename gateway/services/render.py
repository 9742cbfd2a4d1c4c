"""What a delivery to a shopper says, rendered at hand-over; here the texts, mails in ``letters``.

They name the agent and the store, never an agent's own address (behaviour 37), in the shopper's
language. What agents get is worded in ``notices``. A text tells how to be answered elsewhere when
it is the first to a number or when the link costs nothing, since a segment more is paid for.
"""

from __future__ import annotations

from typing import Final

from gateway.channels.port import Outgoing
from gateway.core.model import Form
from gateway.core.segments import segments
from gateway.errors import Misconfigured
from gateway.services import enclosures, letters
from gateway.services.carried import MOST_SMS, Setting, entries_of, text_of, tongue_of
from gateway.services.preference_links import link_to
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
    return letters.mail(tx, setting, row)


def _text(tx: Tx, setting: Setting, row: DeliveryRow, code: str | None) -> Outgoing:
    store = setting.store
    if store.sms_from is None:
        raise Misconfigured("this store has no number to text from")
    return Outgoing(
        delivery_id=row.delivery_id,
        channel="sms",
        to=row.value,
        sender=store.sms_from,
        text=_sms_words(tx, setting, row, code),
        status_callback=(
            f"{setting.base_url}/hooks/twilio/{store.key}/status?delivery={row.delivery_id}"
        ),
    )


def _sms_words(tx: Tx, setting: Setting, row: DeliveryRow, code: str | None) -> str:
    store, tongue = setting.store, tongue_of(tx, row, setting.store)
    if row.form == Form.CONFIRMATION:
        return tongue.say(f"{unpack(row.content)['text']}.sms", store=store.name)
    if row.form == Form.CODE:
        return tongue.say("sms.code", store=store.name, code=code)
    entries = entries_of(tx, row)
    names = [entry.author_name for entry in entries]
    if row.form == Form.KNOCK:
        return tongue.say("sms.knock", who=tongue.names(names[-1:]), store=store.name)
    links = enclosures.with_text(tx, setting, entries).links
    words = "\n".join(enclosures.words_of(entry, links) for entry in entries)
    head = (
        tongue.say("sms.head", who=tongue.names(names), store=store.name)
        if names
        else f"{store.name}: "
    )
    return _with_small_print(tx, setting, row, tongue, head, words)


def _with_small_print(
    tx: Tx, setting: Setting, row: DeliveryRow, tongue: Tongue, head: str, words: str
) -> str:
    cut = tongue.say("cut")
    choose = "\n" + tongue.say("sms.choose", link=_link(tx, setting, row))
    if _is_first_text(tx, row):
        small = f"\n{tongue.say('sms.stop')}{choose}"
        return text_of(f"{head}{words}", MOST_SMS - len(small), cut) + small
    said = text_of(words, cut=cut)
    more = said + choose
    costs = segments(more).count > segments(said).count or len(more) > MOST_SMS
    return said if costs or _is_live_exchange(tx, setting, row) else more


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
    earlier = reaching.latest_to(tx, [row.store_id], [row.address_id])
    return not any(each.form == Form.WORDS and each.accepted_at is not None for each in earlier)
