"""What was brought: nobody texted twice or for a restart, nothing stuck, nothing forgotten."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from tests.kill.evidence import Evidence, Finding, Row

NEVER_WENT = {"queued", "superseded", "withdrawn"}
MAY_HAVE_GONE = {"submitting", "unknown", "deferred", "returned", "failed", "bounced"}
WENT = {"accepted", "sent", "answered", "delivered", "read"}
HOLDS = WENT | {"unknown"}  #: after everything has settled
OVERDUE = 15_000_000  #: microseconds that a due row may wait for its turn
OTHER = {"shopper": "staff", "staff": "shopper"}


def texted_once(found: Evidence) -> Iterator[Finding]:
    """No delivery twice, and no message twice to one number, by whatever delivery."""
    handed = Counter(text["delivery"] for text in found.carrier.accepted)
    for delivery_id, times in handed.items():
        if times > 1:
            yield Finding("texted_twice", f"delivery {delivery_id} went out {times} times")
    carried: Counter[tuple[str, str, int]] = Counter()
    for text in found.carrier.accepted:
        row = found.deliveries.get(text["delivery"])
        if row is not None and row["form"] == "words":
            carried.update((text["to"], row["conversation_id"], seq) for seq in row["seqs"])
    for (number, conversation_id, seq), times in carried.items():
        if times > 1:
            yield Finding("texted_twice", f"{conversation_id}:{seq} to {number} {times} times")


def words_once(found: Evidence) -> Iterator[Finding]:
    """The same from the words alone, whatever the database says that was in a text."""
    tokens = {
        row["body"].partition(":")[0]
        for row in found.entries
        if row["kind"] == "message" and row["side"] == "staff"
    }
    told: Counter[tuple[str, str]] = Counter()
    for text in found.carrier.accepted:
        # The first text names the shop before its first message: "Ada at Acme: Ada-000001: …".
        words = {part.strip() for line in text["body"].split("\n") for part in line.split(":")}
        told.update((text["to"], token) for token in words & tokens)
    for (number, token), times in told.items():
        if times > 1:
            yield Finding("texted_twice", f"{token} was in {times} texts to {number}")


def accounted_for(found: Evidence) -> Iterator[Finding]:
    """The carrier's ledger and the deliveries tell the same story, and each text its words."""
    texts: defaultdict[str, list[Row]] = defaultdict(list)
    for text in found.carrier.accepted:
        texts[text["delivery"]].append(text)
        row = found.deliveries.get(text["delivery"])
        if row is None or row["state"] in NEVER_WENT or row["value"] != text["to"]:
            yield Finding("unexplained", f"a text went out for delivery {text['delivery']}")
        elif row["form"] == "words":
            yield from _words(found, row, text)
    for row in found.deliveries.values():
        mine = texts[row["delivery_id"]]
        if row["channel"] == "sms" and row["state"] in WENT and not mine:
            yield Finding("unexplained", f"{row['delivery_id']} is {row['state']}, never taken")
        if row["provider_id"] and row["provider_id"] not in [text["sid"] for text in mine]:
            yield Finding("unexplained", f"{row['delivery_id']} bears another text's id")
        for text in mine:
            told = {line["callback"] for line in found.carrier.told[text["sid"]]}
            if "delivered" in told and row["state"] not in ("delivered", "read"):
                yield Finding("receipt", f"{row['delivery_id']} arrived and is {row['state']}")


def _words(found: Evidence, row: Row, text: Row) -> Iterator[Finding]:
    log = found.log[row["conversation_id"]]
    for seq in row["seqs"]:
        if log[seq - 1]["body"] not in text["body"]:
            yield Finding("words", f"{row['conversation_id']}:{seq} is not in its text")


