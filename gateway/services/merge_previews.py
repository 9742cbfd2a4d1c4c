"""What a merge of two shoppers would make of them, said before anybody does it; and un-merging.

Nothing here changes anything. Which of two is the *elder*, whose words win, follows from what is
known of them: whom the store signed for, then who is verified, then who has proven an address,
then who came first. Two whom the store signed for are two people, and nobody merges them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import col, select

from gateway.core.model import Presence
from gateway.errors import Conflict, NotFound
from gateway.services import blocking, traits
from gateway.services.addresses import facts_of
from gateway.services.preferring import preference_of
from gateway.services.wire import ms, ms_or_none, shopper_name
from gateway.store import house as houses
from gateway.store import identities, merging, people, thread
from gateway.store.merging import all_of
from gateway.store.tables import ConversationRow, MergeRow, ShopperRow, ShopperSessionRow
from gateway.store.tx import Tx, pack, unpack

SHOPPER = "shopper"
MOST_LISTED = 200  #: conversations, or merges, of one shopper; an agent looks for others by search


@dataclass(frozen=True, slots=True)
class Pair:
    """Two shoppers in their places."""

    elder: ShopperRow
    younger: ShopperRow


def pair_of(tx: Tx, store_id: str, one: str, other: str) -> Pair:
    """Who would be whom.

    Raises:
        NotFound: no such shopper in this store.
        Conflict: they are one already, or the store signed for both.
    """
    rows = [
        people.shopper(tx, store_id, people.now_of(tx, store_id, each)) for each in (one, other)
    ]
    first, second = rows
    if first is None or second is None:
        raise NotFound("there is no such shopper")
    if first.shopper_id == second.shopper_id:
        raise Conflict("they are one already")
    signed = [identities.identity_of(tx, store_id, each.shopper_id) for each in (first, second)]
    if all(each is not None for each in signed):
        raise Conflict("the store knows them as two customers, so they stay two")
    elder, younger = sorted((first, second), key=lambda row: _rank(tx, row))
    return Pair(elder, younger)


def preview(tx: Tx, store_id: str, one: str, other: str) -> dict[str, Any]:
    """Both sides, what they would be, what an agent has to know, and ``seen`` to agree to it by.

    Raises: as ``pair_of``.
    """
    pair = pair_of(tx, store_id, one, other)
    elder, younger = (side_of(tx, each) for each in (pair.elder, pair.younger))
    document = {
        "elder": elder,
        "younger": younger,
        "made": _made(tx, pair, elder, younger),
        "told": _told(elder, younger),
    }
    lasting = [_lasting(each) for each in (elder, younger)]
    seen = hashlib.sha256(pack([lasting, document["made"]]).encode()).hexdigest()
    return {**document, "seen": seen}


def _lasting(side: Mapping[str, Any]) -> dict[str, Any]:
    """Without what only says that they are there, or writing."""
    held = [(x["number"], x["state"], x["continued_in"]) for x in side["conversations"]]
    return {**side, "there": None, "browsers": None, "conversations": sorted(held)}


def side_of(tx: Tx, row: ShopperRow) -> dict[str, Any]:
    """One shopper as the preview shows them."""
    store_id, shopper_id = row.store_id, row.shopper_id
    names = merging.shoppers_before(tx, store_id, shopper_id)
    signed = identities.identity_of(tx, store_id, shopper_id)
    seen = people.presence(tx, store_id, SHOPPER, shopper_id)
    return {
        "shopper_id": shopper_id,
        "name": name_of(tx, row),
        "sub": signed.sub if signed else None,
        "verified": bool(row.verified),
        "since": ms(row.created_at),
        "there": seen is not None and seen.presence != Presence.GONE,
        "browsers": _browsers(tx, row),
        "addresses": [
            each.model_dump(mode="json", exclude={"sentence", "code_sent"})
            for each in facts_of(tx, store_id, shopper_id, whole=True)
        ],
        "conversations": conversations_of(tx, row),
        "preference": preference_of(row),
        "attributes": [
            each.model_dump(mode="json", exclude={"at"})
            for each in traits.facts(tx, store_id, names, "set")
        ],
        "blocked": _dumped(blocking.fact_of(tx, row)),
    }


def name_of(tx: Tx, row: ShopperRow) -> str:
    """What agents call a shopper: their name, else the number of their newest conversation."""
    latest = thread.latest_of(tx, row.store_id, row.shopper_id)
    return shopper_name(row, latest.number) if latest is not None else row.name


def conversations_of(tx: Tx, row: ShopperRow) -> list[dict[str, Any]]:
    """A shopper's conversations, the newest first; of more than ``MOST_LISTED`` the last begun."""
    rows = tx.session.exec(
        select(ConversationRow)
        .where(
            ConversationRow.store_id == row.store_id,
            ConversationRow.shopper_id == row.shopper_id,
        )
        .order_by(col(ConversationRow.created_at).desc())
        .limit(MOST_LISTED)
    ).all()
    return [
        {
            "conversation_id": each.conversation_id,
            "number": each.number,
            "state": each.state,
            "subject": each.subject or each.preview,
            "last_at": ms(each.last_at),
            "continued_in": each.continued_in,
        }
        for each in sorted(rows, key=lambda each: (each.last_at, each.number), reverse=True)
    ]


