"""Stored decisions in plain words: every *because* on a screen is read from a row, never guessed.

The sentences are made from the codes and facts that ``plan`` gave (see ``core.reasons``), with the
names of people, masked addresses and time zones looked up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.core.hours import is_zone
from gateway.core.policy import Policy
from gateway.core.policy_document import policy_from
from gateway.errors import NotFound
from gateway.services.house import House
from gateway.services.sentences import CHANNELS, Told, reason, span, verdict
from gateway.services.wire import masked, ms, ms_or_none, shopper_name
from gateway.store import house as houses
from gateway.store import people, reaching
from gateway.store.tables import AgentRow, ConversationRow, DecisionRow, PolicyRow
from gateway.store.tx import Tx, unpack

__all__ = ["CHANNELS", "Explained", "decision", "explain", "reason", "span"]

_SAID_WITH_ANOTHER = ("ladder", "debounce", "no_way_yet")
_IN_CHAT = frozenset({"not_wanted", "not_on_ladder"})
TEAM = "the team"


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """A decision as a person reads it; instants in milliseconds."""

    at: int
    answer: str
    sentence: str
    because: tuple[str, ...]
    considered: tuple[dict[str, object], ...]
    until: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Whom:
    """Whom the reasons speak of, and where they are."""

    name: str
    zone: str | None


def explain(tx: Tx, row: DecisionRow) -> Explained:
    """A stored decision in words."""
    whom = _whom(tx, row)
    reasons = [(str(each["code"]), _known(tx, each, whom)) for each in unpack(row.because)]
    because = tuple(reason(code, facts, whom.name, row.at) for code, facts in reasons)
    codes = {code for code, _ in reasons}
    clauses = [
        words
        for (code, _), words in zip(reasons, because, strict=True)
        if len(reasons) == 1
        or not (code in _SAID_WITH_ANOTHER or (code == "override" and "asked" in codes))
    ]
    considered = _considered(tx, row, unpack(row.considered), whom)
    return Explained(
        at=ms(row.at),
        answer=row.answer,
        sentence=_sentence(row, considered, clauses),
        because=because,
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
        ("shopper", "wait"): "Waits",
        ("shopper", "unreachable"): "Cannot be reached",
        ("staff", "send"): f"{person} is told {way}",
        ("staff", "wait"): "Waits",
        ("staff", "unreachable"): "Nobody else can be told",
    }
    opening = openings.get((row.side, row.answer), "Nothing is open")
    if row.answer == "unreachable" and _only_chat(considered):
        opening = "Waits in the chat"
        clauses = [str(each["sentence"]) for each in considered if each["verdict"] == "not_wanted"]
    elif row.answer == "unreachable":
        # Where they are and how long they were given explains no lack of a way.
        clauses = clauses[-1:]
    because = ", and ".join(dict.fromkeys(clauses))
    said = f"{opening} because {because}" if because else opening
    if row.answer == "wait" and chosen:
        said += f"; then {person} is told {way}" if row.side == "staff" else f"; then goes {way}"
    return f"{said}."


def _only_chat(considered: tuple[dict[str, object], ...]) -> bool:
    """Whether nothing but the shopper's own wish keeps the words in the chat."""
    verdicts = {each["verdict"] for each in considered}
    return "not_wanted" in verdicts and verdicts <= _IN_CHAT


def _known(tx: Tx, step: Mapping[str, Any], whom: _Whom) -> dict[str, Any]:
    """A reason's facts, with names for its ids."""
    facts = dict(step["facts"])
    for fact in ("agent", "person"):
        agent = tx.session.get(AgentRow, facts[fact]) if facts.get(fact) else None
        facts[f"{fact}_name"] = agent.name if agent else ""
    facts["zone"] = whom.zone
    return facts


def _considered(
    tx: Tx, row: DecisionRow, found: Sequence[Mapping[str, Any]], whom: _Whom
) -> tuple[dict[str, object], ...]:
    store_id = people.HOUSE if row.side == "staff" else row.store_id
    team = {each.agent_id: each for each in houses.agents(tx)} if row.side == "staff" else {}
    cap = _policy(tx, row).cap if any(each["verdict"] == "capped" for each in found) else None
    told = []
    for each in found:
        code, until = str(each["verdict"]), each.get("until")
        address = people.address(tx, store_id, each["address_id"])
        agent = team.get(each["person_id"])
        zone = _zone(agent.zone) if agent else whom.zone
        facts = dict(each.get("facts") or ()) | {"channel": each["channel"]}
        if address is not None and address.failed_because and code == "failed":
            facts["why"] = address.failed_because
        words = Told(
            who=agent.name if agent else whom.name,
            at=row.at,
            facts=facts,
            until=until if isinstance(until, int) else None,
            zone=zone,
            cap=cap,
        )
        told.append(
            {
                "channel": each["channel"],
                "to": masked(address.channel, address.value) if address else "",
                "person": agent.name if agent else _name(tx, row, each["person_id"]),
                "verdict": code,
                "sentence": verdict(code, words),
                "chosen": code == "chosen",
                "until": ms_or_none(words.until),
            }
        )
    return tuple(told)


def _whom(tx: Tx, row: DecisionRow) -> _Whom:
    conversation = tx.session.get(ConversationRow, (row.store_id, row.conversation_id))
    if row.side == "staff" or conversation is None:
        return _Whom(name=TEAM, zone=None)
    shopper = people.shopper(tx, row.store_id, conversation.shopper_id)
    zone = _zone(shopper.zone) if shopper else None
    return _Whom(name=shopper_name(shopper, conversation.number), zone=zone)


def _zone(name: str) -> str | None:
    return name if name and is_zone(name) else None


def _name(tx: Tx, row: DecisionRow, person_id: str) -> str:
    shopper = people.shopper(tx, row.store_id, person_id) if row.side == "shopper" else None
    return shopper.name if shopper else ""


def _policy(tx: Tx, row: DecisionRow) -> Policy:
    """The policy that was in force when it was decided."""
    found = tx.session.get(PolicyRow, (row.store_id, row.policy_version))
    return policy_from(unpack(found.document)) if found else Policy()


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
