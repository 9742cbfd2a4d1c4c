"""A store's rules for reaching, as values: every field with a default that is right for a shop.

Spans are microseconds in here and seconds in the document that ``policy_document`` reads. Each
field says in one sentence what it means; the schema and the guide are made from those sentences.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from gateway.core.hours import Window, Windows

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

CHANNELS: Final = ("sms", "whatsapp", "email", "push", "app")
TEXTS: Final = frozenset({"sms", "whatsapp"})  #: channels to numbers, which are of a country
MMS: Final = "mms"  #: no channel: a text that brings pictures, which has a price of its own
MMS_SEGMENTS: Final = 3  #: what it counts as where nobody has said what it costs
PROOFS: Final = ("knock", "code", "straight")
WHERE: Final = ("reading", "on_page", "hidden", "gone", "elsewhere")
WHAT: Final = ("first_answer", "answer", "follow_up")
NIGHT: Final = Window(start=21 * 60, end=8 * 60)


def _told(default: object, kind: str, says: str) -> Any:  # noqa: ANN401  # a dataclass field
    return field(default=default, metadata={"kind": kind, "says": says})


def _span(default: int, says: str, *, least: int = 0) -> Any:  # noqa: ANN401
    return field(default=default, metadata={"kind": "span", "says": says, "least": least})


def _count(default: int, says: str) -> Any:  # noqa: ANN401
    return field(default=default, metadata={"kind": "count", "says": says})


def _choice(default: str, of: tuple[str, ...], says: str) -> Any:  # noqa: ANN401
    return field(default=default, metadata={"kind": "choice", "says": says, "of": of})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One row of the matrix: where, who, what and when it holds, and what it then changes.

    The first rule that holds for a message counts. A condition that is empty or None holds always,
    a change that is None changes nothing.
    """

    name: str = _told("", "name", "what the rule is called, in explanations too")
    side: str = _choice("shopper", ("shopper", "staff"), "which side is to be reached")
    where: frozenset[str] = _told(
        frozenset(), "where", "where the shopper is: any of these presences, or elsewhere"
    )
    pages: frozenset[str] = _told(
        frozenset(), "name_set", "the page they are or were last on: any of these page groups"
    )
    known: bool | None = _told(None, "flag", "whether the shopper is proven to be who they are")
    proven: frozenset[str] = _told(
        frozenset(), "channel_set", "they have a proven address of any of these channels"
    )
    what: frozenset[str] = _told(
        frozenset(), "what", "what is to be brought: the first answer, an answer, a follow-up"
    )
    open: bool | None = _told(None, "flag", "whether the store is open at that moment")
    delay: int | None = _told(None, "maybe_span", "wait this long instead of the usual delay")
    longest: int | None = _told(None, "maybe_span", "however many follow, no longer than this")
    ladder: tuple[str, ...] | None = _told(None, "maybe_ladder", "try these channels, in order")
    quiet: tuple[tuple[str, Windows], ...] | None = _told(
        None, "maybe_quiet", "keep these quiet hours instead of the usual ones"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Every field of reaching, each with a default that is right for a shop."""

    # How long the chat is given, by where the shopper is.
    reading: int = _span(
        10 * MINUTE, "delay while the panel is open in a visible tab of a window with focus"
    )
    on_page: int = _span(5 * MINUTE, "delay while a tab is visible, the panel shut")
    hidden: int = _span(2 * MINUTE, "delay while a tab is there and none visible")
    gone: int = _span(30 * SECOND, "delay once they have left")
    elsewhere: int = _span(
        15 * SECOND, "delay for somebody whose last act was by another channel than chat"
    )
    longest_gone: int = _span(
        3 * MINUTE, "from the first message on, however many follow, once they have left"
    )
    longest: int = _span(10 * MINUTE, "the same for everybody else")
    act_counts: int = _span(2 * HOUR, "how long a last act says where somebody is")
    text_counts: int = _span(
        7 * DAY, "how long a text to a shared phone tells which of its shoppers is answering"
    )
    # What presence means.
    unfocused: str = _choice(
        "on_page",
        ("reading", "on_page", "hidden"),
        "what an open panel in a visible tab counts as while its window has no focus",
    )
    silence: int = _span(
        45 * SECOND,
        "a socket that has acknowledged nothing for so long is half-open",
        least=3 * SECOND,
    )
    linger: int = _span(5 * SECOND, "from a close to gone, since a reload looks like leaving")
    grace: int = _span(
        90 * SECOND, "how long a lost node's last word on presence counts", least=SECOND
    )
    # Which channels, in which order, at what price.
    ladder: tuple[str, ...] = _told(
        ("push", "sms", "email"), "ladder", "how a shopper is reached; a browser costs nothing"
    )
    staff_ladder: tuple[str, ...] = _told(("email", "sms"), "ladder", "how an agent is told")
    on_call: tuple[str, ...] = _told(
        (), "names", "who is told, in order, by sign-in mailbox; empty: the house's own order"
    )
    prove_first_sms: str = _choice(
        "knock", PROOFS, "how a typed number is treated: asked by a knock, by a code only, or not"
    )
    prove_first_email: str = _choice("straight", PROOFS, "the same for a typed mailbox")
    currency: str = _told("USD", "currency", "what prices are in, three letters")
    prices: tuple[tuple[str, str, int], ...] = _told(
        (("sms", "*", 10_000),),
        "prices",
        "what one segment or message costs, by channel and country; * is any other, mms a text with"
        " pictures, which is three segments where no price is named",
    )
    countries: frozenset[str] = _told(
        frozenset(),
        "countries",
        "shoppers are texted at numbers of these countries only, like DE; empty: of any",
    )
    mms_countries: frozenset[str] = _told(
        frozenset({"CA", "US"}),
        "countries",
        "pictures of an answer go along with a text there, from a number of these countries;"
        " elsewhere a text has links to them",
    )
    spend_a_day: int | None = _told(
        None, "money", "what reaching shoppers may cost the store a day; empty: no bound"
    )
    spend_a_day_each: int | None = _told(None, "money", "the same for any one shopper")
    sms_most_segments: int = _count(
        3, "a text in more segments than these carries its beginning, and a link to the rest"
    )
    # When, and how often.
    zone: str = _told("UTC", "zone", "where the store is; also for whoever's own zone is unknown")
    hours: tuple[Window, ...] = _told((), "windows", "when the store is open; empty: always")
    holidays: frozenset[str] = _told(frozenset(), "dates", "days on which it is not")
    quiet: tuple[tuple[str, Windows], ...] = _told(
        (("app", (NIGHT,)), ("push", (NIGHT,)), ("sms", (NIGHT,)), ("whatsapp", (NIGHT,))),
        "quiet",
        "when a channel is left alone, in the strictest of the recipient's zones",
    )
    cap: int = _count(6, "interruptions of one person a day, over all channels and conversations")
    digest: int = _span(
        HOUR, "an agent beyond the cap is told of everything at once, this often", least=SECOND
    )
    spacing: int = _span(5 * MINUTE, "between two interruptions of one person")
    patience: int = _span(10 * MINUTE, "a closed way that opens within this is waited for")
    # What becomes of an attempt.
    receipt_deadline: int = _span(
        10 * MINUTE, "SMS, WhatsApp, push and apps: no receipt by then, go on"
    )
    on_unknown: int = _span(15 * MINUTE, "how long an unknown outcome holds its messages")
    stale_after: int = _span(DAY, "from the first attempt; then the message is unreachable")
    backoff_first: int = _span(
        30 * SECOND, "before the same address is tried again, doubling", least=SECOND
    )
    backoff_most: int = _span(2 * HOUR, "the longest of these waits", least=SECOND)
    knock_wait: int = _span(20 * MINUTE, "how long a knock may go unanswered")
    circuit_after: int = _count(5, "a channel that fails so often in a row is left alone")
    circuit_first: int = _span(30 * SECOND, "for so long at first, doubling", least=SECOND)
    circuit_most: int = _span(15 * MINUTE, "the longest of these rests", least=SECOND)
    filtered_percent: int = _count(
        10, "when networks filter more of an hour's texts than this, in percent, owners are told"
    )
    filtered_least: int = _count(20, "which nothing is said of among fewer texts than these")
    address_after: int = _count(3, "an address that fails so often in a row rests")
    address_rests: int = _span(DAY, "for so long", least=SECOND)
    # The staff.
    staff_first: int = _span(2 * MINUTE, "unanswered before the first agent is told")
    staff_first_present: int = _span(5 * MINUTE, "the same while an agent has the console in sight")
    rung: int = _span(10 * MINUTE, "how long a told agent has before the next is told")
    answer_within: int = _span(5 * MINUTE, "pause after an agent who may answer opens it")
    reopen_within: int = _span(
        3 * DAY, "a message reopens what was resolved so long ago; later it begins a new one"
    )
    # The matrix.
    follow_up_after: int = _span(
        HOUR, "staff who write again after so long, unanswered, write a follow-up"
    )
    page_groups: tuple[tuple[str, tuple[str, ...]], ...] = _told(
        (), "page_groups", "names for pages: paths, * for anything"
    )
    rules: tuple[Rule, ...] = _told((), "rules", "the matrix; the first rule that holds counts")
    recheck: int = _span(
        6 * HOUR, "look again at the latest; a safety net, not a rule", least=SECOND
    )

    def prove_first(self, channel: str) -> str:
        """How a typed address of this channel is treated: ``knock``, ``code`` or ``straight``."""
        return self.prove_first_email if channel == "email" else self.prove_first_sms

    def texts(self, channel: str, country: str) -> bool:
        """Whether shoppers there are texted at all; an unknown country is none of those named."""
        return not self.countries or channel not in TEXTS or country in self.countries

    def spends(self, store: int, person: int, price: int) -> bool:
        """Whether one more piece of this price stays within what a day may cost."""
        caps = ((self.spend_a_day, store), (self.spend_a_day_each, person))
        return all(not price or cap is None or so_far + price <= cap for cap, so_far in caps)

    def price(self, channel: str, country: str) -> int:
        """What one segment (SMS) or message costs there, in millionths of ``currency``."""
        known = {where: price for name, where, price in self.prices if name == channel}
        if channel == MMS and not known:
            return MMS_SEGMENTS * self.price("sms", country)
        return known.get(country, known.get("*", 0))