def merges_of(tx: Tx, shopper_id: str, store_id: str) -> list[dict[str, Any]]:
    """The merges that made this shopper who they are, the last ``MOST_LISTED``, newest first."""
    found = []
    for name in merging.shoppers_before(tx, store_id, shopper_id):
        rows = all_of(tx, MergeRow, store_id=store_id, elder_id=name)
        found += [row for row in rows if row.ended_at is None]
    found.sort(key=lambda row: (row.at, row.merge_id), reverse=True)
    return [_merge(tx, row, now_elder=shopper_id) for row in found[:MOST_LISTED]]


def parting(tx: Tx, store_id: str, merge_id: str) -> dict[str, Any]:
    """What un-merging would give back, and what would stay.

    Raises:
        NotFound: no such merge, or it was taken back.
    """
    row = standing(tx, store_id, merge_id)
    moved = unpack(row.moved)
    going = [each for each in moved["conversations"] if not merging.went_on(tx, row, each)]
    held = (people.address(tx, store_id, each) for each in moved["addresses"])
    both = (people.address(tx, store_id, each["elder"]) for each in moved["joined"])
    elder = people.shopper(tx, store_id, people.now_of(tx, store_id, row.elder_id))
    younger = people.shopper(tx, store_id, row.younger_id)
    return {
        **_merge(tx, row, now_elder=elder.shopper_id if elder else row.elder_id),
        "elder": name_of(tx, elder) if elder else "",
        "conversations": _numbers(tx, row, going),
        "reopens": _number(tx, row, row.conversation_id) if row.continued_in else None,
        "addresses": [each.value for each in held if each is not None],
        "both": [each.value for each in both if each is not None],
        "learned": sorted(moved.get("elder", {}).keys() & {"name", "preference"}),
        "blocked": bool(younger and younger.blocked_at),
    }


def standing(tx: Tx, store_id: str, merge_id: str) -> MergeRow:
    """A merge that was not taken back.

    Raises:
        NotFound: there is none.
    """
    row = tx.session.get(MergeRow, (store_id, merge_id))
    if row is None or row.ended_at is not None:
        raise NotFound("there is no such merge, or it was taken back")
    return row


def _rank(tx: Tx, row: ShopperRow) -> tuple[bool, bool, bool, int, str]:
    """Least for whose words win."""
    signed = identities.identity_of(tx, row.store_id, row.shopper_id)
    held = people.addresses_of(tx, row.store_id, SHOPPER, row.shopper_id)
    proven = any(each.proven_at is not None for each in held)
    return signed is None, not row.verified, not proven, row.created_at, row.shopper_id


