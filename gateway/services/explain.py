"""Stored decisions in plain words: every *because* on a screen is read from a row, never guessed.

The sentences are made from the codes and facts that ``plan`` gave (see ``core.reasons``), with the
names of people and masked addresses looked up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gateway.clock import HOUR, MINUTE, SECOND
from gateway.core.reasons import REASONS, VERDICTS
from gateway.errors import NotFound
from gateway.services.house import House
from gateway.services.wire import masked, ms, ms_or_none, shopper_name
from gateway.store import house as houses
from gateway.store import people, reaching
from gateway.store.tables import ConversationRow, DecisionRow
from gateway.store.tx import Tx, unpack

CHANNELS = {"sms": "SMS", "email": "e-mail", "chat": "the chat"}
_SAID_WITH_ANOTHER = ("ladder", "debounce", "no_way_yet")


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """A decision as a person reads it; instants in milliseconds."""

    at: int
    answer: str
    sentence: str
    because: tuple[str, ...]
    considered: tuple[dict[str, object], ...]
    until: int | None = None


def span(microseconds: int) -> str:
    """A span of time as people say it."""
    if microseconds < 2 * MINUTE:
        return f"{max(0, round(microseconds / SECOND))} s"
    if microseconds < 2 * HOUR:
        return f"{round(microseconds / MINUTE)} min"
    return f"{round(microseconds / HOUR)} h"


def reason(code: str, facts: Mapping[str, Any], who: str, at: int) -> str:
    """One reason as a clause."""
    since = facts.get("since")
    ago = span(at - since) if isinstance(since, int) else ""
    delay = span(facts["delay"]) if isinstance(facts.get("delay"), int) else ""
    channel = CHANNELS.get(str(facts.get("channel", "")), str(facts.get("channel", "")))
    said = {
        "reading": f"{who} is reading; the chat is given {delay}",
        "on_page": f"{who} is on the page; the chat is given {delay}",
        "hidden": f"{who} has the page in another tab; it is given {delay}",
        "gone": f"{who} left the page {ago} ago; the policy waits {delay}",
        "elsewhere": f"{who} wrote by {channel} last; the policy waits {delay}",
        "grace": f"the connection to {who} was lost {ago} ago and may come back",
        "grace_over": f"{who} did not come back after the connection was lost",
        "longest": "the first message has waited long enough",
        "last_act": f"{who} was last active by {channel}",
        "ladder": f"{channel} is the first way that is open",
        "escalated": f"{channel} did not reach {who}: {_outcome(facts)}",
        "next_person": "the colleague told before has not answered",
        "knock": "the number is not proven, so it is asked first",
        "unanswered": f"nobody has answered for {delay}" if delay else "nobody has answered yet",
        "patience": f"{channel} opens soon enough to wait for",
        "under_way": f"it is going by {channel} now" if channel else "it is going out now",
        "held": f"it went by {channel}: {_outcome(facts)}" if channel else REASONS["held"],
        "retry": "the provider could not take it before",
        "agent_present": "somebody has the console open, which gives longer",
        "paused": "an agent has opened it and may be answering",
        "nobody_on_duty": "nobody is on duty",
        "nobody_answered": "everybody on call was told and nobody answered",
    }
    return said.get(code) or _plain(REASONS.get(code, code))


def _plain(words: str) -> str:
    return words.removeprefix("staff: ")


def _outcome(facts: Mapping[str, Any]) -> str:
    return {
        "failed": "it was not delivered",
        "bounced": "it bounced",
        "unknown": "nobody knows whether it arrived",
        "deferred": "the provider could not take it",
        "accepted": "no receipt came",
        "sent": "no receipt came",
        "delivered": "delivered",
        "read": "read",
        "answered": "answered",
    }.get(str(facts.get("state", "")), "it did not arrive")


def explain(tx: Tx, row: DecisionRow) -> Explained:
    """A stored decision in words."""
    conversation = tx.session.get(ConversationRow, (row.store_id, row.conversation_id))
    who = _who(tx, row, conversation)
    reasons = unpack(row.because)
    clauses = [
        reason(each["code"], dict(each["facts"]), who, row.at)
        for each in reasons
        if each["code"] not in _SAID_WITH_ANOTHER or len(reasons) == 1
    ]
    considered = tuple(_considered(tx, row, each) for each in unpack(row.considered))
    return Explained(
        at=ms(row.at),
        answer=row.answer,
        sentence=_sentence(row, considered, clauses),
        because=tuple(reason(each["code"], dict(each["facts"]), who, row.at) for each in reasons),
        considered=considered,
    )


def _sentence(
    row: DecisionRow, considered: tuple[dict[str, object], ...], clauses: list[str]
) -> str:
    chosen = next((each for each in considered if each["verdict"] in ("chosen", "next")), None)
    way = f"by {CHANNELS.get(str(chosen['channel']), '')} to {chosen['to']}" if chosen else ""
    person = chosen["person"] if chosen else ""
    openings = {
        ("shopper", "send"): f"Goes {way}",
        ("shopper", "wait"): f"Waits; then {way}" if chosen else "Waits",
        ("shopper", "unreachable"): "Cannot be reached",
        ("staff", "send"): f"{person} is told {way}",
        ("staff", "wait"): f"If nobody answers, {person} is told {way}" if chosen else "Waits",
        ("staff", "unreachable"): "Nobody else can be told",
    }
    opening = openings.get((row.side, row.answer), "Nothing is open")
    because = ", and ".join(dict.fromkeys(clauses))
    return f"{opening} because {because}." if because else f"{opening}."


def _considered(tx: Tx, row: DecisionRow, verdict: Mapping[str, Any]) -> dict[str, object]:
    store_id = people.HOUSE if row.side == "staff" else row.store_id
    address = people.address(tx, store_id, verdict["address_id"])
    until = verdict.get("until")
    words = _plain(VERDICTS.get(verdict["verdict"], verdict["verdict"]))
    if address is not None and address.failed_because and verdict["verdict"] == "failed":
        words = address.failed_because
    return {
        "channel": verdict["channel"],
        "to": masked(address.channel, address.value) if address else "",
        "person": _person(tx, row.side, row.store_id, verdict["person_id"]),
        "verdict": verdict["verdict"],
        "sentence": words,
        "chosen": verdict["verdict"] == "chosen",
        "until": ms_or_none(until if isinstance(until, int) else None),
    }


def _who(tx: Tx, row: DecisionRow, conversation: ConversationRow | None) -> str:
    if row.side == "staff" or conversation is None:
        return "the team"
    shopper = people.shopper(tx, row.store_id, conversation.shopper_id)
    return shopper_name(shopper, conversation.number)


def _person(tx: Tx, side: str, store_id: str, person_id: str) -> str:
    if side == "staff":
        return houses.agent(tx, person_id).name
    shopper = people.shopper(tx, store_id, person_id)
    return shopper.name if shopper else ""


async def decision(house: House, store_id: str, decision_id: str) -> Explained:
    """One stored decision, for the console's *why*.

    Raises:
        NotFound: there is none.
    """

    def load(tx: Tx) -> Explained:
        row = reaching.decision(tx, store_id, decision_id)
        if row is None:
            raise NotFound
        return explain(tx, row)

    return await house.store.read(load)
