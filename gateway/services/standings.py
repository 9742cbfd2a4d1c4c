"""How addresses stood at each moment: rows of now, evidence and facts folded back into time."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from gateway.core.consent import BY_START, STOPS, may
from gateway.core.model import Address
from gateway.services.evidence import rows_for
from gateway.services.places import country_of, zones_of
from gateway.simulation.story import Stands
from gateway.store.tables import AddressRow, ConsentRow

MESSAGE = "message"
STOPPED_HERE = "stopped_here"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One fact about an address; ``data`` is what was kept of it."""

    at: int
    kind: str  #: proven, failed, circuit, stopped_here
    data: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Everything that is known of one address.

    ``knocks`` are when other conversations knocked there. ``failed_at`` is a failure of which no
    fact was kept. ``conversation_id`` None: as far as any conversation is concerned (the staff's).
    """

    row: AddressRow
    consents: Sequence[ConsentRow]
    told: Sequence[Told] = ()  #: in order of time
    knocks: Collection[int] = field(default=())
    conversation_id: str | None = None
    failed_at: int | None = None
    typed_seq: int = 0  #: as long as it is not proven


def standings(evidence: Evidence, since: int) -> Iterable[Stands]:
    """How the address stood from ``since`` on, at each moment at which that changed."""
    row = evidence.row
    moments = {row.created_at, *evidence.knocks}
    moments |= {each.at for each in evidence.consents} | {each.at for each in evidence.told}
    if row.proven_at is not None:
        moments.add(row.proven_at)
    if evidence.failed_at is not None:
        moments.add(evidence.failed_at)
    wakes = {each.at for each in evidence.consents}
    wakes |= {each.at for each in evidence.told if each.kind == STOPPED_HERE}
    proofs = {each.at for each in evidence.told if each.kind == "proven"}
    before = [each for each in moments if each < since]
    if before:
        yield Stands(at=since, address=_at(evidence, max(before)))
    for at in sorted(moments):
        if at >= max(since, row.created_at):
            yield Stands(
                at=at,
                address=_at(evidence, at),
                proved=at in proofs,
                wakes=at in wakes or at in proofs,
            )


def _at(evidence: Evidence, at: int) -> Address:
    row = evidence.row
    proven = _is_proven(evidence, at)
    failed_at, why = _failed(evidence, at)
    rests = [each for each in evidence.told if each.kind == "circuit" and each.at <= at]
    return Address(
        address_id=row.address_id,
        channel=row.channel,
        consents=may(rows_for([each for each in evidence.consents if each.at <= at])),
        proven=proven,
        typed_seq=0 if proven else evidence.typed_seq,
        failed_at=failed_at,
        failed_because=why,
        stopped_at=_stopped_at(evidence, at),
        knocked_at=max((each for each in evidence.knocks if each <= at), default=None),
        zones=zones_of(row.channel, row.value),
        country=country_of(row.channel, row.value),
        stopped_here_at=_stopped_here_at(evidence, at),
        rests_until=(rests[-1].data.get("until") or None) if rests else None,
    )


def _is_proven(evidence: Evidence, at: int) -> bool:
    """By the last proof until then; one by a message counts for a conversation alone."""
    row, here = evidence.row, evidence.conversation_id
    proofs = [each for each in evidence.told if each.kind == "proven" and each.at <= at]
    if proofs:
        last = proofs[-1]
        scope = last.data.get("conversation") if last.data.get("proof") == MESSAGE else None
        if row.proven_at == last.at:
            scope = row.proven_in
        return here is None or scope in (None, here)
    if row.opened_conversation_id is not None and row.opened_conversation_id == here:
        return True
    if row.proven_at is None or row.proven_at > at:
        return False
    return here is None or row.proven_in in (None, here)


def _failed(evidence: Evidence, at: int) -> tuple[int | None, str]:
    """The failure that no proof has forgiven since."""
    failed: tuple[int | None, str] = (None, "")
    if evidence.failed_at is not None and evidence.failed_at <= at:
        failed = evidence.failed_at, evidence.row.failed_because
    for each in evidence.told:
        if each.at > at:
            break
        if each.kind == "failed":
            failed = each.at, str(each.data.get("words", ""))
        elif each.kind == "proven":
            failed = None, ""
    return failed


def _stopped_at(evidence: Evidence, at: int) -> int | None:
    said = [each for each in evidence.consents if each.source in STOPS | {BY_START}]
    if not said and evidence.row.stopped_at is not None:
        # Somebody who had said STOP from it before typed it: it never stood otherwise.
        return evidence.row.stopped_at
    stopped: int | None = None
    for each in said:
        if each.at > at:
            break
        stopped = None if each.source == BY_START else (stopped or each.at)
    return stopped


def _stopped_here_at(evidence: Evidence, at: int) -> int | None:
    """Since when this one conversation was to bring nothing here."""
    stopped: int | None = None
    for each in evidence.told:
        here = each.data.get("conversation") == evidence.conversation_id
        if each.kind == STOPPED_HERE and here and each.at <= at:
            stopped = each.at if each.data["stopped"] else None
    return stopped
