"""A store's policy: what is in force, what is wrong with a proposed one, and putting one in force.

A policy is never changed: each change is a new version, and going back to an old one is a new
version that says the same. What is wrong is refused whole, and the version in force stays.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from sqlmodel import col, select, update

from gateway.core.policy import Policy, Rule
from gateway.core.policy_document import document_of, policy_from, schema
from gateway.errors import BadPolicy, Conflict, Forbidden, NotFound
from gateway.services.house import Change, House
from gateway.services.starters import starters
from gateway.services.wire import ms
from gateway.store import house as houses
from gateway.store import reaching
from gateway.store.tables import AgentRow, ConversationRow, PolicyRow, ReachRow, StoreRow
from gateway.store.tx import Tx, unpack

Document = dict[str, Any]

OPERATOR = "operator"  #: who puts a policy in force by the command line
FIRST = 1  #: every store's first version: the defaults, which nobody had to write down
MOST_TOLD = 20  #: errors of one document
MOST_LISTED = 50  #: versions

#: Fields that are checked against each other: with the named one the others are put aside.
_TOGETHER = {
    "longest": ("gone", "longest_gone"),
    "backoff_most": ("backoff_first",),
    "circuit_most": ("circuit_first",),
}


async def current(house: House, store_id: str, agent_id: str) -> dict[str, object]:
    """What is in force, all there is to know for changing it, and the latest versions.

    Raises:
        NotFound: there is no such store.
    """

    def load(tx: Tx) -> dict[str, object]:
        row = houses.store(tx, store_id)
        return {
            **_told(tx, row, row.policy_version),
            "schema": schema(),
            "sentences": sentences(),
            "starters": [
                {
                    "name": each.name,
                    "title": each.title,
                    "says": each.says,
                    "document": normal(each.document),
                }
                for each in starters()
            ],
            "versions": _versions(tx, row),
            "may_change": _may_change(tx, agent_id),
        }

    return await house.store.read(load)


async def version(house: House, store_id: str, number: int) -> dict[str, object]:
    """One version that was or is in force: ``version``, ``at`` (ms), ``by`` and ``document``.

    Raises:
        NotFound: there is no such store, or it never had this version.
    """
    return await house.store.read(lambda tx: _told(tx, houses.store(tx, store_id), number))


def sentences() -> dict[str, str]:
    """What each field means, in one sentence; a rule's fields are named ``rules.delay``."""
    found = {each.name: str(each.metadata["says"]) for each in fields(Policy)}
    return found | {f"rules.{each.name}": str(each.metadata["says"]) for each in fields(Rule)}


def read(document: Mapping[str, object]) -> Policy:
    """The policy that a document says.

    Raises:
        BadPolicy: a field is wrong; ``details["field"]`` names it.
    """
    policy = policy_from(document)
    policy_from(document_of(policy))  # what is put in force has to be read back ever after
    return policy


def normal(document: Mapping[str, object]) -> Document:
    """The document complete and as we write it.

    Raises:
        BadPolicy: a field is wrong; ``details["field"]`` names it.
    """
    return document_of(read(document))


def problems_of(document: Mapping[str, object]) -> list[dict[str, str]]:
    """Everything that is wrong with a document, as ``field`` and ``message``; at most twenty.

    Of each field of the policy, and of each field of a rule, the first error is found: what is
    wrong is put aside and the rest read again.
    """
    left = {"page_groups": {}, **document}
    if isinstance(rules := document.get("rules"), list):
        left["rules"] = [dict(each) if isinstance(each, dict) else each for each in rules]
    found: list[dict[str, str]] = []
    for _ in range(MOST_TOLD):
        try:
            read(left)
        except BadPolicy as wrong:
            field = str(wrong.details.get("field", ""))
            # A rule cannot name groups that were put aside; that is no error of its own.
            if not (field.endswith(".pages") and "page_groups" not in left):
                found.append({"field": field, "message": wrong.message})
            if not _put_aside(left, field):
                break
        else:
            break
    return found


async def change(
    house: House, store_id: str, agent_id: str, document: Mapping[str, object], seen: int
) -> int:
    """Put a new version in force for an owner who has seen version ``seen``; returns its number.

    Raises:
        BadPolicy: the document names a wrong field.
        Conflict: somebody put another version in force meanwhile.
        Forbidden: the agent is no owner.
        NotFound: there is no such store.
    """
    policy = read(document)

    def work(change: Change) -> int:
        tx = change.tx
        row = houses.store(tx, store_id)
        if not _may_change(tx, agent_id):
            raise Forbidden("only an owner may change how a store reaches people")
        if row.policy_version != seen:
            raise Conflict(f"version {row.policy_version} was put in force meanwhile")
        change.work = True
        return put_in_force(tx, row, policy, by=agent_id)

    return await house.change(work, on=lock_of(store_id))