def _made(
    tx: Tx, pair: Pair, elder: Mapping[str, Any], younger: Mapping[str, Any]
) -> dict[str, Any]:
    """What the merged one has; of what both say, the elder's word."""
    going, kept = (_open_of(tx, each) for each in (pair.younger, pair.elder))
    on = kept or going
    mine = {(each["channel"], each["value"]) for each in elder["addresses"]}
    more = [x for x in younger["addresses"] if (x["channel"], x["value"]) not in mine]
    names = [
        name
        for each in (pair.elder.shopper_id, pair.younger.shopper_id)
        for name in merging.shoppers_before(tx, pair.elder.store_id, each)
    ]
    return {
        "name": pair.elder.name or pair.younger.name,
        "preference": elder["preference"] or younger["preference"],
        "addresses": [each["value"] for each in (*elder["addresses"], *more)],
        "both": [x["value"] for x in younger["addresses"] if x not in more],
        "goes_on": on.number if on is not None else None,
        "closes": going.number if going is not None and kept is not None else None,
        "attributes": [
            each.model_dump(mode="json", exclude={"at"})
            for each in traits.facts(tx, pair.elder.store_id, names, "set")
        ],
    }


def _open_of(tx: Tx, row: ShopperRow) -> ConversationRow | None:
    """As ``thread.open_of``, without locking it: a read may not."""
    latest = thread.latest_of(tx, row.store_id, row.shopper_id)
    return latest if latest is not None and latest.state == "open" else None


def _told(elder: Mapping[str, Any], younger: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What an agent has to know before they agree, each a code with its facts."""
    found: list[dict[str, Any]] = []
    for channel in sorted({each["channel"] for each in elder["addresses"]}):
        mine, theirs = (_proven(each, channel) for each in (elder, younger))
        if mine and theirs and not mine & theirs:
            told = {"code": "differ", "channel": channel}
            found.append({**told, "values": sorted(mine | theirs)})
    if not elder["verified"] and elder["browsers"]:
        found.append({"code": "unproven"})
    if younger["browsers"]:
        found.append({"code": "there" if younger["there"] else "browsers"})
    stopped = [x["value"] for each in (elder, younger) for x in each["addresses"] if x["stopped"]]
    if stopped:
        found.append({"code": "stopped", "values": sorted(set(stopped))})
    if elder["blocked"] or younger["blocked"]:
        found.append({"code": "blocked"})
    return found


def _proven(side: Mapping[str, Any], channel: str) -> set[str]:
    return {x["value"] for x in side["addresses"] if x["channel"] == channel and x["proven"]}


def _browsers(tx: Tx, row: ShopperRow) -> int:
    held = all_of(tx, ShopperSessionRow, store_id=row.store_id, shopper_id=row.shopper_id)
    return sum(each.expires_at > tx.now for each in held)


def _merge(tx: Tx, row: MergeRow, *, now_elder: str) -> dict[str, Any]:
    younger = people.shopper(tx, row.store_id, row.younger_id)
    numbers = _numbers(tx, row, unpack(row.moved)["conversations"])
    return {
        "merge_id": row.merge_id,
        "name": shopper_name(younger, numbers[0]) if numbers else (younger.name if younger else ""),
        "numbers": numbers,
        "by": houses.agent(tx, row.agent_id).name if row.agent_id else "",
        "at": ms(row.at),
        # Another merge came over it, and has to be taken back before.
        "first": people.now_of(tx, row.store_id, row.elder_id) == now_elder
        and row.elder_id != now_elder,
        "ended_at": ms_or_none(row.ended_at),
    }


def _numbers(tx: Tx, row: MergeRow, ids: Sequence[str]) -> list[int]:
    found = (_number(tx, row, each) for each in ids)
    return sorted((each for each in found if each is not None), reverse=True)


def _number(tx: Tx, row: MergeRow, conversation_id: str | None) -> int | None:
    found = tx.session.get(ConversationRow, (row.store_id, conversation_id or ""))
    return None if found is None else found.number


def _dumped(fact: Any) -> dict[str, Any] | None:  # noqa: ANN401  # any frame's part
    return None if fact is None else fact.model_dump(mode="json")
