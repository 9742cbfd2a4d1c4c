"""What was said: nothing lost, nothing doubled, nothing out of order, for writers and readers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from tests.kill.evidence import Client, Evidence, Finding, Row


def acknowledged(found: Evidence) -> Iterator[Finding]:
    """Every acknowledged message is in the log, as it was written and where the ack said."""
    by_place = {(row["conversation_id"], row["seq"]): row for row in found.entries}
    for client in found.clients:
        said = {line["cmid"]: line for line in client.all("said")}
        for ack in client.all("acked"):
            row = by_place.get((ack["conversation_id"], ack["seq"]))
            given = (ack["entry_id"], ack["cmid"], said[ack["cmid"]]["body"], client.id)
            if row is None:
                yield Finding("lost", f"{ack['cmid']} was acknowledged as {ack['seq']}")
            elif given != (row["entry_id"], row["cmid"], row["body"], row["author_id"]):
                yield Finding("lost", f"{ack['cmid']}: at {ack['seq']} stands {row['cmid']}")


def once(found: Evidence) -> Iterator[Finding]:
    """No author's id twice, no message's words twice, and no ack that contradicts another."""
    cmids = Counter((row["author_id"], row["cmid"]) for row in found.entries if row["cmid"])
    for (_, cmid), times in cmids.items():
        if times > 1:
            yield Finding("doubled", f"{cmid} stands {times} times in the log")
    bodies = Counter(row["body"] for row in found.entries if row["kind"] == "message")
    for body, times in bodies.items():
        if times > 1:
            yield Finding("doubled", f"{body!r} stands {times} times in the log")
    for client in found.clients:
        first: dict[str, tuple[str, int]] = {}
        for ack in client.all("acked"):
            place = (ack["entry_id"], ack["seq"])
            if first.setdefault(ack["cmid"], place) != place:
                yield Finding("doubled", f"{ack['cmid']} was acknowledged in two places")


def gap_free(found: Evidence) -> Iterator[Finding]:
    """Seqs are 1..n, and ``prev`` is the last one before that everybody may see."""
    for conversation_id, rows in found.log.items():
        if [row["seq"] for row in rows] != list(range(1, len(rows) + 1)):
            yield Finding("gap", f"the seqs of {conversation_id} are not 1..{len(rows)}")
        last = 0
        for row in rows:
            if row["prev"] != last:
                yield Finding("prev", f"{conversation_id}:{row['seq']} names {row['prev']}")
            last = row["seq"] if row["audience"] == "all" else last


def in_order(found: Evidence) -> Iterator[Finding]:
    """What one person wrote into one conversation stands in the order of writing."""
    place = {row["cmid"]: (row["conversation_id"], row["seq"]) for row in found.entries}
    for client in found.clients:
        last: dict[str, int] = {}
        for said in client.all("said"):
            conversation_id, seq = place.get(said["cmid"], ("", 0))
            if seq and seq < last.get(conversation_id, 0):
                yield Finding("order", f"{said['cmid']} stands before what was written earlier")
            last[conversation_id] = max(seq, last.get(conversation_id, 0))


def received(found: Evidence) -> Iterator[Finding]:
    """What each client took is the log as its side may see it: whole, in order, nothing twice."""
    for client in found.clients:
        for conversation_id in dict.fromkeys(
            line["conversation_id"] for line in client.all("took")
        ):
            visible = [
                row
                for row in found.log.get(conversation_id, [])
                if client.side == "staff" or row["audience"] == "all"
            ]
            yield from _one_stream(client, conversation_id, visible)


def _one_stream(client: Client, conversation_id: str, visible: Sequence[Row]) -> Iterator[Finding]:
    here = f"{client.name} in {conversation_id}"
    lines = [line for line in client.lines if line.get("conversation_id") == conversation_id]
    for line in lines:
        if line["what"] == "replaced" and line["held"]:
            # Nothing was restored and nobody was away for long: what they held was taken back.
            yield Finding("replaced", f"{here} after {line['held']}")
    took = [line for line in lines if line["what"] == "took"]
    seqs = [line["seq"] for line in took]
    if sorted(set(seqs)) != seqs:
        yield Finding("repeated", f"{here} took entries twice or backwards")
    rows = {row["seq"]: row for row in visible}
    for line in (each for each in lines if each["what"] in ("took", "known")):
        row = rows.get(line["seq"])
        told = (line["id"], line["cmid"], line["body"], line["kind"])
        if row is None or told != (row["entry_id"], row["cmid"], row["body"], row["kind"]):
            yield Finding("changed", f"{here} saw {line['cmid']} at {line['seq']}")
    missed = {seq for seq in rows if seq > seqs[0]} - set(seqs)
    if client.leaves:
        missed = {seq for seq in missed if seq < seqs[-1]}
    if missed:
        yield Finding("missed", f"{here} never got {sorted(missed)[:5]}")
    ends = [line["seq"] for line in lines if line["what"] == "end"]
    if not client.leaves and ends != [visible[-1]["seq"]]:
        yield Finding("missed", f"{here} ends at {ends}, the log at {visible[-1]['seq']}")


def texted_in(found: Evidence) -> Iterator[Finding]:
    """Every text that the gateway took is one entry; what it did not take is at most one."""
    rows: dict[str, list[Row]] = {}
    for row in found.entries:
        if row["inbound_key"] is not None and row["channel"] == "sms":
            rows.setdefault(row["inbound_key"], []).append(row)
    owners = {client.phone: client.id for client in found.clients if client.phone}
    for sid, text in found.carrier.received.items():
        mine = rows.pop(sid, [])
        if len(mine) > 1:
            yield Finding("doubled", f"the text {text['body']!r} is {len(mine)} entries")
        if not mine and found.carrier.taken.get(sid) == 200:
            yield Finding("lost", f"the text {text['body']!r} was answered with 200")
        for row in mine:
            shopper_id = found.conversations[row["conversation_id"]]["shopper_id"]
            if row["body"] != text["body"] or shopper_id != owners.get(text["from"], shopper_id):
                yield Finding("changed", f"the text {text['body']!r} stands as {row['body']!r}")
    for sid in rows:
        yield Finding("changed", f"nobody texted {sid}")


CHECKS = (acknowledged, once, gap_free, in_order, received, texted_in)
