"""A mail to a shopper, rendered at hand-over from the thread as it is then.

It names the agent and the store, never an agent's own address (behaviour 37), and reads as one
person's letter: what is new with its times, what it answers to folded below, one way back into the
chat, and how to hear less. Which headers a mail bears, and why, is in
``docs/decisions/0009-what-a-mail-carries.md``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from gateway.channels.email.tokens import (
    bounce_address,
    delivery_of,
    message_id,
    reply_address,
)
from gateway.channels.port import Inlined, Outgoing
from gateway.core.model import Form
from gateway.errors import Misconfigured
from gateway.services import enclosures, ratings, wordings
from gateway.services.carried import (
    Setting,
    context_of,
    conversation_of,
    display_name,
    entries_of,
    message_ids_of,
    tongue_of,
)
from gateway.services.conversation_stops import stop_link
from gateway.services.lettering import (
    FACE,
    LOGO,
    Link,
    Logo,
    Page,
    Part,
    Said,
    drawn,
    html_of_page,
    text_of_page,
)
from gateway.services.preference_links import link_to
from gateway.services.thread_links import thread_link
from gateway.services.tongues import Tongue
from gateway.store import faces, people, reaching
from gateway.store import house as houses
from gateway.store.tables import (
    AddressRow,
    ConversationRow,
    DeliveryRow,
    EntryRow,
    StoreLogoRow,
    StoreRow,
)
from gateway.store.tx import Tx, unpack

#: RFC 3834 section 5: nobody's auto-responder shall answer this; the second is Exchange's own.
AUTOMATIC = (("Auto-Submitted", "auto-replied"), ("X-Auto-Response-Suppress", "OOF, AutoReply"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """Where a mail leads: ``chat`` opens the thread, ``choose`` and ``stop`` open a page each."""

    chat: str
    choose: str
    stop: str
    rate: str | None = None  #: asks how it went; once, of what is resolved


def mail(tx: Tx, setting: Setting, row: DeliveryRow, code: str | None = None) -> Outgoing:
    """A delivery by mail, ready for the provider.

    Raises:
        Misconfigured: the store has no address to mail from.
    """
    store = setting.store
    if store.mail_from is None or store.mail_domain is None:
        raise Misconfigured("this store has no address to mail from")
    tongue = tongue_of(tx, row, store)
    plain = Outgoing(
        delivery_id=row.delivery_id,
        channel="email",
        to=row.value,
        sender=f'"{display_name(store.name)}" <{store.mail_from}>',
        text="",
        subject=tongue.say("about", store=store.name),
        message_id=row.message_id or message_id(row.delivery_id, store.mail_domain),
        headers=AUTOMATIC,
    )
    if row.form == Form.CONFIRMATION:
        # The one answer to a STOP or START: no thread, and no address to answer a token to.
        what = str(unpack(row.content)["text"])
        return replace(plain, text=tongue.say(f"{what}.email", store=store.name))
    if row.form == Form.CODE:
        return replace(plain, text=tongue.say("code.email", store=store.name, code=code))
    secret, domain = setting.secret, store.mail_domain
    addressed = replace(
        plain,
        reply_to=reply_address(secret, domain=domain, payload=row.delivery_id),
        envelope_from=bounce_address(secret, domain=domain, payload=row.delivery_id),
    )
    if row.form == Form.TRANSCRIPT:
        return addressed  # what it tells is filled in by ``transcripts_told``
    entries = entries_of(tx, row)
    if row.form == Form.KNOCK:
        who = tongue.names([entry.author_name for entry in entries])
        return replace(addressed, text=tongue.say("knock.email", who=who, store=store.name))
    return _words(tx, setting, row, addressed, entries, tongue)


def _words(
    tx: Tx,
    setting: Setting,
    row: DeliveryRow,
    addressed: Outgoing,
    entries: Sequence[EntryRow],
    tongue: Tongue,
) -> Outgoing:
    store, conversation = setting.store, conversation_of(tx, row)
    earlier = message_ids_of(tx, conversation, row)
    links = links_of(tx, setting, row)
    names = [entry.author_name for entry in entries if entry.author_name]
    who = tongue.say("at", who=tongue.names(names), store=store.name) if names else store.name
    logo = houses.logo(tx, store.store_id)
    enclosed = enclosures.with_mail(tx, setting, entries)
    pictures = faces.pictures_of(tx, entries)
    named = {agent_id: f"{FACE}{place}" for place, agent_id in enumerate(sorted(pictures))}
    page = page_for(tx, setting, row, conversation, entries, links, tongue, enclosed.links, named)
    page = replace(page, logo=logo_of(logo, f"cid:{LOGO}") if logo else None)
    return replace(
        addressed,
        sender=f'"{display_name(who)}" <{store.mail_from}>',
        text=text_of_page(page),
        html=html_of_page(page),
        attachments=enclosed.carried,
        inlined=(
            *((Inlined(cid=LOGO, subtype="png", data=logo.png),) if logo else ()),
            *(Inlined(cid=named[each], subtype="jpeg", data=pictures[each]) for each in named),
        ),
        subject=_subject(tx, store, conversation, tongue, replies=bool(earlier)),
        in_reply_to=earlier[-1] if earlier else None,
        references=tuple(earlier),
        # RFC 8058 section 3.1. A person's own words are no automatic mail and say nothing of it.
        headers=(
            ("List-Unsubscribe", f"<{links.stop}>"),
            ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        ),
    )


def page_for(
    tx: Tx,
    setting: Setting,
    row: DeliveryRow,
    conversation: ConversationRow,
    entries: Sequence[EntryRow],
    links: Links,
    tongue: Tongue,
    files: Mapping[str, str],
    named: Mapping[str, str],
) -> Page:
    """The mail of these messages as its reader is told them."""
    address = address_of(tx, row)
    shopper = people.shopper(tx, row.store_id, conversation.shopper_id)
    zone = (shopper.zone if shopper else "") or houses.policy(tx, setting.store).zone
    context = context_of(tx, conversation, entries, after=_claimed_at(address, row))
    return page_of(
        setting.store,
        tongue,
        new=[
            replace(
                said(entry, tongue, tx.now, zone, files),
                face=f"cid:{named[entry.author_id]}" if entry.author_id in named else "",
            )
            for entry in entries
        ],
        earlier=[said(entry, tongue, tx.now, zone) for entry in context],
        number=conversation.number,
        shopper=shopper.name if shopper else "",
        links=links,
    )


def page_of(
    store: StoreRow,
    tongue: Tongue,
    *,
    new: Sequence[Said],
    earlier: Sequence[Said],
    number: int,
    shopper: str,
    links: Links,
) -> Page:
    """A mail of these messages, in the store's own words where it has some."""
    own, who = wordings.wording_of(store), tongue.names([each.who for each in new])
    values = {"store": store.name, "number": str(number), "shopper": shopper, "agent": who}
    footer = wordings.said(own, tongue, "footer", values) or tongue.say("footer", store=store.name)
    choose = Link(label=tongue.say("choose"), href=links.choose)
    stop = Link(label=tongue.say("stop_here"), href=links.stop)
    return Page(
        tongue=tongue,
        store=store.name,
        accent=store.accent,
        marker=tongue.say("marker"),
        parts=[Part(said=new)],
        small=[footer, tongue.say("stop_all", store=store.name)],
        earlier=earlier,
        greeting=wordings.said(own, tongue, "greeting", values) or "",
        sign_off=wordings.said(own, tongue, "sign_off", values) or "",
        button=Link(label=tongue.say("continue"), href=links.chat),
        links=(*_asked(tongue, links), choose, stop),
        left_out=tongue.say("transcript.cut"),
    )