def lock_of(store_id: str) -> str:
    """What a transaction is alone on while it changes this store's policy."""
    return f"policy:{store_id}"


def put_in_force(tx: Tx, row: StoreRow, policy: Policy, *, by: str) -> int:
    """Write the next version and look again at whatever waits; returns its number.

    What was given up is looked at again too, unless it is older than the new ``stale_after``:
    nobody wants last month's answer because there is a new ladder.
    """
    written = _packed(document_of(policy))
    restored = next(
        (each["version"] for each in _texts(tx, row) if each["document"] == written), None
    )
    row.policy_version += 1
    tx.session.add(row)
    tx.session.add(
        PolicyRow(
            store_id=row.store_id, version=row.policy_version, document=written, by=by, at=tx.now
        )
    )
    reaching.note_fact(
        tx, row.store_id, by, "policy", version=row.policy_version, restores=restored
    )
    here = col(ReachRow.store_id) == row.store_id
    recent = select(ConversationRow.conversation_id).where(
        ConversationRow.store_id == row.store_id,
        ConversationRow.last_at > tx.now - policy.stale_after,
    )
    again = update(ReachRow).execution_options(synchronize_session=False)
    tx.session.exec(again.where(here, col(ReachRow.state) == "waiting").values(due_at=tx.now))
    tx.session.exec(
        again.where(
            here,
            col(ReachRow.state) == "unreachable",
            col(ReachRow.conversation_id).in_(recent),
        ).values(state="waiting", due_at=tx.now)
    )
    return row.policy_version


def _put_aside(document: Document, field: str) -> bool:
    """Take a wrong field out; false when there is nothing to take."""
    top, _, rest = field.partition(".")
    name = top.partition("[")[0]
    together = [each for each in (name, *_TOGETHER.get(name, ())) if each in document]
    if name == "rules" and top.endswith("]"):
        row = document["rules"][int(top[len("rules[") : -1])]
        wrong = rest.partition(".")[0].partition("[")[0]
        if isinstance(row, dict) and wrong in row:
            del row[wrong]
            return True
    for each in together:
        del document[each]
    return bool(together)


def _packed(document: Document) -> str:
    # Not ``pack``: the first page group that fits counts, so their order says something.
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False)


def _told(tx: Tx, row: StoreRow, number: int) -> dict[str, object]:
    found = tx.session.get(PolicyRow, (row.store_id, number))
    if found is None and number != FIRST:
        raise NotFound
    return {
        "version": number,
        "at": ms(found.at if found else row.created_at),
        "by": _name(tx, found.by if found else ""),
        # Read and written anew, so that a version from before a field was thought of has it too.
        "document": normal(unpack(found.document)) if found else document_of(Policy()),
    }


def _versions(tx: Tx, row: StoreRow) -> list[dict[str, object]]:
    """The latest, newest first; ``same_as`` is the earlier version that each one restored."""
    texts = _texts(tx, row)
    names = {each.agent_id: each.name for each in houses.agents(tx)}
    found: list[dict[str, object]] = []
    for place, each in enumerate(texts):
        earlier = (one for one in texts[place + 1 :] if one["document"] == each["document"])
        found.append(
            {
                "version": each["version"],
                "at": ms(each["at"]),
                "by": names.get(each["by"], ""),
                "same_as": next((one["version"] for one in earlier), None),
            }
        )
    return found


def _texts(tx: Tx, row: StoreRow) -> list[dict[str, Any]]:
    """The latest versions as they were written down, newest first, the first of all included."""
    rows = tx.session.exec(
        select(PolicyRow)
        .where(PolicyRow.store_id == row.store_id)
        .order_by(col(PolicyRow.version).desc())
        .limit(MOST_LISTED)
    ).all()
    found = [
        {"version": each.version, "at": each.at, "by": each.by, "document": each.document}
        for each in rows
    ]
    if len(rows) < MOST_LISTED and all(each.version != FIRST for each in rows):
        first = _packed(document_of(Policy()))
        found.append({"version": FIRST, "at": row.created_at, "by": "", "document": first})
    return found


def _name(tx: Tx, by: str) -> str:
    agent = tx.session.get(AgentRow, by) if by else None
    return agent.name if agent else ""


def _may_change(tx: Tx, agent_id: str) -> bool:
    agent = tx.session.get(AgentRow, agent_id)
    return agent is not None and agent.owner == 1