def folded(found: Evidence) -> Iterator[Finding]:
    """The conversation row and the states of deliveries are what the log adds up to."""
    states: dict[str, str] = {}
    for conversation_id, row in found.conversations.items():
        state, assignee, last_seq, last_all = "open", None, 0, 0
        for entry in found.log.get(conversation_id, []):
            last_seq = entry["seq"]
            last_all = entry["seq"] if entry["audience"] == "all" else last_all
            if entry["event"] in ("opened", "reopened"):
                state = "open"
            elif entry["event"] == "resolved":
                state = "resolved"
            elif entry["event"] == "assigned":
                assignee = entry["data"].get("agent_id")
            elif entry["event"] == "delivery":
                states[entry["data"]["delivery_id"]] = entry["data"]["state"]
        told = (row["state"], row["assignee_id"], row["last_seq"], row["last_all"])
        if told != (state, assignee, last_seq, last_all):
            yield Finding("fold", f"{conversation_id} is {told}")
    kept = {
        row["delivery_id"]: row["state"]
        for row in found.deliveries.values()
        if row["conversation_id"]
    }
    for delivery_id in states.keys() | kept.keys():
        if states.get(delivery_id) != kept.get(delivery_id):
            yield Finding(
                "fold",
                f"{delivery_id}: log {states.get(delivery_id)}, row {kept.get(delivery_id)}",
            )


def rows_sound(found: Evidence) -> Iterator[Finding]:
    """Only ``waiting`` has a due time; ``seen`` is within ``head``, which is the last message."""
    for row in found.reaches:
        here = f"{row['side']} of {row['conversation_id']}"
        if (row["state"] == "waiting") != (row["due_at"] is not None):
            yield Finding("reach", f"{here} is {row['state']} and due {row['due_at']}")
        written = [entry["seq"] for entry in _messages(found, row)]
        if row["seen_seq"] > row["head_seq"] or row["head_seq"] != max(written, default=0):
            yield Finding("reach", f"{here}: seen {row['seen_seq']}, head {row['head_seq']}")
    live = Counter(
        (row["conversation_id"], row["side"])
        for row in found.deliveries.values()
        if row["form"] == "words" and row["state"] in ("queued", "submitting")
    )
    for key, times in live.items():
        if times > 1:
            yield Finding("reach", f"{times} deliveries at once for {key}")


def nothing_stuck(found: Evidence) -> Iterator[Finding]:
    """After settling nothing is queued or in a provider's hands, and nothing is long overdue."""
    for row in found.deliveries.values():
        if row["state"] in ("queued", "submitting"):
            yield Finding("stuck", f"{row['delivery_id']} is {row['state']}")
    for row in found.reaches:
        if row["due_at"] is not None and row["due_at"] < found.floor - OVERDUE:
            late = (found.floor - row["due_at"]) / 1_000_000
            yield Finding(
                "stuck", f"{row['side']} of {row['conversation_id']} is {late:.0f} s late"
            )


def nothing_forgotten(found: Evidence) -> Iterator[Finding]:
    """Each message is seen (or answered), held, waiting with a due time, or unreachable."""
    held: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
    for delivery in found.deliveries.values():
        if delivery["state"] in HOLDS:
            held[delivery["conversation_id"], delivery["side"]].update(delivery["seqs"])
    for row in found.reaches:
        open_ = {e["seq"] for e in _messages(found, row) if e["seq"] > row["seen_seq"]}
        if row["state"] == "carried":
            open_ -= held[row["conversation_id"], row["side"]]
        elif row["state"] in ("waiting", "unreachable"):
            open_ = set()
        if open_:
            here = f"{row['side']} of {row['conversation_id']} ({row['state']})"
            yield Finding("forgotten", f"{sorted(open_)[:5]} for the {here}")


def nobody_disturbed(found: Evidence) -> Iterator[Finding]:
    """Whoever stayed in their tab was texted a code at most: a restart is not a departure."""
    codes = {row["delivery_id"] for row in found.deliveries.values() if row["form"] == "code"}
    stay = {client.phone: client.name for client in found.clients if not client.leaves}
    for text in found.carrier.accepted:
        if text["to"] in stay and text["delivery"] not in codes:
            yield Finding("disturbed", f"{stay[text['to']]} was there and was texted")
    staying = {client.id for client in found.clients if not client.leaves}
    for row in found.deliveries.values():
        if row["person_id"] in staying and row["form"] != "code":
            yield Finding("disturbed", f"{row['form']} for {row['person_id']}, who was there")


def _messages(found: Evidence, reach: Row) -> Iterator[Row]:
    for entry in found.log.get(reach["conversation_id"], []):
        ours = entry["kind"] == "message" and not entry["automatic"]
        if ours and entry["side"] == OTHER[reach["side"]]:
            yield entry


CHECKS = (
    texted_once,
    words_once,
    accounted_for,
    folded,
    rows_sound,
    nothing_stuck,
    nothing_forgotten,
    nobody_disturbed,
)