def _asked(tongue: Tongue, links: Links) -> tuple[Link, ...]:
    return (Link(label=tongue.say("rate"), href=links.rate),) if links.rate else ()


def subject_of(store: StoreRow, tongue: Tongue, number: int) -> str:
    """What a new thread of mails is called."""
    values = {"store": store.name, "number": str(number)}
    own = wordings.said(wordings.wording_of(store), tongue, "subject", values)
    return own or tongue.say("subject", **values)


def logo_of(row: StoreLogoRow, source: str) -> Logo:
    """A store's logo, by where the HTML finds it."""
    width, height = drawn(row.width, row.height)
    return Logo(source=source, width=width, height=height)


def _subject(
    tx: Tx, store: StoreRow, conversation: ConversationRow, tongue: Tongue, *, replies: bool
) -> str:
    """Byte-identical for the life of the conversation: mail clients thread by it too.

    The first one stands, whatever the store or the shopper's language says by now.
    """
    if conversation.subject:
        return f"Re: {conversation.subject}"
    rows = reaching.deliveries_of(
        tx, conversation.store_id, conversation.conversation_id, "shopper"
    )
    kept = (unpack(each.content).get("subject") for each in rows if each.form == Form.WORDS)
    first = next((str(each) for each in kept if each), None)
    subject = (first or subject_of(store, tongue, conversation.number)).removeprefix("Re: ")
    return f"Re: {subject}" if replies else subject


def said(
    entry: EntryRow, tongue: Tongue, now: int, zone: str, links: Mapping[str, str] | None = None
) -> Said:
    """A message as a reader in this zone is told it; ``links`` lead to its larger files, by id."""
    return Said(
        who=tongue.say("you") if entry.side == "shopper" else entry.author_name,
        at=tongue.moment(entry.at, now, zone),
        words=enclosures.words_of(entry, links),
        marked=entry.side == "staff",
    )


def links_of(tx: Tx, setting: Setting, row: DeliveryRow) -> Links:
    """Where this mail leads."""
    address = address_of(tx, row)
    base, key, secret = setting.base_url, setting.store.key, setting.secret
    # Sent once more after an unknown outcome, a mail is the same to the last letter.
    first = delivery_of(row.message_id or "", setting.store.mail_domain or "")
    return Links(
        chat=thread_link(
            base, key, secret, store_id=row.store_id, delivery_id=first or row.delivery_id
        ),
        choose=link_to(base, key, secret, address),
        stop=stop_link(base, key, secret, address, row.conversation_id),
        rate=ratings.link_for(tx, base, key, secret, conversation_of(tx, row)),
    )


def address_of(tx: Tx, row: DeliveryRow) -> AddressRow:
    """The address that a delivery goes to."""
    found = people.address(tx, row.store_id, row.address_id)
    if found is None:
        raise LookupError("a delivery goes to an address that is there")
    return found


def _claimed_at(address: AddressRow, row: DeliveryRow) -> int:
    """When an address was typed that nobody has proven yet; 0 for any other.

    Such a claim is shown nothing older than itself, not even as a quotation (invariant 10).
    """
    return 0 if people.is_proven(address, row.conversation_id) else address.created_at
